"""What makes look-ups slow: thousands of borders in one small cell, which no index can divide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import ZoneTable

CELL = 1_024
"""The side of a cell in units of the grid, 11 m of latitude."""
MANY_BORDERS = 1_000


def crowded_cells(table: ZoneTable) -> Iterator[Finding]:
    """Cells of 11 m in which a thousand borders begin or have their middle; named by the zone with most of them."""
    rings = table.effective
    if not len(rings):
        return
    zone_of = np.repeat(rings.zone, rings.ends - rings.starts)
    is_edge = np.ones(len(rings.xy), dtype=bool)
    is_edge[rings.ends - 1] = False
    starts, zone_of = rings.xy[is_edge], zone_of[is_edge]
    following = np.roll(rings.xy, -1, axis=0)[is_edge]
    told = set()
    for points in (starts, (starts + following) / 2.0):
        column, row = np.floor_divide(points, CELL).astype(np.int64).T
        cells = (column << 24) + row
        order = np.argsort(cells, kind="stable")
        _, begins, counts = np.unique(cells[order], return_index=True, return_counts=True)
        is_crowded = counts >= MANY_BORDERS
        for begin, count in zip(begins[is_crowded].tolist(), counts[is_crowded].tolist(), strict=True):
            inside = order[begin : begin + count]
            zones, of_zone = np.unique(zone_of[inside], return_counts=True)
            number = int(zones[of_zone.argmax()])
            if number in told:
                continue
            told.add(number)
            lon, lat = points[inside[0]] / UNITS_PER_DEGREE
            rule = "very many borders lie in one place of 11 m: each look-up there tests all of them"
            value = f"{count:,} borders of {len(zones):,} zones round [{lon:.5f}, {lat:.5f}]"
            hint = "simplify the outline there; join zones with the same rules"
            yield table.placed[number].finding("cell-crowded", rule, ".geometry", value, hint)
