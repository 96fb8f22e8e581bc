"""From a zone's geometry to its effective polygon: checked, projected, snapped, grown, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry import frames, projection
from geopolicy.geometry.effective import collapse, growth, rings
from geopolicy.geometry.effective.borders import borders_of
from geopolicy.geometry.effective.crowding import Allowance, EntangledError
from geopolicy.geometry.effective.faults import Examined, Fault, examine, examine_source
from geopolicy.geometry.effective.repair import repair
from geopolicy.geometry.grid import FULL_TURN, UNITS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geopolicy.model.zones import Coverage, Geometry, Zone

    Polygons = list[list[NDArray[np.int64]]]
    Degrees = list[list[NDArray[np.float64]]]

# In GCJ-02 and BD-09 a metre of the frame is off by up to 0.93 % and 2.95 %.
_FRAME_STRETCH = 1.03
# What a pack can hold: 32 bits from an origin in whole 10 degrees (docs/spec/pack-v1.md, Limits).
_MOST_SPAN = 400 * UNITS_PER_DEGREE
# The rings behind so many problems of one geometry are not judged.
_MOST_PROBLEMS = 500_000
_ENCLOSES = "a ring must enclose an area on the grid of 1e-7 degrees"
_JUMPS_COVERAGE_HINT = "its edges of more than 180 degrees go the long way round: use longitudes beyond 180"
_JUMPS_HINT = (
    "its edges of more than 180 degrees go the long way round: --unwrap takes them the short way;"
    ' otherwise mend it, or set "repair": true to take all that any loop encloses'
)
_DEGREES = ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")


class EffectivePolygon:
    """The effective polygon of a zone: closed integer rings in units of 1e-7 degree.

    Attributes
    ----------
    family
        ``"WGS84"``, ``"GCJ-02"`` or ``"BD-09"``: the frame into which a fix goes before it is tested.
    polygons
        Polygons as lists of rings ``(n, 2)`` of int64 ``x, y``, the exterior first and
        counter-clockwise, interiors clockwise. A spike of its own is a ring of two edges.
        A position is covered if it lies on any edge, or inside by the even-odd rule.
    borders
        Edges ``(m, 4)`` of int64 ``x0, y0, x1, y1`` that count for distances.
    border_pieces
        The last of the borders: parts of edges along the antimeridian, which are no edges of a ring.
    bounds
        West, south, east and north.
    """

    __slots__ = ("border_pieces", "borders", "bounds", "family", "polygons")

    def __init__(self, family: str, polygons: Polygons) -> None:
        self.family = family
        self.polygons = rings.oriented(polygons)
        edges, self.border_pieces = borders_of(self.polygons)
        self.borders = np.concatenate([edges, self.border_pieces]) if len(self.border_pieces) else edges
        corners = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for part in self.polygons for ring in part])
        self.bounds = (*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())


class _Builder:
    """One geometry on its way to an effective polygon; collects problems instead of stopping at the first."""

    def __init__(self, frame: str, geometry: Geometry, at: str, zone_id: str | None, *, may_repair: bool) -> None:
        self.frame = frame
        self.geometry = geometry
        self.at = at
        self.zone_id = zone_id
        self.may_repair = may_repair
        self.problems: list[Problem] = []
        self.allowance = Allowance()
        # For each ring that is still there, the numbers of its polygon and of itself in the file.
        self.sources = [[(p, r) for r in range(len(part))] for p, part in enumerate(geometry.parts)]

    def report(self, code: str, rule: str, path: str, value: str | None = None, hint: str | None = None) -> None:
        self.problems.append(Problem(code, rule, value, self.at + path, self.zone_id, hint=hint))

    def warn(self, code: str, rule: str, path: str) -> None:
        self.problems.append(Problem(code, rule, None, self.at + path, self.zone_id, is_warning=True))

    def is_refused(self) -> bool:
        return any(not problem.is_warning for problem in self.problems)

    def family(self) -> str | None:
        try:
            return frames.family(self.frame)
        except ValueError as error:
            self.problems.append(Problem("frame-unknown", str(error), None, self.at, self.zone_id))
            return None

    def positions(self) -> list[list[NDArray[np.float64]]] | None:
        """The parts in degrees of the frame's family, checked ring by ring; None if refused."""
        parts = [[np.frombuffer(ring).reshape(-1, 2) for ring in part] for part in self.geometry.parts]
        is_line = self.geometry.type in ("Point", "LineString")
        if self.may_repair and not is_line:
            parts = self.with_short_rings_closed(parts)
        for path, ring in self.rings_with_paths(parts):
            if len(self.problems) >= _MOST_PROBLEMS and self.is_refused():
                break
            rings.check_structure(self, ring, path, self.geometry.type)
            if self.frame in _DEGREES:
                rings.check_range(self, ring, path, is_line=is_line)
        if self.is_refused():
            return None
        if self.frame not in _DEGREES:
            try:
                parts = [projection.to_wgs84(self.frame, part) for part in parts]
            except ValueError as error:
                self.report("projection-failed", str(error), "")
                return None
            for path, ring in self.rings_with_paths(parts):
                rings.check_range(self, ring, path, is_line=is_line)
            if projection.is_outside_area_of_use(self.frame, (ring for part in parts for ring in part)):
                self.warn("frame-area", f"some of it lies outside the area that {self.frame} is meant for", "")
        return None if self.is_refused() else parts

    def rings_with_paths(self, parts: list[list[NDArray[np.float64]]]) -> list[tuple[str, NDArray[np.float64]]]:
        """Every ring with its JSON path below the geometry."""
        if self.geometry.type in ("Point", "LineString"):
            return [(".coordinates", parts[0][0])]
        return [(self.path_of(p, r), ring) for p, part in enumerate(parts) for r, ring in enumerate(part)]

    def path_of(self, polygon: int, ring: int | None) -> str:
        """The JSON path of a polygon or ring."""
        source_polygon, source_ring = self.sources[polygon][ring or 0]
        inner = "" if ring is None else f"[{source_ring}]"
        return (
            f".coordinates[{source_polygon}]{inner}" if self.geometry.type == "MultiPolygon" else f".coordinates{inner}"
        )

    def snapped(self, parts: list[list[NDArray[np.float64]]]) -> Polygons | None:
        """Polygons on the grid with one meaning; None if refused."""
        on_grid = [[rings.snap(ring) for ring in part] for part in parts]
        examined = examine(on_grid)
        if examined.empty_rings:
            on_grid, parts = self.without_collapsed(on_grid, parts, examined.empty_rings)
            if self.is_refused():
                return None
            examined = examine(on_grid)
        if examined.faults:
            return self.with_one_meaning(on_grid, parts, examined)
        if examined.touches:
            self.warn("ring-touches", "a ring touches itself or another one; it is read as drawn", ".coordinates")
        return on_grid

    def with_short_rings_closed(self, parts: Degrees) -> Degrees:
        """Exteriors of one to three positions are closed, such holes left out."""
        kept = []
        for p, part in enumerate(parts):
            exterior, *holes = part or [np.empty((0, 2))]
            if 0 < len(exterior) < 4:
                self.warn(
                    "ring-collapsed-repaired", "an exterior of fewer than 4 positions was closed", self.path_of(p, 0)
                )
                exterior = collapse.closed(exterior)
            for r, hole in enumerate(holes, start=1):
                if len(hole) < 4:
                    self.warn("ring-vanished", "a hole of fewer than 4 positions was filled", self.path_of(p, r))
            kept.append([exterior, *(hole for hole in holes if len(hole) >= 4)])
            self.sources[p] = [(p, r) for r, ring in enumerate(part) if r == 0 or len(ring) >= 4]
        return kept

    def without_collapsed(
        self, on_grid: Polygons, parts: Degrees, empty_rings: Sequence[tuple[int, int]]
    ) -> tuple[Polygons, Degrees]:
        """The polygons without rings that enclose nothing on the grid, and with what holds them where that is asked."""
        kept, kept_parts, sources, empty = [], [], [], frozenset(empty_rings)
        for p, (polygon, part) in enumerate(zip(on_grid, parts, strict=True)):
            collapsed = [r for r in range(len(part)) if (p, r) in empty]
            for r in collapsed:
                self.report_collapsed(p, r, polygon[r])
            if 0 not in collapsed:
                kept.append([ring for r, ring in enumerate(polygon) if r not in collapsed])
                kept_parts.append([ring for r, ring in enumerate(part) if r not in collapsed])
                sources.append([source for r, source in enumerate(self.sources[p]) if r not in collapsed])
            elif self.may_repair:
                exteriors = collapse.holding_polygons(part[0], self.allowance)
                kept += [[exterior] for exterior in exteriors]
                kept_parts += [[exterior / UNITS_PER_DEGREE] for exterior in exteriors]
                sources += [self.sources[p][:1]] * len(exteriors)
        if not kept and not self.is_refused():
            self.report(
                "ring-collapsed", _ENCLOSES, self.path_of(*empty_rings[0]), "no ring that does", "draw it larger"
            )
        self.sources = sources
        return kept, kept_parts

    def report_collapsed(self, polygon: int, number: int, ring: NDArray[np.int64]) -> None:
        """A ring that encloses nothing on the grid; what restricts is never lost, what permits is."""
        is_coverage, is_exterior, path = self.zone_id is None, number == 0, self.path_of(polygon, number)
        if is_exterior and rings.has_long_edge(ring / UNITS_PER_DEGREE):
            hint = (
                "round a pole, draw it from -180 to 180 degrees and close it along the pole of the side that is meant"
            )
            self.report("ring-collapsed", _ENCLOSES, path, "one that leads round the Earth", hint)
        elif self.may_repair and is_exterior:
            self.warn(
                "ring-collapsed-repaired", "a ring that encloses nothing was taken as a polygon that holds it", path
            )
        elif self.may_repair or (is_coverage and is_exterior):
            self.warn("ring-vanished", "a ring that permits encloses nothing on the grid and was left out", path)
        else:
            course = "on one line" if rings.is_flat(ring) else "that run to and fro"
            repaired = "to take a polygon that holds it" if is_exterior else "to fill it"
            remedy = "" if is_coverage else f', or set "repair": true {repaired}'
            hint = f"draw it larger, or remove it{remedy}"
            self.report("ring-collapsed", _ENCLOSES, path, f"{len(ring)} positions {course}", hint)

    def with_one_meaning(self, on_grid: Polygons, parts: Degrees, examined: Examined) -> Polygons | None:
        """Polygons that contradict themselves on the grid: repaired, or refused (None)."""
        faults = examine_source(parts).faults
        if self.zone_id is None or (faults and not self.may_repair):
            # A coverage that only rounding broke, too: what a repair takes beside it would permit.
            for fault in faults or examined.faults:
                self.report_fault(fault, parts, is_of_rounding=not faults)
            return None
        code, cause = (
            ("ring-repaired", "crossing rings") if faults else ("ring-snapped", "rings that rounding made cross")
        )
        self.warn(code, f"{cause} were taken as all that any loop encloses", ".coordinates")
        return repair(on_grid, examined.crossing_rings, self.allowance)

    def report_fault(self, fault: Fault, parts: Degrees, *, is_of_rounding: bool) -> None:
        """One contradiction of the source, or of the grid where only rounding makes it, and where."""
        lon, lat = (number / UNITS_PER_DEGREE for number in fault.place)
        value = f"{rings.FAULT_VALUES[fault.code]} at {round(lon, 9):.12g}, {round(lat, 9):.12g}"
        hint = 'mend it, or set "repair": true to take all that any loop encloses' if self.zone_id else None
        if fault.code == "ring-crosses" and fault.ring is not None:
            jumps = rings.has_long_edge(parts[fault.polygon][fault.ring])
            hint = (_JUMPS_HINT if self.zone_id else _JUMPS_COVERAGE_HINT) if jumps else hint
        if is_of_rounding:
            hint = "rounding to 1e-7 degrees makes it: move positions that lie nearer to each other than that apart"
        path = self.path_of(fault.polygon, fault.ring)
        self.report(fault.code, rings.FAULT_RULES[fault.code], path, value, hint)


