"""Rings and GeoJSON shapes by their corners, each made in one place for all tests."""

from __future__ import annotations

from typing import Any

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def closed(*positions: Any):
    """A ring: the positions, and the first of them again."""
    return [*positions, positions[0]]


def corners(west, south, east, north):
    """The four corners of a box, against the clock."""
    return [(west, south), (east, south), (east, north), (west, north)]


def box_ring(west, south, east, north):
    """The ring of a box."""
    return closed(*corners(west, south, east, north))


def polygon(*rings: list):
    """A GeoJSON Polygon of closed rings; without any, one square degree."""
    return {"type": "Polygon", "coordinates": [*rings] or [SQUARE]}


def box(west, south, east, north):
    """A GeoJSON Polygon with edges along meridians and parallels."""
    return polygon([[west, south], [east, south], [east, north], [west, north], [west, south]])


BOW_TIE = polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])


def zigzags(teeth):
    """A ring in which nearly every tooth of one zigzag crosses every tooth of another."""
    far = [0.0 if tooth % 2 == 0 else 1.0 for tooth in range(teeth)]
    along = [tooth / teeth for tooth in range(teeth)]
    across = list(zip(far, along, strict=True))
    return [*across, *[(y, x + 1e-3) for x, y in across], across[0]]
