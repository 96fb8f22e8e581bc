"""Small zones of every kind at places of every kind: what is edited, and where questions are asked."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.errors import ZoneFileError
from geopolicy.model.zones import Coverage, Geometry

SIDE = 40
"""Units of the grid: so small that questions meet every border."""
METRES = st.sampled_from([0.1, 0.2, 0.4])


@dataclass(frozen=True)
class Place:
    """Where the zones of a set are, in units of the grid, and the frames in which they may be drawn."""

    x: int
    y: int
    frames: tuple[str, ...] = ("WGS84",)
    may_grow: bool = True


PLACES = (
    Place(134_999_980, 455_000_000),
    Place(134_999_980, 455_000_000, ("WGS84", "CGCS2000")),
    Place(1_799_999_980, 100_000_000),
    Place(-1_800_000_020, 100_000_000),
    Place(900_000_000, 899_999_970, may_grow=False),
    Place(1_799_999_980, -900_000_000, may_grow=False),
    Place(1_214_737_000, 312_304_000, ("WGS84", "GCJ-02", "BD-09")),
)


def polygon(*rings: list[tuple[int, int]]):
    """A polygon of rings of corners in units of the grid, each closed here."""
    coordinates = [[[x / 1e7, y / 1e7] for x, y in (*ring, ring[0])] for ring in rings]
    return Geometry.from_geojson({"type": "Polygon", "coordinates": coordinates})


def box(x, y, w, h):
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def at_most(corners):
    """Corners without those beyond a pole."""
    return [(x, max(-900_000_000, min(900_000_000, y))) for x, y in corners]


@st.composite
def boxes(draw, place):
    x, y = place.x + draw(st.integers(-10, 10)), place.y + draw(st.integers(-10, 10))
    w, h = draw(st.integers(2, SIDE)), draw(st.integers(2, SIDE))
    corners = box(x, y, w, h)
    corners[2] = (x + w, y + h + draw(st.integers(0, 3)))
    return at_most(corners)


@st.composite
def shapes(draw, place):
    """A geometry, with the members of a zone that it needs."""
    kinds = ["box"] * 4 + ["hole", "spike", "crossed", "parts", "free"]
    kind = draw(st.sampled_from([*kinds, "circle", "corridor"] if place.may_grow else kinds))
    corners = draw(boxes(place))
    if kind == "circle":
        x, y = corners[0]
        return Geometry.from_geojson({"type": "Point", "coordinates": [x / 1e7, y / 1e7]}), {"radius_m": draw(METRES)}
    if kind == "corridor":
        line = [[x / 1e7, y / 1e7] for x, y in corners[: draw(st.integers(2, 3))]]
        return Geometry.from_geojson({"type": "LineString", "coordinates": line}), {"width_m": draw(METRES)}
    if kind == "hole":
        (x0, y0), (x1, y1) = corners[0], corners[2]
        if x1 - x0 > 4 and y1 - y0 > 6:  # units that leave room
            hole = box(x0 + draw(st.integers(0, 2)), y0 + 1, draw(st.integers(1, x1 - x0 - 3)), y1 - y0 - 5)
            return polygon(corners, hole), {}
    if kind == "spike":
        x, y = corners[1]
        return polygon([*corners[:2], *at_most([(x + 7, y + draw(st.integers(-3, 3)))]), *corners[1:]]), {}
    if kind == "crossed":
        return polygon([corners[0], corners[2], corners[1], corners[3]]), {"repair": True}
    if kind == "free":
        size = st.integers(0, SIDE)
        free = [(place.x + draw(size), place.y + draw(size)) for _ in range(draw(st.integers(3, 6)))]
        return polygon(at_most(free)), {"repair": True}
    if kind == "parts":
        parts = [polygon(corners), polygon([(x + SIDE, y) for x, y in corners])]
        coordinates = [part.to_geojson()["coordinates"] for part in parts]
        return Geometry.from_geojson({"type": "MultiPolygon", "coordinates": coordinates}), {"repair": True}
    return polygon(corners), {}


def is_usable(*zones: gp.Zone, header=None):
    """Whether engines take zones."""
    try:
        gp.ZoneSet(zones, header)
    except ZoneFileError:
        return False
    return True


@st.composite
def coverages(draw, place):
    """Nothing for the whole world, or one or two boxes, one of them in two parts that meet, round the place or beside.

    Of a zone beside it a part, or all, lies where nothing is known.
    """
    kind = draw(st.sampled_from(["world", "world", "one", "two", "parts", "beside", "beside"]))
    if kind == "world":
        return ()
    found = []
    for _ in range(2 if kind == "two" else 1):
        size = draw(st.sampled_from([10, 30, 60]))
        x, y = place.x + draw(st.integers(-12, 2)), place.y + draw(st.integers(-12, 2))
        if kind == "beside":
            x += draw(st.sampled_from([-1, 1])) * draw(st.integers(10, 60))
        corners = at_most(box(x, y, size, size))
        if kind == "parts":
            other = at_most(box(x + size, y, size, size))
            coordinates = [polygon(ring).to_geojson()["coordinates"] for ring in (corners, other)]
            geometry = Geometry.from_geojson({"type": "MultiPolygon", "coordinates": coordinates})
        else:
            geometry = polygon(corners)
        found.append(Coverage(geometry, draw(st.sampled_from(place.frames))))
    return tuple(found) if is_usable(header=gp.ZoneFileHeader(coverages=found)) else ()
