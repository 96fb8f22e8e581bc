"""Laws that answers must keep, as assertions: a failure names the position, the time, the sensor and both answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.engines.contract import Engine, check_length
from geopolicy.engines.open import open as open_engine
from geopolicy.model.zones import Zone
from geopolicy.testing.asked import given_positions, given_times, telling_positions
from geopolicy.testing.moments import Circumstances, circumstances_of
from geopolicy.testing.tightness import looser
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle

    Source = Engine | ZoneSet | Zone
    Position = tuple[float, float]

_WANTED = "an Engine, a ZoneSet or a Zone"
_MOST_LAT = 85.0  # beyond it no distance is judged
_NEAR_M = 50.0
_MOST_DISTANCES = 1_000


def assert_not_looser(
    before: Source,
    after: Source,
    *,
    vehicle: Vehicle | None = None,
    positions: Iterable[Position] | None = None,
    times: Iterable[datetime | None] | None = None,
    accuracy_95_m: float = 0.0,
    engine: str = "auto",
    about: Zone | ZoneSet | None = None,
    zone_names: bool = False,
) -> None:
    """Passes if nowhere ``after`` asks less of a sensor than ``before`` does.

    Parameters
    ----------
    before, after
        Zones, a zone, or engines for the same vehicle.
    vehicle
        Whose sensors are looked at, where zones are given; one with ten common sensors unless told.
    positions
        Pairs ``(lat, lon)`` in degrees; by default the `edge_positions` of the zones on both sides, the edges of their
        coverages and places some degrees beside those, and 30 places over the Earth.
    times
        Aware datetimes, None for a time that is not known; by default the `edge_instants` of all rules, in every state
        and emergency that they ask for.
    accuracy_95_m
        Metres, 0 to 10,000: the radius of the disc that is asked about.
    engine
        With which zones are opened (`geopolicy.open`).
    about
        The zones whose edges and rules are asked about by default, instead of those on both sides.
    zone_names
        Whether each zone that ``before`` names must be named by ``after``, too.

    Raises
    ------
    AssertionError
        At the first position at which it asks less.
    TypeError
        For something else on either side, engines without ``about`` and ``positions``, or positions that are no pairs
        of numbers.
    ValueError
        For engines of different vehicles; for positions that are none, no positions, no times, or an accuracy that is
        not 0 to 10,000 m: an assertion that asks nothing would hold.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> blind, silent = (gp.Rule([sensor], gp.Level.OFF) for sensor in ("camera", "microphone"))
    >>> before, after = gp.Zone("school", square, [blind, silent]), gp.Zone("school", square, [blind])
    >>> assert_not_looser(after, before)
    >>> try:
    ...     assert_not_looser(before, after, vehicle=gp.Vehicle(["camera", "microphone"]))
    ... except AssertionError as error:
    ...     print(error)
    looser at lat 45.0, lon 13.0 (time not known, state not known, emergency not known): level of microphone;
    before: <Decision certain, off: camera, microphone, zones: school>, microphone off,
    after: <Decision certain, off: camera, zones: school>, microphone allow
    """
    sides = _Sides(before, after, vehicle, (engine, engine), about)
    places = sides.positions(positions)

    def check(one: Decision, other: Decision) -> str:
        parts = looser(other, one, zones=zone_names)
        return f"{', '.join(parts)}; before: {_levels(one, parts)}, after: {_levels(other, parts)}" if parts else ""

    sides.compare(places, times, accuracy_95_m, "looser", check)


def assert_same_answers(
    engine_a: Source,
    engine_b: Source,
    *,
    vehicle: Vehicle | None = None,
    positions: Iterable[Position] | None = None,
    times: Iterable[datetime | None] | None = None,
    accuracy_95_m: float = 0.0,
    about: Zone | ZoneSet | None = None,
) -> None:
    """Passes if two engines give the same answers: decisions with all their causes, near zones, safe radii.

    Parameters
    ----------
    engine_a, engine_b
        Engines for the same vehicle. Zones may stand on either side: the first are opened with the kernel, where there
        is one, and the second with the reference engine.
    vehicle, positions, times, accuracy_95_m, about
        As in `assert_not_looser`. Zones within 50 m and the safe radius are compared at up to 1,000 of the positions,
        spread evenly, that are within 85 degrees of latitude.

    Raises
    ------
    AssertionError
        At the first position at which they differ.
    TypeError
        For something else on either side, engines without ``about`` and ``positions``, or positions that are no pairs
        of numbers.
    ValueError
        For engines of different vehicles; for positions that are none, no positions, no times, or an accuracy that is
        not 0 to 10,000 m: an assertion that asks nothing would hold.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    >>> assert_same_answers(zones, zones)
    """
    sides = _Sides(engine_a, engine_b, vehicle, ("auto", "reference"), about)
    places = sides.positions(positions)

    def check(one: Decision, other: Decision) -> str:
        if one == other:
            return ""
        named = [s for s in one.levels if (one.levels[s], one.limits[s]) != (other.levels[s], other.limits[s])]
        what = ", ".join(named) or "no sensor's level"
        return f"{what}; first: {one.as_dict()}, second: {other.as_dict()}"

    sides.compare(places, times, accuracy_95_m, "different", check)
    sides.compare_distances(places)


def _levels(decision: Decision, parts: Sequence[str]) -> str:
    """A decision, and the levels of the sensors that are spoken of."""
    named = [name for name in decision.levels if any(part.endswith(f" of {name}") for part in parts)]
    levels = "".join(f", {name} {decision.levels[name].label}" for name in named)
    return f"{decision!r}{levels}"


class _Sides:
    """Two engines, and the zones by which they are asked."""

    def __init__(
        self,
        one: Source,
        other: Source,
        vehicle: Vehicle | None,
        names: tuple[str, str],
        about: Zone | ZoneSet | None,
    ) -> None:
        sources = [ZoneSet([own]) if isinstance(own, Zone) else own for own in (one, other)]
        for source in sources:
            if not isinstance(source, (Engine, ZoneSet)):
                raise TypeError(f"both sides must be {_WANTED}, got {type(source).__name__}")
        if vehicle is None:  # that of an engine, where one is given
            vehicle = next((source.vehicle for source in sources if isinstance(source, Engine)), None)
        asked_about = sources if about is None else [ZoneSet([about]) if isinstance(about, Zone) else about]
        self.zones = [source for source in asked_about if isinstance(source, ZoneSet)]
        self.engines = [
            open_engine(source, vehicle, name) if isinstance(source, ZoneSet) else source
            for source, name in zip(sources, names, strict=True)
        ]
        if self.engines[0].vehicle != self.engines[1].vehicle:
            raise ValueError("both sides must be for the same vehicle, got two")

    def positions(self, given: Iterable[Position] | None) -> list[Position]:
        if given is not None:
            return given_positions(given)
        if not self.zones:
            raise TypeError("positions or about must be given where both sides are engines, got neither")
        return telling_positions(self.zones)

    def circumstances(self, times: Iterable[datetime | None] | None) -> list[Circumstances]:
        if times is not None:
            return [Circumstances(time) for time in given_times(times)]
        return circumstances_of(zone for zones in self.zones for zone in zones)

    def compare(
        self,
        places: Sequence[Position],
        times: Iterable[datetime | None] | None,
        accuracy_95_m: float,
        word: str,
        check: Callable[[Decision, Decision], str],
    ) -> None:
        """Fails at the first position at which ``check`` says that something is wrong with two decisions."""
        check_length("accuracy_95_m", accuracy_95_m)
        lat, lon = [place[0] for place in places], [place[1] for place in places]
        for now in self.circumstances(times):
            one, other = (own.when(*now).decide_many(lat, lon, accuracy_95_m) for own in self.engines)
            said: dict[tuple[int, int], str] = {}
            for place, codes in zip(places, zip(one.codes.tolist(), other.codes.tolist(), strict=True), strict=True):
                if codes not in said:
                    said[codes] = check(one.table[codes[0]], other.table[codes[1]])
                if said[codes]:
                    raise AssertionError(f"{word} at lat {place[0]!r}, lon {place[1]!r} ({now}): {said[codes]}")

    def compare_distances(self, places: Sequence[Position]) -> None:
        """Fails at the first position at which the zones nearby or the safe radius differ."""
        one, other = self.engines
        for lat, lon in places[:: max(len(places) // _MOST_DISTANCES, 1)]:
            if abs(lat) <= _MOST_LAT:
                for name in ("near", "safe_radius"):
                    answers = [getattr(engine, name)(lat, lon, _NEAR_M) for engine in (one, other)]
                    if answers[0] != answers[1]:
                        where = f"lat {lat!r}, lon {lon!r} ({name})"
                        raise AssertionError(f"different at {where}; first: {answers[0]}, second: {answers[1]}")
