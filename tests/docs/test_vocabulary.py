"""The page of the vocabulary holds the names that the model has, in the same words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geopolicy.model.sensors import DEFAULT_SENSORS, Vehicle, is_sensor_name
from geopolicy.model.vocabulary import ATTRIBUTES, SENSORS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "vocabulary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("heading", "names"), [("Sensors", SENSORS), ("Attributes of vehicles", ATTRIBUTES)])
def test_vocabulary_page_holds_the_lists_of_the_model(heading, names):
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([\w.]+)` \| (.+) \|$", section, re.MULTILINE) == list(names.items())


def test_vocabulary_names_can_be_used():
    assert all(is_sensor_name(name) for name in SENSORS)
    assert set(DEFAULT_SENSORS) <= set(SENSORS)
    more = {"vehicle_type": "scooter"}
    vehicle = Vehicle(attributes=more, class_="car", make="a", model="b", made_in="CN", owner_country="DE")
    assert set(vehicle.attributes) == set(ATTRIBUTES)
