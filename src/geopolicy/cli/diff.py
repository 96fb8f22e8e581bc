"""``geopolicy diff``: what a change of zones makes looser, and what stricter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.base.atomic import write_atomically
from geopolicy.cli import console, progress
from geopolicy.cli.console import count_text
from geopolicy.cli.documents import time_text
from geopolicy.cli.options import AsJson, Repair, Unwrap, check_output, ids_of_unwrap, is_pack, unwritable
from geopolicy.cli.zone_input import read_with_warnings
from geopolicy.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from geopolicy.authoring.diff.records import Finding, ZoneChange, ZoneSetDiff
    from geopolicy.zonefile.zone_set import ZoneSet

AllowLoosening = Annotated[bool, typer.Option("--allow-loosening", help="Do not refuse what is looser.")]
_MOST_SHOWN = 4
_HINT = "if it is meant: --allow-loosening"


def diff(
    old: Annotated[Path, typer.Argument(help="A zone file, a folder, a pack, or - for standard input.")],
    new: Annotated[Path, typer.Argument(help="The same, as it is after the change.")],
    *,
    repair: Repair = False,
    unwrap: Unwrap = None,
    allow_loosening: AllowLoosening = False,
    geojson: Annotated[
        Path | None, typer.Option("--geojson", help="Write the areas that became looser or stricter, for a GIS.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Say what a change of zones makes looser and what stricter. Exit code 1 if anything is looser.

    Example: geopolicy diff fleet.gpol zones/
    """
    check_output(geojson, (old, new))
    from geopolicy.authoring.diff.sets import diff_zones

    with progress.shown("reading the old zones") as line:
        ids = ids_of_unwrap(unwrap)
        before = read_set(old, (new,), repair=repair, unwrap=ids, on_progress=line.at)
        line.step("reading the new zones")
        after = read_set(new, (old,), repair=repair, unwrap=ids, on_progress=line.at)
        line.step("comparing")
        found = diff_zones(before, after, on_progress=line.at)
    if geojson is not None:
        try:
            write_atomically(geojson, (json.dumps(found.to_geojson(), ensure_ascii=False) + "\n").encode())
        except OSError as error:
            raise unwritable(geojson, error) from error
    if as_json:
        console.print_json("diff", _as_json(found))
    else:
        for text, is_looser in lines_of(found):
            console.say(text, "bold red" if is_looser else None)
        console.say(summary(found), "bold red" if found.is_looser else "green")
    return console.REFUSED if found.is_looser and not allow_loosening else 0


def read_set(
    path: Path,
    others: Sequence[Path] = (),
    *,
    repair: bool = False,
    unwrap: bool | Collection[str] = False,
    on_progress: Callable[[float], object] | None = None,
) -> ZoneSet:
    """The zones of zone files or of a pack."""
    if is_pack(path):
        from geopolicy.pack.decompile import zones_of
        from geopolicy.pack.pack import read_pack

        return zones_of(read_pack(path))
    names = [str(other) for other in others]
    return read_with_warnings([path], others=names, repair=repair, unwrap=unwrap, on_progress=on_progress)[0]


def lines_of(found: ZoneSetDiff) -> Iterator[tuple[str, bool]]:
    """A line for each change of the header and of a zone, and whether it is looser."""
    for change in found.header:
        yield f"header: {'LOOSER' if change.is_looser else 'stricter'}: {change.text}", change.is_looser
    for zone in found.zones:
        yield _line(zone), bool(zone.looser)


def _line(zone: ZoneChange) -> str:
    name = zone.zone_id if zone.new_id is None else f"{zone.zone_id} -> {zone.new_id}"
    parts = [f"{name}: {zone.change}"]
    for word, findings in (("LOOSER", zone.looser), ("stricter", zone.stricter)):
        if findings:
            shown = [_text(finding) for finding in findings[:_MOST_SHOWN]]
            more = [f"{len(findings) - _MOST_SHOWN} more"] if len(findings) > _MOST_SHOWN else []
            parts.append(f"{word}: {'; '.join(shown + more)}")
    return ", ".join(parts)


def _text(finding: Finding) -> str:
    return finding.text if finding.kind == "zone" else f"{finding.kind}: {finding.text}"


def loosenings(found: ZoneSetDiff) -> list[Problem]:
    """What is looser, as problems for which zones are refused."""
    problems = [
        Problem("loosened", f"the header must not let more through: {change.text}", None, "$.geopolicy", hint=_HINT)
        for change in found.header
        if change.is_looser
    ]
    for zone in found.zones:
        problems += [
            Problem(
                "loosened", f"must not become looser: {_text(finding)}", None, "$.features", zone.zone_id, hint=_HINT
            )
            for finding in zone.looser
        ]
    return problems


def summary(found: ZoneSetDiff) -> str:
    """How many zones became what."""
    counts = found.counts()
    rest = ", ".join(f"{count} {name}" for name, count in counts.items() if name != "looser")
    header = sum(change.is_looser for change in found.header)
    of_header = f"; {count_text(header, 'loosening')} in the header" if header else ""
    return f"{count_text(counts['looser'], 'zone')} looser, {rest}{of_header}"


def _as_json(found: ZoneSetDiff) -> dict[str, Any]:
    return {
        "is_looser": found.is_looser,
        "counts": found.counts(),
        "header": [
            {"kind": change.kind, "text": change.text, "is_looser": change.is_looser} for change in found.header
        ],
        "zones": [
            {
                "zone_id": zone.zone_id,
                "change": zone.change,
                "new_id": zone.new_id,
                "looser": [_finding_json(finding) for finding in zone.looser],
                "stricter": [_finding_json(finding) for finding in zone.stricter],
            }
            for zone in found.zones
        ],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    example = finding.example
    return {
        "kind": finding.kind,
        "text": finding.text,
        "sensors": list(finding.sensors),
        "is_proven": finding.is_proven,
        "area_km2": finding.area_km2,
        "example": None
        if example is None
        else {
            "attributes": dict(example.attributes),
            "time": time_text(example.time),
            "state": example.state,
            "emergency": example.emergency,
        },
    }
