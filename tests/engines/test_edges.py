"""Points on edges, vertices, seams and poles and one unit beside them: engines against exact arithmetic.

The truth is made by `exact` from the coordinates that a zone is drawn with.
"""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

import contract
import exact
from exact import HALF_TURN, POLE, TURN, Area
from geopolicy import Certainty, Zone, ZoneSet
from shapes import corners
from strategies import degrees, units_polygon

make_engine = contract.make_engine


def parts(*polygons: dict):
    return {"type": "MultiPolygon", "coordinates": [p["coordinates"] for p in polygons]}


def star(rng, centre, size, count):
    """A simple ring round a centre: no two neighbours are half a turn apart."""
    found = []
    for i in range(count):
        angle, radius = 2.0 * math.pi * (i + 0.5 * rng.random()) / count, size * rng.uniform(0.4, 1.0)
        found.append((centre[0] + round(radius * math.cos(angle)), centre[1] + round(radius * math.sin(angle))))
    return found


def somewhere(rng, size):
    """A centre with room for a size: anywhere, at the seam, at Greenwich, or beyond 180 degrees."""
    x = rng.choice([rng.randint(-TURN + size, TURN - size), HALF_TURN, -HALF_TURN, 0, rng.randint(-size, size)])
    return x, rng.randint(-POLE + size, POLE - size)


