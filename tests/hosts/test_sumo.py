"""Vehicles of SUMO: real simulations by libsumo and traci, decided as monitors alone decide."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import libsumo
import pytest
import traci

import geopolicy as gp
from c_builds import missing
from geopolicy.hosts.sumo import COLOURS, EXACT_M
from geopolicy.replay.steps import metres_between

TOWN = Path(__file__).resolve().parents[2] / "docs" / "examples" / "sumo"
ENGINE = gp.open(TOWN / "zones.geojson")
QUIET = ["--no-step-log", "--no-warnings"]
ROUTES = ["-r", str(TOWN / "town.rou.xml")]


@pytest.fixture
def town():
    """Starts the town, with more options of SUMO; closed at the end."""

    def start(options=(), net="town.net.xml"):
        libsumo.start(["sumo", "-n", str(TOWN / net), "--step-length", "0.1", *QUIET, *options])

    yield start
    libsumo.close()


def add(name, edges=("3#0", "3#1", "3#2", "3#3"), depart="now"):
    libsumo.route.add(name, edges)
    libsumo.vehicle.add(name, name, depart=depart, departSpeed="max")


def plain_fix(sumo, name, start=None):
    lon, lat = sumo.simulation.convertGeo(*sumo.vehicle.getPosition(name))
    return gp.Fix(lat, lon, EXACT_M, start, sumo.simulation.getTime(), sumo.vehicle.getSpeed(name))


def asked(decision):
    return decision.levels, decision.zones, decision.certainty, decision.reasons


@pytest.mark.slow
def test_fleet_decides_as_a_monitor_for_each_vehicle_does(town):
    town(ROUTES)
    fleet = gp.hosts.SumoFleet(ENGINE)
    alone, seen = {}, set()
    for _ in range(1500):
        fleet.step()
        decisions = fleet.decisions
        for name in libsumo.vehicle.getIDList():
            monitor = alone.setdefault(name, gp.Monitor(ENGINE))
            monitor.update(plain_fix(libsumo, name), "driving")
            assert asked(decisions[name]) == asked(monitor.decision)
            seen.update(monitor.decision.levels.values())
    assert len(alone) > 60
    assert seen == set(gp.Level)


def test_fleet_writes_parameters_and_colours_and_tells_what_changed(town):
    town(ROUTES)
    fleet = gp.hosts.SumoFleet(ENGINE)
    told = {}
    for _ in range(900):
        told |= fleet.step()
        assert fleet.decisions.keys() == set(libsumo.vehicle.getIDList())
        for name, decision in fleet.decisions.items():
            assert told[name].levels == decision.levels
            tightest = max(decision.levels.values())
            assert libsumo.vehicle.getParameter(name, "geopolicy.level") == tightest.label
            assert libsumo.vehicle.getParameter(name, "geopolicy.zones").split() == list(decision.zones)
            assert libsumo.vehicle.getColor(name) == COLOURS[tightest]
            for sensor in ("camera.exterior.front", "radar.front"):
                told_level = libsumo.vehicle.getParameter(name, f"geopolicy.level.{sensor}")
                assert told_level == decision.levels[sensor].label
    assert len({COLOURS[level] for level in gp.Level}) == len(gp.Level)


def test_fleet_without_colours_leaves_them(town):
    town()
    fleet = gp.hosts.SumoFleet(ENGINE, is_coloured=False)
    add("a")
    fleet.step()
    assert libsumo.vehicle.getColor("a") == (255, 255, 0, 255)
    assert libsumo.vehicle.getParameter("a", "geopolicy.level") == "off"


def test_fleet_has_no_monitor_before_a_vehicle_is_inserted_and_after_it_left(town):
    town()
    fleet = gp.hosts.SumoFleet(ENGINE)
    add("late", depart="5")
    add("removed")
    add("short", edges=("1#0", "1#1"))
    assert fleet.step().keys() == {"removed", "short"}
    for _ in range(60):
        fleet.step()
    assert fleet.monitors.keys() == {"late", "removed", "short"}
    libsumo.vehicle.remove("removed")
    fleet.step()
    assert fleet.decisions.keys() == {"late", "short"}
    while libsumo.simulation.getMinExpectedNumber():
        fleet.step()
    assert not fleet.monitors
    assert not fleet._written


def test_fleet_made_while_vehicles_drive_has_them_all(town):
    town(ROUTES)
    for _ in range(300):
        libsumo.simulationStep()
    fleet = gp.hosts.SumoFleet(ENGINE)
    assert fleet.update().keys() == set(libsumo.vehicle.getIDList()) != set()


def test_fleet_vehicle_between_two_places_keeps_its_monitor_and_has_no_position(town, monkeypatch):
    town()
    fleet = gp.hosts.SumoFleet(ENGINE)
    add("a")
    for _ in range(80):
        fleet.step()
    monitor = fleet.monitors["a"]
    assert monitor.decision.certainty != gp.Certainty.UNKNOWN
    # As SUMO answers of a vehicle that teleports.
    monkeypatch.setattr(libsumo.vehicle, "getIDList", lambda: ())
    for _ in range(60):
        fleet.step()
    assert fleet.monitors["a"] is monitor
    assert monitor.decision.certainty == gp.Certainty.UNKNOWN
    assert libsumo.vehicle.getParameter("a", "geopolicy.level") == "off"


def test_fleet_position_that_sumo_does_not_know_is_no_fix(town, monkeypatch):
    town()
    seen = []
    fleet = gp.hosts.SumoFleet(ENGINE, receiver=lambda _, fix: seen.append(fix) or fix)
    add("a")
    monkeypatch.setattr(libsumo.vehicle, "getPosition", lambda _: (-1073741824.0, -1073741824.0))
    monkeypatch.setattr(libsumo.vehicle, "getSpeed", lambda _: -1073741824.0)
    fleet.step()
    assert [(fix.valid, fix.speed_mps, fix.lat == fix.lat) for fix in seen] == [(False, None, False)]  # NaN
    assert fleet.decisions["a"].certainty == gp.Certainty.UNKNOWN


def test_fleet_fixes_say_where_and_how_a_vehicle_moves_and_when(town):
    town()
    fixes = []
    start = datetime(2026, 12, 1, 9, tzinfo=UTC)
    fleet = gp.hosts.SumoFleet(ENGINE, start=start, receiver=lambda _, fix: fixes.append(fix) or fix, accuracy_95_m=3.0)
    add("north", edges=("8#0", "8#1"))
    for _ in range(100):
        fleet.step()
        assert replace(fixes[-1], course_deg=None) == gp.Fix.from_sumo(
            libsumo.simulation.convertGeo(*libsumo.vehicle.getPosition("north")),
            monotonic_s=libsumo.simulation.getTime(),
            accuracy_95_m=3.0,
            speed=libsumo.vehicle.getSpeed("north"),
            time=start + timedelta(seconds=libsumo.simulation.getTime()),
        )
    for before, fix in zip(fixes, fixes[10:], strict=False):
        assert fix.monotonic_s - before.monotonic_s == pytest.approx(1.0)
        assert metres_between(before, fix) == pytest.approx((before.speed_mps + fix.speed_mps) / 2, abs=0.2)
    # The street runs along a meridian; the north of the net is 0.9 degrees off.
    assert all(abs((fix.course_deg + 180.0) % 360.0 - 180.0) < 0.1 for fix in fixes)
    assert abs(libsumo.vehicle.getAngle("north") - 0.9) < 0.1
    assert {fix.accuracy_95_m for fix in fixes} == {3.0}
    assert (fixes[-1].time - start).total_seconds() == pytest.approx(fixes[-1].monotonic_s) == pytest.approx(10.0)


def test_fleet_tells_parked_from_driving(town):
    town()
    zones = gp.ZoneSet(
        [
            gp.Zone(
                "yard",
                {"type": "Point", "coordinates": [13.71, 45.27]},
                [gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(state="parked"))],
                radius_m=2000,
            )
        ]
    )
    fleet = gp.hosts.SumoFleet(gp.open(zones, gp.Vehicle(["camera"])))
    add("a")
    fleet.step()
    libsumo.vehicle.setStop("a", "3#1", 150.0, flags=1)
    levels = []
    while not libsumo.vehicle.isStoppedParking("a"):
        fleet.step()
        levels.append(fleet.decisions["a"].levels["camera"])
    fleet.step()
    assert levels[-2] == gp.Level.ALLOW
    assert fleet.decisions["a"].levels["camera"] == gp.Level.OFF


def test_fleet_receiver_that_says_nothing_lets_the_last_fix_age(town):
    town()
    silent = []
    fleet = gp.hosts.SumoFleet(ENGINE, receiver=lambda _, fix: None if silent else fix)
    add("a", edges=("1#0", "1#1", "1#2", "1#3"))
    for _ in range(80):
        fleet.step()
    assert fleet.decisions["a"].certainty != gp.Certainty.UNKNOWN
    silent.append(True)
    for _ in range(60):
        fleet.step()
    assert gp.Reason.STALE in fleet.decisions["a"].reasons


def test_fleet_vehicles_may_have_engines_of_their_own(town):
    town()
    bus = gp.open(TOWN / "zones.geojson", gp.Vehicle(["lidar.roof"], class_="bus"))
    fleet = gp.hosts.SumoFleet(lambda name: bus if name == "bus" else ENGINE)
    add("bus")
    add("car", edges=("1#0", "1#1"))
    fleet.step()
    assert fleet.monitors["bus"].vehicle is bus.vehicle
    assert fleet.monitors["car"].vehicle is ENGINE.vehicle


def test_fleet_warns_once_of_sensors_by_names_that_the_zones_do_not_know(town):
    town()
    odd = gp.open(TOWN / "zones.geojson", gp.Vehicle(["camera.front", "lidar.roof"]))
    fleet = gp.hosts.SumoFleet(odd)
    add("a")
    with pytest.warns(UserWarning, match=r"got 'camera.front' \(is 'camera.exterior.front' meant\?\)") as told:
        fleet.step()
    assert (len(told), told[0].filename) == (1, __file__)
    add("b", edges=("1#0", "1#1"))
    fleet.step()
    assert fleet.monitors.keys() == {"a", "b"}


def test_fleet_net_without_geographic_coordinates_is_refused(town, tmp_path):
    text = (TOWN / "town.net.xml").read_text("utf-8")
    bare = tmp_path / "bare.net.xml"
    bare.write_text(re.sub(r'projParameter="[^"]*"', 'projParameter="!"', text), "utf-8")
    town(net=bare)
    with pytest.raises(ValueError, match=r"^the SUMO net must have geographic coordinates, got metres alone; .*--proj"):
        gp.hosts.SumoFleet(ENGINE)


@pytest.mark.parametrize("sumo", [libsumo, traci])
def test_fleet_before_the_simulation_is_told_so(sumo):
    with pytest.raises(ValueError, match=r"^a SUMO simulation must be running, got none; start it before the fleet"):
        gp.hosts.SumoFleet(ENGINE, sumo)


def test_fleet_vehicle_that_is_replaced_within_a_step_is_another_one(town):
    town()
    fleet = gp.hosts.SumoFleet(ENGINE)
    add("a", edges=("1#0", "1#1", "1#2", "1#3"))
    for _ in range(200):
        fleet.step()
    first = fleet.monitors["a"]
    told = libsumo.vehicle.getColor("a")
    libsumo.vehicle.remove("a")
    libsumo.vehicle.add("a", "a", departSpeed="max")
    assert fleet.step().keys() == {"a"}
    assert fleet.monitors["a"] is not first
    assert gp.Reason.JUMP not in fleet.decisions["a"].reasons
    assert libsumo.vehicle.getParameter("a", "geopolicy.level") == "off"
    assert libsumo.vehicle.getColor("a") == COLOURS[gp.Level.OFF] != told
    for _ in range(200):
        fleet.step()
        level = max(fleet.decisions["a"].levels.values())
        assert libsumo.vehicle.getParameter("a", "geopolicy.level") == level.label
        assert libsumo.vehicle.getColor("a") == COLOURS[level]


def test_fleet_without_libsumo_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "libsumo", None)
    with pytest.raises(ImportError, match=r"^SumoFleet needs libsumo \(.*\); pip install 'geopolicy\[sumo\]'$"):
        gp.hosts.SumoFleet(ENGINE)


def test_fleet_by_traci_decides_as_by_libsumo_whatever_the_program_subscribes_to(town):
    def run(sumo, stopped):
        fleet = gp.hosts.SumoFleet(ENGINE, sumo)
        told = []
        for step in range(400):
            for name in sumo.vehicle.getIDList() if sumo is traci and step % 20 == 10 else ():
                sumo.vehicle.unsubscribe(name)
                if step % 40 == 10:
                    sumo.vehicle.subscribe(name, (traci.constants.VAR_SPEED, traci.constants.VAR_LANE_ID))
            told.append({name: asked(decision) for name, decision in fleet.step().items()})
            if step == 100:
                sumo.vehicle.remove(stopped)
        colours = {name: tuple(sumo.vehicle.getColor(name)) for name in fleet.monitors}
        return told, colours

    town(ROUTES)
    inside = run(libsumo, "car1")
    program = shutil.which("sumo", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        missing("sumo: pip install eclipse-sumo")
    traci.start([program, "-n", str(TOWN / "town.net.xml"), "--step-length", "0.1", *QUIET, *ROUTES])
    try:
        assert run(traci, "car1") == inside
    finally:
        traci.close()
    assert sum(map(len, inside[0])) > 20


@pytest.mark.parametrize(
    ("script", "options"), [("examples/sumo/colours.py", {"has_gui": False}), ("tutorial/simulated_ecu.py", {})]
)
def test_example_without_libsumo_names_the_extra(monkeypatch, script, options):
    monkeypatch.setitem(sys.modules, "libsumo", None)
    main = runpy.run_path(str(TOWN.parents[1] / script))["main"]
    with pytest.raises(SystemExit, match=r"\.py needs SUMO \(.*\); pip install 'geopolicy\[sumo\]'$"):
        main(**options)


def test_town_is_what_its_script_makes():
    made = runpy.run_path(str(TOWN / "make_town.py"))
    assert (TOWN / "town.osm").read_text("utf-8") == made["osm"]()
    assert (TOWN / "town.rou.xml").read_text("utf-8") == made["routes"]()


def test_town_example_prints_what_the_page_shows(capsys):
    runpy.run_path(str(TOWN / "colours.py"))["main"](has_gui=False)
    shown = re.findall(r"^ *\d+ s: .*$", (TOWN.parents[1] / "hosts" / "sumo.md").read_text("utf-8"), re.MULTILINE)
    assert re.findall(r"^ *\d+ s: .*$", capsys.readouterr().out, re.MULTILINE) == shown != []
