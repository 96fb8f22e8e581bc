"""What tests of grown shapes measure: what they hold of the true geodesic shape, and how far they reach beyond it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

import geopolicy as gp
from geopolicy.geometry.effective import effective_polygon

GEOD = Geod(ellps="WGS84")
RULE = gp.Rule(["camera"], gp.Level.OFF)
RELATIVE, ABSOLUTE_M = 1.005, 0.1


def grown(geometry, **members: Any):
    """The outline of a zone as one prepared GEOS geometry in grid units."""
    outline = effective_polygon(gp.Zone("grown", geometry, [RULE], **members))
    area = shapely.MultiPolygon([(part[0], part[1:]) for part in outline.polygons])
    assert area.is_valid
    shapely.prepare(area)
    return area


def holds(area, lon, lat):
    """Which positions the area covers, at any turn of their longitude."""
    found = np.zeros(len(lon), dtype=bool)
    for turn in (-360.0, 0.0, 360.0):
        found |= shapely.intersects_xy(area, (lon + turn) * 1e7, lat * 1e7)
    return found


def around(positions, radius_m, random, count):
    """Positions within a geodesic radius of the given ones; two in three at the radius itself."""
    chosen = positions[random.integers(0, len(positions), count)]
    reach = radius_m * np.where(np.arange(count) % 3 == 0, random.random(count), 1.0)
    lon, lat, _ = GEOD.fwd(chosen[:, 0], chosen[:, 1], random.uniform(0.0, 360.0, count), reach)
    return np.asarray(lon), np.asarray(lat)


def along(edges, random, count):
    """Positions on edges that are straight in degrees, their ends among them."""
    chosen = edges[random.integers(0, len(edges), count)]
    share = random.random(count)
    share[::7] = 0.0
    return chosen[:, 0] + share[:, None] * (chosen[:, 1] - chosen[:, 0])


def pieces(edges, step_m):
    """The edges, cut so that no piece is longer than a step."""
    found = []
    for start, end in edges:
        inner = np.linspace(start, end, 9)
        length = GEOD.line_length(inner[:, 0], inner[:, 1])
        stops = np.linspace(start, end, max(1, math.ceil(length / step_m)) + 1)
        found.append(np.stack([stops[:-1], stops[1:]], axis=1))
    return np.concatenate(found)


def least_distance(points, edges, radius_m):
    """Geodesic metres from each point to the nearest edge; edges are cut to pieces and searched by halves."""
    step_m = max(2.0 * radius_m, 5_000.0)
    parts = pieces(edges, step_m)
    boxed = shapely.linestrings(np.concatenate([parts + np.array([turn, 0.0]) for turn in (-360.0, 0.0, 360.0)]))
    tree = shapely.STRtree(boxed)
    pad_y = radius_m * 1.02 / 110_500.0 + 2e-6
    pad_x = pad_y / np.cos(np.radians(np.minimum(np.abs(points[:, 1]) + pad_y, 85.5)))
    windows = shapely.box(points[:, 0] - pad_x, points[:, 1] - pad_y, points[:, 0] + pad_x, points[:, 1] + pad_y)
    which, piece = tree.query(windows)
    start, span = parts[piece % len(parts), 0], np.diff(parts[piece % len(parts)], axis=1)[:, 0]
    low, high = np.zeros(len(which)), np.ones(len(which))
    least = np.full(len(which), np.inf)
    # Each round quarters the span; the last is 1 % of the radius, where a distance is off by 5e-5 of it.
    for _ in range(3 + math.ceil(math.log(step_m / radius_m, 4.0))):
        shares = np.linspace(low, high, 9)
        to = start + shares[..., None] * span
        here = np.broadcast_to(points[which], to.shape)
        _, _, metres = GEOD.inv(here[..., 0].ravel(), here[..., 1].ravel(), to[..., 0].ravel(), to[..., 1].ravel())
        metres = np.asarray(metres).reshape(shares.shape)
        best = metres.argmin(axis=0)
        least = np.minimum(least, metres.min(axis=0))
        step = (high - low) / 8.0
        middle = low + best * step
        low, high = np.maximum(middle - step, 0.0), np.minimum(middle + step, 1.0)
    result = np.full(len(points), np.inf)
    np.minimum.at(result, which, least)
    return result


def border_points(area, random, limit=400):
    """Every vertex of an outline (at most so many) and more positions on its edges, in degrees."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(area))]
    edges = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings]) / 1e7
    if len(edges) > limit:
        edges = edges[random.choice(len(edges), limit, replace=False)]
    return np.concatenate([edges[:, 0], along(edges, random, max(len(edges), limit)), edges.mean(axis=1)])


def check_grown(area, edges, radius_m, *, count=2_000, seed=0):
    """All within the radius of the edges is held; no border lies beyond the allowed excess."""
    random = np.random.default_rng(seed)
    lon, lat = around(along(edges, random, count), radius_m, random, count)
    missed = ~holds(area, lon, lat)
    assert not missed.any(), f"{missed.sum()} of {count} positions within {radius_m} m are not held"
    excess = least_distance(border_points(area, random), edges, radius_m) - radius_m
    allowed = max(radius_m * (RELATIVE - 1.0), ABSOLUTE_M)
    assert excess.max() <= allowed, f"{excess.max()} m beyond {radius_m} m, allowed {allowed}"


def edges_of(*lines: list[list[float]]):
    return np.concatenate([np.stack([np.array(line[:-1]), np.array(line[1:])], axis=1) for line in lines]).astype(float)
