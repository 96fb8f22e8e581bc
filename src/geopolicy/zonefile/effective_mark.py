"""The mark of effective polygons that were written to be looked at; what bears it is refused as zones.

Without its margin a zone would be smaller than it was drawn, grown once more larger, and its rules are words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMN = "effective"
MARK = "effective polygon, to look at, no zone"
"""In every feature, so that what a program for maps makes of such a file has it, too."""


def is_marked(columns: Any) -> bool:
    """Whether a feature's properties bear the mark, under whatever name."""
    return isinstance(columns, dict) and MARK in [value for value in columns.values() if isinstance(value, str)]


def refuse_effective(features: Iterable[tuple[str, Any]], file: str | None) -> None:
    """Refuses features, each with its path and properties, of which one bears the mark.

    Raises
    ------
    ZoneFileError
        Naming the first one.
    """
    for path, columns in features:
        if is_marked(columns):
            rule = "zones must be as they were drawn, with their rules"
            value = "an effective polygon, which geopolicy export wrote to be looked at"
            hint = "use the zone files or the pack that it was exported from"
            raise ZoneFileError([Problem("zones-effective", rule, value, path, file=file, hint=hint)])


def refuse_effective_features(root: Any, file: str | None) -> None:
    """The same of a GeoJSON text.

    Raises
    ------
    ZoneFileError
        If one of its features bears the mark.
    """
    features = root.get("features") if isinstance(root, dict) else None
    if isinstance(features, list):
        named = (each.get("properties") if isinstance(each, dict) else None for each in features)
        refuse_effective(((json_path("$.features", i), columns) for i, columns in enumerate(named)), file)
