"""What a report of a receiver or of another program says of a fix, taken at its word and no further."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from numbers import Integral, Real
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.base.arguments import number
from geopolicy.model.speeds import raised
from geopolicy.model.times import is_aware

if TYPE_CHECKING:
    from typing import Any

RADIUS_95_PER_68 = 2.0
"""95 % radius over 68 % radius: 1.62 for a circle, up to 1.97 for a line."""
RADIUS_95_PER_DRMS = 2.0
"""95 % radius over root mean square distance: 1.73 for a circle, up to 1.96 for a line."""
_NO_REPORTS = (str, bytes, bytearray, Real, complex)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Outside of these years a stamp was made without a clock that was set, or in another unit.
_FLOOR = datetime(2000, 1, 1, tzinfo=UTC)
_CEILING = datetime(2200, 1, 1, tzinfo=UTC)


class Report(NamedTuple):
    """The fields of a `Fix`, in their order."""

    lat: float
    lon: float
    accuracy_95_m: float | None
    time: datetime | None
    monotonic_s: float
    speed_mps: float | None
    course_deg: float | None
    valid: bool
    spoofing: bool = False
    jamming: bool = False


def report(
    lat: float | None,
    lon: float | None,
    *,
    monotonic_s: float,
    is_fix: bool,
    accuracy_95_m: float | None = None,
    time: datetime | None = None,
    speed_mps: float | None = None,
    course_deg: float | None = None,
    is_forged: bool = False,
    is_jammed: bool = False,
) -> Report:
    """The fields of a fix that is valid only with a position in range that is not (0, 0).

    Raises
    ------
    TypeError
        If ``monotonic_s`` is no number.
    """
    at_s = number("monotonic_s", monotonic_s)
    has_position = lat is not None and lon is not None and -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0
    if not has_position:
        lat = lon = math.nan  # half a position is none
    return Report(
        math.nan if lat is None else lat,
        math.nan if lon is None else lon,
        accuracy_95_m if accuracy_95_m is not None and 0.0 < accuracy_95_m < math.inf else None,
        time,
        at_s,
        speed_mps if speed_mps is not None and 0.0 <= speed_mps < math.inf else None,
        course_deg if course_deg is not None and 0.0 <= course_deg <= 360.0 else None,
        is_fix and has_position and not (lat == 0.0 and lon == 0.0),
        is_forged,
        is_jammed,
    )


def check_report(name: str, message: object, wanted: str) -> None:
    """Refuses what can never be a report. None can: it is what some programs give while there is none.

    Raises
    ------
    TypeError
        Saying what is wanted.
    """
    if isinstance(message, _NO_REPORTS) or type(message) in (list, tuple, set, frozenset):
        raise TypeError(f"{name} must be {wanted}, as a mapping or an object, got {type(message).__name__}")


def member(message: object, name: str) -> Any:
    """A member of a mapping, or an attribute; None where there is none."""
    if type(message) is dict or isinstance(message, Mapping):  # most are: to ask for the interface takes longer
        return message.get(name)
    return getattr(message, name, None)


def called(value: Any) -> Any:
    """What a getter gives, in bindings where members are methods; any other value as it is."""
    return value() if callable(value) else value


def real(value: object) -> float | None:
    """A finite number; None for anything else, texts and True among it."""
    if type(value) is not float:
        if type(value) is not int and (not isinstance(value, Real) or isinstance(value, bool)):
            return None
        try:
            value = float(value)
        except OverflowError:
            return None
    return value if math.isfinite(value) else None


def whole(value: object) -> int | None:
    """A whole number; None for anything else, True and 3.0 among it."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, Integral) and not isinstance(value, bool) else None


def scaled(value: object, factor: float) -> float | None:
    """A number times a factor; None where it is none."""
    plain = real(value)
    return None if plain is None else plain * factor


def is_flagged(value: object) -> bool:
    """Whether a flag that warns is raised: whatever is neither absent nor False nor 0 raises it."""
    return not (value is None or (_is_bool(value) and not value) or (isinstance(value, Real) and value == 0))


def is_affirmed(value: object) -> bool:
    """Whether a flag that vouches is set: only True and numbers other than 0 set it, never a text such as "False"."""
    return bool(value) if _is_bool(value) else real(value) not in (None, 0.0)


def _is_bool(value: object) -> bool:
    return type(value).__name__ in ("bool", "bool_")  # numpy's own, too, which are no numbers


def bounded_speed(speed_mps: float | None, error: object, per_95: float) -> float | None:
    """A speed that the true one exceeds by no more than a monitor allows for, given the error that its source states.

    The error times ``per_95`` is in metres per second and not exceeded 95 % of the time; None: it states none. A speed
    is raised by what that is above 1 m/s. One whose error is negative or no number is not known.
    """
    if error is None or speed_mps is None or speed_mps < 0.0:
        return speed_mps
    error_mps = scaled(error, per_95)
    if error_mps is None or error_mps < 0.0:
        return None
    return raised(speed_mps, error_mps)


def moment_of(value: object) -> datetime | None:
    """The moment that a text of ISO 8601 or a datetime states with its offset; None where it states none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or not is_aware(value):
        return None
    return value.astimezone(UTC) if _FLOOR <= value < _CEILING else None


def moment_of_unix(value: object, per_second: int) -> datetime | None:
    """The moment of a count since 1970; None where it means none from 2000 to 2200."""
    count = real(value)
    if count is None or not 0.0 < count / per_second < 1e11:
        return None
    return moment_of(_EPOCH + timedelta(microseconds=round(count * (1_000_000 // per_second))))
