"""Zones that are strange by themselves: slivers, needless and too many positions, a great part of the Earth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.lint.placed import has_plain_rings
from geopolicy.geometry.grid import UNITS_PER_DEGREE, to_grid_array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.authoring.lint.placed import Rings, ZoneTable

SLIVER_M, SLIVER_LENGTH = 1.0, 10.0
"""Rings are slivers that are narrower, and longer by their width."""
ROUNDING_M = 0.02
"""Rings that are narrower may be what rounding to the grid, or a repair, made of others."""
MANY_POSITIONS = 10_000
LEAST_NEEDLESS, LEAST_NEEDLESS_SHARE = 10, 0.1
HUGE_SHARE = 0.1
"""Of the surface of the Earth; Asia is less."""
_METRES_PER_DEGREE = 111_195.0  # of a sphere of 6,371 km: 0.5 % is enough here
# Products of differences within it fit int64.
_WIDEST = 360 * UNITS_PER_DEGREE


def slivers(table: ZoneTable) -> Iterator[Finding]:
    """Rings of polygons as they are drawn that are narrower than a metre; once for a zone that has no others."""
    rings = table.effective
    widths, lengths = strips_m(rings)
    is_sliver = (widths < SLIVER_M) & (lengths > SLIVER_LENGTH * widths)
    has_others = np.bincount(rings.zone[(rings.number == 0) & ~is_sliver], minlength=len(table)) > 0
    repaired = _repaired_zones(table) if is_sliver.any() else set()
    told = set()
    for i in np.flatnonzero(is_sliver).tolist():
        number = int(rings.zone[i])
        placed = table.placed[number]
        is_drawn = placed.zone.geometry.type in ("Polygon", "MultiPolygon") and placed.zone.margin_m == 0.0
        if number in told or not is_drawn or placed.is_piece:
            continue
        lon, lat = (rings.xy[rings.starts[i]] / UNITS_PER_DEGREE).tolist()
        value = f"{widths[i] * 100:.2g} cm at [{lon:.7g}, {lat:.7g}]"
        if not has_others[number]:
            told.add(number)
            rule = "the whole zone is less than 1 m wide"
            if placed.is_imported:
                yield placed.finding(
                    "ring-sliver", f"{rule}, as its source draws it", ".geometry", value, "ask its source"
                )
                continue
            hint = "remove it, or draw a LineString with width_m"
            yield placed.finding("zone-sliver", rule, ".geometry", value, hint)
        elif widths[i] > ROUNDING_M and (placed.file.file, placed.zone.id) not in repaired:
            what = "a polygon" if rings.number[i] == 0 else "a hole"
            rule = f"{what} of the zone is less than 1 m wide"
            yield placed.finding("ring-sliver", rule, ".geometry", value, "remove it if an overlay left it")


def _repaired_zones(table: ZoneTable) -> set[tuple[str | None, str | None]]:
    """File and id of zones whose rings are not those of the file, but what a repair made of them."""
    files = {id(placed.file): placed.file for placed in table.placed}
    warnings = (warning for file in files.values() for warning in file.warnings)
    return {(warning.file, warning.zone_id) for warning in warnings if warning.code == "ring-repaired"}


def strips_m(rings: Rings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each ring taken as a strip: its width, which is twice its area by its perimeter, and its length."""
    if not len(rings):
        return np.zeros(0), np.zeros(0)
    lengths = rings.ends - rings.starts
    xy = (rings.xy - np.repeat(rings.xy[rings.starts], lengths, axis=0)) * (_METRES_PER_DEGREE / UNITS_PER_DEGREE)
    latitudes = np.add.reduceat(rings.xy[:, 1], rings.starts) / lengths / UNITS_PER_DEGREE
    xy[:, 0] *= np.repeat(np.cos(np.radians(latitudes)), lengths)
    step = np.diff(xy, axis=0, append=xy[-1:])
    step[rings.ends - 1] = 0.0
    areas = np.abs(np.add.reduceat(xy[:, 0] * step[:, 1] - xy[:, 1] * step[:, 0], rings.starts)) / 2.0
    perimeters = np.add.reduceat(np.hypot(step[:, 0], step[:, 1]), rings.starts)
    return 2.0 * areas / np.maximum(perimeters, 1e-9), perimeters / 2.0


