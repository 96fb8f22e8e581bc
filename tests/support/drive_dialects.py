"""Random drives, written in the dialects that recorded drives come in, with what each file states of them.

Nothing here reads a drive, and nothing is shared with the readers that are tested with it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopolicy as gp

if TYPE_CHECKING:
    from random import Random

PLACES = ((45.275, 13.705), (-34.905, -56.191), (-41.285, 174.775), (47.605, -122.33))
BEGINNING = datetime(2026, 1, 5, 8, 0, 0, tzinfo=UTC)
_M_PER_DEGREE = 111_195.0

Cell = Any  # what a cell of a table or a member of JSON holds
Make = Callable[[int, gp.Fix], Cell]


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and the fixes that a vehicle's monitor would have been given, in their order.

    ``truth`` is what the file states: NaN, None and not valid where it states nothing.
    """

    name: str
    content: bytes
    truth: tuple[gp.Fix, ...]
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A named column (or member of JSON), what it means, and what it holds of each fix."""

    name: str
    field: str
    cells: tuple[Cell, ...]
    make: Make


@dataclass(frozen=True, slots=True)
class Table:
    """A drive as named values; ``render`` makes the file of it."""

    name: str
    columns: tuple[Column, ...]
    truth: tuple[gp.Fix, ...]
    render: Callable[[Table], bytes]
    options: dict[str, str] = field(default_factory=dict)
    has_geometry: bool = False
    """Whether positions stand in a GeoJSON geometry, so that their columns have no names."""

    def written(self) -> Written:
        """The file."""
        return Written(self.name, self.render(self), self.truth, self.options)


def random_drive(rng: Random, place: tuple[float, float] | None = None, most: int = 40) -> tuple[gp.Fix, ...]:
    """A drive of 3 to ``most`` fixes, with gaps, lost fixes and, in three of four drives, accuracies of 95 %.

    Coordinates have 7 decimals, accuracies 1. Times are whole quarters of a second: their differences are exact,
    from whatever moment they are counted.
    """
    lat, lon = place or rng.choice(PLACES)
    heading, has_accuracy, quarters = rng.uniform(0, 360), rng.random() < 0.75, 0
    fixes = []
    for _ in range(rng.randint(3, most)):
        speed = rng.randint(0, 120) / 4
        step = rng.choice((1, 2, 4, 4, 4, 4, 8, 12, 60))
        quarters += step
        heading = (heading + rng.uniform(-20, 20)) % 360
        lat += speed * step / 4 * math.cos(math.radians(heading)) / _M_PER_DEGREE
        lon += speed * step / 4 * math.sin(math.radians(heading)) / _M_PER_DEGREE / math.cos(math.radians(lat))
        accuracy = rng.choice((None, 400.0)) if rng.random() < 0.1 else rng.randint(5, 300) / 10
        fixes.append(
            gp.Fix(
                round(lat, 7),
                round(lon, 7),
                accuracy_95_m=accuracy if has_accuracy else None,
                time=BEGINNING + timedelta(milliseconds=250 * quarters),
                monotonic_s=quarters / 4,
                speed_mps=speed,
                course_deg=round(heading, 1) % 360,
                valid=rng.random() > 0.1,
            )
        )
    return tuple(fixes)


def lost(fix: gp.Fix) -> gp.Fix:
    """The fix without its position."""
    return replace(fix, lat=math.nan, lon=math.nan, valid=False)


def whole_seconds(fix: gp.Fix) -> gp.Fix:
    """The fix as a clock without fractions stamps it."""
    assert fix.time is not None
    time = fix.time.replace(microsecond=0)
    return replace(fix, time=time, monotonic_s=(time - BEGINNING).total_seconds())


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a drive becomes a table: name, meaning and content of each column.

    ``clock`` is "utc" where stamps state an offset or an epoch, "local" where they do not; ``has_fractions``:
    whether stamps hold fractions of a second.
    """

    name: str
    render: Callable[[Table], bytes]
    columns: tuple[tuple[str, str, Make], ...]
    clock: str = "utc"
    options: dict[str, str] = field(default_factory=dict)
    has_geometry: bool = False
    has_fractions: bool = True

    @property
    def fields(self) -> set[str]:
        """What its columns mean."""
        return {meaning for _, meaning, _ in self.columns}

    def table(self, drive: Sequence[gp.Fix]) -> Table:
        """The drive in this dialect, with what is lost in it."""
        fields = self.fields
        truth = tuple(self._stated(fix, fields) for fix in drive)
        # A local clock is written, too, although what it says of UTC is not stated.
        written = [replace(stated, time=fix.time) for stated, fix in zip(truth, drive, strict=True)]
        columns = tuple(
            Column(name, meaning, tuple(make(index, fix) for index, fix in enumerate(written)), make)
            for name, meaning, make in self.columns
        )
        return Table(self.name, columns, truth, self.render, self.options, self.has_geometry)

    def _stated(self, fix: gp.Fix, fields: set[str]) -> gp.Fix:
        has_clock = bool(fields & {"time", "clock"})
        if not self.has_fractions:
            fix = whole_seconds(fix)
        if not fix.valid and "valid" not in fields:
            fix = lost(fix)
        return replace(
            fix,
            accuracy_95_m=fix.accuracy_95_m if "accuracy" in fields else None,
            time=fix.time if has_clock and self.clock == "utc" else None,
            monotonic_s=fix.monotonic_s if has_clock else None,
            speed_mps=fix.speed_mps if "speed" in fields else None,
            course_deg=fix.course_deg if "course" in fields else None,
        )


