"""Signals of VSS: what a vehicle does, decisions as signals, and the overlay, exported by vss-tools."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.hosts import vss, vss_overlay, vss_state, vss_values
from shapes import box

OVERLAY = Path(__file__).resolve().parents[2] / "docs" / "examples" / "geopolicy.vspec"
BASE = """\
Vehicle:
  type: branch
  description: What VSS says of a vehicle, in part.
Vehicle.Cabin:
  type: branch
  description: The cabin.
"""
WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,3}", fullmatch=True) | st.sampled_from(["level", "reasons", "is_allowed"])
SENSORS = st.lists(st.lists(WORDS, min_size=1, max_size=3).map(".".join), min_size=1, max_size=5, unique=True)
MOVING, SPEED = "Vehicle.IsMoving", "Vehicle.Speed"
BRAKE, LOCK = "Vehicle.Chassis.ParkingBrake.IsEngaged", "Vehicle.Powertrain.Transmission.IsParkLockEngaged"


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({MOVING: True}, "driving"),
        ({MOVING: True, BRAKE: True}, "driving"),
        ({MOVING: False, BRAKE: True}, "parked"),
        ({MOVING: False, LOCK: True}, "parked"),
        ({MOVING: False, BRAKE: True, SPEED: 0.4}, "parked"),
        ({MOVING: False, BRAKE: True, SPEED: -5.0}, "driving"),
        ({SPEED: 5.0}, "driving"),
        ({SPEED: 0.0, BRAKE: True}, None),
        ({MOVING: False}, None),
        ({MOVING: False, BRAKE: 1}, None),
        ({MOVING: 0, BRAKE: True}, None),
        ({BRAKE: True}, None),
        ({MOVING: False, BRAKE: False, LOCK: None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_vss_state_is_said_only_where_signals_say_it(values, state):
    assert vss_state(values) == state


def exported(folder, overlay):
    """What vss-tools makes of an overlay above a small VSS: the leaves by their names."""
    for name, text in (("base.vspec", BASE), ("overlay.vspec", overlay), ("units.yaml", "{}"), ("q.yaml", "{}")):
        (folder / name).write_text(text, encoding="utf-8")
    command = [Path(sys.executable).with_name("vspec"), "export", "json", "-s", "base.vspec", "-l", "overlay.vspec"]
    command += ["--strict", "-o", "out.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found, waiting = {}, list(json.loads((folder / "out.json").read_text(encoding="utf-8")).items())
    while waiting:
        name, node = waiting.pop()
        waiting += [(f"{name}.{child}", below) for child, below in node.get("children", {}).items()]
        found |= {} if node["type"] == "branch" else {name: node}
    return found


def test_vss_overlay_in_the_docs_is_that_of_common_sensors_and_is_exported(tmp_path):
    overlay = OVERLAY.read_text(encoding="utf-8")
    assert overlay == vss_overlay()
    leaves = exported(tmp_path, overlay)
    decision = gp.Monitor(None).decision
    assert leaves.keys() == {*vss_values(decision), vss.COUNT}
    level = leaves["Vehicle.Geopolicy.Camera.Exterior.Front.Level"]
    assert (level["type"], level["datatype"]) == ("sensor", "string")
    assert level["allowed"] == ["off", "no_record", "in_vehicle", "anonymize", "allow"]
    assert set(leaves[vss.CERTAINTY]["allowed"]) == {str(one) for one in gp.Certainty}
    kinds = {str: "string", bool: "boolean", list: "string[]"}
    assert all(leaves[name]["datatype"] == kinds[type(value)] for name, value in vss_values(decision).items())


def test_vss_overlay_takes_branches_of_the_vehicle(tmp_path):
    vehicle = gp.Vehicle(["camera.cabin", "lidar_2.roof"])
    names = {"camera.cabin": "Vehicle.Cabin.Camera"}
    leaves = exported(tmp_path, vss_overlay(vehicle, names))
    values = vss_values(gp.Monitor(None, vehicle=vehicle).decision, names)
    assert leaves.keys() == {*values, vss.COUNT}
    assert {"Vehicle.Cabin.Camera.Level", "Vehicle.Geopolicy.Lidar2.Roof.IsAllowed"} <= leaves.keys()


@given(SENSORS)
def test_vss_overlay_has_a_node_of_its_own_for_every_signal_or_is_refused(sensors):
    vehicle = gp.Vehicle(sensors)
    try:
        overlay = vss_overlay(vehicle)
    except ValueError:
        with pytest.raises(ValueError, match=r"see names$"):
            vss_overlay(vehicle)
        return
    nodes = yaml.safe_load(overlay)
    values = vss_values(gp.Monitor(None, vehicle=vehicle).decision)
    assert len(values) == 3 * len(sensors) + 1
    leaves = {name for name, node in nodes.items() if node["type"] == "sensor"}
    assert leaves == {*values, vss.COUNT}
    assert {name.rpartition(".")[0] for name in nodes} <= {*nodes, "Vehicle"} - leaves


def test_vss_values_say_what_is_asked_and_no_zone():
    rules = [
        gp.Rule(["camera"], gp.Level.NO_RECORD),
        gp.Rule(["lidar"], gp.Level.ALLOW, store_in="HR"),
        gp.Rule(["radar"], gp.Level.ALLOW, limits={"retain_s": 60}),
    ]
    zones = gp.ZoneSet([gp.Zone("secret-yard", box(13.0, 45.0, 14.0, 46.0), rules)])
    vehicle = gp.Vehicle(["camera", "lidar", "radar", "ultrasonic"])
    values = vss_values(gp.open(zones, vehicle).decide(45.5, 13.5))
    of = {
        name: [values[f"Vehicle.Geopolicy.{name}.{leaf}"] for leaf in ("Level", "IsAllowed", "Reasons")]
        for name in ("Camera", "Lidar", "Radar", "Ultrasonic")
    }
    assert of["Camera"][:2] == ["no_record", False]
    assert "in_zone" in of["Camera"][2]
    assert of["Lidar"][:2] == ["allow", False]
    assert "store in HR" in of["Lidar"][2]
    assert of["Radar"][:2] == ["off", False]
    assert any(word.startswith("cannot keep") for word in of["Radar"][2])
    assert of["Ultrasonic"] == ["allow", True, []]
    assert values[vss.CERTAINTY] == "certain"
    assert "secret" not in repr(values)
