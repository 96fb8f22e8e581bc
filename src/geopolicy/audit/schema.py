"""What the records of each kind hold: a line that holds anything else is no record, whatever its hash."""

from __future__ import annotations

import re

from geopolicy.audit.bands import is_band

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

FORMAT = 1
_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[0-9a-f]{32}")


def is_count(value: object, least: int = 0) -> bool:
    """Whether a value is a whole number of at least ``least``."""
    return type(value) is int and value >= least


def is_hash(value: object) -> bool:
    """Whether a value is a SHA-256 as records write it."""
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def is_log_name(value: object) -> bool:
    """Whether a value is the random name of a log."""
    return isinstance(value, str) and bool(_NAME.fullmatch(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_null(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _are_lists(value: object) -> bool:
    return isinstance(value, dict) and all(_are_texts(texts) for texts in value.values())


def _are_bands(value: object) -> bool:
    return isinstance(value, dict) and _are_lists(value) and all(is_band(band) for band in value)


def _are_counts(value: object) -> bool:
    return isinstance(value, dict) and all(is_count(count) for count in value.values())


def _is_tail(value: object) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and value.keys() == {"bytes", "sha256"}
        and is_count(value["bytes"], 1)
        and is_hash(value["sha256"])
    )


def _is_positive(value: object) -> bool:
    return is_count(value, least=1)


_SCHEMAS: dict[str, dict[str, Callable[[object], bool]]] = {
    "segment": {
        "format": _is_positive,
        "log": is_log_name,
        "prev": is_hash,
        "period": _is_text,
        "resolution_s": _is_positive,
        "until": _is_text_or_null,
        "tail": _is_tail,
    },
    "start": {"clean": _is_flag, "sensors": _are_texts},
    "transition": {
        "number": _is_positive,
        "transition": _is_text,
        "certainty": _is_text,
        "levels": _are_lists,
        "store_in": _are_lists,
        "needs_consent": _are_texts,
        "limits": _are_bands,
        "must_show": _are_lists,
        "reasons": _are_texts,
        "digest": _is_text_or_null,
        "counters": _are_counts,
        "zones": _are_texts,
        "held": _are_texts,
        "exemptions": _are_lists,
    },
    "counters": {"counters": _are_counts},
    "gap": {"lost": _is_positive},
    "failed": {"errors": _are_counts, "lost": is_count},
    "dropped": {"before": _is_positive, "records": is_count, "bytes": is_count, "why": _is_text},
    "stop": {},
}


def fits_schema(members: Mapping[str, Any]) -> bool:
    """Whether members are those of a record of its kind. What a newer format holds is not judged."""
    kind = members.get("kind")
    schema = _SCHEMAS.get(kind) if isinstance(kind, str) else None
    if schema is None or not is_count(members.get("n"), least=1):
        return False
    if kind == "segment" and is_count(members.get("format"), least=FORMAT + 1):
        return True
    common = {"n", "time", "kind", "hash"}
    if members["time"] is None and kind != "segment":
        elapsed_s = members.get("elapsed_s")
        if elapsed_s is not None and not is_count(elapsed_s):
            return False
        common.add("elapsed_s")
    return members.keys() == common | schema.keys() and all(is_fit(members[name]) for name, is_fit in schema.items())
