"""Sources of many features, made of samples: what is read of them takes time that grows as they do."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.source import Reading
from geopolicy.errors import ZoneFileError
from geopolicy.zonefile.members import FileContext

_PLACEMARKS = re.compile(r"<(\w*:?)Placemark.*</\1Placemark>", re.DOTALL)


def multiplied(content: bytes, times: int) -> bytes | None:
    """The source with its features so many times; None where it has no list of any."""
    try:
        root = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return _multiplied_text(content, times)
    listed = _longest_list(root)
    if listed is None:
        return None
    listed *= times
    return json.dumps(root).encode()


def _multiplied_text(content: bytes, times: int) -> bytes | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    if _PLACEMARKS.search(text):
        return _PLACEMARKS.sub(lambda match: match[0] * times, text).encode()
    first, _, others = text.partition("\n")
    return f"{first}\n{others * times}".encode()


def _longest_list(root: Any) -> list[Any] | None:
    """The list of objects that is nearest to the top; of those as near the longest."""
    level = [root]
    while level:
        lists = [value for value in level if isinstance(value, list) and value and isinstance(value[0], dict)]
        if lists:
            return max(lists, key=len)
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
    return None


def read_cpu_s(format_name: str, content: bytes) -> float:
    """Seconds of the processor that reading takes, whatever comes of it."""
    reading = Reading("source", content, FileContext("source"))
    began = time.process_time()
    try:
        format_named(format_name).load().read(reading)
        list(reading.context.all_problems())
    except ZoneFileError:
        pass
    return time.process_time() - began
