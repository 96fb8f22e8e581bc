"""GeoJSON as it is found: a collection, a feature, a bare geometry, or a feature on each line (RFC 8142)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.source import BOM
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.strict_json import json_path, loads

if TYPE_CHECKING:
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.zonefile.members import FileContext

GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)
RECORD = "\x1e"
_BLANKS = b" \t\r\n" + RECORD.encode()
_IS_FEATURE = re.compile(rb'"type"\s*:\s*"Feature"')
_CRS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84")
_CODE = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GeoJsonText:
    """Features with their paths, the form in which they stood, and what stood beside them."""

    form: str
    features: list[tuple[str, Any]]
    rest: Json


def is_sequence(content: bytes) -> bool:
    """Whether the bytes are features on lines, or after record separators."""
    if content.startswith(RECORD.encode()):
        return True
    # Each line is searched once: a whole collection may stand on the first.
    first, _, others = content.lstrip(_BLANKS).partition(b"\n")
    is_object = first.startswith(b"{") and first.rstrip(_BLANKS).endswith(b"}")
    return is_object and others.lstrip(_BLANKS).startswith(b"{") and _IS_FEATURE.search(first) is not None


def read_text(reading: Reading) -> GeoJsonText | None:
    """The features of a text; None where it has none, which is reported.

    Raises
    ------
    ZoneFileError
        If it is no JSON.
    """
    content = reading.content.removeprefix(BOM)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        rule, hint = "GeoJSON must be UTF-8", "this is UTF-16: save it as UTF-8"
        raise ZoneFileError([Problem("source-format", rule, "a mark of UTF-16", file=reading.file, hint=hint)])
    if is_sequence(content):
        return _sequence(reading, content)
    root = reading.json()
    kind = root.get("type") if isinstance(root, dict) else None
    if kind == "Feature":
        return GeoJsonText("Feature", [("$", root)], {})
    if kind in GEOMETRIES:
        return GeoJsonText("geometry", [("$", root)], {})
    if kind != "FeatureCollection":
        rule = "GeoJSON must be an object whose type is FeatureCollection, Feature or that of a geometry"
        reading.context.report("source-format", rule, "$.type" if isinstance(root, dict) else "$", kind)
        return None
    features = root.get("features")
    if not isinstance(features, list) or not features:
        rule = "a FeatureCollection needs features, a list that is not empty"
        reading.context.report("source-member", rule, "$.features", features)
        return None
    rest = {name: value for name, value in root.items() if name not in ("type", "features")}
    return GeoJsonText(
        "FeatureCollection", [(json_path("$.features", i), each) for i, each in enumerate(features)], rest
    )


def _sequence(reading: Reading, content: bytes) -> GeoJsonText | None:
    """The features of lines; those of records where there are separators, which may hold line breaks."""
    is_records = RECORD.encode() in content
    texts = content.split(RECORD.encode()) if is_records else content.splitlines()
    features: list[tuple[str, Any]] = []
    line = 1
    for text in texts:
        place = f"line {line}"
        line += text.count(b"\n") if is_records else 1
        if not text.strip():
            continue
        try:
            value = loads(text.strip(), reading.file, reading.context.add)
        except ZoneFileError as error:
            for problem in error.problems:
                reading.context.report(problem.code, problem.rule, place, in_words=problem.value, hint=problem.hint)
            continue
        features.append((place, value))
    return GeoJsonText("records" if is_records else "lines", features, {})


def frame_of(context: FileContext, rest: Json, stated: str | None) -> str | None:
    """The frame of the positions: what the obsolete member crs names, or an option states; None for WGS 84."""
    if "crs" not in rest:
        return stated
    crs = rest["crs"]
    name = _name_of(crs)
    code = _CODE.fullmatch(name) if isinstance(name, str) else None
    if code is None and name not in _CRS84:
        hint = "reproject it to WGS 84, or delete crs and state the system: --with frame=EPSG:25832"
        context.report("source-value", "crs must name CRS84 or an EPSG code", "$.crs", crs, hint)
        return stated
    frame = f"EPSG:{code[1]}" if code and code[1] != "4326" else None
    if stated is not None and stated != (frame or "WGS84"):
        hint = "delete crs, or leave --with frame out"
        context.report("source-option", f"frame must be what crs names, not {stated}", "$.crs", crs, hint)
    return frame


def is_crs84(crs: Any) -> bool:
    """Whether a member crs names longitude and latitude in WGS 84."""
    name = _name_of(crs)
    return name in _CRS84 or (
        isinstance(name, str) and (code := _CODE.fullmatch(name)) is not None and code[1] == "4326"
    )


def _name_of(crs: Any) -> Any:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return properties.get("name") if isinstance(properties, dict) else None
