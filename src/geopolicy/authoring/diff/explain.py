"""What is not proven of a zone, in words: what it asked, what is asked now, where and when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geopolicy.authoring.diff.demands import demands_of, is_above
from geopolicy.authoring.diff.records import Difference
from geopolicy.authoring.diff.rest import DOUBTS, shape_of
from geopolicy.authoring.diff.situations import ANOTHER
from geopolicy.authoring.diff.uncovered import held_of
from geopolicy.geometry.effective import effective_polygon
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, UNITS_PER_DEGREE
from geopolicy.model.rules import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.authoring.diff.demands import Demand
    from geopolicy.authoring.diff.rest import Covering
    from geopolicy.authoring.diff.situations import Held, Situation
    from geopolicy.authoring.diff.uncovered import Comparison, Uncovered
    from geopolicy.model.zones import Zone

_WORD = re.compile(r"[\w.\-/#+@]+")
_OF_DEMAND = {
    "level": "level",
    "store_in": "tags",
    "needs_consent": "tags",
    "limit": "limits",
    "notice": "notices",
    "not_understood": "not_understood",
}


_WITH_SENSOR = ("level", "sensors", "tags", "limits", "notices", "not_understood", "zone")


class Explaining:
    """Puts what is uncovered of a zone into words, as against the zone that took its place."""

    def __init__(self, comparison: Comparison, covering: Covering, *, is_looser: bool) -> None:
        self._comparison = comparison
        self._covering = covering
        self._is_looser = is_looser

    def findings(self, zone: Zone, counterpart: Zone | None, uncovered: Sequence[Uncovered]) -> tuple[Difference, ...]:
        """One finding for each kind and text, with all sensors and all the area that it is about."""
        if not uncovered:
            return ()
        grouped: dict[tuple[str, str], list[Uncovered]] = {}
        for one in uncovered:
            grouped.setdefault(self._kind_and_text(zone, counterpart, one), []).append(one)
        family = effective_polygon(zone).family
        return tuple(_finding(kind, text, group, family) for (kind, text), group in sorted(grouped.items()))

    def _kind_and_text(self, zone: Zone, counterpart: Zone | None, one: Uncovered) -> tuple[str, str]:
        demand = one.demand
        if counterpart is None:
            return "zone", f"{demand.sensor}: {demand.text}"
        polygon, its_polygon = effective_polygon(zone), effective_polygon(counterpart)
        if polygon.family != its_polygon.family:
            return "frame", self._between(polygon.family, its_polygon.family)
        helds = held_of(counterpart)
        provers = [held for held in helds if any(its.proves(demand) for its in demands_of(held.rule))]
        if not provers:
            return self._less_asked(demand, helds)
        if any(self._comparison.is_as_wide(one.held, held) for held in provers):
            share = one.shape.area / max(_area_of(zone), 1.0)
            text = f"{area_text(area_km2(one.shape))} {'no longer' if self._is_looser else 'newly'} restricted"
            return "area", f"{text} ({_percent(share)} of the zone)" if share < 1 else f"{text} (all of the zone)"
        return self._other_conditions(one.held, provers)

    def _less_asked(self, demand: Demand, helds: Iterable[Held]) -> tuple[str, str]:
        """What another zone asks instead of a demand that none of its rules proves."""
        theirs = [its for held in helds for its in demands_of(held.rule) if is_above(its.sensor, demand.sensor)]
        if demand.kind in ("level", "limit"):
            same = [its for its in theirs if (its.kind, its.name) == (demand.kind, demand.name)]
            if same:
                nearest = max(same, key=lambda its: its.value)
                return _OF_DEMAND[demand.kind], f"{demand.sensor}: {self._between(demand.text, nearest.text)}"
        nothing = Level.ALLOW.label if demand.kind == "level" else "not asked"
        kind = _OF_DEMAND[demand.kind] if theirs or demand.kind != "level" else "sensors"
        return kind, f"{demand.sensor}: {self._between(demand.text, nothing)}"

    def _other_conditions(self, held: Held, provers: Sequence[Held]) -> tuple[str, str]:
        kind = min((_difference(held, other) for other in provers), key=_ORDER.index)
        words = {
            "expiry": "its exemptions last longer" if self._is_looser else "its exemptions end earlier",
            "exemption": "more is exempt" if self._is_looser else "less is exempt",
            "times": "in force at fewer times" if self._is_looser else "in force at more times",
            "conditions": "in force in fewer cases" if self._is_looser else "in force in more cases",
        }
        return kind, words[kind]

    def _between(self, here: str, there: str) -> str:
        return f"{here} -> {there}" if self._is_looser else f"{there} -> {here}"


_ORDER = ("expiry", "exemption", "times", "conditions")


def _difference(held: Held, other: Held) -> str:
    """Which part of a rule's conditions differs from another one's: the last of those that do, as they are read."""
    when, its = held.rule.when, other.rule.when
    if (when.applies_to, when.state, when.emergency, when.not_understood) != (
        its.applies_to,
        its.state,
        its.emergency,
        its.not_understood,
    ):
        return "conditions"
    if when.active != its.active:
        return "times"
    if frozenset(held.rule.unless) != frozenset(other.rule.unless):
        return "exemption"
    if held.expires != other.expires:
        return "expiry"
    return "times"


def _finding(kind: str, text: str, group: Sequence[Uncovered], family: str) -> Difference:
    shape = shapely.union_all([one.shape for one in group]) if len(group) > 1 else group[0].shape
    sensors = tuple(sorted({one.demand.sensor for one in group}))
    best = min(group, key=lambda one: (bool(one.doubt), one.situation is None, one.doubt))
    example = None if best.doubt else best.situation
    if kind not in _WITH_SENSOR:
        text = f"{', '.join(sensors)}: {text}"
    ends = {_end_of(one.held) for one in group}
    if len(ends) == 1 and (end := ends.pop()) is not None:
        text = f"{text} (until {end}; then only where the time is not known)"
    if example is not None:
        text = f"{text} (for example {situation_text(example)})"
    if best.doubt:
        text = f"{text} ({DOUBTS[best.doubt]})"
    position = None if best.doubt or best.position is None else degrees_of(best.position)
    return Difference(
        kind, text, sensors, best.doubt or None, example, position, area_km2(shape), geojson_of(shape), family
    )


def _end_of(held: Held) -> str | None:
    """When the last window of a rule is over, as it is written; None if one has no end."""
    windows = held.rule.when.active
    ends = [str(window.until) for window in windows if window.until is not None]
    return max(ends) if windows and len(ends) == len(windows) else None


def degrees_of(position: tuple[int, int]) -> tuple[float, float]:
    """Latitude and longitude, from -180 to 180, of a position of the grid in degrees."""
    x = (position[0] + HALF_TURN) % FULL_TURN - HALF_TURN
    return position[1] / UNITS_PER_DEGREE, x / UNITS_PER_DEGREE


def _percent(share: float) -> str:
    return f"{share:.2%}" if share >= 0.0001 else "less than 0.01%"  # of one


def area_text(km2: float) -> str:
    """An area in the unit that fits."""
    if km2 >= 10:  # km2
        return f"{km2:,.0f} km2"
    if km2 >= 0.01:  # km2
        return f"{km2:.3g} km2"
    if km2 >= 1e-6:  # km2
        return f"{km2 * 1e6:.0f} m2"
    if km2 >= 1e-10:  # km2
        return f"{km2 * 1e10:.0f} cm2"
    return "less than 1 cm2"


def quoted(text: str) -> str:
    """A text of a file as one word of a line: in quotes if it has anything but letters, digits and a few signs.

    So no id can be taken for what is said of it.
    """
    return text if _WORD.fullmatch(text) else repr(text)


def situation_text(situation: Situation) -> str:
    """A situation in words."""
    words = []
    if situation.time is not None:
        day = f"{situation.time:%a} {situation.time.date().isoformat()}"  # %Y has no leading zeros
        words.append(f"{day} {situation.time:%H:%M:%S} UTC".replace(":00 UTC", " UTC"))
    for name, value in situation.attributes:
        words.append(f"another {quoted(name)}" if value == ANOTHER else f"{quoted(name)} {quoted(value)}")
    if situation.state is not None:
        words.append(situation.state)
    if situation.emergency is not None:
        words.append("in an emergency" if situation.emergency else "no emergency")
    return ", ".join(words)


def area_km2(shape: shapely.Geometry) -> float:
    """The area of a shape on the grid, on the ellipsoid."""
    from pyproj import Geod  # as heavy as the rest together

    degrees = shapely.transform(shape, lambda positions: positions / UNITS_PER_DEGREE)
    area_m2, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(degrees))
    return float(f"{abs(float(area_m2)) / 1e6:.6g}")


def geojson_of(shape: shapely.Geometry) -> dict[str, Any]:
    """A shape on the grid as a GeoJSON geometry in degrees."""
    degrees = shapely.transform(shape, lambda positions: np.round(positions / UNITS_PER_DEGREE, 9))
    found: dict[str, Any] = shapely.geometry.mapping(degrees)
    return found


def _area_of(zone: Zone) -> float:
    return float(shape_of(effective_polygon(zone)).area)
