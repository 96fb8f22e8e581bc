"""What is known of a drive, and the way of a fix through it: grade, track, query, latches, decision."""

from __future__ import annotations

from collections import Counter
from math import inf, isfinite

from geopolicy.engines.parts import has_base, latest_issue
from geopolicy.engines.views import Views
from geopolicy.model.decisions import Certainty, Reason
from geopolicy.model.rules import STATES, Level
from geopolicy.monitor.compose import DecisionComposer, Held
from geopolicy.monitor.fix_grade import NO_FIX, FixGrade, GradedFix, grade_fix, usable_disc
from geopolicy.monitor.latches import MARGIN_M, Latches
from geopolicy.monitor.query import EngineQuery, Hits, is_expired
from geopolicy.monitor.receiver_flags import ReceiverFlags
from geopolicy.monitor.safe_region import find_safe_region
from geopolicy.monitor.track import JUMP_M, TrackHypotheses, as_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix
    from geopolicy.model.sensors import Vehicle
    from geopolicy.monitor.consent import Consent
    from geopolicy.monitor.profile import MonitorProfile
    from geopolicy.monitor.safe_region import SafeRegion
    from geopolicy.monitor.track import Disc
    from geopolicy.monitor.wall_clock import WallClock


class DriveState:
    """The state behind a `Monitor`. May raise, and after it has, `fail` gives the decision.

    `take`, `pass_time` and `settle` give decisions; `skip` and `skip_time` say that the last one goes on to hold.
    """

    def __init__(
        self,
        engine: Engine | None,
        vehicle: Vehicle,
        profile: MonitorProfile,
        composer: DecisionComposer,
        clock: WallClock,
        last_zones: Iterable[str],
    ) -> None:
        self.engine = engine
        self.counters: Counter[str] = Counter()
        self.consents: tuple[Consent, ...] = ()
        self.is_collecting = profile.starts_collecting
        self.now_s = -inf
        self.only_held: frozenset[str] = frozenset()
        self._vehicle = vehicle
        self._profile = profile
        self._composer = composer
        self._clock = clock
        self._views = None if engine is None else Views(engine)
        self._has_base = has_base(engine)
        self._state: str | None = None
        self._emergency: bool | None = None
        self._told_s = -inf  # when state and emergency were last said
        self._flags = ReceiverFlags()
        self._last: Fix | None = None
        self._track = TrackHypotheses(profile.v_max_mps)
        self._zones = Latches(last_zones)
        self._doubts = Latches([Reason.NO_FIX] if self._has_base else [Reason.NO_FIX, Reason.NO_PACK])
        self._doubted_since_s = -inf
        self._safe_region: SafeRegion | None = None
        self._overlays_until_s = -inf if profile.follows_overlays else inf
        self._lost: Decision | None = None
        self._lost_views: Views | None = None

    @property
    def time(self) -> datetime | None:
        """The wall-clock time, as far as it can be trusted; else None."""
        return self.time_at(self.now_s)

    def time_at(self, monotonic_s: float) -> datetime | None:
        """The wall-clock time at another time of the monotonic clock, as far as it can be trusted now; else None."""
        return self._clock.now(monotonic_s)

    @property
    def stale_at_s(self) -> float | None:
        """When on the monotonic clock the last good fix becomes too old; None where there is none."""
        newest = self._track.newest()
        return None if newest is None else newest.at_s + self._profile.stale_after_s

    def first(self) -> Decision:
        """The decision before anything has come."""
        return self._compose(self._view(), Hits())

    # The short cut ---------------------------------------------------------------

    def skip(self, fix: Fix, state: str | None, emergency: bool | None, now_s: float | None) -> bool:
        """Takes in a fix that cannot change the decision; False, and nothing is taken in, if it might.

        It must be usable, on time, within the safe region, no jump, and leave the trust in the clock as it is.
        Raises whatever comparing things that are no numbers raises: such a fix might.
        """
        region, trusted, last, at_s = self._safe_region, self._track.trusted, self._last, fix.monotonic_s
        if region is None or trusted is None or last is None or at_s is None:
            return False
        if state != self._state or emergency is not self._emergency:
            return False
        call_s = max(self.now_s, at_s if now_s is None else now_s)
        disc = usable_disc(fix, at_s, call_s, last, self._profile)
        if disc is None or not region.take(disc, call_s):
            return False
        # The region has gone on to the fix. If it is taken in in full after all, that can only hold zones longer.
        excess_m = trusted.excess_m(disc, region.distance_bound_m(trusted.disc, disc))
        is_trusted = self._clock.trust_after(fix.time, disc.at_s, may_set=True)
        if excess_m > JUMP_M or is_trusted != self._clock.is_trusted:
            return False
        trusted.move(disc, excess_m)
        self.now_s, self._told_s, self._last = call_s, call_s, fix
        self._flags.clear()
        return True

    def skip_time(self, now_s: float) -> bool:
        """Goes on to a time at which the last fix still gets the same answer; False if it might not."""
        region, trusted = self._safe_region, self._track.trusted
        if region is None or trusted is None:
            return False
        is_timely = self.now_s <= now_s <= trusted.disc.at_s + self._profile.stale_after_s
        if not (is_timely and region.still_answers(trusted.disc, now_s)):
            return False
        self.now_s = now_s
        return True

    # The whole way ---------------------------------------------------------------

    def take(self, fix: Fix, state: str | None, emergency: bool | None, now_s: float | None) -> Decision:
        """The decision after a fix, whatever it is."""
        self._state = state if state in STATES else None
        self._emergency = emergency if isinstance(emergency, bool) else None
        graded = self._grade(fix, now_s)
        self._told_s = self.now_s
        start = self._follow(fix, graded)
        return self.settle(graded, start)

    def pass_time(self, now_s: float) -> Decision:
        """The decision at a later time."""
        if not isfinite(now_s):
            self.counters["no_monotonic_time"] += 1
            return self.settle(GradedFix(FixGrade.IGNORED, doubt=Reason.CLOCK))
        self.now_s = max(self.now_s, now_s)
        if self.now_s - self._told_s > self._profile.stale_after_s:
            self._state = self._emergency = None
        return self.settle()

    def _grade(self, fix: Fix, now_s: float | None) -> GradedFix:
        call_s = as_float(fix.monotonic_s if now_s is None else now_s)
        if isfinite(call_s):
            self.now_s = max(self.now_s, call_s)
        graded = grade_fix(fix, self.now_s, self._last, self._profile)
        if graded.count is not None:
            self.counters[graded.count] += 1
        self._flags.note(fix, graded, self.now_s)
        return graded

    def _follow(self, fix: Fix, graded: GradedFix) -> Disc | None:
        """Moves clock and track on to a fix: the disc that the vehicle came from, None if that is not known."""
        if graded.disc is None:
            return None
        self._clock.accept_stamp(fix.time, graded.disc.at_s, may_set=graded.is_usable)
        if graded.count != "same_time":
            self._last = fix
        if not graded.is_usable:
            return None
        start, is_jump = self._track.take(graded.disc)
        if is_jump:
            self.counters["jump"] += 1
        if self.now_s - graded.disc.at_s > self._profile.stale_after_s:
            self.counters["late"] += 1
        return start

    def settle(self, graded: GradedFix = NO_FIX, start: Disc | None = None) -> Decision:
        """The decision now, after a fix or without one: asks the engine, latches what it answers, and composes."""
        if self._safe_region is not None:
            self._hold_deep_zones(self._safe_region.depths, self._safe_region.latest_s)
            self._safe_region = None
        view = self._view()
        query = None if view is None else EngineQuery(view, self.now_s, self._profile)
        hits = Hits() if query is None else self._ask(query, graded, start)
        self._restrict(hits, self._doubts_now(view, graded))
        if graded.is_usable:
            self._loosen(view, query, hits)
        return self._compose(view, hits)

    def _view(self) -> Engine | None:  # in the circumstances of now
        if self._views is None:
            return None
        return self._views.at(self.time, self._state, self._emergency, exempts=not self._is_overlay_stale)

    @property
    def _is_overlay_stale(self) -> bool:
        return self.now_s >= self._overlays_until_s

    def confirm_overlays(self, until_s: float) -> Decision:
        """The decision once the source of overlays has been confirmed until a time; what is none confirms nothing."""
        self._overlays_until_s = until_s if isfinite(until_s) else -inf
        return self.settle()

    def _ask(self, query: EngineQuery, graded: GradedFix, start: Disc | None) -> Hits:
        hits, newest, discs = Hits(), self._track.newest(), self._track.discs()
        query.at(hits, discs, start=start, end=newest)
        if graded.grade == FixGrade.SUSPECT and graded.disc is not None:
            for begin in (*discs, None):
                query.at(hits, [graded.disc], start=begin, end=graded.disc)
            query.ahead(hits, graded.disc)
        if newest is not None:
            query.ahead(hits, newest)
        return hits

    def _doubts_now(self, view: Engine | None, graded: GradedFix) -> dict[str, float]:
        """What leaves the position or the zones unknown now, apart from what the engine says, and since when."""
        newest, now_s, stale_s = self._track.newest(), self.now_s, self._profile.stale_after_s
        doubts = self._flags.doubts(now_s)
        if newest is None:
            doubts[Reason.NO_FIX] = now_s
        elif now_s - newest.at_s > stale_s:
            doubts[Reason.STALE] = newest.at_s + stale_s
        if graded.doubt is not None:
            doubts[graded.doubt] = now_s
        if not self._has_base:
            doubts[Reason.NO_PACK] = now_s
        if view is not None and self._profile.hard_expiry and is_expired(view):
            doubts[Reason.EXPIRED] = now_s
        return doubts

    def _restrict(self, hits: Hits, own_doubts: dict[str, float]) -> None:
        """Latches what is true now."""
        doubts = dict.fromkeys(hits.doubts, self.now_s) | own_doubts
        hits.doubts.update(doubts)
        if not len(self._doubts):
            self._doubted_since_s = min(doubts.values(), default=self.now_s)
        self._zones.set(hits.zones | hits.ahead)
        self._doubts.set(doubts)

    def _loosen(self, view: Engine | None, query: EngineQuery | None, hits: Hits) -> None:
        """Contradicts what is not true after a good fix, not even with a margin."""
        discs = self._track.discs()
        with_margin = Hits() if query is None else query.with_margin(discs, MARGIN_M)
        at_s = max(disc.at_s for disc in discs)
        newest = self._track.newest()
        depths = {} if newest is None else self._depths(newest)
        if newest is not None:
            self._hold_deep_zones(depths, newest.at_s)  # in force or not, and before any of them is let go
        self._zones.contradict(with_margin.zones | hits.zones | hits.ahead, at_s)
        self._doubts.contradict(with_margin.doubts | hits.doubts, at_s)
        if view is not None and newest is not None:
            self._update_safe_region(view, newest, depths, hits, with_margin)

    def _update_safe_region(
        self, view: Engine, disc: Disc, depths: Mapping[str, float], hits: Hits, with_margin: Hits
    ) -> None:
        """Finds the safe region around a good fix, if nothing is being let go and no border is near."""
        is_settled = self._zones.is_settled() and not len(self._doubts) and self._track.alternative is None
        is_clear = not (hits.ahead or hits.is_possible or with_margin.is_possible)
        is_lasting = hits.exempted == with_margin.exempted  # none that was met on the way here alone
        if is_settled and is_clear and is_lasting and self._zones.keys() == hits.zones:
            until_s = self._until_s(view)
            self._safe_region = find_safe_region(view, disc, self.now_s, until_s, depths, self._profile)

    def _depths(self, disc: Disc) -> dict[str, float]:
        """How deep a disc is in zones, in force or not."""
        if self._views is None:
            return {}
        view = self._views.at(None, exempts=self._overlays_until_s == inf)
        return EngineQuery(view, self.now_s, self._profile).depths(disc)

    def _hold_deep_zones(self, depths: Mapping[str, float], at_s: float) -> None:
        """Holds zones for as long as leaving them takes from a depth at a time."""
        v_max_mps = self._profile.v_max_mps
        self._zones.hold_until({zone: at_s + depth_m / v_max_mps for zone, depth_m in depths.items()})

    def _until_s(self, view: Engine) -> float:
        """When time alone may change a rule or a consent, on the monotonic clock."""
        time, changes = self.time, []
        if view.valid_until is not None:
            changes.append(view.valid_until)
        if time is not None:
            changes += [end for consent in self.consents for end in (consent.given, consent.until) if end > time]
        by_time = min((self._clock.monotonic_s(change) for change in changes), default=inf)
        return by_time if self._is_overlay_stale else min(by_time, self._overlays_until_s)

    def _compose(self, view: Engine | None, hits: Hits) -> Decision:
        doubts, zones = self._doubts.keys(), self._zones.keys()
        is_doubled = self._track.alternative is not None
        stale = frozenset({Reason.OVERLAY_STALE}) if self._is_overlay_stale else frozenset[Reason]()
        reasons = set(doubts | stale)
        if is_doubled:
            reasons.add(Reason.JUMP)
        if hits.ahead - hits.zones:
            reasons.add(Reason.AHEAD)
        is_possible = hits.is_possible or is_doubled
        self.only_held = zones - hits.zones - hits.ahead - hits.exempted
        held = Held(
            zones=zones,
            only_held=self.only_held,
            exempted=hits.exempted,
            reasons=frozenset(reasons),
            certainty=Certainty.UNKNOWN if doubts else Certainty.POSSIBLE if is_possible else Certainty.CERTAIN,
            floors=self._composer.floors(doubts | stale, self.now_s - self._doubted_since_s),
            consented=self._composer.consented(self.consents if self.is_collecting else (), self.time),
            lost=self._lost if Reason.NO_PACK in doubts else None,
        )
        return self._composer.decide(view, held)

    # Other zones, and errors -----------------------------------------------------

    def replace_engine(self, engine: Engine | None, decision: Decision) -> None:
        """Lets another engine decide from now on; None: the zones were lost, after this decision by them.

        With overlays alone the base was lost.
        """
        had_base, self._has_base = self._has_base, has_base(engine)
        if engine is not None:
            self._clock.raise_floor(latest_issue(engine))
        if (had_base and not self._has_base) or (engine is None and self.engine is not None):
            self._lost, self._lost_views = self._all_off(decision), self._views  # until it is known what was asked
        self.engine = engine
        self._views = None if engine is None else Views(engine)

    def _asked_without_zones(self, views: Views, decision: Decision) -> Decision:
        """What goes on being asked when the zones are lost: what a decision asked, and what time, state or emergency
        may yet bring where the vehicle may be, because then nobody can tell.
        """
        view, hits, nothing = views.at(None, exempts=self._overlays_until_s == inf), Hits(), frozenset[str]()
        EngineQuery(view, self.now_s, self._profile).at(hits, self._track.discs())
        zones, floors = self._zones.keys() | hits.zones, self._composer.floors(nothing, 0.0)
        consented = self._composer.consented(self.consents if self.is_collecting else (), self.time)
        return self._composer.decide(
            view, Held(zones, nothing, nothing, Certainty.CERTAIN, floors, consented, decision)
        )

    def settle_after_swap(self, decision: Decision) -> Decision:
        """The decision by other zones, after one by those before; the depth in these counts from the last fix on."""
        if self._lost_views is not None:
            views, self._lost_views = self._lost_views, None
            self._lost = self._asked_without_zones(views, decision)
        for disc in self._track.discs():
            self._hold_deep_zones(self._depths(disc), disc.at_s)
        return self.settle()

    def fail(self, last: Decision) -> Decision:
        """The decision after an error within: everything is off, and what the last one asked goes on being asked."""
        self.counters["internal"] += 1
        self._safe_region = None
        self._doubts.set([Reason.INTERNAL])
        return self._all_off(last)

    def _all_off(self, last: Decision) -> Decision:
        """Everything off, and what a decision asked."""
        off = (Level.OFF,) * len(self._vehicle.sensors)
        nothing: frozenset[str] = frozenset()
        held = Held(nothing, nothing, self._doubts.keys(), Certainty.UNKNOWN, off, consented=nothing, lost=last)
        return self._composer.decide(None, held)
