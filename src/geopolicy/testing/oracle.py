"""What a zone covers, in whole numbers and by the words of the rules alone: to be read in two minutes.

It shares no code with the engines but the formulas of GCJ-02 and BD-09, which both engines have in common. What is made
of a geometry before any engine sees it is taken as it is: what is wrong with it, and the polygons of zones that are not
tested as they are drawn.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from geopolicy.base.arguments import check_kind, number
from geopolicy.geometry import frames
from geopolicy.geometry.effective import effective_polygon, shape_problems
from geopolicy.model.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.model.zones import Geometry

    Edge = tuple[int, int, int, int]

UNITS = 10_000_000
"""Whole numbers in a degree."""
TURN = 360 * UNITS
POLE = 90 * UNITS
_IN_DEGREES = ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")


def covers_slowly(zone: Zone, lat: float, lon: float) -> bool:
    """Whether a zone covers a position: inside its rings by the even-odd rule, or on one of their edges.

    Every zone is taken. One that is tested as it is drawn is judged by its own positions, rounded to the grid: a
    Polygon or MultiPolygon in degrees (WGS84, CGCS2000, EPSG:4326, EPSG:4490, GCJ-02, BD-09), without ``margin_m`` and
    ``repair``, of which rounding breaks nothing. Of all others (circles, corridors, margins, other EPSG codes, repaired
    ones) the effective polygon is taken, as `geopolicy.open` gives it to either engine: of these the look-up is
    checked, and not how they were grown, projected or repaired. For a zone in GCJ-02 or BD-09 the position is moved
    into its frame by the formulas of the library.

    Parameters
    ----------
    zone
        Its rules are not looked at.
    lat, lon
        Degrees on WGS 84, latitude in [-90, 90], longitude in [-180, 180].

    Raises
    ------
    TypeError
        For what is no zone, or no number.
    ValueError
        For a position out of range or NaN.
    ZoneFileError
        For a zone whose geometry cannot be used.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zone = gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])
    >>> covers_slowly(zone, 45.0, 13.5), covers_slowly(zone, 44.9999999, 13.5)
    (True, False)
    """
    check_kind("zone", zone, Zone, "a Zone")
    lat, lon = number("lat", lat), number("lon", lon)
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        raise ValueError("lat must be in [-90, 90] and lon in [-180, 180] degrees")
    place = on_grid(frames.family(zone.frame), lat, lon)
    return place is not None and covers(edges_of(zone), *place)


def on_grid(family: str, lat: float, lon: float) -> tuple[int, int] | None:
    """A position as whole numbers ``x, y`` in the frame of a zone; None where zones of that frame do not reach."""
    if family != "WGS84":
        if not frames.in_offset_domain(lat, lon):
            return None
        lat, lon = frames.forward(family, lat, lon)
    return round(lon * 1e7), round(lat * 1e7)


def covers(edges: Iterable[Edge], x: int, y: int) -> bool:
    """Whether a position is covered. A full turn is the same place, and a pole is one place."""
    edges = tuple(edges)
    if abs(y) == POLE:
        return any(y in (y0, y1) for _, y0, _, y1 in edges)
    return any(covers_even_odd(edges, x + turn, y) for turn in (-TURN, 0, TURN))


def covers_even_odd(edges: Iterable[Edge], x: int, y: int) -> bool:
    """Whether a position lies on an edge, or an odd number of edges cross the ray from it to the east."""
    is_inside = False
    for x0, y0, x1, y1 in edges:
        if (y < y0 and y < y1) or (y > y0 and y > y1):
            continue
        left_of_edge = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        if left_of_edge == 0 and min(x0, x1) <= x <= max(x0, x1):
            return True
        if (y0 > y) != (y1 > y) and (left_of_edge > 0) == (y1 > y0):
            is_inside = not is_inside
    return is_inside


@lru_cache(maxsize=64)
def edges_of(zone: Zone) -> tuple[Edge, ...]:
    """The edges of a zone's rings as whole numbers ``x0, y0, x1, y1`` in its frame (`covers_slowly` says of which)."""
    if _is_tested_as_drawn(zone):
        return drawn_edges(zone.geometry)
    polygons = effective_polygon(zone).polygons
    rings = (ring.tolist() for polygon in polygons for ring in polygon)
    return tuple((*start, *end) for ring in rings for start, end in pairwise(ring))


def drawn_edges(geometry: Geometry) -> tuple[Edge, ...]:
    """The edges of a Polygon or MultiPolygon, its positions rounded to the grid."""
    nested = geometry.to_geojson()["coordinates"]
    polygons = nested if geometry.type == "MultiPolygon" else [nested]
    rings = ([(round(p[0] * 1e7), round(p[1] * 1e7)) for p in ring] for polygon in polygons for ring in polygon)
    return tuple((*start, *end) for ring in rings for start, end in pairwise(ring))


def _is_tested_as_drawn(zone: Zone) -> bool:
    if zone.geometry.type not in ("Polygon", "MultiPolygon") or zone.frame not in _IN_DEGREES:
        return False
    if zone.margin_m or zone.repair:
        return False
    return {problem.code for problem in shape_problems(zone)} <= {"ring-touches"}
