"""From a set of zones to another format: what was imported is written as its source had it, if nobody changed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.registry import format_named
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.authoring.formats.registry import Format
    from geopolicy.authoring.formats.source import Json
    from geopolicy.model.zones import Zone, ZoneFileHeader
    from geopolicy.zonefile.zone_set import ZoneSet


@dataclass(frozen=True, slots=True)
class ExportFeature:
    """One feature to write.

    Attributes
    ----------
    zones
        The zones that the feature became; none where it restricts nothing.
    feature
        The source's JSON of it; None for a zone that was drawn since.
    is_unchanged
        Whether all its zones are as they were imported: then ``feature`` is written as it stands. Otherwise the
        area is that of its one zone, and ``feature`` has whatever else the source said of it.
    """

    zones: tuple[Zone, ...]
    feature: Any
    is_unchanged: bool


@dataclass(frozen=True, slots=True)
class Export:
    """What a format writes: features in the order in which they are to stand, and what the source said besides.

    Changed and new zones stand first: where the first one wins, nothing may permit what they restrict.
    ``rest`` and ``version`` are those of the document that the set was imported from, if it was of this format.
    """

    header: ZoneFileHeader
    features: tuple[ExportFeature, ...]
    rest: Json | None
    version: str | None
    options: Mapping[str, str] = field(default_factory=dict)


def export_zones(
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
    if not drop_rules and len(zone_set):
        rule, hint = f"{form.name} has no place for rules of sensors", "--drop-rules leaves them out"
        value = f"{len(zone_set)} zones with rules"
        raise ZoneFileError([Problem("export-rules", rule, value, hint=hint)])
    return form.load().write(export_of(zone_set, form, options or {}))


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
        for each in document["left_out"]:
            ordered.append(((document["document"], each["order"]), ExportFeature((), each["feature"], True)))
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


def area_of(zone: Zone) -> Json:
    """The effective polygon of a zone as a GeoJSON MultiPolygon in WGS 84: margins and circles are in it.

    Raises
    ------
    ZoneFileError
        If the zone is drawn in GCJ-02 or BD-09, which is not turned back without loss.
    """
    polygon = effective_polygon(zone)
    if polygon.family != "WGS84":
        rule = "a zone must be in WGS 84 to be exported"
        raise ZoneFileError([Problem("export-frame", rule, zone.frame, zone_id=zone.id)])
    coordinates = [[(ring / UNITS_PER_DEGREE).tolist() for ring in part] for part in polygon.polygons]
    return {"type": "MultiPolygon", "coordinates": coordinates}
