"""The shapes of one frame on the grid, and the exact questions that the reference engine asks of them."""

from __future__ import annotations

from math import sqrt
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rtree.index import Index, Property

from geopolicy.geometry import frames, tangent_plane
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, POLE, to_grid_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    from geopolicy.geometry.effective import EffectivePolygon

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Pairs = tuple[Ints, Ints]

# A disc of 10 km at 85 degrees of latitude reaches 1.04 degrees of longitude; shapes that far
# beyond the antimeridian stand on this side too.
_SEAM_PAD = 20_000_000
_SHIFTS = (-FULL_TURN, 0, FULL_TURN)
# A path that is straight in WGS 84 is bent in these frames: metres per square metre of its length, and at
# most. Measured over 1 to 10 km: 2.0e-7 in GCJ-02; BD-09 ripples by 4.3e-6 more, up to 101 m in all.
_BENDS = {"WGS84": (), "GCJ-02": ((2.5e-7, 2000.0),), "BD-09": ((2.5e-7, 2000.0), (6.5e-6, 150.0))}
# So far outside of the frames' domain a way may begin: it bends by at most 1,100 m inside. From 20 degrees away it is
# 2,500 m, from farther off up to 20 km.
_NEAR_DOMAIN_DEG = 10.0


class BoxIndex:
    """Closed boxes in an R-tree; threads may share it (ADR 0021).

    The tree of rtree crashes if two threads ask it at once, so that a lock lets one question through at a
    time. Pickled or copied it would come back empty, so that it is built again from its boxes.

    Parameters
    ----------
    lower, upper
        Corners ``(n, 2)`` as ``x, y``, exact in doubles.
    """

    __slots__ = ("_lock", "_lower", "_tree", "_upper")

    def __init__(self, lower: Floats, upper: Floats) -> None:
        self._lower, self._upper = lower, upper
        self._lock = Lock()
        # Nodes of 16 boxes answer twice as fast as those of 100 that rtree makes by itself.
        nodes = Property(leaf_capacity=16, index_capacity=16, fill_factor=0.9)
        # Of no boxes rtree makes no index; it leaves its query without types.
        self._tree: Any = Index((np.arange(len(lower)), lower, upper), properties=nodes) if len(lower) else None

    def __len__(self) -> int:
        return len(self._lower)

    def __reduce__(self) -> tuple[type[BoxIndex], tuple[Floats, Floats]]:
        return BoxIndex, (self._lower, self._upper)

    def meeting(self, lower: Floats, upper: Floats) -> Pairs:
        """Pairs of an asked box and a box of the index that have a point in common, be it of an edge or a corner.

        ``lower`` and ``upper`` are corners as above, those of a point twice the same. In order of the asked boxes.
        """
        if self._tree is None or len(lower) == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        with self._lock:
            boxes, counts = self._tree.intersection_v(lower, upper)
        return np.repeat(np.arange(len(lower)), counts.astype(np.int64)), boxes


