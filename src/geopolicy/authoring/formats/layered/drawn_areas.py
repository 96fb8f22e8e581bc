"""What zones of a source cover, as the zone file reader takes their geometries, with its problems of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geopolicy.geometry.effective import kept_polygon
from geopolicy.zonefile.header_json import FORMAT, WORLD
from geopolicy.zonefile.reader import examine_zone_file
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.source import Json, Reading, SourceZone
    from geopolicy.geometry.areas import Area

_ANY_RULE = [{"sensors": ["*"], "level": "off"}]  # the reader wants one
_PATH = "$.features["
# Warnings of zones whose areas became larger than they were drawn.
_ENLARGED = {"ring-repaired", "ring-collapsed-repaired", "ring-vanished"}
_PLAIN = ("Polygon", "MultiPolygon")
_EARTH = {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """An area; ``is_enlarged`` where it covers more than its source drew, so that it must permit nothing."""

    area: Area
    is_enlarged: bool


def drawn_areas(zones: Sequence[SourceZone], reading: Reading) -> list[DrawnArea | None]:
    """The area of each zone; None where its geometry is refused, which is reported."""
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": zone.geometry,
            "properties": {**zone.properties, "rules": _ANY_RULE},
        }
        for number, zone in enumerate(zones)
    ]
    collection = {"type": "FeatureCollection", "geopolicy": {"format": FORMAT, "coverage": WORLD}, "features": features}
    try:
        content = canonical(collection).encode()
    except ValueError:  # a number beyond the range of a double, which was reported when the source was read
        return [None] * len(zones)
    except RecursionError:
        reading.context.report("source-geometry", "geometries must not be nested so deep", "$")
        return [None] * len(zones)
    read = examine_zone_file(content, reading.file, repair=reading.repair, unwrap=_numbers_to_unwrap(zones, reading))
    enlarged: set[int] = {i for i, zone in enumerate(zones) if zone.geometry.get("type") not in _PLAIN}
    for problem in read.problems:
        if not problem.path.startswith(_PATH):
            continue
        number, _, rest = problem.path.removeprefix(_PATH).partition("]")
        if problem.code in _ENLARGED:
            enlarged.add(int(number))
        zone = zones[int(number)]
        path = (zone.geometry_path or f"{zone.path}.geometry") + rest.removeprefix(".geometry")
        if not problem.is_warning:
            reading.context.add(replace(problem, path=path, zone_id=zone.id))
    areas: list[DrawnArea | None] = [None] * len(zones)
    for drawn in read.zones:
        place = int(drawn.id)
        polygon = kept_polygon(drawn)
        if polygon is not None:  # the reader built it, if nothing is wrong with it
            areas[place] = DrawnArea(polygon.polygons, place in enlarged)
    return areas


def stated_coverage(reading: Reading) -> Json:
    """A geometry with all that the zones will be complete for; the whole Earth where nothing less is stated."""
    for geometry in reading.coverage or ():
        if isinstance(geometry, dict):
            return geometry
    return dict(_EARTH)


def without_frame(coverage: Json) -> tuple[Json, Json]:
    """A geometry of a header as that of a zone, and the property ``frame`` if it states one."""
    geometry = {name: value for name, value in coverage.items() if name != "frame"}
    return geometry, {"frame": coverage["frame"]} if "frame" in coverage else {}


def _numbers_to_unwrap(zones: Sequence[SourceZone], reading: Reading) -> frozenset[str] | None:
    """What `examine_zone_file` is told of zones that go by their numbers."""
    if not reading.unwrap:
        return reading.unwrap
    return frozenset(str(number) for number, zone in enumerate(zones) if zone.id in reading.unwrap) or None
