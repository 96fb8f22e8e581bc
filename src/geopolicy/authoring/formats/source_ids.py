"""Ids of zones whose source has none of its own."""

from __future__ import annotations


def unique_id(name: str, taken: dict[str, str]) -> str:
    """The name, with a number where it is taken; it is taken from here on."""
    unique = name if name not in taken else f"{name} {_free_number(name, taken)}"
    taken[unique] = name
    return unique


def _free_number(name: str, taken: dict[str, str]) -> int:
    """A number of which the one before it is taken: where they were given in turn, the lowest that is free."""
    last, free = 1, 2
    while f"{name} {free}" in taken:
        last, free = free, 2 * free
    while free - last > 1:
        middle = (last + free) // 2
        last, free = (middle, free) if f"{name} {middle}" in taken else (last, middle)
    return free
