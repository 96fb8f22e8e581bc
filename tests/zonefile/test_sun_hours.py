"""Hours by the sun as zone files spell them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

import geopolicy
import zone_strategies
from geopolicy.model.rules import Condition, Level, Rule
from geopolicy.model.windows import SunHours, Window
from geopolicy.zonefile.rule_json import as_json
from geopolicy.zonefile.window_json import parse_hours

NIGHT, DAY = SunHours("sunset", "sunrise"), SunHours("sunrise", "sunset")

SPELLINGS = {
    "sunset..sunrise": NIGHT,
    "sunrise..sunset": DAY,
    "sunset-30min..sunrise": SunHours("sunset", "sunrise", -30),
    "sunrise+15min..sunset": SunHours("sunrise", "sunset", 15),
    "sunrise-360min..sunset+360min": SunHours("sunrise", "sunset", -360, 360),
    "sunset..sunrise-1min": SunHours("sunset", "sunrise", 0, -1),
}
MISSPELT = [
    "sunset..sunset",
    "sunrise..sunrise+5min",
    "sunset-sunrise",
    "sunset...sunrise",
    "sunset..",
    "..",
    "Sunset..Sunrise",
    "sunset ..sunrise",
    "sunset+361min..sunrise",
    "sunset+999min..sunrise",
    "sunset+0min..sunrise",
    "sunset+030min..sunrise",
    "sunset30min..sunrise",
    "sunset-30..sunrise",
    "sunset-30m..sunrise",
    "sunset-0.5min..sunrise",
    "sunset-\u0663min..sunrise",
    "sunset..sunrise\n",
    "dusk..dawn",
    "sunset..06:00",
    "22:00..sunrise",
]


def hours_schema() -> Draft202012Validator:
    path = Path(geopolicy.__file__).parent / "zonefile" / "zonefile.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    return Draft202012Validator({"$ref": "#/$defs/hours", "$defs": schema["$defs"]})


@pytest.mark.parametrize("text", SPELLINGS)
def test_spelling_is_read_and_written_back(text):
    assert parse_hours(text) == SPELLINGS[text]
    rule = Rule(["camera"], Level.OFF, when=Condition([Window(hours=[SPELLINGS[text]])]))
    assert as_json(rule)["active"] == [{"hours": [text]}]
    assert hours_schema().is_valid(text)


@pytest.mark.parametrize("text", MISSPELT)
def test_misspelling_is_refused_by_reader_and_schema(text):
    assert parse_hours(text) is None
    assert not hours_schema().is_valid(text)


@given(zone_strategies.sun_hours)
def test_hours_written_are_read_as_the_same(hours):
    rule = Rule(["camera"], Level.OFF, when=Condition([Window(hours=[hours])]))
    (text,) = as_json(rule)["active"][0]["hours"]
    assert parse_hours(text) == hours
    assert hours_schema().is_valid(text)


@pytest.mark.parametrize("offset", [-361, 361, 0.5, True, "30"])
def test_offset_that_is_not_minutes_of_six_hours_is_refused(offset):
    with pytest.raises(ValueError, match="must be whole minutes in"):
        SunHours("sunset", "sunrise", 0, offset)
