"""Recorded drives, and their replay."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from unittest.mock import patch

import geopolicy as gp
from error_cases.samples import ENGINE, NAIVE, SET
from layers import overlay_of


def drained(drive):
    for _ in drive:
        pass


def twice(_folder):
    drive = gp.open_drive(io.BytesIO(b"lat,lon\n1,2\n"), format="csv")
    drained(drive)
    drained(drive)


def without_matplotlib(work):
    """The work where matplotlib is not installed."""

    def run(_folder):
        with patch.dict("sys.modules", {"matplotlib": None, "matplotlib.figure": None}):
            work()

    return run


NO_PICTURES = r"^pictures need matplotlib \(.*\); pip install 'geopolicy\[pictures\]'$"

CASES = {
    "open_drive": [
        (
            lambda folder: gp.open_drive(folder / "d.csv"),
            gp.errors.DriveFileError,
            r"^drive 'd\.csv': must be a readable file, got No such",
        ),
        (
            lambda _: gp.open_drive(io.BytesIO(b"\0")),
            gp.errors.DriveFileError,
            r"^drive 'stream': must be GPX, NMEA 0183, CSV, GeoJSON",
        ),
        (
            lambda _: gp.open_drive(io.BytesIO(b""), format="kml"),
            ValueError,
            r"^format must be one of csv, .*, got 'kml'$",
        ),
        (
            lambda _: gp.open_drive(io.BytesIO(b""), columns="lat"),
            ValueError,
            r"^columns must be like lat=Y,lon=X,time=stamp:posix,status=-$",
        ),
        (
            lambda _: gp.open_drive(io.BytesIO(b""), timezone="Mars/Base"),
            ValueError,
            r"^timezone must be a name such as Europe/Berlin or UTC, got 'Mars/Base'$",
        ),
        (
            lambda _: gp.open_drive(io.BytesIO(b""), confidence=90),
            ValueError,
            r"^confidence must be 68 or 95, got 90$",
        ),
        (
            lambda _: gp.open_drive(io.StringIO("lat,lon")),
            TypeError,
            r"^a drive must be read from a binary stream, got .* str$",
        ),
    ],
    "Drive": [
        (
            lambda _: drained(gp.open_drive(io.BytesIO(b"<gpx"), format="gpx")),
            gp.errors.DriveFileError,
            r"^drive 'stream': ",
        ),
        (twice, RuntimeError, r"^drive 'stream': can be iterated once; open it again$"),
    ],
    "replay": [
        (
            lambda _: drained(gp.replay.replay(ENGINE, [gp.Fix(45.5, 13.5)], state="flying")),
            ValueError,
            r"^state must be one of driving, parked or None, got 'flying'$",
        ),
        (
            lambda _: drained(gp.replay.replay(ENGINE, [gp.Fix(45.5, 13.5, time=NAIVE)])),
            ValueError,
            r"^time must be an aware datetime, got a naive one; give it a tzinfo",
        ),
    ],
    "MonitoredReplay": [
        (
            lambda _: gp.replay.MonitoredReplay(ENGINE, gp.MonitorProfile(safety_relevant=["lidar"])),
            ValueError,
            r"^profile: on_unknown must have a choice for safety-relevant 'lidar', got none$",
        ),
    ],
    "report_drive": [
        (
            lambda _: gp.report_drive([gp.Fix(45.5, 13.5, time=NAIVE)], SET),
            ValueError,
            r"^time must be an aware datetime, got a naive one; give it a tzinfo",
        ),
    ],
    "DriveReport.html": [
        (
            lambda _: gp.report_drive([], SET).html("tiles.example"),
            ValueError,
            r"^tiles must be an address such as https://tiles\.example/\{z\}/\{x\}/\{y\}\.png, got 'tiles\.example'$",
        ),
    ],
    "DriveReport.save": [
        (
            lambda folder: gp.report_drive([], SET).save(folder / "none" / "drive.html"),
            OSError,
            r"No such file or directory",
        ),
    ],
    "draw_zones": [
        (
            lambda _: gp.draw_zones(SET, time=NAIVE),
            ValueError,
            r"^time must be an aware datetime, got a naive one; give it a tzinfo",
        ),
        (
            lambda _: gp.draw_zones(SET, time=datetime(9999, 12, 31, tzinfo=UTC)),
            ValueError,
            r"^days must end before the year 10,000, got 7 from 9999-12-31 00:00:00\+00:00$",
        ),
        (lambda _: gp.draw_zones(SET, days=True), TypeError, r"^days must be a whole number, got bool$"),
        (lambda _: gp.draw_zones(SET, days=367), ValueError, r"^days must be 1 to 366, got 367$"),
        (
            lambda _: gp.draw_zones(SET, since=[SET, overlay_of([])]),
            ValueError,
            r"^since must be one set of zones, to be compared with one, got 2 and 1 sets$",
        ),
        (
            lambda _: gp.draw_zones(SET, [gp.Vehicle()]),
            TypeError,
            r"^vehicles must be a Vehicle, or Vehicles by name, got list$",
        ),
    ],
    "ZoneDrawing.html": [
        (
            lambda _: gp.draw_zones(SET).html("tiles.example"),
            ValueError,
            r"^tiles must be an address such as https://tiles\.example/\{z\}/\{x\}/\{y\}\.png, got 'tiles\.example'$",
        ),
    ],
    "ZoneDrawing.png": [
        (
            lambda _: gp.draw_zones(SET).png((1600, 20)),
            ValueError,
            r"^size_px must be width and height, whole numbers from 300 to 8000 pixels, got \(1600, 20\)$",
        ),
        (without_matplotlib(lambda: gp.draw_zones(SET).png()), ImportError, NO_PICTURES),
    ],
    "ZoneDrawing.svg": [
        (
            lambda _: gp.draw_zones(SET).svg((1600, 1200.5)),
            ValueError,
            r"^size_px must be width and height, whole numbers from 300 to 8000 pixels, got \(1600, 1200\.5\)$",
        ),
        (without_matplotlib(lambda: gp.draw_zones(SET).svg()), ImportError, NO_PICTURES),
    ],
    "ZoneDrawing.save": [
        (
            lambda folder: gp.draw_zones(SET).save(folder / "none" / "zones.html"),
            OSError,
            r"No such file or directory",
        ),
    ],
    "DriveReport.png": [
        (
            lambda _: gp.report_drive([], SET).png((1600, 20)),
            ValueError,
            r"^size_px must be width and height, whole numbers from 300 to 8000 pixels, got \(1600, 20\)$",
        ),
        (without_matplotlib(lambda: gp.report_drive([], SET).png()), ImportError, NO_PICTURES),
    ],
    "DriveReport.svg": [
        (
            lambda _: gp.report_drive([], SET).svg((1600, 1200.5)),
            ValueError,
            r"^size_px must be width and height, whole numbers from 300 to 8000 pixels, got \(1600, 1200\.5\)$",
        ),
        (without_matplotlib(lambda: gp.report_drive([], SET).svg()), ImportError, NO_PICTURES),
    ],
    "MonitoredReplay.steps": [
        (
            lambda _: drained(gp.replay.MonitoredReplay(ENGINE).steps([gp.Fix(45.5, 13.5, time=NAIVE)])),
            ValueError,
            r"^time must be an aware datetime, got a naive one; give it a tzinfo",
        ),
    ],
}
