"""Zones, a drive and ways to run the command, for its tests."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import geopolicy as gp
from shapes import box
from zone_files import collection, feature

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
SOURCE = Path(gp.__file__).resolve().parent.parent
BAD_ZONES = TESTS / "data" / "bad-zones"
EXPECTED = json.loads((BAD_ZONES / "expected.json").read_text(encoding="utf-8"))
COMMANDS = ("check", "validate", "lint", "info", "replay", "watch", "drives", "status", "schema", "doctor", "kernel")

ZONES = collection(
    feature(
        box(13.0, 45.0, 14.0, 46.0), "yard", name="The yard [red]", rules=[{"sensors": ["camera"], "level": "off"}]
    ),
    feature(
        box(-58.0, -35.0, -57.0, -34.0),
        "southern",
        timezone="UTC",
        rules=[
            {"sensors": ["*"], "level": "no_record", "active": {"hours": "22:00-06:00"}},
            {"sensors": ["lidar"], "store_in": "AR", "unless": {"state": "parked"}},
        ],
    ),
    feature(box(20.0, 45.0, 21.0, 46.0), "wifi-only", rules=[{"sensors": ["link.wifi"], "level": "off"}]),
)
DRIVE = "t_utc,lat,lon\n" + "".join(
    f"2026-03-02T12:00:{second:02d}Z,45.{second:02d}12345,{lon}\n"
    for second, lon in enumerate(("12.9876543", "13.1876543", "13.2876543", "", "14.2876543"))
)
CALM = collection(feature(box(50, 50, 51, 51), "far"))


def shell(*arguments: str, stdin=b"", program=None, **environment: str):
    """Runs the command as a process of its own."""
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error"} | environment
    command = [sys.executable, *(program or ["-m", "geopolicy"]), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, env=variables, timeout=300, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def typed(text):
    """Standard input that holds a text: as a process has it, characters on top of bytes."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
