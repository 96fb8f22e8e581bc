"""Features of GeoJSON as fixes: points with properties, and lines with times."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.names import meaning_of, what_it_looks_like
from geopolicy.drives.records import NOWHERE, Record, RecordReader, is_scalar, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

GEOMETRIES = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2}  # depth of the lists of positions
_TIMES = ("coordTimes", "times", "timestamps")
_WGS84_NAMES = ("CRS84", "4326")
_FIELDS = ("ns", "ew", "time", "date", "clock", "accuracy", "speed", "course", "valid", "mock", "spoofing", "jamming")
_OF_WHOLE_LINES = ("accuracy", "valid", "mock", "spoofing", "jamming")
_OTHER_JSON = "geopolicy drives --list says which other JSON is read"
_BESIDE_LINES = "point beside a line (a way point is no fix)"
_BESIDE_POINTS = "line without times beside points with times"
# kepler.gl: the fourth number of positions is a time, in POSIX seconds or milliseconds; between 2017 and 2286.
_FOURTH_TIMES = {
    "fourth number in seconds": (1_500_000_000, 10_000_000_000),
    "fourth number in milliseconds": (1_500_000_000_000, 10_000_000_000_000),
}
_NO_TIMES = "no times"
_MAX_DEPTH = 8  # of objects in properties; a deeper one is a value that is not read


class Feature(NamedTuple):
    """A point, a line or nothing, with its properties."""

    place: str
    geometry: Any
    properties: dict[str, Any]
    depth: int | None  # of the positions; None without a geometry


def features_of(recording: Recording, document: Any, root: str = "$") -> list[dict[str, Any]]:
    """The features of a document.

    Raises
    ------
    DriveFileError
        For what is no GeoJSON, and a ``crs`` other than WGS 84.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(kind, str) and kind in GEOMETRIES:
        return [{"geometry": document}]
    if kind not in ("FeatureCollection", "Feature"):
        raise recording.error("must be a FeatureCollection or a Feature", "something else", f"{root}.type", _OTHER_JSON)
    crs = document.get("crs")
    if crs is not None and not any(name in json.dumps(crs) for name in _WGS84_NAMES):
        raise recording.error("must have positions on WGS 84 (RFC 7946 4)", "another crs", f"{root}.crs")
    features = document.get("features") if kind == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise recording.error("must have a list of features", "none", f"{root}.features")
    for index, feature in enumerate(features):
        if not isinstance(feature, dict):
            raise recording.error("must be a feature", "something else", f"{root}.features[{index}]")
    return features


def positioned(recording: Recording, features: Sequence[dict[str, Any]], place: str) -> list[Feature]:
    """The features that are points or lines, or have no geometry; their place is followed by their number."""
    kept = []
    for index, feature in enumerate(features):
        geometry, properties = feature.get("geometry"), feature.get("properties")
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        depth = GEOMETRIES.get(kind) if isinstance(kind, str) else None
        if geometry is not None and depth is None:
            recording.skipped["geometry that is neither point nor line"] += 1
            continue
        at = f"{place} {index + 1}" if len(features) > 1 or place == "feature" else place
        kept.append(Feature(at, geometry, properties if isinstance(properties, dict) else {}, depth))
    if features and not kept:
        raise recording.error(
            "must hold Point, MultiPoint, LineString or MultiLineString geometries",
            "only others",
            None if place == "feature" else place,
            "a file of zones is no drive",
        )
    return kept


def track(recording: Recording, features: list[Feature]) -> list[Feature]:
    """The features that are the drive, where there are points and lines."""
    lines = [feature for feature in features if feature.depth]
    points = [feature for feature in features if not feature.depth]
    if not lines or not points:
        return features
    have_times = any(_times(feature) is not None or _has_fourth_times(feature) for feature in lines)
    if not have_times and any(_has_time(feature) for feature in points):
        recording.skipped[_BESIDE_POINTS] += len(lines)
        return points
    recording.skipped[_BESIDE_LINES] += len(points)
    return lines


def _has_time(feature: Feature) -> bool:
    meanings = (meaning_of(name) for name, value in feature.properties.items() if value is not None)
    return any(meaning is not None and meaning.field in ("time", "date") for meaning in meanings)


def _times(feature: Feature) -> tuple[str, Any] | None:
    """The times of a line: in its properties, beside them or beside its coordinates."""
    nested = feature.properties.get("coordinateProperties")
    holders: tuple[Any, ...] = (feature.properties, nested, feature.geometry)
    for holder in holders:
        for name in _TIMES if isinstance(holder, dict) else ():
            if holder.get(name) is not None:
                return name, holder[name]
    return None


def _has_fourth_times(feature: Feature) -> bool:
    coordinates = feature.geometry.get("coordinates")
    lines = coordinates if feature.depth == 2 else [coordinates]
    parts = [line for line in lines if isinstance(line, list)] if isinstance(lines, list) else []
    return any(_unit_of(_fourths(line)) not in (None, _NO_TIMES) for line in parts)


