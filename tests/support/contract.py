"""The engines under test, and small zones to ask them about. Every test of an answer takes `make_engine`."""

from __future__ import annotations

import pytest

import geopolicy as gp
from geopolicy import Level, Rule, Zone
from shapes import box

ENGINES = ["reference", "kernel"]

OFF = Rule(["camera"], Level.OFF)


@pytest.fixture(params=ENGINES, scope="session")
def make_engine(request):
    """An engine for a `ZoneSet`, or for a list of zones."""

    def make(zones, vehicle=None) -> gp.Engine:
        zone_set = zones if isinstance(zones, gp.ZoneSet) else gp.ZoneSet(zones)
        return gp.open(zone_set, vehicle=vehicle, engine=request.param)

    return make


def yard(*rules: Rule, name: str = "yard", at: tuple = (13.0, 45.0, 13.01, 45.01), **more: object) -> Zone:
    return Zone(name, box(*at), rules or [OFF], **more)


def covered(*boxes: tuple, zones=()) -> gp.ZoneSet:
    header = gp.ZoneFileHeader(coverages=tuple(gp.Coverage(gp.Geometry.from_geojson(box(*own))) for own in boxes))
    return gp.ZoneSet(zones or [yard()], header)


def clearances(hits: list[gp.Near]) -> dict[str, float]:
    """What `near` answers, by zone."""
    return {hit.zone_id: hit.clearance_m for hit in hits}
