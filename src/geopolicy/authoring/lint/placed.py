"""Zones with their places, and all their rings in arrays, so that a hundred thousand zones are judged at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geopolicy.authoring.formats.kept import MEMBER, kept_of
from geopolicy.authoring.lint.codes import CODES
from geopolicy.authoring.lint.findings import Finding
from geopolicy.geometry.effective import kept_polygon
from geopolicy.geometry.projection import is_in_degrees
from geopolicy.zonefile.reader import feature_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.reader import ZoneFile

_MOST_PAIRS = 2_000_000
# Frames whose positions are rounded as they stand; others are projected first, and edges bent.
_AS_DRAWN = ("WGS84", "CGCS2000", "GCJ-02", "BD-09")


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A zone that nothing refuses: its feature, its file and what engines see of it."""

    zone: Zone
    path: str
    file: ZoneFile
    polygon: EffectivePolygon

    @property
    def is_imported(self) -> bool:
        """Whether it came from a source of another format, which draws it so."""
        return f'"{MEMBER}"' in self.zone.foreign[1] and kept_of(self.zone) is not None

    @property
    def is_piece(self) -> bool:
        """Whether an import cut it, among other zones, from one feature of a source: nobody drew it so."""
        kept = kept_of(self.zone) if self.is_imported else None
        return kept is not None and isinstance(kept["pieces"], int) and kept["pieces"] > 1

    def finding(
        self,
        code: str,
        rule: str,
        path: str = "",
        value: str | None = None,
        hint: str | None = None,
        other: Placed | None = None,
        *,
        is_fixable: bool = True,
    ) -> Finding:
        """A finding at a path below the feature; of a pair of zones the other one is named."""
        kind = CODES[code]
        other_id = None if other is None else other.zone.id
        place, file = self.path + path, self.file.file
        fix = is_fixable and kind.fix is not None
        return Finding(code, kind.severity, rule, value, place, self.zone.id, file, hint, other_id, fix)


def placed_zones(files: Sequence[ZoneFile]) -> list[Placed]:
    """The zones of files that nothing refuses, in their order."""
    placed = []
    for file in files:
        refused = {feature_path(error.path) for error in file.errors}
        for zone in file.zones:
            polygon, path = kept_polygon(zone), file.places[zone.id]
            if polygon is not None and path not in refused:
                placed.append(Placed(zone, path, file, polygon))
    return placed


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Rings one after the other: ``xy`` are their positions, ring ``i`` is ``xy[starts[i]:ends[i]]``.

    ``zone``, ``part`` and ``number`` say of which zone each ring is, in which polygon, and its number there.
    """

    xy: NDArray[np.float64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    zone: NDArray[np.int64]
    part: NDArray[np.int64]
    number: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)


def one_ring(xy: NDArray[np.float64]) -> Rings:
    """A single ring."""
    return _rings(xy, [(0, 0, 0, len(xy))])


def has_plain_rings(zone: Zone) -> bool:
    """Whether the effective polygon of a zone is just what is drawn: not grown, not projected, not repaired."""
    is_polygon = zone.geometry.type in ("Polygon", "MultiPolygon")
    return is_polygon and zone.frame in _AS_DRAWN and zone.margin_m == 0.0 and not zone.repair


def _rings(xy: NDArray[np.float64], keys: list[tuple[int, int, int, int]]) -> Rings:
    """Rings of positions, and for each its zone, part, number and length."""
    table = np.array(keys, dtype=np.int64).reshape(-1, 4)
    ends = np.cumsum(table[:, 3])
    return Rings(xy, ends - table[:, 3], ends, table[:, 0], table[:, 1], table[:, 2])


@dataclass(eq=False)
class ZoneTable:
    """The zones to be judged, and their geometries in arrays that are made when they are first asked for."""

    placed: Sequence[Placed]
    on_part: Callable[[float], object] = lambda _fraction: None
    """Is told which part of the kind that is looked for is done."""

    def __len__(self) -> int:
        return len(self.placed)

    @cached_property
    def drawn(self) -> Rings:
        """The rings of polygons as they stand in the files, in degrees; not those of frames in metres."""
        keys, texts = [], []
        for i, placed in enumerate(self.placed):
            geometry = placed.zone.geometry
            if geometry.type in ("Polygon", "MultiPolygon") and is_in_degrees(placed.zone.frame):
                for p, part in enumerate(geometry.parts):
                    for r, ring in enumerate(part):
                        keys.append((i, p, r, len(ring) // 16))
                        texts.append(ring)
        return _rings(np.frombuffer(b"".join(texts)).reshape(-1, 2), keys)

    @cached_property
    def effective(self) -> Rings:
        """The rings of effective polygons, in units of the grid; without spikes, which have no area."""
        keys, arrays = [], [np.empty((0, 2), dtype=np.int64)]
        for i, placed in enumerate(self.placed):
            for p, part in enumerate(placed.polygon.polygons):
                if len(part[0]) > 3:
                    for r, ring in enumerate(ring for ring in part if len(ring) > 3):
                        keys.append((i, p, r, len(ring)))
                        arrays.append(ring)
        return _rings(np.concatenate(arrays).astype(np.float64), keys)

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """The effective polygons as shapely's, in units of the grid; None for one that is only spikes."""
        rings = self.effective
        shapes = np.full(len(self), None, dtype=object)
        if len(rings):
            ring_of = np.repeat(np.arange(len(rings)), rings.ends - rings.starts)
            is_first = np.append(True, (np.diff(rings.zone) != 0) | (np.diff(rings.part) != 0))
            polygon_of = np.cumsum(is_first) - 1
            polygons = shapely.polygons(shapely.linearrings(rings.xy, indices=ring_of), indices=polygon_of)
            numbers, zone_of = np.unique(rings.zone[is_first], return_inverse=True)
            shapes[numbers] = shapely.multipolygons(polygons, indices=zone_of)
        return shapes

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of each zone, in units of the grid."""
        return np.array([placed.polygon.bounds for placed in self.placed], dtype=np.float64).reshape(-1, 4)

    @cached_property
    def families(self) -> NDArray[np.str_]:
        """The family of each zone's frame."""
        return np.array([placed.polygon.family for placed in self.placed], dtype=str)

    @cached_property
    def _sound(self) -> NDArray[np.object_]:
        """The shapes that `sound` has made; None for those that nobody asked for."""
        return np.full(len(self), None, dtype=object)

    def sound(self, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
        """The shapes of some zones, such that GEOS can overlay them: rings that touch themselves are taken apart."""
        new = np.unique(numbers[shapely.is_missing(self._sound[numbers])])
        shapes = self.shapes[new]
        is_broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
        if is_broken.any():
            shapes[is_broken] = shapely.make_valid(shapes[is_broken])
        self._sound[new] = shapes
        return self._sound[numbers]

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many positions the effective polygon of each zone has."""
        return np.asarray(shapely.get_num_coordinates(self.shapes))

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """The area of each zone in square units of the grid."""
        return np.asarray(np.nan_to_num(shapely.area(self.shapes)))


def chunks(numbers: NDArray[np.int64], candidates: int) -> Iterator[NDArray[np.int64]]:
    """Numbers in pieces, such that a search of each among so many candidates finds no more pairs than memory holds."""
    size = max(_MOST_PAIRS // max(candidates, 1), 1)
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
