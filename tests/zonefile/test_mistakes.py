"""Probable mistakes: what is warned of, where, and what is left alone because it is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.zonefile.mistakes import probable_mistakes
from geopolicy.zonefile.reader import examine_zone_file
from shapes import BOW_TIE, box, closed, polygon
from zone_files import collection, feature

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WORLD = {"format": 1, "coverage": "world"}


def mistakes_of(*features: dict, header=None, now=NOW, vehicle=None):
    file = examine_zone_file(collection(*features, header=WORLD | (header or {})), "a.geojson")
    problems = probable_mistakes([file], now, vehicle)
    assert all(problem.is_warning and problem.file == "a.geojson" and problem.rule for problem in problems)
    return problems


def named(*features: dict, **options: object):
    return [(problem.code, problem.path) for problem in mistakes_of(*features, **options)]


def ruled(**members: object):
    return feature(timezone="Europe/Zagreb", rules=[{"sensors": ["camera"], "level": "off"} | members])


PROPERTIES = "$.features[0].properties"

# Names -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("all", "*"),
        ("mic", "microphone"),
        ("camara", "camera"),
        ("cam", "camera"),
        ("cameras", "camera"),
        ("camera.exteriour.front", "camera.exterior.front"),
        ("camera.front", "camera.exterior.front"),
        ("front_camera", "camera.exterior.front"),
        ("dashcam", "camera"),
        ("gps", "gnss"),
        ("sonar", "ultrasonic"),
        ("wifi", "link.wifi"),
        ("lidars", "lidar"),
        ("telemetry.locations", "telemetry.location"),
        ("front", "camera.exterior.front"),
    ],
)
def test_mistakes_sensor_that_is_not_documented_is_named_with_the_nearest(name, meant):
    (problem,) = mistakes_of(feature(disable=["lidar", name]))
    assert (problem.code, problem.path) == ("sensor-unknown", f"{PROPERTIES}.disable[1]")
    assert (problem.value, problem.zone_id) == (repr(name), "yard")
    assert f"is {meant!r} meant?" in problem.hint


def test_mistakes_sensor_that_is_like_nothing_is_named_without_a_guess():
    (problem,) = mistakes_of(feature(disable=["qqq"]))
    assert problem.hint == "see the vocabulary"


@pytest.mark.parametrize("name", ["*", "camera", "camera.exterior", "camera.exterior.front.left", "link", "gnss"])
def test_mistakes_documented_sensor_its_groups_and_parts_are_none(name):
    assert named(feature(disable=[name])) == []


def test_mistakes_in_rules_and_the_short_form_have_the_path_of_each():
    rules = [{"sensors": ["camera", "mic"], "level": "off"}, {"sensors": ["cam"], "level": "no_record"}]
    assert named(feature(rules=rules, disable=["gps"])) == [
        ("sensor-unknown", f"{PROPERTIES}.rules[0].sensors[1]"),
        ("sensor-unknown", f"{PROPERTIES}.rules[1].sensors[0]"),
        ("sensor-unknown", f"{PROPERTIES}.disable[0]"),
    ]


def test_mistakes_names_of_the_vehicle_are_none():
    vehicle = gp.Vehicle(["sonar"], {"depot": "7"})
    asks = {"sensors": ["sonar"], "level": "off", "applies_to": {"depot": "7", "brand": "x"}}
    assert [code for code, _ in named(feature(rules=[asks]))] == ["sensor-unknown"] + 2 * ["attribute-unknown"]
    assert named(feature(rules=[asks]), vehicle=vehicle) == [
        ("attribute-unknown", f"{PROPERTIES}.rules[0].applies_to.brand")
    ]


def test_mistakes_attribute_in_a_rule_and_in_each_exemption_has_its_path():
    lifts = [{"applies_to": {"Make": "x"}}, {"applies_to": {"use type": "x", "class": "taxi"}}]
    problems = mistakes_of(ruled(unless=lifts))
    assert [(problem.code, problem.path) for problem in problems] == [
        ("attribute-unknown", f"{PROPERTIES}.rules[0].unless[0].applies_to.Make"),
        ("attribute-unknown", f'{PROPERTIES}.rules[0].unless[1].applies_to["use type"]'),
    ]
    assert problems[0].hint == "is 'make' meant?"
    assert named(ruled(unless=lifts[0])) == [("attribute-unknown", f"{PROPERTIES}.rules[0].unless.applies_to.Make")]


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ({"made_in": "China"}, "alpha-2"),
        ({"owner_country": ["CN", "CHN"]}, "alpha-2"),
        ({"made_in": "c n"}, "alpha-2"),
        ({"class": "lorry"}, "documented are car"),
        ({"class": ["taxi", "Trucks"]}, "is 'truck' meant?"),
    ],
)
def test_mistakes_value_of_an_attribute_that_is_not_documented(asked, hint):
    (problem,) = mistakes_of(ruled(applies_to=asked))
    (name,) = asked
    assert (problem.code, problem.path) == (
        "attribute-value-unknown", f"{PROPERTIES}.rules[0].applies_to.{name}"
    )  # fmt: skip
    assert hint in problem.hint


def test_mistakes_documented_values_and_those_of_the_vehicle_are_none():
    documented = {"class": ["bus", " Drone"], "made_in": ["CN", "cn "], "make": "x"}
    assert named(ruled(applies_to=documented)) == []
    matched = {name: value[-1].strip().upper() for name, value in documented.items()}
    views = [gp.Vehicle(["camera"], matched | {"class": of}) for of in ("DRONE", "truck")]
    rule = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(applies_to=documented))
    zones = gp.ZoneSet([gp.Zone("a", {"type": "Point", "coordinates": [1, 2]}, [rule], radius_m=9)])
    levels = [gp.open(zones, vehicle).decide(2, 1).level("camera") for vehicle in views]
    assert levels == [gp.Level.OFF, gp.Level.ALLOW]  # as lint says: values that differ by case and blanks match
    assert named(ruled(applies_to={"class": "lorry"}), vehicle=gp.Vehicle(["camera"], {"class": "lorry"})) == []


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ({"issued": "2026-06-01T00:00:00Z"}, []),
        ({"issued": "2026-06-01T00:00:01Z"}, ["issued-later"]),
        ({"issued": "2026-05-01T00:00:00Z", "expires": "2026-05-01T00:00:00Z"}, ["header-expired", "issued-expired"]),
        ({"issued": "2027-05-01T00:00:00Z", "expires": "2027-01-01T00:00:00Z"}, ["issued-later", "issued-expired"]),
    ],
)
def test_mistakes_edition_issued_in_the_future_or_when_it_has_expired(header, codes):
    assert [code for code, _ in named(feature(), header=header)] == codes
    assert named(feature(), header=header, now=None) == []


def test_mistakes_zone_without_a_sensor_of_the_vehicle_is_named():
    zones = feature(disable=["lidar", "gnss"]), feature(zone_id="b", disable=["camera.exterior"])
    vehicle = gp.Vehicle(["camera"])
    (problem,) = mistakes_of(*zones, vehicle=vehicle)
    assert (problem.code, problem.path, problem.value) == ("zone-no-sensor", PROPERTIES, "gnss, lidar")
    assert named(*zones) == []


# Times -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "window",
    [
        {"from": "2026-06-02", "until": "2026-06-03", "days": ["sun"]},
        {"from": "2027-03-28", "until": "2027-03-28", "hours": ["02:15-02:45"], "days": ["mon"]},
    ],
)
def test_mistakes_window_that_never_comes_is_named(window):
    assert named(ruled(active=window)) == [("window-never", f"{PROPERTIES}.rules[0].active")]
    both = [{"days": ["mon"]}, window]
    assert named(ruled(active=both)) == [("window-never", f"{PROPERTIES}.rules[0].active[1]")]


@pytest.mark.parametrize(
    "window",
    [
        {"until": "2026-05-31"},
        {"from": "2025-01-01", "until": "2026-06-01T02:00:00"},
        {"from": "2025-01-01", "until": "2025-12-31", "days": ["mon"], "hours": "08:00-10:00"},
        {"until": "2026-06-01T00:00:00Z"},
    ],
)
def test_mistakes_rule_or_exemption_whose_windows_are_over_is_named(window):
    assert named(ruled(active=[window, {"until": "2024-01-01"}])) == [("window-over", f"{PROPERTIES}.rules[0].active")]
    assert named(ruled(unless={"active": window})) == [("window-over", f"{PROPERTIES}.rules[0].unless.active")]
    assert named(ruled(active=[window, {"from": "2030-01-01"}])) == []
    assert named(ruled(active=window), now=None) == []
    assert named(ruled(active=window), now=datetime(2025, 2, 1, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    "window",
    [
        {"from": "2030-01-01"},
        {"until": "2026-06-01"},
        {"days": ["mon"], "hours": "22:00-06:00"},
        {"hours": "sunset..sunrise", "until": "2026-06-01"},
        {"from": "9999-12-01"},
    ],
)
def test_mistakes_window_that_is_still_to_come_is_none(window):
    assert named(ruled(active=window)) == []


def test_mistakes_expiry_of_header_and_zone_is_judged_at_the_time_given():
    header = {"expires": "2026-06-01T00:00:00Z"}
    zones = feature(), feature(zone_id="b", expires="2026-05-01T00:00:00Z"), feature(zone_id="c", expires=None)
    assert named(*zones[:2], header=header) == [
        ("header-expired", "$.geopolicy.expires"),
        ("zone-expired", "$.features[1].properties.expires"),
    ]
    assert named(*zones[:2], header=header, now=datetime(2026, 4, 1, tzinfo=UTC)) == []
    assert named(*zones[:2], header=header, now=None) == []


def test_mistakes_examples_belong_to_no_time():
    old = feature(
        illustrative=True,
        expires="2020-01-01T00:00:00Z",
        timezone="UTC",
        rules=[{"sensors": ["camera"], "level": "off", "active": {"until": "2020-01-01"}}],
    )
    assert named(old, header={"expires": "2021-01-01T00:00:00Z"}) == []


# Shapes ----------------------------------------------------------------------

ROUND_POLE = closed((-120, 70), (0, 71), (120, 70))
ANTARCTICA = closed((-180, -70), (-60, -72), (60, -71), (180, -70))
TO_THE_POLE = [*ANTARCTICA[:-1], [180, -90], [-180, -90], [-180, -70]]
JUMP = closed((170, 0), (-170, 0), (-170, 5), (170, 5))


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (polygon(JUMP), ("edge-long", "coordinates[0][0]")),
        (polygon(closed((0, 0), (0, 5), (200, 5), (200, 0))), ("edge-long", "coordinates[0][1]")),
        (box(-180, 0, 180, 10), ("edge-long", "coordinates[0][0]")),
        (
            {"type": "MultiPolygon", "coordinates": [[box(0, 6, 1, 7)["coordinates"][0]], [JUMP]]},
            ("edge-long", "coordinates[1][0][0]"),
        ),
        (polygon(ROUND_POLE), ("ring-round-pole", "coordinates[0]")),
        (polygon(ANTARCTICA), ("ring-round-pole", "coordinates[0]")),
        (polygon(closed((-170, 60), (-60, 62), (60, 61), (170, 60))), ("ring-round-pole", "coordinates[0]")),
    ],
)
def test_mistakes_shape_that_is_read_as_drawn_is_named_with_its_ring(geometry, expected):
    code, path = expected
    assert named(feature(geometry)) == [(code, f"$.features[0].geometry.{path}")]


def test_mistakes_long_edge_of_a_line_is_named():
    line = {"type": "LineString", "coordinates": [[0, 0], [170, 0], [-170, 0]]}
    assert named(feature(line, width_m=10)) == [("edge-long", "$.features[0].geometry.coordinates[1]")]


@pytest.mark.parametrize(
    "geometry",
    [
        box(-90, 0, 90, 10),
        box(170, 0, 190, 10),
        polygon(TO_THE_POLE),
        box(-180, 60, 180, 90),
        polygon(closed((-180, 0), (0, 0), (180, 0), (180, 10), (0, 10), (-180, 10))),
    ],
)
def test_mistakes_shape_as_it_should_be_drawn_is_none(geometry):
    assert named(feature(geometry)) == []


def test_mistakes_long_edge_says_how_it_is_read():
    (problem,) = mistakes_of(feature(polygon(JUMP)))
    assert problem.rule == "an edge of more than 180 degrees is read as drawn: it runs by way of longitude 0"
    assert problem.value == "an edge of 340 degrees from [170, 0] to [-170, 0] and 1 more"


def test_mistakes_metres_are_not_taken_for_degrees():
    ring = polygon(closed((500000, 5500000), (501000, 5500000), (501000, 5501000)))
    assert named(feature(ring, frame="EPSG:25832")) == []


@pytest.mark.parametrize("coverage", [box(-180, -90, 180, 90), box(-180, -60, 180, 60), "world"])
def test_mistakes_coverage_once_round_the_earth_is_none(coverage):
    assert named(feature(), header={"coverage": coverage}) == []


def test_mistakes_coverage_that_jumps_is_named():
    inside = feature(box(0, 1, 1, 2))
    assert named(inside, header={"coverage": polygon(JUMP)}) == [
        ("edge-long", "$.geopolicy.coverage.coordinates[0][0]")
    ]
    both = {"coverage": [box(0, 0, 5, 5), polygon(JUMP)]}
    assert named(inside, header=both) == [("edge-long", "$.geopolicy.coverage[1].coordinates[0][0]")]


# Coverage --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("geometry", "is_outside"),
    [
        (box(0, 0, 1, 1), False),
        (box(9, 9, 12, 12), False),
        (box(10, 10, 12, 12), False),
        (box(-5, -5, 15, 15), False),
        (box(360, 0, 361, 1), False),
        (box(-360, 0, -359, 1), False),
        (box(4.5, 4.5, 5.5, 5.5), True),
        (box(11, 0, 12, 1), True),
        (box(0, 11, 1, 12), True),
        (polygon(closed((21, 0), (30, 0), (30, 30), (0, 30), (0, 21))), True),
    ],
)
def test_mistakes_zone_is_outside_if_it_has_no_place_in_common_with_the_coverage(geometry, is_outside):
    hollow = polygon(box(0, 0, 10, 10)["coordinates"][0], box(4, 4, 6, 6)["coordinates"][0])
    expected = [("zone-outside-coverage", "$.features[0].geometry")] if is_outside else []
    assert named(feature(geometry), header={"coverage": hollow}) == expected


def test_mistakes_zone_outside_one_of_two_coverages_is_named_once():
    header = {"coverage": [box(0, 0, 10, 10), box(5, 5, 15, 15)]}
    zones = feature(box(6, 6, 7, 7)), feature(box(1, 1, 2, 2), "b"), feature(box(20, 20, 21, 21), "c")
    assert [path for _, path in named(*zones, header=header)] == ["$.features[1].geometry", "$.features[2].geometry"]


def test_mistakes_zone_of_another_frame_is_outside_only_where_it_is_far():
    near = feature({"type": "Point", "coordinates": [110.0001, 30]}, frame="GCJ-02", radius_m=1)
    far = feature({"type": "Point", "coordinates": [111, 30]}, "far", frame="GCJ-02", radius_m=1)
    assert named(near, far, header={"coverage": box(100, 20, 110, 40)}) == [
        ("zone-outside-coverage", "$.features[1].geometry")
    ]


# What is judged --------------------------------------------------------------


def test_mistakes_of_refused_zones_are_not_judged():
    bad = feature(BOW_TIE, disable=["mic"])
    assert named(bad, feature(zone_id="b", disable=["mic"])) == [
        ("sensor-unknown", "$.features[1].properties.disable[0]")
    ]


def test_mistakes_of_the_shape_are_named_of_refused_zones_too():
    """The long edge may be why the ring crosses itself."""
    fiji = polygon([[166, 77], [180, 78], [-180, 81], [162, 81], [166, 77]])
    file = examine_zone_file(collection(feature(fiji)))
    assert [problem.code for problem in file.errors] == ["ring-crosses"]
    assert named(feature(fiji)) == [("edge-long", "$.features[0].geometry.coordinates[0][1]")]


def test_mistakes_sample_zones_have_none():
    folder = Path(__file__).resolve().parents[2] / "zones"
    for path in sorted(folder.glob("*.geojson")):
        file = examine_zone_file(path.read_bytes(), path.name)
        assert probable_mistakes([file], datetime.now(UTC)) == []


def test_mistakes_do_not_change_what_a_vehicle_reads(tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection(feature(disable=["mic"])))
    assert gp.read_zones(tmp_path).warnings == ()
