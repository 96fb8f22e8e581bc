"""Other words for sensors, and the documented names that they mean."""

from __future__ import annotations

import pytest

from geopolicy.model.sensors import names_sensor
from geopolicy.model.vocabulary import SENSORS
from geopolicy.zonefile import sensor_words
from geopolicy.zonefile.sensor_words import near_sensor

GROUPS = sorted(
    {".".join(name.split(".")[:i]) for name in SENSORS for i in (1, 2, 3)},
    key=lambda name: (name.count("."), name),
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("front", "camera.exterior.front"),
        ("rear", "camera.exterior.rear"),
        ("back", "camera.exterior.rear"),
        ("front_sensor", "camera.exterior.front"),
        ("inside", "camera.cabin"),
        ("interior", "camera.cabin"),
        ("rearcam", "camera.exterior.rear"),
        ("cam_left", "camera.exterior.left"),
        ("dash_cam", "camera"),
        ("dms", "camera.driver"),
        ("mics", "microphone"),
        ("audio", "microphone"),
        ("audio.cabin", "microphone.cabin"),
        ("lidar_front", "lidar"),
        ("lidar_back", "lidar"),
        ("front_radar", "radar.front"),
        ("uss", "ultrasonic"),
        ("gnss_receiver", "gnss"),
        ("gps_track", "telemetry.location"),
        ("position", "telemetry.location"),
        ("lte", "link.cellular"),
        ("5g", "link.cellular"),
        ("all_sensors", "*"),
        ("all_cameras", "camera"),
        ("side", None),
        ("imu", None),
        ("q" * 100_000, None),
    ],
)
def test_near_sensor_word_of_people_is_the_name_that_it_means(name, meant):
    assert near_sensor(name, GROUPS) == meant


def test_near_sensor_words_mean_documented_names_only():
    for meant in {*sensor_words._KINDS.values(), *sensor_words._PLACES.values()}:
        assert any(names_sensor(meant, sensor) for sensor in SENSORS)


def test_near_sensor_of_a_vehicle_counts_as_documented():
    assert near_sensor("snif_roof", [*GROUPS, "sniffer", "sniffer.roof"]) == "lidar.roof"
    assert near_sensor("sniffers_roof", [*GROUPS, "sniffer", "sniffer.roof"]) == "sniffer.roof"
