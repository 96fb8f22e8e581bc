"""Doubles of an engine and a monitor that give decisions in a stated order, to test what a program does with them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from geopolicy.engines.contract import Engine, assign, check_length, check_position
from geopolicy.model.decisions import Certainty, Decision, Reason
from geopolicy.model.rules import Level
from geopolicy.model.sensors import Vehicle
from geopolicy.model.zones import ZoneFileHeader
from geopolicy.monitor.monitor import Monitor
from geopolicy.monitor.track import as_float

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from typing import Any, Self

    from numpy.typing import ArrayLike

    from geopolicy.model.batches import Decisions
    from geopolicy.model.decisions import Near
    from geopolicy.model.fixes import Fix
    from geopolicy.monitor.profile import MonitorProfile

    Scripted = Decision | Mapping[str, Level]


def make_decision(
    vehicle: Vehicle | None = None,
    levels: Mapping[str, Level] | None = None,
    *,
    zones: Iterable[str] = (),
    certainty: Certainty = Certainty.CERTAIN,
    reasons: Iterable[Reason] | None = None,
) -> Decision:
    """A decision that asks nothing but levels.

    Parameters
    ----------
    vehicle
        Whose sensors are decided about; one with ten common sensors unless told.
    levels
        By name, as rules name sensors: ``"camera"`` stands for all below it, ``"*"`` for all sensors. Where several
        names fit, the highest level counts; where none does, `Level.ALLOW`.
    zones, certainty, reasons
        As in `Decision`. Unless told, the reason is ``in_zone`` where there are zones.

    Raises
    ------
    ValueError
        For a name that stands for no sensor of the vehicle.

    Examples
    --------
    >>> import geopolicy as gp
    >>> make_decision(gp.Vehicle(["camera.front", "radar"]), {"camera": gp.Level.OFF}, zones=["depot"])
    <Decision certain, off: camera.front, zones: depot>
    """
    vehicle = Vehicle() if vehicle is None else vehicle
    named = dict.fromkeys(vehicle.sensors, Level.ALLOW)
    for name, level in (levels or {}).items():
        below = vehicle.sensors if name == "*" else vehicle.below(name)
        if not below:
            raise ValueError(f"sensor {name!r}: the vehicle must have it, got one with {', '.join(vehicle.sensors)}")
        named.update({sensor: max(named[sensor], Level(level)) for sensor in below})
    ids = tuple(sorted(zones))
    why = ((Reason.IN_ZONE,) if ids else ()) if reasons is None else tuple(reasons)
    nothing: Mapping[str, Any] = MappingProxyType(dict.fromkeys(vehicle.sensors, frozenset()))
    no_limits: Mapping[str, Any] = MappingProxyType(dict.fromkeys(vehicle.sensors, MappingProxyType({})))
    levels = MappingProxyType(named)
    return Decision(vehicle, levels, nothing, frozenset(), no_limits, nothing, ids, certainty, why)


class _Script:
    """Decisions in their order; where they end, every sensor is off."""

    def __init__(self, decisions: Iterable[Scripted], vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._left: Iterator[Scripted] = iter(decisions)
        self.asked = 0

    def next(self) -> Decision:
        self.asked += 1
        scripted = next(self._left, None)
        if scripted is None:
            reasons = (Reason.INTERNAL,)
            return make_decision(self._vehicle, {"*": Level.OFF}, certainty=Certainty.UNKNOWN, reasons=reasons)
        decision = scripted if isinstance(scripted, Decision) else make_decision(self._vehicle, scripted)
        if decision.vehicle != self._vehicle:
            raise ValueError(f"decision {self.asked} of the script must be about the vehicle of the double")
        return decision


class ScriptedEngine(Engine):
    """An engine without zones that answers each question with the next decision of a script.

    It is asked as any engine is, and single positions that are none are refused. Each call of `decide`, `decide_path`
    and `decide_zones` takes one decision, `decide_many` one for each position. Views (`when`) go on with the same
    script. When it has ended, every sensor is off and the certainty is UNKNOWN, with reason ``internal``.

    A `Monitor` asks its engine several times a fix, and about zones: to say what a monitor decides, take a
    `ScriptedMonitor`.

    Parameters
    ----------
    decisions
        Decisions (`make_decision`), or levels by name; also without an end.
    vehicle
        Whose sensors they are about; one with ten common sensors unless told.

    Raises
    ------
    ValueError
        When a decision about another vehicle is come to.

    Examples
    --------
    >>> import geopolicy as gp
    >>> engine = ScriptedEngine([{}, {"camera": gp.Level.OFF}], gp.Vehicle(["camera.front", "radar"]))
    >>> [engine.decide(45.0, 13.0) for _ in range(3)]
    [<Decision certain, off: none, zones: none>,
     <Decision certain, off: camera.front, zones: none>,
     <Decision unknown, off: camera.front, radar, zones: none>]
    """

    _script: _Script

    def __init__(self, decisions: Iterable[Scripted], vehicle: Vehicle | None = None) -> None:
        vehicle = Vehicle() if vehicle is None else vehicle
        script = _Script(decisions, vehicle)
        assign(
            self, name="scripted", vehicle=vehicle, time=None, state=None, emergency=None, exempts=True, _script=script
        )

    @property
    def asked(self) -> int:
        """How many decisions were asked for, those after the end of the script too."""
        return self._script.asked

    @property
    def valid_until(self) -> datetime | None:
        """None: time changes nothing."""
        return None

    @property
    def zone_ids(self) -> tuple[str, ...]:
        """None at all."""
        return ()

    @property
    def header(self) -> ZoneFileHeader:
        """An empty one."""
        return ZoneFileHeader()

    @property
    def digest(self) -> str | None:
        """None: there is no pack."""
        return None

    @property
    def expires(self) -> datetime | None:
        """None: nothing expires."""
        return None

    def decide_zones(self, zone_ids: Iterable[str]) -> Decision:  # noqa: ARG002  # the script says it
        """The next decision."""
        return self._script.next()

    def when(self, time: datetime | None = None, state: str | None = None, emergency: bool | None = None) -> Self:
        """A view that goes on with the same script, whatever it is told."""
        return self._view(time=time, state=state, emergency=emergency)

    def without_exemptions(self) -> Self:
        """A view that goes on with the same script."""
        return self._view(exempts=False)

    def _view(self, **changed: Any) -> Self:
        view = object.__new__(type(self))
        assign(view, **self.__dict__ | changed)
        return view

    def decide(self, lat: float, lon: float, accuracy_95_m: float = 0.0) -> Decision:
        """The next decision."""
        check_position(lat, lon)
        check_length("accuracy_95_m", accuracy_95_m)
        return self._script.next()

    def decide_path(self, lat0: float, lon0: float, lat1: float, lon1: float, accuracy_95_m: float = 0.0) -> Decision:
        """The next decision."""
        check_position(lat0, lon0)
        check_position(lat1, lon1)
        check_length("accuracy_95_m", accuracy_95_m)
        return self._script.next()

    def decide_many(
        self,
        lat: ArrayLike,
        lon: ArrayLike,
        accuracy_95_m: ArrayLike | None = None,  # noqa: ARG002  # the script says it
        time: Any = None,  # noqa: ARG002
        threads: int = 1,  # noqa: ARG002
    ) -> Decisions:
        """The next decisions, one for each position."""
        import numpy as np

        from geopolicy.model.batches import Decisions

        if np.shape(lat) != np.shape(lon) or np.ndim(lat) != 1:
            raise ValueError(f"lat and lon must have one shape (n,), got {np.shape(lat)} and {np.shape(lon)}")
        number: dict[Decision, int] = {}
        codes = [number.setdefault(self._script.next(), len(number)) for _ in range(len(np.asarray(lat)))]
        return Decisions(np.array(codes, dtype=np.uint32), tuple(number))

    def near(self, lat: float, lon: float, radius_m: float) -> list[Near]:
        """None: there are no zones."""
        check_position(lat, lon)
        check_length("radius_m", radius_m)
        return []

    def safe_radius(self, lat: float, lon: float, limit_m: float = 10_000.0) -> float:
        """0: the next position may get another decision."""
        check_position(lat, lon)
        check_length("limit_m", limit_m)
        return 0.0


class ScriptedMonitor(Monitor):
    """A monitor without zones that answers each fix and each tick with the next decision of a script.

    It is used as any monitor is. `update` and `tick` take one decision each; all other calls leave it as it is, and
    transitions are made as always. When the script has ended, or something in it is wrong, every sensor is off, as in a
    monitor in which something failed.

    Parameters
    ----------
    decisions
        Decisions (`make_decision`), or levels by name; also without an end.
    vehicle
        Whose sensors they are about; one with ten common sensors unless told.
    profile
        As in `Monitor`; the script does not look at it.

    Examples
    --------
    >>> import geopolicy as gp
    >>> monitor = ScriptedMonitor([{}, {"camera": gp.Level.OFF}, {}], gp.Vehicle(["camera.front", "radar"]))
    >>> decisions = [monitor.update(gp.Fix(45.0, 13.0, 3.0, monotonic_s=second)) for second in range(3)]
    >>> [sorted(decision.disabled) for decision in decisions]
    [[], ['camera.front'], []]
    >>> [str(transition.kind) for transition in monitor.transitions()]
    ['loosened', 'restricted', 'loosened']
    """

    def __init__(
        self, decisions: Iterable[Scripted], vehicle: Vehicle | None = None, *, profile: MonitorProfile | None = None
    ) -> None:
        super().__init__(None, vehicle=vehicle, profile=profile)
        self._script = _Script(decisions, self.vehicle)

    def update(
        self, fix: Fix, state: str | None = None, *, now_s: float | None = None, emergency: bool | None = None
    ) -> Decision:
        """The next decision. Never raises."""
        return self._go_on(lambda: self._drive.take(fix, state, emergency, now_s))

    def tick(self, monotonic_s: float) -> Decision:
        """The next decision. Never raises."""
        return self._go_on(lambda: self._drive.pass_time(as_float(monotonic_s)))

    def _go_on(self, work: Callable[[], object]) -> Decision:
        def scripted() -> Decision:
            work()  # time goes on, and fixes are counted
            return self._script.next()

        return super()._answer(scripted)

    def _answer(self, work: Callable[[], Decision], *, is_swap: bool = False) -> Decision:
        """The answer to all other calls: the decision as it is."""
        work()
        return self._publish(self.decision, is_swap=is_swap)