def _build(builder: _Builder, grown: _Growth | None) -> EffectivePolygon | None:
    """The effective polygon, or None if it is refused; a coverage is not grown."""
    polygon = _drawn(builder, grown)
    if polygon is not None:
        west, _, east, _ = polygon.bounds
        if east - west > _MOST_SPAN:
            rule = "a zone or coverage must span at most 400 degrees of longitude, grown as it is"
            builder.report("span-too-wide", rule, "", f"{(east - west) / UNITS_PER_DEGREE:g}", "split it")
            return None
    return polygon


def _drawn(builder: _Builder, grown: _Growth | None) -> EffectivePolygon | None:
    """The effective polygon however wide it is."""
    family = builder.family()
    parts = builder.positions() if family else None
    if family is None or parts is None:
        return None
    stretch = 1.0 if family == "WGS84" else _FRAME_STRETCH
    try:
        if builder.geometry.type in ("Polygon", "MultiPolygon"):
            polygons = builder.snapped(parts)
            if polygons and grown and grown.margin_m > 0.0:
                drawn = EffectivePolygon(family, polygons)
                polygons = growth.margin(polygons, drawn.borders, grown.margin_m * stretch)
            return EffectivePolygon(family, polygons) if polygons else None
        if grown is None:
            return None
        if builder.geometry.type == "Point":
            return EffectivePolygon(family, growth.circle(parts[0][0], (grown.radius_m + grown.margin_m) * stretch))
        line = rings.without_repeats(parts[0][0])
        if len(line) < 2:
            builder.report("line-collapsed", "a line needs two distinct positions", ".coordinates", "one")
            return None
        return EffectivePolygon(family, growth.corridor(line, (grown.width_m + 2.0 * grown.margin_m) * stretch))
    except EntangledError as error:
        hint = "draw it anew without the crossings, or split it into several zones or files"
        builder.report("repair-too-entangled", error.rule, ".coordinates", f"{error.count}", hint)
        return None
    except growth.NearPoleError:
        rule = f"a grown shape must stay within {growth.MAX_GROWN_LAT:g} degrees of latitude"
        builder.report("grown-near-pole", rule, "", hint="draw a polygon instead")
        return None
    except growth.TooDetailedError as error:
        hint = "draw it with fewer corners, or split it into several zones"
        builder.report("grown-too-detailed", error.rule, ".coordinates", f"{error.count}", hint)
        return None


