"""How many examples of what is dear are tried: some by what everyone waits for, all of them with ``--all-examples``.

A test of this kind is marked `dear`, and takes its numbers from `some_of`; ``-m dear --all-examples`` tries them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_asked = {"all": False}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-examples", action="store_true", help="try all examples of what is marked dear")


def pytest_configure(config: pytest.Config) -> None:
    _asked["all"] = config.getoption("--all-examples")


def some_of(all_examples: int, some: int) -> int:
    """The number of examples to try."""
    return all_examples if _asked["all"] else some
