"""The example of a repository of zones: its script reviews a branch with plain git."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from shapes import box
from zone_files import collection, feature

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "zone-repository"
COMMIT = ("-c", "user.name=Zones", "-c", "user.email=zones@example.org", "commit", "-q", "-m", "Change zones")

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def run(folder, *words: object, **variables: str):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {"PATH": path, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"} | variables
    return subprocess.run(  # git and the example
        [str(word) for word in words], cwd=folder, env=settings, capture_output=True, text=True, check=False
    )


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones" / "fleet.geojson").write_bytes(collection(feature(), feature(box(2, 0, 3, 1), "depot")))
    shutil.copy(EXAMPLE / "check.sh", tmp_path)
    for words in (("init", "-q", "-b", "main"), ("add", "."), COMMIT, ("checkout", "-q", "-b", "change")):
        assert run(tmp_path, "git", *words).returncode == 0
    return tmp_path


def change(repository, *features: dict):
    (repository / "zones" / "fleet.geojson").write_bytes(collection(*features))
    assert run(repository, "git", *COMMIT[:-3], "-q", "-a", "-m", "Change zones").returncode == 0


def review_step():
    """The step of the workflow that runs the script."""
    steps = yaml.safe_load((EXAMPLE / "zones.yml").read_text(encoding="utf-8"))["jobs"]["review"]["steps"]
    (step,) = [step for step in steps if "check.sh" in step.get("run", "")]
    return step


def test_repository_change_that_is_stricter_passes_and_is_compiled_as_the_workflow_runs_it(repository):
    change(repository, feature(), feature(box(2, 0, 3, 1), "depot"), feature(box(5, 0, 6, 1), "school"))
    assert run(repository, "git", "update-ref", "refs/remotes/origin/main", "main").returncode == 0
    head = run(repository, "git", "rev-parse", "change").stdout.strip()
    assert run(repository, "git", "checkout", "-q", "main").returncode == 0
    done = run(repository, "sh", "-e", "-c", review_step()["run"], BASE="main", HEAD=head, ALLOW="")
    assert (done.returncode, (repository / "fleet.gpol").exists()) == (0, True), done.stderr
    assert (repository / "diff.txt").read_text() == (
        "school: added, stricter: camera: off\n0 zones looser, 1 stricter, 1 added, 0 removed, 0 renamed\n"
    )


def test_repository_workflow_runs_the_files_of_the_base_and_allows_by_setting_a_label_alone():
    workflow = yaml.safe_load((EXAMPLE / "zones.yml").read_text(encoding="utf-8"))
    events = workflow[True]  # YAML 1.1 takes the key "on" for a truth value
    assert list(events) == ["pull_request_target"]
    assert {"opened", "synchronize", "labeled"} <= set(events["pull_request_target"]["types"])
    assert workflow["permissions"] == {"contents": "read"}
    job = workflow["jobs"]["review"]
    assert "if" not in job  # a job that is skipped counts as passed
    checkout = job["steps"][0]["with"]
    assert (checkout["ref"], checkout["persist-credentials"]) == ("${{ github.base_ref }}", False)
    assert "${{" not in "".join(step.get("run", "") for step in job["steps"])
    allow = review_step()["env"]["ALLOW"]
    label = "github.event.action == 'labeled' && github.event.label.name == 'loosening-approved'"
    assert allow == f"${{{{ {label} && '--allow-loosening' || '' }}}}"


def test_repository_branch_that_changes_the_script_is_reviewed_by_that_of_the_base(repository):
    (repository / "check.sh").write_text("#!/bin/sh\nexit 0\n")
    change(repository, feature())
    head = run(repository, "git", "rev-parse", "change").stdout.strip()
    run(repository, "git", "checkout", "-q", "main")
    done = run(repository, "sh", "check.sh", "main", head)
    assert (done.returncode, "zone 'depot'" in done.stderr) == (1, True)


def test_repository_branch_behind_is_not_blamed_for_what_others_did(repository):
    change(repository, feature(), feature(box(2, 0, 3, 1), "depot"), feature(box(5, 0, 6, 1), "school"))
    run(repository, "git", "checkout", "-q", "main")
    (repository / "zones" / "more.geojson").write_bytes(collection(feature(box(7, 0, 8, 1), "quay")))
    run(repository, "git", "add", ".")
    assert run(repository, "git", *COMMIT).returncode == 0
    run(repository, "git", "checkout", "-q", "change")
    done = run(repository, "sh", "check.sh", "main")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-3].startswith("0 zones looser")


def test_repository_two_changes_that_are_safe_alone_and_not_together_are_found(repository):
    """Each leaves out one of two zones that ask the same; git merges both."""
    twins = [feature(zone_id="depot"), feature(box(4, 0, 5, 1), "between"), feature(zone_id="twin")]
    for number, name in enumerate(("one", "between", "two")):
        (repository / "zones" / f"{name}.geojson").write_bytes(collection(twins[number]))
    (repository / "zones" / "fleet.geojson").unlink()
    run(repository, "git", "checkout", "-q", "-B", "main")
    run(repository, "git", "add", "-A")
    assert run(repository, "git", *COMMIT).returncode == 0
    run(repository, "git", "checkout", "-q", "-B", "change")
    for branch, name in (("change", "one"), ("main", "two")):
        run(repository, "git", "checkout", "-q", branch)
        run(repository, "git", "rm", "-q", f"zones/{name}.geojson")
        assert run(repository, "git", *COMMIT).returncode == 0
    done = run(repository, "sh", "check.sh", "main", "change")
    assert (done.returncode, "zone 'twin'" in done.stderr or "zone 'depot'" in done.stderr) == (1, True)


def test_repository_without_zones_before_takes_them_without_a_comparison(repository):
    run(repository, "git", "checkout", "-q", "--orphan", "empty")
    run(repository, "git", "rm", "-q", "-r", "-f", "zones")
    assert run(repository, "git", *COMMIT).returncode == 0
    run(repository, "git", "checkout", "-q", "-b", "adopting")
    (repository / "zones").mkdir(exist_ok=True)
    (repository / "zones" / "fleet.geojson").write_bytes(collection(feature()))
    run(repository, "git", "add", ".")
    assert run(repository, "git", *COMMIT).returncode == 0
    done = run(repository, "sh", "check.sh", "empty")
    assert (done.returncode, (repository / "fleet.gpol").exists()) == (0, True), done.stderr
    assert "nothing to compare with" in (repository / "diff.txt").read_text()


def test_repository_notice_that_is_over_blocks_no_other_change(repository):
    rule = {"sensors": ["camera"], "level": "off", "active": {"until": "2020-01-01T00:00:00Z"}}
    over = feature(box(9, 0, 10, 1), "flood", rules=[rule])
    change(repository, feature(), feature(box(2, 0, 3, 1), "depot"), over)
    assert run(repository, "sh", "check.sh", "main").returncode == 0
    run(repository, "git", "branch", "-f", "main", "change")
    change(repository, feature(), feature(box(2, 0, 3, 1), "depot"))
    done = run(repository, "sh", "check.sh", "main")
    assert (done.returncode, "then only where the time is not known" in done.stderr) == (1, True)


def test_repository_script_validates_lints_compares_and_compiles():
    lines = (EXAMPLE / "check.sh").read_text(encoding="utf-8").splitlines()
    commands = [line.split()[1] for line in lines if line.lstrip().startswith("geopolicy ")]
    assert commands == ["validate", "lint", "diff", "compile", "compile"]


def test_repository_change_that_is_looser_is_refused_unless_it_is_meant(repository):
    change(repository, feature())
    done = run(repository, "sh", "check.sh", "main")
    assert (done.returncode, (repository / "fleet.gpol").exists()) == (1, False)
    assert "depot: removed, LOOSER: camera: off" in done.stdout
    assert "zone 'depot'" in done.stderr
    assert run(repository, "sh", "check.sh", "main", "--allow-loosening").returncode == 0
    assert (repository / "fleet.gpol").exists()


def test_repository_change_that_is_no_zone_file_is_refused_before_it_is_compared(repository):
    change(repository, feature(disable=[]))
    done = run(repository, "sh", "check.sh", "main")
    assert (done.returncode, (repository / "diff.txt").exists()) == (1, False)


def test_repository_change_that_is_probably_a_mistake_is_refused_before_it_is_compared(repository):
    change(repository, feature(), feature(box(2, 0, 3, 1), "depot"), feature(box(2, 0, 3, 1), "depot-again"))
    done = run(repository, "sh", "check.sh", "main")
    assert (done.returncode, (repository / "diff.txt").exists()) == (1, False)
    assert "zone-duplicate" in done.stdout + done.stderr