def holed_stars(rng):
    """With a hole, and drawn between the points of the grid."""
    size = rng.choice([100, 5_000, 1_000_000, 80_000_000])
    centre = somewhere(rng, size)
    shape = units_polygon(
        star(rng, centre, size, rng.randint(4, 30)), star(rng, centre, size // 14, rng.randint(4, 12))
    )
    for ring in shape["coordinates"]:
        ring[:-1] = [[lon + rng.uniform(-4e-8, 4e-8), lat + rng.uniform(-4e-8, 4e-8)] for lon, lat in ring[:-1]]
        ring[-1] = ring[0]
    return [shape]


def triangles(rng):
    """Three vertices, of any size, wide or a sliver of the least area that the grid can hold."""
    size = rng.choice([3, 50, 10_000, 50_000_000, 800_000_000])
    x, y = somewhere(rng, size)
    corners = [(x + rng.randint(-size, size), y + rng.randint(-size, size)) for _ in range(2)]
    along = corners[0][0] - x, corners[0][1] - y
    if rng.random() < 0.5 and any(along):
        corners[1] = beside(rng, (x, y, *corners[0]))
    return [units_polygon([(x, y), *corners])]


def thousands(rng):
    """Some thousand vertices."""
    size = rng.choice([2_000_000, 60_000_000])
    return [units_polygon(star(rng, somewhere(rng, size), size, rng.randint(2_000, 4_000)))]


def neighbours(rng):
    """Two zones with a common border; often across the antimeridian."""
    size = rng.choice([40, 100_000, 30_000_000])
    x, y = somewhere(rng, 2 * size)
    ys = sorted(rng.sample(range(y - size, y + size + 1), 6))
    border = [(x + rng.randint(-size, size), own) for own in ys]
    west = [*border, (x - size - 1, ys[-1]), (x - size - 1, ys[0])]
    east = [*border, (x + size + 1, ys[-1]), (x + size + 1, ys[0])]
    return [units_polygon(west), units_polygon(east)]


def seams(rng):
    """Zones that are split at the antimeridian, end at it, or are drawn over it."""
    size = rng.choice([10, 70_000, 100_000_000])
    y = rng.randint(-POLE + size, POLE - size)
    east, west = (
        corners(HALF_TURN - size, y - size, HALF_TURN, y + size),
        corners(-HALF_TURN, y, -HALF_TURN + size, y + size),
    )
    beyond = corners(HALF_TURN, y - size, HALF_TURN + size, y)
    tip = [(HALF_TURN, y), (HALF_TURN - size, y - size), (HALF_TURN - size, y + size // 2)]
    other_tip = [(HALF_TURN + size, y - size), (HALF_TURN + size, y + size), (HALF_TURN, y - 1)]
    drawn_over = star(rng, (rng.choice([HALF_TURN, -HALF_TURN]), y), size, 7)
    choices = [
        parts(units_polygon(east), units_polygon(west)),
        units_polygon(beyond),
        units_polygon(tip),
        units_polygon(other_tip),
    ]
    return rng.sample([*choices, units_polygon(drawn_over)], 3)


def turns(rng):
    """Edges of up to 360 degrees: bands, slanted ones too, in all ways to write a whole turn."""
    start = rng.choice([-HALF_TURN, -TURN, 0])
    low, high, slant = rng.randint(-POLE, 0), rng.randint(1, POLE - 2), rng.choice([0, 1, -1, 7_654_321])
    slant = max(-POLE - low, min(POLE - high - 1, slant))
    end = start + rng.choice([TURN, TURN - 1, TURN - rng.randint(0, HALF_TURN)])
    return [units_polygon([(start, low), (end, low + slant), (end, high + 1 + slant), (start, high)])]


def poles(rng):
    """Polar caps, wedges and single vertices at a pole."""
    y = rng.choice([POLE, -POLE])
    off = (1 if y < 0 else -1) * rng.choice([1, 50_000, 400_000_000])
    cap = [(-HALF_TURN, y + off), (HALF_TURN, y + off), (HALF_TURN, y), (-HALF_TURN, y)]
    x = rng.randint(-HALF_TURN, HALF_TURN - 2000)
    wedge = [(x, y), (x + 1000, y), (x + 2000, y + off), (x, y + off)]
    tip = [(x, y), (x + 777, y + off), (x - 777, y + off)]
    return [units_polygon(rng.choice([cap, wedge, tip]))]


def touching(rng):
    """Spikes, rings that touch themselves, holes that touch their exterior, parts that touch."""
    n = rng.choice([3, 1_001, 20_000_000])
    x, y = somewhere(rng, 9 * n)

    def at(*vertices: tuple):
        return [(x + dx * n, y + dy * n) for dx, dy in vertices]

    out_spike = at((0, 0), (4, 0), (9, 1), (4, 0), (4, 4), (0, 4))
    in_spike = at((0, 0), (4, 0), (4, 2), (1, 3), (4, 2), (4, 4), (0, 4))
    eight = at((0, 0), (4, 0), (2, 2), (4, 4), (0, 4), (2, 2))
    pinched = at((0, 0), (4, 0), (6, -1), (6, 1), (4, 0), (4, 4), (0, 4))
    square, at_corner, at_side = (
        at((0, 0), (6, 0), (6, 6), (0, 6)),
        at((0, 0), (3, 1), (1, 3)),
        at((2, 0), (4, 1), (3, 3)),
    )
    sharing, beside_it = at((0, 1), (2, 1), (2, 4), (0, 4)), at((6, 1), (8, 1), (8, 5), (6, 5))
    two_parts = parts(units_polygon(square), units_polygon(beside_it))
    meeting_holes = units_polygon(square, at((1, 1), (3, 3), (1, 3)), at((3, 3), (5, 3), (5, 5)))
    shapes = [
        units_polygon(out_spike),
        units_polygon(in_spike),
        units_polygon(eight),
        units_polygon(pinched),
        units_polygon(square, at_corner),
    ]
    shapes += [units_polygon(square, at_side), units_polygon(square, sharing), two_parts, meeting_holes]
    shapes += [parts(units_polygon(square), units_polygon(at((6, 6), (8, 6), (8, 8))))]
    return rng.sample(shapes, 3)


FAMILIES = [holed_stars, triangles, neighbours, seams, turns, poles, touching, thousands]


def beside(rng, edge):
    """A grid point at the least distance from the line of an edge that is not on it."""
    x0, y0, x1, y1 = edge
    whole = math.gcd(x1 - x0, y1 - y0)
    p, q = (x1 - x0) // whole, (y1 - y0) // whole
    side = rng.choice([1, -1])  # p * v - q * u == side
    if q == 0:
        u, v = 0, side * p
    else:
        v = side * pow(p, -1, abs(q)) % abs(q)
        v -= abs(q) if q < 0 else 0
        u = (p * v - side) // q
    step = rng.randrange(whole)
    return x0 + u + step * p, y0 + v + step * q


def points_at(rng, edge):
    """Points on and beside an edge: its ends, between them, and all of them one unit further."""
    x0, y0, x1, y1 = edge
    if (x0, y0) == (x1, y1):
        return [(x0, y0)]
    whole, share = math.gcd(x1 - x0, y1 - y0), rng.random()
    step = rng.randint(0, whole)
    on_edge = x0 + (x1 - x0) // whole * step, y0 + (y1 - y0) // whole * step
    between = round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0))
    places = [(x0, y0), on_edge, between, ((x0 + x1) // 2, (y0 + y1) // 2), (between[0], y0), (x0, between[1])]
    if x0 != x1:
        exactly = y0 + (y1 - y0) * (between[0] - x0) // (x1 - x0)
        places += [(between[0], exactly), (between[0], exactly + 1)]
    places += [beside(rng, edge), beside(rng, edge)]
    return places + [(x + rng.randint(-1, 1), y + rng.randint(-1, 1)) for x, y in places]


def fixes_at(rng, areas, count):
    """Latitudes and longitudes in degrees, some of them not quite on the grid."""
    edges = [edge for area in areas for edge in area.edges]
    lat, lon = [], []
    while len(lat) < count:
        for x, y in points_at(rng, rng.choice(edges)):
            if abs(y) <= POLE:
                at_seam = rng.choice([HALF_TURN, -HALF_TURN])
                x = exact.wrapped(x) if exact.wrapped(x) != -HALF_TURN else at_seam  # noqa: PLW2901  # the same place
                off = rng.choice([0.0, 0.0, 3e-8, -3e-8])
                lat.append(max(-90.0, min(90.0, degrees(y) + off)))
                lon.append(max(-180.0, min(180.0, degrees(x) - off)))
    return lat[:count], lon[:count]


def points_agree(make_engine, family, seed, wanted):
    """Asks about so many points, and returns how many were covered and how many not; none may be answered wrongly."""
    rng = random.Random(f"{family.__name__} {seed}")
    found, each = Counter(), 1_500 if family is thousands else 250
    while found.total() < wanted:
        areas, engine = zones_of(make_engine, family, rng)
        lat, lon = fixes_at(rng, list(areas.values()), min(each, wanted - found.total()))
        many = engine.decide_many(lat, lon)
        answers = [decision.zones for decision in many.table]
        for i, code in enumerate(many.codes.tolist()):
            place = exact.snap(lon[i]), exact.snap(lat[i])
            expected = tuple(name for name, area in areas.items() if area.covers(*place))
            assert answers[code] == expected, (family.__name__, place, [area.edges for area in areas.values()])
            found[bool(expected)] += 1
        one = rng.randrange(len(lat))
        assert engine.decide(lat[one], lon[one]) == many[one]
        assert many[one].certainty == Certainty.CERTAIN
    return found


def zones_of(make_engine, family, rng):
    """The true areas by zone id, and an engine for the zones. A draw that only repair can read is drawn again."""
    while True:
        shapes = {f"z{i}": shape for i, shape in enumerate(family(rng))}
        areas = {name: Area.of(shape) for name, shape in shapes.items()}
        if all(any(edge[:2] != edge[2:] for edge in area.edges) and not is_flat(area) for area in areas.values()):
            zones = ZoneSet([Zone(name, shape, [contract.OFF]) for name, shape in shapes.items()])
            if {warning.code for warning in zones.warnings} <= {"ring-touches"}:
                return areas, make_engine(zones)


def is_flat(area):
    x, y = area.edges[0][:2]
    return all(exact.turn_of(x, y, *a[:2], *b[:2]) == 0 for a in area.edges for b in area.edges[:3])


@pytest.mark.parametrize("family", FAMILIES)
def test_decide_on_and_beside_edges_agrees_with_exact_arithmetic(make_engine, family):
    found = points_agree(make_engine, family, 1, 3_000)
    assert min(found[True], found[False]) > 200


@pytest.mark.campaign
def test_campaign_points_on_and_beside_edges(make_engine, campaign):
    for step in campaign:
        found = points_agree(make_engine, FAMILIES[step % len(FAMILIES)], f"{campaign.seed} {step}", 500)
        campaign.add(covered=found[True], free=found[False])
    assert min(campaign.counts["covered"], campaign.counts["free"]) > 0.07 * campaign.counts.total()


@pytest.mark.parametrize("lon", [-180.0, -179.0, -165.3, -150.0000001])
def test_decide_west_of_a_coverage_nearly_round_the_earth_knows_nothing(make_engine, lon):
    kite = units_polygon([(1_749_040_025, -420_771_104), (511_673_413, -5_393_140), (-1_496_560_771, 690_000_000)])
    engine = make_engine(contract.covered((-150.0, -60.0, 175.0, 70.0), zones=[Zone("kite", kite, [contract.OFF])]))
    lats = [-59.0, -44.7, 0.0, 43.9, 69.0]
    answers = [engine.decide(lat, lon) for lat in lats]
    assert {(own.zones, own.certainty) for own in answers} == {((), Certainty.UNKNOWN)}
    assert list(engine.decide_many(lats, [lon] * len(lats))) == answers
    assert engine.decide(0.0, -149.9999999).certainty == Certainty.CERTAIN


def ways_agree(make_engine, family, seed, wanted):
    """Asks about so many straight ways between points on and beside edges; how many touch a zone."""
    rng = random.Random(f"ways {family.__name__} {seed}")
    found = Counter()
    while found.total() < wanted:
        areas, engine = zones_of(make_engine, family, rng)
        lat, lon = fixes_at(rng, list(areas.values()), 24)
        for i, j in ((i, rng.randrange(24)) for i in range(24)):
            way = exact.snap(lon[i]), exact.snap(lat[i]), exact.snap(lon[j]), exact.snap(lat[j])
            if abs(way[2] - way[0]) == HALF_TURN:
                continue  # either way round is as short
            expected = tuple(name for name, area in areas.items() if area.is_touched(*way))
            got = engine.decide_path(lat[i], lon[i], lat[j], lon[j]).zones
            assert got == expected, (family.__name__, way, [area.edges for area in areas.values()])
            found[bool(expected)] += 1
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_decide_path_between_edges_agrees_with_exact_arithmetic(make_engine, family):
    wanted = 72 if family is thousands else 480
    assert ways_agree(make_engine, family, 1, wanted)[True] > wanted // 3


@pytest.mark.campaign
def test_campaign_paths_between_edges(make_engine, campaign):
    for step in campaign:
        found = ways_agree(make_engine, FAMILIES[step % len(FAMILIES)], f"{campaign.seed} {step}", 24)
        campaign.add(touching=found[True], free=found[False])
    assert campaign.counts["touching"] > campaign.counts.total() / 3
