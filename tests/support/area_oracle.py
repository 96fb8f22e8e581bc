"""Areas on the grid judged in whole numbers and fractions, and random ones of all sizes."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import shapely

from exact import HALF_TURN, POLE, covers_even_odd, on_segment, turn_of

_FAR = 2  # units round a place that are looked at


def edges_of(area):
    """The edges of an area as tuples of whole numbers."""
    return [(*p, *q) for polygon in area for ring in polygon for p, q in pairwise(ring.tolist())]


def is_covered(edges, x, y):
    return covers_even_odd(edges, x, y)


def is_enclosed(edges, x, y):
    """Covered, and on no edge."""
    return covers_even_odd(edges, x, y) and not any(on_segment(x, y, edge) for edge in edges)


def crossings(edges, others):
    """Where two sets of edges cross inside both, rounded."""
    for ax, ay, bx, by in edges:
        for cx, cy, dx, dy in others:
            if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
                continue
            if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
                continue
            over = turn_of(ax, ay, cx, cy, dx, dy)
            under = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
            if under and 0 < Fraction(over, under) < 1:
                at = Fraction(over, under)
                yield round(ax + at * (bx - ax)), round(ay + at * (by - ay))


def beside_edge(edge, fractions):
    """Positions nearest to some places of an edge, and those of the grid that all but lie on it."""
    x0, y0, x1, y1 = edge
    for share in fractions:
        yield round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0))
    dx, dy = x1 - x0, y1 - y0
    if dx and math.gcd(dx, dy) == 1 and abs(dx) > 1:
        inverse = pow(dy % abs(dx), -1, abs(dx))
        for offset in (1, -1):
            along = -offset * inverse % abs(dx) - (0 if dx > 0 else abs(dx))
            yield x0 + along, y0 + (offset + dy * along) // dx


def telling_positions(areas, fractions=(Fraction(1, 3), Fraction(3, 5))):
    """Positions of the grid on and round every vertex, crossing and edge of some areas."""
    every = [edges_of(area) for area in areas]
    places = {(x, y) for edges in every for x, y, _, _ in edges}
    for i, edges in enumerate(every):
        for others in every[i + 1 :]:
            places.update(crossings(edges, others))
        for edge in edges:
            places.update(beside_edge(edge, fractions))
    span = range(-_FAR, _FAR + 1)
    return {(x + i, y + j) for x, y in places for i in span for j in span}


def covers_exactly(edges, others):
    """Whether edges, by the even-odd rule and with themselves, cover all that others do.

    Between two neighbouring longitudes at which edges end or cross, none do: along one meridian there all faces and
    edges are met. Once more with the axes exchanged, for edges that are meridians.
    """
    turned = [[(y0, x0, y1, x1) for x0, y0, x1, y1 in one] for one in (edges, others)]
    return _covers_on_meridians(edges, others) and _covers_on_meridians(*turned)


def _covers_on_meridians(edges, others):
    every = [*edges, *others]
    stops = {x for x0, _, x1, _ in every for x in (x0, x1)}
    for i, (ax, ay, bx, by) in enumerate(every):
        for cx, cy, dx, dy in every[i + 1 :]:
            under = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
            if under:
                along = Fraction((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx), under)
                if 0 <= along <= 1:
                    stops.add(ax + along * (bx - ax))
    for west, east in pairwise(sorted(stops)):
        at = Fraction(west + east) / 2
        mine, theirs = (_latitudes(one, at) for one in (edges, others))
        if not _covers_on_meridian(mine, theirs):
            return False
    return True


def _latitudes(edges, at):
    """Where edges meet a meridian on which none ends."""
    return [
        y0 + (y1 - y0) * Fraction(at - x0) / (x1 - x0) for x0, y0, x1, y1 in edges if min(x0, x1) < at < max(x0, x1)
    ]


def _covers_on_meridian(mine, theirs):
    """Whether latitudes cover others: on themselves, and between by the even-odd rule."""
    for low, _high in pairwise(sorted({*mine, *theirs})):
        is_mine, is_theirs = (sum(y <= low for y in one) % 2 for one in (mine, theirs))
        if is_theirs and not is_mine:
            return False
    return all(y in mine or sum(other < y for other in mine) % 2 for y in theirs)


# Random areas ------------------------------------------------------------------------------------------------------


def star(random, centre, reach, count):
    """A simple polygon round a centre, or None where the grid is too coarse for it."""
    angles = np.sort(random.uniform(0.0, 2.0 * np.pi, count))
    radii = reach * random.uniform(0.2, 1.0, count)
    ring = np.rint(np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None] + centre).astype(np.int64)
    return area_of(np.concatenate([ring, ring[:1]]))


def area_of(exterior, *holes):  # noqa: ANN002  # arrays
    """One polygon as an area if it is valid, else None."""
    shape = shapely.Polygon(exterior, holes)
    return [[exterior, *holes]] if shape.is_valid and shape.area > 0 else None


def sliver(random, centre, reach):
    """A long triangle a few units thin."""
    far = random.integers(-reach, reach + 1, 2)
    ring = np.array([centre, centre + far, centre + far // 2 + random.integers(-2, 3, 2), centre])
    return area_of(ring)


def moved(random, area):
    """The same area with some vertices moved by a unit or two, so that edges all but meet."""
    ring = area[0][0][:-1].copy()
    which = random.random(len(ring)) < 0.5
    ring[which] += random.integers(-2, 3, (int(which.sum()), 2))
    return area_of(np.concatenate([ring, ring[:1]]))


def shared(random, area):
    """A polygon that runs along some edges of an area, and cuts a corner off."""
    ring = area[0][0][:-1]
    start = int(random.integers(len(ring)))
    count = int(random.integers(3, len(ring) + 1))
    taken = np.roll(ring, -start, axis=0)[:count]
    return area_of(np.concatenate([taken, taken[:1]]))


def with_hole(random, area):
    """The area with a hole, if one fits."""
    ring = area[0][0]
    hole = np.rint(ring[:-1].mean(axis=0) + (ring - ring[:-1].mean(axis=0)) * random.uniform(0.2, 0.8)).astype(np.int64)
    return area_of(ring, hole)


def random_pair(random):
    """Two areas that have to do with each other: of units to thousands of kilometres."""
    while True:
        reach = int(10 ** random.uniform(0.5, 9))
        centre = random.integers(-700_000_000, 700_000_001, 2)
        one = star(random, centre, reach, int(random.integers(3, 9)))
        kind = int(random.integers(6))
        if one is None:
            continue
        if kind == 0:
            other = star(random, centre + random.integers(-reach, reach + 1, 2), reach, int(random.integers(3, 9)))
        elif kind == 1:
            other = sliver(random, one[0][0][0], reach)
        elif kind == 2:
            other = moved(random, one)
        elif kind == 3:
            other = shared(random, one)
        elif kind == 4:
            other = with_hole(random, one)
        else:
            pieces = [star(random, centre + random.integers(-reach, reach + 1, 2), reach // 4, 4) for _ in range(4)]
            other = apart([piece for piece in pieces if piece])
        if other and is_on_earth(other) and is_on_earth(one):
            return (one, other) if random.random() < 0.5 else (other, one)


def is_on_earth(area):
    """Whether no vertex lies beyond a pole, or a turn away."""
    corners = np.abs(np.concatenate([ring for polygon in area for ring in polygon]))
    return bool((corners < (2 * HALF_TURN, POLE)).all())


def apart(areas):
    """Those of some areas that do not meet the ones before them, as one area."""
    kept = []
    for area in areas:
        shape = shapely.Polygon(area[0][0], area[0][1:])
        if all(not shape.intersects(shapely.Polygon(polygon[0])) for polygon in kept):
            kept += area
    return kept