@dataclass(frozen=True, slots=True)
class _Growth:
    """By how much a geometry is grown, in metres."""

    radius_m: float
    width_m: float
    margin_m: float


def _growth_problems(zone: Zone, at: str) -> list[Problem]:
    """What is wrong with radius, width and margin."""
    kind = zone.geometry.type
    problems = []
    for code, member, value, wanted in (
        ("radius", "radius_m", zone.radius_m, kind == "Point"),
        ("width", "width_m", zone.width_m, kind == "LineString"),
    ):
        path = f"{at}.properties.{member}"
        if wanted and value is None:
            rule = f"a {kind} needs {member}, above 0 and at most {growth.MAX_GROWTH_M:.0f} metres"
            problems.append(Problem(f"{code}-missing", rule, None, path, zone.id))
        elif not wanted and value is not None:
            rule = f"{member} belongs to a {'Point' if code == 'radius' else 'LineString'}"
            problems.append(
                Problem(f"{code}-unused", rule, f"a {kind}", path, zone.id, hint="use margin_m to grow a polygon")
            )
        elif value is not None and not 0.0 < value <= growth.MAX_GROWTH_M:
            rule = f"{member} must be above 0 and at most {growth.MAX_GROWTH_M:.0f} metres"
            problems.append(Problem(f"{code}-range", rule, repr(value), path, zone.id))
    if not 0.0 <= zone.margin_m <= growth.MAX_GROWTH_M:
        rule = f"margin_m must be 0 to {growth.MAX_GROWTH_M:.0f} metres"
        problems.append(Problem("margin-range", rule, repr(zone.margin_m), f"{at}.properties.margin_m", zone.id))
    return problems


