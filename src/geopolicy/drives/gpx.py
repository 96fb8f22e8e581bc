"""GPX 1.0 and 1.1: the track points of a file, in any namespace, without ever holding its tree."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.columns import LayoutBuilder
from geopolicy.drives.gpx_names import DATUM, FIELDS, MAX_PATH, Known, Names
from geopolicy.drives.names import fold
from geopolicy.drives.readings import Readings
from geopolicy.drives.recording import parse_decimal
from geopolicy.drives.rows import Rows
from geopolicy.drives.xml_events import doctype_error, feed_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_MAX_DEPTH = 64
_MAX_ROUTE_POINTS = 100_000
_MAX_ROUTE_CHARACTERS = 1 << 24
_MAX_TEXT = 200
_MAX_NAMES = 100  # of a point
_MAX_LAYOUTS = 1000
_POINT_TAGS = ("trkpt", "rtept")
_ONLY_ONE = ("lat", "lon", "ns", "ew")
_MOTION = ("speed", "course")
_STATED = ("accuracy", "valid")
_RESTRICTING = ("accuracy", "speed_error", "valid", "mock", "spoofing", "jamming")  # of several the worst counts


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The track points in the order of the file; the route points of a file that has no track.

    ``<fix>`` other than 2d, 3d, dgps or pps is not valid, nor is a point without one after a point that has one.
    GPX has a field for neither accuracy nor, since 1.1, speed and course: they come from extensions, by the names that
    CSV columns have. A file that is cut off is read up to there.

    Raises
    ------
    DriveFileError
        If the file is not well-formed XML, is no GPX, has a DOCTYPE (entities are never expanded), or names a datum
        that is not WGS 84, and as for CSV. The points that were complete before come first.
    """
    points = _Points(recording)
    reader = _Reader(recording)
    for _ in feed_all(recording, points):
        yield from reader.fixes(points.take())
    yield from reader.fixes(points.take_route())
    recording.check_names()


class _Point(NamedTuple):
    """The texts of a point, by the names of their elements and attributes."""

    number: int
    texts: dict[str, str]


