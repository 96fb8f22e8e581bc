"""What to do about geometries of other types than zones and coverages have."""

from __future__ import annotations

import re
from difflib import get_close_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FLATTEN = "leave heights and measures out: 'Drop M/Z values' of QGIS, ogr2ogr -dim XY, force_2d of GeoPandas"
_SPLIT = (
    "make each part a zone with an id of its own: 'Multipart to singleparts' of QGIS, ogr2ogr -explodecollections,"
    " explode of GeoPandas"
)
_STRAIGHTEN = "write it with straight edges: ogr2ogr -nlt CONVERT_TO_LINEAR, or -nlt MULTIPOLYGON"
_DRAW = "a coverage is an area: draw it as a Polygon or MultiPolygon"
_HINTS = {
    **dict.fromkeys(("circularstring", "compoundcurve", "curvepolygon", "multicurve", "multisurface"), _STRAIGHTEN),
    **dict.fromkeys(("curve", "surface", "tin", "triangle", "polyhedralsurface"), _STRAIGHTEN),
    **dict.fromkeys(("linearring", "envelope"), "is 'Polygon' meant?"),
    "feature": "write only its geometry",
    "featurecollection": "write only the geometries of its features",
}
_OF_ZONES = {
    **dict.fromkeys(("multipoint", "multilinestring", "geometrycollection"), _SPLIT),
    "circle": "is a 'Point' with radius_m meant?",
    "polyline": "is 'LineString' meant?",
}
_OF_COVERAGES = {
    **dict.fromkeys(("point", "linestring", "multipoint", "multilinestring", "circle", "polyline"), _DRAW),
    "geometrycollection": "write its polygons as a list",
}
# Members of other formats that stand where GeoJSON has type and coordinates.
_FORMATS = {
    **dict.fromkeys(("rings", "paths", "points", "x"), "Esri JSON"),
    "arcs": "TopoJSON",
}
_MOST_LETTERS = 40


def geometry_hint(source: Mapping[str, Any], types: tuple[str, ...]) -> str | None:
    """What to do about a geometry whose type is none of those it may have."""
    stated = source.get("type")
    if not isinstance(stated, str):
        return next((f"this is {_FORMATS[name]}: export it as GeoJSON" for name in source if name in _FORMATS), None)
    bare = re.sub(r"[^a-z0-9]|^wkb|^esrigeometry", "", stated[:_MOST_LETTERS].casefold())
    plain = re.sub(r"(?:25d|zm|z|m)$", "", bare)
    hints = _HINTS | (_OF_ZONES if "Point" in types else _OF_COVERAGES)
    names = {name.casefold(): f"is {name!r} meant?" for name in types}
    near = get_close_matches(plain, names, n=1, cutoff=0.8)
    hint = names.get(plain) or hints.get(plain) or (names[near[0]] if near else None)
    return f"{FLATTEN}; {hint}" if hint and plain != bare else hint
