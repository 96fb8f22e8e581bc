"""A geometry as a file draws it, with what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.errors import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geopolicy.geometry.effective.allowance import Allowance
    from geopolicy.model.zones import Geometry


class Drawing:
    """One geometry on its way to an effective polygon; collects problems instead of stopping at the first."""

    def __init__(
        self, frame: str, geometry: Geometry, at: str, zone_id: str | None, allowance: Allowance, *, may_repair: bool
    ) -> None:
        self.frame = frame
        self.geometry = geometry
        self.at = at
        self.zone_id = zone_id
        self.may_repair = may_repair
        self.problems: list[Problem] = []
        self.allowance = allowance
        # For each ring that is still there, the numbers of its polygon and of itself in the file.
        self.sources = [[(p, r) for r in range(len(part))] for p, part in enumerate(geometry.parts)]

    def report(self, code: str, rule: str, path: str, value: str | None = None, hint: str | None = None) -> None:
        """One problem, at a path below the geometry."""
        self.problems.append(Problem(code, rule, value, self.at + path, self.zone_id, hint=hint))

    def warn(self, code: str, rule: str, path: str) -> None:
        """The same for what does not stop the reading."""
        self.problems.append(Problem(code, rule, None, self.at + path, self.zone_id, is_warning=True))

    def is_refused(self) -> bool:
        """Whether anything stops it."""
        return any(not problem.is_warning for problem in self.problems)

    def rings_with_paths(self, parts: list[list[NDArray[np.float64]]]) -> list[tuple[str, NDArray[np.float64]]]:
        """Every ring with its JSON path below the geometry."""
        if self.geometry.type in ("Point", "LineString"):
            return [(".coordinates", parts[0][0])]
        return [(self.path_of(p, r), ring) for p, part in enumerate(parts) for r, ring in enumerate(part)]

    def path_of(self, polygon: int, ring: int | None) -> str:
        """The JSON path of a polygon or ring."""
        source_polygon, source_ring = self.sources[polygon][ring or 0]
        inner = "" if ring is None else f"[{source_ring}]"
        return (
            f".coordinates[{source_polygon}]{inner}" if self.geometry.type == "MultiPolygon" else f".coordinates{inner}"
        )
