"""Rules of GBFS for a zone that is moved to the top, where it permits nothing that a zone below it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats.gbfs.rules import PERMISSIONS, REQUIRED, TYPES, GbfsRule
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geopolicy.authoring.formats.source import Json

_NEW_TYPES = {2: "vehicle_type_id", 3: "vehicle_type_ids"}


class ContradictionError(Exception):
    """Two values of one attribute, named by ``args``, neither of which is known to be the tighter one."""


@dataclass(frozen=True, slots=True)
class StatedRule:
    """A rule as its source has it, and what it says."""

    source: Json
    rule: GbfsRule


def closed_rule(version: int) -> Json:
    """The rule that is the tightest, whatever is asked: nobody may start, end, pass, or move."""
    return dict.fromkeys(REQUIRED[version], False) | {"maximum_speed_kph": 0, "station_parking": True}


def rule_for_types(stated: Sequence[StatedRule], types: frozenset[str] | None, version: int) -> Json:
    """One rule that says, for vehicles of some types, the tightest that any of these rules says for them.

    Parameters
    ----------
    types
        Those for which it has to hold; None for all vehicles.

    Raises
    ------
    ContradictionError
        If nobody knows which of two values is the tightest.
    """
    meant = [each for each in stated if types is None or each.rule.may is None or types & each.rule.may] or list(stated)
    listed = [each.rule.may for each in meant]
    named = frozenset(name for each in listed for name in each or ())
    are_types_kept = types is not None and None not in listed and types <= named
    if len(meant) == 1:
        (only,) = meant
        are_types_kept = are_types_kept or only.rule.may is None  # then they limit permissions only
        return {name: value for name, value in only.source.items() if are_types_kept or name not in TYPES}
    says = tightest(each.rule.says for each in meant)
    return says | ({_NEW_TYPES[version]: sorted(named)} if are_types_kept else {})


def tightened(rule: Json, below: Iterable[Mapping[str, Any]]) -> Json:
    """The rule with the tightest values of what it says and those below it say; on the rest they have their say.

    Raises
    ------
    ContradictionError
        If nobody knows which of two values is the tightest.
    """
    said = {name: value for name, value in rule.items() if value is not None and name not in TYPES}
    others = [{name: value for name, value in says.items() if name in said} for says in below]
    return rule | tightest([said, *others])


def tightest(sayings: Iterable[Mapping[str, Any]]) -> Json:
    """Of each attribute the tightest value.

    Raises
    ------
    ContradictionError
        If nobody knows which that is.
    """
    found: Json = {}
    for says in sayings:
        for name, value in says.items():
            found[name] = _tighter(name, found[name], value) if name in found else value
    return found


def _tighter(name: str, one: Any, other: Any) -> Any:
    if name in PERMISSIONS:
        return one and other
    if name == "maximum_speed_kph":
        return min(one, other)
    if name == "station_parking":
        return one or other
    if canonical(one, sort_keys=True) != canonical(other, sort_keys=True):
        raise ContradictionError(name, one, other)
    return one
