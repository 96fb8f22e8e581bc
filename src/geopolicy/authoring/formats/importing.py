"""From a source in another format to a set of zones: read, given rules, checked as a zone file is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.document import RuledZone
from geopolicy.authoring.formats.registry import format_named, format_of
from geopolicy.authoring.formats.rule_choice import no_rules_problem
from geopolicy.authoring.formats.rule_merge import merged_rule
from geopolicy.authoring.formats.source import BOM, Reading
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.header_json import FORMAT, WORLD
from geopolicy.zonefile.members import FileContext
from geopolicy.zonefile.mistakes import probable_mistakes
from geopolicy.zonefile.reader import examine_zone_file
from geopolicy.zonefile.strict_json import canonical, loads
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.registry import Format
    from geopolicy.authoring.formats.rule_choice import RuleChoice
    from geopolicy.authoring.formats.source import Json, SourceZone
    from geopolicy.zonefile.reader import ZoneFile

_OF_CUTTING = 0.9  # of an import in which zones are cut
_FEATURE = re.compile(r"\$\.features\[(\d+)\](.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Imported:
    """A source that was read.

    ``zone_set`` is None where ``errors`` say why; ``left_out`` are zones of the source that restrict nothing.
    ``zones`` are all of the source.
    """

    file: str
    format: Format
    zones: tuple[SourceZone, ...]
    left_out: tuple[SourceZone, ...]
    zone_set: ZoneSet | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def import_source(
    content: bytes,
    file: str,
    choice: RuleChoice,
    header: Json,
    *,
    format_name: str | None = None,
    options: Mapping[str, str] | None = None,
    prefix: str = "",
    repair: bool = False,
    unwrap: frozenset[str] | None = None,
    now: datetime | None = None,
    on_progress: Callable[[float], object] = lambda _fraction: None,
) -> Imported:
    """The zones of a source, with every problem of it.

    Parameters
    ----------
    content
        The bytes of the source; empty for a format that is read from its path, which ``file`` then is.
    choice
        Which rules its zones get.
    header
        Members of the header, ``coverage`` among them; they stand above those that the source states.
    prefix
        Put before every id.
    now
        When expiries and windows are judged; None: not at all.
    on_progress
        Is told the fraction of the work that is done: of zones that are cut, and of the positions that are checked.

    Raises
    ------
    ZoneFileError
        If the format is not known, or nothing can be read of the source.
    ValueError
        If there is no format of this name, or it has no such option.
    """
    form = format_named(format_name) if format_name else format_of(content, json_of(content), file)
    form.check_options(options or {})
    context = FileContext(file)
    reading = Reading(file, content, context, options or {}, _coverage_of(header), repair, unwrap, _share(on_progress))
    document = form.load().read(reading)
    _refuse_empty(document, context)
    ruled = _ruled(document, choice, context)
    owners = {zone.order for zone, _ in ruled}
    left_out = tuple(zone for zone in document.zones if zone.order not in owners)
    key = kept.document_key(document, reading.options)
    features = [_feature(each, prefix, context) for each in ruled]
    problems = list(context.all_problems())
    zone_set = None
    if not any(not problem.is_warning for problem in problems):
        stated = {"format": FORMAT} | document.header | header
        documents = [kept.kept_document(document, key, left_out, reading.options)]
        collection = {"type": "FeatureCollection", "geopolicy": stated, kept.MEMBER: documents, "features": features}
        raw = canonical(collection).encode()
        tell = on_progress if document.ruled is None else _share(on_progress, _OF_CUTTING)
        read = examine_zone_file(raw, file, repair=repair, unwrap=unwrap, on_progress=tell)
        judged = [*read.problems, *probable_mistakes([read], now)]
        problems += [_of_source(problem, [zone for zone, _ in ruled]) for problem in judged]
        if not read.errors:
            given = kept.kept_features([zone for zone, _ in ruled], key)
            origins = {prefix + each.zone.id: origin for each, origin in zip(ruled, given, strict=True)}
            zone_set = _keeping(read, origins)
    errors = tuple(problem for problem in problems if not problem.is_warning)
    warnings = tuple(problem for problem in problems if problem.is_warning)
    return Imported(file, form, document.zones, left_out, zone_set, errors, warnings)


def _share(on_progress: Callable[[float], object], begun: float = 0.0) -> Callable[[float], object]:
    """Tells of the part of an import that is cut, or with ``begun`` of what comes after it."""
    share = 1.0 - begun if begun else _OF_CUTTING
    return lambda fraction: on_progress(begun + share * fraction)


def _keeping(read: ZoneFile, origins: Mapping[str, Json]) -> ZoneSet:
    """The set of a file whose zones keep what they come from, with a digest of them as they are."""
    together = ZoneSet(read.zones, read.header)  # zones have the header's defaults from here on
    zones = [kept.with_kept(zone, origins[zone.id]) for zone in together]
    return ZoneSet(zones, together.header, read.warnings)


def json_of(content: bytes) -> Any:
    """The JSON value of a source; None if it is none, or one that is refused later."""
    try:
        return loads(content.removeprefix(BOM), None, lambda _problem: None)
    except ZoneFileError:
        return None


def _coverage_of(header: Json) -> tuple[Json, ...] | None:
    """The coverages, each with the frame that it is in where the header states one."""
    coverage = header.get("coverage", WORLD)
    if coverage == WORLD:
        return None
    frame = {"frame": header["frame"]} if "frame" in header else {}
    coverages = coverage if isinstance(coverage, list) else [coverage]
    return tuple(frame | each if isinstance(each, dict) else each for each in coverages)


def _refuse_empty(document: SourceDocument, context: FileContext) -> None:
    """Reports a source that has no zone: accepted, it would permit everything in its coverage."""
    if document.zones or any(not problem.is_warning for problem in context.problems):
        return
    rule, hint = "a source must have a zone; this one restricts nothing", "is it the file that was meant?"
    context.report("source-empty", rule, "$", in_words="no zone", hint=hint)


def _ruled(document: SourceDocument, choice: RuleChoice, context: FileContext) -> list[RuledZone]:
    """The zones that get rules. One that restricts something and is not selected is a problem."""
    for zone in document.zones:
        if zone.restricts and choice.rules_for(zone) is None:
            context.add(no_rules_problem(zone, context.file or ""))
    if document.ruled is not None:
        return document.ruled(choice)
    rules = ((zone, choice.rules_for(zone)) for zone in document.zones)
    return [RuledZone(zone, given) for zone, given in rules if given]


def _feature(ruled: RuledZone, prefix: str, context: FileContext) -> Json:
    """A feature of the zone file, without what it keeps of its source: that is as it is, and added later."""
    zone = ruled.zone
    rules = [merged_rule(rule, zone, context) for rule in ruled.rules]
    properties = {**zone.properties, "rules": rules}
    return {"type": "Feature", "id": prefix + zone.id, "properties": properties, "geometry": zone.geometry}


def _of_source(problem: Problem, zones: Sequence[SourceZone]) -> Problem:
    """A problem of the zone file that was made, with the place in the source that it comes from."""
    match = _FEATURE.fullmatch(problem.path)
    if match is None:
        return problem
    zone, rest = zones[int(match[1])], match[2]
    if rest.startswith(".geometry"):
        return replace(problem, path=(zone.geometry_path or f"{zone.path}.geometry") + rest.removeprefix(".geometry"))
    return replace(problem, path=zone.path)
