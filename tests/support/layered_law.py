"""Asks zones that were imported what the law of their source says, and counts."""

from __future__ import annotations

import json
import random
from functools import partial
from typing import TYPE_CHECKING, Any

import geopolicy as gp
import mds_oracle
from exact import UNITS
from gbfs_oracle import Asked, edges_of, is_near, is_restricted, random_document, random_questions, random_where
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice, RuleEntry, Where

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

RULE = {"sensors": ["camera"], "level": "off"}


def choice_of(where: dict[str, Any] | None) -> RuleChoice:
    """One entry, and one that asks nothing else of the zones which restrict."""
    rest = RuleEntry(Where(None), ())
    return RuleChoice((RuleEntry(Where(None if where is None else tuple(where.items())), (RULE,)), rest))


def wrong_with(
    zones: gp.ZoneSet,
    edges: list[tuple[int, int, int, int]],
    questions: list[Asked],
    law: Callable[[Asked], bool],
    counts: Counter[str],
) -> str | None:
    """The first answer that is looser than the law, or tighter and not beside a border; None if there is none."""
    engines: dict[str, Any] = {}
    for asked in questions:
        if asked.type not in engines:
            vehicle = gp.Vehicle(["camera"], attributes={"vehicle_type": asked.type})
            engines[asked.type] = gp.open(zones, vehicle)
        at = engines[asked.type].when(time=asked.time)
        is_off = at.decide(asked.y / UNITS, asked.x / UNITS).level("camera") is gp.Level.OFF
        is_meant = law(asked)
        counts["asked"] += 1
        counts["restricted"] += is_meant
        if is_meant and not is_off:
            return f"looser at {asked}"
        if is_off and not is_meant and not is_near(edges, asked.x, asked.y, 2):
            return f"tighter at {asked}"
    return None


def wrong_with_gbfs(seed: str, counts: Counter[str]) -> str | None:
    """What is wrong with the zones of a random file of GBFS."""
    chance = random.Random(seed)
    document, where = random_document(chance), random_where(chance)
    read = import_source(json.dumps(document).encode(), "gbfs.json", choice_of(where), {"coverage": "world"})
    counts["files"] += 1
    if {problem.code for problem in read.errors} == {"source-crowded"}:  # said, and nothing is imported
        counts["crowded"] += 1
        return None
    if read.zone_set is None:
        return f"{seed}: {[str(problem)[:300] for problem in read.errors][:2]}"
    counts["zones"] += len(read.zone_set)
    edges = [edge for each in document["data"]["geofencing_zones"]["features"] for edge in edges_of(each["geometry"])]
    questions = random_questions(chance, edges, 60)
    found = wrong_with(read.zone_set, edges, questions, lambda asked: is_restricted(document, where, asked), counts)
    return found and f"{seed} {where}: {found}"


def wrong_with_mds(seed: str, counts: Counter[str]) -> str | None:
    """What is wrong with the zones of a random document of MDS."""
    chance = random.Random(seed)
    document, where = mds_oracle.random_document(chance), mds_oracle.random_where(chance)
    header = {"coverage": "world", "timezone": mds_oracle.ZONE}
    read = import_source(json.dumps(document).encode(), "mds.json", choice_of(where), header)
    counts["files"] += 1
    if {problem.code for problem in read.errors} == {"source-crowded"}:  # said, and nothing is imported
        counts["crowded"] += 1
        return None
    if read.zone_set is None:
        return f"{seed}: {[str(problem)[:300] for problem in read.errors][:2]}"
    counts["zones"] += len(read.zone_set)
    shapes = [each["geography_json"]["features"][0]["geometry"] for each in document["data"]["geographies"]]
    edges = [edge for shape in shapes for edge in edges_of(shape)]
    questions = random_questions(chance, edges, 60)
    law = partial(mds_oracle.is_restricted, document, where)
    found = wrong_with(read.zone_set, edges, questions, law, counts)
    return found and f"{seed} {where}: {found}"
