"""Sets of zones: read, joined, changed and written as values."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from geopolicy.base.arguments import check_bool, check_kind, list_of
from geopolicy.base.atomic import write_atomically
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import (
    allowance_of,
    are_apart,
    effective_coverage,
    ids_to_unwrap,
    keep_polygon,
    kept_polygon,
    shape_problems,
    too_much_together,
    unknown_ids,
)
from geopolicy.model.zones import MAX_ID_LENGTH, Zone, ZoneFileHeader, is_zone_id
from geopolicy.policy import schedules
from geopolicy.zonefile.feature_words import FEATURE_MEMBERS, FILE_MEMBERS, PROPERTIES, RULE_ALONE, seems_placed
from geopolicy.zonefile.loading import LoadedFiles, load_zone_files
from geopolicy.zonefile.reader import read_zone_file
from geopolicy.zonefile.rule_json import KNOWN_RULE, survives
from geopolicy.zonefile.set_header import header_problems, joined_header
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.writer import zone_file_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from geopolicy.geometry.effective import Allowance
    from geopolicy.zonefile.zone_sources import ZoneSource


class ZoneSet:
    """An immutable set of zones with unique ids, in order of id, and what their file says of itself.

    Parameters
    ----------
    zones
        In any order. A zone without ``timezone`` or ``expires`` takes the header's.
    header
        By default one that claims the whole world.
    warnings
        What was found risky on reading; no part of the set's value.

    Raises
    ------
    ZoneFileError
        With every id that is used twice or cannot be one, every zone without rules, every time zone that is
        not known or is missing where a window needs it, and every geometry or coverage that cannot be used.

    Examples
    --------
    >>> import geopolicy as gp
    >>> depot = gp.Zone("depot", {"type": "Point", "coordinates": [13.72, 45.27]},
    ...                 [gp.Rule(["camera"], gp.Level.OFF)], radius_m=200)
    >>> zones = gp.ZoneSet([depot])
    >>> len(zones), zones["depot"].radius_m
    (1, 200.0)
    """

    __slots__ = ("_by_id", "header", "warnings", "zones")

    def __init__(
        self, zones: Iterable[Zone], header: ZoneFileHeader | None = None, warnings: Iterable[Problem] = ()
    ) -> None:
        self.header = ZoneFileHeader() if header is None else header
        check_kind("header", self.header, ZoneFileHeader, "a ZoneFileHeader or None")
        listed = list_of("zones", zones, Zone, "Zones")
        inherited = [_inheriting(zone, self.header) for zone in listed]
        self.zones = tuple(sorted(inherited, key=lambda zone: zone.id))
        self._by_id = {zone.id: zone for zone in self.zones}
        problems = _set_problems(self.zones, self.header)
        errors = [problem for problem in problems if not problem.is_warning]
        if errors:
            raise ZoneFileError(errors)
        given, said_anew = list_of("warnings", warnings, Problem, "Problems"), frozenset(problems)
        self.warnings = (*(warning for warning in given if warning not in said_anew), *problems)

    def __len__(self) -> int:
        return len(self.zones)

    def __iter__(self) -> Iterator[Zone]:
        return iter(self.zones)

    def __contains__(self, zone_id: object) -> bool:
        return zone_id in self._by_id

    def __getitem__(self, zone_id: str) -> Zone:
        return self._by_id[zone_id]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ZoneSet):
            return NotImplemented
        return self.zones == other.zones and self.header == other.header

    def __hash__(self) -> int:
        return hash((self.zones, self.header))

    def __repr__(self) -> str:
        named = f"{self.header.id!r}, " if self.header.id else ""
        return f"ZoneSet({named}{len(self)} zones)"

    def _repr_html_(self) -> str:
        from geopolicy.model.notebook import zones_html

        return zones_html(repr(self), self.zones)

    def with_zones(self, zones: Iterable[Zone]) -> ZoneSet:
        """This set and more zones. Joining can only tighten what an engine answers.

        A `ZoneSet` joins with its header too: its coverages are added, and what the two headers
        do not agree on is dropped, so that no zone changes its meaning. What comes out is no edition that
        anybody issued: it has no revision until it is given one (`ZoneFileHeader`).

        Raises
        ------
        ZoneFileError
            If an id is used in both, if a new zone cannot be used, or if a `ZoneSet` is of another kind: a base and
            an overlay are opened as layers.
        """
        if isinstance(zones, ZoneSet):
            joined = union_of([self, zones])
            return ZoneSet(joined.zones, replace(joined.header, revision=None), joined.warnings)
        new = list_of("zones", zones, Zone, "Zones")
        return ZoneSet((*self.zones, *new), replace(self.header, revision=None), self.warnings)

    def without_zones(self, ids: Iterable[str]) -> ZoneSet:
        """This set without the zones of these ids, and without its revision, as `with_zones`.

        Raises
        ------
        KeyError
            If the set has no zone of one of the ids.
        """
        leaving = {ids} if isinstance(ids, str) else set(list_of("ids", ids, str, "ids"))
        missing = sorted(leaving - self._by_id.keys())
        if missing:
            raise KeyError(f"zone {missing[0]!r}: must be in the set to be left out, got a set of {len(self)} zones")
        staying = [zone for zone in self.zones if zone.id not in leaving]
        warnings = [warning for warning in self.warnings if warning.zone_id not in leaving]
        return ZoneSet(staying, replace(self.header, revision=None), warnings)

    def to_geojson_text(self) -> str:
        """The set as the text of one zone file, in canonical form: the same set, the same text.

        Raises
        ------
        ZoneFileError
            If the file would be refused: the zones were read from several files, and their repairs, corridors and
            margins together are more than one file may have.
        """
        problems = too_much_together(self.zones)
        if problems:
            raise ZoneFileError(problems)
        return zone_file_text(self.header, self.zones)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes the set as one zone file in canonical form; the file is whole or unchanged.

        Raises
        ------
        ZoneFileError
            As `to_geojson_text`.
        OSError
            If the file cannot be written.
        """
        write_atomically(Path(path), self.to_geojson_text().encode())

    @classmethod
    def parse(cls, text: str | bytes, *, repair: bool = False, unwrap: bool | Collection[str] = False) -> ZoneSet:
        """The set that the text of one zone file describes; see `read_zones`."""
        check_kind("text", text, (str, bytes), "a text or bytes")
        check_bool("repair", repair)
        # Half a pair of surrogates is refused by the reader, as bytes that are no UTF-8.
        raw = text.encode(errors="surrogatepass") if isinstance(text, str) else text
        ids = ids_to_unwrap(unwrap)
        file = read_zone_file(raw, repair=repair, unwrap=ids)
        unknown = unknown_ids(ids, file.places)
        if unknown:
            raise ZoneFileError(unknown)
        return ZoneSet(file.zones, file.header, file.warnings)


