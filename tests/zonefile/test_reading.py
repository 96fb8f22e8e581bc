"""Zone files as they are read: every member, what is warned of, and the options."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time

import pytest

import geopolicy as gp
from geopolicy.zonefile.reader import read_zone_file
from shapes import BOW_TIE, SQUARE, box, polygon
from zone_files import collection, feature, problems_of, warnings_of


def only_zone(raw, **options: bool):
    (zone,) = gp.ZoneSet.parse(raw, **options)
    return zone


# Every member, read ----------------------------------------------------------


def test_read_header_every_member_is_read():
    header = {
        "format": 1,
        "id": "fleet",
        "revision": 7,
        "issued": "2026-01-02T03:04:05+08:00",
        "expires": "2027-01-01T00:00:00.25Z",
        "frame": "GCJ-02",
        "timezone": "Asia/Shanghai",
        "authority": "an authority",
        "licence": "CC0",
        "coverage": [box(100, 20, 110, 30), box(101, 20, 111, 30) | {"frame": "WGS84"}],
    }
    found = read_zone_file(collection(header=header, note={"b": [1, None], "a": "ü"})).header
    assert found == gp.ZoneFileHeader(
        id="fleet",
        revision=7,
        issued=datetime(2026, 1, 1, 19, 4, 5, tzinfo=UTC),
        expires=datetime(2027, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC),
        frame="GCJ-02",
        timezone="Asia/Shanghai",
        authority="an authority",
        licence="CC0",
        coverages=(
            gp.Coverage(gp.Geometry.from_geojson(box(100, 20, 110, 30)), "GCJ-02"),
            gp.Coverage(gp.Geometry.from_geojson(box(101, 20, 111, 30)), "WGS84"),
        ),
        foreign='{"note":{"a":"ü","b":[1,null]}}',
    )


def test_read_feature_every_member_is_read():
    source = feature(
        {"type": "Point", "coordinates": [113.28, 29.31]},
        "port-7",
        name="Port",
        reason="a reason",
        source="a source",
        illustrative=True,
        repair=True,
        radius_m=250,
        margin_m=12.5,
        frame="BD-09",
        timezone="Asia/Shanghai",
        expires="2026-12-31T23:59:59Z",
        rules=[{"sensors": ["camera"], "level": "no_record"}],
        disable=["microphone", "*"],
        owner={"z": 1, "a": [True]},
    )
    (zone,) = read_zone_file(collection(source | {"bbox": [113, 29, 114, 30]})).zones
    assert zone == gp.Zone(
        "port-7",
        {"type": "Point", "coordinates": [113.28, 29.31]},
        [gp.Rule(["camera"], gp.Level.NO_RECORD), gp.Rule(["microphone", "*"], gp.Level.OFF)],
        name="Port",
        reason="a reason",
        source="a source",
        illustrative=True,
        repair=True,
        radius_m=250.0,
        margin_m=12.5,
        frame="BD-09",
        timezone="Asia/Shanghai",
        expires=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        foreign=('{"bbox":[113,29,114,30]}', '{"owner":{"a":[true],"z":1}}'),
    )


def test_read_rule_every_member_is_read():
    source = {
        "sensors": ["camera.exterior", "lidar"],
        "level": "anonymize",
        "store_in": "CN",
        "needs_consent": True,
        "active": {"from": "2026-01-01", "until": "2026-06-30T12:00:00+02:00", "days": ["sun", "mon"], "hours": []},
        "applies_to": {"make": "Example", "class": ["taxi", "bus"]},
        "state": "parked",
        "unless": [{"state": ["driving"]}, {"applies_to": {"class": "emergency"}}],
    }
    source["active"]["hours"] = ["22:00-06:00", "12:00-24:00", "00:00-24:00"]
    zone = only_zone(collection(feature(timezone="Europe/Zagreb", rules=[source])))
    window = gp.Window(
        date(2026, 1, 1),
        datetime(2026, 6, 30, 10, tzinfo=UTC),
        (0, 6),
        (gp.Hours(time(22), time(6)), gp.Hours(time(12), time(0)), gp.Hours(time(0), time(0))),
    )
    when = gp.Condition((window,), (("class", ("taxi", "bus")), ("make", ("Example",))), ("parked",))
    lifts = [gp.Condition(state=("driving",)), gp.Condition(applies_to=(("class", ("emergency",)),))]
    assert zone.rules == (
        gp.Rule(["camera.exterior", "lidar"], gp.Level.ANONYMIZE, "CN", True, when=when, unless=lifts),
    )


@pytest.mark.parametrize("level", ["anonymize", "in_vehicle", "no_record", "off"])
def test_read_level_label_is_that_level(level):
    zone = only_zone(collection(feature(rules=[{"sensors": ["*"], "level": level}])))
    assert zone.rules[0].level.label == level


def test_read_level_allow_with_a_tag_is_a_rule():
    zone = only_zone(collection(feature(rules=[{"sensors": ["*"], "level": "allow", "store_in": "HR"}])))
    assert zone.rules == (gp.Rule(["*"], store_in="HR"),)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-02-28T08:30", datetime(2026, 2, 28, 8, 30)),
        ("2026-02-28T08:30:01", datetime(2026, 2, 28, 8, 30, 1)),
        ("2026-02-28t08:30:01.5z", datetime(2026, 2, 28, 8, 30, 1, 500_000, tzinfo=UTC)),
        ("2026-02-28T08:30:00-03:30", datetime(2026, 2, 28, 12, 0, tzinfo=UTC)),
    ],
)
def test_read_window_bound_is_date_local_time_or_instant(text, bound):
    rule = {"sensors": ["*"], "level": "off", "active": [{"from": text}]}
    zone = only_zone(collection(feature(timezone="UTC", rules=[rule])))
    found = zone.rules[0].when.active[0].since
    assert (found, type(found)) == (bound, type(bound))
    assert getattr(found, "tzinfo", None) == getattr(bound, "tzinfo", None)


def test_read_null_name_reason_and_source_count_as_absent():
    zone = only_zone(collection(feature(name=None, reason=None, source=None)))
    assert (zone.name, zone.reason, zone.source) == (None, None, None)


@pytest.mark.parametrize("member", ["illustrative", "repair", "radius_m", "width_m", "remark"])
def test_read_null_that_cannot_loosen_counts_as_absent(member):
    raw = collection(feature(**{"disable": ["camera"], member: None}))
    assert (only_zone(raw), warnings_of(raw)) == (only_zone(collection(feature())), [])


@pytest.mark.parametrize("member", ["margin_m", "frame", "timezone", "expires"])
def test_read_null_in_some_zones_is_one_warning_and_in_all_an_error(member):
    nulls = [feature(zone_id=name, **{"disable": ["camera"], member: None}) for name in "ab"]
    value = {"margin_m": 5, "frame": "GCJ-02", "timezone": "UTC", "expires": "2027-01-01T00:00:00Z"}[member]
    stated = feature(box(100, 20, 101, 21), **{"disable": ["camera"], member: value})
    path = f"$.features[0].properties.{member}"
    assert warnings_of(collection(*nulls, stated)) == [("member-null", path)]
    assert problems_of(collection(*nulls)) == [("column-null", path)]


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84"])
def test_read_crs_member_naming_crs84_is_accepted_and_not_written(name):
    raw = collection(feature(), crs={"type": "name", "properties": {"name": name}})
    assert "crs" not in json.loads(gp.ZoneSet.parse(raw).to_geojson_text())


def test_read_rule_in_local_time_without_timezone_is_refused_at_the_window():
    rule = {"sensors": ["*"], "level": "off", "active": [{"from": "2026-01-01T00:00:00Z"}, {"days": ["mon"]}]}
    assert problems_of(collection(feature(rules=[rule]))) == [
        ("timezone-missing", "$.features[0].properties.rules[0].active[1]")
    ]


def test_read_two_bad_features_reports_all_of_both():
    raw = collection(
        feature(zone_id=True), feature(polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "b", margin_m=-1, disable=["Camera"])
    )
    assert sorted(problems_of(raw)) == [
        ("id-invalid", "$.features[0].id"),
        ("margin-range", "$.features[1].properties.margin_m"),
        ("ring-open", "$.features[1].geometry.coordinates[0]"),
        ("sensor-name", "$.features[1].properties.disable[0]"),
    ]


def test_read_hole_that_fills_its_polygon_is_refused():
    assert problems_of(collection(feature(polygon(SQUARE, SQUARE)))) == [
        ("polygon-hollow", "$.features[0].geometry.coordinates")
    ]


# Warnings --------------------------------------------------------------------

# Two triangles that meet in one vertex.
TOUCHING = polygon([[0, 0], [1, 1], [0, 2], [2, 2], [1, 1], [2, 0], [0, 0]])
# A notch whose tip lies 2.5e-9 degrees from a slanted edge: rounding takes it to the other side.
TIP = [[0.2394188629361984, 1.5], [0.2384188629361984, 0.15190364528054634], [0.2374188629361984, 1.5]]
SNAPPED = polygon([[0, 0], [1, 0.637129180295674], [1, 2], *TIP, [0, 2], [0, 0]])


def test_read_file_without_a_risk_has_no_warning():
    assert warnings_of(collection(feature())) == []


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (collection(), "no-zones", "$.features"),
        (
            collection(feature(polygon([[0, 0, 5], [1, 0], [1, 1], [0, 0]]))),
            "altitude-ignored",
            "$.features[0].geometry.coordinates",
        ),
        (collection(feature(TOUCHING)), "ring-touches", "$.features[0].geometry.coordinates"),
        (collection(feature(BOW_TIE, repair=True)), "ring-repaired", "$.features[0].geometry.coordinates"),
        (collection(feature(SNAPPED)), "ring-snapped", "$.features[0].geometry.coordinates"),
        (
            collection(feature(box(-9e6, 5.5e6, -8.9e6, 5.6e6), frame="EPSG:25832")),
            "frame-area",
            "$.features[0].geometry",
        ),
        (collection(feature(marginn_m=3)), "member-suspicious", "$.features[0].properties.marginn_m"),
        (collection(feature(rule=[])), "member-suspicious", "$.features[0].properties.rule"),
        (collection(feature(disabled=["lidar"])), "member-suspicious", "$.features[0].properties.disabled"),
    ],
)
def test_read_risky_file_warns_with_code_and_path(raw, code, path):
    assert warnings_of(raw) == [(code, path)]


def test_read_many_risks_warns_of_each_of_them():
    raw = collection(feature(TOUCHING, rule=3), feature(TOUCHING, "other"))
    assert sorted(code for code, _ in warnings_of(raw)) == ["member-suspicious", "ring-touches", "ring-touches"]


@pytest.mark.parametrize("member", ["width__m", "margins_m", "widht_m", "raduis_m"])
def test_read_misspelt_length_beside_a_crossing_ring_is_refused_with_the_place_of_the_ring(member):
    raw = collection(feature(zone_id="good"), feature(BOW_TIE, "bad", **{member: 3}))
    assert problems_of(raw) == [("ring-crosses", "$.features[1].geometry.coordinates[0]")]


def test_read_misspelt_length_beside_a_crossing_ring_with_repair_is_repaired():
    raw = collection(feature(BOW_TIE, margins_m=3))
    assert gp.ZoneSet.parse(raw, repair=True)["yard"].repair


# Options ---------------------------------------------------------------------


def test_read_crossing_ring_is_refused_and_repaired_only_on_request():
    raw = collection(feature(BOW_TIE))
    assert problems_of(raw) == [("ring-crosses", "$.features[0].geometry.coordinates[0]")]
    zones = gp.ZoneSet.parse(raw, repair=True)
    assert zones["yard"].repair
    assert [warning.code for warning in zones.warnings] == ["ring-repaired"]
    assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones


def test_read_repair_option_leaves_a_good_zone_as_it_is():
    assert not gp.ZoneSet.parse(collection(feature()), repair=True)["yard"].repair
