"""Zones in one line, for tests that care about one thing of them."""

from __future__ import annotations

import geopolicy as gp
from shapes import polygon

CAMERA_OFF = gp.Rule(["camera"], gp.Level.OFF)


def camera_zone(zone_id, geometry=None, **members: object):
    """A zone that turns cameras off, in one square degree unless a geometry is given."""
    return gp.Zone(zone_id, geometry or polygon(), members.pop("rules", [CAMERA_OFF]), **members)


def ruled_zone(zone_id, *rules: gp.Rule, **members: object):
    """A zone with these rules, in UTC, in one square degree unless a geometry is given."""
    return gp.Zone(zone_id, members.pop("geometry", polygon()), rules, **{"timezone": "UTC"} | members)


def polygons_zone(zone_id, *polygons: list, **members: object):
    """A zone that turns cameras off, in several polygons, each a list of closed rings in degrees."""
    return camera_zone(zone_id, {"type": "MultiPolygon", "coordinates": list(polygons)}, **members)