def read_zones(
    source: ZoneSource | Iterable[ZoneSource],
    *,
    repair: bool = False,
    unwrap: bool | Collection[str] = False,
    on_progress: Callable[[float], object] | None = None,
) -> ZoneSet:
    """All zones of a file, of every ``*.geojson`` and ``*.geojson.gz`` below a folder, or of several of these.

    Parameters
    ----------
    source
        Paths of files and folders, and binary streams such as ``sys.stdin.buffer``, which are left open. A file or
        stream may be gzipped; what is, and what comes from a stream, may unpack to 512 MiB. A folder is read as
        it is at one moment where it is a link, or a mounted volume with a link ``..data``.
    repair
        Take all that any loop encloses where rings cross; otherwise they are problems.
    unwrap
        Take edges of more than 180 degrees of longitude the short way round; otherwise they are read as drawn.
        True: where that is the only reading; what has two is refused. Ids: in these zones, and where it is the only
        reading. Coverages are always read as drawn.
    on_progress
        Is called with the fraction that is read, 0 to 1, before each zone.

    Raises
    ------
    ZoneFileError
        With every problem of every file: nothing is read from a set that has one.
    TypeError
        For anything but paths and binary streams, and a ``repair`` that is not True or False.

    Examples
    --------
    >>> zones = read_zones("zones")
    >>> "data-stays-in-mainland-china" in zones
    True
    """
    return set_of_files(load_zone_files(source, repair=repair, unwrap=unwrap, on_progress=on_progress))


