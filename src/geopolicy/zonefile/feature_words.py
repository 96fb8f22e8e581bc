"""The words of features and their properties, and those that stand one level too high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.model.limits import LIMITS
from geopolicy.zonefile.near_names import likest, same_letters

if TYPE_CHECKING:
    from geopolicy.zonefile.members import JsonObject

TEXTS = ("name", "reason", "source")
LENGTHS = ("radius_m", "width_m", "margin_m")
FILE_MEMBERS = ("type", "features", "geopolicy", "crs")
FEATURE_MEMBERS = ("type", "id", "geometry", "properties")
PROPERTIES = (
    *TEXTS,
    "illustrative",
    "repair",
    "rules",
    "disable",
    *LENGTHS,
    "frame",
    "timezone",
    "expires",
)
# Words that restrict or place a zone: beside their object they would be lost without a sound.
# What a rule asks by names that no GIS gives its columns; and those that one may give: level 3, state Texas.
RULE_ALONE = ("store_in", "needs_consent", "limits", "must_show", "applies_to", "unless", *LIMITS)
ALSO_COLUMNS = ("sensors", "level", "emergency", "active")
PLACED = (
    *("rules", "disable", *LENGTHS, "frame", "timezone", "expires", "repair"),
    *(*RULE_ALONE, "sensors", "level", "emergency"),
)
# What stands beside the features or the properties of a feature.
BESIDE = ("type", "id", "geometry", "properties", "bbox", "features", "geopolicy", "crs", "name", "coverage")
_MOST_KEPT = 256  # of different names of the members of one object, of one file


def seems_placed(name: str) -> bool:
    """Whether a name is a word of the format, or has its letters, so that files with it one level up are refused."""
    return name in PLACED or (name not in BESIDE and same_letters(name, PLACED) is not None)


def _is_nothing_misplaced(names: tuple[str, ...]) -> bool:
    """Whether none of the names is, or seems to be, a word of the format one level too high."""
    return not any(name in PLACED for name in names) and not any(
        same_letters(name, PLACED) or likest(name, PLACED) for name in names if name not in BESIDE
    )


def refuse_misplaced(members: JsonObject, home: str) -> None:
    """Reports words of the format that stand one level too high."""
    names, known = tuple(members.source), members.context.placed_names
    if names in known:
        return
    if _is_nothing_misplaced(names):
        if len(known) < _MOST_KEPT:
            known.add(names)
        return
    for name in PLACED:
        if name in members.source:
            rule = f"{name} must stand in {home}"
            members.context.report("member-misplaced", rule, members.at(name), members.source[name], "move it there")
    for name in members.source:
        if name in PLACED or name in BESIDE:
            continue
        meant = same_letters(name, PLACED)
        near = None if meant else likest(name, PLACED)
        if meant:
            rule, hint = f"{meant} must stand in {home}", f"write it {meant} and move it there"
            members.context.report("member-misplaced", rule, members.at(name), members.source[name], hint)
        elif near:
            rule, hint = f"{name!r} means nothing here; is {near!r} meant?", f"that stands in {home}"
            members.context.warn("member-suspicious", rule, members.at(name), hint)
