"""A piece that many exemptions would part, as one piece for each kind of vehicle: their number grows with the kinds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geopolicy.authoring.formats.layered.speaking import Scope, vehicles_of
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class VehicleClass:
    """Vehicles that the same permits are for: a scope, an exemption of all others, and the numbers of the permits."""

    scope: Scope
    exemptions: tuple[str, ...]
    permits: frozenset[int]


def vehicle_classes(scope: Scope, permits: Sequence[Scope]) -> list[VehicleClass] | None:
    """The classes of vehicles in a scope by the first attribute that a permit limits further; None if none does.

    Together they are the scope. A vehicle whose attribute is not known may be in each of them, and is exempted in none.
    """
    own = dict(scope.vehicles)
    limited = (name for permit in permits for name, values in permit.vehicles if not own.get(name, {None}) <= values)
    attribute = next(limited, None)
    if attribute is None:
        return None
    stated = [dict(permit.vehicles).get(attribute) for permit in permits]
    named = sorted({value for values in stated for value in values or ()} & own.get(attribute, _all(stated)))
    by_permits: dict[frozenset[int], list[str]] = {}
    for value in named:
        numbers = frozenset(i for i, values in enumerate(stated) if values is None or value in values)
        by_permits.setdefault(numbers, []).append(value)
    classes = [VehicleClass(_limited(scope, attribute, each), (), numbers) for numbers, each in by_permits.items()]
    unnamed = frozenset(i for i, values in enumerate(stated) if values is None)
    if attribute not in own:
        exemption = canonical({"applies_to": {attribute: named}}, sort_keys=True)
        classes.append(VehicleClass(scope, (exemption,), unnamed))
    elif others := own[attribute].difference(named):
        classes.append(VehicleClass(_limited(scope, attribute, others), (), unnamed))
    return classes


def _all(stated: Iterable[frozenset[str] | None]) -> frozenset[str]:
    return frozenset(value for values in stated for value in values or ())


def _limited(scope: Scope, attribute: str, values: Iterable[str]) -> Scope:
    vehicles = {name: listed for name, listed in scope.vehicles if name != attribute}
    return replace(scope, vehicles=vehicles_of({**vehicles, attribute: values}))
