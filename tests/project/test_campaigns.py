"""Campaigns: what they tried is added up, what they found is kept, and the next run goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import evidence
from campaigns import read_record

SUPPORT = Path(__file__).resolve().parents[1] / "support"
CONFTEST = "from campaigns import campaign, pytest_addoption, pytest_configure, pytest_runtest_makereport\n"
TESTS = """
import pytest

@pytest.mark.campaign
def test_campaign_breaks(campaign):
    for step in campaign:
        campaign.add(tried=1)
        assert step != 3, "the third"

@pytest.mark.campaign
def test_campaign_holds(campaign):
    for step in campaign:
        campaign.add(tried=1)
"""


def run(folder, *options: str):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", "-n", "0"]
    command += ["--campaign-seconds", "0.05", "--campaign-record", "record.json", *options]
    environment = os.environ | {"PYTHONPATH": str(SUPPORT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_campaign_goes_on_where_it_ended_and_keeps_what_it_found(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = campaign\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    first = run(tmp_path)
    assert first.returncode == 1, first.stdout
    assert "--campaign-seed 1 --campaign-step 3" in first.stdout
    assert run(tmp_path, "--campaign-seed", "2", "-k", "holds").returncode == 0
    assert run(tmp_path, "-k", "breaks").returncode == 0  # the third is past
    record = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    (sums,) = record["breaks"]["runs"]
    assert sums["where"]
    assert [(found["seed"], found["step"]) for found in sums["found"]] == [(1, 3)]
    assert "the third" in sums["found"][0]["problem"]
    assert sums["counts"]["tried"] == sums["steps"] == record["breaks"]["next"]["1"] > 4
    assert record["holds"]["next"].keys() == {"1", "2"}


def test_evidence_page_is_that_of_the_record():
    assert evidence.PAGE.read_text(encoding="utf-8") == evidence.page(read_record(evidence.EVIDENCE))