class _Points:
    """The target of an `XMLParser`: collects points as their elements end."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._names = Names(recording)
        self._ready: list[_Point] = []
        self._route: list[_Point] = []
        self._path: list[str] = []
        self._point: dict[str, str] | None = None
        self._paths: list[str] = []  # of the open elements within the point
        self._texts: list[list[str]] = []
        self._tag, self._number = "", 0
        self._point_depth = self._track_count = self._route_count = self._route_characters = 0
        self._stated: dict[str, dict[str, str]] = {tag: {} for tag in _POINT_TAGS}
        self._stated_names: dict[str, set[str]] = {tag: set() for tag in _POINT_TAGS}
        self._is_leaf = self._is_way_point = self._has_track = self._has_event = False
        self.has_root = False

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise doctype_error(self._recording, None)

    def comment(self, _text: str) -> None:
        self._has_event = True

    def pi(self, _target: str, _text: str | None = None) -> None:
        self._has_event = True

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if not self.has_root and name != "gpx":
            raise self._recording.error("must have the root element gpx", "another one", hint="make GPX of it")
        self.has_root = self._has_event = self._is_leaf = True
        if len(self._path) >= _MAX_DEPTH:
            raise self._recording.error(f"must have elements at most {_MAX_DEPTH} deep", "deeper ones")
        self._path.append(name)
        if name in _POINT_TAGS:
            self._begin(attributes)
        elif self._point is None:
            self._start_outside(name, attributes)
            return
        else:
            around = self._paths[-1]
            path = f"{around}.{name}" if around else name
            if len(path) > MAX_PATH:
                raise self._recording.error(f"must have names of at most {MAX_PATH} characters", "longer ones")
            self._paths.append(path)
        self._texts.append([])
        for attribute, value in attributes.items() if attributes else ():
            self._keep(self._names.inside(self._paths[-1], attribute.rpartition("}")[2]), value)

    def _begin(self, attributes: dict[str, str]) -> None:
        if self._point is not None:
            raise self._recording.error("must have no point within a point", "one", f"point {self._number}")
        self._point = {"lat": attributes.pop("lat", ""), "lon": attributes.pop("lon", "")}
        self._tag = self._path[-1]
        self._number = (self._track_count if self._tag == "trkpt" else self._route_count) + 1
        self._point_depth = len(self._path)
        self._paths = [""]

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "wpt":
            self._is_way_point = True
            self._recording.skipped["way point, which is no part of a track"] += 1
        self._names.count(name)
        if self._names.is_datum_outside(name):
            self._texts.append([])
        for attribute, value in attributes.items():
            local = attribute.rpartition("}")[2]
            self._names.count(local)
            if not self._is_way_point:
                self._note_outside(local, value)

    def _note_outside(self, name: str, text: str) -> None:
        if self._names.is_datum_outside(name):
            self._names.check_datum(name, text.strip(), f"point {self._track_count + 1} or before it")
        else:
            self._names.note_outside(name)

    def _keep(self, known: Known | None, text: str) -> None:
        """Keep what a point says by a name; what it says again and otherwise may only restrict."""
        if known is None or self._point is None:
            return
        name, field = known
        text = text.strip() if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "..."  # no number, time or word of a fix
        if field == DATUM:
            self._names.check_datum(name, text, f"point {self._number}")
            return
        if self._point.setdefault(name, text) != text:
            self._keep_another(name, field, text)
        if field in _STATED and name not in self._stated_names[self._tag]:
            self._note_stated(name, field)
        if len(self._point) > _MAX_NAMES:
            raise self._recording.error(
                f"must have points of at most {_MAX_NAMES} names", "more", f"point {self._number}"
            )

    def _keep_another(self, name: str, field: str, text: str) -> None:
        point = self._point or {}
        if field in _RESTRICTING:
            while point.setdefault(name, text) != text:
                name += " "
        elif field in _MOTION:
            point[name] = ""
            self._recording.assume(f"elements: of several {field!r} in one point none")
        elif field in _ONLY_ONE and self._tag == "trkpt":
            number = parse_decimal(text)
            if number is None or number != parse_decimal(point[name]):
                raise self._recording.error(f"must have one {field} in each point", "several", f"point {self._number}")
        elif field in (*_ONLY_ONE, "time"):
            self._recording.assume(f"elements: of several {field!r} in one point the first")

    def _note_stated(self, name: str, field: str) -> None:
        """A name that says whether, or how well, a point is a fix: from now on its absence says no."""
        self._stated_names[self._tag].add(name)
        is_first = self._stated[self._tag].setdefault(fold(name), name) == name
        if is_first and field == "valid" and self._number > 1:
            start = f"validity: the points before point {self._number}"
            self._recording.assume(f"{start} have no {name!r} and may be fixes")

    def data(self, text: str) -> None:
        self._has_event = True
        if self._texts and len(self._texts[-1]) <= _MAX_TEXT:
            self._texts[-1].append(text[: _MAX_TEXT + 1])

    def end(self, _tag: str) -> None:
        name = self._path[-1]
        if self._point is not None:
            text = "".join(self._texts.pop())
            self._paths.pop()
            if len(self._path) == self._point_depth:
                self._emit(text)
            elif self._is_leaf or text.strip():
                self._keep(self._names.inside(self._paths[-1], name), text)
        elif name == "wpt":
            self._is_way_point = False
        else:
            self._end_outside(name)
        self._is_leaf = False
        self._path.pop()

    def _end_outside(self, name: str) -> None:
        text = "".join(self._texts.pop()) if self._names.is_datum_outside(name) else ""
        if not self._is_way_point and (self._is_leaf or text.strip()):
            self._note_outside(name, text)

    def close(self) -> None:
        """Nothing is left to hand over: points were taken as they came."""

    def _emit(self, text: str) -> None:
        texts, self._point = self._point or {}, None
        if text.strip():
            self._recording.assume("points: what stands in them beside their elements is not read")
        for name in self._stated[self._tag].values():
            texts.setdefault(name, "")
        if self._tag == "trkpt":
            self._track_count += 1
            self._has_track = True
            self._ready.append(_Point(self._number, texts))
            if self._route:
                self._pass_route(len(self._route))
                self._route.clear()
        elif self._has_track:
            self._pass_route(1)
        else:
            self._route_count += 1
            self._route.append(_Point(self._number, texts))
            self._route_characters += sum(map(len, texts.values()))
            if len(self._route) > _MAX_ROUTE_POINTS or self._route_characters > _MAX_ROUTE_CHARACTERS:
                raise self._recording.error(f"must have a track, or at most {_MAX_ROUTE_POINTS} route points", "more")

    def _pass_route(self, count: int) -> None:
        self._recording.skipped["route point beside track points"] += count
        self._recording.assume("points: the track points; route points are not read")

    def take_event(self) -> bool:
        """Whether anything ended or began since the last time."""
        has_event, self._has_event = self._has_event, False
        return has_event

    @property
    def count(self) -> int:
        """How many points of a track ended, or else of routes."""
        return self._track_count or self._route_count

    @property
    def has_points(self) -> bool:
        """Whether there was any point."""
        return self._has_track or bool(self._route)

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
        self._builder = LayoutBuilder(recording, "element", FIELDS)
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