def positions(table: ZoneTable) -> Iterator[Finding]:
    """Zones of very many positions, and those of which many change nothing."""
    rings = table.drawn
    counts = np.bincount(np.repeat(rings.zone, rings.ends - rings.starts), minlength=len(table))
    for number in np.flatnonzero(counts > MANY_POSITIONS).tolist():
        rule = f"the zone has more than {MANY_POSITIONS:,} positions: it makes packs large and slow to build"
        hint = "simplify it, so that it contains what it was, or split it"
        yield table.placed[number].finding("zone-vertices", rule, ".geometry", f"{counts[number]:,}", hint)
    needless = np.bincount(np.repeat(rings.zone, rings.ends - rings.starts)[is_needless(rings)], minlength=len(table))
    is_many = (needless >= LEAST_NEEDLESS) & (needless >= LEAST_NEEDLESS_SHARE * counts)
    for number in np.flatnonzero(is_many).tolist():
        rule = "positions that lie on the grid where another one does, or straight between their neighbours"
        value = f"{needless[number]:,} of {counts[number]:,}"
        placed, hint = table.placed[number], "remove them: the zone stays the same"
        is_plain = has_plain_rings(placed.zone)
        yield placed.finding("vertices-needless", rule, ".geometry", value, hint, is_fixable=is_plain)


def is_needless(rings: Rings) -> NDArray[np.bool_]:
    """Which positions change nothing: on the grid they repeat the one before, or lie straight between two others.

    Never the first and last of a ring.
    """
    xy = to_grid_array(rings.xy)
    ring_of = np.repeat(np.arange(len(rings)), rings.ends - rings.starts)
    repeats = np.zeros(len(xy), dtype=bool)
    repeats[1:] = (xy[1:] == xy[:-1]).all(axis=1)
    is_end = np.zeros(len(xy), dtype=bool)
    is_end[rings.starts], is_end[rings.ends - 1] = True, True
    repeats &= ~is_end
    kept = np.flatnonzero(~repeats)
    corner, ring = xy[kept], ring_of[kept]
    before, after = corner[1:-1] - corner[:-2], corner[2:] - corner[1:-1]
    is_small = (np.abs(before) <= _WIDEST).all(axis=1) & (np.abs(after) <= _WIDEST).all(axis=1)
    is_inner = (ring[1:-1] == ring[:-2]) & (ring[1:-1] == ring[2:]) & is_small
    is_straight = before[:, 0] * after[:, 1] == before[:, 1] * after[:, 0]
    goes_on = (before.astype(np.float64) * after).sum(axis=1) > 0.0
    needless = repeats
    needless[kept[1:-1][is_inner & is_straight & goes_on]] = True
    return needless


def huge_zones(table: ZoneTable) -> Iterator[Finding]:
    """Zones that cover a great part of the Earth."""
    rings = table.effective
    if not len(rings):
        return
    lon = np.radians(rings.xy[:, 0] / UNITS_PER_DEGREE)
    height = np.sin(np.radians(rings.xy[:, 1] / UNITS_PER_DEGREE))
    step = np.diff(lon, append=lon[-1:])
    step[rings.ends - 1] = 0.0
    middle = (height + np.append(height[1:], height[-1])) / 2.0
    areas = np.add.reduceat(-middle * step, rings.starts)  # exteriors run counter-clockwise, interiors clockwise
    shares = np.bincount(rings.zone, areas, minlength=len(table)) / (4.0 * np.pi)
    for number in np.flatnonzero(shares > HUGE_SHARE).tolist():
        rule = "the zone covers a great part of the Earth"
        hint = "is it meant for a region? If it is meant for everywhere, a vehicle's profile may say the same"
        value = f"{shares[number]:.0%} of its surface"
        yield table.placed[number].finding("zone-huge", rule, ".geometry", value, hint)
