"""The vehicles of a SUMO simulation, each with a monitor: fixes come from libsumo or TraCI, decisions go back there."""

from __future__ import annotations

from datetime import timedelta
from math import atan2, degrees, hypot, inf, isfinite, nan
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.base.arguments import check_bool, check_callable, check_kind, number
from geopolicy.engines.unmatched import warn_of_unmatched
from geopolicy.geometry.tangent_plane import scales
from geopolicy.model.fixes import Fix
from geopolicy.model.rules import Level
from geopolicy.model.times import require_aware
from geopolicy.monitor.monitor import Monitor
from geopolicy.monitor.profile import MonitorProfile
from geopolicy.monitor.swap import check_engine
from geopolicy.monitor.transitions import differs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision

EXACT_M = 0.1
"""Stands for the accuracy of an exact position, since a monitor takes 0 m for none; the grid's unit is 0.011 m."""
COLOURS: Mapping[Level, tuple[int, int, int, int]] = MappingProxyType(
    {
        Level.OFF: (213, 94, 0, 255),
        Level.NO_RECORD: (230, 159, 0, 255),
        Level.IN_VEHICLE: (240, 228, 66, 255),
        Level.ANONYMIZE: (86, 180, 233, 255),
        Level.ALLOW: (255, 255, 255, 255),
    }
)
"""Of vehicles, by their tightest level, from vermilion to white; red, green and blue are told apart by all."""
_PREFIX = "geopolicy"
_BASE_M = 100.0
_STEEPEST_LAT = 85.0
_POSITION, _SPEED, _ANGLE, _STOP_STATE, _DEPARTURE = 0x42, 0x40, 0x43, 0xB5, 0x3A  # variables of TraCI
_VARIABLES = (_POSITION, _SPEED, _ANGLE, _STOP_STATE, _DEPARTURE)
_NEEDED = frozenset(_VARIABLES)
_PARKED = 2  # bit of the stop state
_LEAST_TOLD = -1e9  # SUMO says -2**30 for what is not known


class _Motion(NamedTuple):
    """Where a vehicle is in the net, in metres, how it moves there, and when it departed."""

    position: tuple[float, float]
    speed_mps: float
    angle_deg: float
    stop_state: int
    departed_s: float


