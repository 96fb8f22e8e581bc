"""CSV with a header row: one fix per row, columns by their usual names."""

from __future__ import annotations

import csv
import re

from geopolicy.drives.open import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from geopolicy.drives.open import Recording
    from geopolicy.model.fixes import Fix

_MAX_LINE_BYTES = 65536
_DELIMITERS = (",", ";", "\t")
_BAD_ROW = "row that does not fit the header (its fix is not valid)"
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
_PLAIN_NAME = re.compile(r"[A-Za-z]{2}[A-Za-z_ .()/%-]{0,28}(?:\d{1,2}[A-Za-z_]{0,6})?")


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
        self._verdicts = [name for name in _FIXED if name in present]

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
            course_deg=number(self._value(values, "course")),
            valid=is_whole and all(self._is_fixed(name, values.get(name, "")) for name in self._verdicts),
        )

    def _value(self, values: Mapping[str, str], role: str) -> str:
        return values.get(self.roles.get(role, ""), "")

    def _time(self, values: Mapping[str, str]) -> datetime | None:
        return self._recording.time_or_posix(self._value(values, "time"))

    def _accuracy(self, values: Mapping[str, str]) -> float | None:
        accuracy = number(self._value(values, "accuracy"))
        if accuracy is None or accuracy <= 0:
            return None
        name = self.roles["accuracy"]
        sentence = f"accuracy: {self._word} {name!r} taken as accuracy_95_m in metres"
        is_named = name == "accuracy_95_m"
        self._recording.assume(sentence if is_named else sentence + "; the file does not say how sure it is")
        return accuracy

    def _speed(self, values: Mapping[str, str]) -> float | None:
        speed = number(self._value(values, "speed"))
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


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """One fix per row that is not blank; delimiter comma, semicolon or tab.

    Cells may be quoted, but not run over several lines: an open quote would swallow the fixes
    that follow. A row with more or fewer cells than the header is a fix that is not valid. A time is ISO 8601 or
    POSIX seconds or milliseconds.

    Raises
    ------
    DriveFileError
        If there is no header with latitude and longitude, a column stands twice, a line is longer than
        64 KiB or not UTF-8, or the last line is cut off. The fixes before come first.
    """
    lines = _text_lines(recording)
    number_of_header, header = next(lines, (1, ""))
    delimiter, names = _header(recording, header, number_of_header)
    fields = FixFields(recording, names, "column")
    fields.assume_choices(names)
    lat_name, lon_name = fields.roles["lat"], fields.roles["lon"]
    for line_number, line in lines:
        cells = _cells(line, delimiter)
        is_whole = cells is not None and len(cells) == len(names)
        if not line.endswith("\n"):
            if not is_whole:
                raise recording.error(
                    f"must have {len(names)} cells in each row", "a last line that is cut off", f"line {line_number}"
                )
            recording.assume("end: the last line has no line end; taken as whole")
        values = dict(zip(names, cells or (), strict=False))
        if not is_whole:
            recording.skipped[_BAD_ROW] += 1
            yield fields.fix(values if cells else {}, None, None, is_whole=False)
        else:
            yield fields.fix(values, number(values[lat_name]), number(values[lon_name]))


def _text_lines(recording: Recording) -> Iterator[tuple[int, str]]:
    """Number and text of each line that is not blank."""
    for line_number, line in enumerate(recording.lines(_MAX_LINE_BYTES), start=1):
        place = f"line {line_number}"
        if line is None:
            raise recording.error(f"must have lines of at most {_MAX_LINE_BYTES} bytes", "a longer one", place)
        try:
            text = line.decode("utf-8-sig" if line_number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise recording.error("must be UTF-8", f"byte 0x{line[error.start]:02x}", place) from None
        if text.strip():
            yield line_number, text


def _cells(line: str, delimiter: str) -> list[str] | None:
    text = line.rstrip("\r\n")
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _header(recording: Recording, header: str, line_number: int) -> tuple[str, list[str]]:
    best: list[str] = []
    for delimiter in _DELIMITERS:
        names = [normal_name(cell) for cell in _cells(header, delimiter) or ()]
        if FixFields(recording, names, "column").has_position():
            twice = sorted({name for name in names if name and names.count(name) > 1})
            if twice:
                raise recording.error(
                    "must have columns with different names", _shown(twice) + " twice", f"line {line_number}"
                )
            return delimiter, names
        best = max(best, names, key=len)
    raise recording.error(
        "must have a header with a latitude (lat, latitude) and a longitude (lon, lng, long, longitude)",
        f"columns {_shown(best)}" if any(best) else "none",
        f"line {line_number}",
    )


def _shown(names: list[str]) -> str:
    # A file without a header has a position here: only what looks like a name is shown.
    shown = [repr(name) if _PLAIN_NAME.fullmatch(name) else "(not a name)" for name in names[:20]]
    return ", ".join(shown) + (", ..." if len(names) > len(shown) else "")
