"""Boxes of the reference engine: closed, exact, safe under threads, and never copied empty."""

from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest
from rtree.index import Index

import kernel_zones
from geopolicy.engines.reference_index import BoxIndex, FamilyIndex
from geopolicy.geometry.effective import effective_polygon

FAR = 3_600_000_000  # a zone that is drawn a turn away stands here, in units of the grid


def as_corners(boxes: list[tuple[int, int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    corners = np.array(boxes, dtype=float).reshape(-1, 4)
    return corners[:, :2], corners[:, 2:]


def random_boxes(random, count: int, size: int, spread: int = 1_000_000) -> tuple[np.ndarray, np.ndarray]:
    lower = random.integers(-spread, spread, (count, 2))
    return lower.astype(float), (lower + random.integers(0, size, (count, 2))).astype(float)


def pairs_of(index: BoxIndex, lower: np.ndarray, upper: np.ndarray) -> set[tuple[int, int]]:
    asked, boxes = index.meeting(lower, upper)
    pairs = list(zip(asked.tolist(), boxes.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    return set(pairs)


def expected_pairs(boxes, lower: np.ndarray, upper: np.ndarray) -> set[tuple[int, int]]:
    meets = (lower[:, None] <= boxes[1][None]).all(axis=2) & (upper[:, None] >= boxes[0][None]).all(axis=2)
    return {(int(asked), int(box)) for asked, box in zip(*np.nonzero(meets), strict=True)}


@pytest.mark.parametrize("at", [-FAR, -5, 0, FAR - 10])
def test_box_index_edges_and_corners_belong_to_a_box_and_one_unit_beyond_does_not(at):
    index = BoxIndex(*as_corners([(at, 3, at + 10, 3)]))  # as flat as a zone can be
    on = [(x, 3) for x in range(at, at + 11)]
    beside = [(at - 1, 3), (at + 11, 3), (at, 2), (at, 4), (at + 10, 2), (at + 10, 4)]
    points = np.array(on + beside, dtype=float)
    assert pairs_of(index, points, points) == {(i, 0) for i in range(len(on))}
    touching = as_corners([(at - 9, 0, at, 3), (at + 10, 3, at + 20, 9), (at - 9, 0, at - 1, 3), (at, -9, at + 10, 2)])
    assert pairs_of(index, *touching) == {(0, 0), (1, 0)}


@pytest.mark.parametrize("size", [1, 100, 20_000, 3_000_000])
def test_box_index_finds_what_a_comparison_of_all_boxes_finds(size):
    random = np.random.default_rng(size)
    boxes = random_boxes(random, 700, size)
    index = BoxIndex(*boxes)
    points = np.concatenate([boxes[0][:200], boxes[1][:200], random_boxes(random, 200, 1)[0]])
    assert pairs_of(index, points, points) == expected_pairs(boxes, points, points)
    asked = random_boxes(random, 100, 50_000)
    assert pairs_of(index, *asked) == expected_pairs(boxes, *asked)


def test_box_index_of_nothing_and_asked_for_nothing_answers_nothing():
    none = as_corners([])
    for index in (BoxIndex(*none), BoxIndex(*as_corners([(0, 0, 1, 1)]))):
        assert pairs_of(index, *none) == set()
    assert len(BoxIndex(*none)) == 0
    assert pairs_of(BoxIndex(*none), *as_corners([(0, 0, 1, 1)])) == set()


def test_box_index_four_threads_ask_one_of_20_000_boxes():
    """Without the lock rtree ends the process: by a segmentation fault, or by a double free."""
    random = np.random.default_rng(1)
    boxes = random_boxes(random, 20_000, 20_000)
    index = BoxIndex(*boxes)
    asked = [random_boxes(random, 2_000, 20_000) for _ in range(4)]
    expected = [pairs_of(index, *boxes) for boxes in asked]
    barrier = threading.Barrier(4)
    differing: list[int] = []

    def ask(number: int) -> None:
        barrier.wait()
        for start in range(0, 2_000, 20):  # small questions, so that threads change places between them
            part = slice(start, start + 20)
            pairs = {(start + i, box) for i, box in pairs_of(index, *(corner[part] for corner in asked[number]))}
            if pairs != {pair for pair in expected[number] if start <= pair[0] < start + 20}:
                differing.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert differing == []


def test_rtree_comes_back_empty_from_a_pickle_and_box_index_does_not():
    boxes = as_corners([(0, 0, 10, 10), (5, 5, 20, 20)])
    bare = Index((np.arange(2), *boxes))
    assert (len(bare), len(pickle.loads(pickle.dumps(bare)))) == (2, 0)
    index = BoxIndex(*boxes)
    point = np.array([[7.0, 7.0]])
    for again in (pickle.loads(pickle.dumps(index)), copy.copy(index), copy.deepcopy(index)):
        assert again._tree is not index._tree
        assert pairs_of(again, point, point) == {(0, 0), (0, 1)}


def test_family_index_copied_answers_as_before():
    zones = kernel_zones.oddities()
    index = FamilyIndex("WGS84", [(i, effective_polygon(zone)) for i, zone in enumerate(zones)])
    again = copy.deepcopy(index)
    x, y = np.array([0, 1, 5000, 25_000]), np.array([0, 1, 5000, 25_000])
    covering = sorted(zip(*(found.tolist() for found in index.covering(x, y)), strict=True))
    assert len(covering) > 50
    assert sorted(zip(*(found.tolist() for found in again.covering(x, y)), strict=True)) == covering
