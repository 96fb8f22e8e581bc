"""Paths of Google's Timeline, which Google made of the fixes: ``timelinePath`` and ``simplifiedRawPath``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from geopolicy.drives.columns import shown_name
from geopolicy.drives.records import NOWHERE, Record, RecordReader, add_member
from geopolicy.drives.stamps import moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

FIELDS = ("time", "accuracy", "speed", "course", "valid", "mock")
_DEGREES = r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?"
_LAT_LON = re.compile(rf"(?:geo:)?\s*{_DEGREES}\s*,\s*{_DEGREES}\s*", re.ASCII)
_OF_SEGMENTS = re.compile("start|end")  # their times
_MINUTES = re.compile(r"\d{1,5}", re.ASCII)
_SINCE_START = "durationMinutesOffsetFromStartTime"
_SHORT_NAMES = {"latE7": "latitudeE7", "lngE7": "longitudeE7", "timestampMs": "timestampMs of Google"}


def lat_lon(text: Any) -> tuple[float, float]:
    """The position in a text such as ``45.25°, 13.5°`` or ``geo:45.25,13.5``."""
    match = _LAT_LON.fullmatch(text) if isinstance(text, str) else None
    return NOWHERE if match is None else (float(match[1]), float(match[2]))


def note_segments(recording: Recording, segments: Any, read: str = "") -> None:
    """Say which members of segments are not read."""
    for segment in segments if isinstance(segments, list) else []:
        if not isinstance(segment, dict):
            recording.skipped["segment that is no object"] += 1
            continue
        names = [name for name in segment if name != read and not _OF_SEGMENTS.match(name)]
        shown = [shown_name(name).strip("'") for name in names]
        recording.note_columns([], [f"{name} of segments" for name in shown])


def timeline_paths(recording: Recording, segments: Sequence[Any], root: str) -> Iterator[Fix]:
    """The points of each ``timelinePath``, in the order of the file; none if there are none."""
    note_segments(recording, segments, "timelinePath")
    reader = RecordReader(recording, "member", FIELDS)
    paths = [segment.get("timelinePath") if isinstance(segment, dict) else None for segment in segments]
    points = _points(recording, reader, paths)

    def records() -> Iterator[Record]:
        for index, number, point in points:
            place = f"{root}[{index}].timelinePath[{number}]"
            if not isinstance(point, dict):
                yield Record(place, {}, NOWHERE)
                continue
            members = {name: value for name, value in point.items() if name not in ("point", _SINCE_START)}
            if _SINCE_START in point:
                add_member(members, "time", _minutes_later(segments[index].get("startTime"), point[_SINCE_START]))
            yield Record(place, reader.values(members, place), lat_lon(point.get("point")))

    return reader.fixes(records())


def _points(recording: Recording, reader: RecordReader, paths: Sequence[Any]) -> list[tuple[int, int, Any]]:
    """The points of paths, with the numbers of both; a path that is no list is counted."""
    points: list[tuple[int, int, Any]] = []
    for index, path in enumerate(paths):
        if isinstance(path, list):
            points += ((index, number, point) for number, point in enumerate(path))
        elif path is not None:
            recording.skipped["path that is no list of points"] += 1
    for _, _, point in points:
        reader.expect(point if isinstance(point, dict) else {})
    return points


def _minutes_later(start: Any, minutes: Any) -> str:
    """The time of a point of an iPhone; empty if it is not known."""
    moment = moment_of(start) if isinstance(start, str) else None
    if moment is None or not _MINUTES.fullmatch(str(minutes)):
        return ""
    return (moment + timedelta(minutes=int(minutes))).isoformat()


def raw_paths(recording: Recording, objects: Sequence[Any]) -> Iterator[Fix]:
    """The points of each ``simplifiedRawPath`` of the exports before 2024, in the order of the file."""
    note_segments(recording, objects, "activitySegment")
    reader = RecordReader(recording, "member")
    points = _points(recording, reader, [_raw_path(item) for item in objects])

    def records() -> Iterator[Record]:
        for index, number, point in points:
            place = f"$.timelineObjects[{index}].activitySegment.simplifiedRawPath.points[{number}]"
            members = {"latE7": "", "lngE7": "", **(point if isinstance(point, dict) else {})}
            named = {_SHORT_NAMES.get(name, name): value for name, value in members.items()}
            yield Record(place, reader.values(named, place))

    return reader.fixes(records())


def _raw_path(item: Any) -> Any:
    segment = item.get("activitySegment") if isinstance(item, dict) else None
    path = segment.get("simplifiedRawPath") if isinstance(segment, dict) else None
    return path.get("points") if isinstance(path, dict) else path