def shape_problems(zone: Zone, at: str = "$", allowance: Allowance | None = None) -> list[Problem]:
    """Everything wrong or risky in a zone's geometry; builds and keeps its effective polygon if nothing is wrong.

    ``at`` is the JSON path of the feature, ``allowance`` what the zones of its file have left for repairs.
    """
    problems = _growth_problems(zone, at)
    builder = _Builder(zone.frame, zone.geometry, f"{at}.geometry", zone.id, may_repair=zone.repair)
    if allowance is None:
        allowance = Allowance()
        allowance.add_zone(zone)
    builder.allowance = allowance
    growth_m = None if problems else _Growth(zone.radius_m or 0.0, zone.width_m or 0.0, zone.margin_m)
    polygon = _build(builder, growth_m)
    problems += builder.problems
    if polygon is not None and all(problem.is_warning for problem in problems):
        keep_polygon(zone, polygon)
    return problems


def effective_polygon(zone: Zone) -> EffectivePolygon:
    """The effective polygon of a zone, built once and kept with it.

    Raises
    ------
    ZoneFileError
        If the geometry cannot be used; lists everything that is wrong with it.
    """
    polygon = kept_polygon(zone)
    if polygon is None:
        problems = shape_problems(zone)
        polygon = kept_polygon(zone)
        if polygon is None:
            raise ZoneFileError(problem for problem in problems if not problem.is_warning)
    return polygon


