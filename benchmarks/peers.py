"""What people use instead. Each peer answers which zones cover a place, with zones as it likes them best.

A peer returns zone numbers, not decisions, and makes its own objects of a fix: that is part of its cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geopolicy.geometry.effective import kept_polygon
from timing import Call

if TYPE_CHECKING:
    from numpy.typing import NDArray

    import geopolicy as gp
    from geopolicy.geometry.effective import EffectivePolygon

    Floats = NDArray[np.float64]
    Ends = tuple[Floats, Floats, Floats, Floats]


METRES_PER_DEGREE = 111_320.0
"""Of latitude. What knows only the plane of degrees gets a distance too short in longitude, which favours it."""


class UnavailableError(Exception):
    """Why a peer is not measured here."""


def shapes_of(zones: gp.ZoneSet) -> NDArray[np.object_]:
    """The effective polygons of zones as shapely geometries in degrees: what geopolicy answers about."""
    return np.array([_shape(kept_polygon(zone)) for zone in zones], dtype=object)


def _shape(outline: EffectivePolygon | None) -> shapely.Geometry:
    if outline is None:
        raise ValueError("a zone of a set has an outline")
    parts = []
    for polygon in outline.polygons:
        rings = [ring / 1e7 for ring in polygon if len(ring) >= 4]
        if rings:
            parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def lines_of(ends: Ends) -> NDArray[np.object_]:
    """Straight paths between places ``lat, lon, lat1, lon1`` as shapely geometries."""
    lat, lon, lat1, lon1 = ends
    return shapely.linestrings(np.stack([np.column_stack([lon, lat]), np.column_stack([lon1, lat1])], axis=1))


def prepare(shapes: NDArray[np.object_]) -> None:
    """Prepares geometries and asks each once: GEOS builds their indexes only then."""
    shapely.prepare(shapes)
    west, south, east, north = shapely.bounds(shapes).T
    shapely.intersects_xy(shapes, (west + east) / 2.0, (south + north) / 2.0)


class Peer:
    """One of them: `call` asks about one fix, `convert` and `answer` about many."""

    title = ""
    note = ""
    workloads = ("W1", "W2", "W3", "W4")
    has_batch = True
    """Whether it can be asked about many fixes at once."""
    has_conversion = False
    """Whether `convert` makes objects that could be kept between questions."""
    has_discs = False
    """Whether it can be asked what lies within a distance, with `within`."""

    has_paths = False
    """Whether it can be asked what straight paths meet, with `meeting`."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self.shapes = shapes

    def call(self) -> Call | None:
        """How one fix is asked about; None if only batches make sense."""
        return None

    def convert(self, lat: Floats, lon: Floats) -> Any:
        """Fixes as the objects that `answer` takes."""
        return np.column_stack([lon, lat])

    def answer(self, made: Any) -> Any:
        """The fixes covered by some zone, one entry for each pair, for what `convert` made."""
        raise NotImplementedError

    def within(self, made: Any, distance_m: float) -> Any:
        """The fixes within a distance of some zone, as `answer` gives those in one."""
        raise NotImplementedError

    def convert_paths(self, ends: Ends) -> Any:
        """Straight paths as the objects that `meeting` takes."""
        return lines_of(ends)

    def meeting(self, made: Any) -> Any:
        """The paths that meet some zone, as `answer` gives the fixes."""
        return self.answer(made)

    def covered(self, result: Any, count: int) -> NDArray[np.bool_]:
        """Which fixes lie in some zone, out of what `answer` returned."""
        found = np.zeros(count, dtype=bool)
        found[np.asarray(result)] = True
        return found


class STRtree(Peer):
    """shapely's tree."""

    title = "shapely STRtree"
    has_conversion = True
    has_discs = True
    has_paths = True

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        super().__init__(shapes)
        self.tree = shapely.STRtree(shapes)
        self.tree.query(shapely.Point(0.0, 0.0))

    def call(self) -> Call:  # noqa: D102
        point, query = shapely.Point, self.tree.query
        return Call(lambda lat, lon: query(point(lon, lat), predicate="intersects"))

    def convert(self, lat: Floats, lon: Floats) -> Any:  # noqa: D102
        return shapely.points(lon, lat)

    def answer(self, made: Any) -> Any:  # noqa: D102
        return self.tree.query(made, predicate="intersects")

    def within(self, made: Any, distance_m: float) -> Any:  # noqa: D102
        return self.tree.query(made, predicate="dwithin", distance=distance_m / METRES_PER_DEGREE)

    def covered(self, result: Any, count: int) -> NDArray[np.bool_]:  # noqa: D102
        return super().covered(result[0], count)


class RtreePrepared(Peer):
    """Rtree for candidates, prepared shapely geometries for the test."""

    title = "rtree + prepared shapely"

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        from rtree.index import Index

        super().__init__(shapes)
        prepare(shapes)
        bounds = shapely.bounds(shapes)
        lower, upper = np.ascontiguousarray(bounds[:, :2]), np.ascontiguousarray(bounds[:, 2:])
        self.index = Index((np.arange(len(shapes)), lower, upper))

    def call(self) -> Call:  # noqa: D102
        candidates, shapes, inside = self.index.intersection, self.shapes, shapely.intersects_xy

        def covering(lat: float, lon: float) -> list[int]:
            return [i for i in candidates((lon, lat, lon, lat)) if inside(shapes[i], lon, lat)]

        return Call(covering)

    def answer(self, made: Any) -> Any:  # noqa: D102
        ids, counts = self.index.intersection_v(made, made)
        which = np.repeat(np.arange(len(made)), counts.astype(np.int64))
        inside = shapely.intersects_xy(self.shapes[ids.astype(np.int64)], made[which, 0], made[which, 1])
        return which[inside]


