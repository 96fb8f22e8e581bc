"""Zones that were probably drawn in another frame than is stated: twins that lie apart as GCJ-02 or BD-09 do."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geopolicy.authoring.lint.effort import Effort
from geopolicy.authoring.lint.pairs import likeness, same_areas
from geopolicy.authoring.lint.placed import chunks
from geopolicy.geometry import frames
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import Placed, ZoneTable

NEAR_DEGREES = 5e-5
"""Centres that lie apart by the offset of a frame to within this, 5 m, are compared: twins may be drawn roughly."""
LIKE = 0.8
"""How alike the shapes must be once one is brought into the frame of the other."""
_MOST_OF_A_SHAPE = 3  # squares of a grid are apart by anything
_PRECISION = 0.02


class _Shift(NamedTuple):
    """What was taken for what: positions in ``source`` that stand where those in ``target`` should, or the reverse."""

    source: str
    target: str


_SHIFTS = (_Shift("WGS84", "GCJ-02"), _Shift("WGS84", "BD-09"), _Shift("GCJ-02", "BD-09"))


def mistaken_frames(table: ZoneTable) -> Iterator[Finding]:
    """Zones of one stated frame that are twins, apart by just the offset of another frame; and of two, not apart."""
    yield from _same_numbers(table)
    numbers = np.flatnonzero(_is_asked(table))
    if len(numbers) < 2:
        return
    told = set()
    effort = Effort()
    for shift in _SHIFTS:
        for a, b in _apart(table, numbers, shift, effort):
            for one, other, _ in effort.first_partners(table, a, b, partial(_twins, shift=shift), LIKE):
                if (one, other) not in told:
                    told.add((one, other))
                    yield _finding(table, one, other, shift)
    yield from effort.findings(table, {b for _, b in told}, "zones in another frame")


def _same_numbers(table: ZoneTable) -> Iterator[Finding]:
    """Zones with the same positions, which are stated to be in different frames."""
    for group in same_areas(table, in_one_frame=False):
        first: dict[str, Placed] = {}
        for placed in (table.placed[number] for number in group):
            others = [other for family, other in first.items() if family != placed.polygon.family]
            if others:
                rule = f"the zone is stated to be in {placed.zone.frame}, and its positions are those of another frame"
                value = f"the positions of {others[0].zone.id!r}, stated to be in {others[0].zone.frame}"
                hint = "compare both with a map; correct the frame of one of them, or remove it"
                yield placed.finding("frame-mistaken", rule, ".geometry", value, hint, others[0])
            first.setdefault(placed.polygon.family, placed)


def _is_asked(table: ZoneTable) -> NDArray[np.bool_]:
    """Zones where the frames differ, whose shape is rare or which have a name that says more."""
    bounds = table.bounds / UNITS_PER_DEGREE
    west, south, east, north = bounds.T
    domain_south, domain_north, domain_west, domain_east = frames.ZONE_DOMAIN
    is_there: NDArray[np.bool_] = (
        (south >= domain_south) & (north <= domain_north) & (west >= domain_west) & (east <= domain_east)
    )
    is_there &= ~shapely.is_missing(table.shapes)
    if not is_there.any():
        return is_there
    corners = shapely.get_num_coordinates(table.shapes)
    sides = np.log(np.maximum(bounds[:, 2:] - bounds[:, :2], 1e-7)) / _PRECISION
    signs = [(*key, name) for key, name in zip(_keys(corners, sides), _names(table), strict=True)]
    unnamed = Counter(key[:3] for key in signs)
    return np.asarray(
        [
            bool(there) and (key[3] is not None or unnamed[key[:3]] <= _MOST_OF_A_SHAPE)
            for there, key in zip(is_there.tolist(), signs, strict=True)
        ]
    )


def _keys(corners: NDArray[np.int64], sides: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    return [
        (int(count), round(width), round(height))
        for count, (width, height) in zip(corners, sides.tolist(), strict=True)
    ]


def _names(table: ZoneTable) -> list[str | None]:
    """The names that zones share with one other zone or two."""
    names = [placed.zone.name for placed in table.placed]
    counts = Counter(names)
    return [name if name and 1 < counts[name] <= _MOST_OF_A_SHAPE else None for name in names]


def _moved(xy: NDArray[np.float64], shift: _Shift) -> NDArray[np.float64]:
    """Positions in units of the grid, brought from the one frame into the other."""
    lat, lon = xy[:, 1] / UNITS_PER_DEGREE, xy[:, 0] / UNITS_PER_DEGREE
    if shift.source == "GCJ-02":  # back to WGS 84 by the offset at the wrong end of it: off by less than 3 m
        offset_lat, offset_lon = frames.to_gcj02(lat, lon)
        lat, lon = 2.0 * lat - offset_lat, 2.0 * lon - offset_lon
    lat, lon = frames.forward(shift.target, lat, lon)
    return np.column_stack([lon, lat]) * UNITS_PER_DEGREE


def _moved_centres(table: ZoneTable, numbers: NDArray[np.int64], shift: _Shift) -> NDArray[np.float64]:
    """The centres of the bounds of some zones, once all their positions are brought into the other frame."""
    corners, zone_of = shapely.get_coordinates(table.shapes[numbers], return_index=True)
    starts = np.flatnonzero(np.diff(zone_of, prepend=-1))
    moved = _moved(corners, shift)
    centres: NDArray[np.float64] = (np.minimum.reduceat(moved, starts) + np.maximum.reduceat(moved, starts)) / 2.0
    return centres


def _apart(
    table: ZoneTable, numbers: NDArray[np.int64], shift: _Shift, effort: Effort
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of zones of one stated frame, the second of which lies where the first would in the other frame."""
    bounds = table.bounds[numbers]
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    sides = bounds[:, 2:] - bounds[:, :2]
    tree = shapely.STRtree(shapely.points(centres))
    reach = NEAR_DEGREES * UNITS_PER_DEGREE
    for some in chunks(np.arange(len(numbers)), len(numbers)):
        if not effort.has_pairs(numbers[some]):
            continue
        moved = _moved_centres(table, numbers[some], shift)
        left, right = tree.query(shapely.box(*(moved - reach).T, *(moved + reach).T))
        effort.pairs -= len(left)
        a, b = some[left], right
        is_like = (a != b) & (np.abs(sides[a] - sides[b]) <= 0.05 * sides[a] + reach).all(axis=1)
        a, b = numbers[a[is_like]], numbers[b[is_like]]
        is_like = table.families[a] == table.families[b]
        yield a[is_like], b[is_like]


