"""Sources of GIS formats as tests write them, imported and exported."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.importing import Imported, import_source
from geopolicy.authoring.formats.kept import read_kept_zones
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.errors import ZoneFileError

if TYPE_CHECKING:
    from geopolicy.zonefile.zone_set import ZoneSet

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "formats"
COVERAGE = {"type": "Polygon", "coordinates": [[[-20, -40], [40, -40], [40, 70], [-20, 70], [-20, -40]]]}
DISABLED = RuleChoice.of_disabled(["camera"])
NO_RULES = RuleChoice(())
SQUARE = {"type": "Polygon", "coordinates": [[[13.5, 45.2], [13.6, 45.2], [13.6, 45.3], [13.5, 45.3], [13.5, 45.2]]]}


def feature(geometry: Any = SQUARE, properties: Any = None, **members: Any) -> dict[str, Any]:
    """A GeoJSON feature."""
    return {"type": "Feature", **members, "properties": properties, "geometry": geometry}


def collection(*features: Any, **members: Any) -> bytes:
    """A GeoJSON collection."""
    return json.dumps({"type": "FeatureCollection", **members, "features": features}).encode()


def read(
    content: bytes, format_name: str, choice: RuleChoice = DISABLED, *, header: Any = None, **options: str
) -> Imported:
    """What is read of bytes."""
    stated = header or {"coverage": COVERAGE}
    return import_source(content, "source", choice, stated, format_name=format_name, options=options)


def imported(content: bytes, format_name: str, choice: RuleChoice = DISABLED, **kwargs: Any) -> ZoneSet:
    """The zones of bytes.

    Raises
    ------
    ZoneFileError
        With every problem.
    """
    outcome = read(content, format_name, choice, **kwargs)
    if outcome.zone_set is None:
        raise ZoneFileError(outcome.errors)
    return outcome.zone_set


def sample(format_name: str, name: str, **options: str) -> ZoneSet:
    """The zones of a sample, by its path where the format has one."""
    path = SAMPLES / format_name / name
    content = b"" if format_named(format_name).is_path else path.read_bytes()
    outcome = import_source(
        content, str(path), DISABLED, {"coverage": COVERAGE}, format_name=format_name, options=options
    )
    assert outcome.zone_set is not None, outcome.errors
    return outcome.zone_set


def problems_of(content: bytes, format_name: str, **kwargs: Any) -> list[tuple[str, str]]:
    """Codes and places of what is wrong with bytes."""
    try:
        return [(problem.code, problem.path) for problem in read(content, format_name, **kwargs).errors]
    except ZoneFileError as error:
        return [(problem.code, problem.path) for problem in error.problems]


def plain(zones: ZoneSet) -> dict[str, Any]:
    """The zones without what they keep of a source."""
    return {zone.id: replace(zone, foreign=("{}", "{}")) for zone in zones}


def features_of(zones: ZoneSet) -> dict[str, Any]:
    """The source's own JSON of each zone."""
    members = read_kept_zones(zones).members
    return {zone.id: members[zone.id]["feature"] for zone in zones}
