"""Libraries that answer the question of W3 and no other, in which time zone a place is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peers import Peer
from timing import Call

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Tzfpy(Peer):
    """tzf-rs from Python; its polygons are simplified."""

    title = "tzfpy `get_tz`"
    note = "its polygons are simplified"
    workloads = ("W3",)
    has_batch = False

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        import tzfpy

        super().__init__(shapes)
        self.get = tzfpy.get_tz
        self.get(0.0, 0.0)

    def call(self) -> Call:  # noqa: D102
        return Call(self.get, "lon, lat")

    def name_at(self, lat: float, lon: float) -> str:
        """The name of the time zone."""
        return self.get(lon, lat)


class Timezonefinder(Peer):
    """timezonefinder with its data in memory and its C extension."""

    title = "timezonefinder `timezone_at`"
    note = "the same borders, data in memory"
    workloads = ("W3",)

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        from timezonefinder import TimezoneFinder

        super().__init__(shapes)
        self.finder = TimezoneFinder(in_memory=True)
        self.finder.timezone_at(lng=0.0, lat=0.0)

    def call(self) -> Call:  # noqa: D102
        return Call(self.finder.timezone_at, "lng=lon, lat=lat")

    def name_at(self, lat: float, lon: float) -> str | None:
        """The name of the time zone."""
        return self.finder.timezone_at(lng=lon, lat=lat)

    def answer(self, made: Any) -> Any:  # noqa: D102
        return self.finder.timezone_ids_at(lngs=made[:, 0].copy(), lats=made[:, 1].copy())

    def covered(self, result: Any, count: int) -> NDArray[np.bool_]:  # noqa: D102
        return np.asarray(result)[:count] >= 0
