"""Features of GeoJSON as fixes: points with properties, and lines with times."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.columns import shown_name
from geopolicy.drives.names import meaning_of, what_it_looks_like
from geopolicy.drives.records import NO_SCALAR, NOWHERE, Record, RecordReader, add_member, flat, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

GEOMETRIES = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2}  # depth of the lists of positions
_TIMES = ("coordTimes", "times", "timestamps")
# Where positions have the longitude first, whatever EPSG says of 4326.
_WGS84 = re.compile(
    r"(?:urn:ogc:def:crs:(?:OGC:(?:1\.3)?:CRS84h?|EPSG:[\d.]*:4326)|(?:OGC:)?CRS:?84|EPSG:4326"
    r"|https?://www\.opengis\.net/def/crs/(?:OGC/(?:1\.3|0)/CRS84h?|EPSG/[\d.]+/4326))",
    re.IGNORECASE | re.ASCII,
)
# What GeoJSON itself has; the rest is read as properties are.
_OF_COLLECTIONS = ("type", "features", "bbox", "crs")
_OF_FEATURES = ("type", "geometry", "properties", "bbox", "id", "crs")
_OF_GEOMETRIES = ("type", "coordinates", "bbox", "crs")
_FIELDS = (
    *("ns", "ew", "time", "date", "clock", "accuracy", "speed", "speed_error", "course", "valid", "mock", "spoofing"),
    "jamming",
)
_RESTRICTING = ("accuracy", "speed_error", "valid", "mock", "spoofing", "jamming")
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
    """A point, a line or nothing, with its properties and whatever else is stated of it, by paths."""

    place: str
    geometry: Any
    members: dict[str, Any]
    depth: int | None  # of the positions; None without a geometry


def drive_in(recording: Recording, document: Any, place: str, root: str = "$") -> list[Feature]:
    """The features of a document that are the drive.

    Raises
    ------
    DriveFileError
        For what is no GeoJSON, a ``crs`` other than WGS 84, and geometries none of which is a point or a line.
    """
    features = _features_of(recording, document, root)
    if document["type"] == "FeatureCollection":
        others = {name: value for name, value in document.items() if name not in _OF_COLLECTIONS}
        return _track(recording, positioned(recording, features, place, shared(recording, others)))
    return _track(recording, positioned(recording, features, place, {}))


def _features_of(recording: Recording, document: Any, root: str) -> list[dict[str, Any]]:
    """The features of a document."""
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(kind, str) and kind in GEOMETRIES:
        return [{"geometry": document}]
    if kind not in ("FeatureCollection", "Feature"):
        raise recording.error("must be a FeatureCollection or a Feature", "something else", f"{root}.type", _OTHER_JSON)
    _check_crs(recording, document, f"{root}.crs")
    features = document.get("features") if kind == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise recording.error("must have a list of features", "none", f"{root}.features")
    for index, feature in enumerate(features):
        if not isinstance(feature, dict):
            raise recording.error("must be a feature", "something else", f"{root}.features[{index}]")
    return features


def _check_crs(recording: Recording, holder: dict[str, Any], place: str) -> None:
    if "crs" not in holder:
        return
    crs = holder["crs"]
    if crs is None:
        recording.assume("crs: null, taken as WGS 84 (RFC 7946 4)")
        return
    properties = crs.get("properties") if isinstance(crs, dict) and crs.get("type") == "name" else None
    name = properties.get("name") if isinstance(properties, dict) else crs
    if not isinstance(name, str) or not _WGS84.fullmatch(name.strip()):
        raise recording.error("must have positions on WGS 84 (RFC 7946 4)", "another crs", place)


def shared(recording: Recording, members: dict[str, Any]) -> dict[str, Any]:
    """What stands beside all features and can only restrict them, by paths; the rest is noted."""
    paths, chosen = flat(members, ("properties",)), recording.choices.names()
    kept = {name: value for name, value in paths.items() if name.strip() in chosen or _may_restrict(name)}
    recording.note_columns([], [shown_name(name).strip("'") for name in paths if name not in kept])
    return kept


def _members(recording: Recording, feature: dict[str, Any], of_all: dict[str, Any]) -> dict[str, Any]:
    """The properties of a feature, and what stands beside them, beside its coordinates and beside all features."""
    properties, geometry = feature.get("properties"), feature.get("geometry")
    members: dict[str, Any] = {}
    if isinstance(properties, dict):
        members |= flat(properties, ("coordinateProperties",))
    elif properties is not None:
        recording.note_columns([], ["properties"])
    for holder, names in ((feature, _OF_FEATURES), (geometry, _OF_GEOMETRIES)):
        if isinstance(holder, dict) and not holder.keys() <= set(names):
            others = {name: value for name, value in holder.items() if name not in names}
            for name, value in flat(others).items():
                add_member(members, name, value)
    for name, value in of_all.items():
        add_member(members, name, value)
    return members


def positioned(
    recording: Recording, features: Sequence[dict[str, Any]], place: str, of_all: dict[str, Any]
) -> list[Feature]:
    """The features that are points or lines, or have no geometry; their place is followed by their number.

    Raises
    ------
    DriveFileError
        As for `drive_in`.
    """
    kept = []
    for index, feature in enumerate(features):
        geometry = feature.get("geometry")
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        depth = GEOMETRIES.get(kind) if isinstance(kind, str) else None
        if geometry is not None and depth is None:
            recording.skipped["geometry that is neither point nor line"] += 1
            continue
        at = f"{place} {index + 1}" if len(features) > 1 or place == "feature" else place
        for holder in (feature, geometry):
            if isinstance(holder, dict):
                _check_crs(recording, holder, f"crs of {at}")
        kept.append(Feature(at, geometry, _members(recording, feature, of_all), depth))
    if features and not kept:
        raise recording.error(
            "must hold Point, MultiPoint, LineString or MultiLineString geometries",
            "only others",
            None if place == "feature" else place,
            "a file of zones is no drive",
        )
    return kept


def _track(recording: Recording, features: list[Feature]) -> list[Feature]:
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
    meanings = (meaning_of(name) for name, value in feature.members.items() if value is not None)
    return any(meaning is not None and meaning.field in ("time", "date") for meaning in meanings)


def _times(feature: Feature) -> str | None:
    """By which name a line has its times."""
    return next((name for name in _TIMES if feature.members.get(name) is not None), None)


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

    def fixes(self, features: Sequence[Feature], *, are_all: bool = False) -> Iterator[Fix]:
        """The fixes of features; that any of them states an accuracy counts from the first on.

        ``are_all``: these are all of the file, so that a validity that is null in each says nothing.
        """
        if are_all:
            features = self._without_silent(features)
        for feature in features:
            self._records.expect(feature.members, feature.place)
        points: list[Feature] = []
        for feature in features:
            if not feature.depth:
                points.append(feature)
                continue
            yield from self._points(points)
            points = []
            yield from self._lines(feature)
        yield from self._points(points)

    def _without_silent(self, features: Sequence[Feature]) -> list[Feature]:
        """The features without the members of validity that are null throughout."""
        members = [item for feature in features for item in feature.members.items()]
        nulls = {name for name, value in members if value is None} - {
            name for name, value in members if value is not None
        }
        silent = [name for name in sorted(nulls) if self._records.field_of(name) == "valid"]
        for name in silent:
            self._recording.assume(f"validity: {name!r} is empty, and says nothing")
        if not silent:
            return list(features)
        return [
            feature._replace(members={name: value for name, value in feature.members.items() if name not in silent})
            for feature in features
        ]

    def _points(self, points: list[Feature]) -> Iterator[Fix]:
        return self._records.fixes([self._record(feature) for feature in points])

    def _record(self, feature: Feature) -> Record:
        position = None if feature.geometry is None else feature.geometry.get("coordinates")
        self._note_fourth([position])
        values = self._records.values(feature.members, feature.place)
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
            yield from self._line(feature, line, (index, len(lines)))

    def _line(self, feature: Feature, line: list[Any], part: tuple[int, int]) -> Iterator[Fix]:
        if not line:
            return iter(())
        columns: dict[str, list[str]] = {}
        times = _times(feature)
        for name, value in feature.members.items():
            is_read = name == times or name.strip() not in _TIMES
            cells = self._cells(name, _part_of(value, part), len(line)) if is_read else None
            if cells is not None:
                columns[name] = cells
            elif value is not None:
                self._recording.note_names({name.strip()})
                self._recording.note_columns([], [shown_name(name).strip("'")], feature.place)
        for name in columns:
            self._records.note_validity(name, feature.place)
        columns |= {name: [""] * len(line) for name in self._records.absent(columns)}
        unit = None if times is not None else self._fourth_unit(line)
        if unit is not None:
            columns[unit] = [text_of(number) for number in _fourths(line)]
        else:
            self._note_fourth(line)
        pairs = [_lat_lon(position) for position in line]
        return self._records.columns(tuple(columns), list(columns.values()), pairs, [feature.place] * len(line))

    def _cells(self, name: str, value: Any, count: int) -> list[str] | None:
        """What a member of a line states of each of its positions; None if it is not read."""
        if isinstance(value, list) and len(value) == count:
            return list(map(text_of, value))
        field = self._records.field_of(name)
        if name in _TIMES or (isinstance(value, list) and field in ("time", "date", "clock")):
            self._recording.assume("times: not used where their number is not that of the positions")
            return None
        is_left_out = name.strip() in self._recording.choices.left_out
        if not isinstance(value, list):
            return [text_of(value)] * count if is_left_out or field in _RESTRICTING or _may_restrict(name) else None
        if not (is_left_out or field in _FIELDS or (field is None and what_it_looks_like(name) is not None)):
            return None
        text = "its values are not as many as the positions; none is understood"
        self._recording.assume(f"property {shown_name(name)}: {text}")
        return [NO_SCALAR] * count

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


def _part_of(value: Any, part: tuple[int, int]) -> Any:
    """What a member states of one line of several: a list has as many members as there are lines."""
    index, count = part
    if not isinstance(value, list) or (count == 1 and not (len(value) == 1 and isinstance(value[0], list))):
        return value
    return value[index] if len(value) == count else []


def _may_restrict(name: str) -> bool:
    """Whether what a name states of many positions at once may make fixes of them invalid or less accurate."""
    meaning = meaning_of(name)
    if meaning is not None:
        return meaning.field in _RESTRICTING
    return what_it_looks_like(name) in ("accuracy", "validity", "direction", "interference")
