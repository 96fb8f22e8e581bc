"""From a pack back to zones: their effective polygons in degrees, with their rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.effective import EffectivePolygon, keep_polygon
from geopolicy.geometry.grid import UNITS_PER_DEGREE
from geopolicy.model.zones import Coverage, Geometry, Zone
from geopolicy.pack import format as layout
from geopolicy.pack.pack import raw_of
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geopolicy.pack.pack import Pack

    Polygons = list[list[NDArray[np.int64]]]


def zones_of(pack: Pack) -> ZoneSet:
    """The zones of a pack: what an engine sees of them, grown, on the grid and in the frame of their family.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from geopolicy.pack.decompile import zones_of
    >>> zones = gp.read_zones("zones")
    >>> pack = gp.compile(zones)
    >>> gp.compile(zones_of(pack)) == pack
    True
    """
    raw = raw_of(pack)
    vertices = np.frombuffer(raw.section(b"VERT"), dtype="<i4").reshape(-1, 2)
    rings = np.frombuffer(raw.section(b"RING"), dtype="<u4").reshape(-1, 2).astype(np.int64)
    ends = np.append(rings[1:, 0], len(vertices))
    zones, coverages = [], []
    for owner in range(raw.counts["zones"] + raw.counts["coverages"]):
        *_, first, count, family, origin = raw.record(owner)
        polygons: Polygons = []
        for ring in range(first, first + count):
            positions = vertices[rings[ring, 0] : ends[ring]].astype(np.int64)
            positions[:, 0] += origin * layout.ORIGIN_UNITS
            if rings[ring, 1] == layout.RING_EXTERIOR:
                polygons.append([positions])
            elif rings[ring, 1] == layout.RING_INTERIOR and polygons:
                polygons[-1].append(positions)
        frame = layout.FAMILIES[family]
        if owner >= raw.counts["zones"]:
            coverages.append(Coverage(_geometry(polygons), frame))
            continue
        ruled = pack[owner]
        zone = Zone(
            ruled.id,
            _geometry(polygons),
            ruled.rules,
            name=ruled.name,
            frame=frame,
            timezone=ruled.timezone,
            expires=ruled.expires,
        )
        keep_polygon(zone, EffectivePolygon(frame, polygons))
        zones.append(zone)
    return ZoneSet(zones, replace(pack.header, coverages=tuple(coverages)))


def _geometry(polygons: Polygons) -> Geometry:
    return Geometry("MultiPolygon", tuple(tuple((r / UNITS_PER_DEGREE).tobytes() for r in part) for part in polygons))