def _stamp(pattern: str) -> Make:
    """A stamp by strftime; %f is cut to milliseconds."""

    def make(_: int, fix: gp.Fix) -> str:
        assert fix.time is not None
        return fix.time.strftime(pattern.replace("%f", f"{fix.time.microsecond // 1000:03d}"))

    return make


def _epoch(per_second: int, of: type = str) -> Make:
    def make(_: int, fix: gp.Fix) -> Cell:
        assert fix.time is not None
        quarters = (fix.time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=250)
        return of(quarters * per_second // 4)

    return make


def _degrees(axis: str, pattern: str = "{:.7f}") -> Make:
    def make(_: int, fix: gp.Fix) -> str:
        value = getattr(fix, axis)
        return "" if math.isnan(value) else pattern.format(value)

    return make


def _unsigned(axis: str) -> Make:
    return lambda _, fix: "" if math.isnan(getattr(fix, axis)) else f"{abs(getattr(fix, axis)):.7f}"


def _letter(axis: str, positive: str, negative: str) -> Make:
    return lambda _, fix: positive if getattr(fix, axis) >= 0 else negative


def _number(axis: str) -> Make:
    return lambda _, fix: None if math.isnan(getattr(fix, axis)) else getattr(fix, axis)


def _e7(axis: str) -> Make:
    return lambda _, fix: None if math.isnan(getattr(fix, axis)) else round(getattr(fix, axis) * 1e7)


def _accuracy(level: int, nothing: Sequence[Cell] = ("", "0", "-1"), of: Callable[[str], Cell] = str) -> Make:
    def make(index: int, fix: gp.Fix) -> Cell:
        if fix.accuracy_95_m is None:
            return nothing[index % len(nothing)]
        return of(f"{fix.accuracy_95_m / (1 if level == 95 else 2):.2f}")

    return make


def _speed(factor: float = 1.0, of: Callable[[str], Cell] = str, tail: str = "") -> Make:
    return lambda _, fix: of(f"{(fix.speed_mps or 0.0) * factor:.2f}{tail}")


def _course(of: Callable[[str], Cell] = str) -> Make:
    return lambda _, fix: of(f"{fix.course_deg:.1f}")


def _words(yes: Cell, no: Cell) -> Make:
    return lambda _, fix: yes if fix.valid else no


def _same(cell: Cell) -> Make:
    return lambda _index, _fix: cell


def _csv(delimiter: str = ",", before: str = "", end: str = "\n") -> Callable[[Table], bytes]:
    def quoted(cell: Cell) -> str:
        text = str(cell)
        return f'"{text}"' if delimiter in text else text

    def render(table: Table) -> bytes:
        rows = [[column.name for column in table.columns]]
        rows += [list(row) for row in zip(*(column.cells for column in table.columns), strict=True)]
        return (before + "".join(delimiter.join(map(quoted, row)) + end for row in rows)).encode()

    return render


def _records(table: Table) -> list[dict[str, Cell]]:
    names = [column.name for column in table.columns]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell is not None} for row in rows]


def _features(table: Table) -> list[dict[str, Cell]]:
    features = []
    for record in _records(table):
        lat, lon = record.pop("lat", None), record.pop("lon", None)
        geometry = None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}
        features.append({"type": "Feature", "properties": record, "geometry": geometry})
    return features


def _collection(table: Table) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": _features(table)}).encode()


def _lines(table: Table) -> bytes:
    return "".join(json.dumps(feature) + "\n" for feature in _features(table)).encode()


def _sequence(table: Table) -> bytes:
    return "".join(f"\x1e{json.dumps(feature)}\n" for feature in _features(table)).encode()


