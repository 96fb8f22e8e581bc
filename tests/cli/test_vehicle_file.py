"""``--vehicle``: what a vehicle file may hold, and what is said of one that is wrong."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp


def test_vehicle_file_gives_sensors_and_attributes(cli, zones, tmp_path):
    path = tmp_path / "vehicle.json"
    path.write_text('{"sensors": ["link.wifi", "camera.front"], "attributes": {"make": "Example"}}')
    _, out, _ = cli("check", zones, "45.5", "20.5", "--vehicle", path, "--json")
    assert json.loads(out)["decisions"][0]["disabled"] == ["link.wifi"]
    assert set(json.loads(out)["decisions"][0]["levels"]) == {"link.wifi", "camera.front"}


def test_vehicle_file_without_sensors_is_the_default_vehicle(cli, zones, tmp_path):
    path = tmp_path / "vehicle.json"
    path.write_text("{}")
    _, out, _ = cli("check", zones, "0", "0", "--vehicle", path, "--json")
    assert tuple(json.loads(out)["decisions"][0]["levels"]) == gp.Vehicle().sensors


def test_vehicle_file_gives_limits_and_notices(tmp_path):
    path = tmp_path / "vehicle.json"
    path.write_text(
        """{
            "sensors": ["camera.front", "camera.rear", "lidar"],
            "limits": {
                "*": {"retain_s": {"at_least": 60}},
                "camera": {"retain_s": {"at_least": 3600}, "resolution_m": {"at_least": 0.5, "at_most": 20}},
                "camera.rear": {"resolution_m": {}}
            },
            "shows": ["stopped:outside", "collecting:outside"]
        }"""
    )
    hour, minute = gp.LimitRange(at_least=3600), gp.LimitRange(at_least=60)
    assert gp.read_vehicle(path) == gp.Vehicle(
        ["camera.front", "camera.rear", "lidar"],
        limits={
            "camera.front": {"retain_s": hour, "resolution_m": gp.LimitRange(0.5, 20)},
            "camera.rear": {"retain_s": hour, "resolution_m": gp.LimitRange()},
            "lidar": {"retain_s": minute},
        },
        shows=["collecting:outside", "stopped:outside"],
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be one JSON text"),
        ("[]", "must be a JSON object, got []"),
        ('{"sensor": ["camera"]}', "has only the members sensors, attributes, limits, shows, got sensor - at $.sensor"),
        ('{"sensors": "camera"}', "sensors must be a list of names, got camera - at $.sensors"),
        ('{"sensors": null}', "sensors must be a list of names, got null - at $.sensors"),
        ('{"sensors": [1]}', "sensors must be a list of names, got [1] - at $.sensors"),
        ('{"sensors": []}', "a vehicle needs at least one sensor, got none - at $.sensors"),
        ('{"sensors": ["Camera"]}', "got 'Camera' - at $.sensors"),
        ('{"sensors": ["a", "a"]}', "sensors must be unique, got 'a' twice - at $.sensors"),
        ('{"attributes": ["a"]}', 'attributes must be an object of texts, got ["a"] - at $.attributes'),
        ('{"attributes": {"make": 1}}', 'attributes must be an object of texts, got {"make": 1} - at $.attributes'),
        ('{"limits": ["retain_s"]}', "limits must be an object of objects, by sensor and limit, got ["),
        ('{"limits": null}', "by sensor and limit, got null - at $.limits"),
        ('{"limits": {"lidar": 60}}', "limits of a sensor must be an object of ranges, got 60 - at $.limits.lidar"),
        (
            '{"limits": {"retain_s": {"at_least": 60}}}',
            "must be those of its sensors, got 'retain_s' - at $.limits.ret",
        ),
        ('{"limits": {"sonar": {}}}', "limits must be those of its sensors, got 'sonar' - at $.limits.sonar"),
        ('{"limits": {"camera": {"retain": {}}}}', "got 'retain' - at $.limits.camera.retain"),
        ('{"limits": {"camera": {"retain_s": 60}}}', "both or none, got 60 - at $.limits.camera.retain_s"),
        ('{"limits": {"camera": {"retain_s": []}}}', "both or none, got [] - at $.limits.camera.retain_s"),
        ('{"limits": {"camera": {"retain_s": null}}}', "both or none, got null - at $.limits.camera.retain_s"),
        ('{"limits": {"camera": {"retain_s": {"at_least": null}}}}', 'got {"at_least": null} - at $.limits.camera.ret'),
        ('{"limits": {"camera": {"retain_s": {"least": 60}}}}', "got {'least': 60} - at $.limits.camera.retain_s"),
        ('{"limits": {"*": {"position_m": {"at_most": 0}}}}', 'number above 0, got 0 - at $.limits["*"].position_m'),
        ('{"limits": {"*": {"position_m": {"at_most": "9"}}}}', "number above 0, got '9' - at $.limits["),
        ('{"limits": {"*": {"position_m": {"at_most": 1, "at_least": 2}}}}', "must not be above at_most, got 2 and 1"),
        ('{"shows": "stopped:outside"}', "shows must be a list of notices, got stopped:outside - at $.shows"),
        ('{"shows": [1]}', "shows must be a list of notices, got [1] - at $.shows"),
        ('{"shows": ["stopped:outside", "outside"]}', "stopped:outside, got 'outside' - at $.shows[1]"),
        ('{"sensors": ["a"], "sensors": ["b"]}', "a member must stand only once"),
        ('{"attributes": {"x": NaN}}', "numbers must be finite, got NaN - at $"),
        ("[" * 5000, "must not be nested deeper"),
        ("[" * 900 + "]" * 900, "must"),
    ],
    ids=range(32),
)
def test_vehicle_file_that_is_wrong_ends_with_1_and_says_where(cli, zones, tmp_path, text, said):
    path = tmp_path / "vehicle.json"
    path.write_text(text)
    code, out, err = cli("check", zones, "45.5", "13.5", "--vehicle", path)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: vehicle file '{path}': ")
    assert said in err


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_vehicle_file_that_cannot_be_read_ends_with_1(cli, zones, tmp_path, name):
    code, _, err = cli("check", zones, "45.5", "13.5", "--vehicle", tmp_path / name)
    assert (code, "must be readable" in err) == (1, True)
