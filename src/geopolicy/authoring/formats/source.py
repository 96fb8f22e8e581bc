"""What a format's reader is given, and one area as others state it, before it has rules.

A reader reports every problem of the source to ``reading.context`` and goes on; it raises `ZoneFileError` only
where nothing of the source can be read at all. JSON in it is as the zone file has it (docs/zone-file.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geopolicy.zonefile.strict_json import loads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geopolicy.zonefile.members import FileContext

Json = dict[str, Any]
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Reading:
    """One source that is read.

    Attributes
    ----------
    file
        What messages call it, and the path of formats that are more than one file.
    content
        Its bytes, unpacked; empty for formats that are read from their path.
    context
        Where problems are reported.
    options
        Values of ``--with NAME=VALUE``; names that the format does not have were refused.
    coverage
        The coverages of the header that the zones will have, as GeoJSON geometries; None for the whole world.
    repair, unwrap
        How geometries are read, where a format has to know what its zones cover; as `examine_zone_file`.
    on_cut
        Is told the fraction that is cut, where a format cuts its zones.
    """

    file: str
    content: bytes
    context: FileContext
    options: Mapping[str, str] = field(default_factory=dict)
    coverage: tuple[Json, ...] | None = None
    repair: bool = False
    unwrap: frozenset[str] | None = None
    on_cut: Callable[[float], object] = lambda _fraction: None

    def json(self) -> Any:
        """The one JSON value of the source; a byte-order mark before it is passed over.

        Raises
        ------
        ZoneFileError
            If it is none; members that stand twice and numbers out of range are reported.
        """
        return loads(self.content.removeprefix(BOM), self.file, self.context.add)


@dataclass(frozen=True, slots=True)
class SourceZone:
    """One area of a source.

    Attributes
    ----------
    id
        The id that the zone will have, unique in its source.
    path
        Where it stands in the source, such as ``$.data.geofencing_zones.features[0]``.
    geometry
        GeoJSON geometry of the zone file, longitude first. A Point needs ``radius_m`` among the properties, a
        LineString ``width_m``.
    facts
        What ``where`` of a rules file may ask of it: JSON, members of members by dotted names.
    properties
        Members of the zone's ``properties`` besides rules: ``name``, ``reason``, ``source``, ``radius_m``, ``width_m``,
        ``expires``, ``timezone``, ``frame``, ``repair``.
    conditions
        Members that limit each rule of it: ``active``, ``applies_to``, ``state``, ``emergency``, ``unless``.
    restricts
        Whether the source says that it restricts something: what ``--disable`` is for. Whatever is not plainly a
        permission restricts.
    feature
        The source's own JSON of it, all of it, written back by an export. Several zones of one feature share it.
    order
        Its place among the features of the source. Zones of one feature have the same.
    geometry_path
        Where its geometry stands in the source; below ``path`` unless it says otherwise.
    rules
        Rules of the zone file that the source itself states for it, as JSON; None if it states none.
    """

    id: str
    path: str
    geometry: Json
    facts: Json
    feature: Any
    order: int
    properties: Json = field(default_factory=dict)
    conditions: Json = field(default_factory=dict)
    restricts: bool = True
    geometry_path: str | None = None
    rules: tuple[Json, ...] | None = None
