"""Zones across a straight way, fixes along it, and a monitor of them: for scenarios written out by hand."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

import contract
import geopolicy as gp
from geopolicy import Hold, Level, MonitorProfile, Rule, Zone

make_engine = contract.make_engine
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CAR = gp.Vehicle(["camera.cabin", "camera.front", "lidar", "radar"])
OFF = Rule(["camera"], Level.OFF)
LAT, LON = 45.0, 13.0
UNKNOWN = MonitorProfile(
    on_unknown={"camera.cabin": Hold(10), "camera.front": Hold(30), "radar": "allow"}, safety_relevant=["radar"]
)
CABIN = gp.Consent("driver", ["camera.cabin"], NOON - timedelta(days=1), NOON + timedelta(seconds=20))
ASKS = Rule(["camera.cabin"], needs_consent=True)


def north(metres):
    """Latitude so many metres north of 45 degrees."""
    return LAT + metres / 111131.745


def strip(name="zone", south=0.0, end=1000.0, *rules: Rule, **more: object) -> Zone:
    """A zone across the way, 39 km to either side."""
    low, high, west, east = north(south), north(end), LON - 0.5, LON + 0.5
    ring = [[west, low], [east, low], [east, high], [west, high], [west, low]]
    return Zone(name, {"type": "Polygon", "coordinates": [ring]}, rules or [OFF], **more)


def fix(seconds, metres, **more: object) -> gp.Fix:
    own = {"accuracy_95_m": 4.0, "speed_mps": 0.0, "monotonic_s": seconds} | more
    return gp.Fix(north(metres), LON, **own)


@pytest.fixture
def watch(make_engine):
    """A monitor of zones, or of a `ZoneSet`."""

    def make(*zones: Zone | gp.ZoneSet, **options: object) -> gp.Monitor:
        source = zones[0] if isinstance(zones[0], gp.ZoneSet) else list(zones)
        return gp.Monitor(make_engine(source, CAR), **options)

    return make


def settle(monitor, metres, start=0.0, **more: object):
    """Six seconds of fixes at one place; the decision after them."""
    for seconds in (0.0, 3.0, 6.0):
        decision = monitor.update(fix(start + seconds, metres, **more))
    return decision


def reasons(decision):
    return {str(reason) for reason in decision.reasons}


def changed(fix, **values: object) -> gp.Fix:
    return gp.Fix(**({name: getattr(fix, name) for name in (field.name for field in fields(fix))} | values))


def zone_set(revision=2, name="set", issued=None, **more: object) -> gp.ZoneSet:
    return gp.ZoneSet([strip(**more)], gp.ZoneFileHeader(name, revision, issued=issued))


def stamped(seconds, metres, offset_s=0.0, **more: object) -> gp.Fix:
    return fix(seconds, metres, time=NOON + timedelta(seconds=seconds + offset_s), **more)


def drive(monitor, *seconds: float, metres=500.0, **more: object):
    for second in seconds:
        decision = monitor.update(stamped(second, metres, **more))
    return decision
