"""Rows of texts as fixes, many at once: each column is read whole, and rows that have nothing odd are cheap."""

from __future__ import annotations

import math
from itertools import repeat
from typing import TYPE_CHECKING

from geopolicy.drives.accuracies import AccuracyColumns, scale_to_95
from geopolicy.drives.angles import (
    SIGNS,
    degrees_of,
    degrees_of_minutes,
    is_padded,
    looks_like_minutes,
    states_hemisphere,
)
from geopolicy.drives.causes import POSITION, shape_of
from geopolicy.drives.hemispheres import signed
from geopolicy.drives.numbers import DecimalSign, numbers_in
from geopolicy.drives.rows import RowError
from geopolicy.drives.stamp_columns import StampColumns
from geopolicy.drives.validity import AlarmColumns, ValidityColumns
from geopolicy.model.fixes import Fix
from geopolicy.model.speeds import raised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from geopolicy.drives.columns import Column, Layout
    from geopolicy.drives.recording import Recording
    from geopolicy.drives.rows import Rows
    from geopolicy.errors import DriveFileError

NAN = math.nan
_LETTERS_OF = {"lat": "ns", "lon": "ew"}
_MIN_SCALED = 10_000_000  # a whole number above this is no degrees and minutes, but a degree in a small unit


class Readings:
    """Reads rows of one layout as fixes, whose ``monotonic_s`` is the age of their stamp.

    Parameters
    ----------
    recording
        Where causes go.
    layout
        What is read.
    sign
        The decimal sign of the file, which all its numbers share.
    """

    def __init__(self, recording: Recording, layout: Layout, sign: DecimalSign | None = None) -> None:
        self._recording = recording
        self.layout = layout
        self._sign = sign or DecimalSign(None)
        if layout.accuracies and recording.is_unprobed:
            recording.states_accuracy = True
        time = layout.by_field.get("time")
        self._stamps = None if time is None else StampColumns(recording, time, layout.by_field.get("date"))
        self._accuracies = AccuracyColumns(recording, layout.accuracies, self._sign)
        self._validities = ValidityColumns(
            recording,
            layout.validities,
            [column for column in layout.alarms if column.meaning.field == "mock"],
            layout.blanks,
        )
        self._alarms = AlarmColumns([column for column in layout.alarms if column.meaning.field != "mock"])

    def fixes(self, rows: Rows, positions: tuple[list[float], list[float]] | None = None) -> Iterator[Fix]:
        """The fixes of rows, whose positions are read from their columns or were read already.

        Raises
        ------
        DriveFileError
            For a number that is a time without an epoch, an ambiguous date, and degrees with minutes that are not
            marked as such. The fixes before come first.
        """
        error: DriveFileError | None = None
        read = positions
        while read is None:  # a row stops the reading; one before it may, by its longitude
            try:
                read = self._positions(rows)
            except RowError as failure:
                rows, error = rows.until(failure.index), failure.error
        times, ages = (repeat(None), repeat(None)) if self._stamps is None else self._stamps.read(rows)
        if self._stamps is not None and self._stamps.failure is not None:
            rows, error = rows.until(self._stamps.failure.index), self._stamps.failure.error
        yield from self._whole(rows, read, times, ages)
        if error is not None:
            raise error

    def _whole(
        self,
        rows: Rows,
        positions: tuple[list[float], list[float]],
        times: Iterable[datetime | None],
        ages: Iterable[float | None],
    ) -> list[Fix]:
        """The fixes of rows in which nothing stops the reading."""
        recording, cells, by_field = self._recording, rows.cells, self.layout.by_field
        lats = signed(by_field.get("ns"), by_field.get("lat"), cells, positions[0][: rows.count])
        lons = signed(by_field.get("ew"), by_field.get("lon"), cells, positions[1][: rows.count])
        accuracies = self._accuracies.read(rows)
        speeds, courses = self._speeds(rows.cells), self._courses(rows.cells)
        valid = self._validities.read(rows)
        recording.has_fixes = recording.has_fixes or rows.count > 0
        fixes: list[Fix] = []
        add = fixes.append
        for lat, lon, accuracy_m, time, age_s, speed_mps, course_deg, is_valid in zip(
            lats, lons, accuracies, times, ages, speeds, courses, valid, strict=False
        ):
            if is_valid and -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0 and (lat or lon):
                add(Fix(lat, lon, accuracy_m, time, age_s, speed_mps, course_deg))
            else:
                index = len(fixes)
                self._note_cause(rows, index, (lat, lon))
                if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
                    lat = lon = NAN  # noqa: PLW2901  # half a position is none
                add(Fix(lat, lon, accuracy_m, time, age_s, speed_mps, course_deg, valid=False))
        return self._alarms.mark(rows, fixes)

    def _positions(self, rows: Rows) -> tuple[list[float], list[float]]:
        by_field = self.layout.by_field
        return self._degrees(by_field["lat"], "lat", rows), self._degrees(by_field["lon"], "lon", rows)

    def _degrees(self, column: Column, axis: str, rows: Rows) -> list[float]:
        """The degrees of a column, with their signs as far as the column itself states them."""
        cells, hemisphere = rows.cells[column.index], column.meaning.hemisphere
        if column.meaning.order == "ddmm":
            values = [degrees_of_minutes(cell, axis) for cell in cells]
        else:
            values = self._numbers_of_degrees(column, axis, rows)
        if hemisphere is None:
            return values
        if hemisphere != "letter":
            sign = SIGNS[_LETTERS_OF[axis]][hemisphere]
            return [
                NAN if states_hemisphere(cell) or not value >= 0.0 else sign * value
                for value, cell in zip(values, cells, strict=True)
            ]
        if _LETTERS_OF[axis] in self.layout.by_field:
            return values
        return [value if states_hemisphere(cell) else NAN for value, cell in zip(values, cells, strict=True)]

    def _numbers_of_degrees(self, column: Column, axis: str, rows: Rows) -> list[float]:
        cells, meaning = rows.cells[column.index], column.meaning
        self._sign.settle(cells)
        if self._sign.is_comma:
            self._recording.assume("numbers: a comma stands before their fractions (decimal commas)")
        values = numbers_in(cells, self._sign)
        if meaning.scale != 1.0:
            return [value * meaning.scale for value in values]
        # NaN hides from min and max, and not from a sum.
        is_plain = bool(values) and min(values) >= -180.0 and max(values) <= 180.0 and not math.isnan(sum(values))
        joined = " ".join(cells)
        if not is_plain or joined.startswith("0") or " 0" in joined or "-0" in joined:
            self._read_odd(column, axis, rows, values)
        return values

    def _read_odd(self, column: Column, axis: str, rows: Rows, values: list[float]) -> None:
        """Cells that are no plain degree: with letters, with signs, or degrees and minutes in one number."""
        for index, cell in enumerate(rows.cells[column.index]):
            text = self._sign.plain(cell)
            if text is None or is_padded(text):
                values[index] = NAN
            elif not -180.0 <= values[index] <= 180.0:
                values[index] = degrees_of(text, axis)
            is_first = not self._recording.has_fixes and not any(-180.0 <= value <= 180.0 for value in values[:index])
            if text is not None and looks_like_minutes(text) and is_first:
                raise RowError(index, self._no_degrees(text, column, rows.place(index)))

    def _no_degrees(self, text: str, column: Column, place: str) -> DriveFileError:
        lat, lon = (self.layout.by_field[axis].name for axis in ("lat", "lon"))
        if abs(float(text)) >= _MIN_SCALED:
            looks = "a small unit"
            hint = f"say which, such as --columns 'lat={lat}:e7,lon={lon}:e7' (or semicircles)"
        else:
            looks = "degrees and minutes"
            hint = (
                f"if it is that, say --columns 'lat={lat}:ddmm,lon={lon}:ddmm' (or ddmm-n, ddmm-s, ddmm-e and ddmm-w, "
                "if no letter says where)"
            )
        got = f"{shape_of(text)!r} in {column.name!r}, which looks like {looks}"
        return self._recording.error("must have positions in degrees", got, place, hint)

    def _speeds(self, cells: Sequence[Sequence[str]]) -> Iterable[float | None]:
        """The speeds, raised by what the largest error that is stated of each is above that of the error model."""
        speeds = self._plain_speeds(cells)
        errors = [self._errors(column, cells[column.index]) for column in self.layout.speed_errors]
        if not errors:
            return speeds
        of_rows = zip(speeds, *errors, strict=False)
        return [None if speed is None or max(own) == math.inf else raised(speed, max(own)) for speed, *own in of_rows]

    def _errors(self, column: Column, cells: Sequence[str]) -> list[float]:
        """Metres per second at 95 %: 0 where none is stated, infinite where it is none."""
        scale = scale_to_95(column, self._recording.choices.confidence)
        return [
            (value * scale if value >= 0.0 else math.inf) if cell.strip() else 0.0
            for cell, value in zip(cells, numbers_in(cells, self._sign), strict=True)
        ]

    def _plain_speeds(self, cells: Sequence[Sequence[str]]) -> Iterable[float | None]:
        column = self.layout.by_field.get("speed")
        if column is None:
            return repeat(None)
        values, scale = numbers_in(cells[column.index], self._sign), column.meaning.scale
        if scale != 1.0:
            values = [value * scale for value in values]
        if values and min(values) >= 0.0 and math.isfinite(sum(values)):
            return values
        return [value if 0.0 <= value < math.inf else None for value in values]

    def _courses(self, cells: Sequence[Sequence[str]]) -> Iterable[float | None]:
        column = self.layout.by_field.get("course")
        if column is None:
            return repeat(None)
        values, scale = numbers_in(cells[column.index], self._sign), column.meaning.scale
        return [degrees if 0.0 <= (degrees := value * scale) <= 360.0 else None for value in values]

    def _note_cause(self, rows: Rows, index: int, position: tuple[float, float]) -> None:
        """Count why a fix has no valid position."""
        cause = self._validities.cause(rows, index) or self._cause_of_position(rows, index, position)
        self._recording.causes.add(POSITION, cause, rows.place(index))

    def _cause_of_position(self, rows: Rows, index: int, position: tuple[float, float]) -> str:
        by_field = self.layout.by_field
        for axis, letters, value, bound in (("lat", "ns", position[0], 90.0), ("lon", "ew", position[1], 180.0)):
            column, letter = by_field.get(axis), by_field.get(letters)
            text = rows.cells[column.index][index].strip() if column is not None else ""
            if math.isnan(value) and letter is not None:
                return f"the letter {letter.name or 'without a name'!r} and the number of {axis} do not make a position"
            if math.isnan(value) and column is not None and text and column.meaning.hemisphere == "letter":
                return f"{column.name!r} has no letter or sign of a hemisphere ({shape_of(text)!r})"
            if math.isnan(value) and column is not None:
                return f"{column.name!r} is " + (f"no number of degrees ({shape_of(text)!r})" if text else "empty")
            if not -bound <= value <= bound:
                return f"no {axis} within {bound:.0f} degrees"
        return "the position is 0, 0"
