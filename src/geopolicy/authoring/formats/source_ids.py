"""Ids of zones whose source has none of its own."""

from __future__ import annotations


def unique_id(name: str, taken: dict[str, str]) -> str:
    """The name, with a number where it is taken; it is taken from here on."""
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name} {number}"
    taken[unique] = name
    return unique