class FamilyIndex:
    """All effective polygons of one frame family, each with the number of its owner (a zone or a coverage).

    A shape near the antimeridian, or beyond it, stands here once for every turn in which a
    position of -180 to 180 degrees can meet it, so that nothing below wraps.
    """

    def __init__(self, family: str, polygons: Iterable[tuple[int, EffectivePolygon]]) -> None:
        self.family = family
        self.is_offset = family != "WGS84"
        owners, bounds, shapes, borders = [], [], [], []
        for owner, polygon in polygons:
            west, south, east, north = polygon.bounds
            for shift in _SHIFTS:
                if west + shift <= HALF_TURN + _SEAM_PAD and east + shift >= -HALF_TURN - _SEAM_PAD:
                    owners.append(owner)
                    bounds.append((west + shift, south, east + shift, north))
                    shapes.append(_geos_polygons(polygon, shift))
                    borders.append(polygon.borders + np.array([shift, 0, shift, 0]))
        self.owners = np.array(owners, dtype=np.int64)
        self.borders = borders
        self.areas = np.array(shapes, dtype=object)
        self.shapes = _prepared(self.areas)
        self.lines = np.array([_geos_lines(edges) for edges in borders], dtype=object)
        corners = np.array(bounds, dtype=np.int64).reshape(-1, 4)
        self.souths_norths = corners[:, [1, 3]]
        self.boxes = BoxIndex(corners[:, :2].astype(float), corners[:, 2:].astype(float))

    def __len__(self) -> int:
        return len(self.shapes)

    def to_grid(self, lat: Floats, lon: Floats) -> tuple[Ints, Ints, Ints]:
        """Which positions the frame can hold, and their ``x, y`` on its grid."""
        which = np.arange(len(lat))
        if self.is_offset:
            which = np.flatnonzero(frames.in_offset_domain(lat, lon))
            lat, lon = frames.forward(self.family, lat[which], lon[which])
        return which, to_grid_array(lon), to_grid_array(lat)

    def covering(self, x: Ints, y: Ints) -> Pairs:
        """Pairs of a position and a shape that covers it."""
        points = np.column_stack([x, y]).astype(float)
        fix, shape = self.boxes.meeting(points, points)
        inside = shapely.intersects_xy(self.shapes[shape], points[fix, 0], points[fix, 1])
        # At a pole all longitudes are one place: whatever reaches it covers it.
        poles = np.flatnonzero(np.abs(y) == POLE)
        polar = [(p, s) for p in poles for s in np.flatnonzero(self.souths_norths[:, int(y[p] > 0)] == y[p])]
        at_pole = np.array(polar, dtype=np.int64).reshape(-1, 2)
        return np.concatenate([fix[inside], at_pole[:, 0]]), np.concatenate([shape[inside], at_pole[:, 1]])

    def within(self, x: Ints, y: Ints, radius_m: Floats) -> tuple[Ints, Ints, Floats]:
        """Pairs of a position and a shape with a border within a planar radius, and the planar distance."""
        per_lat, per_lon = tangent_plane.scales(y.astype(float))
        pad = np.column_stack([radius_m / per_lon + 1.0, radius_m / per_lat + 1.0])
        points = np.column_stack([x, y])
        fix, shape = self.boxes.meeting(points - pad, points + pad)
        distance = np.empty(len(fix))
        for pair, (f, s) in enumerate(zip(fix, shape, strict=True)):
            x0, y0, x1, y1 = (self.borders[s] - np.array([x[f], y[f], x[f], y[f]])).T
            squared = tangent_plane.segment_distance_sq(x0, y0, x1, y1, per_lon[f], per_lat[f])
            distance[pair] = squared.min(initial=np.inf)
        close = distance <= radius_m[fix] * radius_m[fix]
        return fix[close], shape[close], np.sqrt(distance[close])


def family_indexes(polygons: Iterable[tuple[int, EffectivePolygon]]) -> list[FamilyIndex]:
    """One index for each frame family that the effective polygons use."""
    by_family: dict[str, list[tuple[int, EffectivePolygon]]] = {}
    for owner, polygon in polygons:
        by_family.setdefault(polygon.family, []).append((owner, polygon))
    return [FamilyIndex(family, by_family[family]) for family in sorted(by_family)]


def _geos_polygons(polygon: EffectivePolygon, shift: int) -> shapely.Geometry:
    """An effective polygon as GEOS reads it, exact in doubles: integers below 2**53."""
    move = np.array([shift, 0])
    return shapely.MultiPolygon([(part[0] + move, [ring + move for ring in part[1:]]) for part in polygon.polygons])


def _geos_lines(borders: Ints) -> shapely.Geometry:
    return shapely.MultiLineString(list(shapely.linestrings(borders.reshape(-1, 2, 2).astype(float))))


