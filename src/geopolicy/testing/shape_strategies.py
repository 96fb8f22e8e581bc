"""Hypothesis strategies of rings and polygons, on the grid of 1e-7 degrees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from geopolicy.testing.edges import beside
from geopolicy.testing.oracle import POLE, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypothesis.strategies import DrawFn

    Vertex = tuple[int, int]
    Ring = list[list[float]]
    Shape = dict[str, Any]

RING_KINDS = ("simple", "spiky", "sliver", "touching")
POLYGON_KINDS = (*RING_KINDS, "holed", "touching holes")

# Rings that touch themselves, in a box of 10 by 10: spikes outwards and inwards, an eight, a pinched corner.
_TOUCHING = (
    ((0, 0), (4, 0), (9, 1), (4, 0), (4, 4), (0, 4)),
    ((0, 0), (4, 0), (4, 2), (1, 3), (4, 2), (4, 4), (0, 4)),
    ((0, 0), (4, 0), (2, 2), (4, 4), (0, 4), (2, 2)),
    ((0, 0), (4, 0), (6, -1), (6, 1), (4, 0), (4, 4), (0, 4)),
)
_SQUARE = ((0, 0), (6, 0), (6, 6), (0, 6))
# Holes that touch the square at a corner, at a side and along a side, and two that touch each other.
_TOUCHING_HOLES = (
    (((0, 0), (3, 1), (1, 3)),),
    (((2, 0), (4, 1), (3, 3)),),
    (((0, 1), (2, 1), (2, 4), (0, 4)),),
    (((1, 1), (3, 3), (1, 3)), ((3, 3), (5, 3), (5, 5))),
)
_LEAST = 20  # units: smaller stars may collapse on the grid


def check_kinds(name: str, given: Sequence[str], known: Sequence[str], *, may_be_empty: bool = False) -> None:
    """Refuses what is no list of some of the known names."""
    is_list = not isinstance(given, str) and all(own in known for own in given)
    if not is_list or not (may_be_empty or list(given)):
        raise ValueError(f"{name} must be a list of some of {', '.join(map(repr, known))}, got {given!r}")


def units_ring(vertices: Iterable[Vertex]) -> Ring:
    """Vertices in units of 1e-7 degrees, the first not repeated, as a GeoJSON ring."""
    ring = [[x / UNITS, y / UNITS] for x, y in vertices]
    return [*ring, ring[0]]


def units_polygon(*rings: Iterable[Vertex]) -> Shape:
    """A GeoJSON Polygon of rings of vertices in units."""
    return {"type": "Polygon", "coordinates": [units_ring(ring) for ring in rings]}


@st.composite
def rings(
    draw: DrawFn,
    lat: float = 45.0,
    lon: float = 13.0,
    size_deg: float = 0.01,
    *,
    kinds: Sequence[str] = RING_KINDS,
) -> Ring:
    """Closed rings of GeoJSON positions ``[lon, lat]`` round a place, on the grid.

    None of them crosses itself, and none collapses.

    Parameters
    ----------
    lat, lon
        The middle, in degrees.
    size_deg
        How far the ring reaches from there, in degrees, 2e-6 at least; spikes twice as far.
    kinds
        ``"simple"``; ``"spiky"``: with edges out and back; ``"sliver"``: a long triangle, as thin as the grid allows;
        ``"touching"``: it touches itself.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20)
    ... @given(rings(lat=45.0, lon=13.0, size_deg=0.01))
    ... def check(ring):
    ...     assert ring[0] == ring[-1]
    >>> check()
    """
    check_kinds("kinds", kinds, RING_KINDS)
    kind = draw(st.sampled_from(list(kinds)))
    return units_ring(draw(ring_vertices(_units(lon, lat), _size(size_deg), kind)))


@st.composite
def polygons(
    draw: DrawFn,
    lat: float = 45.0,
    lon: float = 13.0,
    size_deg: float = 0.01,
    *,
    kinds: Sequence[str] = POLYGON_KINDS,
) -> Shape:
    """GeoJSON Polygons round a place, on the grid, with holes or none.

    Parameters
    ----------
    lat, lon, size_deg
        As in `rings`.
    kinds
        Those of `rings`; ``"holed"``; ``"touching holes"``: holes that touch the exterior or each other.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20)
    ... @given(polygons(kinds=["holed"]))
    ... def check(shape):
    ...     zone = gp.Zone("zone", shape, [gp.Rule(["camera"], gp.Level.OFF)])
    ...     assert not gp.open(gp.ZoneSet([zone])).decide(45.0, 13.0).zones  # the hole is in the middle
    >>> check()
    """
    check_kinds("kinds", kinds, POLYGON_KINDS)
    kind = draw(st.sampled_from(list(kinds)))
    return draw(polygons_of(_units(lon, lat), _size(size_deg), kind))


@st.composite
def polygons_of(draw: DrawFn, centre: Vertex, size: int, kind: str) -> Shape:
    """A polygon of a kind, in units."""
    if kind == "holed":
        hole = draw(star_vertices(centre, max(size // 14, 1 + _LEAST // 14)))
        return units_polygon(draw(star_vertices(centre, max(size, _LEAST))), hole)
    if kind == "touching holes":
        holes = draw(st.sampled_from(_TOUCHING_HOLES))
        return units_polygon(*(_placed(ring, centre, size) for ring in (_SQUARE, *holes)))
    return units_polygon(draw(ring_vertices(centre, size, kind)))


@st.composite
def ring_vertices(draw: DrawFn, centre: Vertex, size: int, kind: str) -> list[Vertex]:
    """The vertices of a ring of a kind, in units."""
    if kind == "touching":
        return _placed(draw(st.sampled_from(_TOUCHING)), centre, size)
    if kind == "sliver":
        return draw(_slivers(centre, size))
    vertices = draw(star_vertices(centre, size))
    if kind == "spiky":  # outwards along the ray from the centre, which meets no other edge
        for i in sorted(draw(st.sets(st.integers(0, len(vertices) - 1), min_size=1, max_size=2)), reverse=True):
            x, y = vertices[i]
            vertices[i:i] = [(x, y), (2 * x - centre[0], 2 * y - centre[1])]
    return vertices


@st.composite
def star_vertices(draw: DrawFn, centre: Vertex, size: int) -> list[Vertex]:
    """The vertices of a simple ring round a centre that holds the middle third of its smallest radius."""
    count = draw(st.integers(4, 9))
    vertices = []
    for i in range(count):
        angle = 2.0 * math.pi * (i + 0.5 * draw(st.floats(0.0, 1.0))) / count
        radius = size * draw(st.floats(0.3, 1.0))
        vertices.append((centre[0] + round(radius * math.cos(angle)), centre[1] + round(radius * math.sin(angle))))
    return vertices


@st.composite
def _slivers(draw: DrawFn, centre: Vertex, size: int) -> list[Vertex]:
    """A triangle between two places and the one that is nearest to the line between them."""
    dx, dy = draw(st.tuples(st.integers(-size, size), st.integers(1, size)))
    edge = (*centre, centre[0] + dx, centre[1] + dy)
    side, step = draw(st.sampled_from([1, -1])), draw(st.integers(0, math.gcd(dx, dy) - 1))
    return [centre, edge[2:], beside(edge, side, step)]


def _placed(ring: Iterable[Vertex], centre: Vertex, size: int) -> list[Vertex]:
    """A ring in a box of 10 by 10, as large as fits."""
    scale = max(size // 5, 1)
    return [(centre[0] + (x - 3) * scale, centre[1] + (y - 3) * scale) for x, y in ring]


def _units(lon: float, lat: float) -> Vertex:
    return round(lon * 1e7), round(lat * 1e7)


def _size(size_deg: float) -> int:
    size = round(size_deg * UNITS)
    if not _LEAST <= size <= POLE:
        raise ValueError(f"size_deg must be 2e-6 to 90 degrees, got {size_deg!r}")
    return size
