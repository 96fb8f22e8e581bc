"""Where polygons contradict themselves: rings that cross, holes and parts that overlap (ADR 0006, ADR 0025).

A ring that crosses itself winds round some point with both signs, or more than once, or round
none of what its loops enclose; a ring that only touches itself does not. That difference, not GEOS validity, separates
what has one meaning from what has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry.effective.sweep import Contradiction, Finding, examine_rings
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


FAULT_RULES = {
    "ring-crosses": "a ring must not cross itself",
    "hole-outside": "a hole must lie inside its exterior ring",
    "holes-overlap": "the holes of a polygon must not overlap",
    "polygon-hollow": "the holes of a polygon must leave something of it",
    "parts-overlap": "the polygons of a MultiPolygon must not overlap",
}
# Codes of what repair mends.
REPAIRABLE = frozenset([*FAULT_RULES, "ring-collapsed", "ring-short"])
# What was found at the place of a fault.
FAULT_VALUES = {
    "ring-crosses": "a crossing",
    "hole-outside": "a hole that is outside",
    "holes-overlap": "an overlap",
    "polygon-hollow": "nothing left",
    "parts-overlap": "an overlap",
}
# Parts of a unit to which a source is rounded: positions of up to 360 degrees stay below 2**52.
_FINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One contradiction.

    Attributes
    ----------
    code
        A key of `FAULT_RULES`.
    polygon, ring
        One ring that has part in it; no ring where the holes of a polygon leave nothing of it.
    place
        ``x, y`` in units of the grid: where rings cross, or a corner where they begin to overlap.
    """

    code: str
    polygon: int
    ring: int | None
    place: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Examined:
    """What there is to say about the polygons of one zone.

    Attributes
    ----------
    faults
        The first contradiction of every ring that crosses itself, and of every polygon whose rings do not. The
        first one between polygons if there is none within them. Empty if the polygons have one meaning.
    empty_rings
        Polygon and ring number of each ring that encloses nothing, in no loop, as one that runs to and fro.
    touches
        Whether a ring touches itself, or rings touch each other more than GEOS would allow.
    """

    faults: tuple[Fault, ...]
    empty_rings: tuple[tuple[int, int], ...]
    touches: bool

    @property
    def crossing_rings(self) -> frozenset[tuple[int, int]]:
        """Polygon and ring number of each ring that crosses itself."""
        return frozenset((f.polygon, f.ring) for f in self.faults if f.code == "ring-crosses" and f.ring is not None)


def examine(polygons: Sequence[Sequence[NDArray[np.int64]]]) -> Examined:
    """Where closed rings on the grid contradict themselves or each other; exact."""
    return _examine(polygons, 1)


def examine_source(parts: Sequence[Sequence[NDArray[np.float64]]]) -> Examined:
    """The same of a source in degrees, before it is rounded to the grid. Places are in units of the grid, too."""
    fine = [[np.rint(ring * UNITS_PER_DEGREE * _FINE).astype(np.int64) for ring in part] for part in parts]
    return _examine(fine, _FINE)


def _examine(polygons: Sequence[Sequence[NDArray[np.int64]]], unit: int) -> Examined:
    owners = [(number, i) for number, rings in enumerate(polygons) for i in range(len(rings))]
    faults = []
    findings, touches, empty = _swept(polygons)
    for kind, number, x, y in findings:
        code = Contradiction(kind).name.lower().replace("_", "-")
        polygon, ring = owners[number]
        faults.append(Fault(code, polygon, None if code == "polygon-hollow" else ring, (x / unit, y / unit)))
    return Examined(tuple(faults), tuple(owners[number] for number in empty), touches)


def _swept(polygons: Sequence[Sequence[NDArray[np.int64]]]) -> tuple[Sequence[Finding], bool, list[int]]:
    """The sweep by the kernel; where there is none, by its twin, for what GEOS does not pass: GEOS is quicker."""
    rings = [ring for polygon in polygons for ring in polygon]
    polygon_ends = np.cumsum([len(polygon) for polygon in polygons], dtype=np.uint32)
    try:
        from geopolicy import _kernel
    except ImportError:
        if _is_valid(polygons):
            return [], False, []
        return examine_rings([[(x, y) for x, y in ring.tolist()] for ring in rings], polygon_ends.tolist())
    ring_ends = np.cumsum([len(ring) for ring in rings], dtype=np.uint32)
    corners = np.ascontiguousarray(np.concatenate(rings), dtype=np.int64)
    findings, touches, empty = _kernel.examine_rings(corners, ring_ends, polygon_ends)
    return [Finding(*finding) for finding in findings], touches, empty


def _is_valid(polygons: Sequence[Sequence[NDArray[np.int64]]]) -> bool:
    """Whether GEOS finds nothing to say."""
    return bool(shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in polygons]).is_valid)
