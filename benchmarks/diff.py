"""How long it takes to compare two sets of 100,000 zones, and how much memory.

``python benchmarks/diff.py [zones] [changed]``: zones of 20 vertices in a grid, of which a part (one in a hundred) is
moved, loses a vertex, or gets another level or exemption. Reading is not part of it.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from dataclasses import replace

import geopolicy as gp

VERTICES = 20
RULES = (
    [gp.Rule(["camera"], gp.Level.OFF)],
    [gp.Rule(["camera"], gp.Level.NO_RECORD), gp.Rule(["lidar"], gp.Level.IN_VEHICLE, limits={"retain_s": 60})],
    [gp.Rule(["*"], gp.Level.OFF, unless=[gp.Condition(applies_to={"class": ["bus"]})])],
)


def ring(lon: float, lat: float, size: float) -> dict[str, object]:
    """A polygon of `VERTICES` vertices round a place."""
    turns = [2 * math.pi * i / VERTICES for i in range(VERTICES)]
    positions = [[round(lon + size * math.cos(a), 7), round(lat + size * math.sin(a), 7)] for a in turns]
    return {"type": "Polygon", "coordinates": [[*positions, positions[0]]]}


def made(count: int) -> gp.ZoneSet:
    """A set of so many zones; neighbours overlap."""
    side = math.ceil(math.sqrt(count))
    return gp.ZoneSet(
        gp.Zone(f"zone-{i}", ring(-60 + i % side * 0.01, -40 + i // side * 0.01, 0.006), RULES[i % len(RULES)])
        for i in range(count)
    )


def edited(zone: gp.Zone, number: int) -> gp.Zone:
    """A zone after one of four edits."""
    lon, lat = zone.geometry.to_geojson()["coordinates"][0][0]
    if number % 4 == 0:
        return replace(zone, geometry=gp.Geometry.from_geojson(ring(lon - 0.006, lat + 0.0001, 0.006)))
    if number % 4 == 1:
        corners = zone.geometry.to_geojson()["coordinates"][0]
        return replace(
            zone, geometry=gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [corners[:3] + corners[4:]]})
        )
    if number % 4 == 2:
        return replace(zone, rules=[replace(rule, level=gp.Level.ANONYMIZE) for rule in zone.rules])
    night = gp.Condition(emergency=True)
    return replace(zone, rules=[replace(rule, unless=(*rule.unless, night)) for rule in zone.rules])


def main() -> None:
    """Makes the sets and compares them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    changed = int(sys.argv[2]) if len(sys.argv) > 2 else count // 100
    old = made(count)
    zones = list(old)
    step = count // changed
    for number, i in enumerate(range(0, changed * step, step)):
        zones[i] = edited(zones[i], number)
    new = gp.ZoneSet(zones)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    found = gp.diff_zones(old, new)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{count:,} zones, {changed:,} changed: {took:.1f} s; {found.counts()}")
    print(f"{peak / 1024:,.0f} MiB at most, {before / 1024:,.0f} MiB of them for the two sets")


if __name__ == "__main__":
    main()
