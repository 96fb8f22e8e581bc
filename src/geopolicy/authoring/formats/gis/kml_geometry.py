"""Geometries of placemarks as GeoJSON, and of zones as KML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.gis.kml_text import Element
    from geopolicy.authoring.formats.source import Json
    from geopolicy.zonefile.members import FileContext

GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
ELEMENTS = ("name", "visibility", "address", "phoneNumber", "description", "styleUrl")  # in the order of KML
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold, not even as a number (XML 1.0, 2.2)."""
_UNREAD = ("Model", "Track", "MultiTrack")


def geometry_of(context: FileContext, element: Element) -> Json | None:
    """The geometry in an element; None if there is none, or it is reported."""
    found = [each for each in element.children if each.name in (*GEOMETRIES, *_UNREAD)]
    geometries = [geometry for each in found if (geometry := _one(context, each)) is not None]
    if len(geometries) < len(found) or not found:
        return None
    if len(geometries) == 1 and element.name != "MultiGeometry":
        return geometries[0]
    if {geometry["type"] for geometry in geometries} == {"Polygon"}:
        return {"type": "MultiPolygon", "coordinates": [geometry["coordinates"] for geometry in geometries]}
    return {"type": "GeometryCollection", "geometries": geometries}


def _one(context: FileContext, element: Element) -> Json | None:
    path = f"line {element.line}"
    if element.name in _UNREAD:
        hint = "draw it as a line or a polygon"
        context.report(
            "source-geometry", f"a geometry must be one of {', '.join(GEOMETRIES)}", path, element.name, hint
        )
        return None
    if element.name == "MultiGeometry":
        geometry = geometry_of(context, element)
        if geometry is None and not context.problem_count:
            context.report("source-geometry", "a MultiGeometry must not be empty", path, in_words="no geometry")
        return geometry
    if element.name == "Polygon":
        return _polygon(context, element, path)
    positions = _positions(context, element)
    if positions is None:
        return None
    if element.name == "Point":
        if len(positions) == 1:
            return {"type": "Point", "coordinates": positions[0]}
        context.report("source-geometry", "a Point must have one position", path, in_words=f"{len(positions)} of them")
        return None
    return {"type": "LineString", "coordinates": positions}


def _polygon(context: FileContext, element: Element, path: str) -> Json | None:
    outer = [each for each in element.children if each.name == "outerBoundaryIs"]
    inner = [each for each in element.children if each.name == "innerBoundaryIs"]
    if len(outer) != 1:
        rule = "a Polygon must have one outerBoundaryIs"
        context.report("source-geometry", rule, path, in_words=f"{len(outer)} of them")
        return None
    rings = []
    for boundary in (*outer, *inner):
        found = [each for each in boundary.children if each.name == "LinearRing"]
        if not found or (boundary in outer and len(found) > 1):
            place = f"line {boundary.line}"
            context.report(
                "source-geometry", "a boundary must have a LinearRing", place, in_words=f"{len(found)} of them"
            )
            return None
        rings += [_positions(context, ring) for ring in found]
    whole = [ring for ring in rings if ring is not None]
    return {"type": "Polygon", "coordinates": whole} if len(whole) == len(rings) else None


def _positions(context: FileContext, element: Element) -> list[list[float]] | None:
    """Longitude and latitude of each position; altitudes stay in the text."""
    found = [each for each in element.children if each.name == "coordinates"]
    if len(found) > 1:
        rule = f"a {element.name} must have its coordinates in one element"
        context.report("source-geometry", rule, f"line {found[1].line}", in_words=f"{len(found)} of them")
        return None
    path = f"line {(found or [element])[0].line}"
    words = found[0].text.split() if found else []
    if not words:
        context.report("source-geometry", "a geometry needs coordinates", path, in_words="none")
        return None
    positions = []
    for word in words:
        try:
            numbers = [float(part) for part in word.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) not in (2, 3) or not all(abs(number) < 1e300 for number in numbers):
            rule = (
                "coordinates must be longitude,latitude or longitude,latitude,altitude, with blanks only between them"
            )
            context.report("source-geometry", rule, path, word)
            return None
        positions.append(numbers[:2])
    return positions


def content_text(value: Any) -> str:
    """A value as the content of an element; a carriage return as its number, or XML would read a line feed."""
    return escape(str(value), {"\r": "&#13;"})


def placemark_text(zone_id: str, columns: Json, geometry: Json) -> str:
    """A placemark for a zone: what KML has elements for in these, the rest as data."""
    data = {"id": zone_id, **{name: value for name, value in columns.items() if name not in ELEMENTS}}
    elements = "".join(f"<{name}>{content_text(columns[name])}</{name}>" for name in ELEMENTS if name in columns)
    values = "".join(
        f"<Data name={quoteattr(str(name))}><value>{content_text(value)}</value></Data>" for name, value in data.items()
    )
    return f"<Placemark>{elements}<ExtendedData>{values}</ExtendedData>{geometry_text(geometry)}</Placemark>"


def geometry_text(geometry: Json) -> str:
    """A geometry of a zone as KML."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "MultiPolygon":
        return f"<MultiGeometry>{''.join(_polygon_text(rings) for rings in coordinates)}</MultiGeometry>"
    if kind == "Polygon":
        return _polygon_text(coordinates)
    positions = [coordinates] if kind == "Point" else coordinates
    return f"<{kind}>{_coordinates_text(positions)}</{kind}>"


def rings_of(geometry: Json) -> list[Any]:
    """The lists of positions of a geometry, in their order; a point is a list of one."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "MultiPolygon":
        return [ring for rings in coordinates for ring in rings]
    if kind == "Polygon":
        return list(coordinates)
    return [[coordinates] if kind == "Point" else coordinates]


def _polygon_text(rings: Sequence[Sequence[Sequence[float]]]) -> str:
    names = ["outerBoundaryIs", *["innerBoundaryIs"] * (len(rings) - 1)]
    boundaries = (
        f"<{name}><LinearRing>{_coordinates_text(ring)}</LinearRing></{name}>"
        for name, ring in zip(names, rings, strict=True)
    )
    return f"<Polygon>{''.join(boundaries)}</Polygon>"


def _coordinates_text(positions: Sequence[Sequence[float]]) -> str:
    return f"<coordinates>{' '.join(f'{x!r},{y!r}' for x, y, *_ in positions)}</coordinates>"
