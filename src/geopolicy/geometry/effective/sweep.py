"""Where rings contradict themselves or each other, by a plane sweep: the plain twin of kernel/sweep (ADR 0025).

Exact on whole numbers. Three levels are swept: each ring alone, each polygon, all polygons together. A level gives
every edge a value: what changes where it is crossed upwards. A face between edges is the sum of the values below
it, and a level says which faces may be. Edges that lie on one another are first made into pieces that do
not overlap, with the sum of their values; where the sum is nothing, as along a spike, there is no piece.

The sweep goes through the corners in the order of x, then y, and keeps the pieces that reach over the place where it
is, from below to above. At a corner every piece through it is cut, so that neighbours may be judged by one turn: if
one ends beyond the other, they cross. They are let cross at a corner still to come; any other crossing ends the sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cmp_to_key
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Position = tuple[int, int]
    # How many exteriors hold a face, or how often a ring winds round it; and how many holes do.
    Face = tuple[int, int]

NOTHING, AREA, HOLE = (0, 0), (1, 0), (1, 1)


class Contradiction(IntEnum):
    """`gp_contradiction_t` of kernel/sweep/sweep.h."""

    RING_CROSSES = 0
    HOLE_OUTSIDE = 1
    HOLES_OVERLAP = 2
    POLYGON_HOLLOW = 3
    PARTS_OVERLAP = 4


class Finding(NamedTuple):
    """One contradiction: its kind, the number of a ring that has part in it, and where."""

    kind: int
    ring: int
    x: float
    y: float


class Edge(NamedTuple):
    """An edge from its lesser end to its greater one, with its value and the number of its ring."""

    start: Position
    end: Position
    value: Face
    ring: int


class _Piece:
    """A part of one edge, or of several on one line; ``above`` is the face over it, where the sweep is."""

    __slots__ = ("above", "end", "ring", "start", "value")

    def __init__(self, start: Position, end: Position, value: Face, ring: int) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.ring = ring
        self.above = NOTHING


@dataclass(slots=True)
class _Swept:
    """What the sweep of one level saw."""

    finding: tuple[int, float, float] | None = None  # ring, x, y
    face: Face = NOTHING  # the one that may not be
    sign: int = 0  # of the winding of a ring
    touches: bool = False
    is_any_left: bool = False  # whether there is a face inside a polygon and in none of its holes
    pieces: int = 0  # once cut at every corner
    corners: int = 0


def turn(a: Position, b: Position, p: Position) -> int:
    """Above 0 where p lies left of the line from a to b, 0 on it."""
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def examine_rings(rings: Sequence[Sequence[Position]], ends: Sequence[int]) -> tuple[list[Finding], bool, list[int]]:
    """The contradictions, whether rings touch, and which rings enclose nothing; `gp_sweep` of kernel/sweep/sweep.h.

    ``rings`` are closed; ``ends`` says for each polygon where its rings end. Time grows like n log n, but for
    the list of pieces at the sweep: it moves by up to 8 bytes for each of them.
    """
    findings: list[Finding] = []
    empty: list[int] = []
    touches = False
    edges: list[list[Edge]] = []
    for number, ring in enumerate(rings):
        swept, is_empty = _sweep_ring(_edges_of(ring, number))
        if is_empty:
            empty.append(number)
        if swept.finding:
            findings.append(Finding(Contradiction.RING_CROSSES, *swept.finding))
        touches |= swept.touches
        edges.append(_edges_of(ring, number, swept.sign))
    crossing = {finding.ring for finding in findings}
    for start, end in zip((0, *ends), ends, strict=False):
        if end - start > 1 and start not in empty and crossing.isdisjoint(range(start, end)):
            finding, is_touched = _sweep_polygon(edges[start:end], start)
            findings += [finding] if finding else []
            touches |= is_touched
    if len(ends) > 1 and not findings:
        exteriors = {0, *ends}
        areas = [
            Edge(edge.start, edge.end, edge.value if edge.ring in exteriors else (-edge.value[0], 0), edge.ring)
            for ring in edges
            for edge in ring
        ]
        pieces, overlap = _pieces_of(areas)
        swept = _sweep(pieces, _is_part)
        findings += [Finding(Contradiction.PARTS_OVERLAP, *swept.finding)] if swept.finding else []
        touches |= overlap
    return findings, touches, empty


def _edges_of(ring: Sequence[Position], number: int, sign: int = 1) -> list[Edge]:
    """The edges of a ring, positive where it has its left side above."""
    return [
        Edge(a, b, (sign, 0), number) if a < b else Edge(b, a, (-sign, 0), number) for a, b in pairwise(ring) if a != b
    ]


def _sweep_ring(edges: list[Edge]) -> tuple[_Swept, bool]:
    """One ring alone, and whether it encloses nothing, in no loop."""
    pieces, overlap = _pieces_of(edges)
    if pieces:
        swept = _sweep(pieces, _is_ring)
        swept.touches |= overlap
        return swept, False
    # Forth and back everywhere: a tree encloses nothing, a loop drawn twice contradicts itself.
    drawn, _ = _pieces_of(edges, keeps_all=True)
    swept = _sweep(drawn, _is_any)
    is_tree = swept.finding is None and swept.pieces == max(0, swept.corners - 1)
    if not is_tree and swept.finding is None:
        x, y = min(edge.start for edge in edges)
        swept.finding = (edges[0].ring, float(x), float(y))
    swept.touches = True
    return swept, is_tree


def _sweep_polygon(edges: Sequence[Sequence[Edge]], exterior: int) -> tuple[Finding | None, bool]:
    """The first contradiction between the rings of a polygon, and whether they touch more than GEOS would allow."""
    values = [
        edge if edge.ring == exterior else Edge(edge.start, edge.end, (0, edge.value[0]), edge.ring)
        for ring in edges
        for edge in ring
    ]
    pieces, overlap = _pieces_of(values)
    swept = _sweep(pieces, _is_polygon, ring_count=len(edges), first_ring=exterior)
    if swept.finding:
        is_outside = swept.face[0] < 1 or swept.face[1] < 2
        ring, x, y = swept.finding
        kind = Contradiction.HOLE_OUTSIDE if is_outside else Contradiction.HOLES_OVERLAP
        return Finding(kind, ring, x, y), swept.touches or overlap
    if not swept.is_any_left:
        first_x, first_y = min(piece.start for piece in pieces)
        return Finding(Contradiction.POLYGON_HOLLOW, exterior, float(first_x), float(first_y)), True
    return None, swept.touches or overlap


_IsFace: TypeAlias = "Callable[[Face, _Swept], bool]"


def _is_ring(face: Face, swept: _Swept) -> bool:
    """A ring winds once round what it encloses, everywhere in one direction."""
    swept.sign = swept.sign or face[0]
    return face[0] in (0, swept.sign) and abs(face[0]) <= 1


def _is_polygon(face: Face, swept: _Swept) -> bool:
    """A hole lies inside its exterior and in no other hole."""
    swept.is_any_left |= face == AREA
    return face in (NOTHING, AREA, HOLE)


def _is_part(face: Face, _: _Swept) -> bool:
    """A face belongs to one part at most."""
    return face in (NOTHING, AREA)


def _is_any(_: Face, __: _Swept) -> bool:
    return True


def _pieces_of(edges: Iterable[Edge], *, keeps_all: bool = False) -> tuple[list[_Piece], bool]:
    """Pieces that do not overlap, and whether some edges did. Those whose value is nothing are kept on request only."""
    lines: dict[tuple[int, int, int], list[Edge]] = {}
    for edge in edges:
        (x, y), (x1, y1) = edge.start, edge.end
        steps = gcd(x1 - x, y1 - y)
        dx, dy = (x1 - x) // steps, (y1 - y) // steps
        lines.setdefault((dx, dy, dx * y - dy * x), []).append(edge)
    pieces: list[_Piece] = []
    has_overlap = False
    for line in lines.values():
        ends = sorted(
            (position, sign, number)
            for number, edge in enumerate(line)
            for position, sign in ((edge.start, 1), (edge.end, -1))
        )
        count, value, ring, since = 0, NOTHING, -1, ends[0][0]
        for position, sign, number in ends:
            if position != since:
                if value != NOTHING or (keeps_all and count):
                    pieces.append(_Piece(since, position, value, ring))
                has_overlap |= count > 1
                since = position
            edge = line[number]
            count += sign
            value = (value[0] + sign * edge.value[0], value[1] + sign * edge.value[1])
            ring = edge.ring if sign > 0 else ring
    return pieces, has_overlap


class _Rings:
    """Which rings of a polygon hang together: two that touch twice cut its inside in two."""

    def __init__(self, first: int, count: int) -> None:
        self.first = first
        self.parents = list(range(count))

    def root(self, ring: int) -> int:
        number = ring - self.first
        while self.parents[number] != number:
            self.parents[number] = self.parents[self.parents[number]]
            number = self.parents[number]
        return number

    def meet(self, rings: set[int]) -> bool:
        """Rings that have a corner in common; whether some of them hung together before."""
        roots = {self.root(ring) for ring in rings}
        one = min(roots)
        for root in roots:
            self.parents[root] = one
        return len(roots) < len(rings)


def _sweep(pieces: list[_Piece], is_face: _IsFace, *, ring_count: int = 0, first_ring: int = 0) -> _Swept:
    """Sweeps the pieces of one level until a face may not be, or two of them cross where no corner is."""
    swept = _Swept()
    starts: dict[Position, list[_Piece]] = {}
    for piece in pieces:
        starts.setdefault(piece.start, []).append(piece)
    corners = starts.keys() | {piece.end for piece in pieces}
    swept.corners = len(corners)
    hanging = _Rings(first_ring, ring_count)
    status: list[_Piece] = []
    for corner in sorted(corners):
        low, high = _through(status, corner)
        left, beginning = status[low:high], starts.get(corner, [])
        right = _ascending([piece for piece in left if piece.end != corner] + beginning, corner)
        if len(left) + len(right) > 2:
            rings = {piece.ring for piece in left} | {piece.ring for piece in beginning}
            swept.touches |= hanging.meet(rings) if ring_count else True
        swept.pieces += len(right)
        face = status[low - 1].above if low else NOTHING
        for piece in right:
            face = piece.above = (face[0] + piece.value[0], face[1] + piece.value[1])
            if not is_face(face, swept):
                swept.face, swept.finding = face, (piece.ring, float(corner[0]), float(corner[1]))
                return swept
        status[low:high] = right
        for i in {low, low + len(right)}:
            if 0 < i < len(status) and (place := _crossing(status[i - 1], status[i], corners)):
                swept.face = _beyond(status[i - 1], status[i])
                swept.finding = (max(status[i - 1].ring, status[i].ring), *place)
                return swept
    return swept


def _ascending(pieces: list[_Piece], corner: Position) -> list[_Piece]:
    """Pieces through a corner in their order right of it, the lowest first."""

    def compare(one: _Piece, other: _Piece) -> int:
        return -turn(corner, one.end, other.end)

    return sorted(pieces, key=cmp_to_key(compare))


def _beyond(lower: _Piece, upper: _Piece) -> Face:
    """The face between two pieces beyond the place where they cross."""
    below = (lower.above[0] - lower.value[0], lower.above[1] - lower.value[1])
    return below[0] + upper.value[0], below[1] + upper.value[1]


def _through(status: list[_Piece], corner: Position) -> tuple[int, int]:
    """The first piece that is not below a corner, and the first above it: between them, those through it."""
    low, high = 0, len(status)
    while low < high:
        middle = (low + high) // 2
        if turn(status[middle].start, status[middle].end, corner) > 0:
            low = middle + 1
        else:
            high = middle
    while high < len(status) and turn(status[high].start, status[high].end, corner) == 0:
        high += 1
    return low, high


def _crossing(lower: _Piece, upper: _Piece, corners: set[Position]) -> tuple[float, float] | None:
    """Where neighbours cross beyond the sweep, unless at a corner; None if they do not.

    At a crossing both are to be cut if it is a corner. Its place on the lower piece is ``over / under`` of the piece;
    a corner lies on whole coordinates, so it is whole steps of the piece away from its start.
    """
    if lower.end < upper.end:
        is_crossing = turn(upper.start, upper.end, lower.end) > 0
    else:
        is_crossing = turn(lower.start, lower.end, upper.end) < 0
    if not is_crossing:
        return None
    (x, y), (x1, y1) = lower.start, lower.end
    dx, dy = x1 - x, y1 - y
    ux, uy = upper.end[0] - upper.start[0], upper.end[1] - upper.start[1]
    over = (upper.start[0] - x) * uy - (upper.start[1] - y) * ux
    under = dx * uy - dy * ux
    if (over * dx) % under == 0 == (over * dy) % under:
        place = (x + over * dx // under, y + over * dy // under)
        if place in corners:
            return None
    return x + over * dx / under, y + over * dy / under
