"""Reading edges the short way round the Earth, for sources that mean them so.

RFC 7946 3.1.9 asks writers to cut at the antimeridian, and semantics reads edges literally;
this is for zones that jump from +179 to -179 degrees. It happens only on request, and without the zone's
id only where a ring has no other reading.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.errors import Problem
from geopolicy.geometry import projection
from geopolicy.geometry.effective import rings
from geopolicy.geometry.effective.faults import examine
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, POLE, UNITS_PER_DEGREE, to_grid_array
from geopolicy.model.zones import Geometry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geopolicy.model.zones import Zone

    Units = NDArray[np.int64]

_NORTH_OR_SOUTH = (
    "taken the short way, a ring must not go round a pole: it could mean all that lies north of it, or all south of it"
)
_DRAW_ONE_SIDE = (
    "draw it from -180 to 180 degrees and close it along the pole of the side that is meant:"
    " by [180, 90], [-180, 90] for all north of it, by [180, -90], [-180, -90] for all south of it"
)
_BAND_OR_CAPS = (
    "taken the short way, a ring must not go all round the Earth: it could mean the band that it bounds,"
    " or all that lies beyond it, with both poles"
)
_DRAW_BAND = "draw the band from -180 to 180 degrees, or each side beyond it by itself, closed along its pole"
_MOST_TURNS = 2  # between longitudes of -360 and 360


def ids_to_unwrap(unwrap: bool | Collection[str]) -> frozenset[str] | None:
    """What a user asks for: None for nothing, no ids for all zones that need it and are clear.

    Raises
    ------
    TypeError
        If it is not a bool, an id, or ids.
    """
    if isinstance(unwrap, str):
        return frozenset([unwrap])
    if isinstance(unwrap, bool):
        return frozenset() if unwrap else None
    given: object = unwrap
    if not isinstance(given, Collection) or not all(isinstance(name, str) for name in given):
        raise TypeError(f"unwrap must be True, False or ids of zones, got {unwrap!r}")
    return frozenset(unwrap) or None


def unknown_ids(ids: frozenset[str] | None, known: Iterable[str]) -> list[Problem]:
    """A problem for each id that no zone has: the zone that is meant would be read as it is drawn."""
    rule = "an id to unwrap must be that of a zone"
    return [Problem("unwrap-unknown", rule, repr(name)) for name in sorted((ids or frozenset()).difference(known))]


def unwrapped(zone: Zone, at: str, ids: frozenset[str]) -> tuple[Zone, list[Problem]]:
    """The zone with long edges taken the short way, in longitudes beyond 180; and why that was done or cannot be.

    An edge is long if it spans more than 180 degrees of longitude and does not lie on a pole. All rings of a zone
    that is named are taken the short way, and 180 and -180 are one place for them. Of other zones those rings are
    that are invalid as drawn, valid the short way, and have no edge of exactly 180 or 360 degrees. Where no zone is
    named, any other ring with a long edge is refused, unless the short way it would enclose nothing; where zones
    are named, it is left as drawn. Frames in other units than degrees are left alone: their rings never jump.
    """
    if zone.geometry.type == "Point" or not projection.is_in_degrees(zone.frame):
        return zone, []
    problems: list[Problem] = []
    parts = []
    for number, part in enumerate(zone.geometry.parts):
        turns: list[Units | None] = []
        for path, packed in zip(_paths(zone.geometry, f"{at}.geometry.coordinates", number), part, strict=True):
            ring = _ring_with_long_edges(np.frombuffer(packed).reshape(-1, 2))
            decision = False if ring is None else _decision(ring, zone, ids)
            if isinstance(decision, Problem):
                problems.append(replace(decision, path=path, zone_id=zone.id))
            turns.append(ring.turns if ring is not None and decision is True else None)
        parts.append(part if all(each is None for each in turns) else _aligned(part, turns))
    geometry = Geometry(zone.geometry.type, tuple(parts))
    if problems or geometry == zone.geometry:
        return zone, problems
    rule = "edges of more than 180 degrees of longitude were taken the short way round"
    warning = Problem("ring-unwrapped", rule, None, f"{at}.geometry.coordinates", zone.id, is_warning=True)
    return replace(zone, geometry=geometry), [warning]


@dataclass(frozen=True, slots=True, eq=False)
class _Ring:
    """A ring, or a line, with long edges: on the grid as drawn and the short way, which differ by whole turns."""

    drawn: Units
    turns: Units
    longest: int
    has_exact_edge: bool  # of 180 or 360 degrees

    @property
    def short(self) -> Units:
        return np.column_stack([self.drawn[:, 0] + FULL_TURN * self.turns, self.drawn[:, 1]])


def _ring_with_long_edges(ring: NDArray[np.float64]) -> _Ring | None:
    """The ring, or None if it has no long edge, or is refused as drawn by the checks that follow."""
    if len(ring) < 2 or not _is_placed(ring):
        return None
    drawn = to_grid_array(ring)
    step = np.diff(drawn[:, 0])
    is_on_pole = (np.abs(drawn[:-1, 1]) == POLE) & (drawn[:-1, 1] == drawn[1:, 1])
    span = np.where(is_on_pole, 0, np.abs(step))
    if span.max() <= HALF_TURN:
        return None
    turns = np.concatenate([[0], -np.cumsum(np.rint(step / FULL_TURN).astype(np.int64))])
    return _Ring(drawn, turns, int(span.max()), bool(((span > 0) & (span % HALF_TURN == 0)).any()))


def _paths(geometry: Geometry, at: str, part: int) -> list[str]:
    """The JSON path of each ring of a part."""
    if geometry.type == "LineString":
        return [at]
    below = at if geometry.type == "Polygon" else f"{at}[{part}]"
    return [f"{below}[{number}]" for number in range(len(geometry.parts[part]))]


def _decision(ring: _Ring, zone: Zone, ids: frozenset[str]) -> bool | Problem:
    """Whether a ring with long edges is taken the short way, or why it can be read neither way; without its path."""
    is_line = zone.geometry.type == "LineString"
    gap_x, gap_y = (ring.drawn[-1] - ring.drawn[0]).tolist()
    if not is_line and (gap_x % FULL_TURN or gap_y):
        return False  # open whichever way it is read, and refused for that
    refusal = None if is_line else _round_the_earth(ring)
    if zone.id in ids:
        return refusal or (None if is_line else _collapse(ring)) or True
    if refusal is not None:
        return False if ids else refusal
    cause = "a line can be taken either way" if is_line else _ambiguity(ring)
    if cause is None or not cause or ids:
        return cause is None
    rule = f"to be unwrapped without its id, a zone must have no other reading: {cause}"
    name = shlex.quote(f"--unwrap={zone.id}")
    hint = (
        f"for the short way, name the zone: {name}; to keep it as drawn, put positions between the ends of long edges"
    )
    return Problem("unwrap-unclear", rule, f"an edge of {ring.longest / UNITS_PER_DEGREE:.9g} degrees", hint=hint)


def _ambiguity(ring: _Ring) -> str | None:
    """Why a ring that does not go round the Earth has no clear reading; None for the short way, empty for as drawn."""
    if _encloses_nothing(ring.short):
        # A band round the Earth: only as drawn does it enclose anything.
        return "this ring encloses nothing either way" if _encloses_nothing(ring.drawn) else ""
    if _is_valid(ring.drawn):
        return "this ring is valid as drawn, too"
    if ring.has_exact_edge:
        return "an edge of exactly 180 degrees is as long either way, and one of 360 may lead to the same place"
    return None if _is_valid(ring.short) else "this ring contradicts itself both as drawn and the short way"


def _collapse(ring: _Ring) -> Problem | None:
    """The refusal of a ring that is nothing when 180 and -180 are one place; it must not be repaired to a sliver."""
    if not _encloses_nothing(ring.short) or _encloses_nothing(ring.drawn):
        return None
    rule = "a ring must enclose something when 180 and -180 degrees are one place"
    return Problem("unwrap-collapsed", rule, hint="do not name the zone if it is a band round the Earth")


def _round_the_earth(ring: _Ring) -> Problem | None:
    """The refusal of a ring that does not close the short way or takes a whole turn: either side could be meant."""
    x = ring.short[:, 0]
    if x[0] != x[-1]:
        return Problem("unwrap-pole", _NORTH_OR_SOUTH, hint=_DRAW_ONE_SIDE)
    if np.ptp(x) >= FULL_TURN:
        return Problem("unwrap-pole", _BAND_OR_CAPS, hint=_DRAW_BAND)
    return None


def _encloses_nothing(ring: Units) -> bool:
    return len(ring) < 4 or rings.is_flat(ring) or bool(examine([[ring]]).empty_rings)


def _is_valid(ring: Units) -> bool:
    """Whether a ring, by itself, is one that a zone may have."""
    if (ring[0] != ring[-1]).any() or np.abs(np.diff(ring[:, 0])).max() > FULL_TURN or _encloses_nothing(ring):
        return False
    return not examine([[ring]]).faults


def _aligned(part: tuple[bytes, ...], turns: list[Units | None]) -> tuple[bytes, ...]:
    """The rings of one polygon with their turns added, those after the first moved by whole turns to lie inside it.

    Longitudes that change are put on the grid, so that a border shared with a zone that is not moved stays the same.
    """
    moved: list[bytes] = []
    west = east = 0
    for packed, ring_turns in zip(part, turns, strict=True):
        ring = np.frombuffer(packed).reshape(-1, 2)
        if not _is_placed(ring):
            moved.append(packed)
            continue
        x = to_grid_array(ring[:, 0]) + FULL_TURN * (0 if ring_turns is None else ring_turns)
        low, high = int(x.min()), int(x.max())
        if not moved:
            shift = 0 if ring_turns is None else -round((low + high) / (2 * FULL_TURN))
            west, east = low + shift * FULL_TURN, high + shift * FULL_TURN
        else:
            shift = _turns_inside(low, high, west, east)
        x += shift * FULL_TURN
        lon = np.where(x == to_grid_array(ring[:, 0]), ring[:, 0], x / UNITS_PER_DEGREE)
        moved.append(np.column_stack([lon, ring[:, 1]]).tobytes())
    return tuple(moved)


def _is_placed(ring: NDArray[np.float64]) -> bool:
    return len(ring) > 0 and bool((np.abs(ring) <= (360.0, 90.0)).all())


def _turns_inside(low: int, high: int, west: int, east: int) -> int:
    """By how many turns a hole is moved so that as little of it as possible stands out of its exterior."""

    def outside(shift: int) -> tuple[int, int]:
        moved = shift * FULL_TURN
        return max(0, west - low - moved) + max(0, high + moved - east), abs(shift)

    return min(range(-_MOST_TURNS, _MOST_TURNS + 1), key=outside)
