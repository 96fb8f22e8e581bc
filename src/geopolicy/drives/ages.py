"""The monotonic clock of a drive, as far as its stamps carry it.

A vehicle ages its fixes by a clock that never jumps. A recording has stamps instead, and some are wrong: of a
receiver that starts cold, of a week that rolled over, of a clock that was set. Here the seconds since the first
stamp, as the file states them, become seconds on such a clock, or nothing where it cannot be told:
nothing restricts, a false age may loosen.
"""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from geopolicy.drives.causes import AGE, TIME
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

JUMP_S = 60.0
"""A longer step between two fixes is held back until it is known whether the stamps go on from there."""
RUN = 10
"""So many further fixes decide that a jump was a pause, and that a step back was a clock being set."""
MAX_TURNED = 5_000_000
"""A file that begins with its newest fix is held whole; of no more fixes than this."""
_MAX_HEAD = 20 * RUN
_DAY_S = 86400.0  # no recording pauses for longer within a drive
_SHORT = 5  # so many stamps that all fall are newest first, in a file that has no others


def with_ages(fixes: Iterable[Fix], recording: Recording) -> Iterator[Fix]:
    """The fixes, whose ``monotonic_s`` is that of their stamps, with those ages that can be relied on.

    A jump forward from which the stamps return within `RUN` fixes is forged: those fixes have no age. So are
    stamps before the others at the beginning, and those after a jump at the end. After a jump by more than a day, or
    one within the first `RUN` fixes, the clock may have been set: one fix has no age, and ages go on from the last.
    So they do after a step back that lasts; the fixes until then have none. A file whose stamps fall from the first
    on is turned round.

    Raises
    ------
    DriveFileError
        For a file that must be turned round and has more than `MAX_TURNED` fixes.
    """
    errors: list[Exception] = []
    source = _until_error(fixes, errors)
    head, falls = _head(source)
    if 1 < falls < _SHORT:
        recording.assume(f"order: the stamps fall, but only {falls} of them: too few to turn the file round")
    if falls >= _SHORT:
        recording.assume("order: the newest fix comes first in the file; turned round")
        newest_first = [*head]
        for fix in source:
            newest_first.append(fix)
            if len(newest_first) > MAX_TURNED:
                raise recording.error(f"must have at most {MAX_TURNED} fixes where the newest comes first", "more")
        newest_first.reverse()
        turned = iter(newest_first)
        head, _ = _head(turned)
        source = turned
    line = _Line(recording)
    yield from line.begin(head)
    for fix in source:
        age_s = fix.monotonic_s
        if age_s is not None and line.is_plain and 0.0 <= age_s - line.last_s <= JUMP_S:
            line.last_s = age_s
            yield fix
        else:
            yield from line.add(fix)
    yield from line.settle()
    if errors:
        raise errors[0]


def _until_error(fixes: Iterable[Fix], errors: list[Exception]) -> Iterator[Fix]:
    """The fixes; what ends them too early is kept, until those that are held back were told."""
    try:
        yield from fixes
    except (OSError, EOFError, zlib.error, DriveFileError) as error:
        errors.append(error)


def _head(source: Iterator[Fix]) -> tuple[list[Fix], int]:
    """The fixes until the stamps rise for the first time, and how many stamps fell if they did not rise.

    Those without a stamp decide nothing; of so many stamps that fall, or of a whole file, the newest is first.
    """
    head: list[Fix] = []
    falls = 0
    last_s: float | None = None
    for fix in source:
        head.append(fix)
        age_s = fix.monotonic_s
        if len(head) > _MAX_HEAD or (age_s is not None and last_s is not None and age_s > last_s):
            return head, 0
        if age_s is not None and age_s != last_s:
            falls, last_s = falls + 1, age_s
        if falls == RUN:
            return head, RUN
    return head, falls


