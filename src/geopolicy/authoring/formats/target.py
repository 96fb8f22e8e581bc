"""What a format's writer is given: features in the order in which they are to stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.authoring.formats.source import Json
    from geopolicy.model.zones import Zone, ZoneFileHeader


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
        Whether all its zones are where and when they were as they were imported: then ``feature`` is written as it
        stands, but for what ``edits`` name. Otherwise the area is that of its one zone, and ``feature`` has whatever
        else the source said of it.
    kept_by_zones
        What each of the zones keeps of the source, where that may differ; empty for a zone that was drawn since.
    edits
        What of its zones was edited since, as `kept.edits_of` names it: the same in all of them.
    order
        The place of the feature in the source; None for a zone that was drawn since.
    """

    zones: tuple[Zone, ...]
    feature: Any
    is_unchanged: bool
    kept_by_zones: tuple[Any, ...] = ()
    edits: frozenset[str] = frozenset()
    order: int | None = None

    @property
    def new_name(self) -> str | None:
        """The name that its zones were given since; None if they have the one that they had."""
        return self.zones[0].name if "name" in self.edits else None


def changed_feature(
    zone: Zone, feature: Any, edits: frozenset[str] = frozenset(), order: int | None = None
) -> ExportFeature:
    """A zone that is not as it was imported, and what it keeps of its source."""
    return ExportFeature((zone,), feature, is_unchanged=False, kept_by_zones=(feature,), edits=edits, order=order)


@dataclass(frozen=True, slots=True)
class Export:
    """What a format writes: features in the order in which they are to stand, and what the source said besides.

    Changed and new zones stand first: where the first one wins, nothing may permit what they restrict.
    ``rest`` and ``version`` are those of the document that the set was imported from, if it was of this format.
    ``with_rules``: the zones are written with all that they say, by a format that carries it.
    """

    header: ZoneFileHeader
    features: tuple[ExportFeature, ...]
    rest: Json | None
    version: str | None
    options: Mapping[str, str] = field(default_factory=dict)
    with_rules: bool = False


def with_text(stated: Any, old: str | None, new: str) -> Any:
    """What is stated of a name, a text or texts of several languages, with a new text in the place of the old one."""
    if not isinstance(stated, list):
        return stated | {"text": new} if isinstance(stated, dict) else new
    texts, is_done = [], False
    for each in stated:
        is_it = not is_done and old in (each, each.get("text") if isinstance(each, dict) else each)
        texts.append((each | {"text": new} if isinstance(each, dict) else new) if is_it else each)
        is_done = is_done or is_it
    return texts if is_done else [*texts, {"text": new}]


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
