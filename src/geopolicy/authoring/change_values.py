"""What became looser and stricter from one edition of zones to the next, as plain values with its areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geopolicy.authoring.diff.sets import diff_zones
from geopolicy.geometry.in_wgs84 import from_family
from geopolicy.pages.rule_times import milliseconds
from geopolicy.pages.shapes import encoded, shift_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.diff.records import Difference
    from geopolicy.geometry.in_wgs84 import Polygons
    from geopolicy.zonefile.zone_set import ZoneSet


def change_values(old: Sequence[ZoneSet], new: Sequence[ZoneSet], lon: float) -> dict[str, Any]:
    """What `diff_zones` finds: lines about the header, and findings with their areas about a longitude.

    Raises
    ------
    ValueError
        If there are several sets before or after: they are compared one by one.
    """
    if len(old) != 1 or len(new) != 1:
        raise ValueError(f"since must be one set of zones, to be compared with one, got {len(old)} and {len(new)} sets")
    found = diff_zones(old[0], new[0])
    return {
        "header": [[change.text, change.is_looser] for change in found.header],
        "zones": [[zone.zone_id, zone.change, zone.new_id] for zone in found.zones],
        "findings": [
            _finding(finding, zone.zone_id, lon, is_looser=is_looser)
            for zone in found.zones
            for is_looser, findings in ((True, zone.looser), (False, zone.stricter))
            for finding in findings
        ],
    }


def _finding(finding: Difference, zone_id: str, lon: float, *, is_looser: bool) -> dict[str, Any]:
    polygons, lines = _shapes(finding)
    shift = shift_to(polygons or [lines], lon)
    example = finding.example
    return {
        "zone": zone_id,
        "is_looser": is_looser,
        "is_proven": finding.is_proven,
        "text": finding.text,
        "area_km2": finding.area_km2,
        "polygons": encoded(polygons, shift),
        "lines": encoded([lines], shift)[0],
        "place": _place(finding),
        "example": None
        if example is None
        else {
            "time": None if example.time is None else milliseconds(example.time),
            "state": example.state,
            "emergency": example.emergency,
        },
    }


def _shapes(finding: Difference) -> tuple[Polygons, list[Any]]:
    """The polygons of a finding, and the lines and points of it that are no area, in WGS 84."""
    parts = shapely.get_parts(shapely.geometry.shape(finding.geometry))
    polygons: Polygons = []
    lines = []
    for part in parts:
        if part.geom_type == "Polygon" and not part.is_empty:
            rings = [part.exterior, *part.interiors]
            polygons.append([from_family(finding.frame, shapely.get_coordinates(ring)) for ring in rings])
        elif not part.is_empty:
            lines.append(from_family(finding.frame, shapely.get_coordinates(part)))
    return polygons, lines


def _place(finding: Difference) -> list[float] | None:
    """Latitude and longitude of a place where it is so."""
    if finding.position is None:
        return None
    lat, lon = finding.position
    lon, lat = from_family(finding.frame, np.array([[lon, lat]]))[0].tolist()
    return [round(lat, 7), round(lon, 7)]
