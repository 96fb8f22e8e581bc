"""Laws that answers keep: symmetries, monotony, soundness of discs, ways and safe radii, values and threads."""

from __future__ import annotations

import pickle
import threading
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st
from pyproj import Geod

import contract
import exact
import strategies
from examples import dear
from geopolicy import Certainty, Condition, Hours, Level, Near, Reason, Rule, Vehicle, Window, Zone, ZoneSet
from geopolicy import open as open_engine
from geopolicy.errors import ZoneFileError
from geopolicy.testing import rule_strategies, shape_strategies, zone_strategies
from geopolicy.testing.rule_strategies import SENSORS
from geopolicy.testing.tightness import AT_MOST, NO_FINER, looser, nothing_asked
from geopolicy.testing.zone_strategies import places, zone_sets
from strategies import OFFSETS_M, degrees

GEOD = Geod(ellps="WGS84")
VEHICLE = Vehicle(SENSORS)
PLACES = strategies.OFTEN_IN_CHINA
make_engine = contract.make_engine
law = dear(60, 20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def at(place):
    """Latitude and longitude in degrees of a position in units ``(x, y)``."""
    return degrees(place[1]), degrees(place[0])


def asks(decision):
    """What a decision asks and why, but for how sure it is."""
    tags = decision.store_in, decision.needs_consent, decision.limits, decision.must_show
    return decision.levels, tags, decision.zones, decision.reasons


def replaced(zone_set, change):
    """A set with each zone's GeoJSON coordinates of polygons changed, coverages too."""

    def mapped(geometry):
        shape = geometry.to_geojson()
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        parts = [[change(ring) for ring in part] for part in parts]
        return type(geometry).from_geojson(
            shape | {"coordinates": parts if shape["type"] == "MultiPolygon" else parts[0]}
        )

    coverages = tuple(replace(c, geometry=mapped(c.geometry)) for c in zone_set.header.coverages)
    zones = [replace(zone, geometry=mapped(zone.geometry)) for zone in zone_set]
    return ZoneSet(zones, replace(zone_set.header, coverages=coverages))


def answers(engine, place, other, metres):
    """Every kind of answer about a position, and about the way to another."""
    fix = at(place)
    found = [engine.decide(*fix), engine.decide(*fix, metres), engine.decide_many([fix[0]], [fix[1]], metres)[0]]
    found += [engine.decide_path(*fix, *at(other)), engine.decide_path(*fix, *at(other), metres)]
    if abs(fix[0]) <= 85.0:
        found += [engine.near(*fix, metres)]
    return [*found, engine.safe_radius(*fix), engine.safe_radius(*fix, metres)]


def has_edge_at_seam(zone_set):
    """Whether an edge lies on the antimeridian, where it may be no border."""
    shapes = [zone.geometry for zone in zone_set] + [coverage.geometry for coverage in zone_set.header.coverages]
    edges = [edge for shape in shapes for edge in exact.Area.of(shape.to_geojson()).edges]
    return any(x0 == x1 and x0 % exact.TURN == exact.HALF_TURN for x0, _, x1, _ in edges)


@law
@given(st.data())
def test_translation_of_zones_and_fix_changes_nothing(make_engine, data):
    """Also over the antimeridian, and to longitudes beyond 180 degrees; unless it brings an edge there, or away."""
    here = data.draw(zone_sets(plain=True, kinds=("overlapping", "tiling")))
    turns = [-exact.HALF_TURN, exact.TURN, -exact.TURN]
    east = data.draw(st.sampled_from(turns) | st.integers(-exact.TURN, exact.TURN))
    reach = [x + east for x, _ in zone_strategies.vertices_of(here)]
    assume(min(reach) >= -exact.TURN and max(reach) <= exact.TURN)
    moved = replaced(here, lambda ring: [[degrees(exact.snap(lon) + east), lat] for lon, lat in ring])
    assume(not has_edge_at_seam(here) and not has_edge_at_seam(moved))
    engines = make_engine(here, VEHICLE), make_engine(moved, VEHICLE)
    place, other, metres = (data.draw(s) for s in (places(here), places(here), OFFSETS_M))
    there, beyond = ((exact.wrapped(x + east), y) for x, y in (place, other))
    assert answers(engines[0], place, other, metres) == answers(engines[1], there, beyond, metres)


@law
@given(st.data())
def test_ring_reversed_rotated_or_with_repeats_changes_nothing(make_engine, data):
    here = data.draw(zone_sets(plain=True))
    is_reversed, start, repeat = data.draw(st.tuples(st.booleans(), st.integers(0, 8), st.integers(0, 8)))

    def redrawn(ring):
        vertices = ring[:-1]
        start_at = start % len(vertices)
        turned = vertices[start_at:] + vertices[:start_at]
        turned = turned[::-1] if is_reversed else turned
        again = repeat % len(turned)
        turned = [*turned[: again + 1], turned[again], turned[again], *turned[again + 1 :]]
        return [*turned, turned[0], turned[0]]

    engines = make_engine(here, VEHICLE), make_engine(replaced(here, redrawn), VEHICLE)
    place, other, metres = (data.draw(s) for s in (places(here), places(here), OFFSETS_M))
    assert answers(engines[0], place, other, metres) == answers(engines[1], place, other, metres)


NEWER_RULES = rule_strategies.rules(newer=True)
CIRCUMSTANCES = st.fixed_dictionaries(
    {
        "time": st.none() | rule_strategies.INSTANTS,
        "state": st.none() | strategies.STATES,
        "emergency": strategies.EMERGENCIES,
    }
)


@law
@given(st.data())
def test_adding_a_zone_or_a_rule_never_loosens(make_engine, data):
    lat, lon = data.draw(st.sampled_from(zone_strategies.PLACES))
    vehicle = data.draw(strategies.VEHICLES)
    one, two, three = (
        data.draw(zone_strategies.zones(name, lat=lat, lon=lon, rules=NEWER_RULES)) for name in ("one", "two", "three")
    )
    fewer, more = ZoneSet([one, two]), ZoneSet([one, both_rules(two, three), three])
    place, other, metres = (data.draw(s) for s in (places(more), places(more), OFFSETS_M))
    now = data.draw(CIRCUMSTANCES)
    loose, tight = (make_engine(zones, vehicle).when(**now) for zones in (fewer, more))
    for ask in (lambda e: e.decide(*at(place), metres), lambda e: e.decide_path(*at(place), *at(other), metres)):
        assert not looser(ask(tight), ask(loose))
    joined = make_engine(
        fewer.with_zones(data.draw(zone_sets(most=1, kinds=["overlapping"]).filter(has_coverage))), vehicle
    )
    assert not looser(joined.when(**now).decide(*at(place), metres), loose.decide(*at(place), metres))


def both_rules(zone, other):
    """A zone with the rules of another one too, and the timezone that these may need."""
    return replace(zone, rules=zone.rules + other.rules, timezone=zone.timezone or other.timezone)


def has_coverage(zone_set):
    return bool(zone_set.header.coverages)


@law
@given(st.data())
def test_worse_accuracy_never_loosens(make_engine, data):
    here = data.draw(zone_sets(rules=NEWER_RULES))
    engine = make_engine(here, data.draw(strategies.VEHICLES)).when(**data.draw(CIRCUMSTANCES))
    place, other = data.draw(places(here)), data.draw(places(here))
    good, bad = sorted(data.draw(st.tuples(OFFSETS_M, OFFSETS_M)))
    assert not looser(engine.decide(*at(place), bad), engine.decide(*at(place), good))
    way = (*at(place), *at(other))
    assert not looser(engine.decide_path(*way, bad), engine.decide_path(*way, good))


@law
@given(st.data())
def test_growing_a_zone_never_loosens(make_engine, data):
    lat, lon = data.draw(st.sampled_from(zone_strategies.PLACES[:-1]))
    zone = data.draw(zone_strategies.zones("zone", lat=lat, lon=lon, plain=data.draw(st.booleans())))
    more = data.draw(st.sampled_from([0.01, 1.0]) | st.floats(0.0, 5_000.0))
    loose, tight = (make_engine([z], VEHICLE) for z in (zone, replace(zone, margin_m=zone.margin_m + more)))
    for place in data.draw(st.lists(places(ZoneSet([zone])), min_size=1, max_size=8)):
        for metres in (0.0, data.draw(OFFSETS_M)):
            assert not looser(tight.decide(*at(place), metres), loose.decide(*at(place), metres))


@law
@given(st.data())
def test_what_is_not_known_never_loosens(make_engine, data):
    here = data.draw(zone_sets(rules=NEWER_RULES))
    vehicle = data.draw(strategies.VEHICLES)
    now = {
        "time": data.draw(rule_strategies.INSTANTS),
        "state": data.draw(strategies.STATES),
        "emergency": data.draw(st.booleans()),
    }
    fix = at(data.draw(places(here)))
    known = make_engine(here, vehicle).when(**now).decide(*fix)
    for name in vehicle.attributes:
        rest = {key: own for key, own in vehicle.attributes.items() if key != name}
        nameless = Vehicle(vehicle.sensors, rest, limits=vehicle.limits, shows=vehicle.shows)
        assert not looser(make_engine(here, nameless).when(**now).decide(*fix), known)
    engine = make_engine(here, vehicle)
    for forgotten in ({"time"}, {"state"}, {"emergency"}, set(now)):
        view = engine.when(**(now | dict.fromkeys(forgotten)))
        assert not looser(view.decide(*fix), known), forgotten


@law
@given(st.data())
def test_vehicle_that_can_do_less_is_never_looser(make_engine, data):
    here = data.draw(zone_sets(rules=NEWER_RULES))
    vehicle, now = data.draw(strategies.VEHICLES), data.draw(CIRCUMSTANCES)
    able = Vehicle(vehicle.sensors, vehicle.attributes, limits=strategies.ABLE.limits, shows=rule_strategies.NOTICES)
    unable = Vehicle(vehicle.sensors, vehicle.attributes)
    fix = at(data.draw(places(here)))
    unable, between, able = (make_engine(here, own).when(**now).decide(*fix) for own in (unable, vehicle, able))
    assert not looser(unable, between)
    assert not looser(between, able)


@law
@given(st.data())
def test_engines_say_the_same_of_any_rules(data):
    """Also of what a newer version wrote: one reads it from a pack, the other has the rules as they are."""
    here = data.draw(zone_sets(rules=NEWER_RULES, places=PLACES))
    vehicle, now = data.draw(strategies.VEHICLES), data.draw(CIRCUMSTANCES)
    place, other, metres = (data.draw(s) for s in (places(here), places(here), OFFSETS_M))
    one, two = (open_engine(here, vehicle, engine=name).when(**now) for name in contract.ENGINES)
    assert answers(one, place, other, metres) == answers(two, place, other, metres)
    assert one.valid_until == two.valid_until


@law
@given(st.data())
def test_arrays_of_many_say_what_their_decisions_say(make_engine, data):
    here = data.draw(zone_sets(rules=rule_strategies.rules()))
    fixes = [at(place) for place in data.draw(st.lists(places(here), min_size=1, max_size=6))]
    metres = data.draw(st.lists(OFFSETS_M, min_size=len(fixes), max_size=len(fixes)))
    engine = make_engine(here, data.draw(strategies.VEHICLES)).when(**data.draw(CIRCUMSTANCES))
    assert_arrays_agree(engine.decide_many([lat for lat, _ in fixes], [lon for _, lon in fixes], metres))


def assert_arrays_agree(many):
    """The arrays of limits and notices say of each fix what its decision says, and nothing where that is silent."""
    for sensor in (*SENSORS, "camera"):
        below = [name for name in SENSORS if name == sensor or name.startswith(f"{sensor}.")]
        for name in AT_MOST + NO_FINER:
            values = many.limits(sensor, name)
            asked = [[own.limits[s][name] for s in below if name in own.limits[s]] for own in many]
            tightest = min if name in AT_MOST else max
            assert values.mask.tolist() == [not own for own in asked]
            assert values.data.tolist() == [tightest(own, default=nothing_asked(name)) for own in asked]
        for notice in rule_strategies.NOTICES:
            is_asked = [any(notice in own.must_show[s] for s in below) for own in many]
            assert many.must_show(sensor, notice).tolist() == is_asked


@law
@given(st.data())
def test_way_is_never_looser_than_any_position_on_it(make_engine, data):
    here = data.draw(zone_sets())
    engine = make_engine(here, VEHICLE)
    x, y = data.draw(places(here))
    step = data.draw(st.sampled_from([1, 300, 20_000]))
    dx, dy = data.draw(st.tuples(st.integers(-step, step), st.integers(-step, step)))
    count = data.draw(st.integers(1, 12))
    on_way = [(exact.wrapped(x + i * dx), y + i * dy) for i in range(count + 1)]
    assume(all(abs(y) <= exact.POLE for _, y in on_way))
    for metres in (0.0, data.draw(OFFSETS_M)):
        way = engine.decide_path(*at(on_way[0]), *at(on_way[-1]), metres)
        assert asks(way) == asks(engine.decide_path(*at(on_way[-1]), *at(on_way[0]), metres))
        for place in on_way:
            single = engine.decide(*at(place), metres)
            assert not looser(way, single)


def moved_by(fix, azimuth, metres):
    """The position in degrees ``lat, lon`` that lies so many metres of geodesic away."""
    lon, lat, _ = GEOD.fwd(fix[1], fix[0], azimuth, metres)
    return lat, lon


@law
@given(st.data())
def test_disc_is_never_looser_than_an_exact_position_in_it(make_engine, data):
    here = data.draw(zone_sets(places=PLACES))
    engine = make_engine(here, VEHICLE)
    fix, goal = (at(data.draw(places(here))) for _ in range(2))
    metres = data.draw(OFFSETS_M)
    azimuths = data.draw(st.lists(st.floats(0.0, 360.0), min_size=4, max_size=4))
    inside = [moved_by(fix, azimuth, metres * share) for azimuth in azimuths for share in (0.3, 0.9, 1.0)]
    disc = engine.decide(*fix, metres)
    for lat, lon in inside if metres else ():
        assert not looser(disc, engine.decide(lat, lon), zones=Reason.NEAR_POLE not in disc.reasons)
    apart = GEOD.inv(fix[1], fix[0], goal[1], goal[0])[2]
    if 0.0 < apart <= 10_000.0:
        disc = engine.decide(*fix, apart)
        if Reason.NEAR_POLE in disc.reasons:  # no distance is judged: all is off, whatever zones say
            assert disc.disabled == frozenset(VEHICLE.sensors)
        else:
            assert not looser(disc, engine.decide(*goal))


@law
@given(st.data())
def test_safe_radius_holds_no_position_with_another_answer(make_engine, data):
    here = data.draw(zone_sets(places=PLACES))
    engine = make_engine(here, VEHICLE)
    fix = at(data.draw(places(here)))
    radius = engine.safe_radius(*fix, data.draw(OFFSETS_M.filter(bool)))
    answer = engine.decide(*fix)
    for azimuth in range(0, 360, 20):
        for share in (0.5, 1.0):
            assert engine.decide(*moved_by(fix, azimuth, radius * share)) == answer
    goal = at(data.draw(places(here)))
    if GEOD.inv(fix[1], fix[0], goal[1], goal[0])[2] <= radius:
        assert engine.decide(*goal) == answer
    if not has_coverage(here):
        _assert_is_useful(engine, fix)


def _assert_is_useful(engine, fix):
    """It is near the distance to the nearest border, no needless 0."""
    if abs(fix[0]) <= 84.5:
        clearances = [abs(hit.clearance_m) for hit in engine.near(*fix, 5_000.0)]
        nearest = min(clearances, default=5_000.0)
        assert engine.safe_radius(*fix, 5_000.0) >= (nearest - 0.02) / 1.04 - 1e-6


@dear(20, 8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_zone_sets_are_values(make_engine, data):
    """Joined, parted, put in another order, written or pickled: equal sets, equal hashes, equal answers."""
    here = data.draw(zone_sets(rules=rule_strategies.rules(), places=PLACES))
    here = ZoneSet([replace(zone, timezone="Europe/Berlin") for zone in here], here.header)
    *some, last = here
    same = [
        ZoneSet(reversed(here.zones), here.header),
        ZoneSet(some, here.header).with_zones([last]),
        here.with_zones([replace(last, id="other")]).without_zones(["other"]),
        pickle.loads(pickle.dumps(here)),
        ZoneSet.parse(here.to_geojson_text()),
    ]
    place, other, metres = (data.draw(s) for s in (places(here), places(here), OFFSETS_M))
    expected = answers(make_engine(here, VEHICLE), place, other, metres)
    for twin in same:
        assert twin == here
        assert hash(twin) == hash(here)
        assert answers(make_engine(twin, VEHICLE), place, other, metres) == expected
    assert here.without_zones([last.id]) != here
    assert last.id not in here.without_zones([last.id])
    with pytest.raises(KeyError, match="zone 'absent': must be in the set to be left out"):
        here.without_zones(["absent"])
    with pytest.raises(ZoneFileError, match="an id must be used only once"):
        here.with_zones([last])


WHOLE_DAYS = Condition(active=(Window(hours=(Hours(time(0), time(0)),)),))
SINCE_AN_INSTANT = Condition(active=(Window(since=datetime(2026, 6, 5, 10, tzinfo=UTC)),))


@pytest.mark.parametrize(
    "zone",
    [
        contract.yard(Rule(["camera"], Level.OFF, when=WHOLE_DAYS), timezone="UTC"),
        contract.yard(Rule(["camera"], Level.OFF, unless=[WHOLE_DAYS]), timezone="UTC"),
        contract.yard(Rule(["camera"], Level.OFF, when=SINCE_AN_INSTANT)),
    ],
    ids=["whole-day", "whole-day-lifts", "instant-without-timezone"],
)
def test_zone_set_that_is_accepted_can_be_written_and_read(zone):
    assert ZoneSet.parse(ZoneSet([zone]).to_geojson_text()) == ZoneSet([zone])


@law
@given(st.data())
def test_certainty_says_whether_the_answer_may_differ_in_the_disc(make_engine, data):
    """Where the answer is CERTAIN, every position in the disc has it."""
    here = data.draw(zone_sets())
    engine = make_engine(here, VEHICLE)
    fix, metres = at(data.draw(places(here))), data.draw(OFFSETS_M)
    decision = engine.decide(*fix, metres)
    if decision.certainty == Certainty.CERTAIN:
        for azimuth in range(0, 360, 45):
            assert asks(engine.decide(*moved_by(fix, azimuth, metres))) == asks(decision)
    assert (decision.certainty == Certainty.UNKNOWN) == bool(
        {Reason.OUTSIDE_COVERAGE, Reason.NEAR_POLE} & set(decision.reasons)
    )


@pytest.mark.parametrize("west_of", [180.0, -180.0])
@pytest.mark.parametrize("east_of", [180.0, -180.0])
def test_zone_split_at_the_antimeridian_has_no_border_there_however_it_is_written(make_engine, west_of, east_of):
    """Its two parts may be drawn at +180, at -180, or at one each: these are the same place."""
    halves = contract.box(west_of - 1.0, 0.0, west_of, 1.0), contract.box(east_of, 0.0, east_of + 1.0, 1.0)
    split = {"type": "MultiPolygon", "coordinates": [half["coordinates"] for half in halves]}
    engine = make_engine([Zone("split", split, [contract.OFF])], VEHICLE)
    for lon in (180.0, -180.0, 179.9999):
        assert engine.near(0.5, lon, 1_000.0) == [Near("split", -1_000.0)]
        assert engine.decide(0.5, lon, 50.0).certainty == Certainty.CERTAIN
        assert engine.safe_radius(0.5, lon) == 10_000.0


def test_near_one_unit_beside_an_edge_of_many_degrees_is_above_0(make_engine):
    """Clearance at most 0 means covered, also where the distance is far below a micrometre."""
    ring = [[-112.6406827, -30.0159876], [150.2070815, 49.3130514], [-112.6406827, 49.3130514]]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    engine = make_engine([Zone("wide", shape, [contract.OFF])], VEHICLE)
    lat, lon = -5.1240419, -30.1640467
    assert not exact.Area.of(shape).covers(exact.snap(lon), exact.snap(lat))
    assert engine.decide(lat, lon).zones == ()
    (clearance,) = (hit.clearance_m for hit in engine.near(lat, lon, 100.0))
    assert 0.0 < clearance < 1e-6


def many_zones():
    """Zones of some thousand vertices: what engines build at the first use takes a while."""
    edge = [(130_000_000 + 100 * i, 450_000_000 + (i % 2) * 900) for i in range(3_000)]
    ring = shape_strategies.units_ring([*edge, (130_300_000, 450_100_000), (130_000_000, 450_100_000)])
    rule = contract.OFF
    shifted = [[[lon + i * 0.005, lat] for lon, lat in ring] for i in range(6)]
    return [Zone(f"z{i}", {"type": "Polygon", "coordinates": [own]}, [rule]) for i, own in enumerate(shifted)]


def test_four_threads_answer_as_one(make_engine):
    """Each from the very first question on: nothing may be built lazily and unguarded."""
    zones = ZoneSet(many_zones())
    fixes = [(45.0 + 0.00009 * (i % 7) / 6, 13.0 + 0.06 * i / 200) for i in range(200)]
    moment = datetime(2026, 6, 5, 10, tzinfo=UTC)

    def ask(engine, begin=lambda: None):
        begin()
        view = engine.when(moment)
        many = list(view.decide_many(*zip(*fixes, strict=True)))
        ways = [engine.decide_path(*a, *b) for a, b in zip(fixes[::20], fixes[10::20], strict=False)]
        return (
            many,
            ways,
            [view.near(*fix, 50.0) for fix in fixes[::40]],
            [view.safe_radius(*fix) for fix in fixes[::40]],
        )

    expected = ask(make_engine(zones, VEHICLE))
    for _ in range(5):
        engine, barrier, found = make_engine(zones, VEHICLE), threading.Barrier(4), []
        work = [
            threading.Thread(target=lambda e=engine, b=barrier, f=found: f.append(ask(e, b.wait))) for _ in range(4)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        assert found == [expected] * 4
