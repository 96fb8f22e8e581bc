"""What a set keeps of its source, and somebody changed so that nothing can be written of it."""

from __future__ import annotations

from typing import Any

from geopolicy.errors import Problem, ZoneFileError


def spoilt(rule: str, value: Any, zone_id: str | None = None) -> ZoneFileError:
    """The error that says so of one value under ``imported``."""
    hint = "import the source again"
    return ZoneFileError([Problem("export-kept", rule, repr(value)[:200], "imported", zone_id, hint=hint)])


def require(value: Any, kind: type, what: str) -> Any:
    """The value if it is of a kind.

    Raises
    ------
    ZoneFileError
        If it is not.
    """
    if not isinstance(value, kind) or isinstance(value, bool):
        word = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}[kind]
        raise spoilt(f"{what} that a set keeps of its source must be {word}", value)
    return value
