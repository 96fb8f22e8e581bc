"""Receivers, and fixes of what they and other programs give."""

from __future__ import annotations

import io
from functools import partial

import geopolicy as gp

FROM = {
    "gpsd": ("tpv", "a TPV report of gpsd"),
    "ubx": ("nav_pvt", "a message UBX-NAV-PVT"),
    "mavlink": ("gps_raw_int", "a message GPS_RAW_INT"),
    "navsatfix": ("msg", "a message sensor_msgs/NavSatFix"),
    "vss": ("values", "values by their names in VSS"),
    "geolocation": ("w3c", "a GeolocationPosition"),
    "android": ("location", "a Location of Android"),
    "corelocation": ("location", "a CLLocation"),
}


def made(source, message, monotonic_s, _folder, **options: object):
    getattr(gp.Fix, f"from_{source}")(message, monotonic_s=monotonic_s, **options)


def opened(source):
    return lambda _: gp.hosts.open_receiver(source)


CASES = {
    f"Fix.from_{source}": [
        (partial(made, source, "{}", 1.0), TypeError, f"^{name} must be {wanted}, as a mapping or an object, got str$"),
        (partial(made, source, {}, "1"), TypeError, "^monotonic_s must be a number, got str$"),
    ]
    for source, (name, wanted) in FROM.items()
}
CASES["Fix.from_gpsd"] += [
    (partial(made, "gpsd", {}, 1.0, driver=3), TypeError, "^driver must be a text or None, got int$"),
]
CASES["Fix.from_vss"] += [
    (partial(made, "vss", {}, 1.0, confidence=99), ValueError, "^confidence must be 68, 95 or None, got 99$"),
]
CASES["Fix.from_sumo"] = [
    (
        partial(made, "sumo", 13.5, 1.0, accuracy_95_m=3.0),
        TypeError,
        r"^position must be \(lon, lat\), as convertGeo gives it, got float$",
    ),
    (
        partial(made, "sumo", (13.5, 45.5), None, accuracy_95_m=3.0),
        TypeError,
        "^monotonic_s must be a number, got NoneType$",
    ),
]
CASES["open_receiver"] = [
    (lambda folder: gp.hosts.open_receiver(folder / "none"), OSError, "No such file or directory"),
    (opened("gpsd://a:b"), ValueError, r"^a gpsd must be given as gpsd://HOST\[:PORT\]\[/DEVICE\], got 'gpsd://a:b'$"),
    (opened(io.BytesIO()), TypeError, "^source must be a path, an address of a gpsd or an open stream of the system, "),
]
