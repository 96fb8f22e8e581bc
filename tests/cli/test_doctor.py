"""``geopolicy doctor``: what runs here and what is missing."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from cli_samples import SOURCE
from geopolicy.cli.doctor import _LIBRARIES


@pytest.mark.usefixtures("no_kernel")
def test_doctor_says_which_engine_runs_and_why(cli, monkeypatch):
    code, out, _ = cli("doctor")
    assert (code, "engine       reference: the compiled kernel was not built" in out) == (1, True)
    assert "install a C compiler" in out
    monkeypatch.undo()
    code, out, _ = cli("doctor")
    assert (code, "engine       kernel: compiled, _kernel" in out) == (0, True)


def test_doctor_finds_nothing_missing_here(cli):
    code, out, _ = cli("doctor")
    assert (code, out.splitlines()[-1]) == (0, "ok: nothing is missing")
    code, out, _ = cli("doctor", "--json")
    assert (code, json.loads(out)["faults"]) == (0, [])
    assert json.loads(out)["geopolicy"] == gp.__version__


def test_doctor_asks_only_for_what_the_source_imports():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (SOURCE / "geopolicy").rglob("*.py"))
    unused = [name for name in _LIBRARIES if f"import {name}" not in text and f"from {name}" not in text]
    assert unused == []