class IntersectsXY(Peer):
    """No index: every zone is asked."""

    title = "`shapely.intersects_xy`, every zone"
    note = "the zones are prepared already, as part of the peer before"

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        super().__init__(shapes)
        prepare(shapes)

    def call(self) -> Call:  # noqa: D102
        return Call(lambda lat, lon: np.flatnonzero(shapely.intersects_xy(self.shapes, lon, lat)))

    def answer(self, made: Any) -> Any:  # noqa: D102
        lon, lat = made[:, 0].copy(), made[:, 1].copy()
        found = [np.flatnonzero(shapely.intersects_xy(shape, lon, lat)) for shape in self.shapes]
        return np.concatenate(found)


class Geopandas(Peer):
    """A spatial join."""

    title = "geopandas `sjoin`"
    has_conversion = True
    has_discs = True
    has_paths = True

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        import geopandas

        super().__init__(shapes)
        self.frame = geopandas.GeoDataFrame({"zone": np.arange(len(shapes))}, geometry=shapes, crs=4326)
        self.geopandas = geopandas
        assert self.frame.sindex is not None

    def convert(self, lat: Floats, lon: Floats) -> Any:  # noqa: D102
        return self.geopandas.GeoDataFrame(geometry=self.geopandas.points_from_xy(lon, lat), crs=4326)

    def answer(self, made: Any) -> Any:  # noqa: D102
        return self.geopandas.sjoin(made, self.frame, predicate="intersects").index.to_numpy()

    def within(self, made: Any, distance_m: float) -> Any:  # noqa: D102
        degrees = distance_m / METRES_PER_DEGREE
        return self.geopandas.sjoin(made, self.frame, predicate="dwithin", distance=degrees).index.to_numpy()

    def convert_paths(self, ends: Ends) -> Any:  # noqa: D102
        return self.geopandas.GeoDataFrame(geometry=lines_of(ends), crs=4326)


class MatplotlibPath(Peer):
    """Boxes in one array, then `Path.contains_point`; holes are paths of their own."""

    title = "boxes + `matplotlib.path`"
    has_batch = False
    workloads = ("W1", "W2")

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        from matplotlib.path import Path

        super().__init__(shapes)
        self.bounds = np.ascontiguousarray(shapely.bounds(shapes).T)
        self.paths = [Path(shapely.get_coordinates(shape)) for shape in shapes]

    def call(self) -> Call:  # noqa: D102
        west, south, east, north = self.bounds
        paths = self.paths

        def covering(lat: float, lon: float) -> list[int]:
            near = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
            return [i for i in near.tolist() if paths[i].contains_point((lon, lat))]

        return Call(covering)


class S2(Peer):
    """S2: a dictionary from cells of each zone's covering, then the loop itself. Edges are great circles."""

    title = "S2 (`s2geometry`): coverings + loops"
    has_batch = False
    note = "edges are great circles there, so answers differ near borders"
    workloads = ("W1", "W2")

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        import s2geometry as s2

        super().__init__(shapes)
        self.s2 = s2
        coverer = s2.S2RegionCoverer()
        coverer.set_max_cells(8)
        self.cells: dict[int, list[int]] = {}
        self.loops = [self._loop(shape) for shape in shapes]
        for number, loop in enumerate(self.loops):
            for cell in coverer.GetCovering(loop):
                self.cells.setdefault(cell.id(), []).append(number)

    def _loop(self, shape: shapely.Geometry) -> Any:
        loop, degrees = self.s2.S2Loop(), self.s2.S2LatLng.FromDegrees
        loop.Init([degrees(lat, lon).ToPoint() for lon, lat in shapely.get_coordinates(shape)[:-1].tolist()])
        loop.Normalize()
        return loop

    def call(self) -> Call:  # noqa: D102
        bits = sorted({cell & -cell for cell in self.cells}, reverse=True)  # the lowest bit tells the level
        masks = [(bit, -bit & (1 << 64) - 1) for bit in bits]
        look, loops, cell_of, degrees = self.cells.get, self.loops, self.s2.S2CellId, self.s2.S2LatLng.FromDegrees

        def covering(lat: float, lon: float) -> list[int]:
            point = degrees(lat, lon).ToPoint()
            leaf, found = cell_of(point).id(), []
            for bit, mask in masks:
                found += [number for number in look(leaf & mask | bit, ()) if loops[number].Contains(point)]
            return found

        return Call(covering)


class Spherely(Peer):
    """S2 in batches: shapely's tree for candidates by box, spherely for the test. Edges are great circles."""

    title = "S2 (`spherely`) behind a box tree"
    note = "edges are great circles there, so answers differ near borders"
    workloads = ("W1", "W2")
    has_discs = True

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        import spherely

        super().__init__(shapes)
        self.spherely = spherely
        self.geographies = spherely.from_wkb(shapely.to_wkb(shapes))
        spherely.prepare(self.geographies)
        self.tree = shapely.STRtree(shapes)

    def answer(self, made: Any) -> Any:  # noqa: D102
        which, zone = self.tree.query(shapely.points(made))
        points = self.spherely.points(made[which, 0], made[which, 1])
        return which[self.spherely.covers(self.geographies[zone], points)]

    def within(self, made: Any, distance_m: float) -> Any:  # noqa: D102
        lat = np.radians(made[:, 1])
        reach = 1.01 * distance_m / METRES_PER_DEGREE / np.maximum(np.cos(lat), 0.01)[:, None]
        lower, upper = made - reach, made + reach
        which, zone = self.tree.query(shapely.box(lower[:, 0], lower[:, 1], upper[:, 0], upper[:, 1]))
        points = self.spherely.points(made[which, 0], made[which, 1])
        return which[self.spherely.distance(self.geographies[zone], points) <= distance_m]