class SumoFleet:
    """A monitor for every vehicle of a running SUMO simulation.

    Make one after ``libsumo.start`` (or ``traci.start``) and `step` it in place of ``simulationStep``. A vehicle gets
    its monitor when SUMO inserts it, and loses it when it leaves; one that is inserted under the id of another is
    another vehicle. What is decided stands in the vehicle's parameters
    (``geopolicy.level``, ``geopolicy.certainty``, ``geopolicy.zones``, and ``geopolicy.level.SENSOR`` for each sensor)
    and in its colour, by the tightest level.

    The clock of the monitors is the time of the simulation. A vehicle that parks is ``"parked"``, any other
    ``"driving"``; whether there is an emergency is not known. Positions are those of the middle of the front bumper.

    Parameters
    ----------
    engine
        What decides for all vehicles, or a function that gives the engine of a vehicle by its id in SUMO.
    sumo
        The module ``libsumo`` or ``traci``, or a connection of traci; by default ``libsumo``.
    profile
        Of all monitors; by default `MonitorProfile`'s own values.
    accuracy_95_m
        What fixes state; by default they are exact, for which 0.1 m stands.
    start
        The aware time of second 0 of the simulation; None: fixes have no time, and rules with hours hold always.
    receiver
        Given the id of a vehicle and its true fix, gives what the receiver of the vehicle says, such as a `Fix` with
        noise; None: it says nothing at this step.
    is_coloured
        Whether vehicles get colours.

    Raises
    ------
    ImportError
        If libsumo is needed and not installed.
    TypeError
        If ``engine`` or ``sumo`` is something else, or ``is_coloured`` is not True or False.
    ValueError
        If no simulation runs, its net has no geographic coordinates, the accuracy is not above 0, or ``start`` is
        naive.

    Examples
    --------
    >>> import libsumo  # doctest: +SKIP
    >>> libsumo.start(["sumo", "-c", "town.sumocfg"])  # doctest: +SKIP
    >>> fleet = SumoFleet(gp.open("zones/"))  # doctest: +SKIP
    >>> while libsumo.simulation.getMinExpectedNumber():  # doctest: +SKIP
    ...     changed = fleet.step()
    """

    def __init__(
        self,
        engine: Engine | Callable[[str], Engine],
        sumo: Any = None,
        *,
        profile: MonitorProfile | None = None,
        accuracy_95_m: float = EXACT_M,
        start: datetime | None = None,
        receiver: Callable[[str, Fix], Fix | None] | None = None,
        is_coloured: bool = True,
    ) -> None:
        self._engine_of = _engine_of(engine)
        check_kind("profile", profile, (MonitorProfile, NoneType), "a MonitorProfile or None")
        check_callable("receiver", receiver)
        check_bool("is_coloured", is_coloured)
        check_kind("accuracy_95_m", accuracy_95_m, (int, float), "a number of metres")
        accuracy_95_m = number("accuracy_95_m", accuracy_95_m)
        if not (isfinite(accuracy_95_m) and accuracy_95_m > 0.0):
            raise ValueError(f"accuracy_95_m must be above 0 m, got {accuracy_95_m!r}; leave it out if exact")
        if start is not None:
            require_aware("start", start)
        self._sumo = _libsumo() if sumo is None else _checked(sumo)
        self._profile = profile
        self._accuracy_m = accuracy_95_m
        self._start = start
        self._receiver = receiver
        self._is_coloured = is_coloured
        self._grid_north_deg = _grid_north_deg(self._sumo)
        is_inside = getattr(self._sumo, "isLibsumo", bool)()
        self._read = _Getters(self._sumo) if is_inside else _Subscriptions(self._sumo)
        self._monitors: dict[str, Monitor] = {}
        self._checked: set[tuple[str, ...]] = set()  # sensors of which was warned once, if there was a reason
        self._departed: dict[str, float] = {}
        self._written: dict[str, Decision] = {}

    @property
    def monitors(self) -> Mapping[str, Monitor]:
        """The monitors of the vehicles that are there now, by their ids in SUMO."""
        return MappingProxyType(self._monitors)

    @property
    def decisions(self) -> dict[str, Decision]:
        """What holds for the vehicles that are there now, by their ids in SUMO."""
        return {vehicle_id: monitor.decision for vehicle_id, monitor in self._monitors.items()}

    def step(self) -> dict[str, Decision]:
        """One step of the simulation; what was decided of vehicles for which it changed, as `update` says."""
        self._sumo.simulationStep()
        return self._update()

    def update(self) -> dict[str, Decision]:
        """The fixes of all vehicles as they are now, and what was decided of those for which it changed.

        For programs that call ``simulationStep`` on their own.
        """
        return self._update()

    def _update(self) -> dict[str, Decision]:
        now_s = float(self._sumo.simulation.getTime())
        time = None if self._start is None else self._start + timedelta(seconds=now_s)
        here = self._sumo.vehicle.getIDList()
        motions = self._read.motions(here)
        self._free(motions)
        changed: dict[str, Decision] = {}
        for vehicle_id, state, fix in self._fixes(motions, now_s, time):
            monitor = self._monitors.get(vehicle_id)
            if monitor is None:
                monitor = self._monitors[vehicle_id] = self._monitor(vehicle_id)
            received = fix if self._receiver is None else self._receiver(vehicle_id, fix)
            decision = monitor.tick(now_s) if received is None else monitor.update(received, state, now_s=now_s)
            before = self._written.get(vehicle_id)
            if before is not decision:
                self._written[vehicle_id] = decision
                if differs(before, decision):
                    self._write(vehicle_id, decision, before)
                    changed[vehicle_id] = decision
        return changed

    def _monitor(self, vehicle_id: str) -> Monitor:
        engine = self._engine_of(vehicle_id)
        monitor = Monitor(engine, profile=self._profile)
        if engine.vehicle.sensors not in self._checked:
            self._checked.add(engine.vehicle.sensors)
            warn_of_unmatched(engine, stacklevel=4)
        return monitor

    def _free(self, motions: Mapping[str, _Motion]) -> None:
        """Let go of vehicles that left. One that is only between two places, such as teleporting, is still loaded."""
        departed, gone = self._departed, []
        for vehicle_id, motion in motions.items():
            if departed.get(vehicle_id) != motion.departed_s:
                gone.append(vehicle_id)  # it departs once: this is another one, without parameters
                departed[vehicle_id] = motion.departed_s
        missing = departed.keys() - motions.keys()
        if missing:
            for vehicle_id in missing.difference(self._sumo.vehicle.getLoadedIDList()):
                gone.append(vehicle_id)
                del departed[vehicle_id]
        for vehicle_id in gone:
            self._monitors.pop(vehicle_id, None)
            self._written.pop(vehicle_id, None)

    def _fixes(
        self, motions: Mapping[str, _Motion], now_s: float, time: datetime | None
    ) -> Iterator[tuple[str, str | None, Fix]]:
        """The id, the state and the true fix of each vehicle; those without a position have a fix that is not valid."""
        # As `Fix.from_sumo` says, which takes five times as long; a test holds the two equal.
        convert = self._sumo.simulation.convertGeo
        accuracy_m, north_deg = self._accuracy_m, self._grid_north_deg
        for vehicle_id, ((x, y), speed_mps, angle_deg, stop_state, _) in motions.items():
            lon, lat = convert(x, y) if _is_told(x) and _is_told(y) else (nan, nan)
            yield (
                vehicle_id,
                "parked" if stop_state & _PARKED else "driving",
                Fix(
                    lat,
                    lon,
                    accuracy_m,
                    time,
                    now_s,
                    speed_mps if _is_told(speed_mps) else None,
                    (angle_deg + north_deg) % 360.0 if _is_told(angle_deg) else None,
                    isfinite(lat),
                ),
            )
        for vehicle_id in self._monitors.keys() - motions.keys():
            yield vehicle_id, None, Fix(nan, nan, None, time, now_s, valid=False)

    def _write(self, vehicle_id: str, decision: Decision, before: Decision | None) -> None:
        """Tell the simulation what was decided, as far as it is not what was told before."""
        vehicle = self._sumo.vehicle
        told = {} if before is None else _parameters(before)
        for key, value in _parameters(decision).items():
            if told.get(key) != value:
                vehicle.setParameter(vehicle_id, key, value)
        if self._is_coloured:
            vehicle.setColor(vehicle_id, COLOURS[max(decision.levels.values())])


