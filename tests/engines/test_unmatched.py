"""Sensors by names that nobody else uses: told where a monitor is built, and by `gp.unmatched_sensors`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.model.vocabulary import SENSORS
from geopolicy.testing import ScriptedEngine
from shapes import box

ENGINES = ("kernel", "reference")
WORDS = st.sampled_from(["camera", "exterior", "front", "cabin", "lidar", "roof", "link", "x1", "kamera", "thermal"])
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(".".join)


def opened(names, sensors, engine="kernel"):
    zones = [
        gp.Zone(f"zone-{i}", box(13 + i, 45, 14 + i, 46), [gp.Rule([name], gp.Level.OFF)])
        for i, name in enumerate(names)
    ]
    return gp.open(gp.ZoneSet(zones), gp.Vehicle(sensors), engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_rules_of_all_layers_count(engine):
    """An overlay may be the only one that names a sensor, and so may the base."""
    zones = [gp.Zone(name, box(13, 45, 14, 46), [gp.Rule([name], gp.Level.OFF)]) for name in ("x1", "camera.exterior")]
    layers = [gp.ZoneSet(zones[:1]), gp.ZoneSet(zones[1:], gp.ZoneFileHeader("storm", 1, kind="overlay"))]
    opened_both = gp.open(layers, gp.Vehicle(["x1", "camera.front", "y1"]), engine)
    assert gp.unmatched_sensors(opened_both) == {"camera.front": "camera.exterior.front", "y1": None}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("names", "sensor", "meant"),
    [
        (["camera.exterior"], "camera.front", "camera.exterior.front"),
        (["camera", "camera.exterior"], "camera.front", "camera.exterior.front"),  # one of two passes it over
        (["camera"], "kamera.vorn", "camera"),
        (["*"], "kamera.vorn", "camera"),
        (["lidar"], "thermo", None),
        (["spectrometer"], "spectrometre", "spectrometer"),
        (["microphone.cabin"], "mic", "microphone"),
        (["lidar.roof"], "lidar.left", "lidar"),
    ],
)
def test_sensor_that_rules_pass_over_is_named_with_what_is_meant(names, sensor, meant, engine):
    assert gp.unmatched_sensors(opened(names, ["radar", sensor], engine)) == {sensor: meant}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("names", "sensor"),
    [
        (["camera.exterior"], "camera.exterior.front"),
        (["camera.exterior"], "camera.cabin"),  # in the vocabulary: other zones name it
        (["lidar"], "lidar.left"),
        (["lidar.roof"], "lidar.roof.left"),
        (["lidar.roof"], "lidar"),
        (["spectrometer"], "spectrometer.nose"),
        (["spectrometer.nose"], "spectrometer"),
        (["camera.exterior"], "camera.exterior.top"),
    ],
)
def test_sensor_of_the_vocabulary_or_of_the_zones_is_not_named(names, sensor, engine):
    assert gp.unmatched_sensors(opened(names, ["radar", sensor], engine)) == {}


def test_sensors_without_zones_are_not_named():
    assert gp.unmatched_sensors(opened([], ["x1"])) == {}
    assert gp.unmatched_sensors(ScriptedEngine([], gp.Vehicle(["x1"]))) == {}
    with pytest.raises(TypeError, match=r"^engine must be an engine as geopolicy.open makes it, got str$"):
        gp.unmatched_sensors("zones")


@given(st.lists(NAMES, min_size=1, max_size=3, unique=True), st.lists(NAMES, min_size=1, max_size=3, unique=True))
def test_engines_name_the_same_sensors_and_none_of_the_vocabulary(names, sensors):
    found = [gp.unmatched_sensors(opened(names, sensors, engine)) for engine in ENGINES]
    assert found[0] == found[1]
    assert gp.unmatched_sensors(opened(names, list(SENSORS))) == {}
    for sensor in found[0]:
        assert sensor in sensors
        # Not each rule restricts it: somewhere it is on.
        levels = [gp.open(gp.ZoneSet([zone]), gp.Vehicle([sensor])).decide(45.5, 13.5) for zone in alone(names)]
        assert any(not level.disabled for level in levels)


def alone(names):
    return [gp.Zone("zone", box(13, 45, 14, 46), [gp.Rule([name], gp.Level.OFF)]) for name in names]
