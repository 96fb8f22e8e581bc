"""Sources in formats of others: read with one rule for all, changed, written and read again."""

from __future__ import annotations

import json
from pathlib import Path

from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.rule_choice import RuleChoice, RuleEntry, Where

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "formats"
CAMERAS = RuleChoice.of_disabled(["camera"])
ALL_CAMERAS = RuleChoice((RuleEntry(Where(()), ({"sensors": ["camera"], "level": "off"},)),))
WORLD = {"coverage": "world"}


def imported(content, choice=CAMERAS, format_name=None, **options: str):
    """A source, its bytes or JSON, as it is read."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return import_source(raw, "source", choice, WORLD, format_name=format_name, options=options)


def zones_of(content, choice=CAMERAS, format_name=None, **options: str):
    """The zones of a source that has no errors, by id."""
    result = imported(content, choice, format_name, **options)
    assert [str(problem) for problem in result.errors] == []
    return {zone.id: zone for zone in result.zone_set}


def errors_of(content, format_name=None, **options: str):
    """Code and path of each error of a source."""
    return [(problem.code, problem.path) for problem in imported(content, format_name=format_name, **options).errors]


def warnings_of(content, format_name=None, **options: str):
    return [(problem.code, problem.path) for problem in imported(content, format_name=format_name, **options).warnings]


def written(zone_set, format_name, **options: str):
    """A set as the bytes of another format, rules left out."""
    return exported(zone_set, format_name, drop_rules=True, options=options)
