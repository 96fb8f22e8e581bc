"""Shapes that are probably not meant: long edges, rings round a pole, zones outside the coverage of their file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.errors import Problem
from geopolicy.geometry.effective import effective_coverage, kept_polygon
from geopolicy.geometry.grid import FULL_TURN, UNITS_PER_DEGREE
from geopolicy.geometry.projection import is_in_degrees

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Geometry, Zone
    from geopolicy.zonefile.reader import ZoneFile

# GCJ-02 and BD-09 lie at most 1.5 km from WGS 84; between frames only bounds farther apart than this are judged.
_FRAME_SHIFT = UNITS_PER_DEGREE // 50
_TURNS = (0, -FULL_TURN, FULL_TURN)


class _Ring(NamedTuple):
    """A ring, or a line, and its place."""

    positions: bytes
    path: str
    zone_id: str | None
    is_closed: bool


def zone_shape_mistakes(file: ZoneFile) -> list[Problem]:
    """Long edges and rings round a pole of all zones of a file: they may be why a zone is refused."""
    rings = [
        ring
        for zone in file.zones
        if zone.geometry.type != "Point" and is_in_degrees(zone.frame)
        for ring in _rings(zone.geometry, f"{file.places[zone.id]}.geometry", zone.id)
    ]
    return [_edge_mistake(rings[i], edges, file.file) for i, edges in _long_edges(rings)]


def coverage_mistakes(file: ZoneFile) -> list[Problem]:
    """The same of the coverages; a plain box once round the Earth is meant."""
    coverages = file.header.coverages
    rings = [
        ring
        for i, coverage in enumerate(coverages)
        if is_in_degrees(coverage.frame)
        for ring in _rings(coverage.geometry, "$.geopolicy.coverage" + (f"[{i}]" if len(coverages) > 1 else ""), None)
        if not _is_band(ring.positions)
    ]
    return [_edge_mistake(rings[i], edges, file.file) for i, edges in _long_edges(rings)]


def _rings(geometry: Geometry, path: str, zone_id: str | None) -> Iterator[_Ring]:
    is_closed = geometry.type in ("Polygon", "MultiPolygon")
    for p, part in enumerate(geometry.parts):
        for r, ring in enumerate(part):
            numbers = f"[{p}]" * (geometry.type == "MultiPolygon") + f"[{r}]" * is_closed
            yield _Ring(ring, f"{path}.coordinates{numbers}", zone_id, is_closed)


def _is_band(positions: bytes) -> bool:
    """Whether a ring is a box of four corners, 360 degrees wide."""
    ring = np.frombuffer(positions).reshape(-1, 2)
    if len(ring) != 5:
        return False
    lons, lats = np.unique(ring[:, 0]), np.unique(ring[:, 1])
    return len(lons) == len(lats) == 2 and bool(lons[1] - lons[0] == 360.0)


class _Edges(NamedTuple):
    """The long edges of a ring: how many, the first of them, and whether the ring goes round a pole."""

    total: int
    number: int
    start: tuple[float, float]
    end: tuple[float, float]
    is_round_pole: bool


def _long_edges(rings: Sequence[_Ring]) -> Iterator[tuple[int, _Edges]]:
    """Every ring with edges of more than 180 degrees that may be meant otherwise than they are read.

    All rings at once: a file may hold a hundred thousand of them. Edges along a pole are none. A ring that has one
    contains the pole as it should, and may close with an edge of just one turn.
    """
    if not rings:
        return
    ends = np.cumsum([len(ring.positions) // 16 for ring in rings])
    flat = np.frombuffer(b"".join(ring.positions for ring in rings)).reshape(-1, 2)
    step = np.diff(flat[:, 0])
    seams = ends[(ends > 0) & (ends < len(flat))]  # a ring may be empty
    step[seams - 1] = 0.0  # from one ring to the next
    long = np.flatnonzero(np.abs(step) > 180.0)
    ring_of = np.searchsorted(ends, long, side="right")
    for i in np.unique(ring_of).tolist():
        edges = long[slice(*np.searchsorted(ring_of, [i, i + 1]).tolist())]
        is_polar = (np.abs(flat[edges, 1]) == 90.0) & (flat[edges, 1] == flat[edges + 1, 1])
        is_one_turn = np.abs(step[edges]) == 360.0
        turns = int(np.rint(step[edges] / 360.0).sum())
        doubtful = edges[~is_polar & ~(is_one_turn & is_polar.any())]
        if len(doubtful):
            first = int(doubtful[0])
            start, end = (float(flat[first, 0]), float(flat[first, 1])), tuple(flat[first + 1].tolist())
            is_round_pole = rings[i].is_closed and not is_polar.any() and turns != 0
            number = first - (int(ends[i - 1]) if i else 0)
            yield i, _Edges(len(doubtful), number, start, end, is_round_pole)


def _edge_mistake(ring: _Ring, edges: _Edges, file: str | None) -> Problem:
    (west, south), (east, north) = edges.start, edges.end
    run = f"an edge of {abs(east - west):.9g} degrees from [{west:.9g}, {south:.9g}] to [{east:.9g}, {north:.9g}]"
    value = run if edges.total == 1 else f"{run} and {edges.total - 1} more"
    if edges.is_round_pole:
        rule = "a ring that goes once round the Earth is read as drawn: its longest edge closes it, without the pole"
        hint = (
            "to contain the pole, add positions: along the meridian to latitude 90 (or -90), along it, and back; "
            "not to contain it, take the ring apart at the antimeridian"
        )
        return Problem("ring-round-pole", rule, value, ring.path, ring.zone_id, file, hint, is_warning=True)
    middle = (west + east) / 2.0
    rule = f"an edge of more than 180 degrees is read as drawn: it runs by way of longitude {middle:.9g}"
    hint = "if it is meant, add a position in its middle; for the short way use longitudes beyond 180"
    hint += "" if ring.zone_id is None else ", or --unwrap"
    path = f"{ring.path}[{edges.number}]"
    return Problem("edge-long", rule, value, path, ring.zone_id, file, hint, is_warning=True)


# Coverage --------------------------------------------------------------------


def outside_coverage(file: ZoneFile, zones: Iterable[Zone]) -> list[Problem]:
    """Those of some zones of a file that have no position in common with one of its coverages."""
    drawn = [(zone, polygon) for zone in zones if (polygon := kept_polygon(zone)) is not None]
    outside: set[int] = set()
    for coverage in file.header.coverages:
        area, _ = effective_coverage(coverage)
        if area is not None and drawn:
            outside.update(_outside(area, [polygon for _, polygon in drawn]))
    rule = "the zone lies outside the coverage of its file: nothing is known there, and every sensor is off anyway"
    hint = "are lon and lat swapped, or is the coverage too small?"
    return [
        Problem(
            "zone-outside-coverage",
            rule,
            None,
            f"{file.places[zone.id]}.geometry",
            zone.id,
            file.file,
            hint,
            is_warning=True,
        )
        for zone, _ in (drawn[i] for i in sorted(outside))
    ]


def _outside(area: EffectivePolygon, polygons: Sequence[EffectivePolygon]) -> list[int]:
    """The numbers of the polygons that lie outside an area on every turn of the Earth."""
    bounds = np.array([polygon.bounds for polygon in polygons])
    is_same_frame = np.array([polygon.family == area.family for polygon in polygons])
    slack = np.where(is_same_frame, 0, _FRAME_SHIFT)
    is_near = np.zeros(len(polygons), dtype=bool)
    for turn in _TURNS:
        is_near |= _meet(bounds, area.bounds, turn, slack)
    open_questions = np.flatnonzero(is_near & is_same_frame)
    is_outside = ~is_near
    is_outside[open_questions] = ~_touch(shape_of(area), [polygons[i] for i in open_questions.tolist()])
    return np.flatnonzero(is_outside).tolist()


def _meet(
    bounds: NDArray[np.int64], area: tuple[int, int, int, int], turn: int, slack: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which bounds, so many turns on and grown by some slack, have a position in common with those of the area."""
    west, south, east, north = (bounds[:, i] for i in range(4))
    is_level = (south - slack <= area[3]) & (area[1] <= north + slack)
    meet: NDArray[np.bool_] = is_level & (west + turn - slack <= area[2]) & (area[0] <= east + turn + slack)
    return meet


def _touch(area: shapely.MultiPolygon, polygons: Sequence[EffectivePolygon]) -> NDArray[np.bool_]:
    """Which polygons have a position in common with the area: by their first vertex, else in full."""
    shapely.prepare(area)
    first = np.array([polygon.polygons[0][0][0] for polygon in polygons], dtype=np.float64).reshape(-1, 2)
    touch = np.zeros(len(polygons), dtype=bool)
    for turn in _TURNS:
        touch |= shapely.intersects_xy(area, first[:, 0] + turn, first[:, 1])
    for i in np.flatnonzero(~touch).tolist():
        shape = shape_of(polygons[i])
        shapes = [shapely.transform(shape, lambda xy, turn=turn: xy + np.array([turn, 0.0])) for turn in _TURNS]
        touch[i] = shape.is_empty or bool(shapely.intersects(area, shapes).any())
    return touch


def shape_of(polygon: EffectivePolygon) -> shapely.MultiPolygon:
    """The polygon without spikes of their own, which are rings of two edges."""
    parts = [[ring for ring in part if len(ring) > 3] for part in polygon.polygons if len(part[0]) > 3]
    return shapely.MultiPolygon([shapely.Polygon(part[0], part[1:]) for part in parts])
