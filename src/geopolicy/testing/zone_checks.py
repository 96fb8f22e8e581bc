"""What is checked of each zone of a fleet: its edges on every engine, and laws of its answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from geopolicy.engines.open import open as open_engine
from geopolicy.engines.open import why_no_kernel
from geopolicy.testing.edges import edge_positions
from geopolicy.testing.laws import assert_not_looser, assert_same_answers
from geopolicy.zonefile.vehicle_file import read_vehicle
from geopolicy.zonefile.zone_set import ZoneSet, read_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from geopolicy.engines.contract import Engine

    Check = Callable[[], None]


_SOME = 40


class ZonesUnderTest:
    """The zones of some files, opened by each engine when they are first asked."""

    def __init__(self, paths: Sequence[str], vehicle_path: str | None = None) -> None:
        self.zones = read_zones(paths)
        self.vehicle = None if vehicle_path is None else read_vehicle(vehicle_path)
        self.engine_names = ["reference"] if why_no_kernel() else ["kernel", "reference"]
        self._opened: dict[str, Engine] = {}

    @property
    def zone_ids(self) -> list[str]:
        """In their order."""
        return [zone.id for zone in self.zones]

    def engine(self, name: str) -> Engine:
        """An engine for all zones."""
        if name not in self._opened:
            self._opened[name] = open_engine(self.zones, self.vehicle, name)
        return self._opened[name]

    def checks_of(self, zone_id: str) -> Iterator[tuple[str, Check]]:
        """The name of each check of a zone, and what passes or raises AssertionError."""
        for name in self.engine_names:
            yield f"edges[{name}]", partial(self.check_edges, zone_id, name)
            yield f"joined[{name}]", partial(self.check_joined, zone_id, name)
        if len(self.engine_names) > 1:
            yield "engines", partial(self.check_engines, zone_id)

    def check_edges(self, zone_id: str, engine_name: str) -> None:
        """The zone applies on each of its edges, and one unit beside it only where it covers the position."""
        found = list(edge_positions(self.zones[zone_id]))
        many = self.engine(engine_name).decide_many([lat for lat, _, _ in found], [lon for _, lon, _ in found])
        for (lat, lon, is_covered), decision in zip(found, many, strict=True):
            applies = any(cause.zone_id == zone_id for cause in decision.causes)
            if applies != is_covered:
                wanted, got = ("applies", "not") if is_covered else ("does not apply", "it does")
                where = f"at lat {lat!r}, lon {lon!r}"
                raise AssertionError(f"zone {zone_id!r} {wanted} {where}; the {engine_name} engine says {got}")

    def check_joined(self, zone_id: str, engine_name: str) -> None:
        """All zones together ask no less than this one alone: on its edges, and whenever its rules change."""
        about = ZoneSet([self.zones[zone_id]])
        alone = open_engine(about, self.vehicle, engine_name)
        compare = partial(assert_not_looser, alone, self.engine(engine_name), about=about, zone_names=True)
        compare(times=[None])
        compare(positions=_some_positions(about))

    def check_engines(self, zone_id: str) -> None:
        """Both engines answer alike: on its edges, and whenever its rules change."""
        about = ZoneSet([self.zones[zone_id]])
        compare = partial(assert_same_answers, self.engine("kernel"), self.engine("reference"), about=about)
        compare(times=[None])
        compare(positions=_some_positions(about))


def _some_positions(zones: ZoneSet) -> list[tuple[float, float]]:
    """Of all positions some from one end to the other: what time changes, it changes at all of them alike."""
    found = [(lat, lon) for lat, lon, _ in edge_positions(zones)]
    return found[:: max(len(found) // _SOME, 1)]
