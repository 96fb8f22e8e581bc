"""What programs that edit maps make of features, as a zone file states it: nulls, values as text, ids as properties.

Read is what can mean one thing only; the rest stays as it is, and is refused where it is read.
"""

from __future__ import annotations

import re

from geopolicy.zonefile.printed_lists import BRACKETS, list_in, names_in
from geopolicy.zonefile.strict_json import json_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from geopolicy.zonefile.members import FileContext

# A double holds every whole number below; a larger one may have been another.
_MAX_WHOLE = 2**53
# A table has every column for every zone: null where a zone says nothing, and everywhere if the program lost it.
# Absent, these words restrict less or mean another place. What misses a length or repair is refused.
_NULL_WORDS = ("rules", "disable", "margin_m", "frame", "timezone", "expires")
_LISTS = ("rules", "disable")
_BOOLEANS = ("repair", "illustrative")
_TEXTS = ("name", "reason", "source")
_CONVERTED = (*_LISTS, *_BOOLEANS, "expires")
_MOST_TEXT_BYTES = 254  # in a Shapefile; a letter that does not fit is left out whole
_MOST_LETTER_BYTES = 4
# Columns of a Shapefile have names of at most 10 letters.
_CUT = {"illustrati": "illustrative"}
_TIME = re.compile(r"(\d{4})([-/])(\d\d)\2(\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d(?::?\d\d)?)", re.ASCII)


def plain_features(context: FileContext, features: list[Any]) -> list[Any]:
    """The features as the format states them; reports ids that differ, lost columns and cut names.

    One warning for each member and kind of change says how many zones it concerns.
    """
    columns = _Columns(context)
    plain = []
    for i, source in enumerate(features):
        is_readable = isinstance(source, dict) and isinstance(source.get("properties"), dict)
        plain.append(columns.plain(source, f"$.features[{i}]") if is_readable else _with_plain_id(source))
    columns.report(len(features))
    return plain


class _Tally(dict[str, tuple[int, str]]):
    """For each member how many features have something in it, and the path of the first."""

    def add(self, name: str, path: str) -> None:
        """Counts one more."""
        count, first = self.get(name) or (0, json_path(path, name))
        self[name] = count + 1, first


class _Columns:
    """The properties of all features, member by member."""

    def __init__(self, context: FileContext) -> None:
        self._context = context
        self._stated: set[str] = set()
        self._null, self._converted, self._cut_texts, self._cut_names = _Tally(), _Tally(), _Tally(), _Tally()

    def plain(self, source: dict[str, Any], path: str) -> dict[str, Any]:
        """One feature."""
        properties: dict[str, Any] = source["properties"]
        if _is_plain(properties):
            self._stated.update(name for name in _NULL_WORDS if name in properties)
            return _with_plain_id(source)  # type: ignore[no-any-return]
        inside = f"{path}.properties"
        feature: dict[str, Any] = self._with_id(source, properties.get("id"), path)
        kept = {name: value for name, value in properties.items() if value is not None and name != "id"}
        for name in _NULL_WORDS:
            if name in kept:
                self._stated.add(name)
            elif name in properties:
                self._null.add(name, inside)
        for name in _CONVERTED:
            if name in kept:
                value = _plain_value(name, kept[name])
                if value is not kept[name]:
                    kept[name] = value
                    self._converted.add(name, inside)
        for name in _TEXTS:
            if _seems_cut(kept.get(name)):
                self._cut_texts.add(name, inside)
        for name in _CUT.keys() & kept.keys():
            del kept[name]
            self._cut_names.add(name, inside)
        return {**feature, "properties": kept}

    def _with_id(self, source: dict[str, Any], named: Any, path: str) -> dict[str, Any]:
        """The feature with the one id that it has, be it a member or a property."""
        if named is None:
            plain: dict[str, Any] = _with_plain_id(source)
            return plain
        named = _plain_id(named)
        if source.get("id") is not None and _plain_id(source["id"]) != named:
            rule = f"the id of a feature and the id in its properties must be the same, not {named!r}"
            hint = "programs write row numbers as the ids of features: remove the one that is not meant"
            self._context.report("id-differs", rule, f"{path}.id", source["id"], hint)
        return {**source, "id": named}

    def report(self, count: int) -> None:
        """Reports what concerns a whole column."""
        for name, (nulls, path) in self._null.items():
            if name in self._stated:
                rule = f"{name} is null in {nulls} of {count} zones, where it counts as absent"
                self._context.warn("member-null", rule, path)
            else:
                rule = f"{name} must not be null in every zone that has it"
                hint = "take its values from the file as it was before, or remove the column"
                self._context.report("column-null", rule, path, hint=hint, in_words=f"null in {nulls} of {count} zones")
        for name, (cut, path) in self._cut_names.items():
            rule, value = f"the name {_CUT[name]!r} must not be cut to 10 letters", f"{name} in {cut} of {count} zones"
            hint = "write the whole name; a Shapefile cuts names, GeoPackage and GeoJSON keep them"
            self._context.report("member-cut", rule, path, hint=hint, in_words=value)
        self._context.are_rules_lost = not any(name in self._stated or name in self._null for name in _LISTS)
        for name, (changed, path) in self._converted.items():
            rule = f"{name} is written in another form than that of zone files in {changed} of {count} zones, and read"
            self._context.warn("member-converted", rule, path, "geopolicy convert writes it as it should be")
        for name, (cut, path) in self._cut_texts.items():
            rule = f"{name} may be cut in {cut} of {count} zones: a Shapefile cuts texts at {_MOST_TEXT_BYTES} bytes"
            self._context.warn("text-cut", rule, path, "compare it with the file as it was before")


