"""Hypothesis strategies of zones, vehicles, conditions and positions, shared by the tests."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

import exact
from geopolicy import (
    Condition,
    Coverage,
    Geometry,
    Hours,
    Level,
    LimitRange,
    Rule,
    Vehicle,
    Window,
    Zone,
    ZoneFileHeader,
    ZoneSet,
)
from shapes import closed, polygon
from tightness import AT_MOST, NO_FINER

SENSORS = ("camera.cabin", "camera.exterior.front", "microphone", "radar.front")
RULE_SENSORS = ("camera", "camera.exterior", "camera.exterior.front", "microphone.cabin", "radar", "thermal", "*")
# Longitude, latitude of the middle of a set: plain, at Greenwich, at the antimeridian, at the steep end of distances.
ANCHORS = ((13.7, 45.2), (0.0, 0.0), (180.0, -16.9), (-180.0, 66.0), (113.2, 29.3), (-70.0, -84.8))
CHINA = (113.2, 29.3)
NOTICES = ("collecting:inside", "collecting:outside", "stopped:inside", "stopped:outside")
VALUES = st.sampled_from([0.01, 1.0, 10.0, 50.0, 3600.0, 1e6]) | st.floats(1e-3, 1e7)
# Members that a newer geopolicy might have written: in a rule, among its conditions, in an exemption.
NEWER = st.sampled_from(["", "", "", '{"quota":1}'])
NEWER_STATE = '{"state":["flying"]}'
NEWER_EXEMPTION = '{"weather":"fog"}'
OFFSETS_M = st.sampled_from([0.0, 0.5, 3.0, 30.0, 250.0, 2_000.0, 10_000.0]) | st.floats(0.0, 10_000.0)


def degrees(units: int) -> float:
    """Whole units of 1e-7 degrees as degrees."""
    return units / 1e7


def units_ring(vertices):
    """Vertices in units as a GeoJSON ring."""
    return closed(*([degrees(x), degrees(y)] for x, y in vertices))


def units_polygon(*rings: list):
    """A GeoJSON Polygon of rings of vertices in units, the first not repeated."""
    return polygon(*map(units_ring, rings))


@st.composite
def star_vertices(draw, centre: tuple[int, int], size: int) -> list[tuple[int, int]]:
    """The vertices of a simple ring round a centre that holds the middle third of its smallest radius."""
    count = draw(st.integers(4, 9))
    vertices = []
    for i in range(count):
        angle = 2.0 * math.pi * (i + 0.5 * draw(st.floats(0.0, 1.0))) / count
        radius = size * draw(st.floats(0.3, 1.0))
        vertices.append((centre[0] + round(radius * math.cos(angle)), centre[1] + round(radius * math.sin(angle))))
    return vertices


@st.composite
def polygons(draw, centre: tuple[int, int], size: int) -> list:
    """GeoJSON coordinates of a polygon, with a hole or none."""
    rings = [units_ring(draw(star_vertices(centre, size)))]
    if draw(st.booleans()):
        rings.append(units_ring(draw(star_vertices(centre, max(size // 12, 20)))))
    return rings


@st.composite
def areas(draw, anchor: tuple[float, float]) -> dict:
    """A GeoJSON Polygon or MultiPolygon within a degree or so of an anchor ``(lon, lat)``, vertices on the grid."""
    size = draw(st.sampled_from([300, 5_000, 100_000, 900_000]))
    middle = exact.snap(anchor[0]), exact.snap(anchor[1])
    centre = tuple(m + draw(st.integers(-size, size)) for m in middle)
    if draw(st.integers(0, 3)):
        return {"type": "Polygon", "coordinates": draw(polygons(centre, size))}
    beside = centre[0] + 2 * size + draw(st.integers(1, size)), centre[1]
    return {"type": "MultiPolygon", "coordinates": [draw(polygons(centre, size)), draw(polygons(beside, size))]}


@st.composite
def windows(draw) -> Window:
    since = draw(st.none() | st.sampled_from([date(2026, 3, 1), datetime(2026, 6, 1, 12, tzinfo=UTC)]))
    hours = draw(st.sampled_from([(), (Hours(time(7), time(16)),), (Hours(time(22), time(5)),)]))
    days = draw(
        st.sampled_from([(0, 1, 2, 3, 4), (6,)] if since is None and not hours else [(), (0, 1, 2, 3, 4), (6,)])
    )
    return Window(since, None, days, hours)


@st.composite
def conditions(draw, *, newer: str = "") -> Condition:
    """A condition that asks something, or nothing; some with members that are not understood."""
    active = draw(st.lists(windows(), max_size=1))
    applies_to = draw(st.sampled_from([(), (("make", ("Tesla", "BYD")),), (("class", ("police",)),)]))
    emergency = draw(st.sampled_from([None, None, True, False]))
    not_understood = draw(st.sampled_from(["", newer]))
    states = [(), ("parked",), ("driving",)]
    state = draw(st.sampled_from(states)) if not_understood != NEWER_STATE else ()
    return Condition(tuple(active), applies_to, state, emergency, not_understood)


LIMITS = st.dictionaries(st.sampled_from(AT_MOST + NO_FINER), VALUES, max_size=2)
MUST_SHOW = st.lists(st.sampled_from(NOTICES), max_size=2, unique=True)


@st.composite
def rules(draw, *, newer: bool = False) -> Rule:
    names = draw(st.lists(st.sampled_from(RULE_SENSORS), min_size=1, max_size=2, unique=True))
    level = draw(st.sampled_from(list(Level)))
    store_in = draw(st.sampled_from([None, None, "CN", "DE"]))
    limits, notices = draw(st.just({}) | LIMITS), draw(st.just([]) | MUST_SHOW)
    is_empty = level == Level.ALLOW and store_in is None and not limits and not notices
    consent = draw(st.sampled_from([False, False, True])) or is_empty
    when = draw(conditions(newer=NEWER_STATE if newer else "")) if draw(st.booleans()) else Condition()
    exemptions = conditions(newer=NEWER_EXEMPTION if newer else "")
    unless = [c for c in draw(st.lists(exemptions, max_size=1)) if not c.is_empty]
    kept = draw(NEWER) if newer else ""
    return Rule(names, level, store_in, consent, when, unless, limits=limits, must_show=notices, not_understood=kept)


def needs_timezone(rule: Rule) -> bool:
    """Whether a window of the rule is in local time."""
    return any(window.needs_timezone for condition in (rule.when, *rule.unless) for window in condition.active)


PLAIN_RULES = st.builds(Rule, st.sampled_from([["*"], ["camera"], ["radar"]]), st.sampled_from(list(Level)[1:]))
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # it adds UTC
TIMEZONES = [None, "Europe/Berlin"]
STATES = st.sampled_from(["driving", "parked"])
EMERGENCIES = st.sampled_from([None, True, False])
ATTRIBUTES = st.fixed_dictionaries(
    {}, optional={"make": st.sampled_from(["Tesla", "Fiat"]), "class": st.sampled_from(["police", "taxi"])}
)
RANGES = st.tuples(st.none() | VALUES, st.none() | VALUES).map(
    lambda ends: LimitRange(*(ends if None in ends else sorted(ends)))
)
KEEPABLE = st.dictionaries(
    st.sampled_from(["*", "camera", "camera.exterior.front", "radar"]),
    st.dictionaries(st.sampled_from(AT_MOST + NO_FINER), RANGES, max_size=4),
    max_size=2,
)
VEHICLES = st.builds(Vehicle, st.just(SENSORS), ATTRIBUTES, limits=KEEPABLE, shows=st.just(NOTICES) | MUST_SHOW)
ABLE = Vehicle(SENSORS, limits={"*": dict.fromkeys(AT_MOST + NO_FINER, LimitRange())}, shows=NOTICES)
"""Can keep every limit, and show everything everywhere."""


@st.composite
def zones(draw, anchor: tuple[float, float], name: str, *, own_rules=PLAIN_RULES, plain: bool = False) -> Zone:
    """A zone near an anchor; a plain one is a polygon in WGS 84, exactly as its vertices say."""
    said = draw(st.lists(own_rules, min_size=1, max_size=2))
    more = {
        "timezone": draw(st.sampled_from(["Europe/Berlin"] if any(map(needs_timezone, said)) else TIMEZONES)),
        "expires": draw(st.sampled_from([None, None, datetime(2026, 7, 1, tzinfo=UTC)])),
    }
    kind = "area" if plain else draw(st.sampled_from(["area", "area", "circle", "corridor", "grown"]))
    if anchor == CHINA and not plain:
        more["frame"] = draw(st.sampled_from(["WGS84", "CGCS2000", "GCJ-02", "BD-09"]))
    if kind in ("area", "grown"):
        if kind == "grown":
            more["margin_m"] = draw(st.floats(0.1, 3_000.0))
        return Zone(name, draw(areas(anchor)), said, **more)
    places = st.tuples(*(st.floats(-0.1, 0.1).map(lambda off, own=own: own + off) for own in anchor))
    if kind == "circle":
        return Zone(
            name, {"type": "Point", "coordinates": draw(places)}, said, radius_m=draw(st.floats(1, 4e3)), **more
        )
    line = draw(st.lists(places, min_size=2, max_size=4, unique=True))
    line = [p for i, p in enumerate(line) if i < 2 or [*map(exact.snap, p)] != [*map(exact.snap, line[i - 1])]]
    line[1] = (line[0][0] + 0.01, line[0][1]) if [*map(exact.snap, line[0])] == [*map(exact.snap, line[1])] else line[1]
    return Zone(name, {"type": "LineString", "coordinates": line}, said, width_m=draw(st.floats(1, 2e3)), **more)


@st.composite
def zone_sets(draw, *, own_rules=PLAIN_RULES, plain: bool = False, anchors=ANCHORS, most: int = 3) -> ZoneSet:
    """One to three zones near one of the anchors, in one set of four with a coverage."""
    anchor = draw(st.sampled_from(anchors))
    count = draw(st.integers(1, most))
    header = ZoneFileHeader()
    if draw(st.integers(0, 3)) == 0:
        header = ZoneFileHeader(coverages=(Coverage(Geometry.from_geojson(draw(areas(anchor)))),))
    return ZoneSet([draw(zones(anchor, f"z{i}", own_rules=own_rules, plain=plain)) for i in range(count)], header)


def vertices_of(zone_set: ZoneSet) -> list[tuple[int, int]]:
    """The positions that zones and coverages are drawn with, in units."""
    shapes = [zone.geometry for zone in zone_set] + [coverage.geometry for coverage in zone_set.header.coverages]
    found = []
    for shape in shapes:
        nested = shape.to_geojson()["coordinates"]
        while isinstance(nested[0], list) and isinstance(nested[0][0], list):
            nested = [position for part in nested for position in part]
        flat = [nested] if not isinstance(nested[0], list) else nested
        found += [(exact.snap(lon), exact.snap(lat)) for lon, lat in flat]
    return found


@st.composite
def places(draw, zone_set: ZoneSet) -> tuple[int, int]:
    """A position in units ``(x, y)``: a vertex, beside one, between two, or within some kilometres."""
    vertices = vertices_of(zone_set)
    x, y = draw(st.sampled_from(vertices))
    to_x, to_y = draw(st.sampled_from(vertices))
    share = draw(st.sampled_from([0.0, 0.0, 0.5]) | st.floats(0.0, 1.0))
    reach = draw(st.sampled_from([0, 1, 10, 5_000, 300_000]))
    x, y = round(x + share * (to_x - x)), round(y + share * (to_y - y))
    x, y = x + draw(st.integers(-reach, reach)), y + draw(st.integers(-reach, reach))
    return exact.wrapped(x), max(-exact.POLE, min(exact.POLE, y))
