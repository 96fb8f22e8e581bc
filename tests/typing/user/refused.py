"""Wrong names and wrong types: `mypy --strict` refuses each marked line, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import geopolicy as gp
from geopolicy import testing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SQUARE = gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]})
RULE = gp.Rule(["camera"], gp.Level.OFF)

fix = gp.Fix(45.0, 13.0)
gp.Fix(45.0, 13.0, accurcy=4)  # E: call-arg
gp.Fix(45.0, 13.0, accuracy_95_m="4")  # E: arg-type
gp.Fix(45.0)  # E: call-arg
gp.Fix(45.0, 13.0, time=date(2026, 1, 1))  # E: arg-type
replace(fix, latt=3)  # E: call-arg
replace(fix, lat="3")  # E: arg-type
fix.lat = 3.0  # E: misc
print(fix.latt)  # E: attr-defined

zone = gp.Zone("a", SQUARE, [RULE])
gp.Zone("a", SQUARE, [RULE], radus_m=3)  # E: call-arg
gp.Zone("a", SQUARE, [RULE], margin_m="wide")  # E: arg-type
gp.Zone("a", SQUARE, [RULE], "Yard")  # E: call-arg
gp.Zone("a", SQUARE, RULE)  # E: arg-type
gp.Zone("a", "Point", [RULE])  # E: arg-type
gp.Zone("a", SQUARE, [RULE], expires="2026-01-01")  # E: arg-type
replace(zone, radus_m=3)  # E: call-arg
replace(zone, margin_m="wide")  # E: arg-type

header = gp.ZoneFileHeader("fleet", 1)
gp.ZoneFileHeader("fleet", 1, lisence="CC0-1.0")  # E: call-arg
gp.ZoneFileHeader("fleet", "1")  # E: arg-type
gp.ZoneFileHeader("fleet", coverages=[SQUARE])  # E: list-item
replace(header, lisence="CC0-1.0")  # E: call-arg
replace(header, revision="2")  # E: arg-type
gp.Coverage(SQUARE, frames="WGS84")  # E: call-arg
gp.Coverage(SQUARE, 4326)  # E: arg-type
replace(gp.Coverage(SQUARE), frames="WGS84")  # E: call-arg
gp.Geometry("Point", parts=[b""])  # E: arg-type

gp.Vehicle(["camera"], mak="x")  # E: call-arg
gp.Vehicle(["camera"], make=1)  # E: arg-type
gp.Vehicle(["camera"], {"make": 1})  # E: dict-item
gp.Vehicle([1])  # E: list-item
replace(gp.Vehicle(), sensor=("camera",))  # E: call-arg
gp.Vehicle(limit={"camera": {}})  # E: call-arg
gp.Vehicle(limits={"camera": {"retain_s": 60}})  # E: dict-item
gp.Vehicle(limits={"camera": gp.LimitRange()})  # E: dict-item
gp.Vehicle(limits={"camera": {"retain_s": {"at_least": "60"}}})  # E: dict-item
gp.Vehicle(shows=[1])  # E: list-item
gp.Vehicle(shows=True)  # E: arg-type
gp.LimitRange(least=60)  # E: call-arg
gp.LimitRange(at_least="60")  # E: arg-type
gp.LimitRange(at_least=60).at_least = 30  # E: misc
replace(gp.LimitRange(), at_mos=60)  # E: call-arg

gp.Rule(["camera"], "off")  # E: arg-type
gp.Rule(["camera"], lvel=gp.Level.OFF)  # E: call-arg
gp.Rule(["camera"], gp.Level.OFF, unless=gp.Condition(state=["parked"]))  # E: arg-type
replace(RULE, need_consent=True)  # E: call-arg
gp.Rule(["camera"], limits={"retain_s": "60"})  # E: arg-type
gp.Rule(["camera"], limits={"retain_s": None})  # E: arg-type
gp.Rule(["camera"], limits=60)  # E: arg-type
gp.Rule(["camera"], limit={"retain_s": 60})  # E: call-arg
gp.Rule(["camera"], must_show=[1])  # E: list-item
gp.Rule(["camera"], must_show=True)  # E: arg-type
gp.Rule(["camera"], gp.Level.OFF, text=["a law"])  # E: arg-type
gp.Condition(emergency="yes")  # E: arg-type
gp.Condition(emergencies=True)  # E: call-arg
gp.Condition(states=["parked"])  # E: call-arg
gp.Condition(applies_to={"make": [1]})  # E: arg-type
gp.Window(day=[1])  # E: call-arg
gp.Window(days=["mon"])  # E: list-item
gp.Window(since="2026-01-01")  # E: arg-type
replace(gp.Window(days=[1]), since="2026-01-01")  # E: arg-type
gp.Hours("08:00", time(9))  # E: arg-type
gp.Hours(time(8), til=time(9))  # E: call-arg
gp.SunHours("sunset", "sunrise", "30")  # E: arg-type
gp.SunHours("sunset", time(6))  # E: arg-type
gp.Window(hours=["sunset..sunrise"])  # E: list-item

gp.errors.Problem("a", "b", is_waring=True)  # E: call-arg
gp.errors.Problem("a", "b", zone_id=1)  # E: arg-type


def wrong_fields(decision: gp.Decision, transition: gp.Transition, cause: gp.Cause) -> None:
    """Records that only engines and monitors make."""
    replace(decision, zone=("a",))  # E: call-arg
    replace(decision, certainty="certain")  # E: arg-type
    decision.zones = ()  # E: misc
    replace(transition, when=NOON)  # E: call-arg
    replace(transition, time="noon")  # E: arg-type
    replace(cause, zone_id=None)  # E: arg-type
    decision.level(gp.Level.OFF)  # E: arg-type
    decision.limits["camera"] = {}  # E: index
    decision.limits["camera"]["retain_s"] = 60.0  # E: index
    decision.limits_of(1)  # E: arg-type
    decision.must_show = {}  # E: misc
    cause.lifted = ()  # E: attr-defined


def wrong_emergencies(engine: gp.Engine, monitor: gp.Monitor) -> None:
    """An emergency is True, False or None, and given by name to a monitor."""
    engine.when(emergency="yes")  # E: arg-type
    engine.when(emergencies=True)  # E: call-arg
    engine.decide_many([45.0], [13.0]).limits("camera")  # E: call-arg
    monitor.update(fix, emergency="no")  # E: arg-type
    monitor.update(fix, "parked", 1.0, True)  # E: call-arg


def wrong_tests(zones: gp.ZoneSet) -> None:
    """A strategy is no function of a zone, and an oracle takes one zone."""
    testing.zone("depot")  # E: attr-defined
    testing.covers_slowly(zones, 45.0, 13.0)  # E: arg-type
    testing.edge_positions("zones")  # E: arg-type
    testing.assert_not_looser(zones, None)  # E: arg-type
    testing.zone_sets(kinds=1)  # E: arg-type
    testing.ScriptedMonitor([{"camera": "off"}])  # E: dict-item
