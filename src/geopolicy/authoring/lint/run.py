"""Lint: all kinds of findings, in the order of files and places."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from geopolicy.authoring.lint.codes import FIXABLE, severity_of
from geopolicy.authoring.lint.contradictions import contradictions
from geopolicy.authoring.lint.crowds import crowded_cells
from geopolicy.authoring.lint.findings import Finding
from geopolicy.authoring.lint.frame_twins import mistaken_frames
from geopolicy.authoring.lint.outlines import huge_zones, positions, slivers
from geopolicy.authoring.lint.pairs import duplicates, near_duplicates
from geopolicy.authoring.lint.placed import ZoneTable, placed_zones
from geopolicy.authoring.lint.placing import OUTSIDE, swapped_parts, swapped_zones, zones_at_sea
from geopolicy.authoring.lint.rules import constant_exemptions, pointless_rules
from geopolicy.authoring.lint.texts import lookalike_ids, lookalike_names, missing_sources, open_emergencies
from geopolicy.base.arguments import check_callable, check_kind
from geopolicy.errors import ZoneFileError
from geopolicy.model.sensors import Vehicle
from geopolicy.model.times import in_utc
from geopolicy.zonefile.loading import load_zone_files
from geopolicy.zonefile.mistakes import KnownNames, probable_mistakes
from geopolicy.zonefile.zone_set import set_of_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from geopolicy.errors import Problem
    from geopolicy.zonefile.loading import LoadedFiles
    from geopolicy.zonefile.zone_sources import ZoneSource

_READING_SHARE = 0.6  # of the time of both, measured with zones of 20 positions
_KINDS: tuple[Callable[[ZoneTable], Iterable[Finding]], ...] = (
    *(slivers, positions, huge_zones, zones_at_sea, duplicates, near_duplicates, mistaken_frames, contradictions),
    *(crowded_cells, pointless_rules, constant_exemptions, lookalike_ids, lookalike_names, missing_sources),
    *(open_emergencies, swapped_parts),
)


def lint_zones(
    source: ZoneSource | Iterable[ZoneSource],
    *,
    now: datetime | None = None,
    vehicle: Vehicle | None = None,
    on_progress: Callable[[float], object] | None = None,
) -> list[Finding]:
    """Everything that is wrong or probably wrong in zone files: errors first, then warnings and hints.

    Parameters
    ----------
    source
        Zone files and folders, as for `read_zones`.
    now
        The aware time at which expiries and windows are judged; None: they are not.
    vehicle
        One that the zones are meant for: what it calls its sensors is known, and zones that restrict none of
        them are named.
    on_progress
        Is called with the fraction that is done, 0 to 1.

    Returns
    -------
    list of Finding
        Empty for zones about which there is nothing to say. `docs/lint.md` explains the codes.

    Raises
    ------
    TypeError
        For anything but paths and binary streams, or a vehicle that is none.
    ValueError
        For a time without zone.

    Examples
    --------
    >>> [finding.code for finding in lint_zones("zones", now=None)]
    []
    """
    check_callable("on_progress", on_progress)
    check_kind("vehicle", vehicle, (Vehicle, type(None)), "a Vehicle or None")
    now = None if now is None else in_utc("now", now)
    report = on_progress or (lambda _fraction: None)
    loaded = load_zone_files(source, on_progress=lambda part: report(part * _READING_SHARE))
    return lint_files(
        loaded, now, vehicle, on_progress=lambda part: report(_READING_SHARE + part * (1.0 - _READING_SHARE))
    )


def lint_files(
    loaded: LoadedFiles,
    now: datetime | None = None,
    vehicle: Vehicle | None = None,
    *,
    on_progress: Callable[[float], object] = lambda _fraction: None,
) -> list[Finding]:
    """The findings of zone files that were loaded, as `lint_zones`."""
    on_progress(0.0)
    problems = [*_problems_of_set(loaded), *probable_mistakes(loaded.files, now, vehicle)]
    names = KnownNames(vehicle)
    table = ZoneTable(placed_zones(loaded.files))
    findings = list(swapped_zones(table, problems))
    is_explained = {(finding.file, finding.zone_id) for finding in findings}
    findings += [
        _of_problem(problem, names)
        for problem in problems
        if problem.code != OUTSIDE or (problem.file, problem.zone_id) not in is_explained
    ]
    for i, kind in enumerate(_KINDS):
        report = partial(_report_part, on_progress, i / len(_KINDS))
        report(0.0)
        table.on_part = report
        findings += kind(table)
    on_progress(1.0)
    return _in_order(findings, loaded)


def _report_part(on_progress: Callable[[float], object], begin: float, part: float) -> None:
    on_progress(begin + part / len(_KINDS))


def _problems_of_set(loaded: LoadedFiles) -> Sequence[Problem]:
    """Errors and warnings of reading."""
    try:
        return set_of_files(loaded).warnings
    except ZoneFileError as error:
        return [*error.problems, *loaded.warnings]


def _of_problem(problem: Problem, names: KnownNames) -> Finding:
    severity = severity_of(problem.code, is_warning=problem.is_warning)
    place = problem.path, problem.zone_id, problem.file
    is_fixable = problem.code in FIXABLE and bool(problem.value and names.sensor_meant(problem.value.strip("'")))
    return Finding(problem.code, severity, problem.rule, problem.value, *place, problem.hint, fix=is_fixable)


def _in_order(findings: Iterable[Finding], loaded: LoadedFiles) -> list[Finding]:
    """The gravest first, then by file, zone and code."""
    order = {None: -1} | {file.file: i for i, file in enumerate(loaded.files)}
    zones = {(file.file, zone_id): i for file in loaded.files for i, zone_id in enumerate(file.places)}

    def key(finding: Finding) -> tuple[object, ...]:
        number = zones.get((finding.file, finding.zone_id or ""), -1)
        return -int(finding.severity), order.get(finding.file, -1), number, finding.code, finding.path

    return sorted(findings, key=key)
