"""Which positions other programs read in a file of a drive: gpxpy, pynmeagps and the csv module.

None of them is asked whether a position is a fix: they read more of a file than geopolicy does, never less, but for
what is said at each.
"""

from __future__ import annotations

import contextlib
import csv
import math
import re
from functools import reduce
from operator import xor
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.parsers import expat

import gpxpy
import pynmeagps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopolicy.model.fixes import Fix

_SENTENCE = re.compile(rb"\$[^$*]*\*[0-9A-Fa-f]{2}")
_NUMBER = re.compile(r"\d+[.,]?\d*(?:[eE][+-]?\d{1,3})?|[.,]\d+(?:[eE][+-]?\d{1,3})?", re.ASCII)
_BELOW_ZERO = re.compile(
    r"\s*(?:s|south|w|west)(?![a-z])|.*(?<![a-z])(?:s|south|w|west)\s*\Z", re.IGNORECASE | re.DOTALL
)
_UNITS = 1e7
_POSITION_AT = {b"GGA": 1, b"GNS": 1, b"RMC": 2, b"GLL": 0}
"""The field of the latitude, by the kind of a sentence."""

Position = tuple[int, int]
Cell = tuple[frozenset[int], bool]
"""What the numbers of a cell can mean in ten-millionths of degrees, and whether the cell has a minus or a letter."""


def first_unread(fixes: Sequence[Fix], drive_format: str, content: bytes) -> int | None:
    """The first valid fix with a position that the other program does not read; None if it reads all, or nothing."""
    valid = [(index, fix) for index, fix in enumerate(fixes) if fix.valid]
    if drive_format == "csv":
        return None if not valid or _are_rows([fix for _, fix in valid], content) else valid[0][0]
    read = {"gpx": gpx_positions, "nmea": nmea_positions}.get(drive_format, _nothing)(content)
    if read is None:
        return None
    return next((index for index, fix in valid if not _near(fix) & read), None)


def _nothing(_content: bytes) -> None:
    return None


