"""Several sources, zone files among them, as one set of zones; each is read whatever is wrong with the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from geopolicy.authoring.formats.importing import import_source, json_of
from geopolicy.authoring.formats.option_help import RULE_OPTIONS
from geopolicy.authoring.formats.registry import FORMATS, format_named, format_of
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.authoring.merging import header_left_out, merged
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.effective_mark import refuse_effective_features
from geopolicy.zonefile.mistakes import probable_mistakes
from geopolicy.zonefile.reader import ZoneFile, examine_zone_file
from geopolicy.zonefile.stored_file import content_of
from geopolicy.zonefile.zone_set import ZoneSet
from geopolicy.zonefile.zone_sources import zone_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from geopolicy.authoring.formats.importing import Imported
    from geopolicy.authoring.formats.source import Json
    from geopolicy.zonefile.stored_file import StoredFile
    from geopolicy.zonefile.zone_sources import ZoneSource

_RULES_HINT = (
    "--rules FILE says which zones get which rules, --disable camera,... disables sensors in all of them; if it is a"
    " zone file that lost its header, --header FILE puts it back"
)
# Where nothing but texts stands before it, the header is known without reading all of a large file twice.
_HEADER_FIRST = re.compile(rb'\s*\{(?:\s*"[^"\\]*"\s*:\s*"[^"\\]*"\s*,)*\s*"geopolicy"\s*:')


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """How sources are read: see `import_source`.

    ``shared_options`` are those that the format to be written has, too: a source's format takes what it has of them.
    """

    choice: RuleChoice | None
    header: Json
    format_name: str | None = None
    options: Mapping[str, str] | None = None
    prefix: str = ""
    repair: bool = False
    unwrap: frozenset[str] | None = None
    now: datetime | None = None
    shared_options: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class LoadedSources:
    """What sources hold. ``zone_set`` is None where ``errors`` say why."""

    imports: tuple[Imported, ...]
    zone_set: ZoneSet | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def load_sources(
    sources: Sequence[ZoneSource], plan: ImportPlan, on_progress: Callable[[float], object] | None = None
) -> LoadedSources:
    """The one set that sources describe together.

    Raises
    ------
    ValueError
        As `import_source`.
    """
    tell = on_progress or (lambda _fraction: None)
    source_problems: list[Problem] = []
    stored_files = zone_files(sources, source_problems)
    errors = [problem for problem in source_problems if not problem.is_warning]
    warnings = [problem for problem in source_problems if problem.is_warning]
    imports: list[Imported] = []
    sets: list[ZoneSet] = []
    for number, stored in enumerate(stored_files):
        on_file = partial(_within, tell, number, len(stored_files))
        on_file(0.0)
        try:
            read = _one_source(stored, plan, on_file)
        except ZoneFileError as error:
            errors += error.problems
            continue
        if isinstance(read, ZoneFile):
            sets.append(ZoneSet(read.zones, read.header, read.warnings))
            warnings += [*read.warnings, *probable_mistakes([read], plan.now)]
            continue
        imports.append(read)
        errors += read.errors
        warnings += read.warnings
        sets += [] if read.zone_set is None else [read.zone_set]
    together = None
    if not errors:
        try:
            together = merged(sets)
            warnings += header_left_out(sets)
        except ZoneFileError as error:
            errors += error.problems
    tell(1.0)
    return LoadedSources(tuple(imports), together, tuple(errors), tuple(warnings))


def _within(tell: Callable[[float], object], number: int, count: int, fraction: float) -> None:
    """Tells how much of all sources is read when a fraction of one of them is."""
    tell((number + fraction) / count)


def _is_zone_file(content: bytes, name: str) -> bool:
    """Whether a document has the header of a zone file, or may have had it before it was spoilt."""
    if b'"geopolicy"' not in content:
        return False
    if _HEADER_FIRST.match(content):
        return True
    root = json_of(content)
    if root is not None:
        return isinstance(root, dict) and "geopolicy" in root
    try:
        format_of(content, None, name)
    except ZoneFileError:
        return True
    return False


def _one_source(stored: StoredFile, plan: ImportPlan, on_progress: Callable[[float], object]) -> Imported | ZoneFile:
    """What one file holds; a zone file stands for itself unless the format is named."""
    is_path = any(each.is_path and stored.name.lower().endswith(each.suffixes) for each in FORMATS)
    content = b"" if is_path else content_of(stored)
    if plan.format_name is None and _is_zone_file(content, stored.name):
        file = examine_zone_file(content, stored.name, repair=plan.repair, unwrap=plan.unwrap, on_progress=on_progress)
        if file.errors:
            raise ZoneFileError(file.errors)
        return file
    form = format_named(plan.format_name) if plan.format_name else format_of(content, json_of(content), stored.name)
    shared = {name: value for name, value in (plan.shared_options or {}).items() if name in form.options}
    options = shared | dict(plan.options or {})
    choice = plan.choice
    if choice is None and any(name in RULE_OPTIONS for name in options):
        choice = RuleChoice(())
    if choice is None:
        refuse_effective_features(json_of(content), stored.name)
        rule, hint = f"zones of {form.title} must be given rules: it knows nothing of sensors", _RULES_HINT
        raise ZoneFileError([Problem("rules-needed", rule, file=stored.name, hint=hint)])
    return import_source(
        content,
        stored.name,
        choice,
        plan.header,
        format_name=form.name,
        options=options,
        prefix=plan.prefix,
        repair=plan.repair,
        unwrap=plan.unwrap,
        now=plan.now,
        on_progress=on_progress,
    )