class _Getters:
    """Asks for each value: within one process that costs less than subscriptions, and vehicles may be removed."""

    def __init__(self, sumo: Any) -> None:
        self._vehicle = sumo.vehicle

    def motions(self, here: Iterable[str]) -> dict[str, _Motion]:
        """How each of some vehicles moves."""
        vehicle = self._vehicle
        position, speed, angle, stop = vehicle.getPosition, vehicle.getSpeed, vehicle.getAngle, vehicle.getStopState
        departure = vehicle.getDeparture
        return {name: _Motion(position(name), speed(name), angle(name), stop(name), departure(name)) for name in here}


class _Subscriptions:
    """Has the values sent with each step: over a socket each question costs a round trip.

    SUMO joins them to what the program itself subscribed to of a vehicle.
    """

    def __init__(self, sumo: Any) -> None:
        self._vehicle = sumo.vehicle

    def motions(self, here: Iterable[str]) -> dict[str, _Motion]:
        """How each of some vehicles moves."""
        told = self._vehicle.getAllSubscriptionResults()
        is_new = False
        for name in here:
            if name not in told or not told[name].keys() >= _NEEDED:
                self._vehicle.subscribe(name, _VARIABLES)
                is_new = True
        if is_new:
            told = self._vehicle.getAllSubscriptionResults()
        return {name: _Motion(*(told[name][variable] for variable in _VARIABLES)) for name in here}


def _is_told(value: float) -> bool:
    return value > _LEAST_TOLD and isfinite(value)


def _parameters(decision: Decision) -> dict[str, str]:
    """What the parameters of a vehicle say of a decision."""
    return {
        f"{_PREFIX}.level": max(decision.levels.values()).label,
        f"{_PREFIX}.certainty": str(decision.certainty),
        f"{_PREFIX}.zones": " ".join(decision.zones),
        **{f"{_PREFIX}.level.{sensor}": level.label for sensor, level in decision.levels.items()},
    }


def _engine_of(engine: Engine | Callable[[str], Engine]) -> Callable[[str], Engine]:
    if callable(engine):
        return engine
    try:
        check_engine(engine)
    except TypeError:
        wanted = "an engine as geopolicy.open makes it, or a function that gives one"
        raise TypeError(f"engine must be {wanted}, got {type(engine).__name__}") from None
    return lambda _: engine


def _checked(sumo: Any) -> Any:
    if not (hasattr(sumo, "simulation") and hasattr(sumo, "vehicle")):
        raise TypeError(f"sumo must be libsumo, traci or a connection of it, got {type(sumo).__name__}")
    return sumo


def _libsumo() -> Any:
    try:
        import libsumo
    except ImportError as error:
        raise ImportError(f"SumoFleet needs libsumo ({error}); pip install 'geopolicy[sumo]'") from None
    return libsumo


def _grid_north_deg(sumo: Any) -> float:
    """The course of the net's north in the middle of the net, clockwise from true north.

    Raises
    ------
    ValueError
        If no simulation runs, or the net has no geographic coordinates: its metres would be taken for degrees.
    """
    if not getattr(sumo, "isLoaded", lambda: True)():  # a connection of traci has no such question
        raise ValueError("a SUMO simulation must be running, got none; start it before the fleet is made")
    (west, south), (east, north) = sumo.simulation.getNetBoundary()
    x, y = (west + east) / 2, (south + north) / 2
    lon, lat = sumo.simulation.convertGeo(x, y)
    ahead_lon, ahead_lat = sumo.simulation.convertGeo(x, y + _BASE_M)
    per_lat, per_lon = scales(lat * 1e7) if abs(lat) < _STEEPEST_LAT else (inf, inf)
    north_m, east_m = (ahead_lat - lat) * 1e7 * per_lat, (ahead_lon - lon) * 1e7 * per_lon
    if not _BASE_M / 2 < hypot(north_m, east_m) < _BASE_M * 2:
        raise ValueError(
            "the SUMO net must have geographic coordinates, got metres alone; make it from OpenStreetMap"
            " (netconvert --osm-files x.osm --proj.utm), or with --proj and --offset.x, --offset.y"
        )
    return degrees(atan2(east_m, north_m))