def _locations(table: Table) -> bytes:
    return json.dumps({"locations": _features(table) if table.has_geometry else _records(table)}).encode()


def _gpsd(table: Table) -> bytes:
    head = '{"class":"VERSION","release":"3.25","proto_major":3,"proto_minor":15}\n'
    return (head + "".join(json.dumps({"class": "TPV"} | record) + "\n" for record in _records(table))).encode()


def _rec(table: Table) -> bytes:
    lines = (json.dumps({"_type": "location"} | record) for record in _records(table))
    return "".join(f"2026-01-05T08:00:00Z\t*                 \t{line}\n" for line in lines).encode()


_ISO = "%Y-%m-%dT%H:%M:%S.%fZ"
_LAT, _LON = _degrees("lat"), _degrees("lon")
_POINT = (("lat", "lat", _number("lat")), ("lon", "lon", _number("lon")))
_NONE_JSON = (None, 0, -1)
_QSTARZ = (
    ("DATE", "date", _stamp("%Y/%m/%d")),
    ("TIME", "clock", _stamp("%H:%M:%S.%f")),
    ("VALID", "valid", _words("SPS", "NO FIX")),
    ("LATITUDE", "lat", _unsigned("lat")),
    ("N/S", "ns", _letter("lat", "N", "S")),
    ("LONGITUDE", "lon", _unsigned("lon")),
    ("E/W", "ew", _letter("lon", "E", "W")),
    ("HEIGHT", "other", _same("41.0 M")),
    ("SPEED", "speed", _speed(3.6, tail=" km/h")),
    ("HEADING", "course", _course()),
)
_NAMED = (
    ("t_utc", "time", _stamp(_ISO)),
    ("lat", "lat", _LAT),
    ("lon", "lon", _LON),
    ("accuracy_95_m", "accuracy", _accuracy(95)),
    ("speed_mps", "speed", _speed()),
    ("valid", "valid", _words("true", "false")),
)
_OPENPILOT = (
    ("unixTimestampMillis", "time", _epoch(1000)),
    ("latitude", "lat", _LAT),
    ("longitude", "lon", _LON),
    ("horizontalAccuracy", "accuracy", _accuracy(68)),
    ("verticalAccuracy", "other", _same("3.5")),
    ("bearingDeg", "course", _course()),
    ("speed", "speed", _speed()),
    ("hasFix", "valid", _words("True", "False")),
)
_GPSLOGGER = (
    ("time", "time", _stamp(_ISO)),
    ("lat", "lat", _LAT),
    ("lon", "lon", _LON),
    ("elevation", "other", _same("41.0")),
    ("accuracy", "accuracy", _accuracy(68)),
    ("bearing", "course", _course()),
    ("speed", "speed", _speed()),
    ("satellites", "other", _same("9")),
    ("provider", "other", _same("gps")),
    ("hdop", "other", _same("0.9")),
)
_TORQUE = (
    ("GPS Time", "time", _stamp("%a %b %d %H:%M:%S GMT+00:00 %Y")),
    (" Longitude", "lon", _LON),
    (" Latitude", "lat", _LAT),
    ("GPS Speed (Meters/second)", "speed", _speed()),
    (" Bearing", "course", _course()),
    ("GPS Accuracy(m)", "accuracy", _accuracy(68, ("-", "0.0"))),
)
_TRACCAR = (
    ("id", "other", _same("8100")),
    ("fixtime", "time", _stamp("%Y-%m-%d %H:%M:%S.%f")),
    ("valid", "valid", _words("true", "false")),
    ("latitude", "lat", _LAT),
    ("longitude", "lon", _LON),
    ("speed", "speed", _speed(3600 / 1852)),
    ("course", "course", _course()),
    ("accuracy", "accuracy", _accuracy(68, ("0",))),
)
_UNICSV = (
    ("No", "other", lambda index, _: str(index)),
    ("Latitude", "lat", _LAT),
    ("Longitude", "lon", _LON),
    ("Speed", "speed", _speed()),
    ("FIX", "valid", _words("3d", "none")),
    ("HDOP", "other", _same("0.90")),
    ("Date", "date", _stamp("%Y/%m/%d")),
    ("Time", "clock", _stamp("%H:%M:%S.%f")),
)
_FLYSIGHT = (
    ("time", "time", _stamp(_ISO)),
    ("lat", "lat", _LAT),
    ("lon", "lon", _LON),
    ("hMSL", "other", _same("41.0")),
    ("velN", "other", _same("5.10")),
    ("velE", "other", _same("-7.20")),
    ("velD", "other", _same("0.10")),
    ("hAcc", "accuracy", _accuracy(68)),
    ("vAcc", "other", _same("0.50")),
    ("sAcc", "other", _same("0.30")),
    ("heading", "course", _course()),
    ("cAcc", "other", _same("0.50")),
    ("gpsFix", "valid", _words("3", "5")),
    ("numSV", "other", _same("9")),
)
_DASHCAM = (
    ("frame_seq_no", "other", lambda index, _: str(index)),
    ("vehicle_speed_mps", "speed", _speed()),
    ("accelerator_pedal_position", "other", _same("12.5")),
    ("latitude_deg", "lat", _LAT),
    ("longitude_deg", "lon", _LON),
)
_SENSOR_LOGGER = (
    ("time", "time", _epoch(1_000_000_000)),
    ("horizontalAccuracy", "accuracy", _accuracy(68)),
    ("speed", "speed", _speed()),
    ("longitude", "lon", _LON),
    ("latitude", "lat", _LAT),
)
_GPSD = (
    ("mode", "valid", _words(3, 1)),
    ("time", "time", _stamp(_ISO)),
    *_POINT,
    ("eph", "accuracy", _accuracy(68, _NONE_JSON, float)),
    ("speed", "speed", _speed(of=float)),
    ("track", "course", _course(float)),
)
_OVERLAND = (
    ("timestamp", "time", _stamp("%Y-%m-%dT%H:%M:%S.%f+0000")),
    *_POINT,
    ("horizontal_accuracy", "accuracy", _accuracy(68, _NONE_JSON, float)),
    ("vertical_accuracy", "other", _same(3)),
    ("speed", "speed", _speed(of=float)),
)
_GEOJSON = (
    ("time", "time", _stamp(_ISO)),
    *_POINT,
    ("accuracy", "accuracy", _accuracy(68, _NONE_JSON, float)),
    ("valid", "valid", _words(yes=True, no=False)),
)
_GOOGLE = (
    ("timestamp", "time", _stamp(_ISO)),
    ("latitudeE7", "lat", _e7("lat")),
    ("longitudeE7", "lon", _e7("lon")),
    ("accuracy", "accuracy", _accuracy(68, _NONE_JSON, float)),
    ("velocity", "speed", _speed(of=float)),
    ("heading", "course", _course(float)),
)
_OWNTRACKS = (
    ("tst", "time", _epoch(1, int)),
    *_POINT,
    ("acc", "accuracy", _accuracy(68, _NONE_JSON, float)),
    ("vel", "speed", _speed(3.6, float)),
    ("cog", "course", _course(float)),
)
_OGR = (("time", "time", _stamp("%Y/%m/%d %H:%M:%S.%f+00")), *_POINT, _GEOJSON[3])

