"""Zone files: what is read, what is warned of, what is written, and what no input can bring about."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.zonefile import strict_json
from geopolicy.zonefile.reader import read_zone_file
from zone_strategies import SQUARE, box, collection, feature, polygon, zone_sets

ZONES = Path(__file__).resolve().parents[2] / "zones"
whole_sets = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def problems_of(raw, **options: bool):
    """Code and path of every problem of a file that must be refused."""
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        read_zone_file(raw, **options)
    return [(problem.code, problem.path) for problem in refusal.value.problems]


def warnings_of(raw, **options: bool):
    file = read_zone_file(raw, **options)
    assert all(warning.is_warning for warning in file.warnings)
    return [(warning.code, warning.path) for warning in file.warnings]


def only_zone(raw, **options: bool):
    (zone,) = gp.ZoneSet.parse(raw, **options)
    return zone


# Strict JSON -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (b"", "json-syntax", "$"),
        (b"{}{}", "json-syntax", "$"),
        (b"{} x", "json-syntax", "$"),
        (b"[1,]", "json-syntax", "$"),
        (b'{"a":1,}', "json-syntax", "$"),
        (b"[01]", "json-syntax", "$"),
        (b"[.5]", "json-syntax", "$"),
        (b"[+1]", "json-syntax", "$"),
        (b"['a']", "json-syntax", "$"),
        (b'["\t"]', "json-syntax", "$"),
        (b'["\\x"]', "json-syntax", "$"),
        (b"[True]", "json-syntax", "$"),
        (b"\xef\xbb\xbf{}", "json-bom", "$"),
        (b'["\xff"]', "json-encoding", "$"),
        (b'["\xc0\xaf"]', "json-encoding", "$"),
        (b'["\xed\xa0\x80"]', "json-encoding", "$"),
        ("{}".encode("utf-16"), "json-encoding", "$"),
        (b'["\\ud800"]', "json-encoding", "$"),
        (b'{"\\uDFFF":1}', "json-encoding", "$"),
        (b"[NaN]", "json-number", "$"),
        (b"[-Infinity]", "json-number", "$"),
        (b"[" + b"9" * 5000 + b"]", "json-number", "$"),
        (b'{"a":[1,1e400]}', "json-number", "$.a[1]"),
        (b'{"a":[1.5,-1e999]}', "json-number", "$.a[1]"),
        (b"[[1.5],[[2.5,1e400]]]", "json-number", "$[1][0][1]"),
        (b"[" + b"9" * 309 + b"]", "json-number", "$[0]"),
        (b"[" * 100_000, "json-nesting", "$"),
        (b'{"a":' * 100_000, "json-nesting", "$"),
        (b'{"a":1,"a":1}', "json-duplicate-key", "$.a"),
        (b'{"a":1,"\\u0061":2}', "json-duplicate-key", "$.a"),
        (b'[{"b c":{"":1,"":2}}]', "json-duplicate-key", '$[0]["b c"][""]'),
    ],
)
def test_loads_trap_is_refused_with_its_code_and_place(raw, code, path):
    with pytest.raises(gp.errors.ZoneFileError, match=r".") as refusal:
        strict_json.loads(raw, "trap.geojson")
    (problem,) = refusal.value.problems
    assert (problem.code, problem.path, problem.file) == (code, path, "trap.geojson")


def test_loads_syntax_error_says_line_and_column():
    with pytest.raises(gp.errors.ZoneFileError, match="at line 2 column 3 - at"):
        strict_json.loads(b"{\n  ]")


def test_loads_two_duplicates_at_two_levels_names_both():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        strict_json.loads(b'{"a":{"b":1,"b":2},"a":{"b":1,"b":2}}')
    assert {problem.path for problem in refusal.value.problems} >= {"$.a", "$.a.b"}


@pytest.mark.parametrize(
    "text", ["[-0.0]", "[1e308]", '["\\ud83d\\ude97"]', '{"a":{"a":1}}', "9007199254740993", " 1 "]
)
def test_loads_unambiguous_json_is_what_the_json_module_reads(text):
    assert strict_json.loads(text.encode()) == json.loads(text)


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ).map(lambda value: json.dumps(value).encode())
)
def test_loads_any_json_value_is_read_as_the_json_module_reads_it_or_refused(raw):
    try:
        value, codes = strict_json.loads(raw), set()
    except gp.errors.ZoneFileError as error:
        value, codes = json.loads(raw), {problem.code for problem in error.problems}
    assert value == json.loads(raw)
    assert codes <= ({"json-encoding"} if "\\ud" in raw.decode() else set())


@pytest.mark.parametrize("depth", [*range(60, 1100, 20), 1500, 3000])
def test_parse_nested_foreign_member_is_kept_or_refused_whatever_the_depth(depth):
    raw = collection(feature(nest=0)).replace(b'"nest": 0', b'"nest": ' + b"[" * depth + b"]" * depth)
    if depth > 1000:
        assert problems_of(raw) == [("json-nesting", "$")]
        return
    try:
        zones = gp.ZoneSet.parse(raw)
    except gp.errors.ZoneFileError as error:
        found, zones = [problem.code for problem in error.problems], None
    assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones if zones else found == ["json-nesting"] and depth > 300


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


@pytest.mark.parametrize("member", ["illustrative", "radius_m", "margin_m", "frame", "expires", "rules"])
def test_read_other_null_member_is_refused(member):
    codes = problems_of(collection(feature(**{"disable": ["camera"], member: None})))
    assert [(code, path) for code, path in codes if code == "member-type"] == [
        ("member-type", f"$.features[0].properties.{member}")
    ]


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
        feature(zone_id=7), feature(polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "b", margin_m=-1, disable=["Camera"])
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

BOW_TIE = polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])
# Two triangles that meet in one vertex.
TOUCHING = polygon([[0, 0], [1, 1], [0, 2], [2, 2], [1, 1], [2, 0], [0, 0]])
# A notch whose tip lies 2.5e-9 degrees from a slanted edge: rounding takes it to the other side.
TIP = [[0.2394188629361984, 1.5], [0.2384188629361984, 0.15190364528054634], [0.2374188629361984, 1.5]]
SNAPPED = polygon([[0, 0], [1, 0.637129180295674], [1, 2], *TIP, [0, 2], [0, 0]])
HEADLESS = json.dumps({"type": "FeatureCollection", "features": [feature()]}).encode()


def test_read_file_without_a_risk_has_no_warning():
    assert warnings_of(collection(feature())) == []


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (HEADLESS, "header-missing", "$.geopolicy"),
        (collection(feature(), header={"format": 1}), "coverage-missing", "$.geopolicy.coverage"),
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
    raw = json.dumps({"type": "FeatureCollection", "features": [feature(TOUCHING, rule=3)]}).encode()
    assert sorted(code for code, _ in warnings_of(raw)) == ["header-missing", "member-suspicious", "ring-touches"]


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


JUMP = polygon([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]])


def test_read_unwrap_takes_a_jump_over_the_antimeridian_the_short_way():
    raw = collection(feature(JUMP), header={"format": 1})
    literal, short = gp.open(gp.ZoneSet.parse(raw)), gp.open(gp.ZoneSet.parse(raw, unwrap=True))
    for lon, in_literal, in_short in ((0, True, False), (180, False, True), (-179.5, False, True), (178, True, False)):
        assert bool(literal.decide(0.5, lon).zones) == in_literal
        assert bool(short.decide(0.5, lon).zones) == in_short


def test_read_unwrap_is_for_coverages_too():
    raw = collection(feature(), header={"format": 1, "coverage": JUMP})
    short = gp.open(gp.ZoneSet.parse(raw, unwrap=True))
    assert short.decide(0.5, 180.0).certainty == gp.Certainty.CERTAIN
    assert short.decide(0.5, 10.0).certainty == gp.Certainty.UNKNOWN


def test_read_unwrap_leaves_a_coverage_of_the_whole_world_whole():
    zones = gp.ZoneSet.parse(collection(feature(JUMP)), unwrap=True)
    assert gp.open(zones).decide(10.0, 10.0).certainty == gp.Certainty.CERTAIN


def test_read_unwrap_of_a_ring_round_the_pole_is_refused():
    raw = collection(feature(polygon([[0, 80], [120, 80], [-120, 80], [0, 80]])), header={"format": 1})
    assert problems_of(raw, unwrap=True) == [("ring-open", "$.features[0].geometry.coordinates[0]")]


def test_read_unwrap_leaves_short_edges_alone():
    raw = collection(feature(box(10, 10, 190, 20)), header={"format": 1})
    assert gp.ZoneSet.parse(raw, unwrap=True) == gp.ZoneSet.parse(raw)


# Writing ---------------------------------------------------------------------


@whole_sets
@given(zone_sets())
def test_write_then_read_is_the_same_set_and_the_same_text(zones):
    text = zones.to_geojson_text()
    again = gp.ZoneSet.parse(text)
    assert again == zones
    assert hash(again) == hash(zones)
    assert again.to_geojson_text() == text


@whole_sets
@given(zone_sets(), st.randoms(use_true_random=False))
def test_write_zones_in_any_order_gives_the_same_bytes(zones, shuffler):
    mixed = list(zones)
    shuffler.shuffle(mixed)
    assert gp.ZoneSet(mixed, zones.header).to_geojson_text() == zones.to_geojson_text()


@whole_sets
@given(zone_sets(max_zones=2), st.randoms(use_true_random=False))
def test_write_members_in_any_order_gives_the_same_bytes(zones, shuffler):
    def shuffled(value):
        if isinstance(value, dict):
            members = list(value.items())
            shuffler.shuffle(members)
            return {name: shuffled(inner) for name, inner in members}
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    text = zones.to_geojson_text()
    mixed = json.dumps(shuffled(json.loads(text)), indent=shuffler.choice([None, 3]))
    assert gp.ZoneSet.parse(mixed).to_geojson_text() == text


def test_write_equal_lengths_given_as_whole_numbers_give_the_same_bytes():
    point = {"type": "Point", "coordinates": [1, 1]}
    whole, broken = (
        gp.ZoneSet([gp.Zone("a", point, [gp.Rule("*", gp.Level.OFF)], radius_m=kind(200), margin_m=kind(5))])
        for kind in (int, float)
    )
    assert whole == broken
    assert whole.to_geojson_text() == broken.to_geojson_text()


def test_write_equal_instants_at_other_offsets_give_the_same_bytes():
    there = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    texts, sets = [], []
    for moment in (there, there.astimezone(UTC)):
        rule = gp.Rule(["*"], gp.Level.OFF, when=gp.Condition((gp.Window(since=moment),)))
        zones = gp.ZoneSet([gp.Zone("a", polygon(), [rule], expires=moment)], gp.ZoneFileHeader(issued=moment))
        sets.append(zones)
        texts.append(zones.to_geojson_text())
    assert sets[0] == sets[1]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("clock", "shown"),
    [
        (time(8, 0, 30), "08:00:30"),
        (time(8, 0, 0, 1), "08:00:00.000001"),
        (time(8, tzinfo=UTC), r"08:00:00\+00:00"),
    ],
)
def test_hours_that_no_zone_file_can_state_are_refused_at_either_end(clock, shown):
    rule = f"^hours must be whole minutes of local time, got {shown}$"
    with pytest.raises(ValueError, match=rule):
        gp.Hours(clock, time(9))
    with pytest.raises(ValueError, match=rule):
        gp.Hours(time(7), clock)


def test_write_default_values_are_left_out():
    zones = gp.ZoneSet([gp.Zone("a", polygon(), [gp.Rule(["*"], gp.Level.OFF)])])
    assert json.loads(zones.to_geojson_text()) == {
        "type": "FeatureCollection",
        "geopolicy": {"format": 1},
        "features": [
            {
                "type": "Feature",
                "id": "a",
                "properties": {"rules": [{"sensors": ["*"], "level": "off"}]},
                "geometry": {"type": "Polygon", "coordinates": [[[float(x), float(y)] for x, y in SQUARE]]},
            }
        ],
    }


def test_write_is_one_feature_a_line_ending_in_a_newline():
    zones = gp.ZoneSet.parse(collection(*(feature(zone_id=name) for name in "abc")))
    lines = zones.to_geojson_text().splitlines()
    assert [json.loads(line.removesuffix(","))["id"] for line in lines[1:-1]] == ["a", "b", "c"]
    assert zones.to_geojson_text().endswith("]}\n")


def test_write_values_that_the_header_gives_are_not_repeated():
    header = {"format": 1, "frame": "EPSG:25832", "timezone": "Europe/Berlin", "expires": "2030-01-01T00:00:00Z"}
    ring = [[500000, 5500000], [501000, 5500000], [501000, 5501000], [500000, 5500000]]
    text = gp.ZoneSet.parse(collection(feature(polygon(ring)), header=header)).to_geojson_text()
    assert json.loads(text)["features"][0]["properties"].keys() == {"rules"}
    assert json.loads(text)["geopolicy"] == header


@pytest.mark.parametrize("path", sorted(ZONES.glob("*.geojson")), ids=lambda path: path.name)
def test_write_zone_files_of_the_project_survive_the_round_trip(path):
    zones = gp.read_zones(path)
    again = gp.ZoneSet.parse(zones.to_geojson_text())
    assert again == zones
    assert again.to_geojson_text() == zones.to_geojson_text()


# Any bytes -------------------------------------------------------------------

TOKENS = [
    b"NaN",
    b"1e999",
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b",",
    b"null",
    b"-",
    b"0",
    b"\\ud800",
    b"\xff",
    b"true",
    b'"off"',
]


def mutated(raw, chance):
    """Bytes with one to four small changes."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw))
        cut = chance.randint(0, 12)
        kind = chance.randrange(5)
        if kind == 0:
            raw = raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
        elif kind == 1:
            raw = raw[:at] + raw[at + cut + 1 :]
        elif kind == 2:
            raw = raw[:at] + raw[at : at + 5 * cut] + raw[at:]
        elif kind == 3:
            raw = raw[:at] + chance.choice(TOKENS) + raw[at + chance.randint(0, 3) :]
        else:
            raw = raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
    return raw