def set_of_files(loaded: LoadedFiles) -> ZoneSet:
    """The one set that files describe together.

    Raises
    ------
    ZoneFileError
        With every problem of every file: nothing is accepted from a set that has one.
    """
    return union_of(_sets_of(loaded))


def layers_of_files(loaded: LoadedFiles) -> list[ZoneSet]:
    """The one set that the bases among files describe together, if there are any, and each overlay.

    Raises
    ------
    ZoneFileError
        As `set_of_files`, but files of both kinds are welcome.
    """
    sets = _sets_of(loaded)
    bases = [zone_set for zone_set in sets if not zone_set.header.is_overlay]
    overlays = [zone_set for zone_set in sets if zone_set.header.is_overlay]
    return [union_of(bases), *overlays] if bases else overlays


def _sets_of(loaded: LoadedFiles) -> list[ZoneSet]:
    """The set of each file; raised is every problem of every file."""
    problems = list(loaded.errors)
    sets: list[ZoneSet] = []
    for file in loaded.files:
        if not file.errors:
            of_folders = () if sets else loaded.folder_warnings
            try:
                sets.append(ZoneSet(file.zones, file.header, (*of_folders, *file.warnings)))
            except ZoneFileError as error:
                problems += error.problems
    if problems:
        raise ZoneFileError(problems)
    return sets


def _inheriting(zone: Zone, header: ZoneFileHeader) -> Zone:
    """A zone with the header's defaults, and without foreign properties that are null, which a file cannot keep.

    It keeps its effective polygon, which depends on none of them.
    """
    if zone.timezone is not None and zone.expires is not None and "null" not in zone.foreign[1]:
        return zone
    timezone = header.timezone if zone.timezone is None else zone.timezone
    expires = header.expires if zone.expires is None else zone.expires
    foreign = (zone.foreign[0], _without_nulls(zone.foreign[1]))
    if (timezone, expires, foreign) == (zone.timezone, zone.expires, zone.foreign):
        return zone
    inheriting = replace(zone, timezone=timezone, expires=expires, foreign=foreign)
    polygon = kept_polygon(zone)
    if polygon is not None:
        keep_polygon(inheriting, polygon)
    return inheriting


def _without_nulls(members: str) -> str:
    """Canonical JSON of an object without its null members."""
    if "null" not in members:
        return members
    return canonical({name: value for name, value in json.loads(members).items() if value is not None}, sort_keys=True)


