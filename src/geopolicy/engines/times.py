"""Times of many fixes, and the policies that serve them: one for every run in which no rule changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from geopolicy.policy.policy import Policy

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNKNOWN = -(2**63)  # NaT
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


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

    if getattr(getattr(time, "dtype", None), "kind", "") == "M":
        stamps = np.asarray(time).astype("datetime64[us]").astype(np.int64)
        return np.where((stamps >= _FIRST) & (stamps <= _LAST), stamps, _UNKNOWN)
    return np.array([_stamp(moment) for moment in time], dtype=np.int64)


def _stamp(moment: Any) -> int:
    if moment is None:
        return _UNKNOWN
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError(
            f"time must hold aware datetimes, datetime64 or None, got {type(moment).__name__} without zone"
        )
    return (moment - _EPOCH) // _MICROSECOND