TABLES = (
    Dialect("named.csv", _csv(), _NAMED),
    Dialect("named-tab.tsv", _csv("\t"), _NAMED),
    Dialect("named-sep.csv", _csv(";", "sep=;\r\n", "\r\n"), _NAMED),
    Dialect("named-metadata.csv", _csv(",", "Vehicle,van-7\nUnits,metric\n\n"), _NAMED),
    Dialect("openpilot.csv", _csv(), _OPENPILOT),
    Dialect("gpslogger.csv", _csv(), _GPSLOGGER),
    Dialect("qstarz.csv", _csv(end="\r\n"), _QSTARZ, "local"),
    Dialect("qstarz-utc.csv", _csv(end="\r\n"), _QSTARZ, "utc", {"timezone": "UTC"}),
    Dialect("torque.csv", _csv(), _TORQUE, has_fractions=False),
    Dialect("traccar.csv", _csv(), _TRACCAR, "local"),
    Dialect("unicsv.csv", _csv(end="\r\n"), _UNICSV, "local"),
    Dialect("flysight.csv", _csv(end="\r\n"), _FLYSIGHT),
    Dialect("dashcam.csv", _csv(), _DASHCAM),
    Dialect("sensor-logger.csv", _csv(), _SENSOR_LOGGER, "utc", {"columns": "time=time:ns"}),
    Dialect("points.geojson", _collection, _GEOJSON, has_geometry=True),
    Dialect("ogr.geojson", _collection, _OGR, has_geometry=True),
    Dialect("points.geojsonl", _lines, _GEOJSON, has_geometry=True),
    Dialect("points.geojsons", _sequence, _GEOJSON, has_geometry=True),
    Dialect("overland.json", _locations, _OVERLAND, has_geometry=True),
    Dialect("google-records.json", _locations, _GOOGLE),
    Dialect("gpspipe.json", _gpsd, _GPSD),
    Dialect("owntracks.rec", _rec, _OWNTRACKS, has_fractions=False),
)
