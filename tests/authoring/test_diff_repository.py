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


def run(folder, *words: object):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {"PATH": path, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
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
    command = review_step()["run"].replace("${{ github.base_ref }}", "main")
    done = run(repository, "sh", "-e", "-c", command)
    assert (done.returncode, (repository / "fleet.gpol").exists()) == (0, True), done.stderr
    assert (repository / "diff.txt").read_text() == (
        "school: added, stricter: camera: off\n0 zones looser, 1 stricter, 1 added, 0 removed, 0 renamed\n"
    )


def test_repository_workflow_runs_for_pull_requests_and_allows_by_label_alone():
    workflow = yaml.safe_load((EXAMPLE / "zones.yml").read_text(encoding="utf-8"))
    events = workflow[True]  # YAML 1.1 takes the key "on" for a truth value
    assert {"opened", "synchronize", "labeled", "unlabeled"} <= set(events["pull_request"]["types"])
    assert workflow["permissions"] == {"contents": "read"}
    allow = review_step()["env"]["ALLOW"]
    assert "'loosening-approved'" in allow
    assert "&& '--allow-loosening' || ''" in allow


def test_repository_script_validates_lints_compares_and_compiles():
    lines = (EXAMPLE / "check.sh").read_text(encoding="utf-8").splitlines()
    commands = [line.split()[1] for line in lines if line.startswith("geopolicy ")]
    assert commands == ["validate", "lint", "diff", "compile"]


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
