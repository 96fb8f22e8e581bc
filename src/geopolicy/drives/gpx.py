"""GPX 1.0 and 1.1: the track points of a file, in any namespace, without ever holding its tree."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from geopolicy.drives.columns import LayoutBuilder
from geopolicy.drives.names import meaning_of
from geopolicy.drives.readings import Readings
from geopolicy.drives.rows import Rows
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_CHUNK_BYTES = 65536
_DOCTYPE = b"<!DOCTYPE"
_MAX_DEPTH = 64
_MAX_ROUTE_POINTS = 100_000
_MAX_TEXT = 200
_MAX_NAMES = 100  # of a point
_MAX_LAYOUTS = 1000
_POINT_TAGS = ("trkpt", "rtept")
_FIELDS = ("lat", "lon", "ns", "ew", "time", "accuracy", "speed", "course", "valid", "mock", "spoofing", "jamming")
_POSITION = ("lat", "lon")
_RESTRICTING = ("accuracy", "valid", "mock", "spoofing", "jamming")  # of several the worst counts
# What expat says of a file that ends before its elements do.
_CUT = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
)


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The track points in the order of the file; the route points of a file that has no track.

    ``<fix>`` other than 2d, 3d, dgps or pps is not valid. GPX has a field for neither accuracy nor, since 1.1, speed
    and course: they come from extensions, by the names that CSV columns have. A file that is cut off is read up to
    there.

    Raises
    ------
    DriveFileError
        If the file is not well-formed XML, is no GPX, or has a DOCTYPE (entities are never expanded), and as for
        CSV. The points that were complete before come first.
    """
    points = _Points(recording)
    parser: ElementTree.XMLParser[None] = ElementTree.XMLParser(target=points)  # noqa: S314  # DOCTYPE is refused
    reader = _Reader(recording)
    failure: DriveFileError | None = None
    tail, line = b"", 1
    while failure is None:
        chunk = recording.stream.read1(_CHUNK_BYTES)
        if not points.has_root:
            _refuse_doctype(recording, tail + chunk, line)
            line += (tail + chunk)[: -len(_DOCTYPE)].count(b"\n")
            tail = (tail + chunk)[-len(_DOCTYPE) :]
        failure = _feed(recording, parser, points, chunk)
        yield from reader.fixes(points.take())
        if not chunk:
            break
    if failure is not None:
        raise failure
    yield from reader.fixes(points.take_route())
    recording.check_names()


def _refuse_doctype(recording: Recording, prolog: bytes, first_line: int) -> None:
    at = prolog.find(_DOCTYPE)
    if at >= 0:
        line = first_line + prolog.count(b"\n", 0, at)
        raise _doctype_error(recording, f"line {line}")


def _doctype_error(recording: Recording, place: str | None) -> DriveFileError:
    return recording.error("must have no DOCTYPE (entities are not expanded)", "one", place, "remove it")


def _feed(
    recording: Recording, parser: ElementTree.XMLParser[None], points: _Points, chunk: bytes
) -> DriveFileError | None:
    try:
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
    except ElementTree.ParseError as error:
        if not chunk and points.has_points and error.code in _CUT:
            recording.assume("end: the file is cut off; read up to there")
            return None
        line, column = error.position
        # Not str(error): it may quote the file.
        what = expat.ErrorString(error.code) or "something else"
        return recording.error("must be well-formed XML", what, f"line {line} column {column + 1}")
    except DriveFileError as error:
        return error
    except (LookupError, ValueError):
        return recording.error("must be in an encoding that XML readers know", "another", "line 1", "use UTF-8")
    return None


class _Point(NamedTuple):
    """The texts of a point, by the names of their elements and attributes."""

    number: int
    texts: dict[str, str]


