"""Policies and geographies of MDS in any of the wrappers that they come in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.errors import ZoneFileError
from geopolicy.zonefile.members import JsonObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.source import Json, Reading

MEMBERS = {"policies": "policy", "geographies": "geography"}


@dataclass(frozen=True, slots=True)
class MdsPart:
    """The entries of one list of a document; ``path`` is that of the list."""

    entries: list[Any]
    path: str

    def at(self, number: int) -> str:
        """The path of an entry."""
        return (
            f"{self.path}[{number}]"
            if not self.path.endswith(tuple(f".{each}" for each in MEMBERS.values()))
            else self.path
        )


def holder_of(root: Any) -> tuple[Json | None, str]:
    """The object with policies or geographies, and its path; None if there is none."""
    for holder, path in ((root, "$"), (root.get("data") if isinstance(root, dict) else None, "$.data")):
        if isinstance(holder, dict) and any(name in holder for pair in MEMBERS.items() for name in pair):
            return holder, path
    return None, "$"


def refuse_second_place(root: Json, holder: Json, reading: Reading) -> None:
    """Reports policies and geographies beside ``data`` and in it, of which only the first would be read."""
    other = root.get("data")
    if holder is root and isinstance(other, dict):
        for name in sorted({name for pair in MEMBERS.items() for name in pair} & other.keys()):
            rule = f"{name} must stand beside the other lists, only one place is read"
            JsonObject(reading.context, other, "$.data").report_member(name, "source-unknown", rule, "join them")


def part_of(holder: Json, path: str, name: str, reading: Reading) -> MdsPart | None:
    """The policies or geographies; one alone may stand for a list of one. None if there is no such member."""
    single = MEMBERS[name]
    if single in holder and name in holder:
        rule = f"{name} and {single} must not both be stated: only one of them would be read"
        JsonObject(reading.context, holder, path).report_member(single, "source-unknown", rule, "join them")
    if single in holder and name not in holder:
        return MdsPart([holder[single]], f"{path}.{single}")
    if name not in holder:
        return None
    value = holder[name]
    if isinstance(value, dict) and list(value) == [name]:  # as an example of MDS 1.1 has it
        value, path = value[name], f"{path}.{name}"
    if not isinstance(value, list):
        JsonObject(reading.context, holder, path).report_member(name, "source-member", f"{name} must be a list")
        return MdsPart([], f"{path}.{name}")
    return MdsPart(value, f"{path}.{name}")


def with_geographies(holder: Json, others: Sequence[Any]) -> None:
    """Adds geographies to those that an object with lists has, in whatever shape it has them."""
    holder["geographies"] = [*geographies_in(holder), *others]
    holder.pop("geography", None)


def geographies_in(holder: Json) -> list[Any]:
    """The geographies that an object has, as they were read."""
    if "geography" in holder and "geographies" not in holder:
        return [holder["geography"]]
    value = holder.get("geographies") or []
    value = value.get("geographies") if isinstance(value, dict) else value
    return value if isinstance(value, list) else []


def geographies_of_file(reading: Reading) -> tuple[MdsPart | None, Reading]:
    """The geographies of the file that an option names, and how that is read."""
    name = reading.options["geographies"]
    other = replace(reading, file=name)
    try:
        other = replace(other, content=Path(name).read_bytes())
        root = other.json()
    except (OSError, ValueError) as error:
        problems = error.problems if isinstance(error, ZoneFileError) else ()
        rule = "geographies must name a JSON file that can be read"
        text = problems[0].rule if problems else getattr(error, "strerror", None) or "no path"
        reading.context.report("source-option", rule, "$", name, text)
        return None, other
    holder, path = holder_of(root)
    part = part_of(holder, path, "geographies", other) if holder is not None else None
    if part is None:
        reading.context.report("source-option", "the file of geographies must hold geographies", "$", name)
    return part, other
