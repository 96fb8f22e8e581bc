"""The zones that are measured: generated sites, and real borders that are read and never shipped."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

import geopolicy as gp
import orders
from geopolicy.geometry.effective import EffectivePolygon, keep_polygon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from orders import Fixes

METRES_PER_DEGREE = 111_320.0
REGION = (36.0, -8.0, 60.0, 28.0)
RULE = gp.Rule(["camera"], gp.Level.OFF)
# Administrative borders of ../shared/data: countries, a country's municipalities, counties, time zones.
BORDERS = (
    "countries_10m.geojson.gz",
    "ne_time_zones_10m.geojson.gz",
    "us_counties.geojson",
    "swiss_municipalities.geojson",
)
SIZES = {"W1": 10_000, "W2": 100_000}
QUICK_SIZES = {"W1": 1_000, "W2": 3_000}


class MissingInputError(Exception):
    """What a workload is made of is not on this machine; the text says what."""


@dataclass(frozen=True)
class Plan:
    """How much is measured: a short look, or the whole."""

    is_quick: bool
    shared: Path
    tg: Path | None = None

    @property
    def fixes(self) -> int:
        """The fixes in each order."""
        return 50_000 if self.is_quick else 500_000


@dataclass(frozen=True)
class Workload:
    """Zones that are not checked yet, and where its drives begin: ``lat, lon``."""

    key: str
    title: str
    zones: list[gp.Zone]
    starts: NDArray[np.float64]
    region: tuple[float, float, float, float]

    @property
    def vertices(self) -> int:
        """Positions of all rings, the closing ones not counted."""
        return sum(len(ring) // 16 - 1 for zone in self.zones for part in zone.geometry.parts for ring in part)

    def orders(self, zones: gp.ZoneSet, count: int) -> dict[str, Fixes]:
        """Fixes in five orders; near and on borders as the zones are on the grid."""
        edges = orders.sampled_edges(zones, 200_000)
        along = orders.drives(self.starts, count)
        return {
            "drives": along,
            "shuffled": orders.shuffled(along),
            "uniform": orders.uniform(self.region, count),
            "near": orders.near_borders(edges, count),
            "on": orders.on_borders(edges, count),
        }


def make(key: str, plan: Plan) -> Workload:
    """The workload of a name.

    Raises
    ------
    MissingInputError
        If its data is not here.
    """
    makers: dict[str, Callable[[], Workload]] = {
        "W3": lambda: time_zones(plan.is_quick),
        "W4": lambda: administrative(plan.shared, plan.is_quick),
    }
    if key in makers:
        return makers[key]()
    count = (QUICK_SIZES if plan.is_quick else SIZES)[key]
    zones, towns = sites(count)
    return Workload(key, f"{count:,} generated sites around 300 towns", zones, towns, REGION)


def site_rings(count: int, towns: int, seed: int) -> tuple[Iterator[NDArray[np.int64]], NDArray[np.float64]]:
    """Closed star-shaped rings on the grid, 6 to 40 vertices, 50 m to 3 km across, and the towns they lie around."""
    random = np.random.default_rng(seed)
    centres = np.column_stack([random.uniform(36.0, 60.0, towns), random.uniform(-8.0, 28.0, towns)])
    middle = centres[random.integers(towns, size=count)] + random.normal(0.0, (0.06, 0.09), (count, 2))
    corners = random.integers(6, 41, count)
    radius_m = np.exp(random.uniform(np.log(25.0), np.log(1500.0), count))
    first = np.concatenate([[0], np.cumsum(corners)])
    which = np.repeat(np.arange(count), corners)
    # One corner in each equal sector, so that no two are half a turn apart: the ring cannot cross itself.
    turn = (np.arange(first[-1]) - first[which] + random.uniform(0.0, 0.9, first[-1])) / corners[which]
    reach = radius_m[which] * random.uniform(0.6, 1.0, first[-1]) / METRES_PER_DEGREE
    angle = 2.0 * np.pi * turn
    lat = middle[which, 0] + reach * np.sin(angle)
    lon = middle[which, 1] + reach * np.cos(angle) / np.cos(np.radians(middle[which, 0]))
    grid = np.rint(np.column_stack([lon, lat]) * 1e7).astype(np.int64)
    closed = (np.concatenate([grid[a:b], grid[a : a + 1]]) for a, b in pairwise(first.tolist()))
    return closed, centres


def sites(count: int, towns: int = 300, seed: int = 1, *, is_checked: bool = False) -> tuple[list[gp.Zone], Any]:
    """Sites around towns ``(lat, lon)``. ``is_checked`` skips the checks of `ZoneSet`, which star shapes pass."""
    rings, centres = site_rings(count, towns, seed)
    zones = []
    for number, ring in enumerate(rings):
        shape = gp.Geometry("Polygon", (((ring / 1e7).tobytes(),),))
        zone = gp.Zone(f"site-{number:07d}", shape, (RULE,))
        if is_checked:
            keep_polygon(zone, EffectivePolygon("WGS84", [[ring]]))
        zones.append(zone)
    return zones, centres


def time_zones(is_quick: bool) -> Workload:
    """W3: the time-zone borders of the timezonefinder-data wheel, decoded by timezonefinder, not simplified."""
    try:
        from timezonefinder import TimezoneFinder
    except ImportError as error:
        raise MissingInputError(f"needs timezonefinder and timezonefinder-data: {error}") from error
    finder = TimezoneFinder(in_memory=True)
    parts: dict[str, list[tuple[bytes, ...]]] = {}
    vertices: list[NDArray[np.float64]] = []
    for polygon in range(0, finder.nr_of_polygons, 80 if is_quick else 1):
        rings = (finder.coords_of(polygon), *finder._holes_of_poly(polygon))
        packed = tuple(_packed(ring.T / 1e7) for ring in rings)
        parts.setdefault(finder.zone_name_from_boundary_id(polygon), []).append(packed)
        vertices.append(rings[0].T[::997, ::-1] / 1e7)
    zones = [
        gp.Zone(name, gp.Geometry("MultiPolygon", tuple(own)), (RULE,), repair=True) for name, own in parts.items()
    ]
    starts = np.concatenate(vertices)
    title = f"{len(zones)} time zones{' (every 80th polygon)' if is_quick else ''} of timezonefinder-data"
    return Workload("W3", title, zones, starts, (-85.0, -180.0, 85.0, 180.0))


def _packed(ring: NDArray[np.float64]) -> bytes:
    """A ring ``lon, lat`` as a geometry keeps it, closed."""
    closed = ring if (ring[0] == ring[-1]).all() else np.concatenate([ring, ring[:1]])
    return np.ascontiguousarray(closed).tobytes()


def administrative(shared: Path, is_quick: bool) -> Workload:
    """W4: administrative borders out of a folder that lies beside the repository."""
    folder = shared / "polygons"
    zones = []
    for name in BORDERS[3:] if is_quick else BORDERS:
        path = folder / name
        if not path.exists():
            raise MissingInputError(f"needs {path.name} in {folder}")
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for number, feature in enumerate(json.loads(raw)["features"]):
            if feature["geometry"]:
                shape = gp.Geometry.from_geojson(feature["geometry"])
                zones.append(gp.Zone(f"{path.name.split('.')[0]}-{number}", shape, (RULE,), repair=True))
    corners = [np.frombuffer(zone.geometry.parts[0][0]).reshape(-1, 2)[0] for zone in zones]
    starts = np.clip(np.array(corners)[:, ::-1], (-80.0, -179.0), (80.0, 179.0))
    title = f"{len(zones):,} countries, time zones, counties and municipalities (Natural Earth, US Census, swisstopo)"
    return Workload("W4", title, zones, starts, (-85.0, -180.0, 85.0, 180.0))
