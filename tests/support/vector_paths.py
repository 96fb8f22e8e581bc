"""Vectors of paths: which zones the way between two fixes may touch, exactly, or within an accuracy by geodesics."""

from __future__ import annotations

from math import cos, exp, inf, log, radians
from typing import TYPE_CHECKING, Any

import numpy as np

import exact
from exact import HALF_TURN, POLE, TURN, UNITS, Edge
from geodesics import geodesic_distance
from vector_discs import METRES_PER_DEGREE, borders_of, edges_near
from vector_points import Owner, edge_position, owners_of
from vector_zones import chance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

Json = dict[str, Any]
Place = tuple[int, int]
LONGEST_M = 3_000.0  # of a path with an accuracy: on longer ones lines that are straight in degrees bend
DOUBT, DOUBT_M = 0.01, 0.5  # how far the reach of a path may go beyond its accuracy; no vector lies within it


class Way:
    """A straight way, the short way round the Earth; its end may lie beyond +-180 degrees."""

    def __init__(self, start: Place, end: Place) -> None:
        (self.x0, self.y0), (self.x1, self.y1) = start, end
        self.start, self.end = start, end
        if abs(self.x1 - self.x0) > HALF_TURN:
            self.x1 += TURN if self.x1 < self.x0 else -TURN

    def meets(self, edges: list[Edge]) -> bool:
        ways = [(self.x0 + turn, self.y0, self.x1 + turn, self.y1) for turn in (-TURN, 0, TURN)]
        return any(exact.segments_meet(way, edge) for way in ways for edge in edges)

    def length_m(self) -> float:
        per_lon = cos(radians(self.y0 / UNITS))
        return float(np.hypot((self.x1 - self.x0) * per_lon, self.y1 - self.y0)) / UNITS * METRES_PER_DEGREE

    def metres_to(self, own: Owner, borders: list[Edge], reach_m: float) -> float:
        """Metres to the nearest border: 0 where one is met, else from an end of either to the other."""
        if self.meets(borders):
            return 0.0
        middle = (self.x0 + self.x1) // 2, (self.y0 + self.y1) // 2
        edges = edges_near(own, middle, reach_m + self.length_m())
        if len(edges) == 0:
            return inf
        ends = [(self.x0 / UNITS, self.y0 / UNITS), (self.x1 / UNITS, self.y1 / UNITS)]
        least = min(geodesic_distance(lat, lon, edges, 60) for lon, lat in ends)
        corners = {tuple(corner) for edge in edges.tolist() for corner in edge}
        return min(least, *(geodesic_distance(lat, lon, np.array([ends]), 60) for lon, lat in corners))


def paths(name: str, zone_file: Json, count: int, count_wide: int) -> Iterator[Json]:
    """So many vectors of one set of zones, which are all in WGS 84, without and with an accuracy."""
    random, owners = chance("paths", name), owners_of(zone_file)
    borders = {own.name: borders_of(own) for own in owners}
    made = 0
    while made < count + count_wide:
        way = _way(random, owners, is_short=made >= count)
        accuracy_m = 0.0 if made < count else round(exp(random.uniform(log(0.5), log(3000.0))), 3)
        if abs(way.x1 - way.x0) == HALF_TURN or way.start == way.end or max(abs(way.y0), abs(way.y1)) == POLE:
            continue
        said = answer(owners, borders, way, accuracy_m)
        if said is not None:
            made += 1
            ends = [[y / UNITS, x / UNITS] for x, y in (way.start, way.end)]
            yield {"kind": "path", "set": name, "from": ends[0], "to": ends[1], "accuracy_95_m": accuracy_m, **said}


def _way(random: Random, owners: list[Owner], *, is_short: bool) -> Way:
    """From near a border: along it, past a corner, over a corner, or anywhere."""
    own = random.choice(owners)
    (x0, y0), (x1, y1) = edge_position(random, own), edge_position(random, random.choice([own, random.choice(owners)]))
    if is_short:
        reach = random.choice([30, 3_000, 100_000])
        x1, y1 = x0 + random.randint(-reach, reach), y0 + random.randint(-reach, reach)
    elif random.random() < 0.4:  # through a corner or one unit beside it
        x1, y1 = 2 * x1 - x0, 2 * y1 - y0
    ends = [(exact.wrapped(x), max(1 - POLE, min(POLE - 1, y))) for x, y in ((x0, y0), (x1, y1))]
    return Way(ends[0], ends[1])


def answer(owners: list[Owner], borders: dict[str, list[Edge]], way: Way, accuracy_m: float) -> Json | None:
    """What is so; None where rounding could turn it."""
    if accuracy_m > 0.0 and (way.length_m() > LONGEST_M or max(abs(way.y0), abs(way.y1)) > 80 * UNITS):
        return None
    why: dict[str, str] = {}
    is_possible, is_known = False, True
    for own in owners:
        at_start, at_end = own.area.covers(*way.start), own.area.covers(*way.end)
        has_border = way.meets(borders[own.name])
        if accuracy_m > 0.0:
            metres = way.metres_to(own, borders[own.name], accuracy_m)
            if accuracy_m < metres + DOUBT_M and metres < accuracy_m * (1.0 + DOUBT) + DOUBT_M:
                return None
            has_border = metres <= accuracy_m
        parts = [word for word, holds in (("start", at_start), ("end", at_end), ("border", has_border)) if holds]
        if own.name.startswith("coverage "):
            is_known = is_known and at_start and at_end and not has_border
        elif parts or own.area.is_touched(*way.start, *way.end):
            why[own.name] = " ".join(parts)
            is_possible = is_possible or has_border
    reasons = (["in_zone"] if why else []) + ([] if is_known else ["outside_coverage"])
    certainty = "unknown" if not is_known else "possible" if is_possible else "certain"
    return {"zones": sorted(why), "certainty": certainty, "reasons": reasons, "why": dict(sorted(why.items()))}
