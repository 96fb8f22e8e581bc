"""The how-to page: its test passes, finds each fault that the page plants, and shows what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

pytest_plugins = ["pytester"]

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "how-to" / "test-your-zones.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SHOWN = {
    "a vertex moved": (("test_where", "AssertionError: (45.8000001, 15.98)"), r"\(45\.8000001, 15\.98\)"),
    "the hole dropped": (("test_where", "AssertionError: (45.805, 15.975)"), r"\(45\.80[45]\d*, 15\.97[45]\d*\)"),
    "the schedule off": (("test_when", "AssertionError: 2030-07-01 07:00:00+02:00"), r"20\d\d-\d\d-\d\d 07:"),
}
HOLE = re.search(r",\n +\[\[15\.974.*?\]\]\n", FILES["fleet/school.geojson"])
FAULTS = {
    "a vertex moved": ("[15.98, 45.81]", "[15.9799999, 45.81]"),
    "the hole dropped": (HOLE[0], "\n"),
    "the schedule off": ("07:00-16:00", "08:00-16:00"),
}
QUIET = ("-p", "no:cacheprovider", "-p", "no:xdist")


@pytest.fixture
def repository(pytester):
    for name, text in FILES.items():
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return pytester


def test_how_to_tests_of_the_page_are_short_and_pass(repository):
    where, when = re.findall(r"^@given.*?(?=\n\n|\Z)", FILES["test_school.py"], re.MULTILINE | re.DOTALL)
    assert (len(where.splitlines()), len(when.splitlines())) == (6, 5)
    repository.runpytest_subprocess(*QUIET).assert_outcomes(passed=2)


@pytest.mark.parametrize("fault", FAULTS)
def test_how_to_fault_is_found_and_shown_as_the_page_says(repository, fault):
    path = repository.path / "fleet" / "school.geojson"
    text = path.read_text(encoding="utf-8")
    right, wrong = FAULTS[fault]
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    done = repository.runpytest_subprocess(*QUIET)
    done.assert_outcomes(passed=1, failed=1)
    (said, example) = SHOWN[fault]
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {fault}")]
    assert all(part in row for part in said)
    assert re.search(rf"AssertionError: {example}", str(done.stdout))
    assert f"FAILED test_school.py::{said[0]}" in str(done.stdout)


def test_how_to_workflow_makes_test_cases_of_the_zones(repository):
    workflow = yaml.safe_load((DOCS / "examples" / "zone-repository" / "test-zones.yml").read_text(encoding="utf-8"))
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 takes the key "on" for a truth value
    assert workflow["permissions"] == {"contents": "read"}
    (command,) = [step["run"] for step in workflow["jobs"]["test"]["steps"] if step.get("run", "").startswith("pytest")]
    assert re.findall(r"--geopolicy-\w+[ =](?:zones|fleet|FILE)\b", command + PAGE) == [
        *("--geopolicy-zones=zones", "--geopolicy-zones=fleet", "--geopolicy-vehicle=FILE"),
    ]
    (repository.path / "fleet").rename(repository.path / "zones")
    (repository.path / "test_school.py").unlink()
    repository.runpytest_subprocess(*command.split()[1:], *QUIET).assert_outcomes(passed=5)
