"""One edit of an imported set, exported: what of the source is not as it was."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.gis.kml_text import decoded
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.kept import kept_documents, read_kept_zones
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.zonefile.zone_set import ZoneSet
from spoilt_imports import COVERAGE, OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

    from geopolicy.model.zones import Zone

_WORDS = re.compile(r"<[^>]*>|[^<]+")
SHIFT = 0.0625  # degrees: a sum of it and a coordinate of few decimals has few


def with_edit(rng: Random, zones: ZoneSet, edit: Callable[[Zone], Zone]) -> ZoneSet:
    """The set with an edit of all zones of one of its features."""
    members = read_kept_zones(zones).members
    orders = {zone_id: each["order"] for zone_id, each in members.items()}
    order = rng.choice(sorted(set(orders.values())))
    return ZoneSet([edit(zone) if orders[zone.id] == order else zone for zone in zones], zones.header)


def moved(zone: Zone) -> Zone:
    """The zone a little to the east, as it is drawn."""
    geometry = zone.geometry.to_geojson()
    return replace(
        zone, geometry=gp.Geometry.from_geojson(geometry | {"coordinates": _shifted(geometry["coordinates"])})
    )


def _shifted(value: Any) -> Any:
    return [_shifted(each) for each in value] if isinstance(value[0], list) else [value[0] + SHIFT, *value[1:]]


def written(path: Path, zones: ZoneSet) -> Any:
    """What an export of a set in the format of its sample says, as JSON or a list of words."""
    form = format_named(path.parent.name)
    content = exported(zones, form.name, drop_rules=True, options={"status": "DRAFT"} if not form.renames else None)
    if form.is_path:
        return _layer(content, form.name)
    if form.name == "kml":
        return _WORDS.findall(decoded(content, path.name)[0])
    text = content.decode("utf-8-sig")
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) if line.startswith("{") else line for line in re.split("[\n\x1e]+", text)]


def _layer(content: bytes, format_name: str) -> Any:
    choice = RuleChoice.of_disabled(["camera"])
    options = OPTIONS.get(format_name)
    read = import_source(content, "again", choice, {"coverage": COVERAGE}, format_name=format_name, options=options)
    assert read.zone_set is not None, read.errors
    members = read_kept_zones(read.zone_set).members
    features = {each["order"]: each["feature"] for each in members.values()}
    return [kept_documents(read.zone_set.header)[0]["rest"], features]


def differences(one: Any, other: Any, path: str = "$") -> Iterator[str]:
    """The places in which two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            if name in one and name in other:
                yield from differences(one[name], other[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, its, f"{path}[{number}]")
    elif one != other:
        yield path
