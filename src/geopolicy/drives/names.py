"""What the names of columns and properties mean: the table of ``names.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

EPOCHS = ("posix", "ms", "us", "ns", "gps", "apple", "excel", "since-start", "since-start-ms")
SCALE_TO_95 = {95: 1.0, 68: 2.0, 50: 3.0, "drms": 2.0, "unknown": 2.0}
"""By what an accuracy of each level is multiplied; ADR 0026 says why these hold for every Gaussian."""
_UNIT = re.compile(r"\s*[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]\s*$")
_WORD = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name says of the values under it."""

    field: str
    rank: int = 0
    scale: float = 1.0
    has_unit: bool = False
    level: int | str = "unknown"
    epoch: str | None = None
    order: str | None = None
    is_utc: bool = False
    words: str = ""
    yields: bool = False
    needs_unit: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Which words of a column of validity say that there is a fix."""

    fixes: frozenset[str]
    says: str
    refuses_numbers: bool


def fold(name: str) -> str:
    """A name without case, blanks and signs."""
    return "".join(character for character in name.casefold() if character.isalnum())


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files("geopolicy.drives").joinpath("names.toml").read_text("utf-8"))


@cache
def _meanings() -> dict[str, Meaning]:
    meanings: dict[str, Meaning] = {}
    for row in _document()["rows"]:
        for name in row["names"]:
            meanings.setdefault(fold(name), _meaning(row, len(meanings)))
    return meanings


def _meaning(row: dict[str, Any], rank: int) -> Meaning:
    field, unit = row["field"], row.get("unit")
    return Meaning(
        field,
        rank=rank,
        scale=row.get("scale", 1.0) if unit is None else units_of(field)[unit],
        has_unit=unit is not None or field != "speed",
        level=row.get("level", "unknown"),
        epoch=row.get("epoch"),
        is_utc=row.get("zone") == "UTC",
        words=row.get("words", ""),
        yields=row.get("yields", False),
        needs_unit=row.get("needs_unit", False),
    )


def units_of(field: str) -> dict[str, float]:
    """The units in which a field may be, with what they are multiplied by; none for most fields."""
    kind = "degrees" if field in ("lat", "lon", "course") else field
    units: dict[str, float] = _document()["units"].get(kind, {})
    return units


@cache
def words_of(name: str) -> Words:
    """A set of words by its name."""
    row = _document()["words"][name]
    return Words(frozenset(row["fixes"]), row["says"], row.get("refuses_numbers", False))


@cache
def alarm_words(name: str) -> Words:
    """What a column that refuses fixes may hold beside a fix, by the name of the set."""
    row = _document()["alarms"][name]
    return Words(frozenset(row["clean"]), row["says"], refuses_numbers=False)


def sets_of_words() -> tuple[str, ...]:
    """The names of the sets that a column of validity may use."""
    return tuple(_document()["words"])


def meaning_of(name: str) -> Meaning | None:
    """What a name means, a unit in brackets included; None if it is not in the table or its unit is not known."""
    known = _meanings()
    whole = known.get(fold(name))
    if whole is not None and not whole.needs_unit:
        return whole
    match = _UNIT.search(name)
    meaning = known.get(fold(name[: match.start()])) if match else None
    if match is None or meaning is None:
        return None
    unit = match[1].casefold()
    if meaning.field == "none":
        return meaning
    if meaning.field in ("time", "date", "clock"):
        return _with_zone(meaning, unit)
    scale = units_of(meaning.field).get(unit)
    if scale is None or meaning.scale != 1.0:
        return None
    return replace(meaning, scale=scale, has_unit=True)


def _with_zone(meaning: Meaning, unit: str) -> Meaning | None:
    if unit not in ("utc", "gmt", "z") or meaning.epoch is not None:
        return None
    return Meaning(meaning.field, meaning.rank, is_utc=True)


def what_it_looks_like(name: str) -> str | None:
    """Which kind of field a name that is not in the table looks like; None if it looks like none.

    Examples
    --------
    >>> what_it_looks_like("rawLatitude"), what_it_looks_like("gpslatitude"), what_it_looks_like("latency")
    ('position', 'position', None)
    """
    words = {word.casefold() for word in _WORD.findall(name)}
    kinds = _document()["looks_like"]
    if words.intersection(kinds["other_than"]["words"]):
        return None
    folded = fold(name)
    if folded in ("x", "y"):  # alone: an acceleration has such letters too
        return "position"
    for kind, row in kinds.items():
        if words.intersection(row["words"]) or any(part in folded for part in row.get("inside", ())):
            return str(kind)
    return None
