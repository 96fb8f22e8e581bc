"""What the zones of a file may take of work that grows faster than they do: repairs, corridors, margins (ADR 0011)."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_EDGES_OF_ZONE = 64
_REPAIR = ("repair-too-entangled", "repairs")
_GROWTH = ("grown-too-detailed", "corridors and margins")


class Work(Enum):
    """What takes time: the code and name of what it belongs to, what it is called, how much of it all zones of a file
    share, and how much more each edge of the file allows.

    Chosen so that no file of 50 MB takes ten times as long to repair as a clean one to read, and a small one not more
    than some seconds. Margins of parts that lie apart take longer: 14 s for 11,000 of them.
    """

    # Real coasts have 1.02 to 1.14 pairs of boxes for each edge, triangles that fill the plane 10.
    PAIRS = (*_REPAIR, "pairs of edges or rings that come near each other", 1_000_000, 32.0)
    CROSSINGS = (*_REPAIR, "crossings of edges", 50_000, 0.25)
    LOOKUPS = (*_REPAIR, "pairs of positions and of edges on their latitudes", 20_000_000, 200.0)
    ROWS = (*_REPAIR, "rows of positions that rounding takes from it", 200_000, 0.5)
    HULLS = (*_REPAIR, "edges that enclose nothing", 10_000, 0.01)
    ROUNDS = (*_REPAIR, "rounds of rounding", 0, 0.0)
    # Real coasts have 1 piece, and 1 to 4 corners for each edge. A piece takes 50 to 200 microseconds.
    GROWN_PIECES = (*_GROWTH, "pieces of edges", 20_000, 2.0)
    GROWN_CORNERS = (*_GROWTH, "corners", 400_000, 4.0)
    GROWN_PAIRS = (*_GROWTH, "pairs of edges that come near each other", 2_000_000, 16.0)
    GROWN_CROSSINGS = (*_GROWTH, "crossings of a line with itself", 10_000, 0.25)

    def __init__(self, code: str, kind: str, what: str, shared: int, for_each_edge: float) -> None:
        self.code = code
        self.kind = kind
        self.what = what
        self.shared = shared
        self.for_each_edge = for_each_edge


class TooMuchWorkError(ValueError):
    """More work than the zones of a file may take.

    Attributes
    ----------
    code
        Of the problem.
    rule
        What they take at most.
    count
        What they would have taken until then, or some number above the limit.
    """

    def __init__(self, work: Work, limit: int, count: int) -> None:
        self.code = work.code
        self.rule = f"the {work.kind} of zones of this size take at most {limit} {work.what}"
        self.count = count
        super().__init__(f"{self.rule}, got {count}")


class Spent(NamedTuple):
    """What zones took of their allowance, and how many edges a projection added to them."""

    work: Counter[Work]
    edges: int

    def since(self, before: Spent) -> Spent | None:
        """What came after that; None for nothing."""
        spent = Spent(self.work - before.work, self.edges - before.edges)
        return spent if spent.work or spent.edges else None


class Allowance:
    """The work that the zones of one file may take: many small ones take no longer than one large one.

    Parameters
    ----------
    edge_counts
        How many edges each zone has as it is drawn. A zone is worth some edges itself.
    """

    __slots__ = ("_added", "_allowed", "_done")

    def __init__(self, edge_counts: Iterable[int] = ()) -> None:
        self._allowed: dict[Work, float] = {work: work.shared for work in Work}
        self._done: Counter[Work] = Counter()
        self._added = 0
        self._allow(sum(count + _EDGES_OF_ZONE for count in edge_counts))

    def add_edges(self, count: int) -> None:
        """Allows what so many more edges do, which a projection made."""
        self._added += count
        self._allow(count)

    def again(self) -> Allowance:
        """The same for work that is done once more; what it takes is not taken from this one."""
        same = Allowance()
        same._allowed, same._done, same._added = dict(self._allowed), self._done.copy(), self._added
        return same

    def spent(self) -> Spent:
        """What was done, and which edges were added, until now."""
        return Spent(self._done.copy(), self._added)

    def _allow(self, count: int) -> None:
        for work in Work:
            self._allowed[work] += work.for_each_edge * count

    def left(self, work: Work) -> int:
        """How much may still be done."""
        return int(self._allowed[work]) - self._done[work]

    def take(self, work: Work, count: int) -> None:
        """Takes some of what is left; raises `TooMuchWorkError` if that is less."""
        if count > self.left(work):
            raise TooMuchWorkError(work, int(self._allowed[work]), self._done[work] + count)
        self._done[work] += count
