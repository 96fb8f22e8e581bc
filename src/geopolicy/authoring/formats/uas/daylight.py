"""Schedules by the sun: daylight events of UAS zones as hours by the sun that hold at least as long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# In the order of a day: begin of morning civil twilight, sunrise, sunset, end of evening civil twilight. EMCT is
# written for EECT by some.
EVENTS = {"BMCT": 0, "SR": 1, "SS": 2, "EECT": 3, "EMCT": 3}
_SURE_LATITUDE = 65.0  # degrees; beyond about 65.7 there are days without sunset
_SUNSET, _CIVIL = -50 / 60, -6.0  # degrees of the centre of the sun over the horizon
_SLACK_MIN = 5  # the declination during one twilight, and rounding to minutes
_MOST_OFFSET_MIN = 360  # of hours by the sun


@dataclass(frozen=True, slots=True)
class Place:
    """Where a zone lies, as far as its days and nights need it.

    ``latitude`` is the greatest distance from the equator, in degrees; west and east bound its longitudes.
    """

    latitude: float
    west: float
    east: float

    @classmethod
    def of(cls, coordinates: Any, radius_m: float = 0.0) -> Place:
        """The place of coordinates, nested as deeply as they are; numbers out of range are reported elsewhere."""
        positions = [pair for pair in _positions(coordinates) if abs(pair[1]) <= 90 and abs(pair[0]) <= 360]
        if not positions:
            return cls(90.0, -180.0, 180.0)
        longitudes = [lon for lon, _ in positions]
        reach = radius_m / 110_000  # metres of a degree of latitude: at least 110,574
        return cls(max(abs(lat) for _, lat in positions) + reach, min(longitudes), max(longitudes))

    def joined(self, other: Place) -> Place:
        """The place of both."""
        latitude = max(self.latitude, other.latitude)
        return Place(latitude, min(self.west, other.west), max(self.east, other.east))

    @property
    def solar_timezone(self) -> str | None:
        """The IANA name of the fixed offset nearest to solar time; None for a place too wide for one.

        A sunrise or sunset has the same date in it as in civil time wherever noon is on the same date in both.
        """
        if self.east - self.west > 15:
            return None
        middle = math.remainder((self.west + self.east) / 2, 360)
        hours = round(middle / 15)
        return f"Etc/GMT{-hours:+d}" if hours else "UTC"

    @property
    def has_all_days(self) -> bool:
        """Whether the sun surely rises and sets on each day."""
        return self.latitude <= _SURE_LATITUDE

    def longest_twilight_min(self) -> int | None:
        """No civil twilight of a year is longer, in minutes; None if one may last from dusk to dawn."""
        longest = 0.0
        for tenths in range(-235, 236, 5):  # of a degree of declination, past the tropics
            dusk, end = self._hour_angle(tenths / 10, _SUNSET), self._hour_angle(tenths / 10, _CIVIL)
            if dusk is None or end is None:
                return None
            longest = max(longest, (end - dusk) * 4)  # minutes of a degree
        minutes = math.ceil(longest) + _SLACK_MIN
        return minutes if minutes <= _MOST_OFFSET_MIN else None

    def _hour_angle(self, declination: float, altitude: float) -> float | None:
        """Degrees from noon to when the sun is so high; None if it never is."""
        lat, dec = math.radians(self.latitude), math.radians(declination)
        across = math.cos(lat) * math.cos(dec)
        if across < 1e-6:
            return None
        cosine = (math.sin(math.radians(altitude)) - math.sin(lat) * math.sin(dec)) / across
        return math.degrees(math.acos(cosine)) if abs(cosine) <= 1 else None


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    waiting = [coordinates]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, list):
            continue
        numbers = [each for each in value[:3] if isinstance(each, (int, float))]
        if len(numbers) >= 2 and len(numbers) == len(value[:3]):
            yield float(numbers[0]), float(numbers[1])
        else:
            waiting += value


@dataclass(frozen=True, slots=True)
class SunSpan:
    """Hours by the sun that hold at least from one event to another.

    ``hours`` is None where only whole days are sure. ``day_before`` says that hours of the day before belong to it,
    too; ``is_exact`` that they hold no longer.
    """

    hours: str | None
    day_before: bool = False
    is_exact: bool = False


def sun_span(start: str, end: str, place: Place) -> SunSpan:
    """The hours from one event to the next other one."""
    first, last = EVENTS[start], EVENTS[end]
    if not place.has_all_days or first == last or (first, last) in ((1, 0), (3, 2)):
        return SunSpan(None)
    if (first, last) in ((1, 2), (2, 1)):
        return SunSpan("sunrise..sunset" if first == 1 else "sunset..sunrise", is_exact=True)
    if first > last or first == 2:  # within the night that begins on this day
        return SunSpan("sunset..sunrise")
    if (first, last) == (0, 1):  # a night belongs to the noon before it
        return SunSpan("sunset..sunrise", day_before=True)
    twilight = place.longest_twilight_min()
    if twilight is None:
        return SunSpan(None)
    begin = f"sunrise-{twilight}min" if first == 0 else "sunrise"
    return SunSpan(f"{begin}..sunset+{twilight}min" if last == 3 else f"{begin}..sunset")
