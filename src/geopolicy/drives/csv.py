"""CSV with a header row: one fix per row, columns by the table of names."""

from __future__ import annotations

import csv
import re
import zlib
from itertools import chain, groupby
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.columns import LayoutBuilder, folded_names, has_position, is_name, shown_name
from geopolicy.drives.names import fold, meaning_of, units_of
from geopolicy.drives.numbers import DecimalSign
from geopolicy.drives.readings import Readings
from geopolicy.drives.rows import Rows
from geopolicy.drives.text_blocks import Block, text_blocks
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopolicy.drives.columns import Layout
    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_DELIMITERS = (",", ";", "\t", "|")
_MAX_PREAMBLE = 50  # lines before the header
_MAX_HELD_BYTES = 1 << 20
_BAD_ROW = "row that does not fit the header (its fix is not valid)"
_GNSS_LOGGER = re.compile(r"#\s*(?:Fix|Raw|Nav|NMEA|Status),")
_FLYSIGHT = {"lat", "lon", "veln", "vele", "veld", "hacc", "sacc", "gpsfix"}
_OF_FLYSIGHT = " of FlySight"
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


class _Header(NamedTuple):
    line: int
    delimiter: str
    names: list[str]


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """One fix per row that is not blank; delimiter comma, semicolon, tab or bar.

    Cells may be quoted, but not run over several lines: an open quote would swallow the fixes
    that follow. A row with more or fewer cells than the header is a fix that is not valid. The header is the first
    of fifty lines that has a position; what stands before it is not read. A last line that is cut off is left out.

    Raises
    ------
    DriveFileError
        If there is no header with latitude and longitude, a column that looks like a part of a fix is not in the
        table of names, a line is longer than 64 KiB or not UTF-8, or for times and positions that could mean
        several things.
    """
    blocks = text_blocks(recording)
    header, block = _find_header(recording, blocks)
    layout, held = _layout(recording, header, block, blocks)
    if recording.is_unprobed:
        blocks = _held_until_known(recording, layout, header, held, blocks)
    readings = Readings(recording, layout, DecimalSign(header.delimiter))
    table = _Table(recording, header, readings)
    for whole_lines in chain(held, blocks):
        yield from table.fixes(whole_lines)
    yield from table.last()


def _layout(recording: Recording, header: _Header, block: Block, blocks: Iterator[Block]) -> tuple[Layout, list[Block]]:
    """Which column is what, by the header and the first values; and the blocks that had to be looked at for it."""
    held = [block]
    while not held[-1].lines and not held[-1].cut and (following := next(blocks, None)) is not None:
        held.append(following)
    recording.header = tuple(name.removesuffix(_OF_FLYSIGHT) for name in header.names)
    rows = _rows_in(held, header)
    names = _with_units(recording, header.names, rows[0]) if rows else None
    if names is None:
        names = header.names
    else:
        held, rows = _without_first(held), rows[1:]
        recording.assume("units: those of the row below the header")
    first = [next(filter(str.strip, column), "") for column in zip(*rows, strict=True)]  # that is not empty
    layout = LayoutBuilder(recording, "column").layout(names, first, f"line {header.line}")
    recording.check_names()
    return layout, held


def _held_until_known(
    recording: Recording, layout: Layout, header: _Header, held: list[Block], blocks: Iterator[Block]
) -> Iterator[Block]:
    """Hold blocks of a pipe until each column of validity and accuracy has something in it; what follows them.

    Whether such a column ever says something decides from the first fix on. In a file that is looked up; of a pipe a
    megabyte is held, and if it ends within it, all is known.
    """
    silent = {column.name: column.index for column in (*layout.validities, *layout.accuracies)}
    validities = {column.name for column in layout.validities}
    size, start = 0, 0
    while silent and size < _MAX_HELD_BYTES:
        for row in _rows_in(held[start:], header):
            stating = [name for name, index in silent.items() if row[index].strip()]
            recording.with_words.update(validities.intersection(stating))
            silent = {name: index for name, index in silent.items() if name not in stating}
        size, start = size + sum(len(line) for block in held[start:] for line in block.lines), len(held)
        try:
            following = next(blocks, None) if silent else None
        except (OSError, EOFError, zlib.error, DriveFileError) as error:
            return _raised(error)
        if following is not None:
            held.append(following)
        elif silent:
            recording.is_unprobed, recording.is_whole = False, True
            recording.states_accuracy = any(column.name not in silent for column in layout.accuracies)
            break
    return blocks


def _raised(error: Exception) -> Iterator[Block]:
    """An error, once what was held before it is read."""
    yield from ()
    raise error


