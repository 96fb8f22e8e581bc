"""``--whole`` of ``replay`` and ``watch``: each line says what holds for every sensor."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.cli.replay_changes import _state_phrases
from receiver_samples import nav_pvt
from shapes import box

SENSORS = gp.Vehicle().sensors
LABELS = {"allowed": "allow", "allowed, but bound": "allow"} | {level.label: level.label for level in gp.Level}


def sensors_of(text):
    """The sensors that a list of names means."""
    if text == "all sensors":
        return set(SENSORS)
    names = text.split(", ")
    groups = [name.removesuffix("*") for name in names if name.endswith(".*")]
    return {name for name in SENSORS if name in names or name.startswith(tuple(groups))}


def levels_of(line):
    """Each sensor with its level, as a line has it; none may be there twice."""
    found = {}
    for phrase in re.sub(r"   \[.*| \(\w+\)", "", line).split("; "):
        what, _, names = phrase.partition(": ")
        if what in LABELS:
            assert not found.keys() & sensors_of(names)
            found |= dict.fromkeys(sensors_of(names), LABELS[what])
    return found


@given(st.tuples(*(st.sampled_from(gp.Level) for _ in SENSORS)), st.sets(st.sampled_from(SENSORS)))
def test_whole_state_names_every_sensor_once_with_its_level(levels, consented):
    rules = [gp.Rule([name], level) for name, level in zip(SENSORS, levels, strict=True) if level > gp.Level.ALLOW]
    rules += [gp.Rule([name], needs_consent=True) for name in consented]
    zone = gp.Zone("square", box(13, 45, 14, 46), rules or [gp.Rule(["none"], gp.Level.OFF)])
    decision = gp.open(gp.ZoneSet([zone])).decide(45.5, 13.5)
    phrases = list(_state_phrases(decision))
    assert levels_of("; ".join(phrases)) == {name: level.label for name, level in decision.levels.items()}
    asked = [phrase for phrase in phrases if phrase.startswith("needs consent: ")]
    assert [sensors_of(phrase.partition(": ")[2]) for phrase in asked] == ([consented] if consented else [])


def test_whole_lines_of_replay_say_what_json_says(cli, drive, zones):
    for options in (["--raw"], []):
        lines = cli("replay", drive, zones, *options, "--whole")[1].partition("\n\n")[0].splitlines()
        told = json.loads(cli("replay", drive, zones, *options, "--json", "--whole")[1])["changes"]
        stated = [line.partition("Z  ")[2] for line in lines if "Z  " in line and "passed through" not in line]
        assert [levels_of(line) for line in stated] == [change["levels"] for change in told]
        assert told == json.loads(cli("replay", drive, zones, *options, "--json")[1])["changes"]


def test_whole_lines_are_as_many_as_those_of_changes(cli, drive, zones):
    starts = [
        [line[:22] for line in cli("replay", drive, zones, "--raw", *options)[1].partition("\n\n")[0].splitlines()]
        for options in ([], ["--whole"])
    ]
    assert starts[0] == starts[1]


def test_whole_lines_of_watch_name_every_sensor(cli, zones, tmp_path):
    path = tmp_path / "receiver.ubx"
    path.write_bytes(nav_pvt(0) + nav_pvt(1))
    _, out, _ = cli("watch", path, zones, "--whole")
    lines = [line.partition("  ")[2] for line in out.splitlines()]
    assert lines
    assert all(levels_of(line).keys() == set(SENSORS) for line in lines)
