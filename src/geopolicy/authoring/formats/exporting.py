"""From a set of zones to another format: what was imported is written as its source had it, if nobody changed it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.option_help import RULE_OPTIONS
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.target import Export, ExportFeature, changed_feature
from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopolicy.authoring.formats.registry import Format
    from geopolicy.authoring.formats.source import Json
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.zone_set import ZoneSet

_TEXTS = frozenset({"name", "reason", "source", "expires"})
_HARMLESS = _TEXTS | {"rules", "others"}
_OF_TABLES = frozenset({"when", "timezone"})


def exported(
    zone_set: ZoneSet, format_name: str, *, drop_rules: bool = False, options: Mapping[str, str] | None = None
) -> bytes:
    """A set of zones as the bytes of a file in another format.

    Raises
    ------
    ZoneFileError
        If the format cannot carry what the zones say; their rules are left out only with ``drop_rules``.
    ValueError
        If there is no format of this name, it cannot be written, or it has no such option.
    """
    form = format_named(format_name)
    if not form.is_written:
        raise ValueError(f"{form.name} is read only")
    form.check_options(options or {})
    if not drop_rules and len(zone_set) and not form.carries_rules:
        rule, hint = f"{form.name} has no place for rules of sensors", "--drop-rules leaves them out"
        value = f"{len(zone_set)} zones with rules"
        raise ZoneFileError([Problem("export-rules", rule, value, hint=hint)])
    if form.carries_rules and not drop_rules:
        zones = tuple(_drawn(zone) for zone in zone_set)
        return form.load().write(Export(zone_set.header, zones, None, None, options or {}, with_rules=True))
    return form.load().write(export_of(zone_set, form, options or {}))


def export_of(zone_set: ZoneSet, form: Format, options: Mapping[str, str]) -> Export:
    """What a format has to write, rules left out.

    Raises
    ------
    ZoneFileError
        If zones come from several documents of the format, or what they keep of theirs was changed.
    """
    known, problems = kept.read_documents(zone_set.header)
    documents = {document["document"]: document for document in known if document["format"] == form.name}
    members, problems_of_zones = kept.read_kept_zones(zone_set if documents else ())
    origins = {zone_id: origin for zone_id, origin in members.items() if origin["document"] in documents}
    problems += problems_of_zones
    if problems:
        raise ZoneFileError(problems)
    document = _the_document(documents, origins, form)
    given = document.get("options", {}) if form.carries_rules else {}
    options = {name: value for name, value in given.items() if name in form.options} | dict(options)
    drawn = [_drawn(zone) for zone in zone_set if zone.id not in origins]
    features = _features_of(zone_set, origins, form, options)
    changed = [each for each in features if not each.is_unchanged]
    in_place = [each for each in features if each.is_unchanged] + [
        ExportFeature((), left["feature"], is_unchanged=True, order=left["order"]) for left in document["left_out"]
    ]
    in_order = sorted(in_place, key=lambda each: each.order or 0)
    return Export(zone_set.header, (*drawn, *changed, *in_order), document["rest"], document["version"], options)


def _drawn(zone: Zone) -> ExportFeature:
    return ExportFeature((zone,), None, is_unchanged=False)


def _the_document(documents: Json, origins: Mapping[str, Json], form: Format) -> Json:
    """The one document of the format that zones come from; an empty one if there is none.

    Those that no zone is left of are not written: a part of a set that was split has the header of the whole.

    Raises
    ------
    ZoneFileError
        If they come from several.
    """
    used = {origin["document"] for origin in origins.values()} or set(documents)
    if len(used) > 1:
        # What one document says besides its features, or by their order, is not true of those of another.
        rule = f"zones that were imported from {form.title} must come from one document of it"
        hint = f"--split-by {kept.MEMBER}.document writes a zone file for each: then convert each --to {form.name}"
        raise ZoneFileError([Problem("export-documents", rule, f"{len(used)} documents", hint=hint)])
    return documents[used.pop()] if used else {"left_out": [], "rest": None, "version": None}


def _features_of(
    zone_set: ZoneSet, origins: Mapping[str, Json], form: Format, options: Mapping[str, str]
) -> list[ExportFeature]:
    """Changed zones, each by itself, and the features that stand where and when they did."""
    groups: dict[int, list[Zone]] = {}
    for zone in zone_set:
        if zone.id in origins:
            groups.setdefault(origins[zone.id]["order"], []).append(zone)
    features: list[ExportFeature] = []
    for order, zones in groups.items():
        feature = origins[zones[0].id]["feature"]
        edits = {zone.id: kept.edits_of(zone, origins[zone.id]) for zone in zones}
        edited = frozenset[str]().union(*edits.values())
        if edited <= _in_place(form) and _are_whole(zones, origins) and _agree(zones, edited, options):
            given = tuple(origins[zone.id]["feature"] for zone in zones)
            features.append(
                ExportFeature(tuple(zones), feature, is_unchanged=True, kept_by_zones=given, edits=edited, order=order)
            )
            continue
        for zone in zones:
            parted = {"geometry", "id"} if origins[zone.id]["pieces"] > 1 else {"id"} if len(zones) > 1 else set()
            features.append(changed_feature(zone, origins[zone.id]["feature"], edits[zone.id] | parted, order))
    return features


def _in_place(form: Format) -> frozenset[str]:
    """Edits after which a feature still says what it did of where it restricts, and when.

    A table says nothing of when. What is signed is not as it was after any edit of what it says.
    """
    edits = _HARMLESS | _OF_TABLES if form.carries_rules else _HARMLESS
    return edits if form.renames else edits - {"name"}


def _are_whole(zones: Sequence[Zone], origins: Mapping[str, Json]) -> bool:
    """Whether the zones of a feature are all that it became at each import of it."""
    counts = Counter((origins[zone.id]["pieces"], origins[zone.id]["piece"]) for zone in zones)
    return all(len({counts[pieces, piece] for piece in range(1, pieces + 1)}) == 1 for pieces, _ in counts)


def _agree(zones: Sequence[Zone], edited: frozenset[str], options: Mapping[str, str]) -> bool:
    """Whether zones of one feature say the same of what was edited, as far as a feature may have a place for it."""
    has_rules = any(name in options for name in RULE_OPTIONS)
    placed = edited & (_TEXTS | (frozenset({"rules", "when"}) if has_rules else frozenset()))
    if len(zones) == 1 or not placed:
        return True
    digests = [kept.zone_digest(zone) for zone in zones]
    return all(each.get(name) == digests[0].get(name) for each in digests for name in placed)
