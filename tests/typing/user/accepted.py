"""What a user writes, with every kind of argument: `mypy --strict` accepts all of it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given

import geopolicy as gp
from geopolicy import testing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def depot() -> gp.Zone:
    """A zone from GeoJSON and from a `Geometry`, with everything that can be said of it."""
    office_hours = gp.Window(since=date(2026, 1, 1), until=NOON, days=range(5), hours=[gp.Hours(time(8), time(17, 30))])
    residents = gp.Condition([office_hours], {"owner_country": ["AT", "CH"]}, ["parked"])
    rules = [
        gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=office_hours), unless=(residents,)),
        gp.Rule(["telemetry"], store_in="CN", needs_consent=True),
        gp.Rule(["camera"], limits={"retain_s": 3600, "resolution_m": 0.5}, must_show="stopped:outside"),
        gp.Rule(["lidar"], limits=[("points_per_m2", 0.01)], must_show=["collecting:inside"], text="an order"),
        gp.Rule(["*"], gp.Level.OFF, unless=[gp.Condition(emergency=True)], authority="an authority"),
        gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition([night()], emergency=False)),
    ]
    shape = gp.Geometry.from_geojson({"type": "Point", "coordinates": [13.72, 45.27]})
    zone = gp.Zone("depot", shape, rules, radius_m=200, margin_m=5.5, name="Depot", timezone="Europe/Zagreb")
    other = gp.Zone(
        "road",
        {"type": "LineString", "coordinates": [[13.7, 45.2], [13.8, 45.2]]},
        rules=(rule for rule in rules),
        width_m=12,
        frame="WGS84",
        expires=NOON,
        source="https://example.com",
        reason="works",
        repair=True,
        illustrative=False,
    )
    assert other.width_m is not None
    return dataclasses.replace(zone, margin_m=10.0, expires=None, rules=other.rules)


def night() -> gp.Window:
    """Hours by the sun, beside hours by the clock."""
    return gp.Window(hours=[gp.SunHours("sunset", "sunrise", since_offset_min=-30), gp.Hours(time(12), time(13))])


def able_car() -> gp.Vehicle:
    """What a vehicle can keep and show, in each way to write it."""
    hour = gp.LimitRange(at_least=3600)
    car = gp.Vehicle(
        ["camera.front", "lidar"],
        limits={"camera": {"retain_s": hour, "resolution_m": {"at_most": 20}}, "*": {"position_m": gp.LimitRange()}},
        shows=["collecting:outside", "stopped:outside"],
    )
    plain = gp.Vehicle(shows="collecting:inside", limits={"camera": {"retain_s": {"at_least": 60, "at_most": 86400.0}}})
    assert plain.shows != car.shows
    ends: tuple[float | None, float | None] = (hour.at_least, hour.at_most)
    assert ends[0] is not None
    return dataclasses.replace(car, shows=frozenset({"stopped:inside"}))


def asked(engine: gp.Engine, fix: gp.Fix) -> dict[str, float]:
    """Limits, notices and exemptions of decisions, with an emergency, without one, and not known."""
    view: gp.Engine = engine.when(NOON, "parked", True).when(NOON, emergency=False).when(emergency=None)
    is_emergency: bool | None = view.emergency
    decision = gp.Monitor(view).update(fix, "driving", now_s=1.0, emergency=is_emergency)
    limits: dict[str, float] = dict(decision.limits["lidar"]) | decision.limits_of("camera")
    notices: frozenset[str] = decision.must_show["lidar"]
    lifted: list[tuple[str, ...]] = [cause.lifted_by for cause in decision.exemptions]
    texts: list[str | None] = [cause.rule.text for cause in decision.causes]
    many = engine.decide_many([45.0], [13.0])
    first: gp.Decision = many.table[many.codes[0]]
    met: list[str] = [many.zones.ids[value] for value in many.zones.values]
    print(first, met, many.reasons & gp.Reason.IN_ZONE.bit, many.store_in("camera", "CN"), many.to_arrow())
    values = engine.decide_many([45.0], [13.0]).limits("camera", "retain_s")
    assert notices or lifted or texts or values.mask.any()
    return limits


def fleet(folder: str) -> gp.ZoneSet:
    """A header with its coverage; zones read, joined and left out."""
    around = gp.Coverage({"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 45]]]}, "WGS84")
    header = gp.ZoneFileHeader("fleet", 7, issued=NOON, authority="Fleet", licence="CC0-1.0", coverages=[around])
    header = dataclasses.replace(header, revision=8, expires=NOON + timedelta(days=30))
    zones = gp.ZoneSet([depot()], header).with_zones(gp.read_zones(folder))
    return zones.without_zones(["road"])


def decide(zones: gp.ZoneSet) -> dict[str, gp.Level]:
    """A vehicle with attributes of its own, a fix, and what may be asked of a decision."""
    car = gp.Vehicle(["camera.front", "lidar"], {"fleet": "blue"}, make="Example", model="X", class_="taxi")
    car = dataclasses.replace(car, sensors=("camera.front",))
    engine: gp.Engine = gp.open(zones, vehicle=car)
    fix = gp.Fix(45.27, 13.72, accuracy_95_m=4, time=NOON, monotonic_s=0.0, valid=True, spoofing=False)
    moved = dataclasses.replace(fix, lat=45.28, speed_mps=None)
    decision: gp.Decision = engine.decide(moved.lat, moved.lon, accuracy_95_m=4.0)
    causes: list[tuple[str, gp.Level]] = [(cause.zone_id, cause.rule.level) for cause in decision.causes]
    assert causes or decision.certainty == gp.Certainty.CERTAIN
    off: frozenset[str] = decision.disabled
    assert decision.allows("camera") or off
    return dict(decision.levels)


def problems(path: str) -> list[str]:
    """What is wrong with a file, by code and place."""
    try:
        gp.read_zones(path)
    except gp.errors.ZoneFileError as error:
        return [f"{problem.code} {problem.path} {problem.hint or ''}" for problem in error.problems]
    return [str(gp.errors.Problem("a", "b", zone_id=None, is_warning=True))]


def told(transition: gp.Transition) -> tuple[int, gp.TransitionKind, float, datetime | None, str | None]:
    """A transition, field by field."""
    assert transition.before is None or transition.before != transition.after
    return transition.number, transition.kind, transition.monotonic_s, transition.time, transition.digest


class OwnEngine(testing.EngineContract):
    """The tests of an engine, and below those of a monitor."""

    def open_engine(self, zones: gp.ZoneSet, vehicle: gp.Vehicle) -> gp.Engine:
        """How it is opened."""
        return gp.open(zones, vehicle)


class OwnMachine(testing.MonitorMachine):
    """For one set of zones."""

    zone_set = gp.ZoneSet([depot()])

    def make_monitor(self, engine: gp.Engine) -> gp.Monitor:
        """What is driven."""
        return gp.Monitor(engine)


@given(testing.zone_sets(kinds=["tiling"], rules=testing.rules(["camera"])), testing.vehicles(["camera"]))
def test_laws(zones: gp.ZoneSet, vehicle: gp.Vehicle) -> None:
    """Strategies, edges, laws."""
    covered: list[bool] = [is_covered for _, _, is_covered in testing.edge_positions(zones)]
    assert covered.count(True) < len(covered)
    testing.assert_not_looser(zones, gp.open(zones, vehicle), vehicle=vehicle, times=[NOON, None])
    testing.assert_same_answers(gp.open(zones, vehicle), gp.open(zones, vehicle, engine="reference"), about=depot())
    assert not testing.covers_slowly(depot(), 0.0, 0.0)


@given(testing.drives(depot(), faults=["gap"]), testing.instants_near(depot().rules[0], "UTC"))
def test_doubles(drive: list[testing.DrivenFix], moment: datetime) -> None:
    """Doubles, and drives of fixes."""
    car = gp.Vehicle(["camera"])
    decision: gp.Decision = testing.make_decision(car, {"camera": gp.Level.OFF}, zones=["depot"])
    monitor: gp.Monitor = testing.ScriptedMonitor([decision, {"*": gp.Level.ALLOW}], car)
    engine: gp.Engine = testing.ScriptedEngine([decision], car)
    told = [monitor.update(step.fix, now_s=step.at_s) for step in drive]
    assert testing.looser(told[0], engine.when(moment).decide(45.0, 13.0)) == []


def test_updates(folder: str, monitor: gp.Monitor) -> None:
    """A vehicle that follows a repository, and what it tells its fleet; names of a namespace that is loaded late."""
    fetcher = gp.update.Fetcher("https://zones.example.org/fleet", timeout_s=5)
    client = gp.update.UpdateClient(folder, fetcher, gp.update.Subscription("taxis", "eu"), b"{}")
    follower: gp.update.Follower = gp.update.Follower(client, monitor, every_s=10)
    assert follower.outcome is None
    for asked in gp.update.watched(client, 60, sleep=lambda _: None, now=lambda: NOON):
        if isinstance(asked.outcome.refusal, gp.update.RefusedUpdateError):
            assert asked.outcome.refusal.attack is gp.update.Attack.FREEZE
        content: bytes = gp.update.signed_status(client, gp.update.key_signer("vehicle.pem"))
        assert gp.update.read_status(content, gp.update.public_key("vehicle.pub.pem"))["packs"]
    installed = gp.update.installed_in(folder)
    assert installed is None or installed.expires["root"] > NOON
