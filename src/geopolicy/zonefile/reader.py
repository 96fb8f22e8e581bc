"""From the text of a zone file to zones and a header; every problem is found in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import Allowance
from geopolicy.model.zones import GEOMETRY_TYPES, Zone, ZoneFileHeader
from geopolicy.zonefile import strict_json
from geopolicy.zonefile.effective_mark import refuse_effective_features
from geopolicy.zonefile.feature_json import LOST, FeatureReader
from geopolicy.zonefile.feature_shapes import with_shapes
from geopolicy.zonefile.feature_words import BESIDE, FILE_MEMBERS, PLACED, refuse_misplaced
from geopolicy.zonefile.geometry_json import Coordinates, corner_count, plain_geometry, position_count
from geopolicy.zonefile.gis_values import plain_features
from geopolicy.zonefile.header_json import read_header
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.near_names import near_name, near_word

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from typing import TypeVar

    from geopolicy.zonefile.header_of import HeaderSource

    T = TypeVar("T")

_FEATURE = re.compile(r"\$\.features\[\d+\]")
_CRS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84")


@dataclass(frozen=True, slots=True, eq=False)
class ZoneFile:
    """What one zone file holds, and what is wrong or risky in it.

    ``places`` has the path of each zone's feature, ``disables`` the ids of zones whose last rule is the short form
    ``disable``; ``feature_count`` counts zones that could not be read, too, ``unread_count`` those that come after so
    many errors that reading ended.
    """

    file: str | None
    header: ZoneFileHeader
    zones: list[Zone]
    places: dict[str, str]
    disables: frozenset[str]
    feature_count: int
    problems: tuple[Problem, ...]
    unread_count: int = 0
    words: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which the file is refused."""
        return tuple(problem for problem in self.problems if not problem.is_warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems with which it is accepted."""
        return tuple(problem for problem in self.problems if problem.is_warning)


def read_zone_file(
    raw: bytes, file: str | None = None, *, repair: bool = False, unwrap: frozenset[str] | None = None
) -> ZoneFile:
    """The zones and header of a zone file given as bytes; ``file`` names it in messages.

    Raises
    ------
    ZoneFileError
        With every problem of the file, if there is any besides warnings.
    """
    read = examine_zone_file(raw, file, repair=repair, unwrap=unwrap)
    if read.errors:
        raise ZoneFileError(read.errors)
    return read


def examine_zone_file(
    raw: bytes,
    file: str | None = None,
    *,
    header: HeaderSource | None = None,
    repair: bool = False,
    unwrap: frozenset[str] | None = None,
    on_progress: Callable[[float], object] = lambda _fraction: None,
) -> ZoneFile:
    """As `read_zone_file`, with the errors of the file among its problems: what can be read of it is there.

    A ``header`` of another file is put into this one. ``on_progress`` is told the fraction of the positions
    that is read.

    Raises
    ------
    ZoneFileError
        If the text is not JSON that all readers understand alike.
    """
    context = FileContext(file)
    root = strict_json.loads(raw, file, context.add, Coordinates)
    refuse_effective_features(root, file)
    ambiguous = {feature_path(problem.path) for problem in context.problems}
    if None in ambiguous:
        raise ZoneFileError(context.all_problems())
    members = _collection(context, root)
    stated = ZoneFileHeader()
    zones: list[Zone] = []
    places: dict[str, str] = {}
    if members is not None:
        refuse_misplaced(members, "the header member geopolicy, or the properties of a feature")
        _refuse_doubled(members)
        if header is not None:
            members.source = header.restored(context, members.source)
        stated = read_header(members) or LOST
        zones, places = _read_features(
            members, stated, ambiguous, repair=repair, unwrap=unwrap, on_progress=on_progress
        )
        stated = replace(stated, foreign=members.foreign(*FILE_MEMBERS))
    features = root.get("features") if members is not None else None
    count = len(features) if isinstance(features, list) else 0
    return ZoneFile(
        file,
        stated,
        zones,
        places,
        frozenset(context.disables),
        count,
        context.all_problems(),
        unread_count=context.unread_zones,
        words=context.words,
    )


def feature_path(path: str) -> str | None:
    """The path of the feature in which a path lies; None if it lies in none."""
    feature = _FEATURE.match(path)
    return feature[0] if feature else None


def _collection(context: FileContext, root: Any) -> JsonObject | None:
    """The FeatureCollection, or None if the text is something else."""
    rule = "must be a GeoJSON FeatureCollection"
    if not isinstance(root, dict):
        context.report("not-feature-collection", rule, "$", root)
        return None
    members = JsonObject(context, root, "$")
    if members.has("type") is False or root["type"] != "FeatureCollection":
        members.report_member("type", "not-feature-collection", rule, _collection_hint(root))
        return None
    if members.has("crs"):
        crs = root["crs"]
        name = (
            crs.get("properties", {}).get("name")
            if isinstance(crs, dict) and isinstance(crs.get("properties"), dict)
            else None
        )
        if name not in _CRS84:
            hint = "state the system in the header's frame, e.g. EPSG:25832"
            context.report("crs-member", "a crs member must be absent or name CRS84", "$.crs", crs, hint)
    return members


def _collection_hint(root: dict[str, Any]) -> str | None:
    """What to do about an object that is no FeatureCollection."""
    kind = root.get("type")
    if kind in ("Feature", *GEOMETRY_TYPES, "GeometryCollection"):
        return "write it as a feature among the features of a FeatureCollection"
    if kind == "Topology" or "geometryType" in root:
        return f"this is {'TopoJSON' if kind == 'Topology' else 'Esri JSON'}: export it as GeoJSON"
    return near_word(kind, ("FeatureCollection",)) if isinstance(kind, str) else None


def _refuse_doubled(collection: JsonObject) -> None:
    """Reports what is nearly called as the features or the header, and stands beside them: it is not read."""
    for meant in ("features", "geopolicy"):
        near = near_name(collection.source, meant) if collection.source.get(meant) is not None else None
        if near is None or near in PLACED or near in BESIDE:
            continue
        rule, hint = f"{near!r} is not read beside {meant!r}", "remove the one that is not meant, or join them"
        value = collection.source[near]
        if isinstance(value, (dict, list)):
            collection.context.report("member-doubled", rule, collection.at(near), near, hint)
        else:
            collection.context.warn("member-suspicious", rule, collection.at(near), hint)


def _read_features(
    collection: JsonObject,
    header: ZoneFileHeader,
    ambiguous: Container[str | None],
    *,
    repair: bool,
    unwrap: frozenset[str] | None,
    on_progress: Callable[[float], object],
) -> tuple[list[Zone], dict[str, str]]:
    context = collection.context
    if not collection.has("features"):
        near = near_name(collection.source, "features")
        hint = f"is {near!r} meant?" if near else None
        context.report("member-missing", "a FeatureCollection needs features", "$.features", hint=hint)
        return [], {}
    features = collection.source["features"]
    if not isinstance(features, list):
        context.report("member-type", "features must be a list", "$.features", features)
        return [], {}
    if not features:
        context.warn("no-zones", "a zone file without zones restricts nothing", "$.features")
    geometries = [plain_geometry(source) for source in features]
    counts = [
        corner_count(source) if geometry is None else position_count(geometry)
        for source, geometry in zip(features, geometries, strict=True)
    ]
    context.allowance = Allowance(counts)
    zones: list[Zone] = []
    shaped = with_shapes(plain_features(context, features), geometries, counts, header.frame)
    reader = FeatureReader(context, header, repair=repair, unwrap=unwrap)
    for i, source, shape in _told(shaped, counts, on_progress):
        path = f"$.features[{i}]"
        if context.is_full:
            context.unread_zones = len(features) - i
            break
        if path in ambiguous:  # what it says is not known
            continue
        if not isinstance(source, dict):
            context.report("member-type", "a feature must be an object", path, source)
            continue
        zone = reader.read(source, path, shape)
        if zone:
            zones.append(zone)
    on_progress(1.0)
    context.zone_id = None
    return zones, reader.places


def _told(features: Iterable[T], counts: Sequence[int], on_progress: Callable[[float], object]) -> Iterator[T]:
    """Features; before each one it is told which fraction of the positions is read."""
    total, read = sum(counts) + len(counts), 0
    for feature, count in zip(features, counts, strict=True):
        on_progress(read / total)
        yield feature
        read += count + 1
