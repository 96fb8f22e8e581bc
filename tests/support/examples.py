"""How many examples of what is dear are tried: some by what everyone waits for, all of them with ``--all-examples``.

A law is made `dear` with both numbers; a loop takes one of them from `some_of`, and has the mark. All the examples of
all of them are tried with ``-m dear --all-examples``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

_asked = {"all": False}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-examples", action="store_true", help="try all examples of what is marked dear")


def pytest_configure(config: pytest.Config) -> None:
    _asked["all"] = config.getoption("--all-examples")


def some_of(all_examples: int, some: int) -> int:
    """The number of examples to try."""
    return all_examples if _asked["all"] else some


def dear(all_examples: int, some: int, **more: Any) -> Callable[[Any], Any]:
    """Marks a law for Hypothesis, and says how many examples are tried; takes other settings too."""
    tried = settings(max_examples=some_of(all_examples, some), deadline=None, **more)
    return lambda law: pytest.mark.dear(tried(law))
