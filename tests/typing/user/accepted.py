"""What a user writes, with every kind of argument: `mypy --strict` accepts all of it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta

import geopolicy as gp

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def depot() -> gp.Zone:
    """A zone from GeoJSON and from a `Geometry`, with everything that can be said of it."""
    office_hours = gp.Window(since=date(2026, 1, 1), until=NOON, days=range(5), hours=[gp.Hours(time(8), time(17, 30))])
    residents = gp.Condition([office_hours], {"owner_country": ["AT", "CH"]}, ["parked"])
    rules = [
        gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=office_hours), unless=(residents,)),
        gp.Rule(["telemetry"], store_in="CN", needs_consent=True),
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
