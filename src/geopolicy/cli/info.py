"""``geopolicy info``: what is in zone files, or in a pack."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.documents import pack_json, time_text
from geopolicy.cli.options import AsJson, Zones, is_pack
from geopolicy.cli.zone_input import read_with_warnings, say_warnings
from geopolicy.pack.pack import read_pack

if TYPE_CHECKING:
    from geopolicy.model.rules import Rule
    from geopolicy.zonefile.zone_set import ZoneSet

_TIMES = ("issued", "ends", "expires")
_HEADER = ("kind", "id", "revision", *_TIMES, "timezone", "authority", "licence")


def info(zones: Zones, *, as_json: AsJson = False) -> int:
    """Say what is in zone files, or in a pack: header, zones, levels, conditions; size and bounds.

    Example: geopolicy info zones/
    """
    if any(is_pack(path) for path in zones):
        if len(zones) > 1:
            raise typer.BadParameter("must be one pack, or zone files, got a pack among others", param_hint="ZONES")
        _show_pack(zones[0], as_json=as_json)
        return 0
    with progress.shown("reading zone files") as line:
        zone_set, warnings = read_with_warnings(zones, on_progress=line.at)
    if as_json:
        answer = {"zone_set": _set_json(zone_set), "pack": None, "warnings": len(warnings)}
        console.print_json("info", answer)
        return 0
    for name, value in _facts(zone_set).items():
        console.say(f"{name.replace('_', ' '):<22} {_fact_text(value)}")
    say_warnings(warnings, zones)
    return 0


def _fact_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items()) or "none"
    return "-" if value is None else str(value)


def _set_json(zones: ZoneSet) -> dict[str, Any]:
    """What is worth knowing of a set, as plain values under names that do not mean something else elsewhere."""
    facts = _counts(zones)
    header = {name: getattr(zones.header, name) for name in _HEADER}
    times = {name: time_text(header[name]) for name in _TIMES}
    counts = {name: facts[name] for name in ("zones", "rules", "rules_with_conditions", "vertices")}
    return {
        **header,
        **times,
        "counts": counts | {"illustrative_zones": facts["illustrative"], "coverages": len(zones.header.coverages)},
        "zones_by_frame": facts["frames"],
        "zones_by_geometry": facts["geometries"],
        "rules_by_level": facts["levels"],
        "rules_by_tag": facts["asked_beside_levels"],
        "rules_by_sensor": facts["sensors"],
    }


def _facts(zones: ZoneSet) -> dict[str, Any]:
    """The same for people."""
    header = {name: getattr(zones.header, name) for name in _HEADER}
    stated = len(zones.header.coverages)
    world = "none: an overlay makes no place known" if zones.header.is_overlay else "the whole world"
    return header | {"coverage": f"{stated} stated" if stated else world} | _counts(zones)


def _counts(zones: ZoneSet) -> dict[str, Any]:
    """How much of what there is in a set."""
    from geopolicy.geometry.effective import effective_polygon

    polygons = [part for zone in zones for part in effective_polygon(zone).polygons]
    rules = [rule for zone in zones for rule in zone.rules]
    return {
        "zones": len(zones),
        "illustrative": sum(zone.illustrative for zone in zones),
        "rules": len(rules),
        "rules_with_conditions": sum(bool(rule.unless) or not rule.when.is_empty for rule in rules),
        "vertices": sum(len(ring) - 1 for polygon in polygons for ring in polygon),
        "frames": dict(sorted(Counter(zone.frame for zone in zones).items())),
        "geometries": dict(sorted(Counter(zone.geometry.type for zone in zones).items())),
        "levels": dict(Counter(rule.level.label for rule in sorted(rules, key=lambda rule: -rule.level))),
        "asked_beside_levels": dict(sorted(Counter(tag for rule in rules for tag in _tags(rule)).items())),
        "sensors": dict(sorted(Counter(name for rule in rules for name in rule.sensors).items())),
    }


def _tags(rule: Rule) -> list[str]:
    """What a rule asks beside its level."""
    named = {"store_in": rule.store_in, "needs_consent": rule.needs_consent, "must_show": rule.must_show}
    newer = ["not understood"] if rule.not_understood else []
    return [name for name, value in named.items() if value] + [name for name, _ in rule.limits] + newer


def _show_pack(path: Path, *, as_json: bool) -> None:
    """What a pack says of itself; it is checked first."""
    pack = read_pack(path)
    if as_json:
        console.print_json("info", {"zone_set": None, "pack": pack_json(pack, path), "warnings": 0})
        return
    facts: dict[str, Any] = {"file": str(path)} | pack.info()
    counts, bounds = facts.pop("counts"), facts.pop("bounds")
    facts["frames"] = ", ".join(facts["frames"]) or "none"
    facts["sections"] = ", ".join(f"{name} {size:,}" for name, size in facts["sections"].items())
    facts |= counts | {
        "a look-up takes at most": f"{bounds['max_depth'] + 1} steps, then {bounds['max_leaf_edges']} edges"
    }
    for name, value in facts.items():
        text = f"{value:,}" if isinstance(value, int) else "-" if value is None else str(value)
        console.say(f"{name.replace('_', ' '):<24} {text}")
