"""Several sets of zones as one, and one as several, so that reading the parts together gives the whole."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from geopolicy.authoring.formats import kept
from geopolicy.errors import Problem
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.zone_set import ZoneSet, union_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.source import Json
    from geopolicy.model.zones import ZoneFileHeader


_OF_EDITION = ("id", "revision", "issued", "expires")
"""By these vehicles know an edition, and its end; the zones have a time zone and an authority of their own."""


def merged(sets: Sequence[ZoneSet]) -> ZoneSet:
    """One set of several, as if their files were read together; it keeps the documents that they were imported from.

    Raises
    ------
    ZoneFileError
        If two of them have a zone of the same id, or what one keeps of a document was changed.
    """
    if len(sets) == 1:
        return sets[0]
    documents = [document for each in sets for document in kept.kept_documents(each.header)]
    union = union_of([_with_header(each, _with_documents(each.header, [])) for each in sets])
    return _with_header(union, _with_documents(union.header, documents))


def header_left_out(sets: Sequence[ZoneSet]) -> list[Problem]:
    """A warning for each thing that headers state, and the header of all of them together does not."""
    rule = "files do not agree on this member of the header, so what is written has none"
    hint = "write the same into each file, for what is written then states it, too"
    found = []
    for name in _OF_EDITION:
        stated = list(dict.fromkeys(getattr(each.header, name) for each in sets))
        if len(stated) > 1:
            value = " and ".join(_said(each) for each in stated)
            found.append(Problem("header-disagrees", rule, value, f"$.geopolicy.{name}", hint=hint, is_warning=True))
    return found


def _said(value: object) -> str:
    if value is None:
        return "none"
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else repr(value)


def parts_by_name(zone_set: ZoneSet, names: dict[str, str]) -> dict[str, ZoneSet]:
    """A set for each name: of the zones that are called so by their ids. Each has the whole header.

    So the parts, read together, have one header, and keep the documents that the set was imported from.
    """
    return {
        name: ZoneSet([zone for zone in zone_set if names[zone.id] == name], zone_set.header)
        for name in sorted(set(names.values()))
    }


def _with_header(zone_set: ZoneSet, header: ZoneFileHeader) -> ZoneSet:
    return zone_set if header == zone_set.header else ZoneSet(zone_set.zones, header, zone_set.warnings)


def _with_documents(header: ZoneFileHeader, documents: Sequence[Json]) -> ZoneFileHeader:
    """The header that keeps these documents, each once, and no others."""
    members = json.loads(header.foreign)
    if kept.read_documents(header).documents:
        del members[kept.MEMBER]
    if documents:
        members[kept.MEMBER] = kept.joined_documents(documents)
    return replace(header, foreign=canonical(members, sort_keys=True))