def _with_units(recording: Recording, names: list[str], row: list[str]) -> list[str] | None:
    """The names with the units that the row below them states, in brackets; None if it states none."""
    degrees, chosen = units_of("lat"), recording.choices.names()
    units = [cell.strip().strip("()[]").strip() for cell in row]
    fields = [None if (meaning := meaning_of(name)) is None else meaning.field for name in names]
    of_axes = [unit.casefold() for field, unit in zip(fields, units, strict=True) if field in ("lat", "lon")]
    if not of_axes or not all(unit in degrees for unit in of_axes):
        return None
    pairs = zip(names, units, strict=True)
    return [name if name in chosen or not fold(unit) else f"{name} ({unit})" for name, unit in pairs]


def _without_first(blocks: list[Block]) -> list[Block]:
    """The blocks without the first line that is no comment."""
    for index, block in enumerate(blocks):
        for place, line in enumerate(block.lines):
            if not line.startswith("#"):
                return [*blocks[:index], block.without(place), *blocks[index + 1 :]]
    return blocks


def _rows_in(blocks: list[Block], header: _Header) -> list[list[str]]:
    """The rows that fit the header."""
    lines = (line for block in blocks for line in (*block.lines, *block.cut) if not line.startswith("#"))
    rows = (_cells(line, header.delimiter) for line in lines)
    return [row for row in rows if row is not None and len(row) == len(header.names)]


def _find_header(recording: Recording, blocks: Iterator[Block]) -> tuple[_Header, Block]:
    """The header, and what of its block comes after it."""
    first: tuple[int, str] | None = None
    delimiters: tuple[str, ...] = _DELIMITERS
    seen = 0
    for block in blocks:
        for index, (number, line) in enumerate(zip(block.numbers, block.lines, strict=True)):
            if _GNSS_LOGGER.match(line):
                raise recording.error("must be CSV", "a log of GNSS logger", f"line {number}", "say format gnss-logger")
            _check_charset(recording, line, number)
            separator = _SEPARATOR.fullmatch(line.strip())
            if separator:
                delimiters = (separator[1],)
                continue
            header = _header_in(recording, line, number, delimiters)
            if header is not None:
                _note_preamble(recording, seen, number)
                return header, block.after(index + 1)
            seen += 1
            first = first or (number, line)
            if seen >= _MAX_PREAMBLE:
                break
        if seen >= _MAX_PREAMBLE:
            break
    raise _without_header(recording, *(first or (1, "")), delimiters)


def _check_charset(recording: Recording, line: str, number: int) -> None:
    """Refuse UTF-16 without a byte order mark, of whose characters one of two is 0 in UTF-8."""
    if line.count("\0") * 3 > len(line):
        charset = "UTF-16BE" if line.startswith("\0") else "UTF-16LE"
        hint = f"save it as UTF-8, such as with iconv -f {charset} -t UTF-8"
        raise recording.error("must be UTF-8", "bytes of 0, as in UTF-16", f"line {number}", hint)


def _without_header(recording: Recording, number: int, line: str, delimiters: tuple[str, ...]) -> Exception:
    """What is said of a file without a header, by its first line."""
    names = max((_names_in(line, delimiter) for delimiter in delimiters), key=len)
    hint = None
    if len(names) > 1 and any(map(is_name, names)):
        hint = (
            "if they have other names, say --columns lat=NAME,lon=NAME "
            "(NAME:s and NAME:w if no sign says south and west)"
        )
    elif any(names):
        hint = "write a line of names above it, such as time,lat,lon, with a comma, semicolon, tab or bar between cells"
    return recording.error(
        "must have a header with a latitude (lat, latitude) and a longitude (lon, lng, long, longitude)",
        f"columns {_shown(names)}" if any(names) else "none",
        f"line {number}",
        hint,
    )


def _header_in(recording: Recording, line: str, number: int, delimiters: tuple[str, ...]) -> _Header | None:
    for delimiter in delimiters:
        names = _names_in(line, delimiter)
        if has_position(recording, names):
            twice = [name for name in folded_names(names) if (meaning := meaning_of(name)) and meaning.field != "none"]
            if twice:
                raise recording.error(
                    "must have columns with different names", _shown(twice) + " twice", f"line {number}"
                )
            return _Header(number, delimiter, _of_flysight(recording, names))
    return None


def _of_flysight(recording: Recording, names: list[str]) -> list[str]:
    """The names, of which ``gpsFix`` is a fix type of u-blox in a header of FlySight; elsewhere nobody can tell."""
    is_flysight = set(map(fold, names)) >= _FLYSIGHT and "gpsFix" not in recording.choices.names()
    return ["gpsFix" + _OF_FLYSIGHT if is_flysight and name == "gpsFix" else name for name in names]


def _names_in(line: str, delimiter: str) -> list[str]:
    names = [cell.strip() for cell in _cells(line, delimiter) or ()]
    return [names[0].lstrip("#").strip(), *names[1:]] if names else []


