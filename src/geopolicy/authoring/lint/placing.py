"""Zones that stand in the wrong place: longitude and latitude exchanged, by the coverage or by land and sea."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.authoring.lint.land import land
from geopolicy.geometry.effective import effective_coverage
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.geometry.projection import is_in_degrees
from geopolicy.zonefile.shape_mistakes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import ZoneTable
    from geopolicy.errors import Problem
    from geopolicy.model.zones import Coverage

OUTSIDE = "zone-outside-coverage"
SHORE_DEGREES = 1.0
"""A zone is at sea if it lies farther than this from the coarse coasts of `land`."""

WIDEST_DEGREES = 5.0
"""Wider zones are parts of the sea itself, and drawn by programs."""


def swapped_zones(table: ZoneTable, problems: Iterable[Problem]) -> Iterator[Finding]:
    """Zones outside their coverage that lie inside it when longitude and latitude are exchanged."""
    outside = {(problem.file, problem.zone_id) for problem in problems if problem.code == OUTSIDE}
    numbers = [i for i, at in enumerate(table.placed) if (at.file.file, at.zone.id) in outside]
    areas: dict[str | None, list[shapely.Geometry]] = {}
    for number in numbers:
        placed = table.placed[number]
        shape = table.shapes[number]
        if shape is None or not is_in_degrees(placed.zone.frame):
            continue
        coverages = placed.file.header.coverages
        known = areas.setdefault(placed.file.file, _areas(coverages))
        turned = shapely.transform(shape, lambda xy: xy[:, ::-1])
        if len(known) == len(coverages) and all(shapely.covers(area, turned) for area in known):
            rule = "longitude and latitude are probably exchanged: the zone lies outside its coverage"
            value = f"{_centre_text(shape.bounds)}, and inside when exchanged"
            hint = "write longitude first, or --fix=zone-swapped"
            yield placed.finding("zone-swapped", rule, ".geometry", value, hint)


def swapped_parts(table: ZoneTable) -> Iterator[Finding]:
    """Zones of several polygons of which one lies outside the coverage, and inside it when exchanged."""
    areas: dict[str | None, list[shapely.Geometry]] = {}
    for number, placed in enumerate(table.placed):
        shape, coverages = table.shapes[number], placed.file.header.coverages
        if shape is None or not coverages or len(placed.zone.geometry.parts) < 2:
            continue
        if not is_in_degrees(placed.zone.frame):
            continue
        known = areas.setdefault(placed.file.file, _areas(coverages))
        if len(known) < len(coverages):
            continue
        parts = shapely.get_parts(shape).tolist()
        is_outside = [not all(shapely.intersects(area, part) for area in known) for part in parts]
        for part in (part for part, outside in zip(parts, is_outside, strict=True) if outside and not all(is_outside)):
            turned = shapely.transform(part, lambda xy: xy[:, ::-1])
            if all(shapely.covers(area, turned) for area in known):
                rule = "longitude and latitude of a polygon are probably exchanged: it lies outside the coverage"
                value = f"{_centre_text(part.bounds)}, and inside when exchanged"
                found = placed.finding(
                    "zone-swapped", rule, ".geometry", value, "write longitude first in that polygon"
                )
                yield replace(found, fix=False)
                break


def _areas(coverages: Sequence[Coverage]) -> list[shapely.Geometry]:
    """The coverages as shapes, those that can be used."""
    polygons = [polygon for coverage in coverages if (polygon := effective_coverage(coverage)[0]) is not None]
    areas = [shapely.make_valid(shape_of(polygon)) for polygon in polygons]
    shapely.prepare(areas)
    return areas


def zones_at_sea(table: ZoneTable) -> Iterator[Finding]:
    """Zones far from land that lie on it when longitude and latitude are exchanged, where no coverage is stated."""
    is_asked = np.array(
        [not placed.file.header.coverages and is_in_degrees(placed.zone.frame) for placed in table.placed], dtype=bool
    )
    bounds = table.bounds / UNITS_PER_DEGREE
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    is_asked &= np.abs(centres[:, 0]) <= 90.0
    is_asked &= (bounds[:, 2:] - bounds[:, :2] <= WIDEST_DEGREES).all(axis=1)
    numbers = np.flatnonzero(is_asked)
    if not len(numbers):
        return
    lands = land()
    numbers = numbers[_is_on(lands.mainland, centres[numbers][:, ::-1])]
    if len(numbers):
        boxes = shapely.box(*bounds[numbers].T)
        numbers = numbers[~shapely.dwithin(lands.everything, boxes, SHORE_DEGREES)]
    for number in numbers.tolist():
        rule = "the zone lies at sea, and on land when longitude and latitude are exchanged"
        value = f"a zone round {_centre_text(table.bounds[number])}"
        hint = "write longitude first; a coverage in the header would prove it"
        yield table.placed[number].finding("zone-at-sea", rule, ".geometry", value, hint)


def _is_on(mask: shapely.Geometry, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
    on: NDArray[np.bool_] = shapely.contains_xy(mask, positions[:, 0], positions[:, 1])
    return on


def _centre_text(bounds: Sequence[float]) -> str:
    west, south, east, north = (float(bound) / UNITS_PER_DEGREE for bound in bounds)
    return f"longitude {(west + east) / 2.0:.4g}, latitude {(south + north) / 2.0:.4g}"
