"""Shapes of zones in WGS 84, to be drawn: what decides stays with the engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geopolicy.geometry.frames import family
from geopolicy.geometry.in_wgs84 import from_family
from geopolicy.geometry.projection import to_wgs84
from geopolicy.pages.way import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.geometry.in_wgs84 import Polygons, Ring
    from geopolicy.model.zones import Zone

_TURN = 360.0
MOST_POSITIONS = 400_000
"""Of all outlines of a page; those of more are simplified."""
_FIRST_TOLERANCE = 1e-5  # degrees, a metre


def drawn_shape(zone: Zone) -> dict[str, Any] | None:
    """What was drawn of a zone: a point, a line or polygons; None where that is its effective polygon."""
    kind = zone.geometry.type
    if kind in ("Polygon", "MultiPolygon") and not zone.margin_m:
        return None
    name = family(zone.frame)
    parts = [[np.frombuffer(ring).reshape(-1, 2) for ring in part] for part in zone.geometry.parts]
    if name == "WGS84":
        parts = [to_wgs84(zone.frame, part) for part in parts]
    else:
        parts = [[from_family(name, ring) for ring in part] for part in parts]
    return {"kind": kind.removeprefix("Multi").removesuffix("String").lower(), "parts": parts}


def shift_to(polygons: Polygons, lon: float) -> float:
    """The whole turns, in degrees, that bring polygons next to a longitude."""
    every = [ring[:, 0] for part in polygons for ring in part if len(ring)]
    if not every:
        return 0.0
    middle = (min(float(x.min()) for x in every) + max(float(x.max()) for x in every)) / 2.0
    return float(np.round((lon - middle) / _TURN)) * _TURN


def tolerance_for(shapes: Sequence[Polygons], most: int = MOST_POSITIONS) -> float:
    """By how many degrees outlines may be simplified so that all have few enough positions; 0 for not at all."""
    rings = [shapely.LineString(ring) for polygons in shapes for part in polygons for ring in part if len(ring) > 4]
    tolerance, count = 0.0, sum(len(ring.coords) for ring in rings)
    while count > most and tolerance < 1.0:
        tolerance = tolerance * 2.0 or _FIRST_TOLERANCE
        rings = list(shapely.simplify(rings, tolerance, preserve_topology=False))
        count = int(shapely.get_num_coordinates(rings).sum())
    return tolerance


def encoded(polygons: Polygons, shift: float = 0.0, tolerance: float = 0.0) -> list[list[list[int]]]:
    """Polygons for a page: each ring as longitudes and latitudes in units of 1e-7 degrees, in differences."""
    return [[_encoded_ring(ring, shift, tolerance) for ring in part] for part in polygons]


def _encoded_ring(ring: Ring, shift: float, tolerance: float) -> list[int]:
    if tolerance and len(ring) > 4:
        simpler = shapely.get_coordinates(shapely.simplify(shapely.LineString(ring), tolerance))
        ring = simpler if len(simpler) >= 4 else ring
    lon, lat = differences(ring[:, 0] + shift), differences(ring[:, 1])
    return [number for pair in zip(lon, lat, strict=True) for number in pair]
