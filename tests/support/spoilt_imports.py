"""Samples of every format that is written, imported; and zone files of them whose ``imported`` members are spoilt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from changed_bytes import mutated_json
from format_bytes import FOLDERS
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.errors import ZoneFileError
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path
    from random import Random

SUFFIXES = (".cpg", ".dbf", ".prj", ".shx")  # of the files beside a Shapefile
SAMPLES = tuple(
    path
    for path in sorted(FOLDERS[0].glob("*/*"))
    if path.suffix not in SUFFIXES and format_named(path.parent.name).is_written
)
OPTIONS: dict[str, dict[str, str]] = {
    "gbfs": {"winding": "ignored"},
    "mds": {"radius_m": "10", "width_m": "10"},
    "open-autonomy": {},
    "ed269": {"timezone": "Europe/Zagreb"},
}
COVERAGE = {"type": "Polygon", "coordinates": [[[-20, -40], [40, -40], [40, 70], [-20, 70], [-20, -40]]]}


def import_of(path: Path) -> ZoneSet | None:
    """The zones of a sample; None where it needs more than common options."""
    form = format_named(path.parent.name)
    read = import_source(
        b"" if form.is_path else path.read_bytes(),
        str(path),
        RuleChoice.of_disabled(["camera"]),
        {"coverage": COVERAGE, "timezone": "Europe/Zagreb"},
        format_name=form.name,
        options=OPTIONS.get(form.name),
    )
    return read.zone_set


def wrong_with_export(rng: Random, path: Path, zones: ZoneSet, counts: Counter[str]) -> str | None:
    """What is wrong with the export of a set some of whose ``imported`` members were changed; None if nothing is."""
    document = json.loads(zones.to_geojson_text())
    places = [document, *(feature["properties"] for feature in document["features"])]
    for place in rng.sample(places, rng.randint(1, min(3, len(places)))):
        place["imported"] = _spoilt(rng, place["imported"])
    counts["exports"] += 1
    try:
        changed = ZoneSet.parse(json.dumps(document))
        exported(changed, path.parent.name, drop_rules=True)
    except ZoneFileError as error:
        counts["refused"] += 1
        counts["refused as spoilt"] += any(problem.code == "export-kept" for problem in error.problems)
        return None if error.problems else "an error without problems"
    counts["written"] += 1
    return None


def _spoilt(rng: Random, value: Any) -> Any:
    changed = mutated_json(rng, value)
    if rng.random() < 0.2:
        text = json.dumps(changed)
        return text if rng.random() < 0.5 else text[: rng.randrange(len(text))]
    return changed