def seeds():
    everything = gp.ZoneSet(
        [
            gp.Zone("p", {"type": "Point", "coordinates": [1.25, 2.5]}, [gp.Rule(["*"], store_in="CN")], radius_m=50.5),
            gp.Zone("q", {"type": "MultiPolygon", "coordinates": [[SQUARE]]}, [gp.Rule(["a"], needs_consent=True)]),
        ],
        gp.ZoneFileHeader(
            id="s", revision=3, coverages=(gp.Coverage(gp.Geometry.from_geojson(box(-10, -10, 10, 10))),)
        ),
    )
    files = [path.read_bytes() for path in sorted(ZONES.glob("*.geojson")) if path.stat().st_size < 10_000]
    return [*files, everything.to_geojson_text().encode(), collection(feature(BOW_TIE, repair=True))]


def survives(count, seed):
    """Reads many mutated files; every one that is accepted says the same when it is written again."""
    chance = random.Random(seed)
    sources = seeds()
    accepted = 0
    for _ in range(count):
        raw = mutated(chance.choice(sources), chance)
        try:
            zones = gp.ZoneSet.parse(raw)
        except gp.errors.ZoneFileError:
            continue
        accepted += 1
        assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones
    return accepted


def test_read_mutated_zone_files_raise_nothing_but_zone_file_error():
    assert survives(500, seed=1) > 20


@pytest.mark.slow
def test_read_very_many_mutated_zone_files_raise_nothing_but_zone_file_error():
    assert survives(20_000, seed=2) > 800


@given(st.binary(max_size=200))
def test_read_any_bytes_raise_nothing_but_zone_file_error(raw):
    with pytest.raises(gp.errors.ZoneFileError):
        read_zone_file(raw)