class _Line:
    """The line that stamps go along, what is held back, and what lies behind."""

    def __init__(self, recording: Recording) -> None:
        self.last_s = 0.0
        """The stamp that the line has reached."""
        self.is_plain = False
        """Whether nothing is held back, nothing lies behind, and ages are those of the stamps."""
        self._has_begun = False
        self._count = 0  # of the fixes on the line since it began, or since the clock may have been set
        self._gap_s = 0.0  # of the last jump that was a pause
        self._gap_end_s = 0.0
        self._ahead_s = 0.0  # of ages before stamps, after a clock was set
        self._jumped: deque[Fix] = deque()
        self._behind: list[float] = []  # the stamps of the run that lies behind
        self._recording = recording

    def begin(self, head: list[Fix]) -> Iterator[Fix]:
        """What comes before the stamps rise: where they fell, those before the last were wrong."""
        stamps = [fix.monotonic_s for fix in head if fix.monotonic_s is not None]
        lowest_s = min(stamps, default=None)
        has_lowest = False
        for fix in head:
            has_lowest = has_lowest or fix.monotonic_s == lowest_s
            if fix.monotonic_s is None or has_lowest:
                yield from self.add(fix)
            else:
                yield self._ageless(fix)

    def add(self, fix: Fix) -> Iterator[Fix]:
        """Take a fix; those that are settled by it."""
        age_s = fix.monotonic_s
        if age_s is None:
            yield from self._pass(fix)
            return
        if not self._has_begun:
            self._has_begun, self.last_s = True, age_s
        if self._jumped:
            yield from self._after_jump(fix, age_s)
        else:
            yield from self._on_line(fix, age_s)
        self.is_plain = not self._jumped and not self._behind and self._ahead_s == 0.0 and self._count > RUN

    def _pass(self, fix: Fix) -> Iterator[Fix]:
        """A fix without a stamp keeps its place among those held back."""
        if not self._jumped:
            yield fix
            return
        self._jumped.append(fix)
        if len(self._jumped) > 2 * RUN:
            yield from self._go_on()

    def _on_line(self, fix: Fix, age_s: float) -> Iterator[Fix]:
        if age_s < self.last_s:
            yield from self._behind_line(fix, age_s)
        elif age_s - self.last_s > JUMP_S:
            self._behind.clear()
            self._jumped.append(fix)
        else:
            self._behind.clear()
            self.last_s = age_s
            self._count += 1
            yield self._aged(fix)

    def _behind_line(self, fix: Fix, age_s: float) -> Iterator[Fix]:
        if self._behind and age_s < self._behind[-1]:
            self._behind.clear()
        if len(self._behind) >= RUN:
            # The clock was set: at the first of the run no less time had passed than at the last fix before.
            self._ahead_s += self.last_s - self._behind[0]
            self.last_s = self._behind[-1]
            self._behind.clear()
            yield from self._on_line(fix, age_s)
            return
        self._behind.append(age_s)
        yield self._aged(fix) if self.last_s - age_s <= JUMP_S else self._ageless(fix)

    def _after_jump(self, fix: Fix, age_s: float) -> Iterator[Fix]:
        latest_s = next(held.monotonic_s for held in reversed(self._jumped) if held.monotonic_s is not None)
        if age_s >= latest_s:
            self._jumped.append(fix)
            if len(self._jumped) > RUN:
                yield from self._go_on()
            return
        yield from self._drop_above(age_s)
        if self._jumped:
            self._jumped.append(fix)
        else:
            yield from self._on_line(fix, age_s)

    def _drop_above(self, age_s: float) -> Iterator[Fix]:
        """The stamps have returned: those held back that lie above are wrong."""
        held = [
            self._ageless(fix) if fix.monotonic_s is not None and fix.monotonic_s > age_s else fix
            for fix in self._jumped
        ]
        self._jumped.clear()
        while held and held[0].monotonic_s is None:
            yield held.pop(0)
        self._jumped.extend(held)

    def _go_on(self) -> Iterator[Fix]:
        """The oldest that is held back is no longer in doubt, nor are those that follow it without a jump."""
        first = self._jumped.popleft()
        age_s = self.last_s if first.monotonic_s is None else first.monotonic_s
        gap_s = age_s - self.last_s
        if gap_s > _DAY_S or (self._count <= RUN and not self._is_usual(gap_s, age_s)):
            # Whether time passed is not known: no less than none did.
            self._ahead_s -= gap_s
            self._count = 0
            yield self._ageless(first)
        else:
            self._gap_s, self._gap_end_s = gap_s, age_s
            self._count += 1
            yield self._aged(first)
        self.last_s = age_s
        while self._jumped:
            next_s = self._jumped[0].monotonic_s
            if next_s is not None and next_s - self.last_s > JUMP_S:
                return
            self.last_s = self.last_s if next_s is None else next_s
            self._count += 1
            yield self._aged(self._jumped.popleft())

    def _is_usual(self, gap_s: float, end_s: float) -> bool:
        """Whether a file has steps of such a length, next to a jump: it was recorded once in many minutes."""
        largest_s = self._gap_s if self._gap_end_s == self.last_s else 0.0
        for fix in self._jumped:
            if fix.monotonic_s is not None:
                largest_s = max(largest_s, fix.monotonic_s - end_s)
                end_s = fix.monotonic_s
        return gap_s <= 2.0 * largest_s

    def settle(self) -> Iterator[Fix]:
        """What is still held back at the end: no further stamps say that there was a pause."""
        while self._jumped:
            first = self._jumped[0]
            age_s = self.last_s if first.monotonic_s is None else first.monotonic_s
            if self._is_usual(age_s - self.last_s, age_s):
                yield from self._go_on()
                continue
            for fix in self._jumped:
                yield fix if fix.monotonic_s is None else self._ageless(fix)
            self._jumped.clear()

    def _ageless(self, fix: Fix) -> Fix:
        age = "a fix" if fix.monotonic_s is None else f"{fix.monotonic_s:.0f} s after the first stamp"
        stamp = age if fix.time is None else f"{fix.time:%Y-%m-%d %H:%M:%S} UTC"
        lack = TIME if fix.time is None else AGE
        self._recording.causes.add(lack, "a stamp that does not go on from the others", stamp)
        return replace(fix, monotonic_s=None)

    def _aged(self, fix: Fix) -> Fix:
        if fix.monotonic_s is None or self._ahead_s == 0.0:
            return fix
        return replace(fix, monotonic_s=fix.monotonic_s + self._ahead_s)
