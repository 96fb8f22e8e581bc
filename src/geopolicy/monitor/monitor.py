"""Fixes over time to decisions that are right to act on."""

from __future__ import annotations

from collections import Counter, deque
from math import inf, isfinite

from geopolicy.engines.views import Views
from geopolicy.model.decisions import Certainty, Reason
from geopolicy.model.rules import STATES, Level
from geopolicy.model.sensors import Vehicle
from geopolicy.model.transitions import Transition
from geopolicy.monitor import safe_region as quiets
from geopolicy.monitor.compose import Verdicts
from geopolicy.monitor.consent import Consent
from geopolicy.monitor.fix_grade import FUTURE_S, Grade, Intake, judge, place_of
from geopolicy.monitor.latches import MARGIN_M, Latches
from geopolicy.monitor.profile import MonitorProfile
from geopolicy.monitor.query import Look, Sight, is_expired
from geopolicy.monitor.receiver_flags import Signals
from geopolicy.monitor.swap import check as check_succession
from geopolicy.monitor.track import JUMP_M, Place, Track, number
from geopolicy.monitor.transitions import differs, transition_kind, where_failed
from geopolicy.monitor.wall_clock import WallClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix
    from geopolicy.monitor.safe_region import Quiet

KEPT_TRANSITIONS = 1024


