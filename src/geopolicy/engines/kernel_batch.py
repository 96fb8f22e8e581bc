"""`decide_many` of the kernel engine: parts for threads, runs of one policy each, and a table of all answers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geopolicy._kernel import batch, join_batch
from geopolicy.engines.batch import fix_arrays, policies_for
from geopolicy.engines.kernel_table import KernelTable
from geopolicy.model.batches import Decisions
from geopolicy.pack.pack import refusal_by_kernel, rulesets_of
from geopolicy.policy.effects import Effects

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

    from geopolicy.engines.kernel import KernelEngine
    from geopolicy.policy.effects import UnderPolicy

    Floats = NDArray[np.float64]
    Run = tuple[slice, UnderPolicy]

_LEAST_FIXES = 2  # for a thread


def decided(
    engine: KernelEngine, lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None, time: Any, threads: int
) -> Decisions:
    """The decisions for many fixes."""
    fixes = fix_arrays(lat, lon, accuracy_95_m)
    count = len(fixes[0])
    if time is None:
        effects, under = engine._own_effects()
        answers, codes = _answers(engine, fixes, [(slice(0, count), under)], threads)
        return Decisions(codes, KernelTable(engine.pack, effects, answers))
    policies, which = policies_for(time, count, engine._policy_at)
    effects = Effects(engine.vehicle, rulesets_of(engine.pack))
    under_policies = [effects.under(policy) for policy in policies]
    order = None if bool(np.all(which[1:] >= which[:-1])) else np.argsort(which, kind="stable")
    if order is not None:
        lats, lons, accuracies = fixes
        fixes = lats[order], lons[order], None if accuracies is None else accuracies[order]
        which = which[order]
    ends = np.searchsorted(which, np.arange(len(policies) + 1)).tolist()
    runs = [(slice(*own), under) for own, under in zip(pairwise(ends), under_policies, strict=True)]
    answers, codes = _answers(engine, fixes, runs, threads)
    if order is not None:
        codes[order] = codes.copy()
    return Decisions(codes, KernelTable(engine.pack, effects, answers))


def _answers(
    engine: KernelEngine, fixes: tuple[Floats, Floats, Floats | None], runs: list[Run], threads: int
) -> tuple[object, NDArray[np.uint32]]:
    """A batch with the answers for fixes, in runs of one policy, and for each fix the number of its answer there."""
    count = len(fixes[0])
    codes = np.full(count, np.iinfo(np.uint32).max, dtype=np.uint32)  # of no answer: not to be read
    threads = max(1, min(threads, count // _LEAST_FIXES))
    ends = [count * at // threads for at in range(threads + 1)]
    parts = [slice(*own) for own in pairwise(ends)]

    def answer(part: slice) -> object:
        answers = batch()
        for run, under in runs:
            own = slice(max(run.start, part.start), min(run.stop, part.stop))
            if own.start < own.stop:
                lats, lons, accuracies = (None if values is None else values[own] for values in fixes)
                if not engine._many(answers, lats, lons, accuracies, codes[own], *under):
                    raise refusal_by_kernel(engine.pack)
        return answers

    if threads == 1:
        return answer(parts[0]), codes
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        first, *others = pool.map(answer, parts)
    for part, other in zip(parts[1:], others, strict=True):
        join_batch(first, other, codes[part])
    return first, codes
