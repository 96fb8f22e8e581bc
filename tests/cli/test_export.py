"""``geopolicy export``: effective polygons of zone files and packs, and what is refused before and after."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.effective import SUFFIXES
from geopolicy.cli import values


@pytest.fixture
def exported(cli, zones, tmp_path):
    path = tmp_path / "effective.geojson"
    assert cli("export", zones, "--effective", "-o", path) == (0, f"ok: 3 effective polygons -> {path}\n", "")
    return path


def test_export_writes_the_polygons_that_are_tested(exported, zones):
    features = json.loads(exported.read_text())["features"]
    assert [feature["id"] for feature in features] == [zone.id for zone in gp.read_zones(zones)]


def test_export_of_a_pack_writes_the_same(cli, exported, zones, tmp_path):
    gp.compile(gp.read_zones(zones)).save(tmp_path / "zones.gpol")
    assert cli("export", tmp_path / "zones.gpol", "--effective", "-o", tmp_path / "pack.geojson")[0] == 0
    assert (tmp_path / "pack.geojson").read_bytes() == exported.read_bytes()


def test_export_says_in_json_what_was_written(cli, zones, tmp_path):
    path = tmp_path / "effective.kml"
    code, out, _ = cli("export", zones, "--effective", "-o", path, "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["file"], answer["format"], answer["zones"], answer["warnings"]) == (str(path), "kml", 3, 0)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "EXPORTED", "45.5", "13.5"),
        ("validate", "EXPORTED"),
        ("lint", "EXPORTED"),
        ("compile", "EXPORTED", "-o", "OUT.gpol"),
        ("convert", "EXPORTED", "-o", "OUT.geojson"),
        ("convert", "EXPORTED", "--header", "ZONES", "-o", "OUT.geojson"),
        ("convert", "EXPORTED", "--disable", "camera", "--coverage", "world", "-o", "OUT.geojson"),
        ("convert", "EXPORTED", "--with", "columns=zone-file", "--coverage", "world", "-o", "OUT.geojson"),
        ("diff", "ZONES", "EXPORTED"),
        ("info", "EXPORTED"),
        ("export", "EXPORTED", "--effective", "-o", "OUT.geojson"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_export_is_refused_by_whatever_reads_zones(cli, exported, zones, tmp_path, words):
    names = {"EXPORTED": str(exported), "ZONES": zones}
    words = [names.get(word, word).replace("OUT", str(tmp_path / "out")) for word in words]
    code, out, err = cli(*words)
    assert code == 1
    text = "an effective polygon, which geopolicy export wrote to be looked at"
    assert text in " ".join((out + err).split())
    assert not list(tmp_path.glob("out.*"))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("ZONES", "-o", "OUT.geojson"), "--effective: must be given; zones as they are drawn"),
        (("ZONES", "--effective", "-o", "OUT.shp"), "--output: must end with one of .geojson, .gpkg"),
        (("ZONES", "--effective", "-o", "none/OUT.geojson"), "No such file or directory"),
        (("ZONES", "zones.gpol", "--effective", "-o", "OUT.geojson"), "got a pack among others"),
    ],
)
def test_export_refuses_wrong_usage_and_says_what_to_do(cli, zones, tmp_path, monkeypatch, words, text):
    monkeypatch.chdir(tmp_path)
    code, _, err = cli("export", *(zones if word == "ZONES" else word for word in words))
    assert (code, text in " ".join(err.split())) == (2, True), err
    assert not list(tmp_path.glob("OUT*"))


def test_export_completes_the_suffixes_that_it_writes():
    assert values.suffixes_of("export", "output") == SUFFIXES
