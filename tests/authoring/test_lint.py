"""Lint as a whole: silent on clean zones, and each kind is found where it is planted."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.authoring.lint.codes import CODES, FIXABLE
from geopolicy.authoring.lint.run import lint_files
from geopolicy.zonefile.loading import load_zone_files
from lint_plants import NOW, PLANTS, clean_zones, write, zone_file

AT = datetime.fromisoformat(NOW)
CAR = gp.Vehicle(sensors=["camera.exterior.front", "lidar.roof"])
CLEAN = clean_zones()
DOCS = Path(__file__).resolve().parents[2] / "docs"
ZONES = Path(__file__).resolve().parents[2] / "zones"


def found(folder, plant=None):
    return gp.lint_zones(folder, now=AT, vehicle=CAR if plant and plant.has_vehicle else None)


@pytest.fixture(scope="module")
def clean_files():
    """The clean file, read once."""
    return load_zone_files(io.BytesIO(json.dumps(zone_file(CLEAN)).encode()))


def test_lint_clean_file_of_a_thousand_zones_is_silent(tmp_path):
    assert found(write(tmp_path / "clean", [], CLEAN)) == []


def test_lint_zones_of_the_project_are_silent():
    assert gp.lint_zones(ZONES, now=datetime(2026, 11, 29, tzinfo=UTC)) == []


@pytest.mark.parametrize("code", PLANTS)
def test_lint_planted_alone_is_found_and_nothing_else(tmp_path, clean_files, code):
    plant = PLANTS[code]
    planted = load_zone_files(write(tmp_path / code, [plant], []))
    both = replace(planted, files=(*planted.files, *clean_files.files))
    findings = lint_files(both, AT, CAR if plant.has_vehicle else None)
    also = plant.also | (set() if plant.features or "no-zones" in (code, *plant.also) else {"no-zones"})
    assert {finding.code for finding in findings} - also == {code}
    assert {finding.zone_id for finding in findings if finding.code == code} == {plant.zone_id}
    assert all(finding.severity is CODES[finding.code].severity for finding in findings)


def test_lint_planted_all_at_once_each_is_found(tmp_path):
    features, wanted = [], set()
    for code, plant in PLANTS.items():
        if not plant.is_alone:
            new = [
                feature if code == "id-lookalike" else feature | {"id": f"{feature['id']}-{code}"}
                for feature in plant.features
            ]
            features += new
            wanted.add((code, plant.zone_id and new[-1]["id"]))
    findings = found(write(tmp_path / "all", [], [*CLEAN, *features]))
    assert wanted - {(finding.code, finding.zone_id) for finding in findings} == set()


def test_lint_plants_are_of_every_code():
    assert sorted(PLANTS) == sorted(CODES)


def test_lint_page_explains_every_code_and_no_other():
    page = (DOCS / "lint.md").read_text(encoding="utf-8")
    assert re.findall(r"^### `([\w-]+)`$", page, re.MULTILINE) == sorted(CODES)


def test_lint_page_states_severity_and_fix_of_every_code():
    page = (DOCS / "lint.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^### `([\w-]+)`\n\n\*(.+)\*$", page, re.MULTILINE))
    wanted = {}
    for code, kind in CODES.items():
        fix = FIXABLE.get(code)
        option = f"--fix={code}" if fix and fix.can_loosen else "--fix"
        wanted[code] = f"{kind.severity.label.capitalize()}." + (f" `{option}`: {fix.what}." if fix else "")
    assert said == wanted


def test_lint_progress_runs_from_nothing_to_all(tmp_path):
    told = []
    gp.lint_zones(write(tmp_path / "clean", [], CLEAN[:20]), on_progress=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_lint_refused_file_is_an_error_and_other_zones_are_judged(tmp_path):
    broken = [*PLANTS["zone-sliver"].features, {"type": "Feature", "id": "none", "geometry": None, "properties": {}}]
    findings = found(write(tmp_path / "broken", [], broken))
    assert [(f.severity.label, f.code, f.zone_id) for f in findings] == [
        ("error", "geometry-missing", "none"),
        ("error", "rules-missing", "none"),
        ("warning", "zone-sliver", "bad"),
    ]


def test_lint_vehicle_with_a_sensor_of_its_own_knows_it(tmp_path):
    folder = write(tmp_path / "own", [PLANTS["sensor-unknown"]], [])
    assert gp.lint_zones(folder, vehicle=gp.Vehicle(sensors=["camra"])) == []
