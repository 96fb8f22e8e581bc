"""The header of another file, for zone files that lost theirs, and the words that its zones state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.gis_values import plain_features
from geopolicy.zonefile.header_json import read_header
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.stored_file import StoredFile, content_of
from geopolicy.zonefile.strict_json import loads

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What GDAL writes beside the features.
_OF_GDAL = ("name", "crs", "xy_coordinate_resolution", "z_coordinate_resolution")
_OF_COLLECTION = ("type", "features", "geopolicy", "crs")
# Properties without which a zone restricts less, or means another place.
_INHERITED = ("frame", "timezone", "expires")
_WORDS = ("rules", "disable", "radius_m", "width_m", "margin_m", "repair", *_INHERITED)
_DEFAULTS = {"frame": "WGS84"}


@dataclass(frozen=True, slots=True, eq=False)
class HeaderSource:
    """A header as JSON, and the foreign members that stood beside it; ``file`` is where.

    ``words`` has the properties by which each zone of that file restricts or places; none for a header alone.
    """

    file: str
    member: dict[str, Any]
    beside: dict[str, Any]
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def restored(self, context: FileContext, collection: dict[str, Any]) -> dict[str, Any]:
        """A FeatureCollection with this header; one of its own that says something else is reported, and stays."""
        context.words = _words_of(collection)
        own = collection.get("geopolicy")
        if own is not None and own != self.member:
            rule = f"a file that has a header cannot be given that of {self.file}, which differs"
            hint = "remove the header that is not meant; a file whose own is right needs no --header"
            context.report("header-differs", rule, "$.geopolicy", own, hint)
            return collection
        kept = {name: value for name, value in collection.items() if name not in _OF_GDAL}
        return {**kept, **self.beside, "geopolicy": self.member}


def header_of(path: Path) -> HeaderSource:
    """The header of a zone file, or one that stands in a JSON file alone, as itself or as the member ``geopolicy``.

    Raises
    ------
    ZoneFileError
        If the file cannot be read, is not JSON, holds no header, or one with problems.
    """
    file = str(path)
    root = loads(content_of(StoredFile(file, file)), file)
    if not isinstance(root, dict):
        rule = "a file for --header must be a zone file, or hold the JSON object that is the header"
        raise ZoneFileError([Problem("header-missing", rule, type(root).__name__, file=file)])
    is_alone = root.get("type") != "FeatureCollection" and "geopolicy" not in root
    context = FileContext(file)
    read_header(JsonObject(context, {"geopolicy": root} if is_alone else root, "$"))
    errors = [problem for problem in context.problems if not problem.is_warning]
    if errors and is_alone:
        errors = [replace(problem, path=problem.path.replace("$.geopolicy", "$", 1)) for problem in errors]
    if errors:
        raise ZoneFileError(errors)
    if is_alone:
        return HeaderSource(file, root, {})
    beside = {name: value for name, value in root.items() if name not in _OF_COLLECTION}
    return HeaderSource(file, root["geopolicy"], beside, _words_of(root, root["geopolicy"]))


def _words_of(collection: dict[str, Any], header: dict[str, Any] | None = None) -> dict[str, frozenset[str]]:
    """The words that each zone states; what it would take from the ``header`` anyway is none."""
    features = collection.get("features")
    words: dict[str, frozenset[str]] = {}
    for feature in plain_features(FileContext(), features if isinstance(features, list) else []):
        if not isinstance(feature, dict) or not isinstance(feature.get("id"), str):
            continue
        properties = feature.get("properties")
        stated = properties if isinstance(properties, dict) else {}
        # A table fills a column with 0 where a zone says nothing.
        names = {name for name in _WORDS if stated.get(name) not in (None, 0)}
        if header is not None:
            names -= {name for name in _INHERITED if stated.get(name) == header.get(name, _DEFAULTS.get(name))}
        elif _has_short_form_as_rule(stated.get("rules")):
            names.add("disable")
        words[feature["id"]] = frozenset(names)
    return words


def _has_short_form_as_rule(rules: Any) -> bool:
    """Whether a rule is what ``disable`` is short for, as `geopolicy validate -o` writes it."""
    if not isinstance(rules, list):
        return False
    return any(
        isinstance(rule, dict) and rule.keys() == {"sensors", "level"} and rule["level"] == "off" for rule in rules
    )
