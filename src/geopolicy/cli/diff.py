"""``geopolicy diff``: what a change of zones makes looser, and what stricter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.base.atomic import write_atomically
from geopolicy.cli import console, progress
from geopolicy.cli.documents import time_text
from geopolicy.cli.options import AsJson, Repair, Unwrap, check_output, ids_of_unwrap, unwritable
from geopolicy.cli.zone_changes import AllowLoosening, lines_of, read_set, summary

if TYPE_CHECKING:
    from geopolicy.authoring.diff.records import Difference, ZoneSetDiff


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
    check_output(geojson, (old, new), "--geojson")
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


def _as_json(found: ZoneSetDiff) -> dict[str, Any]:
    return {
        "is_looser": found.is_looser,
        "counts": found.counts(),
        "header": [
            {
                "kind": change.kind,
                "text": change.text,
                "is_looser": change.is_looser,
                "is_proven": change.is_proven,
            }
            for change in found.header
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


def _finding_json(finding: Difference) -> dict[str, Any]:
    example = finding.example
    return {
        "kind": finding.kind,
        "text": finding.text,
        "sensors": list(finding.sensors),
        "is_proven": finding.is_proven,
        "doubt": finding.doubt,
        "position": _position_json(finding),
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


def _position_json(finding: Difference) -> dict[str, float] | None:
    return None if finding.position is None else dict(zip(("lat", "lon"), finding.position, strict=True))
