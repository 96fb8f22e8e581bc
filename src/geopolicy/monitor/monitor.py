"""Fixes over time to decisions that are right to act on."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from threading import RLock

from geopolicy.base.arguments import check_bool, check_kind, list_of
from geopolicy.engines.parts import digests_in, latest_issue
from geopolicy.model.sensors import Vehicle
from geopolicy.model.times import require_aware
from geopolicy.model.transitions import Transition
from geopolicy.monitor.card import card_of
from geopolicy.monitor.compose import DecisionComposer
from geopolicy.monitor.consent import Consent
from geopolicy.monitor.profile import MonitorProfile
from geopolicy.monitor.state import DriveState
from geopolicy.monitor.swap import check_engine, editions_after_swap, editions_of
from geopolicy.monitor.track import as_float
from geopolicy.monitor.transitions import differs, transition_kind, where_failed
from geopolicy.monitor.wall_clock import WallClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from typing import NoReturn

    from geopolicy.engines.contract import Engine
    from geopolicy.model.card import GateCard
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix
    from geopolicy.model.rules import Level

KEPT_TRANSITIONS = 1024


class Monitor:
    """Turns a stream of fixes into decisions: restricts at once, loosens slowly, and never raises while driving.

    A pure state machine for one drive: it reads no clock and touches no file. Give it every fix (`update`), and
    the time between fixes (`tick`), several times a second: a decision is right at the moment of the call.
    It is for one drive; calls from several threads, such as a swap by one that follows what is published, wait for
    each other.

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
    TypeError
        If ``engine`` is something else, such as a path.
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
        if engine is not None:
            check_engine(engine)
        self._vehicle = engine.vehicle if engine is not None else Vehicle() if vehicle is None else vehicle
        self._profile = MonitorProfile() if profile is None else profile
        check_kind("vehicle", self._vehicle, Vehicle, "a Vehicle or None")
        check_kind("profile", self._profile, MonitorProfile, "a MonitorProfile or None")
        check_kind("fallback", fallback or {}, Mapping, "a mapping of names to Levels, or None")
        if clock_floor is None and engine is not None:
            clock_floor = latest_issue(engine)
        if isinstance(last_zones, str):
            raise ValueError(f"last_zones must be a list of ids, got the text {last_zones!r}")
        last_zones = list_of("last_zones", last_zones, str, "ids")
        composer = DecisionComposer(self._vehicle, self._profile, fallback)
        self._drive = DriveState(engine, self._vehicle, self._profile, composer, WallClock(clock_floor), last_zones)
        self._drive.consents = list_of("consents", consents, Consent, "Consents")
        self._editions = None if engine is None else editions_of(engine)
        self._last_published: Decision | None = None
        self._transitions: deque[Transition] = deque(maxlen=KEPT_TRANSITIONS)
        self._transition_count = 0
        self._last_error: str | None = None
        self._lock = RLock()  # one that a handler of a signal can take once more
        self._decision = self._drive.first()

    # Calls while driving ---------------------------------------------------------

    def update(
        self, fix: Fix, state: str | None = None, *, now_s: float | None = None, emergency: bool | None = None
    ) -> Decision:
        """The decision after a fix. Never raises: what cannot be judged restricts.

        Parameters
        ----------
        fix
            The fix, good or bad. ``monotonic_s`` is when it was measured.
        state
            ``"driving"`` or ``"parked"``; anything else is not known.
        now_s
            The time of this call on the same monotonic clock, where it is later than the fix.
        emergency
            Whether there is an emergency, by which rules may be lifted. Anything but True and False is not known:
            that there is none must be said, too. Like ``state`` it holds until the next call with a fix, good or bad,
            and no longer than a fix is good for (``stale_after_s``).
        """
        with self._lock:
            try:
                is_unchanged = self._drive.skip(fix, state, emergency, now_s)
            except Exception:  # something in the fix is no number: the whole way tells what it is good for
                is_unchanged = False
            if is_unchanged:
                return self._decision
            return self._answer(lambda: self._drive.take(fix, state, emergency, now_s))

    def tick(self, monotonic_s: float) -> Decision:
        """The decision at a later time without a fix: where the vehicle may be has grown. Never raises."""
        with self._lock:
            try:
                is_unchanged = self._drive.skip_time(as_float(monotonic_s))
            except Exception:  # as in `update`
                is_unchanged = False
            if is_unchanged:
                return self._decision
            return self._answer(lambda: self._drive.pass_time(as_float(monotonic_s)))

    def swap(self, engine: Engine | None, *, replace: bool = False, trusted_time: datetime | None = None) -> Decision:
        """The decision by other zones, which decide from now on. None: the zones were lost, the fallback decides.

        Parameters
        ----------
        engine
            Zones that follow those in use: a later revision of the same set that was issued no earlier, or the
            same content once more. A set without id, revision and time of issue may be followed by any.
            Contents are the same where both engines were opened from one pack, or both by the same engine from the
            same zones: one zone file opened by the kernel and by the reference engine counts as two.
            Of several sets each follows by itself, further ones may come, and none may be missing but an overlay that
            has ended.
        replace
            Take any zones for this vehicle, such as a set that was changed in memory and has no revision, or an
            older edition on purpose.
        trusted_time
            An aware datetime that is not later than the true time, such as the last one that was signed and the
            monotonic seconds since; never the stamp of a fix or a clock that can be set. Overlays that end by then may
            be missing. None: no overlay may.

        Raises
        ------
        TypeError
            For anything but an engine and None, and a ``replace`` that is not True or False.
        ValueError
            If ``trusted_time`` is no aware datetime.
        UpdateError
            If the zones are older than those in use, issued earlier, of the same revision with other content, or
            of another set or vehicle, or lack a set that is in use and has not ended. Those in use go on.
        """
        check_bool("replace", replace)
        if trusted_time is not None:
            require_aware("trusted_time", trusted_time)
        if engine is not None:
            check_engine(engine)
        with self._lock:
            editions, before = self._editions, self._decision
            if engine is not None:
                editions = editions_after_swap(
                    engine, editions, self._vehicle, replace=replace, trusted_time=trusted_time
                )
            self._drive.replace_engine(engine, before)
            self._editions = editions
            return self._answer(lambda: self._drive.settle_after_swap(before), is_swap=True)

    def confirm_overlays(self, until_s: float) -> Decision:
        """The decision once all overlays that there are by now are in use, and that is credible until a time.

        From then on, until the next confirmation, no exemption lifts a rule, sensors are at least at the level of
        ``MonitorProfile.on_stale_overlays``, and the reason OVERLAY_STALE is given. Never raises.

        Parameters
        ----------
        until_s
            A time of the monotonic clock of fixes, such as ``UpdateClient.fresh_until_s``. Anything but a finite
            number confirms nothing, and takes back what was confirmed.
        """
        with self._lock:
            return self._answer(lambda: self._drive.confirm_overlays(as_float(until_s)))

    def collect(self, *, is_collecting: bool = True) -> Decision:
        """The decision after the driver lets sensors collect for which there is consent, or stops it.

        Raises
        ------
        TypeError
            For anything but True and False.
        """
        check_bool("is_collecting", is_collecting)
        with self._lock:
            self._drive.is_collecting = is_collecting
            return self._answer(self._drive.settle)

    def grant(self, consent: Consent) -> Decision:
        """The decision after somebody consented.

        Raises
        ------
        TypeError
            For anything but a `Consent`.
        """
        if not isinstance(consent, Consent):
            raise TypeError(f"grant needs a Consent, got {type(consent).__name__}")
        with self._lock:
            self._drive.consents = (*self._drive.consents, consent)
            return self._answer(self._drive.settle)

    def withdraw(self, who: str) -> Decision:
        """The decision after somebody took every consent back; ``who`` exactly as in the consents.

        Who gave none has none to take back: nothing changes, and nothing is said of it.

        Raises
        ------
        TypeError
            For anything but a text.
        """
        check_kind("who", who, str, "a text")
        with self._lock:
            self._drive.consents = tuple(consent for consent in self._drive.consents if consent.who != who)
            return self._answer(self._drive.settle)

    # What it is asked ------------------------------------------------------------

    def transitions(self, after: int = 0) -> Iterator[Transition]:
        """The transitions with a higher number than ``after``, in order. The last 1,024 are kept."""
        with self._lock:
            return iter([transition for transition in self._transitions if transition.number > after])

    def card(self) -> GateCard:
        """What is off or restricted now, since when and by which rules, for a guard at a gate; not where."""
        with self._lock:
            return card_of(self._drive, self._decision, self._transitions)

    @property
    def decision(self) -> Decision:
        """The current decision."""
        return self._decision

    @property
    def vehicle(self) -> Vehicle:
        """Whose sensors are decided about."""
        return self._vehicle

    @property
    def profile(self) -> MonitorProfile:
        """The bounds by which fixes are judged."""
        return self._profile

    @property
    def last_error(self) -> str | None:
        """Kind and place in the code of the last error within; None if there was none."""
        return self._last_error

    @property
    def stale_at_s(self) -> float | None:
        """When on the monotonic clock the last good fix becomes stale: tick then. None where there is none."""
        return self._drive.stale_at_s

    @property
    def engine(self) -> Engine | None:
        """What decides; None where there are no zones."""
        return self._drive.engine

    @property
    def time(self) -> datetime | None:
        """The wall-clock time, as far as it can be trusted; else None."""
        return self._drive.time

    @property
    def collecting(self) -> bool:
        """Whether consents count in this drive."""
        return self._drive.is_collecting

    @property
    def counters(self) -> Counter[str]:
        """How many fixes were ignored or doubted, by kind; jumps, late fixes and errors within. A copy."""
        return self._drive.counters.copy()

    def __repr__(self) -> str:
        return f"<Monitor of {self.engine!r}: {self._decision!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Monitor cannot be pickled or copied: it holds positions, and times of a clock that means nothing"
            " elsewhere; make a new one from the engine and the profile"
        )

    # Answering, and publishing ---------------------------------------------------

    def _answer(self, work: Callable[[], Decision], *, is_swap: bool = False) -> Decision:
        try:
            return self._publish(work(), is_swap=is_swap)
        except Exception as error:  # whatever it is, the answer is to restrict
            self._last_error = where_failed(error)
            return self._publish(self._drive.fail(self._decision))

    def _publish(self, decision: Decision, *, is_swap: bool = False) -> Decision:
        """Makes a decision the current one; a transition where it differs from the last one published."""
        self._decision = decision
        before = self._last_published
        if is_swap or differs(before, decision):
            self._transition_count += 1
            kind = transition_kind(before, decision, is_swap=is_swap)
            zones = {*decision.zones, *(cause.zone_id for cause in decision.exemptions)}
            held = tuple(sorted(zones & self._drive.only_held))
            self._last_published = decision
            when, digests = (self._drive.now_s, self.time), digests_in(self.engine)
            self._transitions.append(Transition(self._transition_count, kind, before, decision, *when, digests, held))
        return decision


def engine_of(monitor: Monitor) -> Engine | None:
    """What decides in a monitor; None while there are no zones."""
    return monitor._drive.engine
