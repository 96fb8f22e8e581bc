"""Random drives in the dialects that are no tables: NMEA, GPX, lines with times, logs of phones.

A text dialect is a head, a piece for each fix, and a tail.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from drive_dialects import Written, lost, whole_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopolicy as gp

_KNOT = 1852 / 3600


@dataclass(frozen=True, slots=True)
class Text:
    """A drive as pieces of a file, one for each fix."""

    name: str
    head: bytes
    pieces: tuple[bytes, ...]
    tail: bytes
    truth: tuple[gp.Fix, ...]
    options: dict[str, str] = field(default_factory=dict)

    def written(self) -> Written:
        """The file."""
        return Written(self.name, self.head + b"".join(self.pieces) + self.tail, self.truth, self.options)


def nmea(body: str) -> str:
    """The sentence with its checksum."""
    checksum = 0
    for byte in body.encode("ascii"):
        checksum ^= byte
    return f"${body}*{checksum:02X}"


def _minutes(value: float, digits: int) -> tuple[str, float]:
    """Degrees and minutes as NMEA has them, and the degrees that they state."""
    degrees = int(abs(value))
    text = f"{(abs(value) - degrees) * 60:08.5f}"
    if text == "60.00000":
        degrees, text = degrees + 1, "00.00000"
    stated = degrees + float(text) / 60
    return f"{degrees:0{digits}d}{text}", math.copysign(stated, value)


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The sentences of one fix, and what they state."""

    rmc: str
    gga: str
    gst: str
    stated: gp.Fix


def _sentences(fix: gp.Fix) -> _Sentences:
    assert fix.time is not None
    lat, stated_lat = _minutes(fix.lat, 2)
    lon, stated_lon = _minutes(fix.lon, 3)
    place = f"{lat},{'N' if fix.lat >= 0 else 'S'},{lon},{'E' if fix.lon >= 0 else 'W'}"
    clock, knots = (
        fix.time.strftime("%H%M%S.") + f"{fix.time.microsecond // 10000:02d}",
        f"{(fix.speed_mps or 0.0) / _KNOT:.2f}",
    )
    status, mode, quality = ("A", "A", "1") if fix.valid else ("V", "N", "0")
    accuracy = fix.accuracy_95_m
    deviations = ("", "") if accuracy is None else (f"{0.3 * accuracy:.2f}", f"{0.4 * accuracy:.2f}")
    stated = replace(
        fix,
        lat=stated_lat,
        lon=stated_lon,
        # The radius of 95 % is at most twice the root mean square of the distance.
        accuracy_95_m=None if accuracy is None else 2 * math.hypot(float(deviations[0]), float(deviations[1])),
        speed_mps=float(knots) * _KNOT,
    )
    rmc = f"GPRMC,{clock},{status},{place},{knots},{fix.course_deg:.1f},{fix.time:%d%m%y},,,{mode}"
    gga = f"GPGGA,{clock},{place},{quality},09,0.9,41.0,M,43.0,M,,"
    gst = f"GPGST,{clock},1.2,,,,{deviations[0]},{deviations[1]},3.0"
    return _Sentences(nmea(rmc), nmea(gga), nmea(gst), stated)


def _log(name: str, drive: Sequence[gp.Fix], head: str = "", *, tail: str = "", gst: bool = True) -> Text:
    """A log of NMEA with accuracies; ``tail`` stands after each checksum."""
    pieces, truth = [], []
    for fix in drive:
        said = _sentences(fix)
        lines = [said.rmc, said.gga, *([said.gst] if gst else [])]
        before = "NMEA," if tail else ""
        pieces.append("".join(f"{before}{line}{tail}\r\n" for line in lines).encode())
        truth.append(said.stated if gst else replace(said.stated, accuracy_95_m=None))
    return Text(name, head.encode(), tuple(pieces), b"", tuple(truth))


def nmea_log(drive: Sequence[gp.Fix]) -> Text:
    """RMC, GGA and GST of each fix."""
    return _log("drive.nmea", drive)


def gpspipe_log(drive: Sequence[gp.Fix]) -> Text:
    """What ``gpspipe -r`` writes: JSON first, then NMEA."""
    head = '{"class":"VERSION","release":"3.25"}\n{"class":"WATCH","enable":true,"nmea":true}\n'
    return _log("gpspipe.log", drive, head)


def phone_nmea(drive: Sequence[gp.Fix]) -> Text:
    """NMEA rows of a GNSS logger, with the phone's time after the checksum."""
    return _log("gnss-logger-nmea.txt", drive, "# \n# Version: v3\n# \n", tail=",1767600000034", gst=False)


def gga_log(drive: Sequence[gp.Fix]) -> Text:
    """GGA only: times of day, no dates."""
    said = [_sentences(fix) for fix in drive]
    truth = tuple(replace(each.stated, accuracy_95_m=None, time=None, speed_mps=None, course_deg=None) for each in said)
    return Text("gga.nmea", b"", tuple(f"{each.gga}\r\n".encode() for each in said), b"", truth)


def gnss_logger(drive: Sequence[gp.Fix]) -> Text:
    """Fix rows of a GNSS logger; a mock location is no fix."""
    head = "# \n# Fix,Provider,LatitudeDegrees,LongitudeDegrees,AltitudeMeters,SpeedMps,AccuracyMeters,BearingDegrees,"
    head += "UnixTimeMillis,SpeedAccuracyMps,BearingAccuracyDegrees,elapsedRealtimeNanos,VerticalAccuracyMeters,"
    head += "MockLocation\n# \n"
    pieces = []
    for index, fix in enumerate(drive):
        accuracy = ("", "0.0")[index % 2] if fix.accuracy_95_m is None else f"{fix.accuracy_95_m / 2:.2f}"
        cells = [f"{fix.lat:.7f}", f"{fix.lon:.7f}", "84.2", f"{fix.speed_mps:.2f}", accuracy, f"{fix.course_deg:.1f}"]
        cells += [str(_milliseconds(fix)), "0.3", "1.5", str(88_000_000_000 * index), "2.5", "" if fix.valid else "1"]
        pieces.append(f"Fix,GPS,{','.join(cells)}\n".encode())
    return Text("gnss-logger.txt", head.encode(), tuple(pieces), b"", tuple(drive))


