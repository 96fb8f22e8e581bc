"""A state machine that drives a monitor past borders of zones, and checks it at every step against the truth."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from geopolicy.engines.open import open as open_engine
from geopolicy.model.decisions import Certainty
from geopolicy.model.fixes import Fix
from geopolicy.model.rules import STATES, Level
from geopolicy.monitor.monitor import Monitor
from geopolicy.testing.drive_strategies import METRES_PER_DEGREE, START, moved
from geopolicy.testing.zone_strategies import positions, zone_sets

if TYPE_CHECKING:
    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle
    from geopolicy.zonefile.zone_set import ZoneSet

_ACCURACIES_M = st.sampled_from([0.6, 3.0, 8.0, 25.0, 50.0])
_AZIMUTHS = st.floats(0.0, 360.0)
_MOST_SHARE = 0.9
_SHARES = st.floats(0.0, _MOST_SHARE)
_PERIODS_S = st.sampled_from([0.1, 1.0, 2.0, 10.0])
_FAULTS = st.sampled_from(["lat", "valid", "accuracy", "zero"])
_WORDS = st.none() | st.booleans()
_STATES = st.none() | st.sampled_from(STATES)
_STEEP_LAT = 83.0
_STANDING_FIXES = 20  # one a second: after a jump a monitor doubts for 10 s, and then holds zones for 5 s


class MonitorMachine(RuleBasedStateMachine):
    """Hypothesis looks for calls after which a monitor is looser than the truth allows.

    A vehicle moves no faster than the profile says, or stands still; fixes are within their accuracy of it, or have
    faults that a monitor must see; between them time passes, and zones are lost and come back. After every call with a
    time each sensor must be restricted at least as `Engine.decide` says for the true position, time, state and
    emergency, and unless the answer is UNKNOWN all zones that apply there must be named.

    Subclass it for zones of your own, and for what you have built round a monitor. A test runner finds the attribute
    ``TestCase``.

    Attributes
    ----------
    zone_set
        The zones; None, the default: any that `zone_sets` makes.
    vehicle
        Whose sensors are decided about; None: one with ten common sensors.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import settings
    >>> from hypothesis.stateful import run_state_machine_as_test
    >>> class MyMachine(MonitorMachine):
    ...     zone_set = gp.read_zones("zones/worked-example.geojson")
    >>> TestMyZones = MyMachine.TestCase  # for pytest and unittest
    >>> run_state_machine_as_test(MyMachine, settings=settings(max_examples=5, stateful_step_count=10, deadline=None))
    """

    zone_set: ZoneSet | None = None
    vehicle: Vehicle | None = None
    monitor: Monitor
    engine: Engine

    def make_monitor(self, engine: Engine) -> Any:
        """The monitor to be driven, or what stands in for one: with ``update``, ``tick``, ``swap``, ``decision``, and a
        ``profile``, of which ``v_max_mps`` says how fast the vehicle is.
        """
        return Monitor(engine)

    @initialize(data=st.data())
    def _begin(self, data: st.DataObject) -> None:
        zones = self.zone_set if self.zone_set is not None else data.draw(zone_sets(kinds=("overlapping", "tiling")))
        self.engine = open_engine(zones, self.vehicle)
        self.monitor = self.make_monitor(self.engine)
        self._v_max_mps = self.monitor.profile.v_max_mps
        lat, self._lon = data.draw(positions(zones))
        self._lat = max(-_STEEP_LAT, min(_STEEP_LAT, lat))
        self._at_s = 0.0
        self._state: str | None = None
        self._emergency: bool | None = None
        self._told_s = 0.0
        self._truth: Decision | None = None
        self._has_zones = True
        self._border = positions(zones)
        if data.draw(st.booleans()):
            self._stand(data.draw(_ACCURACIES_M), data.draw(_SHARES), data.draw(_AZIMUTHS))

    @rule(accuracy_m=_ACCURACIES_M, error=_SHARES, way=_AZIMUTHS)
    def stand(self, *, accuracy_m: float, error: float, way: float) -> None:
        """The vehicle stands still until a monitor has no doubt left, so that sensors are on where no zone is near."""
        self._stand(accuracy_m, error, way)

    @rule(
        after_s=_PERIODS_S, share=_SHARES, azimuth=_AZIMUTHS, accuracy_m=_ACCURACIES_M, error=_SHARES, way=_AZIMUTHS,
        has_time=st.booleans(), state=_STATES, emergency=_WORDS,
    )  # fmt: skip
    def good_fix(
        self, *, after_s: float, share: float, azimuth: float, accuracy_m: float, error: float, way: float,
        has_time: bool, state: str | None, emergency: bool | None,
    ) -> None:  # fmt: skip
        """The vehicle moves, and its receiver says where it is, within the accuracy that it states."""
        self._move(after_s, share, azimuth)
        lat, lon = moved(self._lat, self._lon, error * accuracy_m, way)
        time = START + timedelta(seconds=self._at_s) if has_time else None
        self._tell(Fix(lat, lon, accuracy_m, time, self._at_s), state, emergency)

    @rule(
        after_s=_PERIODS_S,
        share=_SHARES,
        azimuth=_AZIMUTHS,
        fault=_FAULTS,
    )
    def bad_fix(self, *, after_s: float, share: float, azimuth: float, fault: str) -> None:
        """The vehicle moves, and its receiver says something useless."""
        self._move(after_s, share, azimuth)
        fix = Fix(self._lat, self._lon, 3.0, None, self._at_s)
        spoilt = {
            "lat": replace(fix, lat=float("nan")),
            "valid": replace(fix, lat=fix.lat / 2.0, valid=False),
            "accuracy": replace(fix, lat=fix.lat / 2.0, accuracy_95_m=None),
            "zero": replace(fix, lat=0.0, lon=0.0),
        }
        self._tell(spoilt[fault], None, None)

    @rule(after_s=_PERIODS_S, share=_SHARES, azimuth=_AZIMUTHS)
    def silence(self, *, after_s: float, share: float, azimuth: float) -> None:
        """The vehicle moves, and the receiver says nothing."""
        self._move(after_s, share, azimuth)
        self.monitor.tick(self._at_s)
        self._look()

    @rule(after_s=_PERIODS_S, data=st.data())
    def silent_approach(self, *, after_s: float, data: st.DataObject) -> None:
        """The vehicle drives to a border, or towards it, and the receiver says nothing."""
        lat, lon = data.draw(self._border)
        north_m = (lat - self._lat) * METRES_PER_DEGREE
        east_deg = (lon - self._lon + 180.0) % 360.0 - 180.0
        east_m = east_deg * METRES_PER_DEGREE * math.cos(math.radians(self._lat))
        share = min(math.hypot(north_m, east_m) / (self._v_max_mps * after_s), _MOST_SHARE)
        self._move(after_s, share, math.degrees(math.atan2(east_m, north_m)))
        self.monitor.tick(self._at_s)
        self._look()

    @precondition(lambda self: self._has_zones)
    @rule()
    def lose_zones(self) -> None:
        """The zones are lost."""
        self.monitor.swap(None)
        self._has_zones, self._truth = False, None

    @precondition(lambda self: not self._has_zones)
    @rule()
    def bring_zones(self) -> None:
        """The zones come back."""
        self.monitor.swap(self.engine)
        self._has_zones, self._truth = True, None

    @invariant()
    def _no_looser_than_the_truth(self) -> None:
        self._check()

    def _check(self) -> None:
        if self._truth is None:
            return
        told = self.monitor.decision
        for sensor, level in self._truth.levels.items():
            if told.levels[sensor] < level:
                raise AssertionError(
                    f"looser at lat {self._lat!r}, lon {self._lon!r}, {self._at_s:g} s: {sensor} is"
                    f" {Level(told.levels[sensor]).label}, where the true position asks {level.label}; told: {told!r},"
                    f" true: {self._truth!r}"
                )
        if told.certainty != Certainty.UNKNOWN and not set(told.zones) >= set(self._truth.zones):
            raise AssertionError(
                f"a zone is missing at lat {self._lat!r}, lon {self._lon!r}: {told!r}, {self._truth!r}"
            )

    def _move(self, after_s: float, share: float, azimuth: float) -> None:
        self._at_s += after_s
        self._lat, self._lon = moved(self._lat, self._lon, share * self._v_max_mps * after_s, azimuth)

    def _stand(self, accuracy_m: float, error: float, way: float) -> None:
        lat, lon = moved(self._lat, self._lon, error * accuracy_m, way)
        for _ in range(_STANDING_FIXES):
            self._at_s += 1.0
            self._tell(Fix(lat, lon, accuracy_m, None, self._at_s), None, None)
            self._check()

    def _tell(self, fix: Fix, state: str | None, emergency: bool | None) -> None:
        self._state, self._emergency = state, emergency
        self.monitor.update(fix, state, emergency=emergency)
        self._look()

    def _look(self) -> None:
        """What holds at the true position."""
        time = START + timedelta(seconds=self._at_s)
        self._truth = self.engine.when(time, self._state, self._emergency).decide(self._lat, self._lon)
