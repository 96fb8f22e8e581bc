"""The log that a vehicle writes: it never stops a decision, and records later what it could not write."""

from __future__ import annotations

import errno
import math
import re
from collections import Counter, deque
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from geopolicy.audit.chain import Chain
from geopolicy.audit.details import details_of
from geopolicy.audit.pseudonyms import KEY_BYTES
from geopolicy.audit.records import Checkpoint, coarse
from geopolicy.audit.store import Store
from geopolicy.base.arguments import check_bool
from geopolicy.errors import AuditError
from geopolicy.model.times import require_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from datetime import date
    from types import TracebackType
    from typing import Any, NoReturn, Protocol, Self

    from geopolicy.model.transitions import Transition

    class Followed(Protocol):
        """What a log needs of a monitor."""

        def transitions(self, after: int = 0) -> Iterable[Transition]: ...  # noqa: D102  # the monitor says it

        @property
        def counters(self) -> Mapping[str, int]: ...  # noqa: D102  # the monitor says it


PENDING = 1024  # records kept in memory while they cannot be written; a monitor keeps as many transitions
MIN_BYTES = 65_536
DAY_S = 86_400
_WORD = re.compile(r"[a-z][a-z_]{0,63}")  # without digits: no number can be a name


class AuditLog:
    """A log of a vehicle's decisions in a folder: transitions only, no positions, coarse time, records chained.

    It reads no clock: times are those of the transitions, and what is passed in. What cannot be written is
    kept (the last 1,024 records), counted and written later; neither `follow` nor `write` raises for it.
    Close it, or use it in a ``with``: one that is forgotten lets others have the folder, but does not end the
    drive, and loses what is pending. One thread at a time.

    Parameters
    ----------
    folder
        Where it is, or will be made. Only one `AuditLog` at a time can have it.
    key
        The secret of the vehicle, at least 16 bytes. Who has it can tell which zones the log names.
    resolution_s
        Times are rounded down to this many seconds, 1 to 86,400.
    max_bytes
        About how large it may become, at least 65,536; the oldest files are dropped.
    max_age
        Files that ended longer ago are dropped when `retain` (or `follow`) is told the time; None: never.
    sync
        Whether every record reaches the disk before the call returns. Without, a power cut may lose the last
        records; a process that is killed loses none.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    AuditError
        If another writer has the folder (``code`` is ``"locked"``), if it cannot be made or read
        (``"unreadable"``), or if its format is newer (``"format-unknown"``).
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        key: bytes,
        *,
        resolution_s: int = 60,
        max_bytes: int = 16 << 20,
        max_age: timedelta | None = timedelta(days=180),
        sync: bool = True,
    ) -> None:
        _check(key, resolution_s, max_bytes, max_age)
        check_bool("sync", sync)
        self._resolution_s = resolution_s
        self._pending: deque[tuple[str, datetime | None, dict[str, Any]]] = deque()
        self._errors: Counter[str] = Counter()
        self._lost = 0
        self._failures = 0
        self._monitor: Followed | None = None
        self._cursors: WeakKeyDictionary[Followed, int] = WeakKeyDictionary()  # how far monitors were written
        self._seen = 0
        self._sensors: tuple[str, ...] | None = None
        self._began_s = math.nan
        self._counters: dict[str, int] = {}
        self._counted_at: datetime | None = None
        self._retained_on: date | None = None
        self._is_closed = False
        self._store = Store(folder, must_sync=sync)
        self._chain = Chain(self._store, key, resolution_s, max_bytes, max_age)
        try:
            self._store.acquire()
            self._chain.open()
        except OSError as error:
            self._store.release()
            rule = f"must be a folder that can be read and written, got {error.strerror}"
            raise AuditError("unreadable", f"audit log '{self._store.folder}': {rule}") from None
        except AuditError:
            self._store.release()
            raise

    # What is logged --------------------------------------------------------------

    def follow(self, monitor: Followed, time: datetime | None = None) -> None:
        """Writes what a monitor did since the last call: its transitions, and counters that changed.

        Transitions that it no longer has are recorded as a gap. Counters that changed are written with the
        next transition, and when the drive ends. Another monitor ends the drive; one that this log followed
        before goes on, in a new drive, where it was left.

        ``time`` must be one that the program trusts, never that of a receiver such as `Monitor.time`: once a
        day it is passed to `retain`, so a forged one empties the log. It may be left out; then only the size
        bounds the log until `retain` is called. With it counters that changed without a transition are
        written too, at most once in each step of its resolution.

        Raises
        ------
        ValueError
            If ``time`` is given and no aware datetime.
        TypeError
            If ``monitor`` is none.
        AuditError
            If the log is closed.
        """
        self._check_open()
        if not (hasattr(monitor, "transitions") and hasattr(monitor, "counters")):
            raise TypeError(f"monitor must be a Monitor, got {type(monitor).__name__}")
        if time is not None:
            require_aware("time", time)
        if monitor is not self._monitor:
            self._end_drive()
            self._monitor, self._seen = monitor, self._cursors.get(monitor, 0)
        before = self._seen
        for transition in monitor.transitions(after=self._seen):
            self._take(transition, monitor.counters)
        step = coarse(time, self._resolution_s)
        if self._sensors is not None and self._seen == before and step is not None and step != self._counted_at:
            self._count(monitor.counters, step)
        self._flush()
        if step is not None and step.date() != self._retained_on:
            self._retained_on = step.date()
            self.retain(step)

    def write(self, transition: Transition, counters: Mapping[str, int] | None = None) -> None:
        """Writes one transition and the counters that changed, where no monitor is followed.

        A number not above the last begins a new drive, and so does a transition after `follow`.

        Raises
        ------
        AuditError
            If the log is closed.
        """
        self._check_open()
        if self._monitor is not None or transition.number <= self._seen:
            self._end_drive()
        self._take(transition, counters or {})
        self._flush()

    def retain(self, time: datetime) -> None:
        """Drops files that ended longer than ``max_age`` before a time. What goes is recorded first.

        The time must be one that the program trusts: one that lies too late drops all files but the last.
        Make a checkpoint afterwards: one from before does not vouch for what was dropped.

        Raises
        ------
        ValueError
            If the time is no aware datetime.
        AuditError
            If the log is closed.
        """
        self._check_open()
        require_aware("time", time)
        now = coarse(time, self._resolution_s)
        if now is not None:
            try:
                self._chain.drop_for_age(now)
            except OSError as error:
                self._note(error)

    def _take(self, transition: Transition, counters: Mapping[str, int]) -> None:
        """Queues a transition, and what must stand before it."""
        time = coarse(transition.time, self._resolution_s)
        sensors = transition.after.vehicle.sensors
        if self._sensors is None:
            self._began_s = transition.monotonic_s
        if self._sensors != sensors:
            self._queue("start", time, {"clean": self._chain.is_clean, "sensors": list(sensors)}, at_s=self._began_s)
            self._sensors = sensors
        lost = transition.number - self._seen - 1
        if lost > 0:
            self._queue("gap", time, {"lost": lost}, at_s=transition.monotonic_s)
        self._seen = transition.number
        details = details_of(transition, self._changed(counters))
        self._queue("transition", time, details, at_s=transition.monotonic_s)

    def _count(self, counters: Mapping[str, int], time: datetime | None) -> None:
        changed = self._changed(counters)
        if changed:
            self._counted_at = time
            self._queue("counters", time, {"counters": changed})

    def _changed(self, counters: Mapping[str, int]) -> dict[str, int]:
        """The counters that are not as they were last written; names that are no words are summed as ``other``."""
        now: Counter[str] = Counter()
        for name, count in counters.items():
            if type(count) is int and count >= 0:
                now[str(name) if _WORD.fullmatch(str(name)) else "other"] += count
        changed = {name: count for name, count in sorted(now.items()) if self._counters.get(name, 0) != count}
        self._counters |= changed
        return changed

    def _end_drive(self) -> None:
        """Queues what is due at the end of a drive, if there was one."""
        if self._sensors is not None:
            if self._monitor is not None:
                self._count(self._monitor.counters, self._chain.latest)
            self._queue("stop", self._chain.latest, {})
            self._chain.is_clean = True
        if self._monitor is not None:
            self._cursors[self._monitor] = self._seen
        self._monitor, self._sensors, self._seen, self._counters = None, None, 0, {}

    # Writing ---------------------------------------------------------------------

    def _queue(self, kind: str, time: datetime | None, details: dict[str, Any], *, at_s: float = math.nan) -> None:
        """Queues a record. Where the time is not known it says how long the drive had lasted, as coarsely."""
        if time is None:
            elapsed_s = at_s - self._began_s
            steps = elapsed_s // self._resolution_s if 0 <= elapsed_s < math.inf else None
            details = {"elapsed_s": None if steps is None else int(steps) * self._resolution_s, **details}
        if len(self._pending) == PENDING:
            kind_lost, *_ = self._pending.popleft()
            self._lost += 1
            if kind_lost == "start":
                self._sensors = None  # the next transition says it again
        self._pending.append((kind, time, details))

    def _flush(self) -> None:
        """Writes what is pending, first of all what failed before."""
        try:
            if self._errors or self._lost:
                details = {"errors": dict(sorted(self._errors.items())), "lost": self._lost}
                self._chain.put("failed", self._chain.latest, details)
                self._errors.clear()
                self._lost = 0
            while self._pending:
                self._chain.put(*self._pending[0])
                self._pending.popleft()
        except OSError as error:
            self._note(error)
        for trouble in self._chain.troubles:
            self._note(trouble)
        self._chain.troubles.clear()

    def _note(self, error: OSError) -> None:
        self._failures += 1
        self._errors[errno.errorcode.get(error.errno or 0, "unknown")] += 1

    # What is known of it ---------------------------------------------------------

    @property
    def failures(self) -> int:
        """How often something could not be written, synchronised or deleted since the log was opened."""
        return self._failures

    @property
    def pending(self) -> int:
        """How many records wait in memory because they could not be written."""
        return len(self._pending)

    def checkpoint(self) -> Checkpoint:
        """What proves the log up to its last record that is written, once it is kept elsewhere.

        Raises
        ------
        AuditError
            If the log is closed (``code`` is ``"closed"``), or if no record has been written (``"empty"``).
        """
        self._check_open()
        self._flush()
        if self._chain.number == 0:
            rule = "must have a record to be vouched for, got none"
            raise AuditError("empty", f"audit log '{self._store.folder}': {rule}")
        try:
            self._chain.sync()
        except OSError as error:
            self._note(error)
        return Checkpoint(self._chain.log, self._chain.number, self._chain.hash, self._chain.latest)

    def close(self) -> int:
        """Writes what is pending and that the drive ended, and lets others have the folder. Once is enough.

        Returns how many records could not be written and are lost: the log cannot tell, so let the program
        tell. Above 0 only where writing failed to the end; another call returns the same.
        """
        if not self._is_closed:
            self._end_drive()
            self._flush()
            self._store.release()
            self._is_closed = True
        return len(self._pending) + self._lost

    def _check_open(self) -> None:
        if self._is_closed:
            raise AuditError("closed", f"audit log '{self._store.folder}': must be open, got a closed one")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an AuditLog cannot be pickled or copied: it alone may write to its folder, and it holds the vehicle's"
            " key; open the folder again once it is closed"
        )

    def __repr__(self) -> str:
        return f"<AuditLog '{self._store.folder}': {self._chain.number} records, {len(self._pending)} pending>"


def _check(key: object, resolution_s: object, max_bytes: object, max_age: timedelta | None) -> None:
    if not isinstance(key, bytes) or len(key) < KEY_BYTES:
        got = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
        raise ValueError(f"an audit key must be at least {KEY_BYTES} bytes, got {got}; use secrets.token_bytes(32)")
    if not isinstance(resolution_s, int) or not 1 <= resolution_s <= DAY_S:
        raise ValueError(f"resolution_s must be 1 to {DAY_S} whole seconds, got {resolution_s!r}")
    if not isinstance(max_bytes, int) or max_bytes < MIN_BYTES:
        raise ValueError(f"max_bytes must be at least {MIN_BYTES} bytes, got {max_bytes!r}")
    if max_age is not None and max_age <= timedelta(0):
        raise ValueError(f"max_age must be above zero or None, got {max_age!r}")
