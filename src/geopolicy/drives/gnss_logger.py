"""Logs of Google's GNSS logger: ``Fix`` rows by the names in their comment line, or else the ``NMEA`` rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geopolicy.drives import nmea
from geopolicy.drives.columns import LayoutBuilder
from geopolicy.drives.nmea_sentences import MAX_HELD, HeldSentences, numbered
from geopolicy.drives.readings import Readings
from geopolicy.drives.rows import Rows
from geopolicy.drives.text_blocks import text_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.drives.text_blocks import Block
    from geopolicy.model.fixes import Fix

_HEAD = re.compile(rb"^#\s*(?:Raw|Fix|Nav|NMEA|Status),", re.MULTILINE)
_ROW = re.compile(rb"\A(?:[^\r\n]*[\r\n]+){0,3}(?:Fix,[A-Za-z]+,[^,\r\n]*,|Raw,\d+,|NMEA,\$)")
_NAMES = re.compile(r"#\s*Fix,(.*)")
_OF_LOGGER = {"SolutionType": "SolutionType of GNSS logger"}
_BAD_ROW = "row that does not fit the header (its fix is not valid)"


def is_head(head: bytes) -> bool:
    """Whether a file begins as GNSS logger writes it."""
    return _HEAD.search(head.replace(b"\r", b"\n")) is not None or _ROW.search(head) is not None


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The fixes of a log: where it has ``Fix`` rows, these, which have accuracies; else those of its sentences.

    ``MockLocation`` is no fix. Rows of other kinds are counted and not read.

    Raises
    ------
    DriveFileError
        For a ``Fix`` row before the comment line that names its cells, one that comes only after 10,000
        sentences, a log without either, and as for CSV.
    """
    yield from _Log(recording).fixes()


class _Log:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._names: list[str] | None = None
        self._readings: Readings | None = None
        self._sentences = HeldSentences(recording)
        self._has_fix_rows = False

    def fixes(self) -> Iterator[Fix]:
        """All fixes."""
        blocks = text_blocks(self._recording)
        for block in blocks:
            yield from self._of_block(block)
            if self._sentences.is_full:
                break
        if self._has_fix_rows:
            self._recording.check_names()
        elif not self._sentences:
            raise self._recording.error("must hold Fix or NMEA rows", "none of them")
        else:
            yield from nmea.fixes_in(self._recording, self._rest(blocks))

    def _of_block(self, block: Block) -> Iterator[Fix]:
        rows: list[tuple[int, str]] = []
        for number, line in zip(block.numbers, block.lines, strict=True):
            names = _NAMES.fullmatch(line) if line.startswith("#") else None
            if names is not None:
                yield from self._read(rows)
                rows = []
                self._begin([_OF_LOGGER.get(name.strip(), name.strip()) for name in names[1].split(",")])
            elif line.startswith("Fix,"):
                self._has_fix_rows = True
                rows.append((number, line.removeprefix("Fix,")))
            else:
                self._pass(number, line)
        yield from self._read(rows)
        for line in block.cut:
            self._cut(block.cut_number, line)

    def _begin(self, names: list[str]) -> None:
        if names != self._names:
            self._names, self._readings = names, None

    def _pass(self, number: int, line: str) -> None:
        """A row of another kind: sentences are kept until it is known that there are Fix rows."""
        if line.startswith("#"):
            return
        kind = line.partition(",")[0]
        if kind == "NMEA" and not self._has_fix_rows:
            self._sentences.add(number, line.partition(",")[2].encode())
            return
        if kind == "NMEA" or self._sentences:
            self._count_sentences(kind == "NMEA")
        if kind != "NMEA":
            self._recording.skipped[f"{kind} row" if kind in ("Raw", "Status", "Nav") else "row of another kind"] += 1

    def _count_sentences(self, is_one_more: bool) -> None:
        count = len(self._sentences) + is_one_more
        if self._has_fix_rows and count:
            self._recording.skipped["NMEA row beside Fix rows"] += count
            self._sentences.take()

    def _cut(self, number: int, line: str) -> None:
        """The last line, which has no end: a sentence has a checksum, anything else is not read."""
        if line.startswith("NMEA,"):
            self._pass(number, line)
            return
        self._recording.assume("end: the last line has no line end and is cut off")
        self._recording.skipped["last line that is cut off"] += 1

    def _read(self, rows: list[tuple[int, str]]) -> Iterator[Fix]:
        if not rows:
            return
        self._count_sentences(is_one_more=False)
        if self._names is None:
            raise self._recording.error(
                "must have a line '# Fix,...' with names before its Fix rows", None, f"line {rows[0][0]}"
            )
        whole: list[tuple[int, list[str]]] = []
        for number, line in rows:
            cells = line.split(",")
            if len(cells) == len(self._names):
                whole.append((number, cells))
                continue
            yield from self._whole(whole)
            whole = []
            self._recording.skipped[_BAD_ROW] += 1
            yield self._recording.no_position("the row does not fit the header", f"line {number}")
        yield from self._whole(whole)

    def _whole(self, rows: list[tuple[int, list[str]]]) -> Iterator[Fix]:
        if not rows:
            return
        if self._readings is None:
            builder = LayoutBuilder(self._recording, "column")
            layout = builder.layout(self._names or (), rows[0][1], f"line {rows[0][0]}")
            by_field = layout.by_field
            if not {"lat", "lon"} <= set(by_field):
                raise self._recording.error("must have a latitude and a longitude in '# Fix,...'", "none")
            self._recording.assume("rows: the Fix rows")
            self._readings = Readings(self._recording, layout)
        columns = list(zip(*(cells for _, cells in rows), strict=True))
        yield from self._readings.fixes(Rows(columns, len(rows), lambda index: f"line {rows[index][0]}"))

    def _rest(self, blocks: Iterator[Block]) -> Iterator[tuple[int, bytes | None]]:
        """The sentences that were kept, and those that follow."""
        self._recording.assume("rows: the NMEA rows, since there are no Fix rows")
        yield from self._sentences.take()
        for block in blocks:
            for number, line in (
                *zip(block.numbers, block.lines, strict=True),
                *((block.cut_number, line) for line in block.cut),
            ):
                if line.startswith("Fix,"):
                    raise self._recording.error(
                        f"must have its first Fix row within {MAX_HELD} NMEA rows", "a later one", f"line {number}"
                    )
                if line.startswith("NMEA,"):
                    yield numbered(number, line.partition(",")[2].encode())
                elif not line.startswith("#"):
                    self._pass(number, line)
