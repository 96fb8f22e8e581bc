"""Coordinate frames of zones, and the forward transforms of fixes into GCJ-02 and BD-09.

Everything is plain IEEE double ``+ - * /`` in the order written, and a square root, which
IEEE 754 rounds correctly: numbers, float64 arrays and the kernel give the same bits. No call
of a mathematical library rounds the same everywhere, so the sine is written out here.
"""

from __future__ import annotations

from math import sqrt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FAMILIES = ("WGS84", "GCJ-02", "BD-09")
_AS_WGS84 = ("WGS84", "CGCS2000")

# South, north, west, east. Zones in GCJ-02 and BD-09, which are defined for mainland China only, lie in the
# first, in degrees of their frame. Fixes are transformed one degree beyond: an offset is below 0.02 degrees,
# 10 km below 0.19 degrees of longitude.
ZONE_DOMAIN = (0.0, 60.0, 70.0, 140.0)
FIX_DOMAIN = (-1.0, 61.0, 69.0, 141.0)

_A = 6378245.0
_EE = 0.00669342162296594323
_PI = 3.141592653589793

# sin(pi r) / r in r^2, highest power first, for |r| <= 1/2: off by less than 1e-18.
SINE = (
    7.697826768224191e-07,
    -2.1903497074626018e-05,
    0.0004662998161898394,
    -0.007370430505916944,
    0.0821458865731029,
    -0.5992645293189447,
    2.5501640398773007,
    -5.167712780049969,
    3.141592653589793,
)
_TO_INTEGER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves no bit for a fraction


def family(name: str) -> str:
    """The family of a frame, in which its zones and the fixes meet.

    ``"WGS84"`` for WGS84, CGCS2000 and EPSG codes (`geopolicy.geometry.projection` brings those there when
    zones are read); ``"GCJ-02"`` and ``"BD-09"`` for themselves.

    Raises
    ------
    ValueError
        If there is no such frame.

    Examples
    --------
    >>> family("EPSG:2056")
    'WGS84'
    """
    if name in _AS_WGS84:
        return "WGS84"
    if name in FAMILIES:
        return name
    code = name[5:] if name.startswith("EPSG:") else ""
    if code.isascii() and code.isdigit():
        return "WGS84"
    raise ValueError(f"frame must be WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:<number>, got {name!r}")


def forward(family: str, lat: Any, lon: Any) -> tuple[Any, Any]:
    """A WGS 84 position in the frame of a family, as ``(lat, lon)`` in degrees.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family == "WGS84":
        return lat, lon
    if family == "GCJ-02":
        return to_gcj02(lat, lon)
    if family == "BD-09":
        return to_bd09(lat, lon)
    raise ValueError(f"family must be one of {', '.join(FAMILIES)}, got {family!r}")


def in_offset_domain(lat: Any, lon: Any) -> Any:
    """Whether a WGS 84 fix is transformed into GCJ-02 and BD-09; elsewhere such zones are too far to matter.

    A bool for numbers, a mask for arrays. NaN is outside.
    """
    south, north, west, east = FIX_DOMAIN
    return (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)


def sin_pi(t: Any) -> Any:
    """``sin(pi * t)``, off by less than 1e-15 for ``|t| < 2**50``. NaN gives NaN."""
    n = (t + _TO_INTEGER) - _TO_INTEGER
    half = n * 0.5
    odd = half - ((half + _TO_INTEGER) - _TO_INTEGER)  # 0 for an even n, +-0.5 for an odd one
    r = t - n
    square = r * r
    total = SINE[0]
    for coefficient in SINE[1:]:
        total = total * square + coefficient
    return r * total * (1.0 - 8.0 * (odd * odd))


def to_gcj02(lat: Any, lon: Any) -> tuple[Any, Any]:
    """WGS 84 to GCJ-02, ``(lat, lon)`` in degrees, for numbers or float64 arrays of one shape.

    Meant for `in_offset_domain`; the formula does not ask whether a place is in China. NaN gives NaN.

    Examples
    --------
    >>> lat, lon = to_gcj02(31.2304, 121.4737)
    >>> round(lat, 9), round(lon, 9)
    (31.228457738, 121.478223059)
    """
    lat, lon = _double(lat), _double(lon)
    x = lon - 105.0
    y = lat - 35.0
    root = _sqrt(abs(x))
    xy = 0.1 * x * y
    ripple = (20.0 * sin_pi(6.0 * x) + 20.0 * sin_pi(2.0 * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + xy + 0.2 * root + ripple
    north = north + (20.0 * sin_pi(y) + 40.0 * sin_pi(y / 3.0)) * 2.0 / 3.0
    north = north + (160.0 * sin_pi(y / 12.0) + 320.0 * sin_pi(y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + xy + 0.1 * root + ripple
    east = east + (20.0 * sin_pi(x) + 40.0 * sin_pi(x / 3.0)) * 2.0 / 3.0
    east = east + (150.0 * sin_pi(x / 12.0) + 300.0 * sin_pi(x / 30.0)) * 2.0 / 3.0
    sine = sin_pi(lat / 180.0)
    magic = 1.0 - _EE * sine * sine
    root_magic = _sqrt(magic)
    cosine = sin_pi(lat / 180.0 + 0.5)
    lat_off = north * 180.0 / ((_A * (1.0 - _EE)) / (magic * root_magic) * _PI)
    lon_off = east * 180.0 / (_A / root_magic * cosine * _PI)
    return lat + lat_off, lon + lon_off


def to_bd09(lat: Any, lon: Any) -> tuple[Any, Any]:
    """WGS 84 to BD-09 by way of GCJ-02, ``(lat, lon)`` in degrees, like `to_gcj02`.

    Notes
    -----
    The published form turns by an angle d <= 3e-6 in polar coordinates. Written as a rotation
    it needs no arc tangent: ``cos d = 1 - d*d/2`` and ``sin d = d`` are off by less than 5e-18.
    """
    y, x = to_gcj02(lat, lon)
    r = _sqrt(x * x + y * y)
    stretch = (r + 2e-5 * sin_pi(y * 50.0 / 3.0)) / r
    turn = 3e-6 * sin_pi(x * 50.0 / 3.0 + 0.5)
    cosine = 1.0 - 0.5 * (turn * turn)
    return stretch * (y * cosine + x * turn) + 0.006, stretch * (x * cosine - y * turn) + 0.0065


def _double(degrees: Any) -> Any:
    """A float, or a float64 array: in float32 numpy would go on in single precision."""
    if isinstance(degrees, (int, float)):
        return float(degrees)
    import numpy as np

    return np.asarray(degrees, dtype=np.float64)


def _sqrt(x: Any) -> Any:
    if isinstance(x, float):
        return sqrt(x)
    import numpy as np

    return np.sqrt(x)