def _milliseconds(fix: gp.Fix) -> int:
    assert fix.time is not None
    return (fix.time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _iso(fix: gp.Fix) -> str:
    assert fix.time is not None
    return fix.time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{fix.time.microsecond // 1000:03d}Z"


def _bare(drive: Sequence[gp.Fix]) -> tuple[gp.Fix, ...]:
    """What a line states: positions and times, nothing else; every position counts as a fix."""
    return tuple(replace(fix, accuracy_95_m=None, speed_mps=None, course_deg=None, valid=True) for fix in drive)


def _line(name: str, positions: list[str], geometry_tail: str, truth: Sequence[gp.Fix]) -> Text:
    head = '{"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": ['
    pieces = tuple((text if index == 0 else f", {text}").encode() for index, text in enumerate(positions))
    return Text(name, head.encode(), pieces, f"]{geometry_tail}}}}}\n".encode(), tuple(truth))


def trip_layer(drive: Sequence[gp.Fix]) -> Text:
    """A line whose fourth numbers are POSIX milliseconds."""
    positions = [json.dumps([fix.lon, fix.lat, 0, _milliseconds(fix)]) for fix in drive]
    return _line("trip-layer.geojson", positions, "", _bare(drive))


def trip_layer_seconds(drive: Sequence[gp.Fix]) -> Text:
    """A line whose fourth numbers are POSIX seconds."""
    whole = [whole_seconds(fix) for fix in drive]
    positions = [json.dumps([fix.lon, fix.lat, 0, _milliseconds(fix) // 1000]) for fix in whole]
    return _line("trip-layer-seconds.geojson", positions, "", _bare(whole))


def times_in_geometry(drive: Sequence[gp.Fix]) -> Text:
    """A line with its times beside its coordinates."""
    positions = [json.dumps([fix.lon, fix.lat]) for fix in drive]
    times = json.dumps([_iso(fix) for fix in drive])
    return _line("times-in-geometry.geojson", positions, f', "times": {times}', _bare(drive))


def _gpx(name: str, drive: Sequence[gp.Fix], rest: Callable[[gp.Fix], str], truth: Sequence[gp.Fix]) -> Text:
    head = '<?xml version="1.0"?>\n<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1" '
    head += 'xmlns:opentracks="http://opentracksapp.com/xmlschemas/v1"><trk><trkseg>\n'
    pieces = tuple(
        f'<trkpt lat="{fix.lat:.7f}" lon="{fix.lon:.7f}"><time>{_iso(fix)}</time>{rest(fix)}</trkpt>\n'.encode()
        for fix in drive
    )
    return Text(name, head.encode(), pieces, b"</trkseg></trk></gpx>\n", tuple(truth))


def gpx(drive: Sequence[gp.Fix]) -> Text:
    """GPX 1.1 with ``fix``, and without accuracies."""
    truth = [replace(fix, accuracy_95_m=None, speed_mps=None, course_deg=None) for fix in drive]
    return _gpx("drive.gpx", drive, lambda fix: f"<fix>{'3d' if fix.valid else 'none'}</fix>", truth)


def gpx_accuracy(drive: Sequence[gp.Fix]) -> Text:
    """GPX with accuracies in its extensions."""

    def rest(fix: gp.Fix) -> str:
        accuracy = "0" if fix.accuracy_95_m is None else f"{fix.accuracy_95_m / 2:.2f}"
        inner = f"<opentracks:accuracy_horizontal>{accuracy}</opentracks:accuracy_horizontal>"
        inner += "<opentracks:accuracy_vertical>0.5</opentracks:accuracy_vertical>"
        return f"<fix>{'3d' if fix.valid else 'none'}</fix><extensions>{inner}</extensions>"

    return _gpx("opentracks.gpx", drive, rest, [replace(fix, speed_mps=None, course_deg=None) for fix in drive])


def google_timeline(drive: Sequence[gp.Fix]) -> Text:
    """Raw signals of Google's Timeline; a fix that is not valid has no position there."""
    pieces, truth = [], []
    for index, fix in enumerate(drive):
        place = f"{fix.lat:.7f}°, {fix.lon:.7f}°" if fix.valid else ""
        signal = {"LatLng": place, "timestamp": _iso(fix), "source": "GPS", "speedMetersPerSecond": fix.speed_mps}
        signal |= {} if fix.accuracy_95_m is None else {"accuracyMeters": float(f"{fix.accuracy_95_m / 2:.2f}")}
        piece = json.dumps({"position": signal}, ensure_ascii=False)
        pieces.append((piece if index == 0 else f",\n{piece}").encode())
        truth.append(replace(fix if fix.valid else lost(fix), course_deg=None))
    return Text("google-timeline.json", b'{"rawSignals": [', tuple(pieces), b"]}\n", tuple(truth))


TEXTS = (
    nmea_log,
    gpspipe_log,
    phone_nmea,
    gga_log,
    gnss_logger,
    trip_layer,
    trip_layer_seconds,
    times_in_geometry,
    gpx,
    gpx_accuracy,
    google_timeline,
)
