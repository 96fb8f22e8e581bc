"""A set of zones as several files that, read together, are the set again."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.kept import MEMBER, read_kept_zones
from geopolicy.authoring.formats.rule_choice import MISSING, fact_of
from geopolicy.authoring.merging import parts_by_name
from geopolicy.zonefile.near_names import near_word
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.writer import feature_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geopolicy.authoring.formats.source import Json
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.zone_set import ZoneSet

_OTHERS = "others"
_LONGEST = 80


def split_by(zone_set: ZoneSet, member: str) -> dict[str, ZoneSet]:
    """A set for each value of a property, by file name; zones that do not state it are in ``others``.

    ``member`` is a property of the zone file, or a dotted name below one, such as
    ``imported.feature.properties.type``.

    Raises
    ------
    ValueError
        If no zone states it.
    """
    whole = read_kept_zones(zone_set).members if member.startswith(f"{MEMBER}.") else {}
    values = {zone.id: _value(_properties(zone, zone_set, whole), member) for zone in zone_set}
    if all(value is None for value in values.values()):
        known = sorted({name for zone in zone_set for name in _names(_properties(zone, zone_set, whole), member)})
        near = near_word(member, known) or f"its zones state {', '.join(known[:20]) or 'nothing'}"
        raise ValueError(f"must be a property that some zone states, got {member!r}; {near}")
    stems = _stems(set(values.values()))
    return parts_by_name(zone_set, {zone_id: f"{stems[value]}.geojson" for zone_id, value in values.items()})


def write_parts(parts: dict[str, ZoneSet], folder: Path) -> None:
    """Writes each set into a new folder, which is there with all of them or not at all.

    Raises
    ------
    ZoneFileError
        If a set cannot be written as one file.
    OSError
        If the folder is there already and not empty, or cannot be written.
    """
    draft = folder.parent / f".geopolicy-{os.urandom(8).hex()}"
    try:
        draft.mkdir()
        for name, part in parts.items():
            part.write(draft / name)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _properties(zone: Zone, zone_set: ZoneSet, whole: Mapping[str, Json]) -> Json:
    """The properties of a zone; what it keeps of its source with the feature that another zone may keep for it."""
    properties: Json = feature_json(zone, zone_set.header)["properties"]
    return properties | {MEMBER: whole[zone.id]} if zone.id in whole else properties


def _value(properties: Json, member: str) -> str | None:
    """The value of a member as a text; None where it is not stated."""
    value: Any = fact_of(properties, member)
    if value is MISSING or value is None:
        return None
    return value if isinstance(value, str) else canonical(value, sort_keys=True)


def _names(properties: Json, member: str) -> list[str]:
    """The names that a zone states beside the one that is asked for: as deep as that is found."""
    value: Any = properties
    above: list[str] = []
    for word in member.split(".")[:-1]:
        if not isinstance(value, dict) or not isinstance(value.get(word), dict):
            break
        value = value[word]
        above.append(word)
    return [".".join([*above, name]) for name in value]


def _stems(values: set[str | None]) -> dict[str | None, str]:
    """A file's stem for each value: its letters and digits, and a number where two are alike."""
    stems: dict[str | None, str] = {None: _OTHERS}
    taken = {_OTHERS}
    for value in sorted(value for value in values if value is not None):
        bare = re.sub(r"[^\w.-]+", "-", value).strip("-.")[:_LONGEST].lower() or "value"
        stem, number = bare, 2
        while stem in taken:
            stem, number = f"{bare}-{number}", number + 1
        taken.add(stem)
        stems[value] = stem
    return stems
