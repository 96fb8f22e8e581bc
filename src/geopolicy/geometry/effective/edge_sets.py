"""Sets of edges: which of them an area has as its own, and which it leaves uncovered; exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Edges = NDArray[np.float64] | NDArray[np.int64]

_AT_ONCE = 20_000


def edges_of_rings(rings: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The edges ``(m, 4)`` of closed rings, in the order in which they are drawn."""
    corners = np.concatenate(rings)
    is_edge = np.ones(len(corners) - 1, dtype=bool)
    is_edge[np.cumsum([len(ring) for ring in rings[:-1]], dtype=np.int64) - 1] = False
    return np.hstack([corners[:-1], corners[1:]])[is_edge]


def is_among(edges: Edges, others: Edges) -> NDArray[np.bool_]:
    """Which of some edges ``(n, 4)`` stand among others, in the same direction."""
    together = np.concatenate([others, edges])
    order = np.lexsort(together.T)
    in_order = together[order]
    starts = np.concatenate([[True], (in_order[1:] != in_order[:-1]).any(axis=1)])
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(starts)
    is_number_of_other = np.zeros(len(order) + 1, dtype=bool)
    is_number_of_other[number[: len(others)]] = True
    is_one: NDArray[np.bool_] = is_number_of_other[number[len(others) :]]
    return is_one


def edges_of(area: shapely.Geometry) -> NDArray[np.float64]:
    """The edges ``(m, 4)`` of a polygonal geometry, in the direction in which they are drawn."""
    rings = shapely.get_rings(shapely.get_parts(area))
    positions, ring = shapely.get_coordinates(rings, return_index=True)
    is_edge = ring[1:] == ring[:-1]
    return np.hstack([positions[:-1][is_edge], positions[1:][is_edge]])


def changed_edges(edges: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """The edges ``(m, 4)`` that only one of two sets has, each once, whatever their directions are."""
    together = _turned_up(np.concatenate([edges, others]))
    order = np.lexsort(together.T)
    in_order = together[order]
    starts = np.flatnonzero(np.concatenate([[True], (in_order[1:] != in_order[:-1]).any(axis=1)]))
    set_number = order >= len(edges)
    is_of_one = np.logical_and.reduceat(set_number, starts) == np.logical_or.reduceat(set_number, starts)
    changed: NDArray[np.int64] = in_order[starts[is_of_one]]
    return changed


def uncovered_edges(
    edges: NDArray[np.int64], borders: NDArray[np.int64], area: shapely.Geometry, check_points: Callable[[Edges], None]
) -> NDArray[np.int64]:
    """The edges ``(m, 4)`` of which some position is outside a prepared area on the grid that has these borders.

    Most edges are edges of the area. Another one is covered if no edge of the area crosses it, and if the middle
    of each piece is covered into which the corners of the area cut it. Middles are halves of units, exact in doubles.
    ``check_points`` may refuse to look them up.
    """
    left = edges[~is_among(_turned_up(edges), _turned_up(borders))]
    tree = shapely.STRtree(shapely.linestrings(borders.reshape(-1, 2, 2).astype(np.float64)))
    chunks = [left[i : i + _AT_ONCE] for i in range(0, len(left), _AT_ONCE)]
    return np.concatenate(
        [edges[:0], *(chunk[_is_uncovered(chunk, borders, tree, area, check_points)] for chunk in chunks)]
    )


def _turned_up(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each edge from its lesser end to its greater one."""
    is_down = (edges[:, 0] > edges[:, 2]) | ((edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3]))
    return np.where(is_down[:, None], edges[:, [2, 3, 0, 1]], edges)


def _is_uncovered(
    edges: NDArray[np.int64],
    borders: NDArray[np.int64],
    tree: shapely.STRtree,
    area: shapely.Geometry,
    check_points: Callable[[Edges], None],
) -> NDArray[np.bool_]:
    """Which of some edges are not covered whole."""
    lines = shapely.linestrings(edges.reshape(-1, 2, 2).astype(np.float64))
    edge, border = tree.query(lines)
    p, q = edges[edge, :2], edges[edge, 2:]
    a, b = borders[border, :2], borders[border, 2:]
    side_a, side_b = sides(p, q, a), sides(p, q, b)
    is_uncovered = np.zeros(len(edges), dtype=bool)
    is_uncovered[edge[_is_crossed(p, q, a, b)]] = True
    cuts_a, cuts_b = (side_a == 0) & _is_in_box(p, q, a), (side_b == 0) & _is_in_box(p, q, b)
    number = np.arange(len(edges))
    of_edge = np.concatenate([number, number, edge[cuts_a], edge[cuts_b]])
    corners = np.concatenate([edges[:, :2], edges[:, 2:], a[cuts_a], b[cuts_b]])
    # Along one edge, the order of x and then y is that along the edge, or its reverse.
    order = np.lexsort((corners[:, 1], corners[:, 0], of_edge))
    of_edge, corners = of_edge[order], corners[order]
    is_piece = of_edge[1:] == of_edge[:-1]
    middles = (corners[:-1] + corners[1:])[is_piece] / 2.0
    check_points(middles)
    is_outside = ~np.asarray(shapely.intersects_xy(area, *middles.T))
    is_uncovered[of_edge[1:][is_piece][is_outside]] = True
    return is_uncovered


def count_crossings(edges: NDArray[np.int64], limit: int) -> int:
    """How many pairs of edges ``(n, 4)`` cross inside both; any number above the limit if there are more."""
    lines = shapely.linestrings(edges.reshape(-1, 2, 2).astype(np.float64))
    tree = shapely.STRtree(lines)
    count = 0
    for start in range(0, len(lines), _AT_ONCE):
        edge, other = tree.query(lines[start : start + _AT_ONCE])
        is_first = edge + start < other
        one, two = edges[edge[is_first] + start], edges[other[is_first]]
        count += int(_is_crossed(one[:, :2], one[:, 2:], two[:, :2], two[:, 2:]).sum())
        if count > limit:
            break
    return count


def _is_crossed(
    p: NDArray[np.int64], q: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the edges from p to q and from a to b cross inside both."""
    is_crossed: NDArray[np.bool_] = (sides(p, q, a) * sides(p, q, b) < 0) & (sides(a, b, p) * sides(a, b, q) < 0)
    return is_crossed


def sides(p: NDArray[np.int64], q: NDArray[np.int64], a: NDArray[np.int64]) -> NDArray[np.float64]:
    """On which side of the line from p to q a position lies: -1, 0 or 1; exact.

    Differences reach 7.2e9 and 1.8e9, so that products may wrap int64; modulo 2**64 they are right all the same,
    and doubles, wrong by less than 1e4, decide wherever the difference of the products would wrap.
    """
    along, to = q - p, a - p
    exact = along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]
    near = along[:, 0].astype(np.float64) * to[:, 1] - along[:, 1].astype(np.float64) * to[:, 0]
    side: NDArray[np.float64] = np.sign(np.where(np.abs(near) < 1e6, exact, near))
    return side


def _is_in_box(p: NDArray[np.int64], q: NDArray[np.int64], a: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a position lies in the box of p and q."""
    return np.asarray(((np.minimum(p, q) <= a) & (a <= np.maximum(p, q))).all(axis=1))
