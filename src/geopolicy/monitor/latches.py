"""What restricts holds on at once, and is let go only after several fixes that deny it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RELEASE_FIXES = 3
RELEASE_S = 5.0
MARGIN_M = 10.0
"""To loosen takes so many fixes in a row, so many seconds, and this distance or the radius of the fix, if longer."""


class _Latch:
    __slots__ = ("denials", "denied_since_s")

    def __init__(self) -> None:
        self.denials = 0
        self.denied_since_s = 0.0


class Latches:
    """The zones, or the doubts, that hold: by name, in no order."""

    __slots__ = ("_held", "_locked_until_s")

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._held: dict[str, _Latch] = {key: _Latch() for key in keys}
        self._locked_until_s: dict[str, float] = {}

    def set(self, keys: Iterable[str]) -> None:
        """What is true now; it holds from now on."""
        for key in keys:
            latch = self._held.get(key)
            if latch is None:
                self._held[key] = _Latch()
            else:
                latch.denials = 0

    def deny(self, but: Iterable[str], at_s: float) -> None:
        """A good fix at a time denies everything but these; what was denied often and long enough is let go."""
        kept = set(but)
        self._locked_until_s = {key: until_s for key, until_s in self._locked_until_s.items() if until_s > at_s}
        for key in [key for key in self._held if key not in kept]:
            latch = self._held[key]
            if latch.denials == 0:
                latch.denied_since_s = at_s
            latch.denials += 1
            is_long = latch.denials >= RELEASE_FIXES and at_s - latch.denied_since_s >= RELEASE_S
            if is_long and key not in self._locked_until_s:
                del self._held[key]
        for key in kept & self._held.keys():
            self._held[key].denials = 0

    def lock(self, until_s: Mapping[str, float]) -> None:
        """Keeps what holds, now or later, until these times, whatever fixes say."""
        for key, own_s in until_s.items():
            self._locked_until_s[key] = max(own_s, self._locked_until_s.get(key, own_s))

    def is_settled(self) -> bool:
        """Whether nothing that holds is denied."""
        return not any(latch.denials for latch in self._held.values())

    def keys(self) -> frozenset[str]:
        """What holds."""
        return frozenset(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: object) -> bool:
        return key in self._held