class _Points:
    """The target of an `XMLParser`: collects points as their elements end."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._ready: list[_Point] = []
        self._route: list[_Point] = []
        self._path: list[str] = []
        self._point: dict[str, str] | None = None
        self._point_depth = self._leaf_depth = self._count = 0
        self._text: list[str] = []
        self._has_track = False
        self.has_root = False

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise _doctype_error(self._recording, None)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if not self.has_root and name != "gpx":
            raise self._recording.error("must have the root element gpx", "another one", hint="make GPX of it")
        self.has_root = True
        if len(self._path) >= _MAX_DEPTH:
            raise self._recording.error(f"must have elements at most {_MAX_DEPTH} deep", "deeper ones")
        self._path.append(name)
        if name in _POINT_TAGS:
            if self._point is not None:
                self._emit()
            self._point = {axis: attributes.pop(axis, "") for axis in _POSITION}
            self._point_depth = len(self._path)
        if self._point is not None:
            self._leaf_depth = len(self._path)
            self._text = []
            for attribute, value in attributes.items():
                self._keep(attribute.rpartition("}")[2], value)

    def _keep(self, name: str, text: str) -> None:
        """Keep what a point says by a name; what it says again and otherwise may only restrict."""
        point = self._point or {}
        text = text.strip() if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "..."  # no number, time or word of a fix
        meaning = meaning_of(name) if point.setdefault(name, text) != text else None
        if meaning is not None and meaning.field in _RESTRICTING:
            while point.setdefault(name, text) != text:
                name += " "
        elif meaning is not None and meaning.field in _FIELDS:
            self._recording.assume(f"elements: of several {name!r} in one point the first")
        if len(point) > _MAX_NAMES:
            raise self._recording.error(
                f"must have points of at most {_MAX_NAMES} names", "more", f"point {self._count + 1}"
            )

    def data(self, text: str) -> None:
        if self._leaf_depth and len(self._text) <= _MAX_TEXT:
            self._text.append(text[: _MAX_TEXT + 1])

    def end(self, tag: str) -> None:
        depth = len(self._path)
        if self._point is not None and depth == self._leaf_depth and depth > self._point_depth:
            self._keep(tag.rpartition("}")[2], "".join(self._text))
        self._leaf_depth = 0
        if self._point is not None and depth == self._point_depth:
            self._emit()
        self._path.pop()

    def close(self) -> None:
        """Nothing is left to hand over: points were taken as they came."""

    def _emit(self) -> None:
        texts, self._point, self._leaf_depth = self._point or {}, None, 0
        is_track = self._path[self._point_depth - 1] == "trkpt"
        self._count += is_track
        point = _Point(self._count if is_track else len(self._route) + 1, texts)
        if is_track:
            if self._route:
                self._note_unread_route()
            self._has_track = True
            self._ready.append(point)
        elif self._has_track:
            self._note_unread_route()
        elif len(self._route) < _MAX_ROUTE_POINTS:
            self._route.append(point)
        else:
            raise self._recording.error(f"must have a track, or at most {_MAX_ROUTE_POINTS} route points", "more")

    @property
    def has_points(self) -> bool:
        """Whether there was any point."""
        return self._has_track or bool(self._route)

    def _note_unread_route(self) -> None:
        self._route.clear()
        self._recording.assume("points: the track points; route points are not read")

    def take(self) -> list[_Point]:
        """The points since the last time."""
        ready, self._ready = self._ready, []
        return ready

    def take_route(self) -> list[_Point]:
        """The route points of a file without a track."""
        if self._route:
            self._recording.assume("points: route points, since there are no track points")
        elif not self._has_track:
            self._recording.assume("points: none; the file has neither track points nor route points")
        return self._route


class _Reader:
    """Reads points, which are laid out once for each set of names."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._builder = LayoutBuilder(recording, "element", _FIELDS)
        self._readings: dict[tuple[str, ...], Readings] = {}

    def fixes(self, points: list[_Point]) -> Iterator[Fix]:
        """The fixes of points; those with the same names, which follow each other, are read at once."""
        for names, group in groupby(points, key=lambda point: tuple(point.texts)):
            part = list(group)
            if names not in self._readings:
                if len(self._readings) >= _MAX_LAYOUTS:
                    self._readings.clear()
                first = list(part[0].texts.values())
                layout = self._builder.layout(names, first, f"point {part[0].number}")
                self._readings[names] = Readings(self._recording, layout)
            columns = list(zip(*(point.texts.values() for point in part), strict=True))
            yield from self._readings[names].fixes(Rows(columns, len(part), _places(part)))


def _places(points: list[_Point]) -> Callable[[int], str]:
    return lambda index: f"point {points[index].number}"
