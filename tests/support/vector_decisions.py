"""Vectors of decisions: zones with all kinds of rules, vehicles, circumstances. Judged from docs/semantics.md alone."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from exact import UNITS
from vector_points import Owner, edge_position, owners_of
from vector_zones import box, chance, collection, feature, polygons

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

Json = dict[str, Any]
LEVELS = ["allow", "anonymize", "in_vehicle", "no_record", "off"]
AT_MOST, NO_FINER = ("retain_s", "points_per_m2"), ("resolution_m", "position_m")
NOTICES = ["collecting:inside", "collecting:outside", "stopped:inside", "stopped:outside"]
NAMES = ["*", "camera", "camera.exterior", "camera.exterior.front", "camera.cabin", "microphone", "lidar.roof", "radar"]
SINCE, UNTIL, EXPIRY = "2026-03-01T00:00:00Z", "2026-09-01T00:00:00Z", "2026-07-01T00:00:00Z"
TIMES = ["2026-02-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-08-01T00:00:00Z", "2026-10-01T00:00:00Z", None]
FILES = 10
ALL: Json = {name: {} for name in AT_MOST + NO_FINER}
VALUES: dict[str, list[float]] = {
    "retain_s": [60, 3600, 86_400],
    "points_per_m2": [0.01, 4],
    "resolution_m": [1, 20, 50],
    "position_m": [10, 500],
}
VEHICLES: dict[str, Json] = {
    "able": {
        "sensors": ["camera.exterior.front", "camera.cabin", "microphone.cabin", "lidar.roof", "radar"],
        "attributes": {"make": "Example", "class": "taxi"},
        "limits": {"*": ALL},
        "shows": NOTICES,
    },
    "in part": {
        "sensors": ["camera.exterior.front", "camera.cabin", "lidar.roof"],
        "attributes": {"make": "Other"},
        "limits": {
            "*": {"retain_s": {"at_least": 3600}},
            "camera": {"resolution_m": {"at_most": 20}, "retain_s": {}},
            "camera.cabin": {"resolution_m": {}},
        },
        "shows": ["collecting:outside"],
    },
    "unable": {"sensors": ["camera.exterior.front", "radar"]},
    "coarse": {"sensors": ["camera", "radar"], "attributes": {"class": "Police"}, "limits": {"camera": ALL}},
}


# --- zone files --------------------------------------------------------------------------------------------------


def zone_file(number: int) -> Json:
    """Six overlapping zones with up to three rules each; a place is not known everywhere."""
    random, features = chance("rules", number), []
    for i in range(6):
        x, y = 137_000_000 + random.randint(-5000, 5000), 452_000_000 + random.randint(-5000, 5000)
        ring = box(x, y, x + random.randint(3000, 9000), y + random.randint(3000, 9000))
        more = {"expires": EXPIRY} if random.random() < 0.3 else {}
        rules = [_rule(random) for _ in range(random.randint(1, 3))]
        features.append(feature(f"zone {i}", polygons([ring]), rules=rules, **more))
    known = polygons([box(136_990_000, 451_990_000, 137_012_000, 452_012_000)])
    return collection(features, known)


ZONE_FILES = {f"rules_{number}": number for number in range(FILES)}


def _rule(random: Random) -> Json:
    rule: Json = {"sensors": random.sample(NAMES, random.choice([1, 1, 2]))}
    kind = random.choice(["level", "level", "store", "consent", "limits", "notices"])
    if kind == "level" or random.random() < 0.3:
        rule["level"] = random.choice(LEVELS[1:])
    if kind == "store":
        rule["store_in"] = random.choice(["CN", "DE", "HR"])
    if kind == "consent":
        rule["needs_consent"] = True
    if kind == "limits":
        asked = random.sample(list(VALUES), random.choice([1, 2]))
        rule["limits"] = {name: random.choice(VALUES[name]) for name in asked}
    if kind == "notices":
        rule["must_show"] = random.sample(NOTICES, random.choice([1, 1, 2]))
    if random.random() < 0.35:
        rule |= _condition(random)
    if random.random() < 0.45:
        rule["unless"] = [_condition(random) for _ in range(random.choice([1, 1, 2]))]
    return rule


def _condition(random: Random) -> Json:
    parts: list[Json] = [
        {"active": [{"from": SINCE, "until": UNTIL}]},
        {"applies_to": {"make": ["Example", "Third"]}},
        {"applies_to": {"class": ["police", "ambulance"]}},
        {"state": [random.choice(["parked", "driving"])]},
        {"emergency": random.choice([True, True, False])},
    ]
    condition: Json = {}
    for part in random.sample(parts, random.choice([1, 1, 1, 2])):
        condition |= part
    return condition


# --- the oracle --------------------------------------------------------------------------------------------------


def met(condition: Json, vehicle: Json, at: Json) -> bool | None:
    """Whether all members of a condition hold; None where that is not known."""
    now, windows = at["time"], condition.get("active", [])  # one, of two instants: their texts are in order of time
    known = [None if now is None else window["from"] <= now < window["until"] for window in windows]
    for name, values in condition.get("applies_to", {}).items():
        own = vehicle.get("attributes", {}).get(name)
        known.append(None if own is None else own.lower() in [value.lower() for value in values])
    if "state" in condition:
        known.append(None if at["state"] is None else at["state"] in condition["state"])
    if "emergency" in condition:
        known.append(None if at["emergency"] is None else at["emergency"] == condition["emergency"])
    return False if False in known else None if None in known else True


def is_named(rule: Json, sensor: str) -> bool:
    """Whether a rule names a sensor, one above it or one below it."""
    return any(
        name == "*" or f"{sensor}.".startswith(f"{name}.") or name.startswith(f"{sensor}.") for name in rule["sensors"]
    )


def status_of(rule: Json, expires: str | None, vehicle: Json, at: Json) -> str:
    """``"in force"``, ``"not in force"`` or ``"lifted"``."""
    if met(rule, vehicle, at) is False:
        return "not in force"
    is_valid = expires is None or (at["time"] is not None and at["time"] < expires)
    if is_valid and any(met(own, vehicle, at) is True for own in rule.get("unless", [])):
        return "lifted"
    return "in force"


def keeps(vehicle: Json, sensor: str, name: str, value: float) -> bool:
    """Whether a sensor can keep a limit: by the longest name that is the sensor or above it, and all below it."""
    said = {own: limits[name] for own, limits in vehicle.get("limits", {}).items() if name in limits}
    above = [own for own in said if own in ("*", sensor) or sensor.startswith(f"{own}.")]
    ranges = [said[max(above, key=lambda own: (own != "*", len(own)))]] if above else []
    ranges += [said[own] for own in said if own.startswith(f"{sensor}.")]
    if not ranges:
        return False
    if name in AT_MOST:
        return all(own.get("at_least", 0.0) <= value for own in ranges)
    return all(own.get("at_most", inf) >= value for own in ranges)


def decision(zones: Json, vehicle: Json, at: Json, x: int, y: int) -> Json:
    """What docs/semantics.md says of a position."""
    owners = {own.name: own for own in owners_of(zones)}
    is_known = all(own.area.covers(x, y) for name, own in owners.items() if name.startswith("coverage "))
    asked: list[tuple[Json, list[str]]] = []
    exempt: list[list[object]] = []
    applying, reasons = set(), set()
    for own in sorted(zones["features"], key=lambda own: str(own["id"])):
        if not owners[own["id"]].area.covers(x, y):
            continue
        expires = own["properties"].get("expires")
        if expires and at["time"] and at["time"] >= expires:
            reasons.add("expired")
        for number, rule in enumerate(own["properties"]["rules"]):
            sensors = [name for name in vehicle["sensors"] if is_named(rule, name)]
            status = status_of(rule, expires, vehicle, at)
            if sensors and status == "in force":
                asked.append((rule, sensors))
                applying.add(own["id"])
                reasons.add("in_zone")
            if sensors and status == "lifted":
                exempt.append([own["id"], number])
    said = {
        name: sensor_answer(vehicle, name, [rule for rule, sensors in asked if name in sensors])
        for name in vehicle["sensors"]
    }
    reasons |= {reason for own in said.values() for reason in own.pop("reasons")}
    if not is_known:
        reasons.add("outside_coverage")
        said = {name: own | {"level": "off"} for name, own in said.items()}
    return {
        "sensors": said,
        "zones": sorted(applying),
        "certainty": "certain" if is_known else "unknown",
        "reasons": sorted(reasons),
        "exempt": exempt,
    }


def sensor_answer(vehicle: Json, sensor: str, rules: list[Json]) -> Json:
    """What the rules in force that name a sensor add up to."""
    level = max((LEVELS.index(rule.get("level", "allow")) for rule in rules), default=0)
    countries = sorted({rule["store_in"] for rule in rules if "store_in" in rule})
    consent = any(rule.get("needs_consent", False) for rule in rules)
    limits: dict[str, float] = {}
    for rule in rules:
        for name, value in rule.get("limits", {}).items():
            tightest = min if name in AT_MOST else max
            limits[name] = float(tightest(value, limits.get(name, value)))
    notices = sorted({notice for rule in rules for notice in rule.get("must_show", [])})
    reasons = []
    if len(countries) > 1:
        level, reasons = max(level, LEVELS.index("in_vehicle")), ["store_conflict"]
    cannot = {
        "consent_missing": consent,
        "limit": not all(keeps(vehicle, sensor, name, value) for name, value in limits.items()),
        "notice": not set(notices) <= set(vehicle.get("shows", [])),
    }
    reasons += [reason for reason, holds in cannot.items() if holds]
    level = LEVELS.index("off") if any(cannot.values()) else level
    return {
        "level": LEVELS[level],
        "store_in": countries,
        "needs_consent": consent,
        "limits": dict(sorted(limits.items())),
        "must_show": notices,
        "reasons": reasons,
    }


def decisions(count: int) -> Iterator[Json]:
    """So many of each zone file."""
    for name, number in ZONE_FILES.items():
        random, zones = chance("decisions", number), zone_file(number)
        owners: list[Owner] = owners_of(zones)
        for _ in range(count):
            vehicle = VEHICLES[random.choice(list(VEHICLES))]
            at = {
                "time": random.choice(TIMES),
                "state": random.choice(["parked", "driving", None]),
                "emergency": random.choice([True, False, None]),
            }
            x, y = edge_position(random, random.choice(owners))
            if random.random() < 0.7:
                x, y = 137_000_000 + random.randint(-5000, 9000), 452_000_000 + random.randint(-5000, 9000)
            place = {"lat": y / UNITS, "lon": x / UNITS}
            said = decision(zones, vehicle, at, x, y)
            yield {"kind": "decision", "set": name, "vehicle": vehicle, **at, **place, **said}
