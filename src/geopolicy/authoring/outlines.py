"""Outlines of fewer vertices that a zone may get: those first that spare most, none of them proven yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.shortcuts import with_shortcuts
from geopolicy.errors import ZoneFileError
from geopolicy.geometry.areas import from_geojson, to_geojson
from geopolicy.geometry.areas.region import Region
from geopolicy.geometry.effective import effective_polygon
from geopolicy.model.zones import Geometry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geopolicy.geometry.areas import Area
    from geopolicy.model.zones import Zone


def simpler_zones(zone: Zone, drawn: Area, within_m: float) -> Iterator[Zone]:
    """The zone with other outlines.

    ``drawn`` is what it covers without its margin. Where a repair left edges that enclose nothing, a repair of the
    result may leave others: then the rings of the source are taken as they are, and then those alone of its polygons
    that need no repair.
    """
    area = with_shortcuts(drawn, within_m, outwards=True)
    if Region(drawn).spikes.is_empty:
        yield _redrawn(zone, area, needs_repair=False)
        return
    yield _redrawn(zone, area, needs_repair=False)
    yield _redrawn(zone, area, needs_repair=True)
    source = [[_without_repeats(ring) for ring in polygon] for polygon in from_geojson(zone.geometry.to_geojson())]
    yield _redrawn(zone, with_shortcuts(source, within_m, outwards=True), needs_repair=zone.repair)
    is_sound = [_is_sound(zone, polygon) for polygon in source]
    if any(is_sound):
        others = [polygon for polygon, sound in zip(source, is_sound, strict=True) if not sound]
        sound = [polygon for polygon, sound in zip(source, is_sound, strict=True) if sound]
        area = with_shortcuts(sound, within_m, outwards=True, fixed=others)
        yield _redrawn(zone, [*area, *others], needs_repair=zone.repair)


def count_of(area: Area) -> int:
    """How many positions the rings of an area have, the repeated one too."""
    return sum(len(ring) for polygon in area for ring in polygon)


def _redrawn(zone: Zone, area: Area, *, needs_repair: bool) -> Zone:
    return replace(zone, geometry=Geometry.from_geojson(to_geojson(area)), repair=needs_repair)


def _without_repeats(
    ring: NDArray[np.int64],
) -> NDArray[np.int64]:
    keep = np.ones(len(ring), dtype=bool)
    keep[1:] = (ring[1:] != ring[:-1]).any(axis=1)
    return ring[keep] if keep.sum() >= 4 else ring


def _is_sound(zone: Zone, polygon: list[NDArray[np.int64]]) -> bool:
    """Whether a polygon of a zone needs no repair."""
    try:
        effective_polygon(replace(_redrawn(zone, [polygon], needs_repair=False), margin_m=0.0))
    except ZoneFileError:
        return False
    return bool(Region([polygon]).spikes.is_empty)
