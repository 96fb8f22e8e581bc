"""Recorded drives past zones drawn along them, with the answers scripted for each fix; data from elsewhere."""

from __future__ import annotations

import csv
import json

import geopolicy as gp

SCENARIOS = {
    "bus1111": ("liverpool_bus14_trip1111.csv", 147, 20),
    "car_visnjan": ("gpxpy_around-visnjan-with-car.csv", 104, 11),
    "highway": ("comma2k19_highway_ublox_10hz.csv", 579, 10),
}
SENSORS = ["camera_front", "camera_rear", "camera_side", "lidar", "microphone", "radar"]


def scenario(shared_data, name):
    """Fixes, answers per fix, and what each zone disables."""
    trace, count, zones = SCENARIOS[name]
    with (shared_data / "traces" / trace).open(encoding="utf-8", newline="") as source:
        fixes = [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(source)]
    lines = (shared_data / "scenarios" / f"{name}_answers.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    answers = [json.loads(line) for line in lines]
    features = _collection(shared_data, name)["features"]
    disables = {feature["id"]: set(feature["properties"]["disable"]) for feature in features}
    assert (len(fixes), len(answers), len(disables)) == (count, count, zones)
    assert [answer["i"] for answer in answers] == list(range(count))
    return fixes, answers, disables


def scenario_zones(shared_data, name):
    """The zones of a scenario, whose file has no header."""
    header = {"format": 1, "coverage": "world"}
    return gp.ZoneSet.parse(json.dumps({"geopolicy": header} | _collection(shared_data, name)))


def _collection(shared_data, name):
    return json.loads((shared_data / "scenarios" / f"{name}_zones.geojson").read_text(encoding="utf-8"))
