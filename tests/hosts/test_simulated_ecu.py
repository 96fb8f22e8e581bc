"""The ECU of the tutorial: whatever its receiver does, no frame is taken, kept or sent where a zone forbids it.

The truth is where SUMO has the vehicle, and what `covers_slowly` says of each zone there: no engine is asked.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path

import libsumo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.model.sensors import names_sensor
from geopolicy.testing import covers_slowly

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
ZONES = gp.read_zones(TUTORIAL.parent / "examples" / "sumo" / "zones.geojson")


def load(name):
    spec = importlib.util.spec_from_file_location(name, TUTORIAL / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ecu = load("simulated_ecu")
ENGINE = gp.open(ZONES, ecu.VEHICLE)
receivers = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32),
        "sigma_m": st.floats(0.1, 6.0),
        "drop": st.floats(0.0, 0.95),
        "late_steps": st.integers(0, 20),
    }
)


def required(camera, lat, lon):
    """The level that the zones ask for a camera at a place."""
    levels = [
        rule.level
        for zone in ZONES
        if covers_slowly(zone, lat, lon)
        for rule in zone.rules
        if any(names_sensor(name, camera) for name in rule.sensors)
    ]
    return max(levels, default=gp.Level.ALLOW)


def is_kept(frame, level):
    """Whether what became of a frame is what a level allows."""
    return (
        level < gp.Level.OFF
        and (level < gp.Level.NO_RECORD or not frame.is_recorded)
        and (level < gp.Level.IN_VEHICLE or not frame.is_sent)
        and (level < gp.Level.ANONYMIZE or frame.is_blurred or not frame.is_sent)
    )


def broken_frames(given_receiver, counts, ecu_class=None, until_s=100.0):
    """The frames that break what the zones ask, of a drive of the town."""
    seed, told = given_receiver["seed"], {key: value for key, value in given_receiver.items() if key != "seed"}
    options = ["--seed", str(seed % 1000), "--random-depart-offset", "30", "--lanechange.duration", "2"]
    libsumo.start(["sumo", "-c", str(ecu.TOWN / "town.sumocfg"), "--no-warnings", *options])
    broken = []
    original, ecu.Ecu = ecu.Ecu, ecu_class or ecu.Ecu
    try:
        for vehicle, frames in ecu.drive(libsumo, ENGINE, lambda number: ecu.Receiver(seed + number, **told)):
            if libsumo.simulation.getTime() > until_s:
                break
            lon, lat = libsumo.simulation.convertGeo(*libsumo.vehicle.getPosition(vehicle))
            asked = {camera: required(camera, lat, lon) for camera in ecu.VEHICLE.sensors}
            counts["cycles"] += 1
            counts["cycles in zones"] += max(asked.values()) > gp.Level.ALLOW
            counts["frames"] += len(frames)
            broken += [frame for frame in frames if not is_kept(frame, asked[frame.camera])]
    finally:
        ecu.Ecu = original
        libsumo.close()
    return broken


@settings(max_examples=8)
@given(receivers)
def test_no_frame_breaks_what_a_zone_asks(given_receiver):
    assert broken_frames(given_receiver, Counter()) == []


@pytest.mark.campaign
def test_campaign_no_frame_breaks_what_a_zone_asks(campaign):
    def check(given_receiver):
        counts = Counter()
        assert broken_frames(given_receiver, counts, until_s=330.0) == []
        campaign.add(**{name.replace(" ", "_"): count for name, count in counts.items()})

    for _ in campaign:
        campaign.try_examples(3, receivers, check)


def test_frames_are_taken_outside_of_zones():
    counts = Counter()
    assert broken_frames({"seed": 1, "sigma_m": 2.0, "drop": 0.2, "late_steps": 2}, counts) == []
    assert counts["cycles in zones"] > 1000
    assert counts["frames"] > 0.5 * 2 * (counts["cycles"] - counts["cycles in zones"])


def test_frames_of_an_ecu_that_does_not_obey_are_found():
    class Deaf(ecu.Ecu):
        def obey(self, decision):
            del decision
            for camera in self.cameras:
                camera.level = gp.Level.ALLOW

    assert len(broken_frames({"seed": 1}, Counter(), Deaf)) > 1000


def test_late_and_noisy_fixes_by_themselves_would_allow_frames_inside():
    """What a monitor is for: a fix outside of a zone is no proof that the vehicle is."""
    hearing, front, wrong = {}, "camera.exterior.front", []

    def hear(vehicle, true):
        heard = hearing.setdefault(vehicle, ecu.Receiver(len(hearing))).hear(true)
        if heard is not None:
            alone = ENGINE.decide(heard.lat, heard.lon).levels[front]
            wrong.append(alone < required(front, true.lat, true.lon))
        return heard

    libsumo.start(["sumo", "-c", str(ecu.TOWN / "town.sumocfg"), "--no-warnings"])
    fleet = gp.hosts.SumoFleet(ENGINE, receiver=hear)
    while libsumo.simulation.getTime() < 100.0:
        fleet.step()
    libsumo.close()
    assert sum(wrong) > 10


def test_camera_is_off_until_somebody_decides():
    assert ecu.Ecu().cycle(0.0) == []


def test_tutorial_prints_what_its_page_shows(capsys):
    ecu.main()
    shown = re.findall(
        r"^ *[\d,]+ (?:camera|cycles).*$", (TUTORIAL / "simulated-ecu.md").read_text("utf-8"), re.MULTILINE
    )
    assert [line for line in capsys.readouterr().out.splitlines() if "ycles" in line or "camera" in line] == shown != []


def test_tutorial_shows_what_stands_in_the_file():
    source = (TUTORIAL / "simulated_ecu.py").read_text("utf-8")
    page = (TUTORIAL / "simulated-ecu.md").read_text("utf-8")
    shown = re.findall(r"^<!-- not run -->\n```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 4
    assert [block for block in shown if block not in source] == []
