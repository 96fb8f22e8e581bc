"""The fixes that are asked about: along drives, shuffled, uniform, near borders and exactly on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geopolicy.geometry.effective import kept_polygon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    import geopolicy as gp

    Fixes = tuple[NDArray[np.float64], NDArray[np.float64]]

METRES_PER_UNIT = 0.01113
DRIVE_S = 1000
NEAR_M = 50.0
ORDERS = {
    "drives": "drives",
    "shuffled": "drives, shuffled",
    "uniform": "uniform",
    "near": "within 50 m of a border",
    "on": "on borders",
}


def _fixes(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Fixes:
    """Fixes as receivers send them, whole numbers of 1e-7 degrees: then every peer sees the same place."""
    lat = np.clip(np.rint(lat * 1e7), -900_000_000, 900_000_000) / 1e7
    lon = np.clip(np.rint(lon * 1e7), -1_800_000_000, 1_800_000_000) / 1e7
    return np.ascontiguousarray(lat), np.ascontiguousarray(lon)


def drives(starts: NDArray[np.float64], count: int, seed: int = 2) -> Fixes:
    """1 Hz drives of 1,000 fixes at 8 to 35 m/s that wind around ``starts``, positions ``lat, lon``."""
    random = np.random.default_rng(seed)
    number = -(-count // DRIVE_S)
    start = starts[random.integers(len(starts), size=number)] + random.normal(0.0, 0.05, (number, 2))
    start[:, 0] = np.clip(start[:, 0], -84.0, 84.0)
    course = random.uniform(0.0, 2.0 * np.pi, (number, 1))
    course = course + np.cumsum(random.normal(0.0, 0.08, (number, DRIVE_S)), axis=1)
    step = random.uniform(8.0, 35.0, (number, 1)) / 111_320.0
    lat = start[:, :1] + np.cumsum(step * np.cos(course), axis=1)
    lon = start[:, 1:] + np.cumsum(step * np.sin(course), axis=1) / np.cos(np.radians(start[:, :1]))
    return _fixes(lat.ravel()[:count], lon.ravel()[:count])


def shuffled(fixes: Fixes, seed: int = 3) -> Fixes:
    """The same fixes in random order."""
    order = np.random.default_rng(seed).permutation(len(fixes[0]))
    return fixes[0][order], fixes[1][order]


def uniform(region: tuple[float, float, float, float], count: int, seed: int = 4) -> Fixes:
    """Fixes anywhere in a region ``south, west, north, east``."""
    random = np.random.default_rng(seed)
    south, west, north, east = region
    return _fixes(random.uniform(south, north, count), random.uniform(west, east, count))


def sampled_edges(zones: gp.ZoneSet, most: int, seed: int = 5) -> NDArray[np.int64]:
    """Edges of zones, ``x0, y0, x1, y1`` in units of 1e-7 degrees, out of all, and none near the poles."""
    random = np.random.default_rng(seed)
    borders = [outline.borders for outline in map(kept_polygon, zones) if outline is not None]
    total = sum(len(own) for own in borders)
    if total <= most:
        return _within_distances(np.concatenate(borders))
    first = np.concatenate([[0], np.cumsum([len(own) for own in borders])])
    chosen = np.sort(random.choice(total, most, replace=False))
    owner = np.searchsorted(first, chosen, side="right") - 1
    picked = [borders[i][k - first[i]] for i, k in zip(owner.tolist(), chosen.tolist(), strict=True)]
    return _within_distances(np.array(picked))


def _within_distances(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The edges between 84.9 degrees south and north: beyond 85 no distance is judged."""
    return edges[np.abs(edges[:, 1::2]).max(axis=1) < 849_000_000]


def near_borders(edges: NDArray[np.int64], count: int, seed: int = 6) -> Fixes:
    """Fixes up to 50 m to either side of an edge."""
    random = np.random.default_rng(seed)
    edge = edges[random.integers(len(edges), size=count)].astype(np.float64)
    along = random.uniform(0.0, 1.0, count)
    x, y = edge[:, 0] + along * (edge[:, 2] - edge[:, 0]), edge[:, 1] + along * (edge[:, 3] - edge[:, 1])
    shrink = np.maximum(np.cos(np.radians(y / 1e7)), 0.05)
    dx, dy = (edge[:, 2] - edge[:, 0]) * shrink, edge[:, 3] - edge[:, 1]
    aside = random.uniform(-NEAR_M, NEAR_M, count) / METRES_PER_UNIT / np.maximum(np.hypot(dx, dy), 1.0)
    return _fixes((y + aside * dx) / 1e7, (x - aside * dy / shrink) / 1e7)


def on_borders(edges: NDArray[np.int64], count: int, seed: int = 7) -> Fixes:
    """Vertices, and every other time a grid point that lies exactly inside an edge."""
    random = np.random.default_rng(seed)
    vertices = edges[random.integers(len(edges), size=count), :2]
    steps = np.gcd(np.abs(edges[:, 2] - edges[:, 0]), np.abs(edges[:, 3] - edges[:, 1]))
    through = edges[steps > 1]
    if len(through):
        chosen = random.integers(len(through), size=count // 2)
        own, parts = through[chosen], steps[steps > 1][chosen]
        step = random.integers(1, parts)
        vertices[: count // 2, 0] = own[:, 0] + (own[:, 2] - own[:, 0]) // parts * step
        vertices[: count // 2, 1] = own[:, 1] + (own[:, 3] - own[:, 1]) // parts * step
        vertices = vertices[random.permutation(count)]
    return _fixes(vertices[:, 1] / 1e7, vertices[:, 0] / 1e7)