def _prepared(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Copies for the point test alone; GEOS builds its index for it here, before threads share it.

    It does so at the second test of a shape (libgeos/geos#777). What it prepares for lines changes with
    every question, so that threads cannot share that at all (libgeos/geos#825): paths ask ``areas``.
    """
    shapes: NDArray[np.object_] = shapely.transform(areas, lambda corners: corners)
    shapely.prepare(shapes)
    corners = np.array([shapely.get_coordinates(shape)[0] for shape in shapes]).reshape(-1, 2)
    for _ in range(2):
        shapely.intersects_xy(shapes, corners[:, 0], corners[:, 1])
    return shapes


class Path:
    """A straight path between two positions, the short way round, on the grid of one family.

    Attributes
    ----------
    is_known
        False where the formulas of GCJ-02 and BD-09 end: beyond 85 degrees of latitude.
    radius_m
        How far a shape may lie from the path and still be touched by it: the accuracy and the bend, widened
        for the tangent plane.
    """

    def __init__(self, index: FamilyIndex, lat: Floats, lon: Floats, accuracy_95_m: float) -> None:
        self.index = index
        ends = lat, lon
        lon = np.array([lon[0], lon[1] - 360.0 * np.rint((lon[1] - lon[0]) / 360.0)])
        can_meet = len(index) > 0 and (not index.is_offset or _crosses_offset_domain(lat, lon))
        self.is_known = not (can_meet and index.is_offset) or _are_near_offset_domain(*ends)
        self.can_meet = can_meet and self.is_known
        if self.can_meet:
            lat, lon = frames.forward(index.family, lat, lon)
        self.x, self.y = to_grid_array(lon), to_grid_array(lat)
        most_polar = float(np.abs(self.y).max())
        least_polar = float(np.abs(self.y).min()) if self.y[0] * self.y[1] > 0 else 0.0
        # The smallest metres per unit anywhere on the path: no distance comes out too long.
        self.per_lat, self.per_lon = tangent_plane.scales(least_polar)[0], tangent_plane.scales(most_polar)[1]
        reach_m = accuracy_95_m + self._bend_m()
        self.radius_m = 0.0
        if reach_m > 0.0 and most_polar <= tangent_plane.MAX_LAT_E7:
            planar_m = min(reach_m, tangent_plane.LIMIT_M * 2)
            self.radius_m = float(tangent_plane.widen(planar_m, most_polar, index.is_offset))

    def _bend_m(self) -> float:
        """How far from the straight line the path can lie in the frame of the family."""
        width, height = float(np.ptp(self.x)) * self.per_lon, float(np.ptp(self.y)) * self.per_lat
        length = sqrt(width * width + height * height)  # the root is rounded correctly everywhere; hypot is not
        return sum(min(per_square * length * length, most) for per_square, most in _BENDS[self.index.family])

    def _shifts(self) -> Iterator[tuple[Ints, shapely.LineString]]:
        """The path as it stands, and moved by a turn where it leaves -180 to 180 degrees."""
        for shift in _SHIFTS:
            x = self.x + shift
            if x.min() <= HALF_TURN and x.max() >= -HALF_TURN:
                yield x, shapely.LineString(np.column_stack([x, self.y]))

    def touched(self) -> tuple[list[int], list[int]]:
        """The shapes that the path touches or passes within its radius, and those whose border it meets."""
        touched: list[int] = []
        border_hits: list[int] = []
        for x, line in self._shifts() if self.can_meet else ():
            for shape in self._candidates(x):
                meets_border = self._meets_border(x, line, shape)
                if meets_border:
                    border_hits.append(shape)
                if meets_border or shapely.intersects(self.index.areas[shape], line):
                    touched.append(shape)
        return touched, border_hits

    def _candidates(self, x: Ints) -> list[int]:
        pad_x = self.radius_m / self.per_lon + 1.0 if self.radius_m > 0.0 else 0.0
        pad_y = self.radius_m / self.per_lat
        lower = np.array([[x.min() - pad_x, self.y.min() - pad_y]])
        upper = np.array([[x.max() + pad_x, self.y.max() + pad_y]])
        shapes: list[int] = self.index.boxes.meeting(lower, upper)[1].tolist()
        return shapes

    def _meets_border(self, x: Ints, line: shapely.LineString, shape: int) -> bool:
        if shapely.intersects(self.index.lines[shape], line):
            return True
        if self.radius_m == 0.0:
            return False
        x0, y0, x1, y1 = (self.index.borders[shape] - np.array([x[0], self.y[0], x[0], self.y[0]])).T
        squared = tangent_plane.segment_to_segment_distance_sq(
            float(x[1] - x[0]), float(self.y[1] - self.y[0]), x0, y0, x1, y1, self.per_lon, self.per_lat
        )
        return bool(squared.min(initial=np.inf) <= self.radius_m * self.radius_m)


def _crosses_offset_domain(lat: Floats, lon: Floats) -> bool:
    south, north, west, east = frames.FIX_DOMAIN
    is_level = lat.min() <= north and lat.max() >= south
    return bool(is_level and any(lon.min() + shift <= east and lon.max() + shift >= west for shift in (-360, 0, 360)))


def _are_near_offset_domain(lat: Floats, lon: Floats) -> bool:
    """Whether both ends of a path are near enough to the frames' domain that these bend it no more than is allowed."""
    south, north, west, east = frames.FIX_DOMAIN
    reach = _NEAR_DOMAIN_DEG
    is_level = lat.min() >= south - reach and lat.max() <= north + reach
    return bool(is_level and lon.min() >= west - reach and lon.max() <= east + reach)
