"""What the readers of all formats share: the bytes of a drive, and what is said about them."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from geopolicy.drives.causes import POSITION, Causes
from geopolicy.drives.choices import Choices
from geopolicy.drives.source import ByteStream, CountedSource, bounded_lines
from geopolicy.drives.timeline import Timeline
from geopolicy.errors import DriveFileError
from geopolicy.model.fixes import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.bags.files import BagFiles

MAX_NAMES = 10_000  # that a drive may have, since they are kept to be told
_MAX_NAME = 300  # characters
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


_MAX_SHOWN = 20  # names that are not read
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def has_controls(text: str) -> bool:
    """Whether a text has characters that Python may take for blanks, and that may stand where a digit was."""
    return _CONTROL.search(text) is not None


def parse_decimal(text: str | None) -> float | None:
    """A finite decimal number in plain ASCII notation, or None: no ``nan``, ``inf``, ``1_0`` or other digits."""
    text = text or ""
    if has_controls(text) or not _DECIMAL.fullmatch(text := text.strip()):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


class Recording:
    """What the reader of one format works with: the bytes, what the user chose, and what is told afterwards.

    Attributes
    ----------
    name
        What messages call the drive.
    stream
        The bytes, unzipped if they were zipped.
    choices
        What the user said of columns, time zone and confidence.
    timeline
        The stamps of the drive.
    assumptions
        Sentences on what was assumed so far.
    skipped
        What was not read as a fix, counted by reason.
    causes
        Why fixes lack a position, a time or an accuracy.
    columns
        What was read as what, in words.
    not_read
        Names that were not read.
    states_accuracy
        Whether any accuracy was stated so far, usable or not.
    header
        The names in the header of a table.
    """

    def __init__(self, name: str, source: CountedSource, choices: Choices | None = None) -> None:
        self.name = name
        self.source = source
        self.stream = ByteStream(source)
        self.choices = choices or Choices()
        self.timeline = Timeline(self.choices.zone)
        self.assumptions: list[str] = []
        self.skipped: Counter[str] = Counter()
        self.causes = Causes()
        self.columns: list[str] = []
        self.not_read: list[str] = []
        self.states_accuracy = False
        self.is_unprobed = False
        """Whether nothing is known of what follows: a column of accuracies then counts as stating some."""
        self.with_words: set[str] = set()
        """The columns of validity that have words, as far as the file was looked through."""
        self.without_words: set[str] = set()
        """Those whose fixes were taken, so far, as if they were not there."""
        self.is_whole = False
        """Whether the file was read whole before its first fix, and all its accuracies were looked for."""
        self.no_times: str | None = None
        """Why no times are known, in place of the words of the format."""
        self.header: tuple[str, ...] = ()
        self.files: BagFiles | None = None
        """Where the drive is, if it is a recording of messages in files."""
        self.has_fixes = self.has_times = self.has_ages = False
        self._unseen = self.choices.names()
        self._met: set[str] = set()
        self._noted: set[tuple[str, str]] = set()

    def error(
        self, rule: str, got: str | None = None, place: str | None = None, hint: str | None = None
    ) -> DriveFileError:
        """A `DriveFileError` about this drive; none of the texts may hold a position."""
        text = f"drive {self.name!r}: {rule}"
        text += f", got {got}" if got else ""
        text += f" - at {place}" if place else ""
        return DriveFileError(text + (f"; {hint}" if hint else ""))

    def assume(self, sentence: str) -> None:
        """Note, once, what was assumed."""
        if self._is_new("assumption", sentence):
            self.assumptions.append(sentence)

    def note_columns(self, columns: list[str], not_read: list[str], place: str | None = None) -> None:
        """Note, once each, what was read as what and which names were not.

        Raises
        ------
        DriveFileError
            As for `meet`.
        """
        self.columns += [sentence for sentence in columns if self._is_new("column", sentence)]
        for name in not_read:
            if self._is_new("not read", name):
                self.meet(name, place)
                self.not_read.append(name)
        if len(self.columns) > MAX_NAMES:
            raise self._too_many_names(place)

    def _is_new(self, kind: str, text: str) -> bool:
        count = len(self._noted)
        self._noted.add((kind, text))
        return len(self._noted) > count

    def meet(self, name: str, place: str | None = None) -> None:
        """Count a name of the file.

        Raises
        ------
        DriveFileError
            For more than 10,000 different ones, and one of more than 300 characters.
        """
        if len(name) > _MAX_NAME:
            raise self.error(f"must have names of at most {_MAX_NAME} characters", "a longer one", place)
        self._met.add(name)
        if len(self._met) > MAX_NAMES:
            raise self._too_many_names(place)

    def _too_many_names(self, place: str | None) -> DriveFileError:
        return self.error(f"must have at most {MAX_NAMES} different names", "more", place)

    def not_utf8(self, byte: int, place: str) -> DriveFileError:
        """A `DriveFileError` about a byte that is not UTF-8."""
        charset = "UTF-16" if byte >= 0xFE else "WINDOWS-1252"
        hint = f"save it as UTF-8, such as with iconv -f {charset} -t UTF-8"
        return self.error("must be UTF-8", f"byte 0x{byte:02x}", place, hint)

    def note_names(self, names: set[str]) -> None:
        """Note which of the names that the user gave are there."""
        self._unseen -= names

    def lines(self, limit_bytes: int) -> Iterator[bytes | None]:
        """Lines, without LF or CR where it ends them all; None for one that is longer than the limit."""
        return bounded_lines(self.stream, limit_bytes)

    def no_position(self, cause: str, place: str) -> Fix:
        """A fix of which nothing is known."""
        self.causes.add(POSITION, cause, place)
        self.has_fixes = True
        return Fix(math.nan, math.nan, valid=False)

    def conclude(self, no_accuracy: str, no_times: str) -> None:
        """Note what the file turned out not to hold, in the words of its format."""
        if self.stream.is_cut:
            self.assume("end: the gzip file is cut off; read up to there")
        if self.has_fixes and not self.states_accuracy:
            has_column = any(column.startswith("accuracy:") for column in self.columns)
            self.assume("accuracy: what may state it is empty throughout" if has_column else no_accuracy)
        has_column = any(column.startswith(("time:", "date:")) for column in self.columns)  # then the causes say why
        has_clock = self.has_ages and self.timeline.is_used
        if self.has_fixes and not (self.has_times or has_clock or has_column):
            shown = ", ".join([*self.not_read[:_MAX_SHOWN], *(["..."] if len(self.not_read) > _MAX_SHOWN else [])])
            is_unread = bool(shown) and not self.has_ages
            unread = f"times: none that is understood (not read: {shown})" if is_unread else no_times
            self.assume(self.no_times or unread)

    def check_names(self) -> None:
        """Refuse what the user said of names that turned out not to be there.

        Raises
        ------
        DriveFileError
            If there is such a name.
        """
        if self._unseen:
            names = ", ".join(sorted(map(repr, self._unseen)))
            raise self.error("must have what --columns names", f"nothing called {names}")
