"""The law of MDS in plain whole numbers: of each policy the first rule that matches holds."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from gbfs_oracle import NOON, TYPES, Asked, covers, random_geometry

if TYPE_CHECKING:
    import random

ZONE = "Europe/Paris"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def random_rule(chance: random.Random, names: list[str]) -> dict[str, Any]:
    kind = chance.choice(["count", "speed"])
    rule: dict[str, Any] = {
        "name": "a rule",
        "rule_id": f"rule-{chance.randrange(10**9)}",
        "rule_type": kind,
        "rule_units": "devices" if kind == "count" else "kph",
        "geographies": chance.sample(names, chance.randrange(1, min(3, len(names)) + 1)),
        "states": {},
    }
    if chance.random() < 0.6:
        rule["maximum"] = chance.choice([0, 10, 20])
    if chance.random() < 0.3:
        rule["vehicle_types"] = chance.sample(TYPES, chance.randrange(1, 3))
    if chance.random() < 0.25:
        rule["days"] = chance.sample(DAYS, chance.randrange(1, 6))
    if chance.random() < 0.25:
        first, last = sorted(chance.sample(range(24 * 4), 2))
        rule["start_time"], rule["end_time"] = (f"{q // 4:02}:{q % 4 * 15:02}:00" for q in (first, last))
    return rule


def random_document(chance: random.Random) -> dict[str, Any]:
    """Policies with their geographies; some replace others."""
    size = chance.choice([12, 60, 5_000])
    names = [f"geography-{number}" for number in range(chance.randrange(1, 5))]
    geographies = [
        {"geography_id": name, "name": name, "geography_json": {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": random_geometry(chance, size)}]}}
        for name in names
    ]  # fmt: skip
    policies: list[dict[str, Any]] = []
    for number in range(chance.randrange(1, 4)):
        start = NOON + timedelta(hours=chance.randrange(-6, 3))
        end = start + timedelta(hours=chance.randrange(1, 9)) if chance.random() < 0.4 else None
        replaced = [each["policy_id"] for each in policies if chance.random() < 0.2]
        policies.append(
            {
                "policy_id": f"policy-{number}",
                "name": "a policy",
                "start_date": milliseconds(start),
                "end_date": end and milliseconds(end),
                "prev_policies": replaced,
                "rules": [random_rule(chance, names) for _ in range(chance.randrange(1, 4))],
            }
        )
    return {"version": "2.0.0", "data": {"policies": policies, "geographies": geographies}}


def matches(rule: dict[str, Any], shapes: dict[str, Any], asked: Asked) -> bool:
    local = asked.time.astimezone(zoneinfo.ZoneInfo(ZONE))
    clock = local.strftime("%H:%M:%S")
    return (
        any(covers(shapes[name], asked) for name in rule["geographies"])
        and asked.type in rule.get("vehicle_types", [asked.type])
        and DAYS[local.weekday()] in rule.get("days", DAYS)
        and rule.get("start_time", "00:00:00") <= clock < rule.get("end_time", "24:00:00")
    )


def is_in_force(policy: dict[str, Any], policies: list[dict[str, Any]], time: datetime) -> bool:
    now = milliseconds(time)
    if not policy["start_date"] <= now < (policy["end_date"] or now + 1):
        return False
    for other in policies:
        if policy["policy_id"] in other["prev_policies"] and other["start_date"] <= now:
            never = any(
                other["policy_id"] in each["prev_policies"] and each["start_date"] <= other["start_date"]
                for each in policies
            )
            if not never:
                return False
    return True


def is_restricted(document: dict[str, Any], where: dict[str, Any] | None, asked: Asked) -> bool:
    """What the source's own law says."""
    policies = document["data"]["policies"]
    shapes = {
        each["geography_id"]: each["geography_json"]["features"][0]["geometry"]
        for each in document["data"]["geographies"]
    }
    for policy in policies:
        if not is_in_force(policy, policies, asked.time):
            continue
        rule = next((each for each in policy["rules"] if matches(each, shapes, asked)), None)
        if rule is None:
            continue
        if where is None:
            if "maximum" in rule:
                return True
        elif rule["rule_type"] == where["rule_type"] and rule.get("maximum", 99) <= where["maximum"]["at_most"]:
            return True
    return False


def random_where(chance: random.Random) -> dict[str, Any] | None:
    return chance.choice([None, {"rule_type": "speed", "maximum": {"at_most": 15}}])


assert NOON.tzinfo is UTC
