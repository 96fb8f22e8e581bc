"""Asking for news again and again: not all vehicles at once, and not often where nobody answers."""

from __future__ import annotations

import random as chance
import time
from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.base.arguments import check_kind, check_whole, number
from geopolicy.model.times import in_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geopolicy.errors import UpdateError
    from geopolicy.pack.pack import Pack
    from geopolicy.update.client import Outcome, UpdateClient

LONGEST_S = 120.0
"""Who could not be reached asks again within this time, or the interval if that is longer: emergencies do not wait."""
_JITTER = 0.1


class Asked(NamedTuple):
    """One question of a client, and what came of it.

    Attributes
    ----------
    time
        When it was asked.
    outcome
        What the client made of the answer.
    new
        The paths of packs that were not in force before, or with other content.
    gone
        The paths of packs that were in force before, and are not any more.
    trouble
        What could not be done for the next start; None if all was.
    is_stale
        Whether nothing was confirmed for as long as the metadata lasts: news may have been held back.
    failures
        How many questions in a row, this one included, were refused or not answered.
    is_change
        Whether it came out differently from the one before: other packs, another refusal, or none any more.
    """

    time: datetime
    outcome: Outcome
    new: tuple[str, ...]
    gone: tuple[str, ...]
    trouble: str | None
    is_stale: bool
    failures: int
    is_change: bool


def ask(client: UpdateClient, now: datetime, monotonic_s: float | None = None, before: Asked | None = None) -> Asked:
    """Asks for news once.

    Parameters
    ----------
    client
        Who asks, and installs what is new.
    now
        The time, as far as it is known.
    monotonic_s
        The seconds of a clock that only goes on, by which what was signed ages; None for a single question.
    before
        What came of the question before, if there was one.
    """
    check_client(client)
    check_kind("before", before, (Asked, type(None)), "what ask gave before, or None")
    now = in_utc("now", now)
    monotonic_s = None if monotonic_s is None else number("monotonic_s", monotonic_s)
    packs = client.packs
    outcome = client.update(now, monotonic_s)
    new = tuple(path for path in sorted(outcome.packs) if _digest(packs, path) != outcome.packs[path].digest)
    gone = tuple(path for path in sorted(packs) if path not in outcome.packs)
    failures = 0 if outcome.refusal is None else 1 + (0 if before is None else before.failures)
    until_s = client.fresh_until_s
    is_stale = until_s is not None and monotonic_s is not None and monotonic_s >= until_s
    asked = Asked(now, outcome, new, gone, client.trouble, is_stale, failures, is_change=True)
    is_change = bool(new or gone) or before is None or _state(asked) != _state(before)
    return asked._replace(is_change=is_change)


def watched(
    client: UpdateClient,
    every_s: float = 60.0,
    *,
    now: Callable[[], datetime] | None = None,
    monotonic_s: Callable[[], float] | None = None,
    sleep: Callable[[float], object] | None = None,
    random: Callable[[], float] | None = None,
) -> Iterator[Asked]:
    """Asks for news for ever, and tells each time what came of it.

    No refusal ends it, no host that is down, and no disk that is full. It waits when the next answer is asked for;
    what is done with an answer takes its time in between.

    Parameters
    ----------
    client
        Who asks, and installs what is new.
    every_s
        The interval while all is well, as `delay_s` takes it.
    now
        Gives the time; that of this machine if not given.
    monotonic_s
        Gives the seconds of a clock that only goes on; `time.monotonic` if not given.
    sleep
        Waits so many seconds.
    random
        Gives numbers from 0 up to 1.

    Yields
    ------
    Asked
        What came of a question.

    Raises
    ------
    TypeError
        If the interval is no number, or what was given for a function is none.
    ValueError
        If the interval is not above 0.

    Examples
    --------
    ::

        for asked in watched(client, 10.0):
            if asked.is_change:
                tell_the_fleet(vehicle_status(client))
    """
    check_client(client)
    every_s = interval_s(every_s)
    for name, value in (("now", now), ("monotonic_s", monotonic_s), ("sleep", sleep), ("random", random)):
        if value is not None:
            check_function(name, value)
    clocks, gives = (now or _now, monotonic_s or time.monotonic), random or chance.random
    return _asked(client, clocks, sleep or time.sleep, lambda failures: delay_s(every_s, failures, gives))


def _asked(
    client: UpdateClient,
    clocks: tuple[Callable[[], datetime], Callable[[], float]],
    sleep: Callable[[float], object],
    delay_after_s: Callable[[int], float],
) -> Iterator[Asked]:
    (now, monotonic_s), last = clocks, None
    while True:
        last = ask(client, now(), monotonic_s(), last)
        yield last
        sleep(delay_after_s(last.failures))


def delay_s(every_s: float, failures: int, random: Callable[[], float]) -> float:
    """How long to wait until the next question.

    Parameters
    ----------
    every_s
        The interval while all is well; up to a tenth is added or taken off, so that vehicles spread.
    failures
        How many questions in a row were not answered or refused: from the second on the interval doubles, up to
        two minutes if it is not longer itself, and anything from a half of it to the whole is waited.
    random
        Gives numbers from 0 up to 1.

    Raises
    ------
    TypeError
        If the interval is no number, or what gives numbers no function.
    ValueError
        If the interval is not above 0.

    Examples
    --------
    >>> delay_s(60.0, 0, lambda: 0.5)
    60.0
    >>> delay_s(10.0, 9, lambda: 1.0)
    120.0
    """
    every_s = interval_s(every_s)
    check_whole("failures", failures)
    check_function("random", random)
    longest = min(every_s * 2.0 ** min(failures - 1, 64), LONGEST_S)
    if failures <= 1 or longest <= every_s:
        return every_s * (1.0 + _JITTER * (2.0 * random() - 1.0))
    return max(every_s, longest * (0.5 + 0.5 * random()))


def interval_s(every_s: float) -> float:
    """An interval above 0 seconds.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is not above 0.
    """
    seconds = number("every_s", every_s)
    if not 0.0 < seconds < float("inf"):
        raise ValueError(f"every_s must be above 0 seconds, got {seconds:g}")
    return seconds


def check_client(client: object) -> None:
    """Refuses what cannot be asked for news.

    Raises
    ------
    TypeError
        Saying what is wanted.
    """
    if not callable(getattr(client, "update", None)) or isinstance(client, type | Mapping | Set):
        raise TypeError(f"client must be an UpdateClient, got {type(client).__name__}")


def check_function(name: str, value: object) -> None:
    """Refuses what cannot be called.

    Raises
    ------
    TypeError
        Saying what is wanted.
    """
    if not callable(value) or isinstance(value, type):
        raise TypeError(f"{name} must be a function, got {type(value).__name__}")


def _now() -> datetime:
    return datetime.now(UTC)


def _digest(packs: Mapping[str, Pack], path: str) -> str | None:
    return packs[path].digest if path in packs else None


def _state(asked: Asked) -> tuple[object, ...]:
    """What is wrong, without the figures in the words for it, which are others each time."""
    refusal, left_out = asked.outcome.refusal, {_kind(refusal) for refusal in asked.outcome.left_out}
    return refusal and _kind(refusal), left_out, asked.trouble is None, asked.is_stale


def _kind(refusal: UpdateError) -> tuple[object, ...]:
    return type(refusal).__name__, getattr(refusal, "attack", None), getattr(refusal, "file", None)
