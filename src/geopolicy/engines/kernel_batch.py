"""`decide_many` of the kernel engine: parts for threads, runs of one policy each, and a table of all answers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geopolicy._kernel import batch, join_batch
from geopolicy.engines.kernel_table import KernelTable
from geopolicy.model.batches import Decisions
from geopolicy.model.tables import read_only
from geopolicy.pack.pack import refusal_by_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy._kernel import Core
    from geopolicy.pack.pack import Pack
    from geopolicy.policy.effects import Effects, UnderPolicy
    from geopolicy.policy.policy import Policy

    Floats = NDArray[np.float64]
    Fixes = tuple[Floats, Floats, Floats | None]
    Run = tuple[slice, UnderPolicy]

_LEAST_FIXES = 2  # for a thread
_NO_ANSWER = 0xFFFFFFFF  # a code that raises where it is used


def decisions_now(
    core: Core, pack: Pack, effects: Effects, under: UnderPolicy, fixes: Fixes, threads: int
) -> Decisions:
    """The decisions for fixes under one policy."""
    answers, codes = _answers(core, pack, fixes, [(slice(0, len(fixes[0])), under)], threads)
    return Decisions(read_only(codes), KernelTable(pack, effects, answers))


def decisions_at_times(
    core: Core,
    pack: Pack,
    effects: Effects,
    policies: list[Policy],
    which: NDArray[np.intp],
    fixes: Fixes,
    threads: int,
) -> Decisions:
    """The decisions for fixes, each under that of some policies which ``which`` says."""
    under_policies = [effects.under(policy) for policy in policies]
    order = None if bool(np.all(which[1:] >= which[:-1])) else np.argsort(which, kind="stable")
    if order is not None:
        lats, lons, accuracies = fixes
        fixes = lats[order], lons[order], None if accuracies is None else accuracies[order]
        which = which[order]
    ends = np.searchsorted(which, np.arange(len(policies) + 1)).tolist()
    runs = [(slice(*own), under) for own, under in zip(pairwise(ends), under_policies, strict=True)]
    answers, codes = _answers(core, pack, fixes, runs, threads)
    if order is not None:
        codes[order] = codes.copy()
    return Decisions(read_only(codes), KernelTable(pack, effects, answers))


def _answers(core: Core, pack: Pack, fixes: Fixes, runs: list[Run], threads: int) -> tuple[object, NDArray[np.uint32]]:
    """A batch with the answers for fixes, in runs of one policy, and for each fix the number of its answer there."""
    count = len(fixes[0])
    codes = np.full(count, _NO_ANSWER, dtype=np.uint32)
    threads = max(1, min(threads, count // _LEAST_FIXES))
    ends = [count * at // threads for at in range(threads + 1)]
    parts = [slice(*own) for own in pairwise(ends)]

    def answer(part: slice) -> object:
        answers = batch()
        for run, under in runs:
            own = slice(max(run.start, part.start), min(run.stop, part.stop))
            if own.start < own.stop:
                lats, lons, accuracies = (None if values is None else values[own] for values in fixes)
                if not core._many(answers, lats, lons, accuracies, codes[own], *under):
                    raise refusal_by_kernel(pack)
        return answers

    if threads == 1:
        return answer(parts[0]), codes
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads - 1) as pool:
        answering = pool.map(answer, parts[1:])
        first = answer(parts[0])  # in this thread, which would only wait
        others = list(answering)
    for part, other in zip(parts[1:], others, strict=True):
        join_batch(first, other, codes[part])
    return first, codes
