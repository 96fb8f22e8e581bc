"""What every engine must answer and refuse, as a class of tests to subclass."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geopolicy.model.decisions import Certainty
from geopolicy.model.rules import STATES, Level, Rule
from geopolicy.model.sensors import Vehicle
from geopolicy.model.zones import Zone
from geopolicy.testing.edges import edge_positions
from geopolicy.testing.rule_strategies import INSTANTS, SENSORS, rules, vehicles
from geopolicy.testing.tightness import looser
from geopolicy.testing.zone_strategies import PLACES, positions, zone_sets, zones
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision

_law = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.differing_executors],
)
_VEHICLE = Vehicle(SENSORS)
_METRES = st.sampled_from([0.0, 0.5, 3.0, 30.0, 250.0, 2_000.0, 10_000.0]) | st.floats(0.0, 10_000.0)
_BAD_POSITIONS = st.sampled_from(
    [
        (90.0000001, 0.0),
        (-91.0, 0.0),
        (math.nan, 0.0),
        (math.inf, 0.0),
        (0.0, 180.0000001),
        (0.0, -181.0),
        (0.0, math.nan),
    ]
)
_BAD_LENGTHS = st.sampled_from([math.nan, -1e-9, -5.0, 10_000.001, math.inf, -math.inf])
_MOST_LAT = 85.0  # beyond it no distance is judged
_NOW = st.tuples(st.none() | INSTANTS, st.none() | st.sampled_from(STATES), st.none() | st.booleans())
_SQUARE = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
_YARD = ZoneSet([Zone("yard", _SQUARE, [Rule(["camera"], Level.OFF)])])


class EngineContract:
    """The laws of `Engine`, for one that is not of this library, or wraps one that is.

    Subclass it and say how an engine is opened; its tests are found by pytest. How many examples each law is tried
    with, says the profile of Hypothesis.

    Examples
    --------
    >>> import geopolicy as gp
    >>> class TestMyEngine(EngineContract):
    ...     def open_engine(self, zones, vehicle):
    ...         return gp.open(zones, vehicle, engine="reference")
    >>> TestMyEngine().test_what_is_no_position_is_refused_without_showing_it()
    """

    def open_engine(self, zones: ZoneSet, vehicle: Vehicle) -> Engine:
        """The engine under test, for some zones and a vehicle."""
        raise NotImplementedError(f"{type(self).__name__} must say how its engine is opened: def open_engine")

    @_law
    @given(zone_sets())
    def test_edges_are_covered_and_one_unit_beside_them_is_not(self, zone_set: ZoneSet) -> None:
        """Exactly the zones that cover a position apply there."""
        for zone in zone_set:
            engine = self.open_engine(ZoneSet([zone]), _VEHICLE)
            found = list(edge_positions(zone))
            many = engine.decide_many([lat for lat, _, _ in found], [lon for _, lon, _ in found])
            for (lat, lon, is_covered), decision in zip(found, many, strict=True):
                named = {cause.zone_id for cause in decision.causes}
                assert named == ({zone.id} if is_covered else set()), f"lat {lat!r}, lon {lon!r} of {zone.id}"

    @_law
    @given(st.data())
    def test_one_position_or_many_or_a_way_of_length_0_are_answered_alike(self, data: st.DataObject) -> None:
        """Also with accuracies, and at times of their own."""
        zone_set = data.draw(zone_sets(rules=rules()))
        engine = self.open_engine(zone_set, data.draw(vehicles())).when(*data.draw(_NOW))
        places = data.draw(st.lists(positions(zone_set), min_size=1, max_size=5))
        metres = data.draw(st.lists(_METRES, min_size=len(places), max_size=len(places)))
        times = data.draw(st.lists(st.none() | INSTANTS, min_size=len(places), max_size=len(places)))
        lat, lon = [place[0] for place in places], [place[1] for place in places]
        many, timed = engine.decide_many(lat, lon, metres), engine.decide_many(lat, lon, metres, times)
        for i, place in enumerate(places):
            assert many[i] == engine.decide(*place, metres[i]) == engine.decide_path(*place, *place, metres[i])
            assert timed[i] == engine.when(times[i], engine.state, engine.emergency).decide(*place, metres[i])

    @_law
    @given(st.data())
    def test_another_zone_never_loosens(self, data: st.DataObject) -> None:
        """Of positions, discs and ways."""
        lat, lon = data.draw(st.sampled_from(PLACES))
        one, two = (data.draw(zones(name, lat=lat, lon=lon, rules=rules())) for name in ("one", "two"))
        vehicle, now = data.draw(vehicles()), data.draw(_NOW)
        more = ZoneSet([one, two])
        loose, tight = (self.open_engine(own, vehicle).when(*now) for own in (ZoneSet([one]), more))
        place, other, metres = (data.draw(own) for own in (positions(more), positions(more), _METRES))
        for ask in _ASKS:
            _assert_as_tight(ask(tight, place, other, metres), ask(loose, place, other, metres))

    @_law
    @given(st.data())
    def test_what_is_not_known_never_loosens(self, data: st.DataObject) -> None:
        """No time, no state, no word about emergencies, no attribute of the vehicle."""
        zone_set = data.draw(zone_sets(rules=rules()))
        vehicle, place = data.draw(vehicles()), data.draw(positions(zone_set))
        time, state, emergency = data.draw(st.tuples(INSTANTS, st.sampled_from(STATES), st.booleans()))
        engine = self.open_engine(zone_set, vehicle)
        known = engine.when(time, state, emergency).decide(*place)
        for told in ((None, state, emergency), (time, None, emergency), (time, state, None), (None, None, None)):
            _assert_as_tight(engine.when(*told).decide(*place), known)
        nameless = Vehicle(vehicle.sensors, limits=vehicle.limits, shows=vehicle.shows)
        _assert_as_tight(self.open_engine(zone_set, nameless).when(time, state, emergency).decide(*place), known)

    @_law
    @given(st.data())
    def test_way_or_disc_is_no_looser_than_a_position_on_it(self, data: st.DataObject) -> None:
        """Ends and middle of a way, middle of a disc."""
        zone_set = data.draw(zone_sets())
        engine = self.open_engine(zone_set, _VEHICLE)
        lat, lon = data.draw(positions(zone_set))
        x, y = round(lon * 1e7), round(lat * 1e7)
        reach = st.integers(-20_000, 20_000)
        dx, dy = data.draw(st.tuples(reach, reach))
        ways = [(x + i * dx, y + i * dy) for i in range(3)]
        if all(abs(y) <= 900_000_000 and abs(x) <= 1_800_000_000 for x, y in ways):
            start, middle, end = ((y / 1e7, x / 1e7) for x, y in ways)
            way = engine.decide_path(*start, *end)
            for place in (start, middle, end):
                _assert_as_tight(way, engine.decide(*place))
        _assert_as_tight(engine.decide(lat, lon, data.draw(_METRES)), engine.decide(lat, lon))

    @_law
    @given(st.data())
    def test_zones_nearby_and_safe_radius_agree_with_decisions(self, data: st.DataObject) -> None:
        """A clearance of at most 0 is where a zone covers; a disc of it meets the zone, one of the safe radius none."""
        zone_set = ZoneSet(data.draw(zone_sets(rules=rules())).zones)
        engine = self.open_engine(zone_set, data.draw(vehicles())).when(*data.draw(_NOW))
        lat, lon = data.draw(positions(zone_set))
        radius = data.draw(_METRES)
        if abs(lat) > _MOST_LAT:
            assert engine.safe_radius(lat, lon, radius) == 0.0
            return
        hits = engine.near(lat, lon, radius)
        assert hits == sorted(hits, key=lambda hit: (hit.clearance_m, hit.zone_id))
        covering = tuple(sorted(hit.zone_id for hit in hits if hit.clearance_m <= 0.0))
        assert covering == engine.decide(lat, lon).zones
        for hit in hits:
            assert abs(hit.clearance_m) <= radius
            assert hit.zone_id in engine.decide(lat, lon, max(hit.clearance_m, 0.0)).zones
        assert set(engine.decide(lat, lon, radius).zones) >= {hit.zone_id for hit in hits}
        safe = engine.safe_radius(lat, lon, radius)
        assert 0.0 <= safe <= radius
        if safe > 0.0:
            assert engine.decide(lat, lon, safe * 0.9).zones == engine.decide(lat, lon).zones

    @given(_BAD_POSITIONS)
    @_law
    def test_what_is_no_position_is_refused_without_showing_it(self, position: tuple[float, float]) -> None:
        """Single calls raise, `decide_many` restricts."""
        engine = self.open_engine(_YARD, _VEHICLE)
        for ask in (
            lambda: engine.decide(*position),
            lambda: engine.decide_path(*position, 45.0, 13.0),
            lambda: engine.decide_path(45.0, 13.0, *position),
            lambda: engine.near(*position, 10.0),
            lambda: engine.safe_radius(*position),
        ):
            text = _refusal(ask)
            assert not any(repr(number) in text for number in position if number != 0.0)
        good, bad = engine.decide_many([45.0, position[0]], [13.0, position[1]])
        assert good == engine.decide(45.0, 13.0)
        assert (bad.disabled, bad.certainty) == (frozenset(_VEHICLE.sensors), Certainty.UNKNOWN)

    @given(_BAD_LENGTHS)
    @_law
    def test_length_out_of_range_is_refused(self, metres: float) -> None:
        """Single calls raise, `decide_many` restricts."""
        engine = self.open_engine(_YARD, _VEHICLE)
        for ask in (
            lambda: engine.decide(45.0, 13.0, metres),
            lambda: engine.decide_path(45.0, 13.0, 45.1, 13.0, metres),
            lambda: engine.near(45.0, 13.0, metres),
            lambda: engine.safe_radius(45.0, 13.0, metres),
        ):
            _refusal(ask)
        (bad,) = engine.decide_many([45.0], [13.0], [metres])
        assert (bad.disabled, bad.certainty) == (frozenset(_VEHICLE.sensors), Certainty.UNKNOWN)


_ASKS: tuple[Callable[..., Decision], ...] = (
    lambda engine, place, _, metres: engine.decide(*place, metres),
    lambda engine, place, other, _: engine.decide_path(*place, *other),
    lambda engine, place, other, metres: engine.decide_path(*place, *other, metres),
)


def _assert_as_tight(one: Decision, other: Decision) -> None:
    parts = looser(one, other)
    assert not parts, f"{', '.join(parts)}: {one!r}, where {other!r} is asked"


def _refusal(ask: Callable[[], object]) -> str:
    """The text of the ValueError that a call must raise."""
    try:
        answer = ask()
    except ValueError as error:
        return str(error)
    raise AssertionError(f"ValueError must be raised, got the answer {answer!r}")