def kept_polygon(zone: Zone) -> EffectivePolygon | None:
    """The effective polygon of a zone that has been checked already; no part of the zone's value."""
    kept = zone._derived  # a slot that this module alone reads and writes
    return kept if isinstance(kept, EffectivePolygon) else None


def keep_polygon(zone: Zone, polygon: EffectivePolygon) -> None:
    """Keeps the effective polygon with its zone, so that it is built only once."""
    object.__setattr__(zone, "_derived", polygon)


def effective_coverage(
    coverage: Coverage, at: str = "$.geopolicy.coverage"
) -> tuple[EffectivePolygon | None, list[Problem]]:
    """The effective polygon of a coverage, None if it cannot be used; and what is wrong or risky in it.

    A coverage is never repaired: to enlarge the area that is known would loosen.
    """
    builder = _Builder(coverage.frame, coverage.geometry, at, None, may_repair=False)
    polygon = _build(builder, None)
    return (None if builder.is_refused() else polygon), builder.problems


def are_apart(polygons: list[EffectivePolygon]) -> bool:
    """Whether the bounds of some two polygons of one frame have no position in common, on any turn of the Earth."""
    return any(
        _bounds_are_apart(a.bounds, b.bounds) for a, b in combinations(polygons, 2) if a.family == b.family == "WGS84"
    )


def _bounds_are_apart(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    is_level = a[1] <= b[3] and b[1] <= a[3]
    return not (is_level and any(a[0] + turn <= b[2] and b[0] <= a[2] + turn for turn in (-FULL_TURN, 0, FULL_TURN)))
