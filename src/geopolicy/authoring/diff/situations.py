"""Situations in which rules hold or not: every combination of time, vehicle, state and emergency that they tell apart.

What is not known is a value of its own on each axis, so that the law "unknown restricts" is compared, too. A rule's
region is the set of cells in which it is in force; whether one region lies in others is then a question of sets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.diff.moments import Moments, Placed, TooManyCellsError
from geopolicy.model.rules import STATES
from geopolicy.policy.conditions import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from geopolicy.model.extent import Extent
    from geopolicy.model.rules import Condition, Rule

MOST_CELLS = 1 << 22
_UNKNOWN = None
_OTHER = "*other*"
ANOTHER = "another"
"""Of an attribute: a value that no rule names."""


@dataclass(frozen=True, slots=True)
class Held:
    """A rule with what it takes to know when it is in force."""

    rule: Rule
    timezone: str | None = None
    expires: datetime | None = None
    extent: Extent | None = None
    _key: tuple[object, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that it asks, ``when`` first."""
        return (self.rule.when, *self.rule.unless)

    @property
    def key(self) -> tuple[object, ...]:
        """What its region depends on: two rules with equal keys are in force together."""
        if self._key is None:
            has_windows = any(condition.active for condition in self.conditions)
            key = (
                self.rule.when,
                frozenset(self.rule.unless),
                self.timezone if has_windows else None,
                self.expires if self.rule.unless else None,
                self.extent if self.rule.has_sun_hours else None,
            )
            object.__setattr__(self, "_key", key)
            return key
        return self._key


@dataclass(frozen=True, slots=True)
class Situation:
    """One combination, as an engine is asked: None is what is not known."""

    attributes: tuple[tuple[str, str], ...] = ()
    time: datetime | None = None
    state: str | None = None
    emergency: bool | None = None


@dataclass(frozen=True, slots=True)
class _Axis:
    name: str
    values: tuple[object, ...]


class Situations:
    """The cells that some rules tell apart.

    Raises
    ------
    TooManyCellsError
        If there are more than `MOST_CELLS`, or too many windows to be compared.
    """

    def __init__(self, helds: Sequence[Held]) -> None:
        placed = [
            Placed(window, held.timezone, held.extent if window.has_sun_hours else None)
            for held in helds
            for condition in held.conditions
            for window in condition.active
        ]
        instants = [held.expires for held in helds if held.expires is not None and held.rule.unless]
        self.moments = Moments(placed, instants)
        self._axes = list(_axes([condition for held in helds for condition in held.conditions]))
        self.shape = (len(self.moments), *(len(axis.values) for axis in self._axes))
        if np.prod(self.shape, dtype=float) > MOST_CELLS:
            raise TooManyCellsError

    def region(self, held: Held) -> NDArray[np.bool_]:
        """The cells in which a rule is in force."""
        region = self._met(held, held.rule.when, is_outer=True)
        for exemption in held.rule.unless:
            lifted = self._met(held, exemption, is_outer=False)
            if held.expires is not None:
                lifted = lifted & self._along(0, self.moments.before(held.expires))
            region = region & ~lifted
        return np.broadcast_to(region, self.shape)

    def _met(self, held: Held, condition: Condition, *, is_outer: bool) -> NDArray[np.bool_]:
        """Where a condition is met, what is not known counting as met (``is_outer``) or as not met."""
        met = np.ones((1,) * len(self.shape), dtype=bool)
        if condition.active:
            holds = [
                self.moments.holds(
                    Placed(window, held.timezone, held.extent if window.has_sun_hours else None), is_outer=is_outer
                )
                for window in condition.active
            ]
            met = met & self._along(0, np.logical_or.reduce(holds))
        for number, axis in enumerate(self._axes, start=1):
            test = _test_of(condition, axis.name)
            if test is not None:
                known = [is_outer if value is _UNKNOWN else test(value) for value in axis.values]
                met = met & self._along(number, np.array(known))
        return met

    def _along(self, axis: int, values: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return values.reshape([len(values) if i == axis else 1 for i in range(len(self.shape))])

    def examples(self, cells: NDArray[np.bool_], most: int = 200) -> Iterator[Situation]:
        """Situations that may lie in some cells, those in which most is known first; to be tried."""
        found = np.column_stack(np.unravel_index(np.flatnonzero(cells)[: most * 4], cells.shape))
        unknown = np.array([self._count_unknown(cell) for cell in found.tolist()])
        for number in np.argsort(unknown, kind="stable")[:most].tolist():
            cell = found[number].tolist()
            values = {axis.name: axis.values[i] for axis, i in zip(self._axes, cell[1:], strict=True)}
            attributes = tuple(
                (name.removeprefix("="), ANOTHER if value == _OTHER else str(value))
                for name, value in values.items()
                if name.startswith("=") and value is not _UNKNOWN
            )
            state, emergency = values.get("state"), values.get("emergency")
            for time in self.moments.examples(cell[0]):
                yield Situation(
                    attributes,
                    time,
                    state if isinstance(state, str) else None,
                    emergency if isinstance(emergency, bool) else None,
                )

    def _count_unknown(self, cell: list[int]) -> int:
        pairs = zip(self._axes, cell[1:], strict=True)
        return (cell[0] == 0) + sum(axis.values[i] is _UNKNOWN for axis, i in pairs)


def is_in_force(held: Held, situation: Situation) -> bool:
    """Whether a rule restricts in a situation, as engines say it."""
    return resolve(
        held.rule,
        timezone=held.timezone,
        expires=held.expires,
        attributes=dict(situation.attributes),
        time=situation.time,
        state=situation.state,
        emergency=situation.emergency,
        extent=held.extent,
    ).is_in_force


def _axes(conditions: Sequence[Condition]) -> Iterator[_Axis]:
    asked: dict[str, set[object]] = {}
    for condition in conditions:
        for name, values in condition.applies_to:
            asked.setdefault(f"={name}", set()).update(map(_plain, values))
        if condition.not_understood:
            for member in json.loads(condition.not_understood).items():
                asked.setdefault(f"?{json.dumps(member, sort_keys=True)}", set()).update((True, False))
    for name, known in sorted(asked.items()):
        rest = () if name.startswith("?") else (_OTHER, _UNKNOWN)
        yield _Axis(name, (*sorted(known, key=repr), *rest))
    if any(condition.state for condition in conditions):
        yield _Axis("state", (*STATES, _UNKNOWN))
    if any(condition.emergency is not None for condition in conditions):
        yield _Axis("emergency", (True, False, _UNKNOWN))


def _test_of(condition: Condition, axis: str) -> Callable[[object], bool] | None:
    """What a condition asks of a known value of an axis; None if it asks nothing."""
    if axis.startswith("?"):
        members: Mapping[str, object] = json.loads(condition.not_understood or "{}")
        asked = any(axis[1:] == json.dumps(member, sort_keys=True) for member in members.items())
        return bool if asked else None
    if axis == "state":
        return condition.state.__contains__ if condition.state else None
    if axis == "emergency":
        return None if condition.emergency is None else lambda value: value is condition.emergency
    wanted = [{_plain(value) for value in values} for name, values in condition.applies_to if f"={name}" == axis]
    return (lambda value: all(value in values for values in wanted)) if wanted else None


def _plain(value: str) -> str:
    return value.strip().casefold()
