"""GeoJSON: lines with ``coordTimes``, or one point per fix. The file is read whole."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.columns import LayoutBuilder
from geopolicy.drives.names import meaning_of, what_it_looks_like
from geopolicy.drives.readings import Readings
from geopolicy.drives.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_MAX_BYTES = 1 << 28
_GEOMETRIES = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2}  # depth of the lists of positions
_TIMES = ("coordTimes", "times")
_WGS84_NAMES = ("CRS84", "4326")
_FIELDS = ("ns", "ew", "time", "date", "clock", "accuracy", "speed", "course", "valid", "mock", "spoofing", "jamming")
_OF_WHOLE_LINES = ("accuracy", "valid", "mock", "spoofing", "jamming")
_BESIDE_LINES = "point beside a line (a way point is no fix)"
_BESIDE_POINTS = "line without times beside points with times"


class _Feature(NamedTuple):
    number: int
    geometry: Any
    properties: dict[str, Any]
    depth: int | None  # of the positions; None without a geometry


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The positions of points and lines in the order of the file.

    A Point takes time, accuracy, speed, course and validity from its properties, by the names that CSV columns
    have. A line (or MultiPoint) takes times from ``coordTimes`` or ``times``, in its properties or their
    ``coordinateProperties``, and whatever else is a list of as many values as it has positions; if their number is
    another one, they are not used. Where a file has points and lines, only the lines are the drive, unless they have
    no times and the points do. A feature without geometry is a fix that is not valid. Files of at most 256 MiB:
    nothing can be read before the whole is.

    Raises
    ------
    DriveFileError
        For invalid JSON (NaN and Infinity included), what is no GeoJSON, a ``crs`` other
        than WGS 84, geometries none of which is a point or a line, and as for CSV.
    """
    features = _track(recording, _positioned(recording, _load(recording)))
    reader = _Reader(recording, features)
    for feature in features:
        yield from reader.fixes(feature)
    recording.check_names()


