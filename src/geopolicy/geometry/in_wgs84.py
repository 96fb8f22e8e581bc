"""Effective polygons in degrees of WGS 84, to be looked at: what decides stays with the engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.frames import forward, in_offset_domain
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Zone

    Ring = NDArray[np.float64]
    Polygons = list[list[Ring]]

_STEPS = 6  # each leaves less than a thousandth of the error


def effective_shape(zone: Zone) -> Polygons:
    """The effective polygon of a zone: polygons of rings ``(n, 2)``, longitude first, in degrees of WGS 84."""
    return outline_of(effective_polygon(zone))


def outline_of(polygon: EffectivePolygon) -> Polygons:
    """The same of an effective polygon, of a zone or a coverage."""
    return [[from_family(polygon.family, ring / UNITS_PER_DEGREE) for ring in part] for part in polygon.polygons]


def from_family(name: str, positions: Ring) -> Ring:
    """Positions of GCJ-02 or BD-09 brought to WGS 84, to a millimetre; others as they are.

    Examples
    --------
    >>> from_family("GCJ-02", np.array([[121.478223059, 31.228457738]])).round(6).tolist()
    [[121.4737, 31.2304]]
    """
    if name == "WGS84":
        return positions
    lon, lat = positions[:, 0].copy(), positions[:, 1].copy()
    for _ in range(_STEPS):
        there_lat, there_lon = forward(name, lat, lon)
        is_near = in_offset_domain(lat, lon)
        lon += np.where(is_near, positions[:, 0] - there_lon, 0.0)
        lat += np.where(is_near, positions[:, 1] - there_lat, 0.0)
    return np.column_stack([lon, lat])
