"""Members of a source's JSON objects: each read checks, reports by the codes of sources, and goes on."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from geopolicy.zonefile.near_names import near_word
from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.source import Json
    from geopolicy.zonefile.members import FileContext

_DECIMAL = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_SENTINELS = (99999, -9999, -99999, 999999)
_DEPTHS = {"Polygon": 3, "MultiPolygon": 4}  # lists round each number
_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "text", bool: "true or false"}


class Fields:
    """One JSON object of a source. A null, and a text without letters, counts as absent: many programs write them."""

    def __init__(self, context: FileContext, source: Json, path: str) -> None:
        self.context = context
        self.source = source
        self.path = path

    def at(self, name: str) -> str:
        """The path of a member."""
        return json_path(self.path, name)

    def has(self, name: str) -> bool:
        """Whether the member states something."""
        value = self.source.get(name)
        return value is not None and not (isinstance(value, str) and not value.strip())

    def report(self, name: str, code: str, rule: str, hint: str | None = None) -> None:
        """Reports a member by its value, or that there is none."""
        if name in self.source:
            self.context.report(code, rule, self.at(name), self.source[name], hint)
        else:
            self.context.report(code, rule, self.at(name), hint=hint, in_words=f"no {name}")

    def read(self, name: str, kind: type, *, is_required: bool = False) -> Any:
        """The member if it is of the kind; None if it is absent, or reported."""
        if not self.has(name):
            if is_required:
                self.report(name, "source-member", f"{name} is required, {_KINDS[kind]}")
            return None
        if isinstance(self.source[name], kind):
            return self.source[name]
        self.report(name, "source-member", f"{name} must be {_KINDS[kind]}")
        return None

    def text(self, name: str, *, is_required: bool = False) -> str | None:
        """A text."""
        value: str | None = self.read(name, str, is_required=is_required)
        return value

    def word(self, name: str, words: Iterable[str], *, is_required: bool = False) -> str | None:
        """One of the words that the format defines, in whatever capitals; another one is reported."""
        text = self.text(name, is_required=is_required)
        if text is None:
            return None
        by_capitals = {word.upper(): word for word in words}
        word = by_capitals.get(text.strip().upper())
        if word is None:
            known = list(by_capitals.values())
            rule = f"{name} must be one of {', '.join(known)}"
            self.report(name, "source-unknown", rule, near_word(text, known))
        return word

    def number(self, name: str) -> float | None:
        """A finite number, also as plain decimals in a text; None if it is absent, or reported."""
        if not self.has(name):
            return None
        value = self.source[name]
        if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
            return float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.report(name, "source-member", f"{name} must be a number")
            return None
        number = float(value)
        return number if math.isfinite(number) else None  # reported where the text was read

    def length_m(self, name: str, metres_per_unit: float, *, at_most_m: float) -> float | None:
        """A length above 0 in metres; None if it is absent, or reported."""
        number = self.number(name)
        if number is None:
            if not self.has(name):
                self.report(name, "source-member", f"{name} is required, a number above 0")
            return None
        if number in _SENTINELS:
            hint = "such a number stands for a value that nobody knows: write the real one"
            self.report(name, "source-sentinel", f"{name} must be a length, not a placeholder", hint)
            return None
        metres = number * metres_per_unit
        if 0 < metres <= at_most_m:
            return metres
        self.report(name, "source-value", f"{name} must be above 0 and at most {at_most_m:,.0f} m")
        return None

    def position(self, name: str) -> list[float] | None:
        """A position, longitude first; None if it is absent, or reported."""
        position = self.read(name, list, is_required=True)
        if position is None:
            return None
        are_numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in position)
        if not are_numbers or len(position) not in (2, 3):
            self.report(name, "source-geometry", f"{name} must be [longitude, latitude]")
        elif any(abs(each) in _SENTINELS for each in position[:2]):
            self.report(name, "source-sentinel", f"{name} must be a position, not a placeholder")
        elif abs(position[0]) > 360 or abs(position[1]) > 90:
            hint = "are longitude and latitude swapped?"
            self.report(name, "source-geometry", f"{name} must be [longitude, latitude] in degrees", hint)
        else:
            return [float(each) for each in position[:2]]
        return None

    def geometry(self) -> Fields | None:
        """The member ``geometry``; None if it is absent, or reported."""
        if not self.has("geometry"):
            self.report("geometry", "source-geometry", "a zone needs a geometry")
            return None
        stated = self.read("geometry", dict)
        return None if stated is None else Fields(self.context, stated, self.at("geometry"))

    def area(self, kind: str) -> Json | None:
        """A Polygon or a MultiPolygon of ``coordinates`` without heights; None if they are nested otherwise."""
        coordinates = self.read("coordinates", list, is_required=True)
        if coordinates is None:
            return None
        depth, first = 0, coordinates
        while isinstance(first, list) and first:
            depth, first = depth + 1, first[0]
        wanted = _DEPTHS[kind]
        if depth != wanted and isinstance(first, (int, float)):
            rule = f"coordinates of a {kind} must be positions within {wanted - 1} lists, these are within {depth - 1}"
            self.report("coordinates", "source-geometry", rule)
            return None
        return {"type": kind, "coordinates": without_heights(coordinates)}

    def objects(self, name: str) -> list[Fields]:
        """The objects of a list; one alone may stand for a list of it. Others are reported."""
        if not self.has(name):
            return []
        value, path = self.source[name], self.at(name)
        if isinstance(value, dict):
            return [Fields(self.context, value, path)]
        if not isinstance(value, list):
            self.report(name, "source-member", f"{name} must be a list of objects")
            return []
        return objects_of(self.context, value, path)


def objects_of(context: FileContext, entries: list[Any], path: str) -> list[Fields]:
    """The objects among entries of a list; others are reported."""
    found = []
    for i, entry in enumerate(entries):
        if isinstance(entry, dict):
            found.append(Fields(context, entry, json_path(path, i)))
        else:
            context.report("source-member", "an entry must be an object", json_path(path, i), entry)
    return found


def without_heights(coordinates: Any) -> Any:
    """Coordinates without the third numbers of their positions, which the zone file has no use for."""
    if not isinstance(coordinates, list) or not coordinates:
        return coordinates
    if all(isinstance(each, (int, float)) for each in coordinates):
        return coordinates[:2] if len(coordinates) == 3 else coordinates
    return [without_heights(each) for each in coordinates]
