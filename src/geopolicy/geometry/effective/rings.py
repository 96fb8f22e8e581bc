"""Single rings: structure, range, snapping, orientation."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.frames import ZONE_DOMAIN
from geopolicy.geometry.grid import to_grid_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.geometry.effective.drawing import Drawing

_SHOWN = 10
_NEAR_NOTHING = 1e-7  # of a sum of doubles in any order, for as many as there may be
_MOST_LIKE_DEGREES = 1000.0
_METRES_HINT = 'these are metres or other units; state their frame, such as "frame": "EPSG:25833"'
_SWAPPED_HINT = "positions are [lon, lat]; are they swapped, or in a frame that is not stated?"
_SEAM_HINT = (
    "an edge is the straight line in degrees; to go the short way over the antimeridian, use longitudes beyond 180"
)


def are_sound(rings: Sequence[NDArray[np.float64]]) -> bool:
    """Whether rings of polygons in degrees plainly pass `check_structure` and `check_range`: all of them at once."""
    lengths = np.array([len(ring) for ring in rings])
    if len(rings) == 0 or lengths.min() < 4:
        return False
    corners = np.concatenate(rings)
    if not (np.abs(corners).max(axis=0) <= (360.0, 90.0)).all():  # as if any is NaN
        return False
    ends = np.cumsum(lengths)
    steps = np.abs(np.diff(corners[:, 0]))
    steps[ends[:-1] - 1] = 0.0
    return bool((corners[ends - lengths] == corners[ends - 1]).all() and steps.max() <= 360.0)


def check_structure(drawing: Drawing, ring: NDArray[np.float64], path: str, kind: str) -> None:
    """Reports too few positions and open rings."""
    if kind == "LineString" and len(ring) < 2:
        drawing.report("line-short", "a LineString needs at least 2 positions", path, str(len(ring)))
    elif kind in ("Polygon", "MultiPolygon"):
        which = "exterior ring" if path.endswith("[0]") else "interior ring"
        if len(ring) < 4:
            hint = 'set "repair": true to take a polygon that holds them' if drawing.zone_id and len(ring) else None
            drawing.report("ring-short", f"{which} needs at least 4 positions", path, str(len(ring)), hint)
        elif (ring[0] != ring[-1]).any():
            drawing.report(
                "ring-open",
                f"{which} must end at its first position",
                path,
                hint="repeat the first position at the end",
            )


def check_range(drawing: Drawing, ring: NDArray[np.float64], path: str, *, is_line: bool) -> None:
    """Reports positions that are not on Earth or outside the frame, and edges of more than one turn."""
    lon, lat = ring[:, 0], ring[:, 1]
    bad = ~((np.abs(lon) <= 360.0) & (np.abs(lat) <= 90.0))
    outside = np.flatnonzero(bad)
    for i in outside[:_SHOWN]:
        position_path = path if is_line and len(ring) == 1 else f"{path}[{i}]"
        hint = _METRES_HINT if np.abs(ring[i]).max() > _MOST_LIKE_DEGREES else _SWAPPED_HINT
        rule = "lon must be in [-360, 360] and lat in [-90, 90] degrees"
        drawing.report("position-range", rule, position_path, f"[{lon[i]:.9g}, {lat[i]:.9g}]", hint)
    if len(outside) > _SHOWN:
        drawing.report("position-range", f"and {len(outside) - _SHOWN} more positions of this ring", path)
    if len(outside) or len(ring) == 0:
        return
    if drawing.frame in ("GCJ-02", "BD-09"):
        south, north, west, east = ZONE_DOMAIN
        if lat.min() < south or lat.max() > north or lon.min() < west or lon.max() > east:
            domain = f"latitudes {south:.0f} to {north:.0f} and longitudes {west:.0f} to {east:.0f}"
            hint = "the frame is defined for mainland China only; use WGS84"
            drawing.report("frame-domain", f"zones in {drawing.frame} must lie in {domain}", "", hint=hint)
    longest = np.abs(np.diff(lon)).max(initial=0.0)
    if longest > 360.0:
        rule = "an edge must span at most 360 degrees of longitude"
        drawing.report("edge-too-long", rule, path, f"{longest:.9g}", _SEAM_HINT)


def has_long_edge(ring: NDArray[np.float64]) -> bool:
    """Whether an edge that does not lie on a pole spans more than 180 degrees of longitude."""
    lon, lat = ring[:, 0], ring[:, 1]
    is_on_pole = (np.abs(lat[:-1]) == 90.0) & (lat[:-1] == lat[1:])
    return bool((~is_on_pole & (np.abs(np.diff(lon)) > 180.0)).any())


def without_repeats(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """The positions without consecutive ones that are equal on the grid."""
    snapped = to_grid_array(ring)
    keep = np.ones(len(ring), dtype=bool)
    keep[1:] = (snapped[1:] != snapped[:-1]).any(axis=1)
    return ring[keep]


def snap(rings: Sequence[NDArray[np.float64]]) -> list[NDArray[np.int64]]:
    """Rings on the grid, consecutive equal vertices merged, still closed."""
    starts = np.cumsum([0, *map(len, rings)])
    kept, kept_starts = snapped_at_once(to_grid_array(np.concatenate(rings)), starts)
    return [kept[start:end] for start, end in pairwise(kept_starts.tolist())]


def snapped_at_once(
    on_grid: NDArray[np.int64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Consecutive equal vertices of rings merged; where each ring begins, and all of them end, and the same of these.

    What encloses nothing stays as it is.
    """
    keep = np.ones(len(on_grid), dtype=bool)
    keep[1:] = (on_grid[1:] != on_grid[:-1]).any(axis=1)
    keep[starts[:-1]] = True
    if keep.all():
        return on_grid, starts
    keep |= np.repeat(np.add.reduceat(keep, starts[:-1], dtype=np.int64) < 4, np.diff(starts))
    kept_starts = np.concatenate([[0], np.cumsum(keep)[starts[1:] - 1]])
    return on_grid[keep], kept_starts


