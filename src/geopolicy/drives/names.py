"""What the names of columns and properties mean: the table of ``names.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

EPOCHS = ("posix", "ms", "us", "ns", "gps", "apple", "excel", "since-start", "since-start-ms", "since-start-us")
SCALE_TO_95 = {95: 1.0, 68: 2.0, 50: 3.0, "drms": 2.0, "unknown": 2.0}
"""By what an accuracy of each level is multiplied; ADR 0026 says why these hold for every Gaussian."""
_UNIT = re.compile(r"[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]\s*$")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SINCE_START = {
    "s": "since-start",
    "sec": "since-start",
    "seconds": "since-start",
    "ms": "since-start-ms",
    "us": "since-start-us",
    "µs": "since-start-us",
    "μs": "since-start-us",
}


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
    is_local: bool = False
    words: str = ""
    yields: bool = False
    needs_unit: bool = False
    hemisphere: str | None = None
    """Of a position without signs: n, s, e or w, or "letter" where a letter must say it."""
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """Which words of a column of validity say that there is a fix."""

    fixes: frozenset[str]
    says: str
    refuses_numbers: bool


def _plain(name: str) -> str:
    """A name without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def fold(name: str) -> str:
    """A name without case, accents, blanks and signs."""
    return "".join(character for character in _plain(name).casefold() if character.isalnum())


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
        is_local=row.get("zone") == "local",
        words=row.get("words", ""),
        yields=row.get("yields", False),
        needs_unit=row.get("needs_unit", False),
        hemisphere="letter" if row.get("letter", False) else None,
        least=row.get("least", 0.0),
    )


def units_of(field: str) -> dict[str, float]:
    """The units in which a field may be, with what they are multiplied by; none for most fields."""
    kind = "degrees" if field in ("lat", "lon", "course") else field.removesuffix("_error")
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
    match = _UNIT.search(name)
    if match:
        unit = match[1].casefold()
        meaning = known.get(fold(name[: match.start()]))
        in_unit = None if meaning is None else _in_unit(meaning, unit)
        if in_unit is not None or not fold(unit):  # what is all signs, as in "Accuracy (%)", is lost in folding
            return in_unit
    whole = known.get(fold(name))
    if whole is None or whole.needs_unit or ("%" in name and whole.field != "none"):
        return None
    return whole


def _in_unit(meaning: Meaning, unit: str) -> Meaning | None:
    if meaning.field == "none":
        return meaning
    if meaning.field in ("time", "date", "clock"):
        return _with_unit_of_time(meaning, unit)
    scale = units_of(meaning.field).get(unit)
    if scale is None or meaning.scale != 1.0:
        return None
    return replace(meaning, scale=scale, has_unit=True, needs_unit=False)


def _with_unit_of_time(meaning: Meaning, unit: str) -> Meaning | None:
    """With a time zone, or with a unit that says nothing of the date: such a number is an age."""
    if meaning.epoch is not None:
        return None
    if unit in ("utc", "gmt", "z"):
        return Meaning(meaning.field, meaning.rank, is_utc=True)
    epoch = _SINCE_START.get(unit) if meaning.field == "time" else None
    return None if epoch is None else replace(meaning, epoch=epoch)


def what_it_looks_like(name: str) -> str | None:
    """Which kind of field a name that is not in the table looks like; None if it looks like none.

    Examples
    --------
    >>> what_it_looks_like("rawLatitude"), what_it_looks_like("gpslatitude"), what_it_looks_like("latency")
    ('position', 'position', None)
    """
    words = {word.casefold() for word in _WORD.findall(_plain(name))}
    kinds = _document()["looks_like"]
    if words.intersection(kinds["other_than"]["words"]):
        return None
    folded = fold(name)
    if folded in ("x", "y"):  # alone: an acceleration has such letters too
        return "position"
    for kind, row in kinds.items():
        is_inside = any(fold(part) in folded for part in row.get("inside", ()))
        ends = tuple(row.get("ends", ()))
        if is_inside or words.intersection(row["words"]) or folded in row.get("whole", ()):
            return str(kind)
        if ends and (folded.startswith(ends) or folded.endswith(ends)):
            return str(kind)
    return None


def kind_of_value(value: str) -> str | None:
    """Which kind of field says such a word under any name; None for most."""
    folded = fold(value)
    return next((kind for kind, row in _document()["looks_like"].items() if folded in row.get("values", ())), None)
