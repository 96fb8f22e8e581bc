"""Sequences whose items are made when they are looked at."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar, overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Item = TypeVar("Item")
MOST_KEPT = 65_536
"""So many items are kept at once; then all are let go, to be made again where they are looked at again."""


class LazySequence(Sequence[Item], Generic[Item]):
    """An immutable sequence that makes an item when it is looked at, and keeps it a while; compares by items.

    Several threads may look at it.
    """

    __slots__ = ("_count", "_made")

    def __init__(self, count: int) -> None:
        self._count = count
        self._made: dict[int, Item] = {}

    @abstractmethod
    def _make(self, index: int) -> Item:
        """The item at an index, 0 or more."""

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        """An item, or several as a tuple."""
        if isinstance(index, slice):
            return tuple(self[at] for at in range(self._count)[index])
        which = range(self._count)[index]
        if which in (made := self._made):
            return made[which]
        if len(made) >= MOST_KEPT:
            made = self._made = {}  # another thread may be reading the one before
        return made.setdefault(which, self._make(which))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (tuple(self),)
