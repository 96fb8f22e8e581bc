"""Drives and zones for pages, hostile ones and large ones among them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np

import geopolicy as gp

BEGAN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LEVELS = [gp.Level.OFF, gp.Level.NO_RECORD, gp.Level.IN_VEHICLE, gp.Level.ANONYMIZE]
SENSORS = ["camera", "lidar", "microphone", "radar", "*"]
HOSTILE = (
    "<script>window.hacked = 1</script>",
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<!--<script>",
    "\"'`&amp;${window.hacked = 1}",
    "\u202eevil\u202c \u2067right to left\u2069 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "x" * 10_000,
    "\u2028\u2029 line\u2028ends",
)


def ring(lat, lon, radius_deg, corners=8, turn=0.0):
    """A polygon about a place, as GeoJSON."""
    angles = [turn + 2 * math.pi * n / corners for n in range(corners)]
    ring = [[lon + radius_deg * math.cos(a) * 1.4, lat + radius_deg * math.sin(a)] for a in angles]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def hostile_zones():
    """Zones whose every text is hostile."""
    zones = []
    for number, text in enumerate(HOSTILE):
        rule = gp.Rule(["camera"], gp.Level.OFF, authority=text, text=text)
        place = ring(45.0, 13.0 + number / 1000, 0.0008)

        zone_id = f"{text[:150]}-{number}" if text[:150].isprintable() else f"zone-{number}"
        zones.append(gp.Zone(zone_id, place, [rule], name=text, reason=text, source=text))
    return gp.ZoneSet(zones)


def scattered_zones(count, seed=1):
    """Zones of every level along a meandering way, as many as are asked for."""
    chance = np.random.default_rng(seed)
    zones = []
    for number in range(count):
        part = number / count
        lat, lon = place_at(part)
        lat, lon = lat + chance.normal(0, 0.02), lon + chance.normal(0, 0.02)
        shape = ring(lat, lon, 0.0004 + 0.003 * chance.random(), int(chance.integers(5, 24)), chance.random())
        rule = gp.Rule([SENSORS[number % 5]], LEVELS[number % 4])
        zones.append(gp.Zone(f"zone-{number:05d}", shape, [rule], name=f"Zone number {number}"))
    return gp.ZoneSet(zones)


def place_at(part):
    """A place of a meandering way, by the part of it that is done."""
    return 45.0 + 1.2 * part + 0.03 * math.sin(70 * part), 13.0 + 1.5 * part + 0.05 * math.sin(40 * part)


def fixes_along(count, seed=2, *, noise_m=1.0, lost=()):
    """Fixes once a second along the way, with noise; those whose numbers are in ``lost`` have no position."""
    chance = np.random.default_rng(seed).normal(0, noise_m / 111_000, (count, 2))
    for number in range(count):
        lat, lon = place_at(number / max(1, count - 1))
        is_lost = number in lost
        yield gp.Fix(
            math.nan if is_lost else lat + chance[number, 0],
            math.nan if is_lost else lon + chance[number, 1],
            accuracy_95_m=4.0,
            time=BEGAN + timedelta(seconds=number),
            monotonic_s=1000.0 + number,
            valid=not is_lost,
        )
