"""Degrees to the integer grid of 1e-7 degrees, the only place that rounds."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

UNITS_PER_DEGREE = 10_000_000
HALF_TURN = 180 * UNITS_PER_DEGREE
FULL_TURN = 360 * UNITS_PER_DEGREE
POLE = 90 * UNITS_PER_DEGREE


def to_grid(degrees: float) -> int:
    """Degrees of latitude or longitude as a whole number of 1e-7 degrees (1.1 cm of latitude).

    The IEEE double product with 1e7, rounded to the nearest integer, ties to even.

    Raises
    ------
    ValueError, OverflowError
        For NaN and infinities. Ranges are not judged here, see `check_position`.

    Examples
    --------
    >>> to_grid(113.28060004)
    1132806000
    """
    return round(float(degrees) * 1e7)


def to_grid_array(degrees: ArrayLike) -> NDArray[np.int64]:
    """Like `to_grid`, to the same bits, for many values. An empty input gives an empty array.

    Raises
    ------
    ValueError
        If a value is NaN, infinite or beyond 1e6 degrees.
    """
    import numpy as np

    units = np.rint(np.asarray(degrees, dtype=np.float64) * 1e7)
    if not bool(np.all(np.abs(units) <= 1e13)):
        raise ValueError("degrees must be finite and in [-1e6, 1e6], got at least one that is not")
    return units.astype(np.int64)


def check_position(lat: float, lon: float) -> None:
    """Refuse what is not a position on Earth. Degrees, latitude first, both ends included.

    Raises
    ------
    ValueError
        If a value is out of range or NaN. The text does not tell the value: it may be where a vehicle is.
    TypeError
        If a value is not a number.
    """
    if not -90.0 <= lat <= 90.0:
        raise ValueError("lat must be in [-90, 90] degrees; are lat and lon swapped?")
    if not -180.0 <= lon <= 180.0:
        raise ValueError("lon must be in [-180, 180] degrees")


def is_position(lat: Any, lon: Any) -> Any:
    """Which pairs `check_position` accepts: a bool for two numbers, a mask for two float64 arrays."""
    return (lat >= -90.0) & (lat <= 90.0) & (lon >= -180.0) & (lon <= 180.0)
