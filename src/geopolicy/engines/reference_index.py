"""The shapes of one frame on the grid, and the exact questions that the reference engine asks of them."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.geometry import frames, tangent_plane
from geopolicy.geometry.grid import FULL_TURN, HALF_TURN, POLE, to_grid_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from geopolicy.geometry.effective import EffectivePolygon

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Pairs = tuple[Ints, Ints]

# A disc of 10 km at 85 degrees of latitude reaches 1.04 degrees of longitude; shapes that far
# beyond the antimeridian stand on this side too.
_SEAM_PAD = 20_000_000
# A way that is straight in WGS 84 is bent in these frames: metres per square metre of its length, and at
# most. Measured over 1 to 10 km: 2.0e-7 in GCJ-02; BD-09 ripples by 4.3e-6 more, up to 101 m in all.
_BENDS = {"WGS84": (), "GCJ-02": ((2.5e-7, 2000.0),), "BD-09": ((2.5e-7, 2000.0), (6.5e-6, 150.0))}


class Layer:
    """All outlines of one frame family, each with the number of its owner (a zone or a coverage).

    A shape near the antimeridian, or beyond it, stands here once for every turn in which a
    position of -180 to 180 degrees can meet it, so that nothing below wraps.
    """

    def __init__(self, family: str, outlines: Iterable[tuple[int, EffectivePolygon]]) -> None:
        self.family = family
        self.is_offset = family != "WGS84"
        owners, shapes, borders, reach = [], [], [], []
        for owner, outline in outlines:
            for shift in (-FULL_TURN, 0, FULL_TURN):
                west, south, east, north = outline.bounds
                if west + shift <= HALF_TURN + _SEAM_PAD and east + shift >= -HALF_TURN - _SEAM_PAD:
                    owners.append(owner)
                    shapes.append(_polygons(outline, shift))
                    borders.append(outline.borders + np.array([shift, 0, shift, 0]))
                    reach.append((south, north))
        self.owners = np.array(owners, dtype=np.int64)
        self.borders = borders
        self.reach = np.array(reach, dtype=np.int64).reshape(-1, 2)
        self.areas = np.array(shapes, dtype=object)
        self.shapes = _prepared(self.areas)
        self.lines = np.array([_lines(edges) for edges in borders], dtype=object)
        self.tree = shapely.STRtree(self.shapes)
        self.tree.query(shapely.Point(0, 0))  # GEOS builds the tree at the first query: before threads share it

    def __len__(self) -> int:
        return len(self.shapes)

    def place(self, lat: Floats, lon: Floats) -> tuple[Ints, Ints, Ints]:
        """Which positions the frame can hold, and their ``x, y`` on its grid."""
        which = np.arange(len(lat))
        if self.is_offset:
            which = np.flatnonzero(frames.in_offset_domain(lat, lon))
            lat, lon = frames.forward(self.family, lat[which], lon[which])
        return which, to_grid_array(lon), to_grid_array(lat)

    def covering(self, x: Ints, y: Ints) -> Pairs:
        """Pairs of a position and a shape that covers it."""
        fix, shape = self.tree.query(shapely.points(x, y))
        inside = shapely.intersects_xy(self.shapes[shape], x[fix].astype(float), y[fix].astype(float))
        pole = np.flatnonzero(np.abs(y) == POLE)
        polar = [(f, s) for f in pole for s in np.flatnonzero(self.reach[:, int(y[f] > 0)] == y[f])]
        extra = np.array(polar, dtype=np.int64).reshape(-1, 2)
        return np.concatenate([fix[inside], extra[:, 0]]), np.concatenate([shape[inside], extra[:, 1]])

    def within(self, x: Ints, y: Ints, radius_m: Floats) -> tuple[Ints, Ints, Floats]:
        """Pairs of a position and a shape with a border within a planar radius, and the planar distance."""
        per_lat, per_lon = tangent_plane.scales(y.astype(float))
        pad_x, pad_y = radius_m / per_lon + 1.0, radius_m / per_lat + 1.0
        fix, shape = self.tree.query(shapely.box(x - pad_x, y - pad_y, x + pad_x, y + pad_y))
        distance = np.empty(len(fix))
        for pair, (f, s) in enumerate(zip(fix, shape, strict=True)):
            x0, y0, x1, y1 = (self.borders[s] - np.array([x[f], y[f], x[f], y[f]])).T
            squared = tangent_plane.segment_distance_sq(x0, y0, x1, y1, per_lon[f], per_lat[f])
            distance[pair] = squared.min(initial=np.inf)
        close = distance <= radius_m[fix] * radius_m[fix]
        return fix[close], shape[close], np.sqrt(distance[close])


def layers_of(outlines: Iterable[tuple[int, EffectivePolygon]]) -> list[Layer]:
    """One layer for each frame family that the outlines use."""
    numbered = list(outlines)
    families = sorted({outline.family for _, outline in numbered})
    return [Layer(f, ((owner, outline) for owner, outline in numbered if outline.family == f)) for f in families]


def _polygons(outline: EffectivePolygon, shift: int) -> shapely.Geometry:
    """The outline as GEOS reads it, exact in doubles: integers below 2**53."""
    move = np.array([shift, 0])
    return shapely.MultiPolygon([(part[0] + move, [ring + move for ring in part[1:]]) for part in outline.polygons])


def _prepared(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Copies for the point test alone; GEOS builds its index for it here, before threads share it.

    It does so at the second test of a shape (libgeos/geos#777). What it prepares for lines changes with
    every question, so that threads cannot share that at all (libgeos/geos#825): ways ask ``areas``.
    """
    shapes: NDArray[np.object_] = shapely.transform(areas, lambda corners: corners)
    shapely.prepare(shapes)
    corners = np.array([shapely.get_coordinates(shape)[0] for shape in shapes]).reshape(-1, 2)
    for _ in range(2):
        shapely.intersects_xy(shapes, corners[:, 0], corners[:, 1])
    return shapes


