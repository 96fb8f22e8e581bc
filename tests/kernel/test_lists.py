"""Lists by number: `_kernel.list_ends` and `list_values` beside Python's lists, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geopolicy._kernel import list_ends, list_values

WORDS = st.integers(0, 2**32 - 1)


def columns(lists):
    begins = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    return begins, np.array([value for own in lists for value in own], dtype=np.uint32)


def numbers(*values: int):
    return np.array(values, dtype=np.uint32)


@given(st.data(), st.lists(st.lists(WORDS, max_size=3), min_size=1, max_size=8))
def test_lists_lie_one_behind_the_other(data, lists):
    chosen = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=40))
    begins, values = columns(lists)
    codes, ends = numbers(*chosen), np.full(len(chosen) + 1, -1, dtype=np.int64)
    list_ends(codes, begins, values, ends)
    assert ends.tolist() == np.cumsum([0, *(len(lists[own]) for own in chosen)]).tolist()
    found = np.empty(int(ends[-1]), dtype=np.uint32)
    list_values(codes, begins, values, found)
    assert found.tolist() == [value for own in chosen for value in lists[own]]


@pytest.mark.parametrize(
    ("codes", "begins", "values", "room"),
    [
        (numbers(2), [0, 1, 2], numbers(7, 8), 1),  # no such list
        (numbers(0), [], numbers(7), 1),
        (numbers(0), [0, 2], numbers(7), 2),  # beyond the values
        (numbers(0), [2, 1], numbers(7, 8), 1),  # ends before it begins
        (numbers(0), [-1, 1], numbers(7, 8), 2),
        (numbers(0), [0, 1], numbers(), 1),
    ],
)
def test_numbers_of_no_list_are_refused(codes, begins, values, room):
    begins = np.array(begins, dtype=np.int64)
    with pytest.raises(ValueError, match="numbers must be those of lists"):
        list_ends(codes, begins, values, np.empty(len(codes) + 1, dtype=np.int64))
    with pytest.raises(ValueError, match="numbers must be those of lists"):
        list_values(codes, begins, values, np.empty(room, dtype=np.uint32))


@pytest.mark.parametrize("room", [0, 1, 3])
def test_values_must_fill_what_is_given(room):
    begins, values = columns([[5, 6]])
    into = np.full(room, 9, dtype=np.uint32)
    with pytest.raises(ValueError, match="their values fill what is given"):
        list_values(numbers(0), begins, values, into)


def test_ends_need_one_more_than_numbers():
    begins, values = columns([[5, 6]])
    with pytest.raises(ValueError, match="arrays must have one length"):
        list_ends(numbers(0), begins, values, np.empty(1, dtype=np.int64))
    with pytest.raises(ValueError, match="int64"):
        list_ends(numbers(0), begins.astype(np.int32), values, np.empty(2, dtype=np.int64))
