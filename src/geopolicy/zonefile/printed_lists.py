"""Lists that other programs printed into a text: the list if there is only one that it can be, or what to do."""

from __future__ import annotations

import json
import re

from geopolicy.errors import ZoneFileError
from geopolicy.zonefile.strict_json import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAME = r"(?:\*|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)"
_QUOTED = rf"(?:'{_NAME}'|\"{_NAME}\"|np\.str_\('{_NAME}'\))"
_QUOTED_NAMES = rf"{_QUOTED}(?:(?:,\s*|\s+){_QUOTED})*,?"
_BARE = rf"(?!null\b)(?:{_NAME}|\"{_NAME}\")"
_BARE_NAMES = rf"{_BARE}(?:,\s*{_BARE})*"
_PRINTED = re.compile(
    rf"\[{_QUOTED_NAMES}\]|\({_QUOTED_NAMES}\)|\{{{_QUOTED_NAMES}\}}"  # Python, NumPy
    rf"|\[{_BARE_NAMES}\]|\{{{_BARE_NAMES}\}}"  # DuckDB, PostgreSQL
)
_COUNTED = re.compile(rf"\((\d+):({_NAME}(?:,{_NAME})*)\)")  # GDAL
_LOOSE = re.compile(rf"{_NAME}(?:(?:\s*[,;|]\s*|\s+){_NAME})*")
_MOST_IN_HINT = 100  # letters
BRACKETS = ("[", "{", "(")
"""With one of them every list begins that a program printed."""
_PART = "this text is no JSON list, or only a part of one (a Shapefile cuts texts at 254 bytes): write the list"


def list_in(text: str) -> list[Any] | None:
    """The list of which a text is the JSON; None if it is not."""
    try:
        value = loads(text.encode())
    except (ZoneFileError, UnicodeEncodeError):
        return None
    return value if isinstance(value, list) else None


def names_in(text: str) -> list[str] | None:
    """Sensor names out of a list that was printed; None if it is none, or not all of it."""
    text = text.strip()
    if _PRINTED.fullmatch(text):
        return re.findall(_NAME, text.replace("np.str_(", ""))
    counted = _COUNTED.fullmatch(text)
    names = counted[2].split(",") if counted else []
    return names if counted and counted[1] == str(len(names)) else None


def name_hint(text: str) -> str:
    """What to do about a text where a sensor name is wanted."""
    text = text.strip()
    names = _loose_names(text)
    if len(names) > 1 or (names and text.startswith(BRACKETS)):
        return f"write each name by itself: {json.dumps(names)[1:-1]}"
    if text.startswith(BRACKETS):
        return _PART
    plain = re.sub(r"[\s/-]+", ".", text[:_MOST_IN_HINT].lower())
    return f"is {plain!r} meant?" if re.fullmatch(_NAME, plain) else "write it like camera.exterior"


def list_hint(text: str, *, of_names: bool) -> str:
    """What to do about a text where a list is wanted."""
    names = _loose_names(text.strip()) if of_names else []
    if names:
        return f"write a list in brackets: {json.dumps(names)}"
    return _PART if text.lstrip().startswith(BRACKETS) else "write a list in brackets"


def _loose_names(text: str) -> list[str]:
    """The names that a short text seems to list, for a hint."""
    if len(text) > _MOST_IN_HINT:
        return []
    return names_in(text) or (re.findall(_NAME, text) if _LOOSE.fullmatch(text) else [])
