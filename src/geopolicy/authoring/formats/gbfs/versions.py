"""Which version of GBFS a document is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.source import Json


def major_version(text: str | None, data: Json, features: Iterable[Any]) -> int:
    """2 or 3: as the document says, or by what only 3 has.

    Parameters
    ----------
    text
        Its member ``version``; None if it has none.
    data
        The object with the zones.
    """
    if text is not None:
        return 2 if text.startswith("2") else 3
    properties = [each.get("properties") for each in features if isinstance(each, dict)]
    rules = [each.get("rules") for each in properties if isinstance(each, dict)]
    stated = [rule for each in rules if isinstance(each, list) for rule in each if isinstance(rule, dict)]
    return 3 if "global_rules" in data or any("ride_start_allowed" in rule for rule in stated) else 2
