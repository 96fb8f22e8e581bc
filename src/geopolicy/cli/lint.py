"""``geopolicy lint``: what is probably wrong in zone files, and mending it where that is safe."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.advice import with_advice
from geopolicy.cli.console import count_text
from geopolicy.cli.documents import finding_json
from geopolicy.cli.failures import refusal_of
from geopolicy.cli.options import AsJson, VehicleFile, Zones, check_output, time_of, unwritable, vehicle_of
from geopolicy.cli.zone_input import zone_sources
from geopolicy.errors import ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from geopolicy.authoring.lint.codes import Fix
    from geopolicy.authoring.lint.findings import Finding, Severity
    from geopolicy.model.sensors import Vehicle
    from geopolicy.zonefile.loading import LoadedFiles
    from geopolicy.zonefile.zone_sources import ZoneSource

_SEVERITIES = ("hint", "warning", "error")

Codes = Annotated[list[str] | None, typer.Option("--select", metavar="CODES", help="Only these codes; errors as well.")]


def lint(
    zones: Zones,
    *,
    vehicle: VehicleFile = None,
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            help="When expiries and windows are judged: now, unknown (not at all), or a date-time with offset.",
            show_default="now",
        ),
    ] = None,
    severity: Annotated[str, typer.Option("--severity", help="hint, warning or error: the least that counts.")] = (
        "warning"
    ),
    select: Codes = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODES", help="Not these codes; errors all the same.")
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option(
            "--fix",
            metavar="[=CODES]",
            help="Mend what makes no zone looser, or findings of these codes, and write the zones to --output.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="With --fix: the file to which the zones are written.")
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count the findings of each code instead.")] = False,
    as_json: AsJson = False,
) -> int:
    """Find what is probably wrong in zone files. Exit code 1 if anything is found.

    Example: geopolicy lint zones/
    """
    wanted = _Wanted(_severity_of(severity), _known_codes("--select", select), _known_codes("--ignore", ignore))
    fixes = _fixes_of(fix, output)
    now, for_vehicle = time_of(time), vehicle_of(vehicle) if vehicle else None
    check_output(output, zones)
    with progress.shown("reading zone files") as line:
        loaded, findings = _lint_files(zone_sources(zones), now, for_vehicle, line)
        mended: list[Finding] | None = None
        if output is not None and fixes is not None:
            mended = _mend(loaded, [one for one in findings if wanted.has_code(one)], fixes, output, for_vehicle)
            if mended is not None:
                loaded, findings = _lint_files([output], now, for_vehicle, line)
    chosen = [finding for finding in findings if wanted.has_code(finding)]
    shown = [finding for finding in chosen if finding.severity >= wanted.severity]
    hidden = len(chosen) - len(shown)
    if as_json:
        answer = {"ok": not shown, "zones": loaded.feature_count, "findings": [finding_json(one) for one in shown]}
        counts = None if mended is None else dict(sorted(Counter(one.code for one in mended).items()))
        console.print_json("lint", answer | {"hidden": hidden, "mended": counts})
    else:
        _show(shown, hidden, mended, loaded, output, statistics=statistics)
    return refusal_of(shown) if shown else 0


class _Wanted(NamedTuple):
    """Which findings count."""

    severity: Severity
    select: frozenset[str]
    ignore: frozenset[str]

    def has_code(self, finding: Finding) -> bool:
        """Whether the code of a finding is wanted. That files are refused is always said."""
        if finding.severity.label == "error":
            return True
        return finding.code not in self.ignore and (not self.select or finding.code in self.select)


def _severity_of(text: str) -> Severity:
    from geopolicy.authoring.lint.findings import Severity

    if text not in _SEVERITIES:
        raise typer.BadParameter(f"must be one of {', '.join(_SEVERITIES)}, got {text!r}", param_hint="--severity")
    return Severity[text.upper()]


def _known_codes(option: str, texts: list[str] | None) -> frozenset[str]:
    from geopolicy.authoring.lint.codes import CODES

    codes = [code for text in texts or () for code in text.split(",")]
    for code in codes:
        if code not in CODES:
            raise typer.BadParameter(
                f"must be codes of docs/lint.md, joined by commas, got {code!r}", param_hint=option
            )
    return frozenset(codes)


def _fixes_of(texts: list[str] | None, output: Path | None) -> frozenset[str] | None:
    """The codes to be mended; None where nothing is."""
    from geopolicy.authoring.lint.codes import FIXABLE, SAFE

    if texts is None:
        if output is not None:
            raise typer.BadParameter("must stand with --fix: without it nothing is written", param_hint="--output")
        return None
    if output is None:
        raise typer.BadParameter("must name the file to which --fix writes the zones", param_hint="--output")
    codes = [code for text in texts if text for code in text.split(",")]
    for code in codes:
        if code not in FIXABLE:
            rule = f"must be of {', '.join(sorted(FIXABLE))}, joined by commas"
            raise typer.BadParameter(f"{rule}, got {code!r}", param_hint="--fix")
    return frozenset(codes) | (SAFE if "" in texts else frozenset())


def _lint_files(
    sources: Sequence[ZoneSource], now: datetime | None, vehicle: Vehicle | None, line: progress.Progress
) -> tuple[LoadedFiles, list[Finding]]:
    from geopolicy.authoring.lint.run import lint_files
    from geopolicy.zonefile.loading import load_zone_files

    line.step("reading zone files")
    loaded = load_zone_files(sources, on_progress=line.at)
    line.step("looking for mistakes")
    return loaded, lint_files(loaded, now, vehicle, on_progress=line.at)


def _mend(
    loaded: LoadedFiles,
    findings: Iterable[Finding],
    codes: Collection[str],
    output: Path,
    vehicle: Vehicle | None,
) -> list[Finding] | None:
    """Writes the zones mended; the findings that were, or None where the files are refused."""
    from geopolicy.authoring.lint.fixes import fix_zones
    from geopolicy.zonefile.zone_set import set_of_files

    asked = [finding for finding in findings if finding.fix and finding.code in codes]
    try:
        zone_set = set_of_files(loaded)
    except ZoneFileError:
        return None
    try:
        fix_zones(zone_set, asked, codes, vehicle).write(output)
    except OSError as error:
        raise unwritable(output, error) from error
    return asked


def _show(
    findings: Sequence[Finding],
    hidden: int,
    mended: Sequence[Finding] | None,
    loaded: LoadedFiles,
    output: Path | None,
    *,
    statistics: bool,
) -> None:
    if output is not None:
        revision = loaded.files[0].header.revision if loaded.files else None  # one file was written, and read again
        _show_mended(mended, output, revision)
    if statistics:
        counts = Counter((finding.severity.label, finding.code) for finding in findings)
        for (label, code), count in counts.items():
            console.say(f"{count:>9,} {label} [{code}]")
    else:
        advised = (with_advice(one, "lint") for one in findings)
        console.show_by_code(((one.severity.label, one.code, str(one)) for one in advised), console.say)
    by_label = Counter(finding.severity.label for finding in findings)
    found = ", ".join(count_text(by_label[label], label) for label in reversed(_SEVERITIES) if by_label[label])
    rest = f"; {count_text(hidden, 'finding')} below --severity" if hidden else ""
    summary = f"{count_text(loaded.feature_count, 'zone')}: {found or 'nothing found'}{rest}"
    console.say(summary, "bold red" if findings else "green")


def _show_mended(mended: Sequence[Finding] | None, output: Path, revision: int | None) -> None:
    from geopolicy.authoring.lint.codes import FIXABLE

    if mended is None:
        console.say("nothing was written, the files are refused", "bold red")
        return
    lines = (("mended", one.code, _mended_text(one, FIXABLE[one.code])) for one in mended)
    console.show_by_code(lines, console.say)
    console.say(f"wrote {output}, {len(mended):,} mended" if mended else f"wrote {output}, nothing mended")
    if mended and revision is not None:
        console.say(f"revision {revision} is kept: raise it when you issue these zones")


def _mended_text(finding: Finding, fix: Fix) -> str:
    detail = repr(finding.other_id) if finding.other_id else finding.value
    return f"zone {finding.zone_id!r}: {fix.what}" + (f": {detail}" if detail and not fix.can_loosen else "")
