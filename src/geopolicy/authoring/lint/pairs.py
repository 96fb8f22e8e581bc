"""Zones that are drawn twice: the same area and rules, or nearly the same area."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.authoring.lint.effort import Effort
from geopolicy.authoring.lint.placed import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import Placed, ZoneTable

NEARLY = 0.95
"""The area that two zones share by that of both together, above which they are nearly the same."""
MOST_COMPARED = 16
"""Of the zones before a zone, those whose bounds are nearest to its own."""
_SIDE, _SHIFT = 0.1, 0.05  # how far sides and centres of the bounds of such zones may differ
_CLASS = np.log(1.0 + _SIDE)


def duplicates(table: ZoneTable) -> Iterator[Finding]:
    """Zones that have the area and the rules of one before them."""
    for group in same_areas(table):
        first: dict[object, Placed] = {}
        for placed in (table.placed[number] for number in group):
            twin = first.setdefault(meaning_of(placed), placed)
            if twin is not placed:
                rule = "the zone has the area and the rules of another one"
                value = f"those of {twin.zone.id!r}"
                yield placed.finding("zone-duplicate", rule, "", value, "remove one of them", twin)


def meaning_of(placed: Placed) -> object:
    """What a zone asks, besides its area and what it is called."""
    zone = placed.zone
    return zone.rules, zone.timezone, zone.expires, zone.illustrative


def same_areas(table: ZoneTable, *, in_one_frame: bool = True) -> list[list[int]]:
    """The numbers of zones that have one effective polygon, in groups of two and more; or of frames as one."""
    groups = defaultdict(list)
    for number, placed in enumerate(table.placed):
        family = placed.polygon.family if in_one_frame else ""
        groups[placed.polygon.bounds, family].append(number)
    found = []
    for group in groups.values():
        if len(group) > 1:
            same = defaultdict(list)
            for number in group:
                same[_digest(table.placed[number])].append(number)
            found += [numbers for numbers in same.values() if len(numbers) > 1]
    return found


def _digest(placed: Placed) -> bytes:
    """One for all effective polygons with the same corners, wherever their rings begin."""
    parts = []
    for part in placed.polygon.polygons:
        turned = []
        for ring in part:
            corners = ring[:-1]
            first = np.lexsort((corners[:, 1], corners[:, 0]))[0]
            turned.append(np.roll(corners, -first, axis=0).tobytes())
        parts.append(b"|".join([turned[0], *sorted(turned[1:])]))
    return hashlib.sha256(b"||".join(sorted(parts))).digest()


def near_duplicates(table: ZoneTable) -> Iterator[Finding]:
    """Zones that have nearly the area of another one; each is named once, with the one whose bounds are nearest."""
    is_new = ~shapely.is_missing(table.shapes)
    is_new &= ~np.array([placed.is_piece for placed in table.placed], dtype=bool)
    for group in same_areas(table):
        is_new[group[1:]] = False
    effort = Effort()
    told: dict[int, tuple[int, float]] = {}
    for a, b in _alike(table, np.flatnonzero(is_new), effort):
        told |= {j: (i, share) for i, j, share in effort.first_partners(table, a, b, likeness, NEARLY)}
    for number, (other, share) in sorted(told.items()):
        twin = table.placed[other]
        rule = "the zone is nearly another one"
        value = f"{min(share, 0.999):.1%} of both areas in common with {twin.zone.id!r}"
        hint = "keep one with the rules of both, or give both the same border"
        yield table.placed[number].finding("zone-near-duplicate", rule, ".geometry", value, hint, twin)
    yield from effort.findings(table, told, "zones that are nearly the same")


def likeness(a: NDArray[np.object_], b: NDArray[np.object_]) -> NDArray[np.float64]:
    """The area that shapes have in common, by that of both together."""
    common = shapely.area(shapely.intersection(a, b))
    return np.asarray(common / np.maximum(shapely.area(a) + shapely.area(b) - common, 1.0))


def _alike(
    table: ZoneTable, numbers: NDArray[np.int64], effort: Effort
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of zones whose bounds and areas are nearly the same, the earlier one first.

    Zones are sorted by the width and height of their bounds first: of many zones with one centre, which a tree of
    positions cannot tell apart, only those of one size are compared.
    """
    bounds = table.bounds[numbers]
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    sides = np.maximum(bounds[:, 2:] - bounds[:, :2], 1.0)
    for group, others in _of_one_size(sides):
        tree = shapely.STRtree(shapely.points(centres[others]))
        for some in chunks(group, len(others)):
            if not effort.has_pairs(numbers[some]):
                continue
            reach = sides[some] * _SHIFT
            boxes = shapely.box(*(centres[some] - reach).T, *(centres[some] + reach).T)
            left, right = tree.query(boxes)
            effort.pairs -= len(left)
            a, b = others[right], some[left]
            is_like = (numbers[a] < numbers[b]) & (np.abs(sides[a] - sides[b]) <= _SIDE * sides[a]).all(axis=1)
            distances = np.abs(bounds[a] - bounds[b]).sum(axis=1)
            a, b = numbers[a], numbers[b]
            is_like &= (table.families[a] == table.families[b]) & _may_be_nearly_one(table.areas[a], table.areas[b])
            a, b, distances = a[is_like], b[is_like], distances[is_like]
            nearest, is_cut = _nearest(a, b, distances)
            effort.cut_short.update(b[is_cut].tolist())
            yield a[nearest], b[nearest]


def _of_one_size(sides: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The numbers of bounds in groups of one width and height, each with all that may be as wide and high."""
    sizes = np.floor(np.log(sides) / _CLASS).astype(np.int64)
    order = np.lexsort((sizes[:, 1], sizes[:, 0]))
    seams = np.flatnonzero((np.diff(sizes[order], axis=0) != 0).any(axis=1)) + 1
    members = {tuple(sizes[group[0]].tolist()): group for group in np.split(order, seams) if len(group)}
    for (wide, high), group in members.items():
        around = [members.get((wide + i, high + j)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        others = np.concatenate([found for found in around if found is not None])
        if len(others) > 1:
            yield group, others


def _may_be_nearly_one(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which areas are near enough: what two have in common is no more than the smaller one."""
    near: NDArray[np.bool_] = np.minimum(a, b) >= NEARLY * np.maximum(a, b)
    return near


def _nearest(
    others: NDArray[np.int64], owners: NDArray[np.int64], distances: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the few nearest pairs of each owner, nearest first, and those of the others."""
    order = np.lexsort((others, distances, owners))
    begins = np.diff(owners[order], prepend=-1) != 0
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    return order[rank < MOST_COMPARED], order[rank >= MOST_COMPARED]
