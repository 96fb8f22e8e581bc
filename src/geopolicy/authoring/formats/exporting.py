"""From a set of zones to another format: what was imported is written as its source had it, if nobody changed it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.target import Export, ExportFeature
from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.authoring.formats.registry import Format
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.zone_set import ZoneSet


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
    if not drop_rules and len(zone_set) and not form.carries_rules:
        rule, hint = f"{form.name} has no place for rules of sensors", "--drop-rules leaves them out"
        value = f"{len(zone_set)} zones with rules"
        raise ZoneFileError([Problem("export-rules", rule, value, hint=hint)])
    export = export_of(zone_set, form, options or {})
    return form.load().write(replace(export, with_rules=form.carries_rules and not drop_rules))


def export_of(zone_set: ZoneSet, form: Format, options: Mapping[str, str]) -> Export:
    """What a format has to write."""
    documents = [each for each in kept.kept_documents(zone_set.header) if each["format"] == form.name]
    keys = {document["document"] for document in documents}
    groups: dict[tuple[str, int], list[Zone]] = {}
    drawn = []
    for zone in zone_set:
        origin = kept.kept_of(zone)
        if origin is None or origin["document"] not in keys:
            drawn.append(ExportFeature((zone,), None, is_unchanged=False))
        else:
            groups.setdefault((origin["document"], origin["order"]), []).append(zone)
    changed, ordered = [], []
    for place, zones in groups.items():
        if _are_unchanged(zones):
            ordered.append((place, ExportFeature(tuple(zones), _feature_of(zones[0]), is_unchanged=True)))
        else:
            changed += [ExportFeature((zone,), _feature_of(zone), is_unchanged=False) for zone in zones]
    for document in documents:
        ordered += [
            ((document["document"], each["order"]), ExportFeature((), each["feature"], is_unchanged=True))
            for each in document["left_out"]
        ]
    in_order = [feature for _, feature in sorted(ordered, key=lambda pair: pair[0])]
    first = documents[0] if documents else {}
    return Export(zone_set.header, (*drawn, *changed, *in_order), first.get("rest"), first.get("version"), options)


def _are_unchanged(zones: list[Zone]) -> bool:
    """Whether the zones of a feature are all those that it became, as they were."""
    origins = [origin for zone in zones if (origin := kept.kept_of(zone))]
    is_whole = len(zones) == max(origin["pieces"] for origin in origins)
    return is_whole and all(
        origin.get("digest") == kept.zone_digest(zone) for origin, zone in zip(origins, zones, strict=True)
    )


def _feature_of(zone: Zone) -> Any:
    return (kept.kept_of(zone) or {}).get("feature")
