"""What a decision about a vehicle of CARLA costs, without CARLA: its client answers of a location, not of a server.

    python benchmarks/host_carla.py [UPDATES]

Seconds are those of the processor, the best of five runs along a road through a zone; what the client takes to ask a
server is not in them.
"""

from __future__ import annotations

import sys
import time
from itertools import cycle
from types import SimpleNamespace
from typing import TYPE_CHECKING

import carla

import geopolicy as gp
from machine import machine

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = "+proj=tmerc +lat_0=45.27 +lon_0=13.71 +datum=WGS84 +units=m"
XODR = f"<OpenDRIVE><header><geoReference>{REFERENCE}</geoReference></header></OpenDRIVE>"
SQUARE = [[13.709, 45.269], [13.711, 45.269], [13.711, 45.271], [13.709, 45.271], [13.709, 45.269]]


class Actor:
    """Drives eastward at 10 m/s, ten steps a second, over and over."""

    is_alive = True

    def __init__(self) -> None:
        self._road = cycle([carla.Location(float(x), -20.0, 0.5) for x in range(-500, 500)])
        self._velocity = carla.Vector3D(10.0, 0.0, 0.0)

    def get_location(self) -> carla.Location:
        """The next metre."""
        return next(self._road)

    def get_velocity(self) -> carla.Vector3D:
        """Always the same."""
        return self._velocity


def best_us(call: Callable[[float], object], count: int) -> float:
    """Microseconds of a call, at one tenth of a second after another."""
    best_s = float("inf")
    for run in range(5):
        before_s = time.process_time()
        for step in range(count):
            call((run * count + step) / 10.0)
        best_s = min(best_s, time.process_time() - before_s)
    return best_s / count * 1e6


def main() -> None:
    """Measures, and prints each part."""
    count = int((sys.argv[1:] or ["20000"])[0])
    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    zones = gp.ZoneSet([gp.Zone("square", polygon, [gp.Rule(["camera"], gp.Level.OFF)])])
    sensor = SimpleNamespace(id=1, type_id="sensor.camera.rgb")
    vehicle = gp.hosts.CarlaVehicle(zones, Actor(), [sensor], XODR)
    whole_us, fix_us = best_us(vehicle.update, count), best_us(vehicle.fix, count)
    print(machine())
    print(f"update: {whole_us:.1f} us")
    print(f"of which the fix: {fix_us:.1f} us, the monitor: {whole_us - fix_us:.1f} us")


if __name__ == "__main__":
    main()
