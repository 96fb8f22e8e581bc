"""The samples of dialects and the results expected of them name each other and hold together."""

from __future__ import annotations

import json
import math
from datetime import datetime

import pytest

from drive_samples import DRIVES

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
        assert fix["time"] is None or fix["age_s"] is not None
        if fix["valid"]:
            assert -90 <= fix["lat"] <= 90
            assert -180 <= fix["lon"] <= 180
        if fix["accuracy_95_m"] is not None:
            assert fix["accuracy_95_m"] > 0
            assert reading["states_accuracy"] is True
