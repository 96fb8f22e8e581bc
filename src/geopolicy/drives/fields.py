"""Named values as fields of a fix: what the columns of CSV and the properties of GeoJSON have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.drives.recording import parse_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

# In the order of preference, if a file has several.
_NAMES = {
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "time": ("t_utc", "time", "timestamp", "datetime"),
    "accuracy": ("accuracy_95_m", "h_acc_m", "hacc", "accuracy", "horizontal_accuracy"),
    "speed": ("speed_mps", "speed"),
    "course": ("course_deg", "course", "heading", "bearing"),
}
# What says that there is a fix; an empty value says nothing, any other says that there is none.
_FIXED = {
    "valid": ("1", "true", "t", "yes", "y", "a"),
    "fix_quality": ("1", "2", "3", "4", "5"),  # as in GGA: 6 to 8 are dead reckoning, manual, simulator
    "mode": ("2", "3", "2d", "3d"),  # as in gpsd: 0 unknown, 1 no fix
}


def normal_name(name: str) -> str:
    """A column's name without regard to case, blanks and hyphens."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


class FixFields:
    """Which of the named values of a row make a fix; ``word`` is what messages call one."""

    def __init__(self, recording: Recording, names: Iterable[str], word: str) -> None:
        present = set(names)
        self._recording = recording
        self._word = word
        self.roles = {
            role: next(name for name in known if name in present)
            for role, known in _NAMES.items()
            if present.intersection(known)
        }
        self._validity_names = [name for name in _FIXED if name in present]

    def has_position(self) -> bool:
        """Whether both latitude and longitude are among the names."""
        return "lat" in self.roles and "lon" in self.roles

    def assume_choices(self, names: Iterable[str]) -> None:
        """Note where several names fit one meaning."""
        present = set(names)
        for role, known in _NAMES.items():
            others = [name for name in known if name in present and name != self.roles.get(role)]
            if others:
                self._recording.assume(f"{self._word} {self.roles[role]!r} taken; not read: {', '.join(others)}")

    def fix(self, values: Mapping[str, str], lat: float | None, lon: float | None, *, is_whole: bool = True) -> Fix:
        """The fix of a row, whose position was read already."""
        return self._recording.fix(
            lat,
            lon,
            accuracy_95_m=self._accuracy(values),
            time=self._time(values),
            speed_mps=self._speed(values),
            course_deg=parse_decimal(self._value(values, "course")),
            valid=is_whole and all(self._is_fixed(name, values.get(name, "")) for name in self._validity_names),
        )

    def _value(self, values: Mapping[str, str], role: str) -> str:
        return values.get(self.roles.get(role, ""), "")

    def _time(self, values: Mapping[str, str]) -> datetime | None:
        return self._recording.time_or_posix(self._value(values, "time"))

    def _accuracy(self, values: Mapping[str, str]) -> float | None:
        accuracy = parse_decimal(self._value(values, "accuracy"))
        if accuracy is None or accuracy <= 0:
            return None
        name = self.roles["accuracy"]
        sentence = f"accuracy: {self._word} {name!r} taken as accuracy_95_m in metres"
        is_named = name == "accuracy_95_m"
        self._recording.assume(sentence if is_named else sentence + "; the file does not say how sure it is")
        return accuracy

    def _speed(self, values: Mapping[str, str]) -> float | None:
        speed = parse_decimal(self._value(values, "speed"))
        if speed is not None and self.roles["speed"] == "speed":
            self._recording.assume(f"speed: {self._word} 'speed' taken as metres per second")
        return speed

    def _is_fixed(self, name: str, value: str) -> bool:
        value = value.strip().lower().removesuffix(".0")
        if not value:
            return True
        if name == "mode":
            self._recording.assume(f"validity: {self._word} 'mode' taken as gpsd's: 2 and 3 are fixes")
        elif name == "fix_quality":
            self._recording.assume(f"validity: {self._word} 'fix_quality' taken as that of GGA: 1 to 5 are fixes")
        return value in _FIXED[name]
