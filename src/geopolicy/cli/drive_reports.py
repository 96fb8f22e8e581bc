"""What ``geopolicy drives`` says of one recorded drive: what was read of it and what was not. It holds no position."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geopolicy.cli import console
from geopolicy.cli.advice import advice_in
from geopolicy.cli.documents import time_text
from geopolicy.cli.failures import failure_of
from geopolicy.drives.causes import ACCURACY, AGE, MOMENT, POSITION, TIME
from geopolicy.drives.formats import FORMAT_OF
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.cli.progress import Progress
    from geopolicy.drives.open import Drive
    from geopolicy.model.fixes import Fix

LACKS = {POSITION: "position", TIME: "time", MOMENT: "time", AGE: "age", ACCURACY: "accuracy"}
READ, EMPTY, IN_PART, NOT_READ = FATES = ("read", "without a fix", "read in part", "not read")
"""What becomes of a file, the best first."""
_FIXES_PER_PROGRESS = 256


@dataclass(slots=True)
class DriveReport:
    """What became of one file.

    Parameters
    ----------
    file
        Its path as it was given.
    drive
        The drive, read as far as it could be; None where it could not be opened.
    error
        Why it was not read, or not to its end.
    fixes, with_position, with_time, with_age, with_accuracy
        How many fixes there are, and of how many this is known.
    began, ended
        The times of the first and the last fix that have an age, too: a forged stamp has none.
    """

    file: str
    drive: Drive | None = None
    error: DriveFileError | None = None
    fixes: int = 0
    with_position: int = 0
    with_time: int = 0
    with_age: int = 0
    with_accuracy: int = 0
    began: datetime | None = field(default=None, repr=False)
    ended: datetime | None = field(default=None, repr=False)

    @property
    def fate(self) -> str:
        """One of `FATES`."""
        if self.error is None:
            return READ if self.fixes else EMPTY
        return IN_PART if self.fixes else NOT_READ

    @property
    def code(self) -> int:
        """The exit code that is due to it."""
        if self.error is not None:
            return failure_of(self.error).code
        return 0 if self.fixes else console.REFUSED

    @property
    def error_text(self) -> str | None:
        """What is wrong, in a line; None where nothing is."""
        if self.error is None:
            return None
        if self.drive is not None and self.drive.size_bytes == 0:
            return console.shortened(f"drive {self.file!r}: must hold a drive, got nothing: the file is empty")
        return console.shortened(str(self.error))

    def read(self, drive: Drive, line: Progress) -> None:
        """Read a drive to its end, or as far as it can be read."""
        self.drive = drive
        try:
            with drive:
                for fix in drive:
                    self._add(fix)
                    if self.fixes % _FIXES_PER_PROGRESS == 0 and drive.size_bytes:
                        line.at(drive.bytes_read() / drive.size_bytes)
        except DriveFileError as error:
            self.error = error

    def _add(self, fix: Fix) -> None:
        self.fixes += 1
        self.with_position += fix.valid
        self.with_time += fix.time is not None
        self.with_age += fix.monotonic_s is not None
        self.with_accuracy += fix.accuracy_95_m is not None
        if fix.time is not None and fix.monotonic_s is not None:
            self.began = self.began or fix.time
            self.ended = fix.time


def report_json(report: DriveReport) -> dict[str, Any]:
    """All of it as plain values."""
    drive = report.drive
    causes = [
        {"lacks": LACKS[lack], "cause": cause, "fixes": count, "first": first}
        for lack, cause, count, first in (drive.causes if drive else ())
    ]
    return {
        "file": report.file,
        "ok": report.fate == READ,
        "error": report.error_text,
        "format": drive.format if drive else None,
        "dialect": drive.dialect if drive else None,
        "fixes": report.fixes,
        "fixes_without_position": report.fixes - report.with_position,
        "fixes_without_time": report.fixes - report.with_time,
        "fixes_without_age": report.fixes - report.with_age,
        "fixes_without_accuracy": report.fixes - report.with_accuracy,
        "from": time_text(report.began),
        "until": time_text(report.ended),
        "states_accuracy": drive.states_accuracy if drive and report.fixes else None,
        "columns": list(drive.columns) if drive else [],
        "not_read": list(drive.not_read) if drive else [],
        "assumptions": list(drive.assumptions) if drive else [],
        "causes": causes,
        "skipped": [{"reason": reason, "count": count} for reason, count in (_skipped(drive) if drive else ())],
    }


def show_report(report: DriveReport) -> None:
    """All of it as lines, the error on standard error."""
    name, fate = console.shortened(report.file), report.fate
    if report.drive is None or fate == NOT_READ:
        console.say(f"{name}: not read", "bold red")
    else:
        words = {
            READ: f"read as {_kind(report.drive)}",
            EMPTY: f"read as {_kind(report.drive)}, and there is no fix in it",
            IN_PART: f"read in part, as {_kind(report.drive)}",
        }
        console.say(f"{name}: {words[fate]}", "green" if fate == READ else "bold red")
        _show_content(report, report.drive)
    if report.error_text is not None:
        advice = advice_in(report.error_text)
        console.complain(f"error: {report.error_text}" + (f"; {advice}" if advice else ""))


def _kind(drive: Drive) -> str:
    """The format, and the program that wrote it where that is known."""
    return drive.format if drive.dialect == drive.format else f"{drive.format} of {drive.dialect}"


def _skipped(drive: Drive) -> list[tuple[str, int]]:
    """What was not read as a fix, and how often."""
    return [(reason, count) for reason, count in sorted(drive.skipped.items()) if count]


def _show_content(report: DriveReport, drive: Drive) -> None:
    if report.fixes:
        _show_counts(report)
    for column in drive.columns:
        console.say(f"  read: {column}")
    if not drive.columns:
        console.say(f"  read: {FORMAT_OF[drive.format].reads.replace('`', '')}")
    if drive.not_read:
        console.say(f"  not read: {', '.join(drive.not_read)}")
    for reason, count in _skipped(drive):
        console.say(f"  skipped: {reason} ({count:,})")
    for note in drive.assumptions:
        console.say(f"  {note}")
    for lack in LACKS:
        _show_causes(lack, [(cause, count, first) for of, cause, count, first in drive.causes if of == lack])


def _show_causes(lack: str, causes: list[tuple[str, int, str]]) -> None:
    """What fixes lack and why: a line, or one for each cause."""
    texts = [f"{cause} ({count:,}), first at {first}" for cause, count, first in causes]
    fixes = console.count_text(sum(count for _, count, _ in causes), "fix", "fixes")
    if len(texts) == 1:
        console.say(f"  {fixes} {lack}: {texts[0]}")
    elif texts:
        console.say(f"  {fixes} {lack}:")
        for text in texts:
            console.say(f"    {text}")


def _show_counts(report: DriveReport) -> None:
    known = {
        "a valid position": report.with_position,
        "a known time": report.with_time,
        "an age": report.with_age,
        "an accuracy": report.with_accuracy,
    }
    texts = ", ".join(f"{_share(count, report.fixes)} with {what}" for what, count in known.items())
    console.say(f"  {console.count_text(report.fixes, 'fix', 'fixes')}: {texts}")
    if report.began is not None and report.ended is not None:
        console.say(f"  from {report.began:%Y-%m-%d %H:%M:%S} until {report.ended:%Y-%m-%d %H:%M:%S} UTC")


def _share(count: int, of: int) -> str:
    return "none" if not count else "all" if count == of > 1 else f"{count:,}"
