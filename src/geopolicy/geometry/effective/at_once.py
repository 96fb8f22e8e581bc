"""Effective polygons of many geometries at once: of those of which there is nothing to say.

Every check is that of one zone alone (`build`), over arrays of all rings. It decides only what is plain; all else
is left to the zone's own reading, which names what is wrong or repaired, and where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective import rings
from geopolicy.geometry.effective.polygon import MOST_SPAN, EffectivePolygon, Outlines
from geopolicy.geometry.grid import to_grid_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.model.zones import Geometry

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_CORNER_BYTES = 16  # two doubles


@dataclass(frozen=True, slots=True)
class _Ragged:
    """Where rings begin among corners, polygons among rings, and geometries among polygons; the end is the last."""

    rings: Numbers
    polygons: Numbers
    geometries: Numbers

    @property
    def rings_of_geometries(self) -> Numbers:
        return self.polygons[self.geometries]

    @property
    def corners_of_geometries(self) -> Numbers:
        return self.rings[self.rings_of_geometries]


def plain_polygons(geometries: Sequence[Geometry | None]) -> list[EffectivePolygon | None]:
    """The effective polygons of geometries in degrees that are neither grown nor unwrapped, as if in WGS 84.

    None for lines, points and whatever a zone's own reading would warn of, repair or refuse.
    """
    drawn = {number: geometry for number, geometry in enumerate(geometries) if geometry and _is_area(geometry)}
    found: list[EffectivePolygon | None] = [None] * len(geometries)
    if drawn:
        for number, polygon in zip(drawn, _polygons_of(list(drawn.values())), strict=True):
            found[number] = polygon
    return found


def _is_area(geometry: Geometry) -> bool:
    """Whether every ring has the four positions of an area."""
    if geometry.type not in ("Polygon", "MultiPolygon"):
        return False
    for part in geometry.parts:
        for ring in part:
            if len(ring) < 4 * _CORNER_BYTES:
                return False
    return True


def _polygons_of(geometries: Sequence[Geometry]) -> list[EffectivePolygon | None]:
    packed = [ring for geometry in geometries for part in geometry.parts for ring in part]
    degrees = np.frombuffer(b"".join(packed)).reshape(-1, 2)
    ragged = _Ragged(
        _starts([len(ring) // _CORNER_BYTES for ring in packed]),
        _starts([len(part) for geometry in geometries for part in geometry.parts]),
        _starts([len(geometry.parts) for geometry in geometries]),
    )
    is_plain = _are_sound(degrees, ragged)
    if not is_plain.all():
        # What stands in the place of the others is not looked at: it encloses nothing.
        degrees = np.where(np.repeat(is_plain, np.diff(ragged.corners_of_geometries))[:, None], degrees, 0.0)
    corners, starts = rings.snapped_at_once(to_grid_array(degrees), ragged.rings)
    ragged = _Ragged(starts, ragged.polygons, ragged.geometries)
    is_plain &= _have_one_meaning(corners, ragged)
    bounds = _bounds(corners, ragged.corners_of_geometries)
    is_plain &= bounds[:, 2] - bounds[:, 0] <= MOST_SPAN
    begins = (tuple(each.tolist()) for each in (starts, ragged.polygons, ragged.geometries))
    outlines = Outlines(_oriented(corners, ragged).tobytes(), *begins)
    return [
        EffectivePolygon.of_outlines(outlines, number, tuple(extent)) if is_kept else None
        for number, (is_kept, extent) in enumerate(zip(is_plain.tolist(), bounds.tolist(), strict=True))
    ]


def _starts(lengths: Sequence[int]) -> Numbers:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _are_sound(degrees: NDArray[np.float64], ragged: _Ragged) -> Flags:
    """As `rings.are_sound`, of each geometry: its rings are closed, on Earth, and no edge is longer than a turn."""
    lon, lat = degrees[:, 0], degrees[:, 1]
    is_on_earth = (np.abs(lon) <= 360.0) & (np.abs(lat) <= 90.0)  # as NaN is not
    is_long = np.zeros(len(degrees), dtype=bool)
    is_long[:-1] = ~(np.abs(np.diff(lon)) <= 360.0)
    is_long[ragged.rings[1:] - 1] = False  # from one ring to the next
    is_closed = (degrees[ragged.rings[:-1]] == degrees[ragged.rings[1:] - 1]).all(axis=1)
    of_corners = np.logical_and.reduceat(is_on_earth & ~is_long, ragged.corners_of_geometries[:-1])
    of_rings = np.logical_and.reduceat(is_closed, ragged.rings_of_geometries[:-1])
    are_sound: Flags = of_corners & of_rings
    return are_sound


def _have_one_meaning(corners: Numbers, ragged: _Ragged) -> Flags:
    """Which geometries contradict themselves nowhere, touch themselves nowhere, and enclose something with each ring.

    Without the kernel GEOS says it, as for one zone.
    """
    try:
        from geopolicy import _kernel
    except ImportError:
        offsets = (ragged.rings, ragged.polygons, ragged.geometries)
        shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, corners.astype(np.float64), offsets)
        are_valid: Flags = shapely.is_valid(shapes)
        return are_valid
    ring_ends, polygon_ends, zone_ends = (
        np.ascontiguousarray(starts[1:], dtype=np.uint32)
        for starts in (ragged.rings, ragged.polygons, ragged.geometries)
    )
    plain = _kernel.examine_zones(np.ascontiguousarray(corners), ring_ends, polygon_ends, zone_ends)
    return np.frombuffer(plain, dtype=bool)


def _bounds(corners: Numbers, starts: Numbers) -> Numbers:
    least, most = np.minimum.reduceat(corners, starts[:-1]), np.maximum.reduceat(corners, starts[:-1])
    return np.hstack([least, most])


def _oriented(corners: Numbers, ragged: _Ragged) -> Numbers:
    """Exteriors counter-clockwise, interiors clockwise."""
    is_left = rings.are_counter_clockwise(corners, ragged.rings)
    is_exterior = np.zeros(len(is_left), dtype=bool)
    is_exterior[ragged.polygons[:-1]] = True
    is_turned = is_left != is_exterior
    if not is_turned.any():
        return corners
    lengths = np.diff(ragged.rings)
    numbers = np.arange(len(corners))
    mirrored = np.repeat(ragged.rings[:-1] + ragged.rings[1:] - 1, lengths) - numbers
    return corners[np.where(np.repeat(is_turned, lengths), mirrored, numbers)]