def is_flat(ring: NDArray[np.int64]) -> bool:
    """Whether all vertices lie on one line (or one point): nothing is enclosed."""
    offsets = ring - ring[0]
    far = offsets[np.argmax(np.abs(offsets).max(axis=1))]
    # Differences reach 7.2e9 and 1.8e9, so the products may wrap int64; equal modulo 2**64 and
    # close in doubles is equal.
    left, right = offsets[:, 0] * far[1], offsets[:, 1] * far[0]
    near = np.abs(offsets[:, 0] * float(far[1]) - offsets[:, 1] * float(far[0])) < 1e9
    return bool(((left == right) & near).all())


def signed_area(ring: NDArray[np.int64]) -> int:
    """Twice the area, positive counter-clockwise; the sign is exact."""
    offsets = ring - ring[0]
    x, y = offsets[:, 0], offsets[:, 1]
    products = x[:-1].astype(np.float64) * y[1:] - x[1:].astype(np.float64) * y[:-1]
    total = float(products.sum())
    if abs(total) > 1e-9 * float(np.abs(products).sum()):
        return 1 if total > 0.0 else -1
    exact = offsets.astype(object)
    return int((exact[:-1, 0] * exact[1:, 1] - exact[1:, 0] * exact[:-1, 1]).sum())


def are_counter_clockwise(corners: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the signed area of each ring is at least 0; ``starts`` as those of `snapped_at_once`."""
    offsets = corners - np.repeat(corners[starts[:-1]], np.diff(starts), axis=0)
    x, y = offsets[:, 0].astype(np.float64), offsets[:, 1].astype(np.float64)
    products = np.zeros(len(corners))
    # From one ring to the next there is no edge, and the ends of a ring have no offset: they add nothing.
    products[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    total = np.add.reduceat(products, starts[:-1])
    is_left = total > 0.0
    is_open = ~(np.abs(total) > _NEAR_NOTHING * np.add.reduceat(np.abs(products), starts[:-1]))
    for ring in np.flatnonzero(is_open).tolist():
        is_left[ring] = signed_area(corners[starts[ring] : starts[ring + 1]]) >= 0
    return is_left


def oriented(polygons: list[list[NDArray[np.int64]]]) -> list[list[NDArray[np.int64]]]:
    """Exteriors counter-clockwise, interiors clockwise (RFC 7946 3.1.6)."""
    return [
        [ring if (signed_area(ring) >= 0) == (number == 0) else ring[::-1] for number, ring in enumerate(part)]
        for part in polygons
    ]