def _load(recording: Recording) -> Any:
    content = bytearray()
    while chunk := recording.stream.read(1 << 20):
        content += chunk
        if len(content) > _MAX_BYTES:
            raise recording.error(f"must have at most {_MAX_BYTES} bytes", "more", hint="use CSV or GPX")
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise recording.error("must be UTF-8", f"byte 0x{content[error.start]:02x}", f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise recording.error("must be valid JSON", error.msg, place) from None
    except RecursionError:
        raise recording.error("must be valid JSON", "too many nested values") from None
    except ValueError:
        # Python refuses integers of more than 4300 digits.
        raise recording.error("must be valid JSON", "NaN, Infinity or a number of thousands of digits") from None


def _refuse_constant(_name: str) -> float:
    raise ValueError("not JSON")


def _features(recording: Recording, document: Any) -> list[dict[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind in _GEOMETRIES:
        return [{"geometry": document}]
    if kind not in ("FeatureCollection", "Feature"):
        raise recording.error("must be a FeatureCollection or a Feature", "something else", "$.type")
    crs = document.get("crs")
    if crs is not None and not any(name in json.dumps(crs) for name in _WGS84_NAMES):
        raise recording.error("must have positions on WGS 84 (RFC 7946 4)", "another crs", "$.crs")
    features = document.get("features") if kind == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise recording.error("must have a list of features", "none", "$.features")
    for index, feature in enumerate(features):
        if not isinstance(feature, dict):
            raise recording.error("must be a feature", "something else", f"$.features[{index}]")
    return features


def _positioned(recording: Recording, document: Any) -> list[_Feature]:
    """The features that are points or lines, or have no geometry."""
    positioned, others = [], 0
    for index, feature in enumerate(_features(recording, document)):
        geometry, properties = feature.get("geometry"), feature.get("properties")
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        depth = _GEOMETRIES.get(kind) if isinstance(kind, str) else None
        if geometry is not None and depth is None:
            others += 1
            recording.skipped["geometry that is neither point nor line"] += 1
            continue
        positioned.append(_Feature(index, geometry, properties if isinstance(properties, dict) else {}, depth))
    if others and not positioned:
        raise recording.error(
            "must hold Point, MultiPoint, LineString or MultiLineString geometries", "only others", "$.features"
        )
    return positioned


def _track(recording: Recording, features: list[_Feature]) -> list[_Feature]:
    """The features that are the drive, where there are points and lines."""
    lines = [feature for feature in features if feature.depth]
    points = [feature for feature in features if not feature.depth]
    if not lines or not points:
        return features
    have_times = any(_line_times(feature) is not None for feature in lines)
    if not have_times and any(_has_time(feature) for feature in points):
        recording.skipped[_BESIDE_POINTS] += len(lines)
        return points
    recording.skipped[_BESIDE_LINES] += len(points)
    return lines


def _has_time(feature: _Feature) -> bool:
    meanings = (meaning_of(name) for name, value in feature.properties.items() if value is not None)
    return any(meaning is not None and meaning.field in ("time", "date") for meaning in meanings)


def _line_times(feature: _Feature) -> tuple[str, Any] | None:
    nested = feature.properties.get("coordinateProperties")
    for holder in (feature.properties, nested if isinstance(nested, dict) else {}):
        for name in _TIMES:
            if holder.get(name) is not None:
                return name, holder[name]
    return None


class _Reader:
    """Reads features, whose properties are laid out once for each set of names."""

    def __init__(self, recording: Recording, features: list[_Feature]) -> None:
        self._recording = recording
        self._builder = LayoutBuilder(recording, "property", _FIELDS)
        self._readings: dict[tuple[str, ...], Readings] = {}
        names = {name for feature in features for name, value in _flat(feature.properties).items() if value is not None}
        for name in names:
            meaning = meaning_of(name)
            if meaning is not None and meaning.field == "accuracy" and name not in recording.choices.left_out:
                recording.states_accuracy = True

    def fixes(self, feature: _Feature) -> Iterator[Fix]:
        """The fixes of a feature."""
        if not feature.depth:
            yield from self._point(feature)
            return
        place = f"$.features[{feature.number}].geometry.coordinates"
        coordinates = feature.geometry.get("coordinates")
        lines = coordinates if feature.depth == 2 else [coordinates]
        if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
            raise self._recording.error("must have a list of positions", "something else", place)
        for index, line in enumerate(lines):
            yield from self._line(feature, line, index if feature.depth == 2 else None)

    def _point(self, feature: _Feature) -> Iterator[Fix]:
        position = None if feature.geometry is None else feature.geometry.get("coordinates")
        values = {name: _text(value) for name, value in _flat(feature.properties).items() if _is_scalar(value)}
        columns = [[text] for text in values.values()]
        return self._read(feature, tuple(values), columns, [position])

    def _line(self, feature: _Feature, line: list[Any], index: int | None) -> Iterator[Fix]:
        columns: dict[str, list[str]] = {}
        times = _line_times(feature)
        lists = {} if times is None else {times[0]: times[1]}
        lists |= {name: value for name, value in _flat(feature.properties).items() if name not in _TIMES}
        for name, value in lists.items():
            values = value[index] if index is not None and isinstance(value, list) and index < len(value) else value
            if isinstance(values, list) and len(values) == len(line):
                columns[name] = [_text(item) for item in values]
            elif name in _TIMES:
                self._recording.assume("times: not used where their number is not that of the positions")
            elif _is_of_whole_line(name, value):
                columns[name] = [_text(value)] * len(line)
        if not line:
            return iter(())
        return self._read(feature, tuple(columns), list(columns.values()), line)

    def _read(
        self, feature: _Feature, names: tuple[str, ...], columns: list[list[str]], positions: list[Any]
    ) -> Iterator[Fix]:
        place = f"feature {feature.number + 1}"
        if names not in self._readings:
            first = [column[0] for column in columns]
            layout = self._builder.layout(names, first, f"$.features[{feature.number}]")
            self._readings[names] = Readings(self._recording, layout)
        pairs = [_lat_lon(position) for position in positions]
        lats = [math.nan if lat is None else lat for lat, _ in pairs]
        lons = [math.nan if lon is None else lon for _, lon in pairs]
        if any(isinstance(position, list) and len(position) > 3 for position in positions):
            self._recording.note_columns([], ["fourth number of positions"])
        return self._readings[names].fixes(Rows(columns, len(positions), lambda _index: place), (lats, lons))


def _lat_lon(position: Any) -> tuple[float | None, float | None]:
    """Latitude first, from a position that has the longitude first (RFC 7946 3.1.1)."""
    if not isinstance(position, list) or len(position) < 2:
        return None, None
    return _degrees(position[1]), _degrees(position[0])


def _degrees(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _flat(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties, and those of the objects in them by their path."""
    flat: dict[str, Any] = {}
    for name, value in properties.items():
        if isinstance(value, dict):
            prefix = "" if name == "coordinateProperties" else f"{name}."
            flat |= {f"{prefix}{inner}": item for inner, item in value.items()}
        else:
            flat[name] = value
    return flat


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _is_of_whole_line(name: str, value: Any) -> bool:
    """Whether a property of a line says something of all its positions, or may."""
    if not _is_scalar(value):
        return False
    meaning = meaning_of(name)
    if meaning is not None:
        return meaning.field in _OF_WHOLE_LINES
    return what_it_looks_like(name) in ("accuracy", "validity", "direction", "interference")


def _text(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) else ""