def _is_plain(properties: dict[str, Any]) -> bool:
    """Whether there is nothing to change in properties, nor to say of them."""
    if None in properties.values() or "id" in properties or not _CUT.keys().isdisjoint(properties):
        return False
    for name in _CONVERTED:
        if name in properties and _plain_value(name, properties[name]) is not properties[name]:
            return False
    return not any(name in properties and _seems_cut(properties[name]) for name in _TEXTS)


def _seems_cut(value: Any) -> bool:
    """Whether a text is as long as a Shapefile leaves it: a letter more would not have fitted."""
    if not isinstance(value, str) or _MOST_LETTER_BYTES * (len(value) + 1) < _MOST_TEXT_BYTES:
        return False
    size = len(value.encode())
    is_near = _MOST_TEXT_BYTES - _MOST_LETTER_BYTES < size < _MOST_TEXT_BYTES and not value.isascii()
    return size == _MOST_TEXT_BYTES or is_near


def _with_plain_id(source: Any) -> Any:
    """The feature with its own id as text."""
    if isinstance(source, dict) and isinstance(source.get("id"), str):
        return source
    return {**source, "id": _plain_id(source["id"])} if isinstance(source, dict) and "id" in source else source


def _plain_id(value: Any) -> Any:
    """A whole number as plain decimals; anything else as it is."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(int(value)) if is_number and abs(value) < _MAX_WHOLE and value == int(value) else value


def _plain_value(name: str, value: Any) -> Any:
    """A value of a property in the form that it must have, if it is clear which one that is; else the same object."""
    if name in _BOOLEANS:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return bool(value) if is_number and value in (0, 1) else value
    if name == "expires":
        return _plain_time(value) if isinstance(value, str) else value
    # A column of lists whose rows differ in length comes out of GDAL as a list of one text.
    is_wrapped = isinstance(value, list) and len(value) == 1
    text = value[0] if is_wrapped else value
    listed = _list_of(name, text) if isinstance(text, str) else None
    return value if listed is None else listed


def _list_of(name: str, text: str) -> list[Any] | None:
    """The list that a program printed as a text; None for any other, such as the one name of a list."""
    if not text.lstrip().startswith(BRACKETS):
        return None
    names = names_in(text) if name == "disable" else None
    return list_in(text) if names is None else names


def _plain_time(text: str) -> str:
    """A date-time as RFC 3339 writes it."""
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    year, _, month, day, clock, offset = match.groups()
    if offset != "Z":
        offset = f"{offset[:3]}:{offset[-2:] if len(offset) > 3 else '00'}"
    written = f"{year}-{month}-{day}T{clock}{offset}"
    return text if written == text else written
