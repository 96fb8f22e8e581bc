"""Where the list of features stands in a source, and putting another list in its place."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.zonefile.strict_json import json_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.source import Json
    from geopolicy.zonefile.members import FileContext

_DEEPEST = 4  # objects round the list


@dataclass(frozen=True, slots=True)
class FeatureList:
    """The features of a source, and the names of the members that lead to them; none if the source is a list."""

    features: list[Any]
    steps: tuple[str, ...]

    @property
    def path(self) -> str:
        """The JSON path of the list."""
        path = "$"
        for step in self.steps:
            path = json_path(path, step)
        return path

    def report_others(self, root: Any, names: Iterable[str], context: FileContext) -> None:
        """Reports what the source has beside the list, or round it, in members of which it might be the list."""
        value, path = root, "$"
        for step in self.steps:
            others = (name for name in names if name != step and value.get(name) not in (None, "", [], {}))
            for name in others:
                report_second_place(json_path(path, name), json_path(path, step), context)
            value, path = value[step], json_path(path, step)

    def rest_of(self, root: Any) -> Json:
        """The source with an empty list in the place of the features."""
        return {"around": _replaced(root, self.steps, []), "steps": list(self.steps)}


def report_second_place(path: str, first: str, context: FileContext) -> None:
    """Reports a second place where zones may stand: one of both would be passed over."""
    rule, hint = f"zones must stand in one place, and these stand beside {first}", "leave only one of them"
    context.report("source-unknown", rule, path, in_words="a second place for zones", hint=hint)


def find_features(root: Any, names: Iterable[str]) -> FeatureList | None:
    """The first list that the source is, or has below members of these names; None if there is none."""
    steps: list[str] = []
    value = root
    known = tuple(names)
    while not isinstance(value, list):
        step = next((name for name in known if isinstance(value, dict) and _is_inner(value.get(name))), None)
        if step is None or len(steps) == _DEEPEST:
            return None
        steps.append(step)
        value = value[step]
    return FeatureList(value, tuple(steps))


def with_features(rest: Json | None, features: Any, default: Json, name: str) -> Any:
    """The source again, with these features; where there was none, ``default`` with them as a member."""
    steps = rest.get("steps") if rest else None
    if rest is None or not isinstance(steps, list) or not _leads(rest.get("around"), steps):
        return {**default, name: features}
    return _replaced(rest["around"], tuple(steps), features)


def _is_inner(value: Any) -> bool:
    return isinstance(value, (list, dict))


def _leads(around: Any, steps: list[Any]) -> bool:
    for step in steps:
        if not isinstance(around, dict) or step not in around:
            return False
        around = around[step]
    return True


def _replaced(root: Any, steps: tuple[str, ...], features: Any) -> Any:
    if not steps:
        return features
    return {
        name: _replaced(value, steps[1:], features) if name == steps[0] else deepcopy(value)
        for name, value in root.items()
    }
