"""Fence files of ArduPilot and its ground stations: mission lines (QGC WPL 110), and the older list of positions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.fences.plan import (
    Fence,
    Shape,
    are_joined,
    position_of,
    radius_of,
    shapes_to_stay_out_of,
    zones_of_fences,
)
from geopolicy.authoring.formats.source import BOM
from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopolicy.authoring.formats.fences.allowed_ground import Position
    from geopolicy.authoring.formats.source import Reading
    from geopolicy.authoring.formats.target import Export
    from geopolicy.zonefile.members import FileContext

_MARK = re.compile(r"QGC WPL (\d+)\s*")
_FIELDS = 12  # number, current, frame, command, four parameters, latitude, longitude, altitude, autocontinue
_HOME, _RETURN = 16, 5000  # MAV_CMD_NAV_WAYPOINT in the first line, MAV_CMD_NAV_FENCE_RETURN_POINT
_POLYGONS = {5001: True, 5002: False}
_CIRCLES = {5003: True, 5004: False}
_SCALE = 1e7
_MOST_DEGREES = 360  # a whole number beyond it counts units of 1e-7 degree
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PLAIN_LINE = re.compile(r"\s*[+-]?\d+(\.\d*)?\s+[+-]?\d+(\.\d*)?\s*", re.ASCII)


class _Line(NamedTuple):
    """A line of the source that holds something."""

    number: int
    text: str
    words: list[str]

    @property
    def path(self) -> str:
        return f"line {self.number}"

    @property
    def kept(self) -> list[Any]:
        """The line with its place, as it is written back."""
        return [self.number, self.text]


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a list of mission lines, or a list of positions."""
    head = content.removeprefix(BOM)[:4096]
    if head.startswith(b"QGC WPL "):
        return True
    lines = [line for line in head.decode("latin-1").splitlines()[:4] if line.strip() and not line.startswith("#")]
    return root is None and len(lines) >= 2 and all(_PLAIN_LINE.fullmatch(line) for line in lines)


