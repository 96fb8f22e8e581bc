"""The samples of dialects and the results expected of them name each other and hold together."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from drive_samples import DRIVES
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from geopolicy.model.fixes import Fix

DIALECTS = DRIVES / "dialects"
EXPECTED = json.loads((DIALECTS / "expected.json").read_text(encoding="utf-8"))["samples"]
READINGS = [(name, reading) for name, sample in EXPECTED.items() for reading in sample["readings"]]
NUMBERS = ("lat", "lon", "age_s", "accuracy_95_m", "speed_mps", "course_deg")


def test_expected_names_every_sample_and_no_other():
    assert sorted(EXPECTED) == sorted({path.name for path in DIALECTS.iterdir()} - {"expected.json"})


@pytest.mark.parametrize(("name", "reading"), READINGS)
def test_expected_readings_hold_together(name, reading):
    assert reading["fixes"] or "error" in reading, name
    assert set(reading["options"]) <= {"format", "timezone", "columns", "confidence"}
    for fix in reading["fixes"]:
        assert all(fix[field] is None or math.isfinite(fix[field]) for field in NUMBERS)
        assert fix["time"] is None or datetime.fromisoformat(fix["time"]).tzinfo is not None
        if fix["valid"]:
            assert -90 <= fix["lat"] <= 90
            assert -180 <= fix["lon"] <= 180
        if fix["accuracy_95_m"] is not None:
            assert fix["accuracy_95_m"] > 0
            assert reading["states_accuracy"] is True


def differences(fix: Fix, expected: dict[str, object], ahead_s: float) -> list[str]:
    """The names of what a fix states otherwise than expected; a speed or course that is not read is a loss only."""
    age_s = None if fix.monotonic_s is None else fix.monotonic_s + ahead_s
    time = None if expected["time"] is None else datetime.fromisoformat(expected["time"])
    wrong = []
    if fix.valid != expected["valid"] or (fix.time is None) != (time is None):
        wrong.append("valid or time")
    if fix.valid and (fix.lat, fix.lon) != pytest.approx((expected["lat"], expected["lon"]), abs=1e-9):
        wrong.append("position")
    if fix.time is not None and time is not None and abs((fix.time - time).total_seconds()) > 1e-3:
        wrong.append("time")
    for field, value in (("age_s", age_s), ("accuracy_95_m", fix.accuracy_95_m)):
        if value != (None if expected[field] is None else pytest.approx(expected[field], abs=1e-3)):
            wrong.append(field)
    for field, value in (("speed_mps", fix.speed_mps), ("course_deg", fix.course_deg)):
        if value is not None and value != pytest.approx(expected[field], abs=1e-4):
            wrong.append(field)
    if fix.spoofing != expected.get("spoofing", False) or fix.jamming != expected.get("jamming", False):
        wrong.append("spoofing or jamming")
    return wrong


def check_fixes(fixes: list[Fix], expected: list[dict[str, object]]) -> None:
    first_s = next((fix.monotonic_s for fix in fixes if fix.monotonic_s is not None), 0.0)
    expected_s = next((fix["age_s"] for fix in expected if fix["age_s"] is not None), 0.0)
    wrong = [differences(fix, values, expected_s - first_s) for fix, values in zip(fixes, expected, strict=True)]
    assert not any(wrong), wrong


def error_of(name, reading) -> str | None:
    try:
        list(open_drive(DIALECTS / name, **reading["options"]))
    except DriveFileError as error:
        return str(error)
    return None


@pytest.mark.parametrize(("name", "reading"), READINGS)
def test_sample_is_read_as_expected(name, reading):
    if "error" in reading or reading.get("or_error"):
        error = error_of(name, reading)
        if error is not None:
            assert all(word in error for word in reading.get("error", ()))
            return
    drive = open_drive(DIALECTS / name, **reading["options"])
    fixes = list(drive)
    assert "error" not in reading
    check_fixes(fixes, reading["fixes"])
    assert drive.states_accuracy == reading["states_accuracy"]
    words = [*drive.assumptions, *drive.causes.lines(), *drive.skipped, *drive.columns, *drive.not_read]
    assert [word for word in reading["says"] if word.lower() not in " ".join(words).lower()] == []