def _note_preamble(recording: Recording, count: int, line: int) -> None:
    if count:
        lines = "1 line" if count == 1 else f"{count} lines"
        recording.assume(f"header: line {line}; {lines} before it not read")


def _cells(line: str, delimiter: str) -> list[str] | None:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, TypeError):
        return None


def _is_shorter(cell: str, before: str) -> bool:
    """Whether a cell may be the beginning of one as long as another, or with as many decimals."""
    return len(cell) < len(before) or len(cell.partition(".")[2]) < len(before.partition(".")[2])


def _quoted_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    """The cells of lines, all at once unless a quote is left open; none for a line that cannot be read."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except (csv.Error, TypeError):
        rows = []
    # A quote that is left open makes one row of two lines.
    return rows if len(rows) == len(lines) else [_cells(line, delimiter) or [] for line in lines]


def _shown(names: list[str]) -> str:
    # A file without a header has a position here: only what looks like a name is shown.
    shown = [shown_name(name) for name in names[:20]]
    return ", ".join(shown) + (", ..." if len(names) > len(shown) else "")


class _Table:
    """The rows below a header."""

    def __init__(self, recording: Recording, header: _Header, readings: Readings) -> None:
        self._recording = recording
        self._header = header
        self._readings = readings
        self._lat = readings.layout.by_field["lat"].index
        self._cut: tuple[int, str] | None = None
        self._last_cell = ""

    def fixes(self, block: Block) -> Iterator[Fix]:
        """The fixes of a block of lines."""
        numbers: Sequence[int] = block.numbers
        lines = block.lines
        if block.cut:
            self._cut = block.cut_number, block.cut[0]
        if block.has_comments:
            kept = [(number, line) for number, line in zip(numbers, lines, strict=True) if not line.startswith("#")]
            self._recording.skipped["comment"] += len(lines) - len(kept)  # there is one at least
            numbers, lines = [number for number, _ in kept], [line for _, line in kept]
        if not lines:
            return
        delimiter, width = self._header.delimiter, len(self._header.names)
        rows = _quoted_rows(lines, delimiter) if block.has_quotes else [line.split(delimiter) for line in lines]
        if set(map(len, rows)) == {width}:
            yield from self._whole_rows(rows, numbers)
            return
        for is_whole, group in groupby(zip(numbers, rows, strict=True), key=lambda row: len(row[1]) == width):
            part = list(group)
            if is_whole:
                yield from self._whole_rows([row for _, row in part], [number for number, _ in part])
            else:
                for number, row in part:
                    if has_position(self._recording, row):
                        self._check_header(row, f"row {number}")
                    self._recording.skipped[_BAD_ROW] += 1
                    yield self._recording.no_position("the row does not fit the header", f"row {number}")

    def _whole_rows(self, rows: list[list[str]], numbers: Sequence[int]) -> Iterator[Fix]:
        self._last_cell = rows[-1][-1]
        start = 0
        for index in self._headers_among(rows):
            yield from self._fixes_of(rows[start:index], numbers[start:index])
            self._check_header(rows[index], f"row {numbers[index]}")
            start = index + 1
        yield from self._fixes_of(rows[start:] if start else rows, numbers[start:])

    def _fixes_of(self, rows: list[list[str]], numbers: Sequence[int]) -> Iterator[Fix]:
        if not rows:
            return iter(())
        return self._readings.fixes(
            Rows(list(zip(*rows, strict=True)), len(rows), lambda index: f"row {numbers[index]}")
        )

    def _headers_among(self, rows: list[list[str]]) -> list[int]:
        """Where names stand again, as in files that were put together."""
        joined = "".join([row[self._lat] for row in rows])
        if joined.upper() == joined.lower():  # no letters, no names
            return []
        return [
            index
            for index, row in enumerate(rows)
            if not any(map(str.isdigit, row[self._lat])) and has_position(self._recording, row)
        ]

    def _check_header(self, row: list[str], place: str) -> None:
        if _of_flysight(self._recording, [cell.strip() for cell in row]) != self._header.names:
            raise self._recording.error("must have one header", "another one", place, "put its rows into another file")
        self._recording.skipped["header that is repeated"] += 1

    def last(self) -> Iterator[Fix]:
        """The last line where it has no end: it may be cut off, even within its last cell."""
        if self._cut is None:
            return
        number, line = self._cut
        row = _cells(line, self._header.delimiter)
        is_shorter = row is not None and bool(row) and _is_shorter(row[-1], self._last_cell)
        if row is None or len(row) != len(self._header.names) or is_shorter or self._recording.stream.is_cut:
            self._recording.assume("end: the last line has no line end and is cut off")
            self._recording.skipped["last line that is cut off"] += 1
            return
        self._recording.assume("end: the last line has no line end; taken as whole")
        yield from self._whole_rows([row], [number])
