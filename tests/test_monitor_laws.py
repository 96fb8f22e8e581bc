"""Laws of the monitor that compare two of them, or one with what it was told."""

from __future__ import annotations

import pytest

import contract
import geopolicy as gp
from contract import yard
from sim import laws, runs

make_engine = contract.make_engine


def campaign(law, seed: int, numbers, **more: int) -> tuple[dict[str, int], list[str]]:
    """The counts of many traces, and what is wrong with any."""
    total: dict[str, int] = {}
    wrong, scenes = [], runs.Scenes()
    for number in numbers:
        counts, found = law(seed, number, scenes, **more)
        total = {name: total.get(name, 0) + counts.get(name, 0) for name in total | counts}
        wrong += [found] if found else []
    return total, wrong


def stream(rows) -> list[gp.Fix]:
    return [gp.Fix(45.005, lon, accuracy, monotonic_s=float(s), speed_mps=0.0) for s, lon, accuracy in rows]


# The short cut around a place without borders --------------------------------------------------------------------


def test_quiet_zone_met_only_on_the_way_is_let_go(make_engine):
    # The second disc is wide, so the way to the third meets the zone, 60 m east; no later fix does.
    monitor = gp.Monitor(make_engine([yard()]))
    rows = [(s, 12.9988, 3.0) for s in range(8)] + [(8, 12.9994, 50.0), *((s, 12.9992, 1.0) for s in range(9, 40))]
    told = [monitor.update(fix) for fix in stream(rows)]
    assert told[8].zones == ("yard",)
    assert told[-1].zones == ()


def test_quiet_short_cut_changes_no_decision():
    total, wrong = campaign(laws.quiet, 1, range(0, 1500, 20))
    assert not wrong
    assert total["short"] > 10_000


@pytest.mark.slow
def test_quiet_short_cut_changes_no_decision_many_traces():
    total, wrong = campaign(laws.quiet, 2, range(5_000))
    assert not wrong
    assert total["short"] > 500_000
