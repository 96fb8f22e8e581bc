"""Vectors of discs: which zones a fix of some accuracy may touch.

Judged by geodesics, and only where their error could not turn the answer.
"""

from __future__ import annotations

from itertools import pairwise
from math import cos, exp, log, radians
from typing import TYPE_CHECKING, Any

import numpy as np

import exact
from exact import HALF_TURN, POLE, TURN, UNITS, Edge
from geodesics import GEOD, geodesic_distance
from vector_points import Owner, answer, degrees_at, edge_position, grid_of, owners_of
from vector_zones import chance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

Json = dict[str, Any]
METRES_PER_DEGREE = 111_320.0
LIMIT_LAT = 85.0
# What a disc may reach beyond its accuracy, and 10 cm: docs/semantics.md, and what offset frames stretch.
SLACK = {"WGS84": 0.01, "GCJ-02": 0.045, "BD-09": 0.065}
PIECES = 32  # of an edge that is bent on WGS 84


def borders_of(own: Owner) -> list[Edge]:
    """Its edges, without those on a pole and those on the antimeridian behind which it goes on."""
    return [edge for edge in own.area.edges if not _is_no_border(own, edge)]


def _is_no_border(own: Owner, edge: Edge) -> bool:
    ax, ay, bx, by = edge
    if ay == by and abs(ay) == POLE:
        return True
    if ax != bx or abs(ax) != HALF_TURN:
        return False
    middle = (ay + by) // 2
    return own.area.covers(HALF_TURN - 1, middle) and own.area.covers(1 - HALF_TURN, middle)


def edges_near(own: Owner, at: tuple[int, int], reach_m: float) -> np.ndarray:
    """The edges in degrees, turned to the side of a position and cut to a box around it of that reach."""
    x, y = at
    high = 1.3 * reach_m / METRES_PER_DEGREE * UNITS + 2000
    wide = high / cos(radians(min(abs(y) / UNITS + 0.2, 89.0)))
    found = []
    for ax, ay, bx, by in borders_of(own):
        for turn in (-TURN, 0, TURN):
            part = _clipped((ax + turn, ay, bx + turn, by), (x - wide, y - high, x + wide, y + high))
            if part is not None:
                found.append(part)
    return np.array(found).reshape(-1, 2, 2) / UNITS


def _clipped(edge: Edge, area: tuple[float, float, float, float]) -> list[list[float]] | None:
    """The part of an edge within a box; None if there is none."""
    start, end = 0.0, 1.0
    for low, high, at, to in ((area[0], area[2], edge[0], edge[2]), (area[1], area[3], edge[1], edge[3])):
        if at == to:
            if not low <= at <= high:
                return None
            continue
        first, second = sorted(((low - at) / (to - at), (high - at) / (to - at)))
        start, end = max(start, first), min(end, second)
    if start > end:
        return None
    dx, dy = edge[2] - edge[0], edge[3] - edge[1]
    return [[edge[0] + share * dx, edge[1] + share * dy] for share in (start, end)]


def border_m(own: Owner, lat: float, lon: float, reach_m: float) -> float:
    """Metres to its nearest border; infinite where none is near."""
    at = grid_of(own.frame, lat, lon)
    if at is None:
        return float("inf")
    edges = edges_near(own, at, 1.2 * reach_m)
    if len(edges) == 0:
        return float("inf")
    if own.frame == "WGS84":
        return geodesic_distance(at[1] / UNITS, at[0] / UNITS, edges)
    bent = []
    for start, end in edges:
        way = [start + (end - start) * share for share in np.linspace(0.0, 1.0, PIECES + 1)]
        back = [degrees_at(own.frame, x * UNITS, y * UNITS)[::-1] for x, y in way]
        bent += list(pairwise(back))
    return geodesic_distance(lat, lon, np.array(bent), 40)


def discs(name: str, zone_file: Json, count: int) -> Iterator[Json]:
    """So many vectors of one set of zones."""
    random, owners = chance("discs", name), owners_of(zone_file)
    made = 0
    while made < count:
        lat, lon, accuracy_m, about = _disc(random, owners)
        said = _disc_answer(owners, lat, lon, accuracy_m, about)
        if said is not None:
            made += 1
            yield {"kind": "disc", "set": name, "lat": lat, "lon": lon, "accuracy_95_m": accuracy_m, **said}


def _disc(random: Random, owners: list[Owner]) -> tuple[float, float, float, Owner]:
    """A position some metres from a border, and an accuracy of about as many."""
    own = random.choice(owners)
    x, y = edge_position(random, own)
    lat, lon = degrees_at(own.frame, exact.wrapped(x), max(-POLE, min(POLE, y)))
    away_m = exp(random.uniform(log(0.2), log(8000.0)))
    if abs(lat) < 89.9:
        lon, lat, _ = GEOD.fwd(lon, lat, random.uniform(0.0, 360.0), away_m)
    accuracy_m = min(9999.0, away_m * random.choice([0.3, 0.9, 0.98, 1.03, 1.2, 3.0]))
    return round(lat, 7), round(lon, 7), round(accuracy_m, 3), own


def _disc_answer(owners: list[Owner], lat: float, lon: float, accuracy_m: float, about: Owner) -> Json | None:
    """What is so; None where rounding could turn it."""
    covered = answer(owners, lat, lon, about)
    if covered is None or accuracy_m <= 0.0:
        return None
    is_polar = abs(exact.snap(lat)) > LIMIT_LAT * UNITS
    metres = {own.name: border_m(own, lat, lon, accuracy_m) for own in owners if not is_polar}
    for own in owners:
        over = metres.get(own.name, float("inf")) / accuracy_m
        if 1.0 - 1e-6 < over < 1.0 + SLACK[own.frame] + 0.1 / accuracy_m:
            return None
    near = [name for name, own in metres.items() if own <= accuracy_m]
    coverages = [own.name for own in owners if own.name.startswith("coverage ")]
    is_known = covered["known"] and not is_polar and not set(near) & set(coverages)
    zones = sorted({*covered["zones"], *near} - set(coverages))
    certainty = "unknown" if not is_known else "possible" if set(near) - set(coverages) else "certain"
    reasons = [] if not zones else ["in_zone"]
    reasons += ["near_pole"] if is_polar else []
    reasons += ["outside_coverage"] if not covered["known"] or set(near) & set(coverages) else []
    return {
        "zones": zones,
        "certainty": certainty,
        "reasons": sorted(reasons),
        "border_m": {own: round(metres[own], 3) for own in sorted(near)},
        "why": {own: "border within" if own in near else covered["why"][own] for own in [*zones, *near]},
    }
