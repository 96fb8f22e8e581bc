"""Sample drives, and ways to read what a test wrote itself."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.model.fixes import Fix

DRIVES = Path(__file__).resolve().parents[1] / "data" / "drives"
TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
READABLE = {
    "Mojstrovka.gpx": 184,
    "korita-zbevnica.gpx": 871,
    "night.nmea": 8,
    "route.gpx": 2,
    "shift-semicolon.csv": 2,
    "shift.csv": 10,
    "shift-points.geojson": 3,
    "shift.geojson": 8,
    "shift.gpx": 6,
    "visnjan-car.gpx": 104,
}
SMALL = sorted(set(READABLE) - {"Mojstrovka.gpx", "korita-zbevnica.gpx"})
HEAD = "t_utc,lat,lon,accuracy_95_m,speed_mps,course_deg\n"


def path_of(name: str) -> Path:
    return (TUTORIAL if name == "visnjan-car.gpx" else DRIVES) / name


def read(content: bytes | str, kind: str) -> list[Fix]:
    return list(open_drive(io.BytesIO(content.encode() if isinstance(content, str) else content), format=kind))


def positions(fixes: Iterable[Fix]) -> list[tuple[float, float]]:
    return [(fix.lat, fix.lon) for fix in fixes]


def sentence(body: str) -> str:
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n"


def read_until_error(content: bytes | str, kind: str, match: str, **options: Any) -> list[Fix]:
    fixes: list[Fix] = []
    drive = open_drive(io.BytesIO(content.encode() if isinstance(content, str) else content), format=kind, **options)
    with pytest.raises(DriveFileError, match=match):
        fixes.extend(fix for fix in drive)
    return fixes


def fixes_before_error(content: bytes | str, kind: str) -> list[Fix]:
    source = io.BytesIO(content.encode() if isinstance(content, str) else content)
    fixes: list[Fix] = []
    with contextlib.suppress(DriveFileError):
        fixes.extend(fix for fix in open_drive(source, format=kind))
    return fixes
