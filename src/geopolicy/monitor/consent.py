"""Who agreed that which sensors may collect, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from geopolicy.base.arguments import check_kind, list_of
from geopolicy.base.records import set_fields
from geopolicy.model.sensors import is_named, is_sensor_name
from geopolicy.model.times import require_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = timedelta(days=366)
"""A consent ends at the latest one year, a leap year, after it was given."""


@dataclass(frozen=True, slots=True, init=False)
class Consent:
    """What one person agreed to: sensors that need consent may be used, from one time until another.

    Parameters
    ----------
    who
        Who agreed; any text that the operator knows the person by.
    sensors
        Names of sensors; a name means all below it, too, ``"*"`` every sensor.
    given, until
        Aware datetimes: valid from ``given`` on, no longer at ``until``, at most 366 days apart.

    Raises
    ------
    ValueError
        For no name of a person, no sensors or one that is none, a naive time, or a span that is empty or
        longer than a year. A consent is never permanent.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> january, july = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    >>> consent = Consent("driver", ["camera.cabin"], january, july)
    >>> consent.covers("camera.cabin", datetime(2026, 3, 1, tzinfo=UTC))
    True
    """

    who: str
    sensors: tuple[str, ...]
    given: datetime
    until: datetime

    def __init__(self, who: str, sensors: str | Iterable[str], given: datetime, until: datetime) -> None:
        check_kind("who", who, str, "a text")
        listed = (sensors,) if isinstance(sensors, str) else list_of("sensors", sensors, str, "names")
        names = tuple(sorted(set(listed)))
        if not str(who).strip():
            raise ValueError(f"a consent must say who gave it, got {who!r}")
        for name in names:
            if name != "*" and not is_sensor_name(name):
                raise ValueError(f"a consent's sensors must be dotted names or '*', got {name!r}")
        if not names:
            raise ValueError("a consent must name at least one sensor, got none")
        for said, moment in (("given", given), ("until", until)):
            require_aware(f"a consent's {said}", moment)
        if not timedelta(0) < until - given <= LONGEST:
            rule = "a consent must end after it was given, within 366 days"
            raise ValueError(f"{rule}, got {given.isoformat()} to {until.isoformat()}")
        set_fields(self, who=who, sensors=names, given=given, until=until)

    def covers(self, sensor: str, time: datetime | None) -> bool:
        """Whether a sensor may be used at a time. Never where the time is not known (None)."""
        check_kind("sensor", sensor, str, "a text")
        if time is not None:
            check_kind("time", time, datetime, "an aware datetime or None")
        if time is None or not self.given <= time < self.until:
            return False
        return is_named(sensor, self.sensors)
