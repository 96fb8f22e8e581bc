"""CSV with a header row: one fix per row, columns by their usual names."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from geopolicy.drives.fields import FixFields, normal_name
from geopolicy.drives.recording import parse_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_MAX_LINE_BYTES = 65536
_DELIMITERS = (",", ";", "\t")
_BAD_ROW = "row that does not fit the header (its fix is not valid)"
_PLAIN_NAME = re.compile(r"[A-Za-z]{2}[A-Za-z_ .()/%-]{0,28}(?:\d{1,2}[A-Za-z_]{0,6})?")


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """One fix per row that is not blank; delimiter comma, semicolon or tab.

    Cells may be quoted, but not run over several lines: an open quote would swallow the fixes
    that follow. A row with more or fewer cells than the header is a fix that is not valid. A time is ISO 8601 or
    POSIX seconds or milliseconds.

    Raises
    ------
    DriveFileError
        If there is no header with latitude and longitude, a column stands twice, a line is longer than
        64 KiB or not UTF-8, or the last line is cut off. The fixes before come first.
    """
    lines = _text_lines(recording)
    number_of_header, header = next(lines, (1, ""))
    delimiter, names = _header(recording, header, number_of_header)
    fields = FixFields(recording, names, "column")
    fields.assume_choices(names)
    lat_name, lon_name = fields.roles["lat"], fields.roles["lon"]
    for line_number, line in lines:
        cells = _cells(line, delimiter)
        is_whole = cells is not None and len(cells) == len(names)
        if not line.endswith("\n"):
            if not is_whole:
                raise recording.error(
                    f"must have {len(names)} cells in each row", "a last line that is cut off", f"line {line_number}"
                )
            recording.assume("end: the last line has no line end; taken as whole")
        values = dict(zip(names, cells or (), strict=False))
        if not is_whole:
            recording.skipped[_BAD_ROW] += 1
            yield fields.fix(values if cells else {}, None, None, is_whole=False)
        else:
            yield fields.fix(values, parse_decimal(values[lat_name]), parse_decimal(values[lon_name]))


def _text_lines(recording: Recording) -> Iterator[tuple[int, str]]:
    """Number and text of each line that is not blank."""
    for line_number, line in enumerate(recording.lines(_MAX_LINE_BYTES), start=1):
        place = f"line {line_number}"
        if line is None:
            raise recording.error(f"must have lines of at most {_MAX_LINE_BYTES} bytes", "a longer one", place)
        try:
            text = line.decode("utf-8-sig" if line_number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise recording.error("must be UTF-8", f"byte 0x{line[error.start]:02x}", place) from None
        if text.strip():
            yield line_number, text


def _cells(line: str, delimiter: str) -> list[str] | None:
    text = line.rstrip("\r\n")
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _header(recording: Recording, header: str, line_number: int) -> tuple[str, list[str]]:
    best: list[str] = []
    for delimiter in _DELIMITERS:
        names = [normal_name(cell) for cell in _cells(header, delimiter) or ()]
        if FixFields(recording, names, "column").has_position():
            twice = sorted({name for name in names if name and names.count(name) > 1})
            if twice:
                raise recording.error(
                    "must have columns with different names", _shown(twice) + " twice", f"line {line_number}"
                )
            return delimiter, names
        best = max(best, names, key=len)
    raise recording.error(
        "must have a header with a latitude (lat, latitude) and a longitude (lon, lng, long, longitude)",
        f"columns {_shown(best)}" if any(best) else "none",
        f"line {line_number}",
    )


def _shown(names: list[str]) -> str:
    # A file without a header has a position here: only what looks like a name is shown.
    shown = [repr(name) if _PLAIN_NAME.fullmatch(name) else "(not a name)" for name in names[:20]]
    return ", ".join(shown) + (", ..." if len(names) > len(shown) else "")
