"""The input of `decide_many` as arrays of doubles of one length."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def columns(lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None) -> tuple[Floats, Floats, Floats | None]:
    """Latitudes, longitudes and accuracies, contiguous and of one length; None where no accuracy is given.

    Raises
    ------
    ValueError
        For other shapes, or for what is no number; no value is shown.
    """
    import numpy as np

    lats, lons = _doubles(lat), _doubles(lon)
    if lats is None or lons is None:
        raise ValueError("lat and lon must hold numbers, in degrees")
    if lats.ndim != 1 or lats.shape != lons.shape:
        raise ValueError(f"lat and lon must have one shape (n,), got {lats.shape} and {lons.shape}")
    lats, lons = np.ascontiguousarray(lats), np.ascontiguousarray(lons)
    if accuracy_95_m is None:
        return lats, lons, None
    accuracies = _doubles(accuracy_95_m)
    if accuracies is None:
        raise ValueError("accuracy_95_m must hold numbers, in metres")
    if accuracies.ndim and accuracies.shape != lats.shape:
        raise ValueError(f"accuracy_95_m must be a number or of shape {lats.shape}, got {accuracies.shape}")
    return lats, lons, np.ascontiguousarray(np.broadcast_to(accuracies, lats.shape))


def _doubles(values: ArrayLike) -> Floats | None:
    """Values as doubles, masked ones NaN; None where they are no numbers.

    The error of numpy would show a value, which is where a vehicle is.
    """
    import numpy as np

    try:
        found = np.ma.asarray(values) if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
        if found.dtype.kind == "c":
            return None  # numpy would drop the imaginary part
        doubles = found.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        return None
    return doubles.filled(np.nan) if isinstance(doubles, np.ma.MaskedArray) else doubles  # masked is not known