class Monitor:
    """Turns a stream of fixes into decisions: restricts at once, loosens slowly, and never raises while driving.

    A pure state machine for one drive: it reads no clock and touches no file. Give it every fix (`update`), and
    the time between fixes (`tick`), several times a second: a decision is right at the moment of the call.
    One thread at a time may call it.

    Parameters
    ----------
    engine
        What decides (`geopolicy.open`); None where it could not be opened: the fallback decides.
    vehicle
        Whose sensors are decided about, where there is no engine.
    profile
        The bounds of the error model, and what sensors do while nothing is known (`MonitorProfile`).
    fallback
        The level of sensors, by name, while there is no engine; off where nothing is said.
    consents
        What people agreed to (`Consent`). They hold from `collect` on, or at once with
        ``MonitorProfile(starts_collecting=True)``.
    clock_floor
        An aware datetime before which no time stamp is believed, such as the last one of the drive before;
        by default the time at which the zones were issued, where they say so.
    last_zones
        Ids of the zones that applied when the last drive ended. They apply until fixes deny them.

    Raises
    ------
    ValueError
        If profile or fallback do not suit the vehicle, a level of the fallback is none, ``clock_floor`` is naive, or
        ``last_zones`` is a text.

    Examples
    --------
    >>> import geopolicy as gp
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zones = gp.ZoneSet([gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])])
    >>> monitor = gp.Monitor(gp.open(zones, gp.Vehicle(["camera.front", "radar"])))
    >>> def fix(seconds, lon):
    ...     return gp.Fix(45.5, lon, accuracy_95_m=4, monotonic_s=seconds, speed_mps=20)
    >>> for seconds in range(7):
    ...     decision = monitor.update(fix(seconds, 12.99 + seconds * 2e-4))
    >>> decision
    <Decision certain, off: none, zones: none>
    >>> monitor.update(fix(50, 13.0))
    <Decision possible, off: camera.front, zones: square>
    """

    def __init__(
        self,
        engine: Engine | None,
        *,
        vehicle: Vehicle | None = None,
        profile: MonitorProfile | None = None,
        fallback: Mapping[str, Level] | None = None,
        consents: Iterable[Consent] = (),
        clock_floor: datetime | None = None,
        last_zones: Iterable[str] = (),
    ) -> None:
        self.vehicle = engine.vehicle if engine is not None else vehicle or Vehicle()
        self.profile = profile or MonitorProfile()
        if clock_floor is None and engine is not None:
            clock_floor = engine.header.issued
        if clock_floor is not None and clock_floor.utcoffset() is None:
            raise ValueError(f"clock_floor must be an aware datetime, got {clock_floor.isoformat()}")
        if isinstance(last_zones, str):
            raise ValueError(f"last_zones must be a list of ids, got the text {last_zones!r}")
        self.collecting = self.profile.starts_collecting
        self.counters: Counter[str] = Counter()
        self.last_error: str | None = None
        self._engine = engine
        self._newest = None if engine is None else engine.header
        self._verdicts = Verdicts(self.vehicle, self.profile, fallback)
        self._consents = tuple(consents)
        self._clock = WallClock(clock_floor)
        self._track = Track(self.profile.v_max_mps)
        self._zones = Latches(last_zones)
        self._doubts = Latches([Reason.NO_FIX] if engine is not None else [Reason.NO_FIX, Reason.NO_PACK])
        self._views = None if engine is None else Views(engine)
        self._quiet: Quiet | None = None
        self._state: str | None = None
        self._last: Fix | None = None
        self._signals = Signals()
        self._now_s = -inf
        self._doubted_since_s = -inf
        self._lost: Decision | None = None
        self._told: Decision | None = None
        self._transitions: deque[Transition] = deque(maxlen=KEPT_TRANSITIONS)
        self._count = 0
        self.decision = self._conclude(Sight())

    def update(self, fix: Fix, state: str | None = None, *, now_s: float | None = None) -> Decision:
        """The decision after a fix. Never raises: what cannot be judged restricts.

        Parameters
        ----------
        fix
            The fix, good or bad. ``monotonic_s`` is when it was measured.
        state
            ``"driving"`` or ``"parked"``; anything else is not known.
        now_s
            The time of this call on the same monotonic clock, where it is later than the fix.
        """
        try:
            quiet = self._quiet
            is_quiet = quiet is not None and state == self._state and self._is_quiet(fix, now_s, quiet)
        except Exception:  # something in the fix is no number: it is judged in full
            is_quiet = False
        return self.decision if is_quiet else self._answer(lambda: self._judge(fix, state, now_s))

    def tick(self, monotonic_s: float) -> Decision:
        """The decision at a later time without a fix: where the vehicle may be has grown. Never raises."""
        return self._answer(lambda: self._pass_time(number(monotonic_s)))

    def swap(self, engine: Engine | None) -> Decision:
        """The decision by other zones, which decide from now on. None: the zones were lost, the fallback decides.

        Raises
        ------
        UpdateError
            If the zones are older than those in use, or of another set or vehicle. Those in use go on.
        """
        if engine is not None:
            check_succession(engine, self._newest, self.vehicle)
            self._newest = engine.header
            self._clock.raise_floor(engine.header.issued)
        elif self._engine is not None:
            self._lost = self.decision
        self._engine = engine
        self._views = None if engine is None else Views(engine)
        return self._answer(self._look_after_swap, is_swap=True)

    def collect(self, *, is_collecting: bool = True) -> Decision:
        """The decision after the driver lets sensors collect for which there is consent, or stops it."""
        self.collecting = is_collecting
        return self._answer(self._look_again)

    def grant(self, consent: Consent) -> Decision:
        """The decision after somebody consented.

        Raises
        ------
        TypeError
            For anything but a `Consent`.
        """
        if not isinstance(consent, Consent):
            raise TypeError(f"grant needs a Consent, got {type(consent).__name__}")
        self._consents = (*self._consents, consent)
        return self._answer(self._look_again)

    def withdraw(self, who: str) -> Decision:
        """The decision after somebody took every consent back; ``who`` exactly as in the consents."""
        self._consents = tuple(consent for consent in self._consents if consent.who != who)
        return self._answer(self._look_again)

    def transitions(self, after: int = 0) -> Iterator[Transition]:
        """The transitions with a higher number than ``after``, in order. The last 1,024 are kept."""
        return iter([transition for transition in self._transitions if transition.number > after])

    @property
    def engine(self) -> Engine | None:
        """What decides; None where there are no zones."""
        return self._engine

    @property
    def time(self) -> datetime | None:
        """The wall-clock time, as far as it can be trusted; else None."""
        return self._clock.now(self._now_s)

    def __repr__(self) -> str:
        return f"<Monitor of {self._engine!r}: {self.decision!r}>"

    def _answer(self, work: Callable[[], Decision], *, is_swap: bool = False) -> Decision:
        try:
            return self._tell(work(), is_swap=is_swap)
        except Exception as error:  # whatever it is, the answer is to restrict
            return self._fail(error)

    def _pass_time(self, now_s: float) -> Decision:
        quiet, trail = self._quiet, self._track.trusted
        is_timely = trail is not None and self._now_s <= now_s <= trail.place.at_s + self.profile.stale_after_s
        if quiet is not None and trail is not None and is_timely and quiet.holds(trail.place, now_s):
            self._now_s = now_s
            return self.decision
        if not isfinite(now_s):
            self.counters["no_monotonic_time"] += 1
            return self._look_again(Intake(Grade.IGNORED, doubt=Reason.CLOCK))
        self._now_s = max(self._now_s, now_s)
        return self._look_again()

    def _is_quiet(self, fix: Fix, now_s: float | None, quiet: Quiet) -> bool:
        """Takes in a fix that cannot change anything; False, and nothing is taken in, if it might."""
        trail, last, at_s, accuracy_m = self._track.trusted, self._last, fix.monotonic_s, fix.accuracy_95_m
        if trail is None or last is None or at_s is None or accuracy_m is None:
            return False
        if fix.valid is not True or fix.spoofing or fix.jamming or (fix.lat == 0.0 and fix.lon == 0.0):
            return False
        call_s = max(self._now_s, at_s if now_s is None else now_s)
        radius_m = accuracy_m * self.profile.accuracy_factor
        is_timely = number(last.monotonic_s) < at_s <= call_s + FUTURE_S and call_s <= at_s + self.profile.stale_after_s
        if not (is_timely and 0.0 < radius_m <= self.profile.max_accuracy_m and -180.0 <= fix.lon <= 180.0):
            return False
        place = place_of(fix, fix.lat, fix.lon, radius_m, min(at_s, call_s))
        if not quiet.take(place, call_s):
            return False
        excess_m = trail.excess_m(place, quiet.step_m(trail.place, place))
        was_trusted = self._clock.is_trusted
        self._clock.judge(fix.time, place.at_s, may_set=True)
        if excess_m > JUMP_M or self._clock.is_trusted != was_trusted:
            return False
        trail.move(place, excess_m)
        self._now_s, self._last = call_s, fix
        self._signals.clear()
        return True

    def _judge(self, fix: Fix, state: str | None, now_s: float | None) -> Decision:
        """Takes in a fix, whatever it is."""
        call_s = number(fix.monotonic_s if now_s is None else now_s)
        if isfinite(call_s):
            self._now_s = max(self._now_s, call_s)
        self._state = state if state in STATES else None
        intake = judge(fix, self._now_s, self._last, self.profile)
        if intake.count is not None:
            self.counters[intake.count] += 1
        self._signals.note(fix, intake, self._now_s)
        start = None
        if intake.place is not None:
            is_usable = intake.grade == Grade.USABLE
            self._clock.judge(fix.time, intake.place.at_s, may_set=is_usable)
            if intake.count != "same_time":
                self._last = fix
            if is_usable:
                start, is_jump = self._track.take(intake.place)
                if is_jump:
                    self.counters["jump"] += 1
                if self._now_s - intake.place.at_s > self.profile.stale_after_s:
                    self.counters["late"] += 1
        return self._look_again(intake, start)

    def _look_again(self, intake: Intake | None = None, start: Place | None = None) -> Decision:
        """What holds now, after a fix or without one."""
        if self._quiet is not None:
            self._lock(self._quiet.depths, self._quiet.latest_s)
            self._quiet = None
        view, sight, places = self._view(), Sight(), self._track.places()
        is_usable = intake is not None and intake.grade == Grade.USABLE
        look = None if view is None else Look(view, self._now_s, self.profile)
        if look is not None:
            self._see(look, sight, intake, start)
        doubts = dict.fromkeys(sight.doubts, self._now_s) | self._own_doubts(view, intake)
        sight.doubts.update(doubts)
        if not len(self._doubts):
            self._doubted_since_s = min(doubts.values(), default=self._now_s)
        self._zones.set(sight.zones | sight.ahead)
        self._doubts.set(doubts)
        if is_usable:
            wide = Sight() if look is None else look.around(places, MARGIN_M)
            at_s = max(place.at_s for place in places)
            self._zones.deny(wide.zones | sight.zones | sight.ahead, at_s)
            self._doubts.deny(wide.doubts | sight.doubts, at_s)
            if view is not None:
                self._rest(view, sight, wide)
        return self._conclude(sight)

    def _see(self, look: Look, sight: Sight, intake: Intake | None, start: Place | None) -> None:
        newest, places = self._track.newest(), self._track.places()
        look.at(sight, places, start=start, end=newest)
        if intake is not None and intake.grade == Grade.SUSPECT and intake.place is not None:
            for begin in (*places, None):
                look.at(sight, [intake.place], start=begin, end=intake.place)
            look.ahead(sight, intake.place)
        if newest is not None:
            look.ahead(sight, newest)

    def _own_doubts(self, view: Engine | None, intake: Intake | None) -> dict[str, float]:
        """What leaves the place or the zones unknown now, beside what the engine says, and since when."""
        newest, now_s, stale_s = self._track.newest(), self._now_s, self.profile.stale_after_s
        doubts = self._signals.doubts(now_s)
        if newest is None:
            doubts[Reason.NO_FIX] = now_s
        elif now_s - newest.at_s > stale_s:
            doubts[Reason.STALE] = newest.at_s + stale_s
        if intake is not None and intake.doubt is not None:
            doubts[intake.doubt] = now_s
        if view is None:
            doubts[Reason.NO_PACK] = now_s
        elif self.profile.hard_expiry and is_expired(view):
            doubts[Reason.EXPIRED] = now_s
        return doubts

    def _look_after_swap(self) -> Decision:
        """What holds by other zones; the depth in these counts from the last fix on."""
        for place in self._track.places():
            self._lock(self._depths(place), place.at_s)
        return self._look_again()

    def _depths(self, place: Place) -> dict[str, float]:
        """How deep a place is in zones, in force or not."""
        return {} if self._views is None else Look(self._views.at(None), self._now_s, self.profile).depths(place)

    def _lock(self, depths: Mapping[str, float], at_s: float) -> None:
        """Keeps zones for as long as leaving them takes from a depth at a time."""
        self._zones.lock({zone: at_s + depth_m / self.profile.v_max_mps for zone, depth_m in depths.items()})

    def _rest(self, view: Engine, sight: Sight, wide: Sight) -> None:
        """After a good fix: keeps deep zones, in force or not, and finds the quiet around it."""
        place = self._track.newest()
        if place is None:
            return
        depths = self._depths(place)
        self._lock(depths, place.at_s)
        is_settled = self._zones.is_settled() and not len(self._doubts) and self._track.rival is None
        is_clear = not (sight.ahead or sight.is_possible or wide.is_possible)
        if is_settled and is_clear and self._zones.keys() == sight.zones:
            self._quiet = quiets.find(view, place, self._now_s, self._until_s(view), depths, self.profile)

    def _until_s(self, view: Engine) -> float:
        """When time alone may change a rule or a consent, on the monotonic clock."""
        times = [view.valid_until] if view.valid_until is not None else []
        spans = ((consent.given, consent.until) for consent in self._consents)
        times += [time for span in spans for time in span if self.time is not None and time > self.time]
        return min((self._clock.monotonic_s(time) for time in times), default=inf)

    def _view(self) -> Engine | None:  # at this time and state
        return None if self._views is None else self._views.at(self.time, self._state)

    def _conclude(self, sight: Sight) -> Decision:
        doubts, zones = self._doubts.keys(), self._zones.keys()
        floors = self._verdicts.floors(doubts, self._now_s - self._doubted_since_s)
        lost = self._lost if Reason.NO_PACK in doubts else None
        reasons = set(doubts)
        is_doubled = self._track.rival is not None
        reasons |= ({Reason.JUMP} if is_doubled else set()) | ({Reason.AHEAD} if sight.ahead - sight.zones else set())
        is_possible = sight.is_possible or is_doubled
        certainty = Certainty.UNKNOWN if doubts else Certainty.POSSIBLE if is_possible else Certainty.CERTAIN
        consented = self._verdicts.consented(self._consents if self.collecting else (), self.time)
        view = self._view()
        held = zones - sight.zones - sight.ahead
        return self._verdicts.decide(view, zones, held, frozenset(reasons), certainty, floors, consented, lost)

    def _tell(self, decision: Decision, *, is_swap: bool = False) -> Decision:
        """Makes a decision the current one; a transition where it differs."""
        self.decision = decision
        if is_swap or differs(self._told, decision):
            self._count += 1
            turn = transition_kind(self._told, decision, is_swap=is_swap)
            digest = None if self._engine is None else self._engine.digest
            before, self._told = self._told, decision
            self._transitions.append(Transition(self._count, turn, before, decision, self._now_s, self.time, digest))
        return decision

    def _fail(self, error: Exception) -> Decision:
        """Restricts everything after an error within."""
        self.counters["internal"] += 1
        self.last_error = where_failed(error)
        self._quiet = None
        self._doubts.set([Reason.INTERNAL])
        off = (Level.OFF,) * len(self.vehicle.sensors)
        reasons = self._doubts.keys()
        return self._tell(
            self._verdicts.decide(None, frozenset(), frozenset(), reasons, Certainty.UNKNOWN, off, frozenset())
        )
