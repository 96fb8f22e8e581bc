"""How long it takes to compare two sets of 100,000 zones, and how much memory.

``python benchmarks/diff.py [zones] [changed] [--piled]``: zones of 20 vertices in a grid, of which a part (one in a
hundred) is moved, loses a vertex, or gets another level or exemption; ``--piled`` puts all of them over each other.
Reading is not part of it.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections import Counter
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


def made(count: int, step: float) -> gp.ZoneSet:
    """A set of so many zones, so many degrees from each other; at 0.01 neighbours overlap."""
    side = math.ceil(math.sqrt(count))
    return gp.ZoneSet(
        gp.Zone(f"zone-{i}", ring(-60 + i % side * step, -40 + i // side * step, 0.006), RULES[i % len(RULES)])
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
    numbers = [int(word) for word in sys.argv[1:] if word != "--piled"]
    count = numbers[0] if numbers else 100_000
    changed = numbers[1] if len(numbers) > 1 else count // 100
    old = made(count, 0.00001 if "--piled" in sys.argv else 0.01)
    zones = list(old)
    step = count // changed
    for number, i in enumerate(range(0, changed * step, step)):
        zones[i] = edited(zones[i], number)
    new = gp.ZoneSet(zones)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told: list[float] = []
    began, busy = time.perf_counter(), time.process_time()
    found = gp.diff_zones(old, new, on_progress=told.append)
    took, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    doubts = Counter(finding.doubt for zone in found.zones for finding in (*zone.looser, *zone.stricter))
    print(f"{count:,} zones, {changed:,} changed: {took:.1f} s, {busy:.1f} s of the processor")
    print(f"{found.counts()}; doubts {dict(doubts)}")
    print(
        f"{peak / 1024:,.0f} MiB at most, {before / 1024:,.0f} MiB of them for the two sets; {len(told):,} times told"
    )


if __name__ == "__main__":
    main()