def _twins(ones: NDArray[np.object_], others: NDArray[np.object_], shift: _Shift) -> NDArray[np.float64]:
    """How alike shapes are to others, once they are brought into the other frame."""
    moved = shapely.transform(ones, lambda xy: _moved(xy, shift))
    return likeness(shapely.make_valid(moved), others)


def _finding(table: ZoneTable, a: int, b: int, shift: _Shift) -> Finding:
    first, second = table.placed[a], table.placed[b]
    stated = second.zone.frame
    if second.polygon.family not in shift:
        rule = f"the zone is stated to be in {stated}, and is probably in {shift.target}"
        value = f"the shape of {first.zone.id!r}, apart from it as {shift.target} is from {shift.source}"
        hint = f"neither is in {stated} then: state the frame of each, or remove one of the two"
        return second.finding("frame-mistaken", rule, ".geometry", value, hint, first)
    if second.polygon.family == shift.source:
        meant, mistaken, sound = shift.target, second, first
    else:
        meant, mistaken, sound = shift.source, first, second
    rule = f"the zone is stated to be in {stated}, and is probably in {meant}"
    value = f"the shape of {sound.zone.id!r}, apart from it by the offset of {shift.target} at this place"
    hint = f'state "frame": "{meant}", if that is so, or remove one of the two'
    return mistaken.finding("frame-mistaken", rule, ".geometry", value, hint, sound)
