"""What monitors ask along a drive, forwards and backwards, and over which stretch of the recorder's clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.hosts.redact.asks import ALL_OFF, Ask, AskTable, joined
from geopolicy.hosts.redact.mirror import Mirrored, mirrored
from geopolicy.hosts.redact.spans import is_dated
from geopolicy.model.fixes import Fix
from geopolicy.monitor.monitor import Monitor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geopolicy.engines.contract import Engine
    from geopolicy.monitor.profile import MonitorProfile

_S = 10**9
_TICK_NS = 200_000_000  # between fixes the disc grows: so often it is asked about
_BEFORE_NS = 1_000_000  # before a fix, once more
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_KEPT = 4096


class Seen(NamedTuple):
    """A fix of a recording: when it was true on the recorder's clock, and what it says."""

    at_ns: int
    lat: float
    lon: float
    accuracy_95_m: float | None
    is_valid: bool


class _Event(NamedTuple):
    at_ns: int
    asks: Mapping[str, Ask]


class Track:
    """What one monitor asked: from each moment to the next no less than at either of them.

    Parameters
    ----------
    events
        Moments and what was asked from then on; a later one asks for the way up to it, too.
    is_backwards
        Whether they come in falling order.
    """

    def __init__(self, events: Iterable[_Event], *, is_backwards: bool = False) -> None:
        starts: list[int] = []
        pieces: list[tuple[Mapping[str, Ask], ...]] = []
        first: _Event | None = None
        last: _Event | None = None
        for event in events:
            if last is None:
                first = last = event
                continue
            piece = (event.asks,) if last.asks is event.asks else (last.asks, event.asks)
            start_ns = min(last.at_ns, event.at_ns)
            if not pieces or pieces[-1] != piece:
                starts.append(start_ns)
                pieces.append(piece)
            elif is_backwards:
                starts[-1] = start_ns
            last = event
        if is_backwards:
            starts.reverse()
            pieces.reverse()
        self._starts, self._pieces = starts, pieces
        self._end_ns = -1 if first is None or last is None else max(first.at_ns, last.at_ns)
        self._kept: dict[tuple[int, int, str], Ask] = {}

    def over(self, start_ns: int, end_ns: int, sensor: str) -> Ask:
        """What is asked of a sensor over a stretch, its ends included."""
        if not self._starts or start_ns < self._starts[0] or end_ns > self._end_ns:
            return ALL_OFF
        first = max(bisect_left(self._starts, start_ns) - 1, 0)
        last = bisect_right(self._starts, end_ns)
        key = first, last, sensor
        ask = self._kept.get(key)
        if ask is None:
            if len(self._kept) > _MAX_KEPT:
                self._kept.clear()
            asks = (piece[sensor] for pieces in self._pieces[first:last] for piece in pieces)
            ask = self._kept[key] = joined(asks)
        return ask


def tracks_of(engine: Engine, fixes: Sequence[Seen], profile: MonitorProfile) -> list[Track]:
    """What a monitor asks along fixes in the order of their times, forwards and backwards.

    Frames are written before a jump or a forged signal is recognised, and a zone is left before it is let go: what
    goes through the drive from its end sees the one before it happened, and holds the other before it begins.
    """
    if not fixes:
        return []
    table = AskTable()
    forward = _Drive(Monitor(engine, profile=profile), table, fixes[0].at_ns, 1)
    times: list[datetime | None] = []
    ahead = Track(forward.events(fixes, (_time_of(fix.at_ns) for fix in fixes), times))
    known = [time for time in times if time is not None]
    began, ended = (known[0], known[-1]) if known else (None, None)
    mirror: Any = Mirrored(engine, began, ended)
    floor = None if ended is None else ended - timedelta(days=1)  # mirrored times come after the last one
    monitor = Monitor(mirror, profile=profile, clock_floor=floor)
    backward = _Drive(monitor, table, fixes[-1].at_ns, -1)
    back_times = (None if time is None or ended is None else mirrored(time, ended) for time in reversed(times))
    return [ahead, Track(backward.events(fixes[::-1], back_times, []), is_backwards=True)]


def _time_of(at_ns: int) -> datetime | None:
    """The time on a clock that counts from 1970; None on one that does not."""
    return _EPOCH + timedelta(microseconds=at_ns // 1000) if is_dated(at_ns) else None


class _Drive:
    """One way through a drive."""

    def __init__(self, monitor: Monitor, table: AskTable, began_ns: int, sign: int) -> None:
        self._monitor = monitor
        self._table = table
        self._began_ns = began_ns
        self._sign = sign

    def _seconds(self, at_ns: int) -> float:
        return self._sign * (at_ns - self._began_ns) / _S

    def events(
        self, fixes: Sequence[Seen], times: Iterable[datetime | None], known: list[datetime | None]
    ) -> Iterator[_Event]:
        """What is asked at each fix and at moments between; the time of each fix as it is known is kept."""
        last_ns: int | None = None
        for fix, time in zip(fixes, times, strict=True):
            if last_ns is not None:
                yield from self._between(last_ns, fix.at_ns)
            decision = self._monitor.update(
                Fix(
                    fix.lat,
                    fix.lon,
                    fix.accuracy_95_m,
                    time,
                    self._seconds(fix.at_ns),
                    valid=fix.is_valid,
                )
            )
            known.append(self._monitor.time)
            yield _Event(fix.at_ns, self._table.of(decision))
            last_ns = fix.at_ns

    def _between(self, start_ns: int, end_ns: int) -> Iterator[_Event]:
        """Moments between two fixes: many while the last is good, and one before the next."""
        gap_ns = abs(end_ns - start_ns)
        good_ns = int((self._monitor.profile.stale_after_s + 1.0) * _S)
        steps = list(range(_TICK_NS, min(gap_ns - _BEFORE_NS, good_ns), _TICK_NS))
        if gap_ns > _BEFORE_NS:
            steps.append(gap_ns - _BEFORE_NS)
        for step_ns in steps:
            at_ns = start_ns + self._sign * step_ns
            yield _Event(at_ns, self._table.of(self._monitor.tick(self._seconds(at_ns))))