def _near(fix: Fix) -> set[Position]:
    lat, lon = round(fix.lat * _UNITS), round(fix.lon * _UNITS)
    return {(lat + i, lon + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}


def gpx_positions(content: bytes) -> set[Position] | None:
    """What gpxpy reads; None for what it takes as no GPX. XML that breaks off it gets up to there, with the end tags.

    It knows points of tracks and routes where the elements around them have the names of GPX, in one namespace. Those
    elsewhere are points for geopolicy, too, and taken from the XML here.
    """
    whole = _closed(content)
    try:
        gpx = gpxpy.parse(whole)
        root = ElementTree.fromstring(whole)
    except Exception:  # it raises whatever its parts do
        return None
    points = [*gpx.walk(only_points=True), *(point for route in gpx.routes for point in route.points)]
    read = {
        _units(point.latitude, point.longitude) for point in points if math.isfinite(point.latitude + point.longitude)
    }
    return read | {position for position in _misplaced(root, ()) if position is not None}


def _closed(content: bytes) -> bytes:
    """The XML up to its last whole tag, and the end tags of the elements that did not end."""
    parser = expat.ParserCreate()
    names: list[str] = []
    end, open_names = 0, [""]

    def keep() -> None:
        nonlocal end, open_names
        end, open_names = content.find(b">", parser.CurrentByteIndex) + 1, [*names]

    def enter(name: str, _attributes: dict[str, str]) -> None:
        names.append(name)
        keep()

    def leave(_name: str) -> None:
        names.pop()
        keep()

    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        return content[:end] + "".join(f"</{name}>" for name in reversed(open_names)).encode()
    return content


def _units(lat: float, lon: float) -> Position:
    return round(lat * _UNITS), round(lon * _UNITS)


def _misplaced(element: ElementTree.Element, above: tuple[str, ...]) -> Iterator[Position | None]:
    space, _, name = element.tag.rpartition("}")
    path = (*above, f"{space}}}{name}" if space else name)
    if name in ("trkpt", "rtept"):
        names = [each.rpartition("}")[2] for each in path]
        is_known = names in (["gpx", "trk", "trkseg", "trkpt"], ["gpx", "rte", "rtept"])
        # gpxpy takes namespaces out of the text, and fails on an apostrophe in one.
        if not is_known or len({each.rpartition("}")[0] for each in path}) > 1 or "'" in space:
            with contextlib.suppress(KeyError, ValueError, OverflowError):
                yield _units(float(element.attrib["lat"]), float(element.attrib["lon"]))
    for child in element:
        yield from _misplaced(child, path)


def nmea_positions(content: bytes) -> set[Position]:
    """What pynmeagps reads in the sentences whose checksum it takes as right.

    It gets them one by one, each from its ``$`` to its checksum: it does not know what loggers write after it. A
    sentence of which it refuses another field, such as a height that is no number, it gets once more as a GLL of the
    four fields of the position.
    """
    read = set()
    for match in _SENTENCE.finditer(content):
        for sentence in (match[0], _position_alone(match[0])):
            try:
                message = pynmeagps.NMEAReader.parse(sentence + b"\r\n", validate=pynmeagps.VALCKSUM)
                read.add(_units(float(message.lat), float(message.lon)))
                break
            except Exception:  # it raises whatever its parts do, and messages without a position have none
                continue
    return read


def _position_alone(sentence: bytes) -> bytes:
    """A GLL of the position of another sentence, with a right checksum if that has one."""
    kind, *fields = sentence[1:-3].split(b",")
    first = _POSITION_AT.get(kind[-3:])
    if first is None:
        return sentence
    body = b"GPGLL," + b",".join(fields[first : first + 4]) + b",,A"
    off = _xor(sentence[1:-3]) ^ int(sentence[-2:], 16)
    return b"$%b*%02X" % (body, _xor(body) ^ off)


def _xor(body: bytes) -> int:
    return reduce(xor, body, 0)


def _are_rows(fixes: list[Fix], content: bytes) -> bool:
    """Whether fixes are rows of the csv module, in their order or from the last to the first, by the same two columns.

    It gets each line of its own, since quotes that run over lines are refused, and any delimiter. Lines end with LF, or
    with CR; the other one within a line, which the csv module refuses, is a blank.
    """
    text = content.decode("utf-8", "replace")
    for end, other in (("\n", "\r"), ("\r", "\n")):
        lines = [line.strip(other).replace(other, " ") for line in text.split(end)]
        if any(_is_in(order, rows) for rows in _tables(lines) for order in (fixes, fixes[::-1])):
            return True
    return False


def _tables(lines: list[str]) -> Iterator[list[list[Cell]]]:
    separators = {match[1] for line in lines[:50] if (match := re.fullmatch(r'"?sep=(.)"?', line.strip(), re.I))}
    for delimiter in (",", ";", "\t", "|", *sorted(separators)):
        rows = []
        for line in lines:
            with contextlib.suppress(csv.Error, TypeError):
                rows += [[_cell(cell) for cell in row] for row in csv.reader([line], delimiter=delimiter)]
        yield rows


def _cell(text: str) -> Cell:
    values: set[int] = set()
    for match in _NUMBER.finditer(text):
        value = float(match[0].replace(",", "."))
        if value < 1e6:
            minutes = value // 100 + value % 100 / 60
            values |= {round(value * _UNITS), round(minutes * _UNITS)}
    has_sign = bool(values) and "-" in re.sub("[eE]-", "", text)
    return frozenset(values), has_sign or _BELOW_ZERO.match(text) is not None


def _is_in(fixes: list[Fix], rows: list[list[Cell]]) -> bool:
    first = [(i, j) for row in rows for i, j in _columns(fixes[0], row)]
    return any(_is_sequence(fixes, rows, i, j) for i, j in dict.fromkeys(first))


def _columns(fix: Fix, row: list[Cell]) -> Iterator[tuple[int, int]]:
    lats = [index for index, cell in enumerate(row) if _states(fix.lat, cell, row)]
    lons = [index for index, cell in enumerate(row) if _states(fix.lon, cell, row)]
    return ((i, j) for i in lats for j in lons if i != j)


def _states(degrees: float, cell: Cell, row: list[Cell]) -> bool:
    units = round(abs(degrees) * _UNITS)
    if not cell[0] & {units - 1, units, units + 1}:
        return False
    return units == 0 or cell[1] == (degrees < 0.0) or any(is_below and not values for values, is_below in row)


def _is_sequence(fixes: list[Fix], rows: list[list[Cell]], i: int, j: int) -> bool:
    left = iter(rows)
    return all(
        any(max(i, j) < len(row) and _states(fix.lat, row[i], row) and _states(fix.lon, row[j], row) for row in left)
        for fix in fixes
    )
