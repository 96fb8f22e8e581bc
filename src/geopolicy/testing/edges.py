"""Positions on every edge of zones and one unit beside it, and whether they are covered."""

from __future__ import annotations

from itertools import pairwise, product
from math import gcd
from typing import TYPE_CHECKING

from geopolicy.base.arguments import check_kind
from geopolicy.geometry import frames
from geopolicy.geometry.effective import effective_coverage
from geopolicy.model.zones import Zone
from geopolicy.testing.area import Area
from geopolicy.testing.oracle import POLE, TURN, UNITS, on_grid
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geopolicy.model.zones import Coverage
    from geopolicy.testing.oracle import Edge

    Place = tuple[int, int]

HALF_TURN = TURN // 2
_AROUND = tuple(product((0, -1, 1), (0, -1, 1)))  # the place itself first
# Frames differ by less than 0.04 degrees: zones that are further apart have no position in common.
_FRAMES_APART = UNITS // 10
_MOST_STEPS = 20
_BESIDE_DEG = (-3.0, 0.0, 3.0)  # of the corners of a coverage: further than zones are grown


def edge_positions(zones: Zone | ZoneSet) -> Iterator[tuple[float, float, bool]]:
    """Positions at which an engine that is off by one unit is wrong, each as ``(lat, lon, is_covered)``.

    For every edge of every ring, those of holes too: its vertex and the eight places one unit (1e-7 degree) round it, a
    place in its middle, and the two places of the grid nearest to its line on either side. Borders that zones share are
    edges of both. What lies on the antimeridian comes as +180 and as -180, and where an edge crosses it the places
    there come too; a pole comes with three longitudes.

    Always the same positions in the same order, each of them once for each zone. Grown, projected and repaired zones
    are taken by their effective polygons, in the frame in which they are tested; `covers_slowly` says of which zones.

    Parameters
    ----------
    zones
        A zone, or a set: there a position is covered if any zone covers it.

    Yields
    ------
    tuple
        Latitude and longitude in degrees on WGS 84, and whether the position is covered.

    Raises
    ------
    TypeError
        For what is neither a zone nor a set of them.
    ZoneFileError
        For a zone whose geometry cannot be used.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zone = gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])
    >>> positions = list(edge_positions(zone))
    >>> positions[:2]
    [(45.0, 13.0, True), (44.9999999, 13.0, False)]
    >>> engine = gp.open(gp.ZoneSet([zone]))
    >>> all((engine.decide(lat, lon).zones == ("square",)) == is_covered for lat, lon, is_covered in positions)
    True
    """
    check_kind("zones", zones, (Zone, ZoneSet), "a Zone or a ZoneSet")
    areas = [Area.of_zone(zone) for zone in ([zones] if isinstance(zones, Zone) else zones)]
    for area in areas:
        near = [other for other in areas if other is area or _may_meet(area, other)]
        for lat, lon in positions_at(area.edges, area.family):
            yield lat, lon, any(other.covers_position(lat, lon) for other in near)


def positions_at(edges: Iterable[Edge], family: str) -> Iterator[tuple[float, float]]:
    """The positions at some edges, each once: latitude and longitude in degrees on WGS 84."""
    seen = set()
    for edge in edges:
        for place in places_at(edge):
            for position in _as_positions(family, *place):
                if position not in seen:
                    seen.add(position)
                    yield position


def coverage_positions(coverage: Coverage) -> Iterator[tuple[float, float]]:
    """Positions on every edge of a coverage and one unit beside it, and some degrees round the corners of its box."""
    polygon, _ = effective_coverage(coverage)
    if polygon is None:
        return
    rings = (ring.tolist() for part in polygon.polygons for ring in part)
    yield from positions_at(((*start, *end) for ring in rings for start, end in pairwise(ring)), polygon.family)
    west, south, east, north = polygon.bounds
    for x, y in product((west, east), (south, north)):
        lat, lon = _as_positions(polygon.family, x, y)[0]
        for up, along in product(_BESIDE_DEG, _BESIDE_DEG):
            if abs(lat + up) <= 90.0:
                yield lat + up, (lon + along + 180.0) % 360.0 - 180.0


def places_at(edge: Edge) -> Iterator[Place]:
    """Places on and beside an edge as whole numbers ``x, y`` of its frame."""
    x0, y0, x1, y1 = edge
    yield from ((x0 + dx, y0 + dy) for dx, dy in _AROUND)
    whole = gcd(x1 - x0, y1 - y0)
    if whole == 0:
        return
    step = whole // 2
    yield x0 + (x1 - x0) // whole * step, y0 + (y1 - y0) // whole * step
    yield beside(edge, 1, step)
    yield beside(edge, -1, step)
    for seam in (-HALF_TURN, HALF_TURN):
        if min(x0, x1) < seam < max(x0, x1):
            below = y0 + (y1 - y0) * (seam - x0) // (x1 - x0)
            yield seam, below
            yield seam, below + 1


def beside(edge: Edge, side: int, step: int) -> Place:
    """The place nearest to the line of an edge that is not on it: left of it for a side of 1, right for -1.

    It lies beside the ``step``-th of the places at which the edge meets the grid.
    """
    x0, y0, x1, y1 = edge
    whole = gcd(x1 - x0, y1 - y0)
    p, q = (x1 - x0) // whole, (y1 - y0) // whole
    if q == 0:
        u, v = 0, side * p
    else:  # p * v - q * u == side
        v = side * pow(p, -1, abs(q)) % abs(q)
        v -= abs(q) if q < 0 else 0
        u = (p * v - side) // q
    return x0 + u + step * p, y0 + v + step * q


def _as_positions(family: str, x: int, y: int) -> Sequence[tuple[float, float]]:
    """A place as degrees on WGS 84; none beyond a pole."""
    if abs(y) > POLE:
        return ()
    if family != "WGS84":
        return (back_to_wgs84(family, x, y),)
    lat, lon = y / UNITS, ((x + HALF_TURN) % TURN - HALF_TURN) / UNITS
    if abs(y) == POLE:
        return (lat, lon), (lat, 0.0), (lat, 180.0)
    return ((lat, 180.0), (lat, -180.0)) if lon == -180.0 else ((lat, lon),)


def back_to_wgs84(family: str, x: int, y: int) -> tuple[float, float]:
    """A WGS 84 position that goes to a place of another frame, or next to it: where the transform is undone exactly is
    not known, and what is asked of the position is worked out from it again.
    """
    wanted_lat, wanted_lon = y / UNITS, x / UNITS
    lat, lon = wanted_lat, wanted_lon
    for _ in range(_MOST_STEPS):
        if on_grid(family, lat, lon) == (x, y):
            break
        there_lat, there_lon = frames.forward(family, lat, lon)
        lat, lon = lat + wanted_lat - there_lat, lon + wanted_lon - there_lon
    return lat, lon


def _may_meet(a: Area, b: Area) -> bool:
    slack = 0 if a.family == b.family else _FRAMES_APART
    is_level = a.bottom <= b.top + 1 + slack and b.bottom <= a.top + 1 + slack
    turns = (-TURN, 0, TURN)
    is_beside = any(a.west + t <= b.east + 1 + slack and b.west <= a.east + t + 1 + slack for t in turns)
    is_at_pole = any(pole in (a.bottom, a.top) and pole in (b.bottom, b.top) for pole in (-POLE, POLE))
    return (is_level and is_beside) or is_at_pole
