"""What an area is, and its geometry as a zone file states it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geopolicy.geometry.effective.rings import oriented
from geopolicy.geometry.grid import UNITS_PER_DEGREE, to_grid_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Area = list[list[NDArray[np.int64]]]
    """Polygons as lists of closed rings ``(n, 2)`` of ``x, y`` in units of 1e-7 degree, the exterior first.

    A position is covered if it lies on any edge, or inside by the even-odd rule. No polygon: nothing is covered.
    """
else:
    Area = list


def is_empty(area: Area) -> bool:
    """Whether an area covers nothing."""
    return not area


def bounds_of(area: Area) -> tuple[int, int, int, int]:
    """West, south, east and north of an area that is not empty."""
    exteriors = np.concatenate([polygon[0] for polygon in area])
    west, south = exteriors.min(axis=0).tolist()
    east, north = exteriors.max(axis=0).tolist()
    return west, south, east, north


def to_geojson(area: Area) -> dict[str, Any]:
    """The area as a GeoJSON geometry in degrees: a Polygon, or a MultiPolygon.

    Read and snapped to the grid, its positions are the vertices of the area again. A zone of the result of an
    operation on areas needs no ``"repair": true``: its rings touch each other at most.

    Raises
    ------
    ValueError
        If the area is empty: GeoJSON has no geometry that a zone could have.

    Examples
    --------
    >>> to_geojson([[np.array([[0, 0], [10_000_000, 0], [0, 15_000_000], [0, 0]])]])
    {'type': 'Polygon', 'coordinates': [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.5], [0.0, 0.0]]]}
    """
    if is_empty(area):
        raise ValueError("an area must cover something to be a geometry, got an empty one")
    coordinates = [[(ring / UNITS_PER_DEGREE).tolist() for ring in polygon] for polygon in oriented(area)]
    if len(coordinates) == 1:
        return {"type": "Polygon", "coordinates": coordinates[0]}
    return {"type": "MultiPolygon", "coordinates": coordinates}


def from_geojson(geometry: Mapping[str, Any]) -> Area:
    """The area of a GeoJSON Polygon or MultiPolygon in degrees, snapped to the grid and taken as it is.

    What zones draw is checked and may be repaired: their areas are their effective polygons.
    """
    nested = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[to_grid_array([position[:2] for position in ring]) for ring in polygon] for polygon in nested]
