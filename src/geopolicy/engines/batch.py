"""The input of `decide_many`: arrays of doubles of one length, and a policy for every time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from geopolicy.base.arguments import check_kind
from geopolicy.model.times import is_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from geopolicy.policy.policy import Policy

    Floats = NDArray[np.float64]

_NO_NUMBERS = (str, bytes, bool)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNKNOWN = -(2**63)  # NaT
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


def fix_arrays(lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None) -> tuple[Floats, Floats, Floats | None]:
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
        array = np.ma.asarray(values) if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
        if array.dtype.kind not in "iufO":
            return None  # numpy would read texts, True and times as numbers, and drop imaginary parts
        if array.dtype.kind == "O" and any(isinstance(value, _NO_NUMBERS) for value in array.flat):
            return None
        doubles = array.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError):
        return None
    return doubles.filled(np.nan) if isinstance(doubles, np.ma.MaskedArray) else doubles  # masked is not known


def policies_for(
    time: Any, count: int, policy_at: Callable[[datetime | None], Policy]
) -> tuple[list[Policy], NDArray[np.intp]]:
    """The policies that ``count`` fixes need, and for each fix which of them.

    ``time`` holds ``count`` aware datetimes or None, or datetime64 in UTC or NaT. What is not known, or
    what no datetime can hold, gets the policy of an unknown time.

    Raises
    ------
    ValueError
        For another count, a naive datetime, or something that is no time.
    """
    import numpy as np

    stamps = _stamps(time)
    if stamps.shape != (count,):
        raise ValueError(f"time must have one entry for each position, got {len(stamps)} for {count}")
    moments, which = np.unique(stamps, return_inverse=True)
    policies: list[Policy] = []
    policy_of = np.zeros(len(moments), dtype=np.intp)
    at = 0
    while at < len(moments):
        stamp = int(moments[at])
        policy = policy_at(None if stamp == _UNKNOWN else _EPOCH + stamp * _MICROSECOND)
        end = at + 1
        if stamp != _UNKNOWN:
            until = policy.valid_until
            if until is None:
                end = len(moments)
            else:
                end = max(end, int(np.searchsorted(moments, (until - _EPOCH) // _MICROSECOND)))
        policy_of[at:end] = len(policies)
        policies.append(policy)
        at = end
    return policies, policy_of[which]


def _stamps(time: Any) -> NDArray[np.int64]:
    """Microseconds since 1970; `_UNKNOWN` for what is not known."""
    import numpy as np

    if getattr(getattr(time, "dtype", None), "kind", "") == "M" and time.ndim:
        stamps = np.asarray(time).astype("datetime64[us]").astype(np.int64)
        return np.where((stamps >= _FIRST) & (stamps <= _LAST), stamps, _UNKNOWN)
    check_kind("time", time, Iterable, "a list of aware datetimes or None, or an array of datetime64")
    return np.array([_stamp(moment) for moment in time], dtype=np.int64)


def _stamp(moment: Any) -> int:
    if moment is None:
        return _UNKNOWN
    if not is_aware(moment):
        got = "a naive one" if isinstance(moment, datetime) else type(moment).__name__
        raise ValueError(f"time must hold aware datetimes, datetime64 or None, got {got}")
    stamp: int = (moment - _EPOCH) // _MICROSECOND
    return stamp if _FIRST <= stamp <= _LAST else _UNKNOWN
