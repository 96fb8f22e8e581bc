"""The kernel engine: a pack, the compiled look-up, and a policy that makes decisions of its answers."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from geopolicy._kernel import UNKNOWN_ACCURACY, UNKNOWN_COVERAGE, UNKNOWN_POLE, UNKNOWN_POSITION, Core
from geopolicy.engines.contract import Engine, assign, check_length, check_position, check_threads, ids_of
from geopolicy.geometry import grid, tangent_plane
from geopolicy.model.batches import Decisions
from geopolicy.model.decisions import Near, Reason
from geopolicy.model.sensors import Vehicle
from geopolicy.pack.pack import refusal_by_kernel, rulesets_of
from geopolicy.policy.policy import Circumstances, Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from geopolicy.model.decisions import Decision
    from geopolicy.model.zones import ZoneFileHeader
    from geopolicy.pack.pack import Pack

_UNKNOWN = (
    (UNKNOWN_COVERAGE, Reason.OUTSIDE_COVERAGE),
    (UNKNOWN_POLE, Reason.NEAR_POLE),
    (UNKNOWN_POSITION, Reason.INVALID_POSITION),
    (UNKNOWN_ACCURACY, Reason.INVALID_ACCURACY),
)
_REASONS = tuple(tuple(sorted(reason for bit, reason in _UNKNOWN if bits & bit)) for bits in range(1 << len(_UNKNOWN)))
_MOST_DECISIONS = 65_536


class KernelEngine(Core, Engine):
    """The index of a pack and the C kernel. Needs no package, but numpy for `decide_many`.

    `geopolicy.open` makes one. The decisions for the answers met so far are kept, 65,536 at most.
    """

    name = "kernel"
    pack: Pack
    _policy: Policy

    def __init__(self, pack: Pack, vehicle: Vehicle | None = None) -> None:
        self._bind(pack, vehicle or Vehicle(), Circumstances())

    def _bind(self, pack: Pack, vehicle: Vehicle, at: Circumstances) -> None:
        assign(self, pack=pack, vehicle=vehicle, time=at.time, state=at.state, emergency=at.emergency)
        policy = self._policy_at(at.time)
        assign(self, _policy=policy)
        # The kernel reads the header again; what could be wrong with it was refused when the pack was read.
        if self._open(pack.data, _DecisionMaker(policy), _raise_invalid):
            raise refusal_by_kernel(pack)

    def __reduce__(self) -> tuple[Any, ...]:
        return _opened, (self.pack, self.vehicle, self._at(self.time))

    def _policy_at(self, moment: datetime | None) -> Policy:
        rule_sets = () if moment is None else rulesets_of(self.pack)
        return Policy(self.pack, self.vehicle, self._at(moment), rule_sets)

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

    def decide_zones(self, zone_ids: Iterable[str]) -> Decision:
        indexes = {self._index_of(zone_id) for zone_id in ids_of(zone_ids)}
        return self._policy.decide(tuple(sorted(index for index in indexes if index is not None)))

    def _index_of(self, zone_id: str) -> int | None:
        index = bisect_left(range(len(self.pack)), zone_id, key=self.pack.zone_id)
        return index if index < len(self.pack) and self.pack.zone_id(index) == zone_id else None

    def when(
        self, time: datetime | None = None, state: str | None = None, emergency: bool | None = None
    ) -> KernelEngine:
        return _opened(self.pack, self.vehicle, Circumstances(time, state, emergency))

    def near(self, lat: float, lon: float, radius_m: float) -> list[Near]:
        clearances = self._near(lat, lon, radius_m)
        if abs(grid.to_grid(lat)) > tangent_plane.MAX_LAT_E7:
            raise ValueError("lat must be within 85 degrees for distances; nearer the poles none is judged")
        hits = [Near(self.pack.zone_id(owner), m) for owner, m in clearances if self._policy.is_in_force(owner)]
        return sorted(hits, key=lambda hit: (hit.clearance_m, hit.zone_id))

    def decide_many(
        self, lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None = None, time: Any = None, threads: int = 1
    ) -> Decisions:
        from geopolicy.engines.batch import fix_arrays

        check_threads(threads)
        lats, lons, accuracies = fix_arrays(lat, lon, accuracy_95_m)
        codes, table = self._answers(lats, lons, accuracies, threads, is_raw=time is not None)
        if time is not None:
            codes, table = self._at_times(codes, table, time)
        return _distinct(codes, table)

    def _answers(
        self,
        lat: NDArray[np.float64],
        lon: NDArray[np.float64],
        accuracy_95_m: NDArray[np.float64] | None,
        threads: int,
        *,
        is_raw: bool,
    ) -> tuple[NDArray[np.uint32], list[Any]]:
        """For each fix a number, and what stands behind the numbers; in several threads on request.

        That is a decision, or with ``is_raw`` an answer as `_DecisionMaker` takes it.
        """
        import numpy as np

        codes = np.empty(len(lat), dtype=np.uint32)
        if threads <= 1 or len(lat) < 2 * threads:
            return codes, self._many(lat, lon, accuracy_95_m, codes, is_raw)
        from concurrent.futures import ThreadPoolExecutor

        ends = [len(lat) * i // threads for i in range(threads + 1)]
        parts = [slice(start, end) for start, end in pairwise(ends)]

        def answer(part: slice) -> list[Any]:
            accuracies = None if accuracy_95_m is None else accuracy_95_m[part]
            return self._many(lat[part], lon[part], accuracies, codes[part], is_raw)

        with ThreadPoolExecutor(threads) as pool:
            tables = list(pool.map(answer, parts))
        table: list[Any] = []
        for part, part_table in zip(parts, tables, strict=True):
            codes[part] += np.uint32(len(table))
            table += part_table
        return codes, table

    def _at_times(
        self, codes: NDArray[np.uint32], answers: list[Any], time: Any
    ) -> tuple[NDArray[np.uint32], list[Decision]]:
        """The decisions for answers at their times: each pair of an answer and a policy is resolved once."""
        import numpy as np

        from geopolicy.engines.batch import policies_for

        policies, which = policies_for(time, len(codes), self._policy_at)
        pairs, pair_of = np.unique(which * max(len(answers), 1) + codes, return_inverse=True)
        makers = [_DecisionMaker(policy) for policy in policies]
        table = [makers[pair // len(answers)](*answers[pair % len(answers)]) for pair in pairs.tolist()]
        return pair_of.astype(np.uint32), table


class _DecisionMaker:
    """Makes decisions of the kernel's answers; equal ones are one object, as far as they are remembered."""

    __slots__ = ("_decisions", "_policy")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._decisions: dict[Decision, Decision] = {}

    def __call__(self, applies: tuple[int, ...], border_hits: tuple[int, ...], unknown: int) -> Decision:
        """The decision where zones apply, some with their border met, and ``unknown`` are bits of `_UNKNOWN`."""
        decision = self._policy.decide(applies, border_hits, _REASONS[unknown])
        if len(self._decisions) >= _MOST_DECISIONS:
            self._decisions.clear()
        return self._decisions.setdefault(decision, decision)


def _raise_invalid(lat: float, lon: float, name: str, length: float | None) -> None:
    """Raises what is wrong with the arguments of a query."""
    check_position(lat, lon)
    if length is not None:
        check_length(name, length)


def _opened(pack: Pack, vehicle: Vehicle, at: Circumstances) -> KernelEngine:
    """An engine in some circumstances."""
    engine = KernelEngine.__new__(KernelEngine)
    engine._bind(pack, vehicle, at)
    return engine


def _distinct(codes: NDArray[np.uint32], table: list[Decision]) -> Decisions:
    """The same answers with each decision once in the table."""
    import numpy as np

    distinct: list[Decision] = []
    number_of: dict[Decision, int] = {}
    # To hash a decision takes far longer than to look up its identity, and most entries are the same objects.
    number_of_object: dict[int, int] = {}
    numbers = np.empty(len(table), dtype=np.uint32)
    for i, decision in enumerate(table):
        number = number_of_object.get(id(decision))
        if number is None:
            number = number_of.setdefault(decision, len(distinct))
            number_of_object[id(decision)] = number
            if number == len(distinct):
                distinct.append(decision)
        numbers[i] = number
    return Decisions(codes if len(distinct) == len(table) else numbers[codes], distinct)
