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
        Whether all its zones are as they were imported: then ``feature`` is written as it stands. Otherwise the
        area is that of its one zone, and ``feature`` has whatever else the source said of it.
    kept_by_zones
        What each of the zones keeps of the source, where that may differ; empty for a zone that was drawn since.
    """

    zones: tuple[Zone, ...]
    feature: Any
    is_unchanged: bool
    kept_by_zones: tuple[Any, ...] = ()


def changed_feature(zone: Zone, feature: Any) -> ExportFeature:
    """A zone that is not as it was imported, and what it keeps of its source."""
    return ExportFeature((zone,), feature, is_unchanged=False, kept_by_zones=(feature,))


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
