"""Rings that contradict themselves or each other, or nearly do, of any number of corners; in units of 1e-7 degree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Polygons = list[list[NDArray[np.int64]]]


def _ring(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    ring = np.stack(columns, axis=1)
    return np.concatenate([ring, ring[:1]])


def _box(west: int, south: int, east: int, north: int) -> NDArray[np.int64]:
    return np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])


def coast(corners: int) -> Polygons:
    """A ring with bays of every size, without a contradiction: what the others are compared with."""
    rng = np.random.default_rng(1)
    depth = np.zeros(2)
    while len(depth) <= corners:
        middles = (depth[:-1] + depth[1:]) / 2 + rng.normal(0.0, 4e7 / len(depth), len(depth) - 1)
        depth = np.insert(depth, np.arange(1, len(depth)), middles)
    angles = 2 * np.pi * np.arange(corners) / corners
    radii = 3e8 + depth[:corners]
    return [[_ring(*np.rint([radii * np.cos(angles), radii * np.sin(angles)]).astype(np.int64))]]


def crossing_coast(corners: int) -> Polygons:
    """The coast with each 500th corner in the place of the next."""
    ring = coast(corners)[0][0]
    early = np.arange(100, corners - 100, 500)
    ring[early], ring[early + 1] = ring[early + 1], ring[early].copy()
    return [[ring]]


def zigzags(corners: int) -> Polygons:
    """One ring of two zigzags, in which nearly every tooth crosses every other."""
    teeth = np.arange(corners // 2)
    far = np.where(teeth % 2 == 0, 0, 40 * len(teeth))
    return [[_ring(np.concatenate([far, teeth[::-1] * 40]), np.concatenate([teeth * 40, far + 17]))]]


def star(corners: int) -> Polygons:
    """A star with thin spikes that do not cross."""
    angles = 2 * np.pi * np.arange(corners) / corners
    radii = np.where(np.arange(corners) % 2 == 0, 8e8, 1e7)
    return [[_ring(*np.rint([radii * np.cos(angles), radii * np.sin(angles)]).astype(np.int64))]]


def comb(corners: int) -> Polygons:
    """A comb whose teeth all reach over its whole width."""
    teeth = np.arange(corners)
    far = np.where((teeth + 1) // 2 % 2 == 0, 10, 10**8)
    return [[_ring(np.concatenate([[0], far, [0]]), np.concatenate([[-50], teeth * 50, [50 * (corners - 1)]]))]]


def upright_comb(corners: int) -> Polygons:
    """The comb laid the other way, so that its teeth stand one behind the other."""
    return [[ring[:, ::-1] for ring in comb(corners)[0]]]


def diagonal_comb(corners: int) -> Polygons:
    """The comb turned, so that the boxes of all its teeth overlap."""
    return [[np.stack([4 * ring[:, 0] - ring[:, 1], ring[:, 0] + 4 * ring[:, 1]], axis=1) for ring in comb(corners)[0]]]


def _boxes(corners: int, step: int, size: int) -> list[NDArray[np.int64]]:
    side = max(1, int((corners / 4) ** 0.5))
    return [_box(step * i, step * j, step * i + size, step * j + size) for i in range(side) for j in range(side)]


def many_holes(corners: int) -> Polygons:
    """Holes side by side."""
    holes = _boxes(corners, 30, 20)
    end = int(holes[-1].max()) + 10
    return [[_box(-10, -10, end, end), *holes]]


def overlapping_holes(corners: int) -> Polygons:
    """Holes that each overlap their neighbours."""
    holes = _boxes(corners, 15, 20)
    end = int(holes[-1].max()) + 10
    return [[_box(-10, -10, end, end), *holes]]


def many_parts(corners: int) -> Polygons:
    """Parts side by side, with borders in common."""
    return [[box] for box in _boxes(corners, 20, 20)]


def touching_chain(corners: int) -> Polygons:
    """Parts in a row that touch in one corner each."""
    diamond = np.array([[0, 10], [10, 0], [20, 10], [10, 20], [0, 10]])
    return [[diamond + np.array([20 * i, 0])] for i in range(corners // 4)]


def nested_holes(corners: int) -> Polygons:
    """Parts in holes of parts, which all share one corner and the ends of two edges."""
    return [[_box(0, 0, size, size), _box(0, 0, size - 1, size - 1)] for size in range(corners // 4, 1, -2)]


def spikes(corners: int) -> Polygons:
    """A box from one side of which lines run out and back."""
    feet = np.repeat(np.arange(corners // 3) * 20, 3)
    tips = np.tile([0, 10**6, 0], corners // 3)
    return [[_ring(np.concatenate([feet, [feet[-1], 0]]), np.concatenate([tips, [-100, -100]]))]]


def collinear_runs(corners: int) -> Polygons:
    """A ring that runs to and fro on one line before it closes."""
    along = np.random.default_rng(1).integers(0, 10**9, corners)
    return [[_ring(np.concatenate([along, [0, 0]]), np.concatenate([0 * along, [0, 10]]))]]


def to_and_fro(corners: int) -> Polygons:
    """A ring that runs out and the same way back: it encloses nothing."""
    steps = np.arange(corners // 2)
    out = np.stack([steps * 137, steps * 7919 % 100_003 * 100], axis=1)
    return [[np.concatenate([out, out[::-1]])]]


def collapsed_islets(corners: int) -> Polygons:
    """Parts that each lie on one line."""
    side = max(1, int((corners / 4) ** 0.5))
    islet = np.array([[0, 0], [5, 0], [9, 0], [0, 0]])
    return [[islet + np.array([30 * i, 30 * j])] for i in range(side) for j in range(side)]


def antimeridian(corners: int) -> Polygons:
    """Parts on both sides of the antimeridian that end on it, in part opposite each other."""
    seam = 1_800_000_000
    souths = range(-500_000_000, -500_000_000 + 1000 * (corners // 8), 1000)
    east = [[_box(seam - 1000, south, seam, south + 1000)] for south in souths]
    return east + [[_box(-seam, south, -seam + 1000, south + 700)] for south in souths]


SHAPES: dict[str, Callable[[int], Polygons]] = {
    shape.__name__.replace("_", " "): shape
    for shape in (
        coast, crossing_coast, zigzags, star, comb, upright_comb, diagonal_comb, many_holes, overlapping_holes,
        many_parts, touching_chain, nested_holes, spikes, collinear_runs, to_and_fro, collapsed_islets, antimeridian,
    )
}  # fmt: skip
