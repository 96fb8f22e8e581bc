"""Overlays in zone files: what their header states, and what they may be one set with."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import geopolicy as gp
from shapes import SQUARE
from zone_files import collection, feature
from zones import camera_zone

ENDS = datetime(2026, 12, 1, tzinfo=UTC)
OVERLAY = gp.ZoneFileHeader("emergency", 3, kind="overlay", ends=ENDS)


def zone_file(zone_id, **header: str):
    return collection(feature(zone_id=zone_id), header={"format": 1} | header)


def refused(make):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        make()
    return [(problem.code, problem.path) for problem in refusal.value.problems]


def test_parse_overlay_needs_no_coverage_and_keeps_its_end():
    zones = gp.ZoneSet.parse(zone_file("a", kind="overlay", ends="2026-12-01T01:00:00+01:00"))
    assert (zones.header.kind, zones.header.ends, zones.header.coverages) == ("overlay", ENDS, ())
    assert zones.header.is_overlay
    assert not gp.ZoneSet.parse(zone_file("a", coverage="world")).header.is_overlay


def test_write_base_says_no_kind_and_overlay_no_coverage():
    overlay = json.loads(gp.ZoneSet([camera_zone("a")], OVERLAY).to_geojson_text())["geopolicy"]
    assert overlay == {
        "format": 1, "kind": "overlay", "id": "emergency", "revision": 3, "ends": "2026-12-01T00:00:00Z",
    }  # fmt: skip
    base = json.loads(gp.ZoneSet([camera_zone("a")]).to_geojson_text())["geopolicy"]
    assert base == {"format": 1, "coverage": "world"}


def test_set_made_in_a_program_is_held_to_what_files_are():
    coverage = gp.Coverage({"type": "Polygon", "coordinates": [SQUARE]})
    assert refused(lambda: gp.ZoneSet([], replace(OVERLAY, coverages=(coverage,)))) == [
        ("coverage-unused", "$.geopolicy.coverage")
    ]
    assert refused(lambda: gp.ZoneSet([], gp.ZoneFileHeader(ends=ENDS))) == [("ends-unused", "$.geopolicy.ends")]


def test_read_base_and_overlay_as_one_set_is_refused_and_says_how_to_open_them(tmp_path):
    (tmp_path / "base.geojson").write_bytes(zone_file("a", coverage="world"))
    (tmp_path / "overlay.geojson").write_bytes(zone_file("b", kind="overlay"))
    assert refused(lambda: gp.read_zones(tmp_path)) == [("kinds-mixed", "$.geopolicy.kind")]
    with pytest.raises(gp.errors.ZoneFileError, match=r"open them as layers: gp\.open\(\[base, overlay\]\)"):
        gp.read_zones(tmp_path)
    base = gp.ZoneSet([camera_zone("a")])
    assert refused(lambda: base.with_zones(gp.ZoneSet([camera_zone("b")], OVERLAY))) == [
        ("kinds-mixed", "$.geopolicy.kind")
    ]


def test_read_overlays_as_one_set_need_one_end(tmp_path):
    for name, ends in (("a", "2026-12-01T00:00:00Z"), ("b", "2026-12-01T01:00:00+01:00")):
        (tmp_path / f"{name}.geojson").write_bytes(zone_file(name, kind="overlay", ends=ends))
    joined = gp.read_zones(tmp_path)
    assert (joined.header.kind, joined.header.ends, len(joined)) == ("overlay", ENDS, 2)
    (tmp_path / "c.geojson").write_bytes(zone_file("c", kind="overlay"))
    assert refused(lambda: gp.read_zones(tmp_path)) == [("ends-differ", "$.geopolicy.ends")]
