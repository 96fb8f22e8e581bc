"""What a program dropped besides the header: `geopolicy convert` compares with the file as it was before."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from geopolicy.zonefile.header_of import header_of
from geopolicy.zonefile.loading import load_zone_files
from shapes import box

RULES = [{"sensors": ["camera"], "level": "no_record"}]
HEADER = {"format": 1, "coverage": "world", "timezone": "Europe/Zagreb"}
BEFORE = {
    "yard": {"rules": RULES, "disable": ["lidar"], "margin_m": 5},
    "gate": {"rules": RULES, "disable": ["camera"], "margin_m": 7, "frame": "CGCS2000"},
    "dock": {"rules": RULES, "timezone": "Europe/Zagreb", "margin_m": 0, "expires": "2030-01-01T00:00:00Z"},
}


def text_of(zones, header=None):
    features = [
        {"type": "Feature", "id": zone_id, "geometry": box(13, 45, 14, 46), "properties": properties}
        for zone_id, properties in zones.items()
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection if header is None else collection | {"geopolicy": header})


def problems_of(tmp_path, *edited: dict, before=BEFORE):
    """The codes of what is lost and the zones or words that are named."""
    (tmp_path / "before.geojson").write_text(text_of(before, HEADER), encoding="utf-8")
    paths = [tmp_path / f"edited-{i}.geojson" for i in range(len(edited))]
    for path, zones in zip(paths, edited, strict=True):
        path.write_text(text_of(zones), encoding="utf-8")
    loaded = load_zone_files(paths, header=header_of(tmp_path / "before.geojson"))
    assert list(loaded.errors) == [error for file in loaded.files for error in file.errors]
    return [problem for file in loaded.files for problem in file.problems]


def without(*words: str, ids=tuple(BEFORE)):
    return {
        zone_id: {name: value for name, value in properties.items() if zone_id not in ids or name not in words}
        for zone_id, properties in BEFORE.items()
    }


def test_convert_with_all_that_was_there_says_nothing(tmp_path):
    assert problems_of(tmp_path, BEFORE) == []


@pytest.mark.parametrize("word", ["disable", "margin_m", "frame", "expires"])
def test_convert_property_lost_in_every_zone_is_refused(tmp_path, word):
    (problem,) = problems_of(tmp_path, without(word))
    assert (problem.code, problem.is_warning) == ("column-lost", False)
    assert problem.path.endswith(f".properties.{word}")
    assert "header alone" in problem.hint
    assert str(tmp_path / "before.geojson") in problem.rule


def test_convert_number_filled_with_zero_is_lost(tmp_path):
    (problem,) = problems_of(tmp_path, {zone_id: zone | {"margin_m": 0} for zone_id, zone in BEFORE.items()})
    assert (problem.code, problem.value) == ("column-lost", "2 without it: 'gate', 'yard'")


def test_convert_property_lost_in_some_zones_is_a_warning(tmp_path):
    (problem,) = problems_of(tmp_path, without("disable", ids=("gate",)))
    assert (problem.code, problem.is_warning, problem.value) == ("property-gone", True, "1 without it: 'gate'")
    assert problem.path == "$.features[1].properties.disable"


def test_convert_what_the_header_says_anyway_is_not_lost(tmp_path):
    assert problems_of(tmp_path, without("timezone")) == []


def test_convert_short_form_that_became_a_rule_is_not_lost(tmp_path):
    written = gp.ZoneSet.parse(text_of(BEFORE, HEADER)).to_geojson_text()
    after = {feature["id"]: feature["properties"] for feature in json.loads(written)["features"]}
    assert all("disable" not in properties for properties in after.values())
    assert problems_of(tmp_path, after) == []
    rewritten = {zone_id: {"disable": ["camera"]} for zone_id in BEFORE}
    before = {zone_id: {"rules": RULES} for zone_id in BEFORE}
    assert problems_of(tmp_path, rewritten, before=before) == []


def test_convert_zones_that_are_gone_are_named(tmp_path):
    (problem,) = problems_of(tmp_path, {name: BEFORE[name] for name in ("gate", "dock")})
    assert (problem.code, problem.is_warning, problem.value) == ("zone-gone", True, "1 of 3 missing: 'yard'")


def test_convert_zones_in_several_files_are_compared_together(tmp_path):
    assert problems_of(tmp_path, *({zone_id: zone} for zone_id, zone in BEFORE.items())) == []


@pytest.mark.parametrize("zones", [{}, {"other": BEFORE["yard"]}])
def test_convert_without_any_of_the_zones_is_refused(tmp_path, zones):
    problems = [problem for problem in problems_of(tmp_path, zones) if not problem.is_warning]
    assert [(problem.code, problem.value) for problem in problems] == [
        ("zones-lost", "3 of 3 missing: 'dock', 'gate', 'yard'")
    ]


def test_convert_with_a_header_alone_compares_nothing(tmp_path):
    (tmp_path / "header.json").write_text(json.dumps(HEADER), encoding="utf-8")
    (tmp_path / "edited.geojson").write_text(text_of(without("disable", "margin_m")), encoding="utf-8")
    loaded = load_zone_files(tmp_path / "edited.geojson", header=header_of(tmp_path / "header.json"))
    assert [problem for file in loaded.files for problem in file.problems] == []
