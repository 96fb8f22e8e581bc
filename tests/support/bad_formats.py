"""The corpus of sources that must be refused: a folder for each format, with what is expected of each file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.errors import ZoneFileError

FOLDER = Path(__file__).resolve().parents[1] / "data" / "bad-formats"
COVERAGE = {
    "type": "Polygon",
    "coordinates": [[[-20, -40], [40, -40], [40, 70], [-20, 70], [-20, -40]]],
}
CASES: dict[tuple[str, str], dict[str, Any]] = {
    (path.parent.name, name): case
    for path in sorted(FOLDER.glob("*/expected.json"))
    for name, case in json.loads(path.read_text(encoding="utf-8")).items()
}


def imported(format_name: str, name: str) -> None:
    """Imports a file of the corpus, under its own name.

    Raises
    ------
    ZoneFileError
        With every problem.
    """
    case = CASES[format_name, name]
    form = format_named(case.get("format", format_name))
    path = FOLDER / format_name / name
    read = import_source(
        b"" if form.is_path else path.read_bytes(),
        str(path) if form.is_path else name,
        RuleChoice.of_disabled(["camera"]),
        case.get("header", {"coverage": COVERAGE}),
        format_name=form.name,
        options=case.get("options"),
    )
    if read.errors:
        raise ZoneFileError(read.errors)
