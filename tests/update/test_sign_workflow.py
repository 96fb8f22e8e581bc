"""The example of a repository of zones: its script adds what was merged, and signs with the keys at hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from publisher import NOW, PASSPHRASE, Publisher
from shapes import box
from zone_files import collection, feature

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "zone-repository"
WORKFLOW = yaml.safe_load((EXAMPLE / "sign.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in WORKFLOW["jobs"]["sign"]["steps"] if "name" in step}

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")


def header(revision):
    issued = NOW.replace(year=2025).isoformat()
    return {"format": 1, "coverage": "world", "id": "fleet", "revision": revision, "issued": issued}


class Zones:
    """A repository of zones, with that of signed packs beside it, as the workflow checks both out."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.publisher = Publisher(folder, begin=False)
        self.geopolicy("publish", "init", "repository", "--signers", "private/signers.toml")
        (folder / "repository").rename(folder / "published")
        (folder / "zones").mkdir()
        shutil.copy(EXAMPLE / "sign.sh", folder)
        self.write(1, feature())

    def write(self, revision, *features: dict):
        text = collection(*features, header=header(revision))
        (self.folder / "zones" / "fleet.geojson").write_bytes(text)

    def run(self, *words: object, **variables: str):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        settings = {"PATH": path, "GEOPOLICY_PASSPHRASE": PASSPHRASE, "RUNNER_TEMP": str(self.folder)} | variables
        return subprocess.run(
            [str(word) for word in words], cwd=self.folder, env=settings, capture_output=True, text=True, check=False
        )

    def geopolicy(self, *words: str):
        done = self.run("geopolicy", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sign(self, *options: str):
        return self.run(
            "sh", "sign.sh", "published", "private/signers.toml", "--fleet", "taxis", "--region", "eu", *options
        )

    def status(self):
        return json.loads(self.geopolicy("publish", "status", "published", "--json"))["repository"]


@pytest.fixture
def zones(tmp_path):
    return Zones(tmp_path)


def versions(status):
    return {role["role"]: role["version"] for role in status["roles"]}


def test_sign_publishes_zones_that_are_new_and_renews_the_timestamp_where_none_are(zones):
    done = zones.sign()
    assert done.returncode == 0, done.stderr
    assert [pack["revision"] for pack in zones.status()["packs"]] == [1]
    before = versions(zones.status())
    assert zones.sign().returncode == 0
    after = versions(zones.status())
    assert after == before | {"timestamp": before["timestamp"] + 1}
    zones.write(2, feature(), feature(box(5, 0, 6, 1), "school"))
    assert zones.sign().returncode == 0
    assert [pack["revision"] for pack in zones.status()["packs"]] == [2]


def test_sign_refuses_what_is_looser_unless_it_is_told(zones):
    zones.write(1, feature(), feature(box(5, 0, 6, 1), "school"))
    assert zones.sign().returncode == 0
    zones.write(2, feature())
    done = zones.sign()
    assert done.returncode == 1
    assert "must not be looser" in done.stderr
    assert zones.sign("--allow-loosening").returncode == 0
    assert [pack["revision"] for pack in zones.status()["packs"]] == [2]


def test_sign_as_the_workflow_runs_it_leaves_what_people_sign(zones):
    """Of the keys the online ones alone are there, where the step before put them."""
    assert zones.sign().returncode == 0
    private = zones.folder / "private"
    online = [block for block in (private / "signers.toml").read_text().split("[[signer]]") if "stamp" in block]
    online += [block for block in (private / "signers.toml").read_text().split("[[signer]]") if "snapshot" in block]
    secrets = {name.upper(): (private / f"{name}-1.pem").read_text() for name in ("snapshot", "timestamp")}
    put, add = STEPS["Put the online keys where nothing is served"], STEPS["Compile, add and sign"]
    signers = "".join(f"[[signer]]{block}" for block in online)
    assert zones.run("sh", "-e", "-c", put["run"], **secrets, SIGNERS=signers).returncode == 0
    shutil.rmtree(private)
    zones.write(2, feature(), feature(box(5, 0, 6, 1), "school"))
    done = zones.run("sh", "-e", "-c", add["run"])
    assert done.returncode == 0, done.stderr
    (pack,) = zones.status()["packs"]
    assert pack["revision"] == 2
    assert "must sign" in done.stdout
    assert (zones.folder / "published" / "draft").exists()


def test_sign_workflow_gives_keys_to_the_main_branch_alone():
    assert WORKFLOW[True].keys() == {"push", "schedule"}  # YAML 1.1 takes the key "on" for a truth value
    assert WORKFLOW[True]["push"]["branches"] == ["main"]
    assert WORKFLOW["jobs"]["sign"]["environment"] == "sign"
    told = json.dumps(WORKFLOW)
    assert "TARGETS" not in told
    assert "ROOT" not in told
