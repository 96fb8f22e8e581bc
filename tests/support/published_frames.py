"""GCJ-02 and BD-09 as they are usually published, with the library's sine: good to 1e-11 degrees."""

from __future__ import annotations

import math


def published_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """The formula as it is usually published, with the library's sine."""
    sin, pi = math.sin, math.pi
    a, ee = 6378245.0, 0.00669342162296594323
    x, y = lon - 105.0, lat - 35.0
    ripple = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + ripple
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + ripple
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    magic = 1 - ee * sin(math.radians(lat)) ** 2
    lat_off = math.degrees(north / (a * (1 - ee) / magic**1.5))
    return lat + lat_off, lon + math.degrees(east / (a / math.sqrt(magic) * math.cos(math.radians(lat))))


def published_bd09(lat: float, lon: float) -> tuple[float, float]:
    y, x = published_gcj02(lat, lon)
    x_pi = math.pi * 3000.0 / 180.0
    z = math.hypot(x, y) + 0.00002 * math.sin(y * x_pi)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * x_pi)
    return z * math.sin(theta) + 0.006, z * math.cos(theta) + 0.0065