def _lines(borders: Ints) -> shapely.Geometry:
    return shapely.MultiLineString(list(shapely.linestrings(borders.reshape(-1, 2, 2).astype(float))))


class Way:
    """A straight way between two positions, short way round, on the grid of one layer."""

    def __init__(self, layer: Layer, lat: Floats, lon: Floats, accuracy_95_m: float) -> None:
        self.layer = layer
        lon = np.array([lon[0], lon[1] - 360.0 * np.rint((lon[1] - lon[0]) / 360.0)])
        self.can_meet = len(layer) > 0 and (not layer.is_offset or _crosses_offset_domain(lat, lon))
        # The formulas of GCJ-02 and BD-09 end before the poles.
        self.is_known = not (self.can_meet and layer.is_offset and float(np.abs(lat).max()) > 85.0)
        self.can_meet &= self.is_known
        if self.can_meet:
            lat, lon = frames.forward(layer.family, lat, lon)
        self.x, self.y = to_grid_array(lon), to_grid_array(lat)
        steep, flat = float(np.abs(self.y).max()), float(np.abs(self.y).min() if self.y[0] * self.y[1] > 0 else 0.0)
        # The smallest metres per unit anywhere on the way: no distance comes out too long.
        self.per_lat, self.per_lon = tangent_plane.scales(flat)[0], tangent_plane.scales(steep)[1]
        width, height = float(np.ptp(self.x)) * self.per_lon, float(np.ptp(self.y)) * self.per_lat
        length = sqrt(width * width + height * height)  # the root is rounded correctly everywhere; hypot is not
        bend = sum(min(per_square * length * length, most) for per_square, most in _BENDS[layer.family])
        self.radius_m = 0.0
        if accuracy_95_m + bend > 0.0 and steep <= tangent_plane.MAX_LAT_E7:
            wide = min(accuracy_95_m + bend, tangent_plane.LIMIT_M * 2)
            self.radius_m = float(tangent_plane.widen(wide, steep, layer.is_offset))

    def turns(self) -> Iterator[tuple[Ints, shapely.LineString]]:
        """The way as it stands, and moved by a turn where it leaves -180 to 180 degrees."""
        for shift in (-FULL_TURN, 0, FULL_TURN):
            x = self.x + shift
            if x.min() <= HALF_TURN and x.max() >= -HALF_TURN:
                yield x, shapely.LineString(np.column_stack([x, self.y]))

    def touched(self) -> tuple[list[int], list[int]]:
        """The shapes that the way touches or passes within its radius, and those whose border it meets."""
        touched: list[int] = []
        met: list[int] = []
        for x, line in self.turns() if self.can_meet else ():
            pad_x = self.radius_m / self.per_lon + 1.0 if self.radius_m > 0.0 else 0.0
            pad_y = self.radius_m / self.per_lat
            box = shapely.box(x.min() - pad_x, self.y.min() - pad_y, x.max() + pad_x, self.y.max() + pad_y)
            for shape in self.layer.tree.query(box).tolist():
                meets = self._meets_border(x, line, shape)
                if meets or shapely.intersects(self.layer.areas[shape], line):
                    touched.append(shape)
                    met += [shape] if meets else []
        return touched, met

    def _meets_border(self, x: Ints, line: shapely.LineString, shape: int) -> bool:
        if shapely.intersects(self.layer.lines[shape], line):
            return True
        if self.radius_m == 0.0:
            return False
        x0, y0, x1, y1 = (self.layer.borders[shape] - np.array([x[0], self.y[0], x[0], self.y[0]])).T
        squared = tangent_plane.segment_to_segment_distance_sq(
            float(x[1] - x[0]), float(self.y[1] - self.y[0]), x0, y0, x1, y1, self.per_lon, self.per_lat
        )
        return bool(squared.min(initial=np.inf) <= self.radius_m * self.radius_m)


def _crosses_offset_domain(lat: Floats, lon: Floats) -> bool:
    south, north, west, east = frames.FIX_DOMAIN
    is_level = lat.min() <= north and lat.max() >= south
    return bool(is_level and any(lon.min() + turn <= east and lon.max() + turn >= west for turn in (-360, 0, 360)))