def _set_problems(zones: tuple[Zone, ...], header: ZoneFileHeader) -> list[Problem]:
    problems = []
    for zone, following in pairwise(zones):
        if zone.id == following.id:
            problems.append(Problem("id-duplicate", "an id must be used only once", repr(zone.id), "$.id", zone.id))
    allowance: Allowance | None = None
    sound: set[object] = set()
    for zone in zones:
        # Rules are told apart by being other objects: the zones of a file share those that are equal.
        asks = (zone.timezone, zone.foreign, *map(id, zone.rules))
        if asks not in sound or not is_zone_id(zone.id):
            own = _zone_problems(zone)
            problems += own
            if not own:
                sound.add(asks)
        if not zone.rules:
            hint = "a zone without rules restricts nothing"
            problems.append(
                Problem("rules-missing", "a zone needs rules", None, "$.properties.rules", zone.id, hint=hint)
            )
        if kept_polygon(zone) is None:
            allowance = allowance or allowance_of(zones)
            problems += shape_problems(zone, allowance=allowance)
    problems += header_problems(header)
    for name in json.loads(header.foreign).keys() & FILE_MEMBERS:
        rule = "a foreign member must not be one that the file states itself"
        problems.append(Problem("json-duplicate-key", rule, repr(name), f"$.{name}"))
    for name in filter(seems_placed, json.loads(header.foreign)):
        rule = "a foreign member must not be, or seem to be, one that belongs into the header or a zone"
        problems.append(Problem("member-misplaced", rule, repr(name), f"$.{name}"))
    polygons = []
    for coverage in header.coverages:
        polygon, coverage_problems = effective_coverage(coverage)
        if polygon is not None:
            polygons.append(polygon)
        problems += [problem for problem in coverage_problems if not problem.is_warning]
    if are_apart(polygons):
        rule = "the coverages have no place in common: nowhere is known, and every sensor is off"
        hint = "load files for one region at a time, or widen their coverage"
        problems.append(Problem("coverage-disjoint", rule, path="$.geopolicy.coverage", hint=hint, is_warning=True))
    return problems


def _zone_problems(zone: Zone) -> list[Problem]:
    """What a zone made in a program may say that no zone file may; a zone that was read says none of it."""
    problems = []
    if not is_zone_id(zone.id):
        rule = f"a zone needs an id: text of 1 to {MAX_ID_LENGTH} printable characters"
        problems.append(Problem("id-invalid", rule, repr(zone.id), "$.id", str(zone.id)))
    if zone.timezone is not None and schedules.time_zone(zone.timezone) is None:
        rule = "timezone must be a known IANA name"
        problems.append(Problem("timezone-unknown", rule, repr(zone.timezone), "$.properties.timezone", zone.id))
    conditions = [condition for rule in zone.rules for condition in (rule.when, *rule.unless)]
    if zone.timezone is None and any(window.needs_timezone for condition in conditions for window in condition.active):
        rule = "a window in local time needs a timezone"
        problems.append(Problem("timezone-missing", rule, None, "$.properties.timezone", zone.id))
    problems += [
        Problem("not-understood-known", KNOWN_RULE, rule.not_understood or "a condition", "$.properties.rules", zone.id)
        for rule in zone.rules
        if not survives(rule, zone.timezone)
    ]
    levels = (FEATURE_MEMBERS, (*PROPERTIES, "id", *RULE_ALONE))
    for text, known, path in zip(zone.foreign, levels, ("$", "$.properties"), strict=True):
        rule = "a foreign member must not be one that the zone states itself"
        doubled = [name for name in json.loads(text) if name in known] if text != "{}" else []
        problems += [Problem("json-duplicate-key", rule, repr(name), f"{path}.{name}", zone.id) for name in doubled]
    rule = "a foreign member beside the properties must not be, or seem to be, one that belongs into them"
    misplaced = filter(seems_placed, json.loads(zone.foreign[0])) if zone.foreign[0] != "{}" else ()
    problems += [Problem("member-misplaced", rule, repr(name), f"$.{name}", zone.id) for name in misplaced]
    return problems


def union_of(sets: Sequence[ZoneSet]) -> ZoneSet:
    """One set of several. Header values on which the files do not agree are dropped; the zones have them already.

    Raises
    ------
    ZoneFileError
        If an id is used in two of them, or if their kinds do not go together.
    """
    if len(sets) == 1:
        return sets[0]
    header, lost = joined_header([zone_set.header for zone_set in sets])
    zones = [zone for zone_set in sets for zone in zone_set.zones]
    warnings = [warning for zone_set in sets for warning in zone_set.warnings]
    rule = "a member that the format does not know is dropped where files do not agree on it"
    warnings += [Problem("foreign-differs", rule, repr(name), f"$.{name}", is_warning=True) for name in lost]
    return ZoneSet(zones, header, warnings)
