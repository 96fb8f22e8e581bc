"""GeoJSON: lines with ``coordTimes``, or one point per fix. The file is read whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geopolicy.drives.fields import FixFields, normal_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_MAX_BYTES = 1 << 28
_GEOMETRIES = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2}  # depth of the lists of positions
_TIMES = ("coordTimes", "times")
_WGS84_NAMES = ("CRS84", "4326")


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The positions of points and lines in the order of the file.

    A Point takes time, accuracy, speed, course and validity from its properties, by the names that CSV columns
    have. A line (or MultiPoint) takes times from ``coordTimes`` or ``times``, in its properties or their
    ``coordinateProperties``; if their number is not that of the positions, none is used. A feature
    without geometry is a fix that is not valid. Files of at most 256 MiB: nothing can be read before the whole is.

    Raises
    ------
    DriveFileError
        For invalid JSON (NaN and Infinity included), what is no GeoJSON, a ``crs`` other
        than WGS 84, or geometries none of which is a point or a line.
    """
    document = _load(recording)
    has_positions, others = False, 0
    for index, feature in enumerate(_features(recording, document)):
        geometry, properties = feature.get("geometry"), feature.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if geometry is None:
            yield _point(recording, None, properties)
        elif not isinstance(kind, str) or kind not in _GEOMETRIES:
            others += 1
            recording.skipped["geometry that is neither point nor line"] += 1
            continue
        else:
            coordinates = geometry.get("coordinates")
            yield from _fixes(recording, coordinates, _GEOMETRIES[kind], properties, f"$.features[{index}]")
        has_positions = True
    if others and not has_positions:
        raise recording.error(
            "must hold Point, MultiPoint, LineString or MultiLineString geometries", "only others", "$.features"
        )


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


def _fixes(recording: Recording, coordinates: Any, depth: int, properties: dict[str, Any], place: str) -> Iterator[Fix]:
    if depth == 0:
        yield _point(recording, coordinates, properties)
        return
    if not isinstance(coordinates, list):
        raise recording.error("must have a list of positions", "something else", f"{place}.geometry.coordinates")
    times = _times(properties)
    lines = coordinates if depth == 2 else [coordinates]
    times_of_lines = times if depth == 2 else [times]
    for index, line in enumerate(lines):
        if not isinstance(line, list):
            raise recording.error("must have a list of positions", "something else", f"{place}.geometry.coordinates")
        stamps = times_of_lines[index] if isinstance(times_of_lines, list) and index < len(times_of_lines) else None
        if times is not None and not (isinstance(stamps, list) and len(stamps) == len(line)):
            recording.assume("times: not used where their number is not that of the positions")
            stamps = None
        for step, position in enumerate(line):
            lat, lon = _lat_lon(position)
            time = recording.time_or_posix(_text(stamps[step])) if stamps else None
            yield recording.fix(lat, lon, time=time)


def _times(properties: dict[str, Any]) -> Any:
    nested = properties.get("coordinateProperties")
    for holder in (properties, nested if isinstance(nested, dict) else {}):
        for name in _TIMES:
            if holder.get(name) is not None:
                return holder[name]
    return None


def _point(recording: Recording, position: Any, properties: dict[str, Any]) -> Fix:
    values = {normal_name(name): _text(value) for name, value in properties.items()}
    lat, lon = _lat_lon(position)
    return FixFields(recording, values, "property").fix(values, lat, lon)


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


def _text(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) else ""
