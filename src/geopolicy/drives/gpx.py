"""GPX 1.0 and 1.1: the track points of a file, in any namespace, without ever holding its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.parsers import expat

from geopolicy.drives.recording import parse_decimal
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_CHUNK_BYTES = 65536
_DOCTYPE = b"<!DOCTYPE"
_MAX_DEPTH = 64
_MAX_ROUTE_POINTS = 100_000
_MAX_TEXT = 200
_POINT_TAGS = ("trkpt", "rtept")
_FIXED = ("2d", "3d", "dgps", "pps")  # GPX 1.1 fixType, without "none"


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The track points in the order of the file; the route points of a file that has no track.

    ``<fix>`` other than 2d, 3d, dgps or pps is not valid. Speed (m/s) and course come from GPX 1.0 or from a
    TrackPointExtension. There is no accuracy: GPX has no field for it.

    Raises
    ------
    DriveFileError
        If the file is not well-formed XML, is no GPX, or has a DOCTYPE (entities are never expanded).
        The points that were complete before come first.
    """
    points = _Points(recording)
    parser: ElementTree.XMLParser[None] = ElementTree.XMLParser(target=points)  # noqa: S314  # DOCTYPE is refused
    failure: DriveFileError | None = None
    tail, line = b"", 1
    while failure is None:
        chunk = recording.stream.read1(_CHUNK_BYTES)
        if not points.has_root:
            _refuse_doctype(recording, tail + chunk, line)
            line += (tail + chunk)[: -len(_DOCTYPE)].count(b"\n")
            tail = (tail + chunk)[-len(_DOCTYPE) :]
        failure = _feed(recording, parser, chunk)
        yield from points.take()
        if not chunk:
            break
    if failure is not None:
        raise failure
    yield from points.take_route()


def _refuse_doctype(recording: Recording, prolog: bytes, first_line: int) -> None:
    at = prolog.find(_DOCTYPE)
    if at >= 0:
        line = first_line + prolog.count(b"\n", 0, at)
        raise _doctype_error(recording, f"line {line}")


def _doctype_error(recording: Recording, place: str | None) -> DriveFileError:
    return recording.error("must have no DOCTYPE (entities are not expanded)", "one", place, "remove it")


def _feed(recording: Recording, parser: ElementTree.XMLParser[None], chunk: bytes) -> DriveFileError | None:
    try:
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
    except ElementTree.ParseError as error:
        line, column = error.position
        # Not str(error): it may quote the file.
        what = expat.ErrorString(error.code) or "something else"
        return recording.error("must be well-formed XML", what, f"line {line} column {column + 1}")
    except DriveFileError as error:
        return error
    except (LookupError, ValueError):
        return recording.error("must be in an encoding that XML readers know", "another", "line 1", "use UTF-8")
    return None


class _Points:
    """The target of an `XMLParser`: collects points as their elements end."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._ready: list[Fix] = []
        self._route: list[dict[str, str]] = []
        self._path: list[str] = []
        self._point: dict[str, str] | None = None
        self._point_depth = self._field_depth = 0
        self._text: list[str] = []
        self._has_track = False
        self.has_root = False

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise _doctype_error(self._recording, None)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if not self.has_root and name != "gpx":
            raise self._recording.error("must have the root element gpx", "another one")
        self.has_root = True
        if len(self._path) >= _MAX_DEPTH:
            raise self._recording.error(f"must have elements at most {_MAX_DEPTH} deep", "deeper ones")
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in _POINT_TAGS:
            if self._point is not None:
                self._emit()
            self._point = {"lat": attributes.get("lat", ""), "lon": attributes.get("lon", "")}
            self._point_depth = len(self._path)
        elif self._point is not None and not self._field_depth and self._is_field(name, parent):
            self._field_depth = len(self._path)
            self._text = []

    def _is_field(self, name: str, parent: str) -> bool:
        if parent == "TrackPointExtension":
            return name in ("speed", "course")
        return len(self._path) == self._point_depth + 1 and name in ("time", "fix", "speed", "course")

    def data(self, text: str) -> None:
        if self._field_depth and len(self._text) < _MAX_TEXT:
            self._text.append(text[:_MAX_TEXT])

    def end(self, tag: str) -> None:
        depth = len(self._path)
        if self._point is not None and depth == self._field_depth:
            self._point[tag.rpartition("}")[2]] = "".join(self._text).strip()
        if depth == self._field_depth:
            self._field_depth = 0
        if self._point is not None and depth == self._point_depth:
            self._emit()
        self._path.pop()

    def close(self) -> None:
        """Nothing is left to hand over: points were taken as they came."""

    def _emit(self) -> None:
        point, self._point, self._field_depth = self._point or {}, None, 0
        if self._path[self._point_depth - 1] == "trkpt":
            if self._route:
                self._note_unread_route()
            self._has_track = True
            self._ready.append(self._fix(point))
        elif self._has_track:
            self._note_unread_route()
        elif len(self._route) < _MAX_ROUTE_POINTS:
            self._route.append(point)
        else:
            raise self._recording.error(f"must have a track, or at most {_MAX_ROUTE_POINTS} route points", "more")

    def _note_unread_route(self) -> None:
        self._route.clear()
        self._recording.assume("points: the track points; route points are not read")

    def _fix(self, point: dict[str, str]) -> Fix:
        return self._recording.fix(
            parse_decimal(point["lat"]),
            parse_decimal(point["lon"]),
            time=self._recording.time(point.get("time")),
            speed_mps=parse_decimal(point.get("speed")),
            course_deg=parse_decimal(point.get("course")),
            valid=point.get("fix", "3d").lower() in _FIXED,
        )

    def take(self) -> list[Fix]:
        """The fixes since the last time."""
        ready, self._ready = self._ready, []
        return ready

    def take_route(self) -> Iterator[Fix]:
        """The route points of a file without a track."""
        if self._route:
            self._recording.assume("points: route points, since there are no track points")
        elif not self._has_track:
            self._recording.assume("points: none; the file has neither track points nor route points")
        for point in self._route:
            yield self._fix(point)
