"""Hypothesis strategies of zones, sets of them, and positions at their borders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from geopolicy.geometry import frames
from geopolicy.model.zones import Coverage, Geometry, Zone, ZoneFileHeader
from geopolicy.testing.edges import HALF_TURN, back_to_wgs84
from geopolicy.testing.oracle import POLE, TURN, UNITS, drawn_edges, edges_of
from geopolicy.testing.rule_strategies import PLAIN_RULES, needs_timezone
from geopolicy.testing.shape_strategies import check_kinds, polygons_of, star_vertices, units_polygon
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from geopolicy.model.rules import Rule
    from geopolicy.testing.oracle import Edge
    from geopolicy.testing.shape_strategies import Shape, Vertex

SET_KINDS = ("overlapping", "tiling", "seam", "poles", "frames")
# Latitude, longitude of the middle of a set: plain, at Greenwich, at the antimeridian, at the steep end of distances.
PLACES = ((45.2, 13.7), (0.0, 0.0), (-16.9, 180.0), (66.0, -180.0), (29.3, 113.2), (-84.8, -70.0))
CHINA = (29.3, 113.2)
DEGREE_FRAMES = ("WGS84", "CGCS2000", "GCJ-02", "BD-09")
METRE_FRAMES = {"EPSG:3857": (1_500_000.0, 5_600_000.0), "EPSG:25832": (500_000.0, 5_500_000.0)}
TIMEZONES = (None, "Europe/Berlin")
_SIZES = (300, 5_000, 100_000, 900_000)
_SHAPES = ("simple", "simple", "holed", "holed", "spiky", "touching", "touching holes", "sliver", "two parts")
_EXPIRED = datetime(2026, 7, 1, tzinfo=UTC)


@st.composite
def areas(draw: DrawFn, place: tuple[float, float], kinds: Sequence[str] = _SHAPES) -> Shape:
    """A GeoJSON Polygon or MultiPolygon within a degree or so of a place ``(lat, lon)``, on the grid."""
    size = draw(st.sampled_from(_SIZES))
    lat, lon = place
    middle = round(lon * 1e7), round(lat * 1e7)
    centre = middle[0] + draw(st.integers(-size, size)), middle[1] + draw(st.integers(-size, size))
    kind = draw(st.sampled_from(list(kinds)))
    if kind != "two parts":
        return draw(polygons_of(centre, size, kind))
    beside = centre[0] + 2 * size + draw(st.integers(1, size)), centre[1]
    parts = [draw(polygons_of(own, size, draw(st.sampled_from(["simple", "holed"])))) for own in (centre, beside)]
    return {"type": "MultiPolygon", "coordinates": [part["coordinates"] for part in parts]}


@st.composite
def zones(
    draw: DrawFn,
    zone_id: str = "zone",
    *,
    lat: float = 45.2,
    lon: float = 13.7,
    rules: SearchStrategy[Rule] = PLAIN_RULES,
    plain: bool = False,
) -> Zone:
    """Zones near a place: polygons with holes, spikes and touching rings, circles, corridors, and grown ones.

    Where the frames of China are defined some are drawn in GCJ-02 and BD-09.

    Parameters
    ----------
    zone_id
        Its id.
    lat, lon
        The place in degrees; its geometry lies within a degree or so.
    rules
        A strategy for one or two rules; levels alone unless told.
    plain
        Whether all are Polygons and MultiPolygons in WGS 84, exactly as their positions say.

    Raises
    ------
    ValueError
        For a place out of range.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20)
    ... @given(zones("depot", lat=45.2, lon=13.7))
    ... def check(zone):
    ...     assert gp.ZoneSet([zone])["depot"].rules == zone.rules
    >>> check()
    """
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        raise ValueError("lat must be in [-90, 90] and lon in [-180, 180] degrees")
    said = draw(st.lists(rules, min_size=1, max_size=2))
    more = _members(draw, said)
    if plain:
        return Zone(zone_id, draw(areas((lat, lon))), said, **more)
    kind = draw(st.sampled_from(["area", "area", "circle", "corridor", "grown"]))
    if frames.in_offset_domain(lat, lon) and frames.in_offset_domain(lat + 2.0, lon + 2.0) and lat > 2.0:
        more["frame"] = draw(st.sampled_from(DEGREE_FRAMES))
    if kind in ("area", "grown"):
        if kind == "grown":
            more["margin_m"] = draw(st.floats(0.1, 3_000.0))
        return Zone(zone_id, draw(areas((lat, lon))), said, **more)
    off = st.integers(-1_000_000, 1_000_000)
    near = st.tuples(off, off).map(lambda own: (round(lon * 1e7) + own[0], round(lat * 1e7) + own[1]))
    if kind == "circle":
        x, y = draw(near)
        point = {"type": "Point", "coordinates": [x / UNITS, y / UNITS]}
        return Zone(zone_id, point, said, radius_m=draw(st.floats(1, 4e3)), **more)
    line = [[x / UNITS, y / UNITS] for x, y in draw(st.lists(near, min_size=2, max_size=4, unique=True))]
    return Zone(zone_id, {"type": "LineString", "coordinates": line}, said, width_m=draw(st.floats(1, 2e3)), **more)


def _members(draw: DrawFn, said: Sequence[Rule]) -> dict[str, Any]:
    """What a zone states beside its geometry and rules."""
    is_local = any(map(needs_timezone, said))
    timezones = TIMEZONES[1:] if is_local else TIMEZONES
    return {"timezone": draw(st.sampled_from(timezones)), "expires": draw(st.sampled_from([None, None, _EXPIRED]))}


@st.composite
def zone_sets(
    draw: DrawFn,
    *,
    kinds: Sequence[str] = SET_KINDS,
    rules: SearchStrategy[Rule] = PLAIN_RULES,
    plain: bool = False,
    places: Sequence[tuple[float, float]] = PLACES,
    most: int = 3,
) -> ZoneSet:
    """Sets of zones with the ids ``"z0"``, ``"z1"`` and so on.

    Parameters
    ----------
    kinds
        ``"overlapping"``: near each other at one of the places, one set of four with a coverage; ``"tiling"``: they
        share borders and vertices; ``"seam"``: at the antimeridian and over it, also all round the Earth;
        ``"poles"``: caps, wedges and single vertices at a pole; ``"frames"``: in GCJ-02, BD-09 and EPSG codes.
    rules
        A strategy for the rules of each zone; levels alone unless told.
    plain
        Whether all zones are Polygons and MultiPolygons in WGS 84; then there are none of ``"frames"``.
    places
        Pairs ``(lat, lon)`` for overlapping zones and tilings.
    most
        The number of zones, at most; of a tiling twice as many.

    Raises
    ------
    ValueError
        For other kinds, or if there are only ``"frames"`` and all zones must be plain.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20)
    ... @given(zone_sets(kinds=["tiling"]))
    ... def check(zones):
    ...     assert_same_answers(zones, zones)
    >>> from geopolicy.testing import assert_same_answers
    >>> check()
    """
    check_kinds("kinds", kinds, SET_KINDS)
    if plain and set(kinds) == {"frames"}:
        raise ValueError('kinds must name another one than "frames", which has no plain zones')
    kind = draw(st.sampled_from([kind for kind in kinds if not (plain and kind == "frames")]))
    count = draw(st.integers(1, most))
    if kind == "overlapping":
        lat, lon = draw(st.sampled_from(list(places)))
        own = [draw(zones(f"z{i}", lat=lat, lon=lon, rules=rules, plain=plain)) for i in range(count)]
        return ZoneSet(own, _header(draw, (lat, lon)))
    if kind == "frames":
        return ZoneSet([draw(_framed_zone(f"z{i}", rules)) for i in range(count)])
    if kind == "tiling":
        shapes = draw(_tilings(draw(st.sampled_from(list(places))), 2 * most))
    else:
        shapes = draw(st.lists(_SEAM_SHAPES if kind == "seam" else _POLE_SHAPES, min_size=count, max_size=count))
    return ZoneSet([draw(_of_shape(f"z{i}", shape, rules)) for i, shape in enumerate(shapes)])


def _header(draw: DrawFn, place: tuple[float, float]) -> ZoneFileHeader:
    if draw(st.integers(0, 3)):
        return ZoneFileHeader()
    return ZoneFileHeader(coverages=(Coverage(Geometry.from_geojson(draw(areas(place, ["simple", "holed"])))),))


@st.composite
def _of_shape(draw: DrawFn, zone_id: str, shape: Shape, rules: SearchStrategy[Rule]) -> Zone:
    said = draw(st.lists(rules, min_size=1, max_size=2))
    return Zone(zone_id, shape, said, **_members(draw, said))


@st.composite
def _framed_zone(draw: DrawFn, zone_id: str, rules: SearchStrategy[Rule]) -> Zone:
    """In GCJ-02, BD-09 or an EPSG code in metres."""
    frame = draw(st.sampled_from(["GCJ-02", "BD-09", *METRE_FRAMES]))
    said = draw(st.lists(rules, min_size=1, max_size=2))
    if frame not in METRE_FRAMES:
        return Zone(zone_id, draw(areas(CHINA)), said, frame=frame, **_members(draw, said))
    east, north = METRE_FRAMES[frame]
    vertices = draw(star_vertices((0, 0), draw(st.sampled_from([20, 300, 8_000]))))
    ring = [[east + x, north + y] for x, y in vertices]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return Zone(zone_id, shape, said, frame=frame, **_members(draw, said))


@st.composite
def _tilings(draw: DrawFn, place: tuple[float, float], most: int) -> list[Shape]:
    """Tiles in rows and columns: neighbours share whole borders, and four meet at a vertex."""
    size = draw(st.sampled_from(_SIZES))
    columns = draw(st.integers(1, 3))
    rows = draw(st.integers(1, max(most // columns, 1)))
    west, south = round(place[1] * 1e7) - size, round(place[0] * 1e7) - size
    moved = st.integers(-size // 3, size // 3)
    corner = {
        (i, j): (west + i * size + draw(moved), south + j * size + draw(moved))
        for i in range(columns + 1)
        for j in range(rows + 1)
    }
    return [
        units_polygon([corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]])
        for i in range(columns)
        for j in range(rows)
    ]


def _box(west: int, south: int, east: int, north: int) -> list[Vertex]:
    return [(west, south), (east, south), (east, north), (west, north)]


@st.composite
def _seam_shapes(draw: DrawFn) -> Shape:
    """Split at the antimeridian, ending at it, drawn over it, or round the Earth."""
    size = draw(st.sampled_from([10, 70_000, 100_000_000]))
    y = draw(st.sampled_from([0, 450_000_000]) | st.integers(-POLE + 3 * size, POLE - 3 * size))
    seam = draw(st.sampled_from([HALF_TURN, -HALF_TURN]))
    kind = draw(st.sampled_from(["split", "ends", "over", "star", "tip", "band"]))
    if kind == "split":
        halves = _box(HALF_TURN - size, y - size, HALF_TURN, y + size), _box(-HALF_TURN, y, size - HALF_TURN, y + size)
        return {"type": "MultiPolygon", "coordinates": [units_polygon(half)["coordinates"] for half in halves]}
    if kind == "ends":
        return units_polygon(_box(min(seam, seam - size), y - size, max(seam, seam - size), y))
    if kind == "over":
        return units_polygon(_box(seam - size, y - size, seam + 2 * size, y))
    if kind == "star":
        return units_polygon(draw(star_vertices((seam, y), max(size, 20))))
    if kind == "tip":
        return units_polygon([(seam, y), (seam - size, y - size), (seam - size, y + size)])
    start, slant = draw(st.sampled_from([-HALF_TURN, -TURN, 0])), draw(st.integers(-size, size))
    return units_polygon(
        [(start, y - size), (start + TURN, y - size + slant), (start + TURN, y + 1 + size), (start, y + 1 + size)]
    )


@st.composite
def _pole_shapes(draw: DrawFn) -> Shape:
    """Caps, wedges, and triangles with a vertex at a pole."""
    y = draw(st.sampled_from([POLE, -POLE]))
    off = (1 if y < 0 else -1) * draw(st.sampled_from([1, 50_000, 400_000_000]))
    x = draw(st.integers(-HALF_TURN, HALF_TURN - 2000))
    cap = _box(-HALF_TURN, min(y, y + off), HALF_TURN, max(y, y + off))
    wedge = [(x, y), (x + 1000, y), (x + 2000, y + off), (x, y + off)]
    tip = [(x, y), (x + 777, y + off), (x - 777, y + off)]
    return units_polygon(draw(st.sampled_from([cap, wedge, tip])))


_SEAM_SHAPES, _POLE_SHAPES = _seam_shapes(), _pole_shapes()


@st.composite
def positions(draw: DrawFn, zones: Zone | ZoneSet) -> tuple[float, float]:
    """Positions ``(lat, lon)`` in degrees: a vertex of the zones, beside one, between two, in the middle of a ring, or
    within some kilometres.

    Parameters
    ----------
    zones
        A zone, or a set, the coverages of which count too; a set without zones and coverages gives any position.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import given, settings
    >>> zone_set = gp.read_zones("zones/worked-example.geojson")
    >>> engine = gp.open(zone_set)
    >>> @settings(max_examples=20)
    ... @given(positions(zone_set))
    ... def check(position):
    ...     lat, lon = position
    ...     assert engine.decide(lat, lon) == engine.decide_path(lat, lon, lat, lon)
    >>> check()
    """
    x, y = draw(places(ZoneSet([zones]) if isinstance(zones, Zone) else zones))
    return y / UNITS, x / UNITS


@st.composite
def places(draw: DrawFn, zone_set: ZoneSet) -> Vertex:
    """`positions` in units of 1e-7 degrees, longitude first."""
    vertices = vertices_of(zone_set)
    if not vertices:
        return draw(st.tuples(st.integers(-HALF_TURN, HALF_TURN), st.integers(-POLE, POLE)))
    if draw(st.integers(0, 3)) == 3:
        return _on_earth(*draw(st.sampled_from(middles_of(zone_set))))
    x, y = draw(st.sampled_from(vertices))
    to_x, to_y = draw(st.sampled_from(vertices))
    share = draw(st.sampled_from([0.0, 0.0, 0.5]) | st.floats(0.0, 1.0))
    reach = draw(st.sampled_from([0, 1, 10, 5_000, 300_000]))
    x, y = round(x + share * (to_x - x)), round(y + share * (to_y - y))
    x, y = x + draw(st.integers(-reach, reach)), y + draw(st.integers(-reach, reach))
    return _on_earth(x, y)


def _on_earth(x: int, y: int) -> Vertex:
    return (x + HALF_TURN) % TURN - HALF_TURN, max(-POLE, min(POLE, y))


def vertices_of(zone_set: ZoneSet) -> list[Vertex]:
    """The vertices of the polygons that are tested, and of coverages in WGS 84, in units of WGS 84."""
    return list({_in_wgs84(family, x, y): None for family, edges in _edges_by_zone(zone_set) for x, y, _, _ in edges})


def middles_of(zone_set: ZoneSet) -> list[Vertex]:
    """The middle of the box round each ring, in units of WGS 84. A hole that was dropped is seen there, by no edge."""
    found: dict[Vertex, None] = {}
    for family, edges in _edges_by_zone(zone_set):
        ends = [i for i, edge in enumerate(edges, 1) if i == len(edges) or edge[2:] != edges[i][:2]]
        for first, last in zip([0, *ends], ends, strict=False):
            xs, ys = [edge[0] for edge in edges[first:last]], [edge[1] for edge in edges[first:last]]
            found[_in_wgs84(family, (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2)] = None
    return list(found)


def _edges_by_zone(zone_set: ZoneSet) -> Iterator[tuple[str, Sequence[Edge]]]:
    for zone in zone_set:
        yield frames.family(zone.frame), edges_of(zone)
    for coverage in zone_set.header.coverages:
        if frames.family(coverage.frame) == "WGS84" and not coverage.frame.startswith("EPSG:"):
            yield "WGS84", drawn_edges(coverage.geometry)


def _in_wgs84(family: str, x: int, y: int) -> Vertex:
    if family == "WGS84":
        return x, y
    lat, lon = back_to_wgs84(family, x, y)
    return round(lon * 1e7), round(lat * 1e7)
