"""Queries of the kernel engine interrupted by others: making an object may run finalizers, and these ask again."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import contract
import geopolicy as gp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WEST, EAST = (45.005, 13.0), (45.005, 20.0)  # on borders of three yards, and of many
QUERIES = {  # plainly called: no object is made for their arguments
    "position": lambda engine, at: engine.decide(at[0], at[1]),
    "disc": lambda engine, at: engine.decide(at[0], at[1], 10.0),
    "path": lambda engine, at: engine.decide_path(at[0], at[1] - 0.0005, at[0], at[1] + 0.0005),
    "near": lambda engine, at: engine._near(at[0], at[1], 10.0),
}


class Finalized:
    """Calls a function when the collector finds it."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.me = self
        self.call = call

    def __del__(self) -> None:
        self.call()


def asked_while_collecting(ask: Callable[[], object], call: Callable[[], object]) -> object:
    """What is answered while the collector runs at the first objects that are made, and calls a function."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.disable()
    try:
        gc.set_threshold(1, 1, 1)
        # Makes objects until none is left over to be used again: of those that queries make.
        _taken = [(*([at] * count),) for at in range(2500) for count in (2, 3, 4)], [[] for _ in range(200)]
        for _ in range(3):
            Finalized(call)
        gc.enable()
        return ask()
    finally:
        gc.disable()
        gc.set_threshold(*thresholds)
        gc.enable()


@pytest.fixture
def zones() -> gp.ZoneSet:
    west = [contract.yard(gp.Rule(["camera"], gp.Level.OFF), name=f"west-{at}") for at in range(3)]
    at = (20.0, 45.0, 20.01, 45.01)
    east = [contract.yard(gp.Rule(["radar"], gp.Level.OFF), name=f"a-east-{n:03}", at=at) for n in range(150)]
    return gp.ZoneSet([*west, *east])


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()  # its thread is there
        yield pool


@pytest.mark.parametrize("other", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("ask", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("in_thread", [False, True], ids=["finalizer", "thread"])
def test_query_interrupted_by_another_answers_as_if_alone(zones, pool, ask, other, in_thread):
    expected, expected_other = (own(gp.open(zones, engine="kernel"), at) for own, at in ((ask, WEST), (other, EAST)))
    engine = gp.open(zones, engine="kernel")
    answers: list[object] = []

    def interrupt() -> None:
        answers.append(pool.submit(other, engine, EAST).result() if in_thread else other(engine, EAST))

    assert asked_while_collecting(lambda: ask(engine, WEST), interrupt) == expected
    assert ask(engine, WEST) == expected  # and nothing else was kept
    assert answers
    assert answers == [expected_other] * len(answers)
