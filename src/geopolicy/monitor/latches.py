"""Hysteresis: a restriction takes effect at once, and ends only after several good fixes in a row contradict it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RELEASE_FIXES = 3
RELEASE_S = 5.0
MARGIN_M = 10.0
"""To loosen takes so many fixes in a row, so many seconds, and this distance or the radius of the fix, if longer."""


class _Latch:
    __slots__ = ("contradicted_since_s", "contradictions")

    def __init__(self) -> None:
        self.contradictions = 0
        self.contradicted_since_s = 0.0


class Latches:
    """The zones, or the doubts, that hold: by name, in no order.

    A key holds from `set` on. It is released by `contradict` alone, and not while `hold_until` keeps it: by the
    third contradiction in a row, if that comes 5 s or longer after the first. `set`, or a good fix that does not
    contradict it, begins the count anew. Time alone releases nothing, so silence never loosens.
    """

    __slots__ = ("_held", "_held_until_s")

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._held: dict[str, _Latch] = {key: _Latch() for key in keys}
        self._held_until_s: dict[str, float] = {}

    def set(self, keys: Iterable[str]) -> None:
        """What is true now; it holds from now on."""
        for key in keys:
            latch = self._held.get(key)
            if latch is None:
                self._held[key] = _Latch()
            else:
                latch.contradictions = 0

    def contradict(self, all_but: Iterable[str], at_s: float) -> None:
        """A good fix at a time contradicts all that holds but these, and ends what was contradicted long enough."""
        affirmed = set(all_but)
        self._held_until_s = {key: until_s for key, until_s in self._held_until_s.items() if until_s > at_s}
        for key in [key for key in self._held if key not in affirmed]:
            latch = self._held[key]
            if latch.contradictions == 0:
                latch.contradicted_since_s = at_s
            latch.contradictions += 1
            is_long = latch.contradictions >= RELEASE_FIXES and at_s - latch.contradicted_since_s >= RELEASE_S
            if is_long and key not in self._held_until_s:
                del self._held[key]
        for key in affirmed & self._held.keys():
            self._held[key].contradictions = 0

    def hold_until(self, until_s: Mapping[str, float]) -> None:
        """Keeps what holds, now or later, until these times, whatever fixes say. The latest time counts."""
        for key, key_until_s in until_s.items():
            self._held_until_s[key] = max(key_until_s, self._held_until_s.get(key, key_until_s))

    def is_settled(self) -> bool:
        """Whether nothing that holds is contradicted."""
        return not any(latch.contradictions for latch in self._held.values())

    def keys(self) -> frozenset[str]:
        """What holds."""
        return frozenset(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: object) -> bool:
        return key in self._held
