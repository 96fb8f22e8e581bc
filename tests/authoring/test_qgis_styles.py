"""The styles for QGIS: what is in them, and, where QGIS is, what it shows."""

from __future__ import annotations

import json
import os
import subprocess
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.qgis import STYLES, write_qgis_styles
from geopolicy.zonefile.zone_set import ZoneSet, read_zones

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "zones" / "worked-example.geojson"
SHOWS = ROOT / "tests" / "support" / "qgis_shows.py"
PYTHON = "/usr/bin/python3"  # of the system, which has QGIS
LEVELS = ["off", "no_record", "in_vehicle", "anonymize", "allow", ""]


def has_qgis():
    try:
        run = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False)
    except OSError:
        return False
    return run.returncode == 0


needs_qgis = pytest.mark.skipif(
    os.environ.get("GEOPOLICY_REQUIRE_QGIS") != "1" and not has_qgis(), reason="needs QGIS, of the package python3-qgis"
)


def shown(file, kind, picture):
    style = files("geopolicy.authoring.qgis").joinpath(f"zones-{kind.lower()}.qml")
    run = subprocess.run([PYTHON, SHOWS, file, style, kind, picture], capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def tightest(zone):
    return max(rule.level for rule in zone.rules).name.lower()


@pytest.mark.parametrize("name", STYLES)
def test_style_has_a_category_for_every_level_and_drop_downs(name):
    root = ET.fromstring(files("geopolicy.authoring.qgis").joinpath(name).read_text(encoding="utf-8"))
    assert [each.get("value") for each in root.iter("category")] == LEVELS
    assert {level.name.lower() for level in gp.Level} == set(LEVELS) - {""}
    widgets = {
        each.get("name"): each.find("editWidget").get("type")
        for each in root.iter("field")
        if each.find("editWidget") is not None
    }
    assert {widgets[field] for field in ("rules", "disable", "frame")} == {"ValueMap"}
    assert {widgets[field] for field in ("radius_m", "width_m", "margin_m")} == {"Range"}


def test_rules_of_the_drop_downs_are_rules_of_zone_files():
    root = ET.fromstring(files("geopolicy.authoring.qgis").joinpath("zones-polygon.qml").read_text(encoding="utf-8"))
    (field,) = [
        each for each in root.iter("field") if each.get("name") == "rules" and each.find("editWidget") is not None
    ]
    texts = [option.get("value") for option in field.iter("Option") if (option.get("value") or "").startswith("[")]
    assert len(texts) == 32
    square = [[[13, 45], [14, 45], [14, 46], [13, 45]]]
    features = [
        {
            "type": "Feature",
            "id": str(number),
            "geometry": {"type": "Polygon", "coordinates": square},
            "properties": {"rules": text},
        }
        for number, text in enumerate(texts)
    ]
    document = {"type": "FeatureCollection", "geopolicy": {"format": 1, "coverage": "world"}, "features": features}
    assert len(gp.ZoneSet.parse(json.dumps(document))) == 32


def test_styles_are_written(tmp_path):
    assert [path.name for path in write_qgis_styles(tmp_path)] == list(STYLES)
    assert all(path.stat().st_size > 10_000 for path in tmp_path.iterdir())


@needs_qgis
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["Polygon", "Point", "LineString"])
@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_qgis_shows_each_zone_in_the_colour_of_its_tightest_level(tmp_path, kind, suffix):
    example = read_zones(EXAMPLE)
    zones = ZoneSet([zone for zone in example if zone.frame == "WGS84"], example.header)
    file = EXAMPLE
    if suffix == "gpkg":
        file = tmp_path / "zones.gpkg"
        file.write_bytes(exported(zones, "gpkg"))
    answer = shown(file, kind, tmp_path / "picture.png")
    assert (answer["is_loaded"], answer["message"], answer["renderer"]) == (True, "", "categorizedSymbol")
    assert answer["categories"] == LEVELS
    kinds = {"Polygon": ("Polygon", "MultiPolygon"), "Point": ("Point",), "LineString": ("LineString",)}[kind]
    expected = {zone.id: tightest(zone) for zone in zones if zone.geometry.type in kinds}
    assert {key: answer["shown"][key] for key in expected} == expected
    assert expected
    assert "camera: off" in answer["forms"]["rules"][1]
    assert answer["colours"] > 1