class FeatureReader:
    """Reads features, one part of a file after the other."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._records = RecordReader(recording, "property", _FIELDS)
        self._fourth: str | None = None  # what the fourth numbers of the file are, by the first line that has some

    def fixes(self, features: Sequence[Feature]) -> Iterator[Fix]:
        """The fixes of features; an accuracy in any of them is known from the first fix on."""
        for feature in features:
            self._note_accuracy(feature)
        points: list[Feature] = []
        for feature in features:
            if not feature.depth:
                points.append(feature)
                continue
            yield from self._points(points)
            points = []
            yield from self._lines(feature)
        yield from self._points(points)

    def _note_accuracy(self, feature: Feature) -> None:
        for name, value in _flat(feature.properties).items():
            meaning = None if value is None else meaning_of(name)
            left_out = self._recording.choices.left_out
            if meaning is not None and meaning.field == "accuracy" and name not in left_out:
                self._recording.states_accuracy = True

    def _points(self, points: list[Feature]) -> Iterator[Fix]:
        return self._records.fixes([self._record(feature) for feature in points])

    def _record(self, feature: Feature) -> Record:
        position = None if feature.geometry is None else feature.geometry.get("coordinates")
        self._note_fourth([position])
        values = self._records.values(_flat(feature.properties), feature.place)
        return Record(feature.place, values, _lat_lon(position))

    def _note_fourth(self, positions: list[Any]) -> None:
        if any(isinstance(position, list) and len(position) > 3 for position in positions):
            self._recording.note_columns([], ["fourth number of positions"])

    def _lines(self, feature: Feature) -> Iterator[Fix]:
        coordinates = feature.geometry.get("coordinates")
        lines = coordinates if feature.depth == 2 else [coordinates]
        if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
            raise self._recording.error("must have a list of positions", "something else", feature.place)
        for index, line in enumerate(lines):
            yield from self._line(feature, line, index if feature.depth == 2 else None)

    def _line(self, feature: Feature, line: list[Any], index: int | None) -> Iterator[Fix]:
        if not line:
            return iter(())
        columns: dict[str, list[str]] = {}
        times = _times(feature)
        lists = {} if times is None else {times[0]: times[1]}
        lists |= {name: value for name, value in _flat(feature.properties).items() if name not in _TIMES}
        for name, value in lists.items():
            values = value[index] if index is not None and isinstance(value, list) and index < len(value) else value
            if isinstance(values, list) and len(values) == len(line):
                columns[name] = [text_of(item) for item in values]
            elif name in _TIMES:
                self._recording.assume("times: not used where their number is not that of the positions")
            elif _is_of_whole_line(name, value):
                columns[name] = [text_of(value)] * len(line)
        unit = None if times is not None else self._fourth_unit(line)
        if unit is not None:
            columns[unit] = [text_of(number) for number in _fourths(line)]
        else:
            self._note_fourth(line)
        pairs = [_lat_lon(position) for position in line]
        return self._records.columns(tuple(columns), list(columns.values()), pairs, [feature.place] * len(line))

    def _fourth_unit(self, line: list[Any]) -> str | None:
        """What the fourth numbers of a line are, if they are times; in one file they are always the same."""
        unit = _unit_of(_fourths(line))
        if unit is None:
            return None
        self._fourth = self._fourth or unit
        return unit if unit == self._fourth != _NO_TIMES else None


def _fourths(line: list[Any]) -> list[Any]:
    return [position[3] if isinstance(position, list) and len(position) > 3 else None for position in line]


def _unit_of(numbers: list[Any]) -> str | None:
    """By which name fourth numbers are times; None where there are none."""
    stated = [number for number in numbers if number is not None]
    if not stated:
        return None
    if all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in stated):
        for name, (least, most) in _FOURTH_TIMES.items():
            if all(least <= number < most for number in stated):
                return name
    return _NO_TIMES


def _lat_lon(position: Any) -> tuple[float, float]:
    """Latitude first, from a position that has the longitude first (RFC 7946 3.1.1)."""
    if not isinstance(position, list) or len(position) < 2:
        return NOWHERE
    return _degrees(position[1]), _degrees(position[0])


def _degrees(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _flat(properties: dict[str, Any], path: str = "", depth: int = 0) -> dict[str, Any]:
    """The properties, and those of the objects in them by their path."""
    flat: dict[str, Any] = {}
    for name, value in properties.items():
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            flat |= _flat(value, path if name == "coordinateProperties" else f"{path}{name}.", depth + 1)
        else:
            flat[f"{path}{name}"] = value
    return flat


def _is_of_whole_line(name: str, value: Any) -> bool:
    """Whether a property of a line says something of all its positions, or may."""
    if not is_scalar(value):
        return False
    meaning = meaning_of(name)
    if meaning is not None:
        return meaning.field in _OF_WHOLE_LINES
    return what_it_looks_like(name) in ("accuracy", "validity", "direction", "interference")