def read(reading: Reading) -> SourceDocument:
    """The fences of a file.

    Raises
    ------
    ZoneFileError
        If it is no text.
    """
    try:
        text = reading.content.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        rule, value = "a fence file must be text in UTF-8", f"a byte that is not at offset {error.start}"
        raise ZoneFileError([Problem("source-format", rule, value, file=reading.file)]) from None
    texts = text.splitlines()
    lines = [
        _Line(number, line, line.split())
        for number, line in enumerate(texts, 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    mark = _MARK.fullmatch(lines[0].text) if lines else None
    if lines and lines[0].text.startswith("QGC WPL") and (mark is None or mark[1] != "110"):
        reading.context.report("source-unknown", "the first line must be QGC WPL 110", "line 1", lines[0].text)
        return SourceDocument("ardupilot", None, (), {})
    version = "QGC WPL 110" if mark else "positions"
    fences = _mission_fences(reading.context, lines[1:]) if mark else _listed_fence(reading.context, lines)
    if not fences and not reading.context.problem_count:
        rule = "a fence file needs a fence; this one restricts nothing"
        reading.context.report("source-member", rule, "line 1", in_words="no fence")
    zones = zones_of_fences(fences, reading, are_joined(reading, default=False))
    fenced = {number for fence in fences for number, _ in fence.feature}
    others = [[number, line] for number, line in enumerate(texts, 1) if number not in fenced]
    rest = {"lines": others, "line_break": "\r\n" if "\r\n" in text else "\n"}
    return SourceDocument("ardupilot", version, zones, rest)


def _mission_fences(context: FileContext, lines: Sequence[_Line]) -> list[Fence]:
    fences: list[Fence] = []
    waiting: list[_Line] = []  # vertices of the polygon that is being read
    for line in lines:
        command = _command(context, line)
        if waiting and command != _command_of(waiting[0]):
            _report_short(context, waiting)
            waiting = []
        if command in _POLYGONS:
            waiting.append(line)
            wanted = _whole(line.words[4])
            if wanted is None or wanted < 3 or wanted != _whole(waiting[0].words[4]):
                rule = "parameter 1 of a vertex must be how many its polygon has, at least 3, the same in all of them"
                context.report("source-value", rule, line.path, line.words[4])
                waiting = []
            elif len(waiting) == wanted:
                fences += _polygon(context, waiting, len(fences))
                waiting = []
        elif command in _CIRCLES:
            fences += _circle(context, line, len(fences))
    if waiting:
        _report_short(context, waiting)
    return fences


def _command(context: FileContext, line: _Line) -> int | None:
    """The command of a line; None if it is none that a fence may have, which is reported."""
    if len(line.words) != _FIELDS:
        rule = f"a line must have {_FIELDS} fields"
        context.report("source-member", rule, line.path, in_words=f"{len(line.words)} fields")
        return None
    command = _command_of(line)
    is_home = command == _HOME and _whole(line.words[0]) == 0
    if not (is_home or command in (_RETURN, *_POLYGONS, *_CIRCLES)):
        rule = "a command must be one of a fence: 5000 to 5004, or 16 in the first line for the home position"
        hint = "a mission is no fence: save the fence by itself"
        context.report("source-unknown", rule, line.path, line.words[3], hint)
        return None
    return command


def _command_of(line: _Line) -> int | None:
    return _whole(line.words[3])


def _report_short(context: FileContext, waiting: Sequence[_Line]) -> None:
    rule = "a polygon must have as many vertices as parameter 1 says, one after the other"
    found = f"{len(waiting)} of {waiting[0].words[4]} vertices"
    context.report("source-geometry", rule, waiting[0].path, in_words=found)


def _polygon(context: FileContext, lines: Sequence[_Line], number: int) -> list[Fence]:
    vertices = [_position(context, line.words[8], line.words[9], line.path) for line in lines]
    found = tuple(vertex for vertex in vertices if vertex is not None)
    if len(found) < len(lines):
        return []
    is_inclusion = _POLYGONS[_command_of(lines[0]) or 0]
    feature = [line.kept for line in lines]
    return [Fence(f"fence-{number + 1}", lines[0].path, lines[0].path, Shape(found), is_inclusion, feature)]


def _circle(context: FileContext, line: _Line, number: int) -> list[Fence]:
    centre = _position(context, line.words[8], line.words[9], line.path)
    radius = radius_of(context, _number(line.words[4]), line.path)
    if centre is None or radius is None:
        return []
    is_inclusion = _CIRCLES[_command_of(line) or 0]
    feature = [line.kept]
    shape = Shape((), centre, radius)
    return [Fence(f"fence-{number + 1}", line.path, line.path, shape, is_inclusion, feature)]


def _listed_fence(context: FileContext, lines: Sequence[_Line]) -> list[Fence]:
    """The one fence to stay inside of an old file: its first position is where to return to, the last closes it."""
    positions = []
    for line in lines:
        if len(line.words) != 2:
            context.report("source-member", "a line must be a latitude and a longitude", line.path, line.text)
        elif (position := _position(context, line.words[0], line.words[1], line.path)) is not None:
            positions.append(position)
    if len(positions) < len(lines):
        return []
    vertices = positions[1:]
    if len(vertices) > 1 and vertices[0] == vertices[-1]:
        vertices = vertices[:-1]
    if len(vertices) < 3:
        rule = "a fence file must have the position to return to and at least 3 vertices"
        context.report("source-geometry", rule, "line 1", in_words=f"{len(vertices)} vertices")
        return []
    feature = [line.kept for line in lines[1:]]
    return [Fence("fence-1", lines[1].path, lines[1].path, Shape(tuple(vertices)), True, feature)]


def _position(context: FileContext, lat: str, lon: str, path: str) -> Position | None:
    """A position in degrees, or in whole units of 1e-7 degree."""
    wholes = [_whole(word) for word in (lat, lon)]
    numbers: list[Any] = [_number(word) for word in (lat, lon)]
    if "." not in lat + lon and any(whole is not None and abs(whole) > _MOST_DEGREES for whole in wholes):
        numbers = [None if whole is None else whole / _SCALE for whole in wholes]
    y, x = (word if number is None else number for word, number in zip((lat, lon), numbers, strict=True))
    return position_of(context, y, x, path)


def _number(word: str) -> float | None:
    return float(word) if len(word) < 40 and _NUMBER.fullmatch(word) else None


def _whole(word: str) -> int | None:
    number = _number(word)
    return int(number) if number is not None and abs(number) < 1e15 and number == int(number) else None


def write(export: Export) -> bytes:
    """The fences that the file had, and those of changed and new zones to stay out of.

    Raises
    ------
    ZoneFileError
        If the file can hold a fence to stay inside only.
    """
    rest = export.rest or {"lines": [[1, "QGC WPL 110"]], "line_break": "\n"}
    kept = [line for each in export.features if each.is_unchanged for feature in each.feature for line in feature]
    lines = [text for _, text in sorted([*rest["lines"], *kept])]
    shapes = list(shapes_to_stay_out_of(export))
    if export.version == "positions" and shapes:
        rule, hint = (
            "an old fence file has no place for what to stay out of",
            "write a plan: --to mavlink",
        )
        raise ZoneFileError([Problem("export-geometry", rule, f"{len(shapes)} areas", hint=hint)])
    lines += [line for shape in shapes for line in _lines_of(shape)]
    if export.version != "positions" and any(not each.is_unchanged for each in export.features):
        lines = list(_numbered(lines))
    return "".join(line + rest["line_break"] for line in lines).encode()


def _lines_of(shape: Shape) -> Iterator[str]:
    """Mission lines without their numbers; frame 3 is relative to home, as ground stations write it."""
    positions = shape.vertices if shape.centre is None else (shape.centre,)
    command, parameter = (5002, str(len(positions))) if shape.centre is None else (5004, repr(shape.radius_m))
    for lon, lat in positions:
        yield "\t".join(("0", "0", "3", str(command), parameter, "0", "0", "0", f"{lat:.7f}", f"{lon:.7f}", "0", "1"))


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    """Lines with their numbers, which begin below the first."""
    number = 0
    for line in lines:
        words = line.split("\t" if "\t" in line else None)
        if len(words) == _FIELDS:
            yield "\t".join([str(number), *words[1:]])
            number += 1
        else:
            yield line
