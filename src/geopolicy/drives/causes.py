"""Why fixes lack something: counted by cause, with the first place of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

POSITION = "without a valid position"
TIME = "without a known time or age"
"""Neither is known."""
MOMENT = "without a known time"
"""The age is known."""
AGE = "without a known age"
"""The time is known."""
ACCURACY = "without a usable accuracy"
LACKS = (POSITION, TIME, MOMENT, AGE, ACCURACY)
_MAX_CAUSES = 20
_OTHERS = "other causes"


def shape_of(text: str) -> str:
    """What a text looks like, without what it says: each digit is a ``d``, each letter an ``a``.

    Examples
    --------
    >>> shape_of("45.2735"), shape_of("33.86 S")
    ('dd.dddd', 'dd.dd a')
    """
    shape = "".join("d" if c.isdigit() else "a" if c.isalpha() else c if " " <= c <= "~" else "?" for c in text[:24])
    return shape + ("..." if len(text) > 24 else "")


class Causes:
    """How many fixes lack something, by what they lack and why. No text in it holds a position.

    Examples
    --------
    >>> causes = Causes()
    >>> for row in (2, 3):
    ...     causes.add(POSITION, "VALID is 'NO FIX'", f"row {row}")
    >>> causes.lines()
    ["2 fixes without a valid position: VALID is 'NO FIX' (2), first at row 2"]
    """

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, tuple[int, str]]] = {}

    def add(self, lack: str, cause: str, place: str) -> None:
        """Count one fix; beyond twenty causes of one kind, the further ones are counted together."""
        counts = self._counts.setdefault(lack, {})
        if cause not in counts and len(counts) >= _MAX_CAUSES:
            cause = _OTHERS
        count, first = counts.get(cause, (0, place))
        counts[cause] = count + 1, first

    def __iter__(self) -> Iterator[tuple[str, str, int, str]]:
        """What is lacking, why, how often and where first."""
        for lack in LACKS:
            for cause, (count, first) in self._counts.get(lack, {}).items():
                yield lack, cause, count, first

    def count(self, lack: str) -> int:
        """How many fixes lack something."""
        return sum(count for count, _ in self._counts.get(lack, {}).values())

    def lines(self) -> list[str]:
        """A sentence for each thing that fixes lack."""
        sentences = []
        for lack in LACKS:
            causes = self._counts.get(lack, {})
            if causes:
                total = self.count(lack)
                told = "; ".join(f"{cause} ({count}), first at {first}" for cause, (count, first) in causes.items())
                sentences.append(f"{total} {'fix' if total == 1 else 'fixes'} {lack}: {told}")
        return sentences
