"""Edits zones that were imported, exports and imports them again by the same rules, and asks both sets."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopolicy as gp
import mds_oracle
from exact import UNITS
from gbfs_oracle import EAST, NORTH, Asked, edges_of, random_document, random_geometry, random_questions
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.geometry.effective import effective_polygon
from layered_law import RULE, choice_of

if TYPE_CHECKING:
    from collections import Counter

# What asks for restrictions: a rules file that asks for permissions selects less where zones are tightened.
GBFS_ASKED: list[dict[str, Any] | None] = [
    None,
    {"ride_through_allowed": False},
    {"maximum_speed_kph": {"at_most": 10}},
    {"ride_start_allowed": False, "ride_end_allowed": False},
    {"ride_through_allowed": False, "maximum_speed_kph": {"is_stated": True}},
    {"station_parking": True, "ride_end_allowed": [True, False]},
    {"station_parking": True, "maximum_speed_kph": {"at_most": 20}},
]
_FAR = 1_000_000  # units: of what covers the whole Earth a place is asked, not its corners


def wrong_with_edited_gbfs(seed: str, counts: Counter[str]) -> str | None:
    """What is looser in an edited set of GBFS when it was exported and imported again."""
    chance = random.Random(seed)
    document, where = random_document(chance), chance.choice(GBFS_ASKED)
    return _wrong_with("gbfs", document, where, {"coverage": "world"}, chance, counts, seed)


def wrong_with_edited_mds(seed: str, counts: Counter[str]) -> str | None:
    """What is looser in an edited set of MDS when it was exported and imported again."""
    chance = random.Random(seed)
    document, where = mds_oracle.random_document(chance), mds_oracle.random_where(chance)
    header = {"coverage": "world", "timezone": mds_oracle.ZONE}
    return _wrong_with("mds", document, where, header, chance, counts, seed)


def _wrong_with(
    form: str,
    document: dict[str, Any],
    where: dict[str, Any] | None,
    header: dict[str, Any],
    chance: random.Random,
    counts: Counter[str],
    seed: str,
) -> str | None:
    read = import_source(json.dumps(document).encode(), "first.json", choice_of(where), header, format_name=form)
    counts["files"] += 1
    if read.zone_set is None:
        return _unless_crowded(read.errors, seed, counts)
    # MDS has no rule that is the tightest for whatever is asked: one that was drawn allows no devices.
    edited = _edited(chance, read.zone_set, with_drawn=form == "gbfs" or where is None)
    try:
        written = exported(edited, form, drop_rules=True)
    except gp.errors.ZoneFileError as refusal:  # of many zones of a feature that one is gone which kept it
        counts["refused"] += 1
        return None if {each.code for each in refusal.problems} == {"export-kept"} else f"{seed}: {refusal}"[:300]
    again = import_source(written, "again.json", choice_of(where), header, format_name=form)
    if again.zone_set is None:
        return _unless_crowded(again.errors, f"{seed}: again", counts)
    counts["zones"] += len(again.zone_set)
    found = _looser(chance, edited, again.zone_set, counts)
    return found and f"{seed} {where}: {found}"


def _unless_crowded(errors: tuple[gp.errors.Problem, ...], seed: str, counts: Counter[str]) -> str | None:
    """Problems, but for those by which nothing is imported: zones cut each other too often, or none is left."""
    codes = {problem.code for problem in errors}
    if codes in ({"source-crowded"}, {"source-empty"}):
        counts[codes.pop().removeprefix("source-")] += 1
        return None
    return f"{seed}: {[str(problem)[:300] for problem in errors][:2]}"


def _looser(chance: random.Random, edited: gp.ZoneSet, again: gp.ZoneSet, counts: Counter[str]) -> str | None:
    areas = [zone.geometry.to_geojson() for zone in (*edited, *again)]
    edges = [edge for area in areas for edge in edges_of(area) if abs(edge[0] - EAST) < _FAR > abs(edge[2] - EAST)]
    engines: dict[str, list[Any]] = {}
    for asked in random_questions(chance, edges, 60) if edges else []:
        if asked.type not in engines:
            vehicle = gp.Vehicle(["camera"], attributes={"vehicle_type": asked.type})
            engines[asked.type] = [gp.open(zones, vehicle) for zones in (edited, again)]
        before, after = (_is_off(engine, asked) for engine in engines[asked.type])
        counts["asked"] += 1
        counts["restricted"] += before
        counts["allowed again"] += not after
        if before and not after:
            return f"looser at {asked}"
    return None


def _is_off(engine: Any, asked: Asked) -> bool:
    at = engine.when(time=asked.time)
    return bool(at.decide(asked.y / UNITS, asked.x / UNITS).level("camera") is gp.Level.OFF)


# Edits -------------------------------------------------------------------------------------------------------------


def _edited(chance: random.Random, zones: gp.ZoneSet, *, with_drawn: bool) -> gp.ZoneSet:
    """Some zones moved, grown, drawn anew, renamed, deleted, or without their conditions; and others beside them."""
    kept = []
    busy = chance.choice([0.2, 0.6])
    for zone in zones:
        if chance.random() > busy:
            kept.append(zone)
        elif chance.random() < 0.8:
            kept.append(_edit(chance, zone))
    if with_drawn and chance.random() < 0.3:
        rule = gp.Rule(RULE["sensors"], gp.Level.OFF)
        kept.append(gp.Zone("drawn", gp.Geometry.from_geojson(random_geometry(chance, 60)), [rule]))
    return gp.ZoneSet(kept, zones.header)


def _edit(chance: random.Random, zone: gp.Zone) -> gp.Zone:
    kind = chance.choice(["move", "grow", "draw", "name", "conditions", "margin"])
    if kind == "name":
        return replace(zone, name="another name")
    if kind == "conditions":
        when = replace(zone.rules[0].when, active=(), applies_to=())
        return replace(zone, rules=tuple(replace(rule, when=when, unless=()) for rule in zone.rules))
    if kind == "margin":
        return replace(zone, margin_m=chance.choice([0.05, 1.0]))
    if kind == "draw":
        return replace(zone, geometry=gp.Geometry.from_geojson(random_geometry(chance, chance.choice([12, 60, 5_000]))))
    factor = 2 if kind == "grow" else 1
    dx, dy = (chance.randint(-30, 30) for _ in range(2))
    coordinates = [
        [
            [
                [(EAST + (x - EAST) * factor + dx) / UNITS, (NORTH + (y - NORTH) * factor + dy) / UNITS]
                for x, y in ring.tolist()
            ]
            for ring in part
        ]
        for part in effective_polygon(zone).polygons
        if max(abs(int(value)) for ring in part for value in ring.ravel()) < NORTH * 1.2
    ]
    geometry = {"type": "MultiPolygon", "coordinates": coordinates}
    return replace(zone, geometry=gp.Geometry.from_geojson(geometry)) if coordinates else zone
