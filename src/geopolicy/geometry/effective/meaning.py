"""Polygons with one meaning: what is repaired, left out, warned of or refused where rings contradict themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.effective import collapse, rings
from geopolicy.geometry.effective.allowance import Work
from geopolicy.geometry.effective.faults import FAULT_RULES, FAULT_VALUES, examine, examine_source
from geopolicy.geometry.effective.repair import repair
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.geometry.effective.drawing import Drawing
    from geopolicy.geometry.effective.faults import Examined, Fault

    Polygons = list[list[NDArray[np.int64]]]
    Degrees = list[list[NDArray[np.float64]]]

_ENCLOSES = "a ring must enclose an area on the grid of 1e-7 degrees"
_JUMPS_COVERAGE_HINT = "its edges of more than 180 degrees go the long way round: use longitudes beyond 180"
_JUMPS_HINT = (
    "its edges of more than 180 degrees go the long way round: --unwrap takes them the short way;"
    ' otherwise mend it, or set "repair": true to take all that any loop encloses'
)


def with_short_rings_closed(drawing: Drawing, parts: Degrees) -> Degrees:
    """Exteriors of one to three positions are closed, such holes left out."""
    kept = []
    for p, part in enumerate(parts):
        exterior, *holes = part or [np.empty((0, 2))]
        if 0 < len(exterior) < 4:
            drawing.warn(
                "ring-collapsed-repaired", "an exterior of fewer than 4 positions was closed", drawing.path_of(p, 0)
            )
            exterior = collapse.closed(exterior)
        for r, hole in enumerate(holes, start=1):
            if len(hole) < 4:
                drawing.warn("ring-vanished", "a hole of fewer than 4 positions was filled", drawing.path_of(p, r))
        kept.append([exterior, *(hole for hole in holes if len(hole) >= 4)])
        drawing.sources[p] = [(p, r) for r, ring in enumerate(part) if r == 0 or len(ring) >= 4]
    return kept


def snapped(drawing: Drawing, parts: list[list[NDArray[np.float64]]]) -> Polygons | None:
    """Polygons on the grid with one meaning; None if refused."""
    at_once = iter(rings.snap([ring for part in parts for ring in part]))
    on_grid = [[next(at_once) for _ in part] for part in parts]
    examined = examine(on_grid)
    if examined.empty_rings:
        on_grid, parts = _without_collapsed(drawing, on_grid, parts, examined.empty_rings)
        if drawing.is_refused():
            return None
        examined = examine(on_grid)
    if examined.faults:
        return _with_one_meaning(drawing, on_grid, parts, examined)
    if examined.touches:
        drawing.warn("ring-touches", "a ring touches itself or another one; it is read as drawn", ".coordinates")
    return on_grid


def _without_collapsed(
    drawing: Drawing, on_grid: Polygons, parts: Degrees, empty_rings: Sequence[tuple[int, int]]
) -> tuple[Polygons, Degrees]:
    """The polygons without rings that enclose nothing on the grid, and with what holds them where that is asked."""
    kept, kept_parts, sources, empty = [], [], [], frozenset(empty_rings)
    if drawing.may_repair:
        drawing.allowance.take(Work.HULLS, sum(ring == 0 for _, ring in empty_rings))
    for p, (polygon, part) in enumerate(zip(on_grid, parts, strict=True)):
        collapsed = [r for r in range(len(part)) if (p, r) in empty]
        for r in collapsed:
            _report_collapsed(drawing, p, r, polygon[r])
        if 0 not in collapsed:
            kept.append([ring for r, ring in enumerate(polygon) if r not in collapsed])
            kept_parts.append([ring for r, ring in enumerate(part) if r not in collapsed])
            sources.append([source for r, source in enumerate(drawing.sources[p]) if r not in collapsed])
        elif drawing.may_repair:
            exteriors = collapse.holding_polygons(part[0], drawing.allowance)
            kept += [[exterior] for exterior in exteriors]
            kept_parts += [[exterior / UNITS_PER_DEGREE] for exterior in exteriors]
            sources += [drawing.sources[p][:1]] * len(exteriors)
    if not kept and not drawing.is_refused():
        drawing.report(
            "ring-collapsed", _ENCLOSES, drawing.path_of(*empty_rings[0]), "no ring that does", "draw it larger"
        )
    drawing.sources = sources
    return kept, kept_parts


def _report_collapsed(drawing: Drawing, polygon: int, number: int, ring: NDArray[np.int64]) -> None:
    """A ring that encloses nothing on the grid; what restricts is never lost, what permits is."""
    is_coverage, is_exterior, path = drawing.zone_id is None, number == 0, drawing.path_of(polygon, number)
    if is_exterior and rings.has_long_edge(ring / UNITS_PER_DEGREE):
        hint = "round a pole, draw it from -180 to 180 degrees and close it along the pole of the side that is meant"
        drawing.report("ring-collapsed", _ENCLOSES, path, "one that leads round the Earth", hint)
    elif drawing.may_repair and is_exterior:
        drawing.warn(
            "ring-collapsed-repaired", "a ring that encloses nothing was taken as a polygon that holds it", path
        )
    elif drawing.may_repair or (is_coverage and is_exterior):
        drawing.warn("ring-vanished", "a ring that permits encloses nothing on the grid and was left out", path)
    else:
        course = "on one line" if rings.is_flat(ring) else "that run to and fro"
        repaired = "to take a polygon that holds it" if is_exterior else "to fill it"
        remedy = "" if is_coverage else f', or set "repair": true {repaired}'
        hint = f"draw it larger, or remove it{remedy}"
        drawing.report("ring-collapsed", _ENCLOSES, path, f"{len(ring)} positions {course}", hint)


def _with_one_meaning(drawing: Drawing, on_grid: Polygons, parts: Degrees, examined: Examined) -> Polygons | None:
    """Polygons that contradict themselves on the grid: repaired, or refused (None)."""
    faults = examine_source(parts).faults
    if drawing.zone_id is None or (faults and not drawing.may_repair):
        # A coverage that only rounding broke, too: what a repair takes beside it would permit.
        for fault in faults or examined.faults:
            _report_fault(drawing, fault, parts, is_of_rounding=not faults)
        return None
    code, cause = ("ring-repaired", "crossing rings") if faults else ("ring-snapped", "rings that rounding made cross")
    repaired = repair(on_grid, examined.crossing_rings, drawing.allowance)
    drawing.warn(code, f"{cause} were taken as all that any loop encloses", ".coordinates")
    return repaired


def _report_fault(drawing: Drawing, fault: Fault, parts: Degrees, *, is_of_rounding: bool) -> None:
    """One contradiction of the source, or of the grid where only rounding makes it, and where."""
    lon, lat = (number / UNITS_PER_DEGREE for number in fault.place)
    value = f"{FAULT_VALUES[fault.code]} at {round(lon, 9):.12g}, {round(lat, 9):.12g}"
    hint = 'mend it, or set "repair": true to take all that any loop encloses' if drawing.zone_id else None
    if fault.code == "ring-crosses" and fault.ring is not None:
        jumps = rings.has_long_edge(parts[fault.polygon][fault.ring])
        hint = (_JUMPS_HINT if drawing.zone_id else _JUMPS_COVERAGE_HINT) if jumps else hint
    if is_of_rounding:
        hint = "rounding to 1e-7 degrees makes it: move positions that lie nearer to each other than that apart"
    path = drawing.path_of(fault.polygon, fault.ring)
    drawing.report(fault.code, FAULT_RULES[fault.code], path, value, hint)
