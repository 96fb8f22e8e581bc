"""When to ask for news: not all vehicles at once, and not often where nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_DOUBLINGS = 6
_JITTER = 0.1


def delay_s(every_s: float, failures: int, random: Callable[[], float]) -> float:
    """How long to wait until the next question.

    Parameters
    ----------
    every_s
        The interval while all is well; up to a tenth is added or taken off, so that vehicles spread.
    failures
        How many questions in a row were not answered or refused: from the second on the interval doubles, six times
        at most, and anything from a half of it to the whole is waited.
    random
        Gives numbers from 0 up to 1.

    Examples
    --------
    >>> delay_s(60.0, 0, lambda: 0.5)
    60.0
    >>> delay_s(60.0, 4, lambda: 0.0)
    240.0
    """
    if failures <= 1:
        return every_s * (1.0 + _JITTER * (2.0 * random() - 1.0))
    longest = every_s * 2.0 ** min(failures - 1, MOST_DOUBLINGS)
    return longest * (0.5 + 0.5 * random())
