"""The kernel engine: a pack, the compiled look-up, and a policy that makes decisions of its answers."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from geopolicy._kernel import KEPT_ZONES, Core
from geopolicy.engines.contract import Engine, assign, check_base, check_length, check_position, check_threads, ids_of
from geopolicy.engines.kernel_reasons import REASONS
from geopolicy.geometry import grid, tangent_plane
from geopolicy.model.decisions import Near
from geopolicy.model.sensors import Vehicle
from geopolicy.pack.pack import ids_and_rules_of, refusal_by_kernel, rulesets_of
from geopolicy.policy.effects import Effects
from geopolicy.policy.policy import Circumstances, Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import Any

    from numpy.typing import ArrayLike

    from geopolicy.model.batches import Decisions
    from geopolicy.model.decisions import Decision
    from geopolicy.model.zones import ZoneFileHeader
    from geopolicy.pack.pack import Pack
    from geopolicy.policy.effects import UnderPolicy
    from geopolicy.policy.policy import RuleSet


class KernelEngine(Core, Engine):
    """The index of a pack and the C kernel. Needs no package, but numpy for `decide_many`.

    `geopolicy.open` makes one. Decisions are kept, 65,536 at most.
    """

    name = "kernel"
    pack: Pack
    _policy: Policy

    def __init__(self, pack: Pack, vehicle: Vehicle | None = None) -> None:
        check_base(is_overlay=pack.is_overlay)
        self._bind(pack, vehicle or Vehicle(), Circumstances())

    def _bind(self, pack: Pack, vehicle: Vehicle, at: Circumstances) -> None:
        assign(self, pack=pack, vehicle=vehicle, time=at.time, state=at.state, emergency=at.emergency)
        assign(self, exempts=at.exempts)
        policy = self._policy_at(at.time)
        assign(self, _policy=policy)
        # The kernel reads the header again; what could be wrong with it was refused when the pack was read.
        if self._open(pack.data, _decision_maker(policy), _raise_invalid, pack.is_overlay):
            raise refusal_by_kernel(pack)

    def __reduce__(self) -> tuple[Any, ...]:
        return kernel_layer, (self.pack, self.vehicle, self._at(self.time))

    def _policy_at(self, moment: datetime | None) -> Policy:
        rule_sets = () if moment is None else rulesets_of(self.pack)
        return Policy(self.pack, self.vehicle, self._at(moment), rule_sets, ids_and_rules_of(self.pack))

    @property
    def valid_until(self) -> datetime | None:
        return self._policy.valid_until

    @property
    def zone_ids(self) -> tuple[str, ...]:
        return tuple(self.pack.zone_id(index) for index in range(len(self.pack)))

    @property
    def header(self) -> ZoneFileHeader:
        return self.pack.header

    @property
    def digest(self) -> str:
        return self.pack.digest

    @property
    def expires(self) -> datetime | None:
        times = (rule_set.expires for rule_set in rulesets_of(self.pack))
        return min((expires for expires in times if expires is not None), default=None)

    def _rule_sets(self) -> Iterable[RuleSet]:
        return rulesets_of(self.pack)

    def decide_zones(self, zone_ids: Iterable[str]) -> Decision:
        indexes = {self._index_of(zone_id) for zone_id in ids_of(zone_ids)}
        return self._policy.decide(tuple(sorted(index for index in indexes if index is not None)))

    def _index_of(self, zone_id: str) -> int | None:
        index = bisect_left(range(len(self.pack)), zone_id, key=self.pack.zone_id)
        return index if index < len(self.pack) and self.pack.zone_id(index) == zone_id else None

    def when(
        self, time: datetime | None = None, state: str | None = None, emergency: bool | None = None
    ) -> KernelEngine:
        return kernel_layer(self.pack, self.vehicle, Circumstances(time, state, emergency, self.exempts))

    def without_exemptions(self) -> KernelEngine:
        return kernel_layer(self.pack, self.vehicle, replace(self._at(self.time), exempts=False))

    def near(self, lat: float, lon: float, radius_m: float) -> list[Near]:
        clearances = self._near(lat, lon, radius_m)
        if abs(grid.to_grid(lat)) > tangent_plane.MAX_LAT_E7:
            raise ValueError("lat must be within 85 degrees for distances; nearer the poles none is judged")
        hits = [Near(self.pack.zone_id(owner), m) for owner, m in clearances if self._policy.is_in_force(owner)]
        return sorted(hits, key=lambda hit: (hit.clearance_m, hit.zone_id))

    def decide_many(
        self, lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None = None, time: Any = None, threads: int = 1
    ) -> Decisions:
        from geopolicy.engines.batch import fix_arrays, policies_for
        from geopolicy.engines.kernel_batch import decisions_at_times, decisions_now

        check_threads(threads)
        fixes = fix_arrays(lat, lon, accuracy_95_m)
        if time is None:
            return decisions_now(self, self.pack, *self._own_effects(), fixes, threads)
        policies, which = policies_for(time, len(fixes[0]), self._policy_at)
        effects = Effects(self.vehicle, rulesets_of(self.pack))
        return decisions_at_times(self, self.pack, effects, policies, which, fixes, threads)

    def _own_effects(self) -> tuple[Effects, UnderPolicy]:
        """The effects of the rule sets now, kept from the first batch on."""
        kept: tuple[Effects, UnderPolicy] | None = self.__dict__.get("_kept_effects")
        if kept is None:
            effects = Effects(self.vehicle, rulesets_of(self.pack))
            kept = effects, effects.under(self._policy)
            assign(self, _kept_effects=kept)
        return kept


def _decision_maker(policy: Policy) -> Callable[[tuple[int, ...], tuple[int, ...], int], Decision]:
    """Makes decisions of the kernel's answers. The kernel keeps them, but for answers of many zones."""
    make, make_and_keep = policy.make_decision, policy.decide

    def decision(applies: tuple[int, ...], border_hits: tuple[int, ...], unknown: int) -> Decision:
        """The decision where zones apply, some with their border met, and ``unknown`` are the bits of `REASONS`."""
        is_kept = len(applies) + len(border_hits) <= KEPT_ZONES
        return (make if is_kept else make_and_keep)(applies, border_hits, REASONS[unknown])

    return decision


def _raise_invalid(lat: float, lon: float, name: str, length: float | None) -> None:
    """Raises what is wrong with the arguments of a query."""
    check_position(lat, lon)
    if length is not None:
        check_length(name, length)


def kernel_layer(pack: Pack, vehicle: Vehicle, at: Circumstances) -> KernelEngine:
    """An engine in some circumstances; of an overlay a layer, which makes no place known and must not answer alone."""
    engine = KernelEngine.__new__(KernelEngine)
    engine._bind(pack, vehicle, at)
    return engine
