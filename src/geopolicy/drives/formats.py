"""The formats and dialects of recorded drives: how each is recognised, what reads it, and what is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.drives import csv, fcd, geojson, gnss_logger, google, gpsd, gpx, nmea, overland, owntracks, ubx
from geopolicy.drives.bags import positions
from geopolicy.drives.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

NAMES = "GPX, NMEA 0183, CSV, GeoJSON or another format of geopolicy drives --list"
# An object, or a list that begins with a whole value.
_JSON = re.compile(rb'\{|\[\s*(?:[{\["\]]|(?:-?\d[\d.eE+-]*|true|false|null)\s*[,\]])')
# What no reader is for: what messages call it, how it begins, and what helps.
_OTHERS = (
    (
        "a log of VBOX, whose positions are minutes and whose west is positive",
        re.compile(rb"(?:File created on[^\r\n]*[\r\n]+\s*)?\[header\]", re.IGNORECASE),
        "export it as CSV, GPX or NMEA 0183",
    ),
    (
        "a log of FlySight 2, whose columns are named by its lines of $COL",
        re.compile(rb"\$FLYS,"),
        "write its GNSS lines as CSV, below a header of the names in $COL,GNSS",
    ),
    (
        "a solution of RTKLIB, whose cells stand between blanks",
        re.compile(rb"%\s*program\s*:"),
        "write it as NMEA 0183 (option -n of rnx2rtkp)",
    ),
    (
        "text in UTF-16",
        re.compile(rb"\xff\xfe|(?:[\t\r\n -~]\0){8}"),
        "save it as UTF-8, such as with iconv -f UTF-16LE -t UTF-8",
    ),
    (
        "text in UTF-16",
        re.compile(rb"\xfe\xff|(?:\0[\t\r\n -~]){8}"),
        "save it as UTF-8, such as with iconv -f UTF-16BE -t UTF-8",
    ),
    (
        "a bag of ROS 1",
        re.compile(rb"#ROSBAG V"),
        "convert it, such as with rosbags-convert --src drive.bag --dst drive",
    ),
    ("a zip archive", re.compile(rb"PK\x03\x04"), "unpack archives"),
    ("a FIT file of Garmin", re.compile(rb".{8}\.FIT", re.DOTALL), "export it as GPX or CSV"),
)
_NO_JSON = "text that begins with [ and is no JSON"
_NMEA_SENTENCE = re.compile(rb"\$[A-Z][A-Z0-9]{2,7},")


def _has_nmea_sentence(head: bytes) -> bool:
    return _NMEA_SENTENCE.search(head) is not None


def _has_csv_header(head: bytes) -> bool:
    lines = re.split(rb"[\r\n]+", head.lower())
    return any(b"lat" in line and (b"lon" in line or b"lng" in line) for line in lines)


@dataclass(frozen=True, slots=True)
class DriveFormat:
    """A format of recorded drives.

    Parameters
    ----------
    name
        What ``format`` calls it.
    suffixes
        By which files are recognised.
    recognised
        By what else, in words.
    is_head
        Whether the first kilobyte, without byte order mark and blanks, is of it.
    read_fixes
        The reader.
    reads
        What is read, in words.
    fixes
        Which codes of quality are fixes, in words.
    is_head_first
        Whether the head counts before the suffix, since others call their files so too.
    is_whole
        Whether a file is, or may be, a single document that is read whole before its first fix.
    has_tracks
        Whether a file may be of several vehicles, of which ``track`` names one.
    is_bag
        Whether it is a recording of messages, which may be a folder.
    no_accuracy, no_times
        What is said of a file without any.
    """

    name: str
    suffixes: tuple[str, ...]
    recognised: str
    is_head: Callable[[bytes], bool]
    read_fixes: Callable[[Recording], Iterator[Fix]]
    reads: str
    fixes: str
    is_head_first: bool = False
    is_whole: bool = False
    has_tracks: bool = False
    is_bag: bool = False
    no_accuracy: str = "accuracy: not in the file"
    no_times: str = "times: not in the file"


@dataclass(frozen=True, slots=True)
class Dialect:
    """A program whose tables are known by their names.

    Parameters
    ----------
    name
        The program.
    names
        Those that all its headers have.
    fixes
        Which codes of quality are fixes, in words.
    """

    name: str
    names: tuple[str, ...]
    fixes: str = "all"


_BY_NAME = "as the table of names says of their columns"
# Heads are compared in this order: a log of sentences may begin with any text, one of GNSS logger has a header too.
_BAG: dict[str, Any] = {
    "reads": "the topic of sensor_msgs/NavSatFix, in cdr; if there are several, `--topic` names one; accuracy from "
    "covariances",
    "fixes": "status 0, 1 and 2",
    "is_head_first": True,
    "is_bag": True,
    "no_accuracy": "accuracy: not in the file (all covariances are of unknown type)",
    "no_times": "times: none in the headers of the positions",
}
ALL_FORMATS = (
    DriveFormat(
        "mcap",
        (".mcap",),
        "what MCAP begins with; a folder with such files",
        positions.is_mcap,
        positions.read_fixes,
        **_BAG,
    ),
    DriveFormat(
        "rosbag2",
        (".db3",),
        "what SQLite begins with; a folder with such files",
        positions.is_sqlite,
        positions.read_sqlite,
        **_BAG,
    ),
    DriveFormat(
        "gnss-logger",
        (),
        "`# Fix,` or `# Raw,` in the head",
        gnss_logger.is_head,
        gnss_logger.read_fixes,
        "`Fix` rows by the names in `# Fix,`; without any, the sentences in `NMEA` rows",
        "all but MockLocation 1; of sentences as for nmea",
        is_head_first=True,
    ),
    DriveFormat(
        "gpsd",
        (),
        "an object of gpsd such as VERSION in the first line",
        gpsd.is_head,
        gpsd.read_fixes,
        "TPV objects (`gpspipe -w`), with accuracy from eph or, of an old gpsd, epx and epy, and the sentences after "
        "the last of them; without any, all sentences (`gpspipe -r`)",
        "mode 2 and 3, without a `status` of 0, 5 (dead reckoning), 6, 7 (surveyed) or 8 (simulated); of sentences as "
        "for nmea",
        is_head_first=True,
    ),
    DriveFormat(
        "owntracks",
        (".rec",),
        "a stamp, a kind and JSON, with tabs between, in the first line",
        owntracks.is_head,
        owntracks.read_fixes,
        "objects of type location; not transitions, way points and what is encrypted",
        "all",
        is_head_first=True,
    ),
    DriveFormat(
        "ubx",
        (),
        "NAV-PVT in the head, or the sync of UBX and no sentence in it",
        ubx.is_head,
        ubx.read_fixes,
        "NAV-PVT, with accuracy from hAcc; what NAV-STATUS and SEC-SIG say of the signals",
        "fixType 2, 3 and 4 (dead reckoning with GNSS) with gnssFixOK and without invalidLlh",
        is_head_first=True,
        no_times="times: no date and time was resolved",
    ),
    DriveFormat(
        "nmea",
        (".nma", ".nmea"),
        "a sentence in the head",
        _has_nmea_sentence,
        nmea.read_fixes,
        "RMC, GGA, GLL, GNS; accuracy from GST, PUBX,00 and PGRME, the largest; dates from RMC and ZDA",
        "status A, GGA quality 1 to 5, modes A, D, F, P and R; "
        "not GSA 1, PUBX,00 NF, DR or TT, DTM but W84, PGRMM but WGS 84, nor positions 20 m apart",
        no_accuracy="accuracy: not in the file (no GST, PUBX,00 or PGRME; HDOP is not an accuracy)",
    ),
    DriveFormat(
        "fcd",
        (".parquet",),
        "`<fcd-export`, or the remark of SUMO, or Parquet in the head",
        fcd.is_head,
        fcd.read_fixes,
        "the vehicle of SUMO's `--fcd-output`, of several the one that `--track` names, with `--fcd-output.geo`; not "
        "persons, nor angles, which count from the north of the net; of Parquet at most 256 MiB",
        "all",
        is_head_first=True,
        has_tracks=True,
        no_accuracy="accuracy: not in the file (positions of SUMO are exact)",
    ),
    DriveFormat(
        "gpx",
        (".gpx",),
        "`<` at the beginning",
        lambda head: head.startswith(b"<"),
        gpx.read_fixes,
        "track points, else route points; not way points; accuracy, speed and course from extensions by their names; "
        "a datum that is not WGS 84 stops the reading",
        "`<fix>` 2d, 3d, dgps and pps; none given, up to the first point that has one",
        no_accuracy="accuracy: not in the file (GPX has no field for it, and no extension here has one)",
    ),
    DriveFormat(
        "overland",
        (),
        "`locations` that are features in the head",
        overland.is_head,
        overland.read_fixes,
        "batches with `locations`, one in each line, or one of at most 256 MiB; not visits",
        _BY_NAME,
        is_whole=True,
        is_head_first=True,
    ),
    DriveFormat(
        "google",
        (),
        "`locations`, `latitudeE7`, `rawSignals` or `semanticSegments` in the head",
        google.is_head,
        google.read_fixes,
        "`locations` of Records, positions of `rawSignals`, or else the points of `timelinePath` or "
        "`simplifiedRawPath`; not visits and activities; at most 256 MiB",
        "all",
        is_whole=True,
        is_head_first=True,
    ),
    DriveFormat(
        "geojson-seq",
        (".geojsons", ".geojsonl", ".geojsonseq", ".ndgeojson", ".ndjson", ".jsonl"),
        "a feature in the first line and more lines, or a record separator",
        geojson.is_sequence_head,
        geojson.read_sequence,
        "texts of GeoJSON, one in each line or after each separator (RFC 8142)",
        _BY_NAME,
        is_head_first=True,
    ),
    DriveFormat(
        "geojson",
        (".geojson", ".json"),
        "`{`, or `[` and a value of JSON, at the beginning",
        lambda head: _JSON.match(head) is not None,
        geojson.read_fixes,
        "points with properties, or lines with times (`coordTimes`, `times`, the fourth numbers of a Trip layer); "
        "at most 256 MiB",
        _BY_NAME,
        is_whole=True,
    ),
    DriveFormat(
        "csv",
        (".csv", ".tsv"),
        "a line with `lat` and `lon` or `lng` in the head",
        _has_csv_header,
        csv.read_fixes,
        "a row for each fix, columns by the table of names",
        _BY_NAME,
    ),
)
FORMAT_OF = {row.name: row for row in ALL_FORMATS}
FORMATS = tuple(sorted(FORMAT_OF))

# Those with more names come before those whose names are among them.
DIALECTS = (
    Dialect("Torque", ("GPS Time", "Device Time", "Longitude", "Latitude")),
    Dialect("TeslaFi", ("data_id", "Date", "latitude", "longitude", "shift_state")),
    Dialect("TeslaMate", ("id", "date", "latitude", "longitude", "drive_id")),
    Dialect("Tesla dashcam", ("latitude_deg", "longitude_deg", "gear_state", "frame_seq_no")),
    Dialect(
        "MTK/Qstarz",
        ("INDEX", "RCR", "VALID", "LATITUDE", "N/S", "LONGITUDE", "E/W"),
        "VALID SPS, DGPS, PPS, RTK, FRTK; not NO FIX, ESTIMATED, MANUAL, SIMULATOR",
    ),
    Dialect("PX4", ("time_utc_usec", "latitude_deg", "longitude_deg", "fix_type"), "fix_type 2 and 3"),
    Dialect("openpilot", ("unixTimestampMillis", "latitude", "longitude", "hasFix"), "hasFix true"),
    Dialect("Traccar", ("deviceid", "fixtime", "valid", "latitude", "longitude"), "valid true"),
    Dialect("GPSLogger", ("time", "lat", "lon", "elevation", "accuracy", "bearing", "provider")),
    Dialect("GPSBabel", ("No", "Latitude", "Longitude"), "FIX 2d, 3d, dgps, pps"),
    Dialect("Sensor Logger", ("seconds_elapsed", "bearingAccuracy", "horizontalAccuracy", "latitude", "longitude")),
    Dialect("OwnTracks", ("tst", "lat", "lon", "acc")),
    Dialect("FlySight", ("lat", "lon", "velN", "velE", "velD", "hAcc", "sAcc", "gpsFix"), "gpsFix 2 and 3"),
    Dialect("phyphox", ("Time (s)", "Latitude (°)", "Longitude (°)")),
)


def format_of(suffix: str, head: bytes) -> DriveFormat | None:
    """The format of a file by the suffix of its name and its first kilobyte; None if neither tells."""
    tests: tuple[Callable[[DriveFormat], bool], ...] = (
        lambda row: row.is_head_first and row.is_head(head),
        lambda row: suffix in row.suffixes,
        lambda row: row.is_head(head),
    )
    return next((row for test in tests for row in ALL_FORMATS if test(row)), None)


def other_kind(head: bytes) -> tuple[str, str] | None:
    r"""What a file is that no reader is for, by its first kilobyte, and what helps; None if that is not known.

    Examples
    --------
    >>> other_kind(b"PK\x03\x04")
    ('a zip archive', 'unpack archives')
    """
    return next(((name, remedy) for name, beginning, remedy in _OTHERS if beginning.match(head)), None)


def refused_as(head: bytes) -> str:
    """What messages call a file of no known format."""
    return _NO_JSON if head.startswith(b"[") else "none of them"


def dialect_of(of: DriveFormat, header: Sequence[str]) -> str:
    """The program that writes tables with these names, or else the format.

    Examples
    --------
    >>> dialect_of(FORMAT_OF["csv"], ["tst", "lat", "lon", "acc"]), dialect_of(FORMAT_OF["csv"], ["lat", "lon"])
    ('OwnTracks', 'csv')
    """
    present = {fold(name) for name in header}
    for dialect in DIALECTS:
        if present.issuperset(map(fold, dialect.names)):
            return dialect.name
    return of.name
