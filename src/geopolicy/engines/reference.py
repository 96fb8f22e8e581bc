"""The reference engine: short and obvious, the oracle of the kernel and the base line of its speed."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.engines.batch import columns, policies_for
from geopolicy.engines.contract import Engine, check_length, check_position, check_when
from geopolicy.engines.reference_index import Layer, Way, layers_of
from geopolicy.geometry import grid, tangent_plane
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.model.decisions import Decision, Decisions, Reason
from geopolicy.model.sensors import Vehicle
from geopolicy.policy.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

    from geopolicy.model.zones import ZoneFileHeader
    from geopolicy.zonefile.zone_set import ZoneSet

    Floats = NDArray[np.float64]


class _Found:
    """What was found at some positions: zones that apply, those whose border is met, and what is unknown."""

    def __init__(self) -> None:
        self.applies: defaultdict[int, set[int]] = defaultdict(set)
        self.met: defaultdict[int, set[int]] = defaultdict(set)
        self.unknown: defaultdict[int, set[Reason]] = defaultdict(set)

    def places(self) -> list[int]:
        """The positions at which anything was found."""
        return sorted(self.applies.keys() | self.unknown.keys())

    def decision(self, policy: Policy, i: int) -> Decision:
        """The decision at one position."""
        applies, met, unknown = (tuple(sorted(at.get(i, ()))) for at in (self.applies, self.met, self.unknown))
        return policy.decide(applies, met, unknown)


class ReferenceEngine(Engine):
    """Candidates from a tree, the exact test by GEOS on grid coordinates, distances in the tangent plane.

    Needs numpy, shapely and pyproj. `geopolicy.open` makes one.
    """

    name = "reference"

    _zones: ZoneSet
    _policy: Policy
    _layers: list[Layer]
    _coverages: list[Layer]
    _coverage_count: int
    _digest: str | None

    def __init__(self, zones: ZoneSet, vehicle: Vehicle | None = None, digest: str | None = None) -> None:
        vehicle = vehicle or Vehicle()
        outlines = [effective_coverage(coverage)[0] for coverage in zones.header.coverages]
        self.__dict__.update(
            vehicle=vehicle,
            time=None,
            state=None,
            _zones=zones,
            _policy=Policy(zones.zones, vehicle),
            _layers=layers_of((i, effective_polygon(zone)) for i, zone in enumerate(zones)),
            _coverages=layers_of((i, outline) for i, outline in enumerate(outlines) if outline is not None),
            _coverage_count=len(outlines),
            _digest=digest,
        )

    @property
    def valid_until(self) -> datetime | None:
        return self._policy.valid_until

    @property
    def zone_ids(self) -> tuple[str, ...]:
        return tuple(zone.id for zone in self._zones)

    @property
    def header(self) -> ZoneFileHeader:
        return self._zones.header

    @property
    def digest(self) -> str | None:
        return self._digest

    @property
    def expires(self) -> datetime | None:
        return min((zone.expires for zone in self._zones if zone.expires is not None), default=None)

    def decide_zones(self, zone_ids: Iterable[str]) -> Decision:
        known = {zone_id for zone_id in zone_ids if zone_id in self._zones}
        return self._policy.decide(
            tuple(bisect_left(self._zones.zones, zone_id, key=lambda zone: zone.id) for zone_id in sorted(known))
        )

    def when(self, time: datetime | None = None, state: str | None = None) -> ReferenceEngine:
        check_when(time, state)
        view = object.__new__(ReferenceEngine)
        policy = Policy(self._zones.zones, self.vehicle, time, state)
        view.__dict__.update(self.__dict__ | {"time": time, "state": state, "_policy": policy})
        return view

    def decide(self, lat: float, lon: float, accuracy_95_m: float = 0.0) -> Decision:
        lat, lon = check_position(lat, lon)
        check_length("accuracy_95_m", accuracy_95_m)
        found = self._find(
            np.array([lat]), np.array([lon]), np.array([float(accuracy_95_m)]), np.zeros(1, dtype=np.int64)
        )
        return found.decision(self._policy, 0)

    def decide_many(
        self, lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None = None, time: Any = None, threads: int = 1
    ) -> Decisions:
        lats, lons, given = columns(lat, lon, accuracy_95_m)
        accuracies = np.zeros(len(lats)) if given is None else given
        is_place, is_length = grid.is_position(lats, lons), (accuracies >= 0.0) & (accuracies <= tangent_plane.LIMIT_M)
        # What has no valid accuracy is judged as exact too, for the tags of the zones that cover it.
        found = self._find(lats, lons, np.where(is_length, accuracies, 0.0), np.flatnonzero(is_place))
        for i in np.flatnonzero(~is_place).tolist():
            found.unknown[i].add(Reason.INVALID_POSITION)
        for i in np.flatnonzero(~is_length).tolist():
            found.unknown[i].add(Reason.INVALID_ACCURACY)
        return self._decisions(found, time, len(lats))

    def _decisions(self, found: _Found, time: Any, count: int) -> Decisions:
        table: dict[Decision, int] = {}
        codes = np.zeros(count, dtype=np.uint32)
        policies, which = [self._policy], np.zeros(count, dtype=np.intp)
        if time is not None:
            policies, which = policies_for(time, count, self._policy_at)
        places = range(count) if time is not None else found.places()
        if len(places) < count:
            table[self._policy.decide((), (), ())] = 0
        for i in places:
            decision = found.decision(policies[which[i]], i)
            codes[i] = table.setdefault(decision, len(table))
        return Decisions(codes, list(table))

    def _policy_at(self, moment: datetime | None) -> Policy:
        return Policy(self._zones.zones, self.vehicle, moment, self.state)

    def decide_path(self, lat0: float, lon0: float, lat1: float, lon1: float, accuracy_95_m: float = 0.0) -> Decision:
        start, end = check_position(lat0, lon0), check_position(lat1, lon1)
        check_length("accuracy_95_m", accuracy_95_m)
        if start == end:
            return self.decide(*start, accuracy_95_m)
        lat, lon = np.array([start[0], end[0]]), np.array([start[1], end[1]])
        ends = self._find(lat, lon, np.full(2, float(accuracy_95_m)), np.arange(2))
        found = _Found()
        found.unknown[0] = ends.unknown[0] | ends.unknown[1]
        found.applies[0] = ends.applies[0] | ends.applies[1]
        found.met[0] = ends.met[0] | ends.met[1]
        for layer in self._layers:
            way = Way(layer, lat, lon, accuracy_95_m)
            if not way.is_known:
                found.unknown[0].add(Reason.NEAR_POLE)
            touched, met = way.touched()
            found.applies[0].update(layer.owners[touched].tolist())
            found.met[0].update(layer.owners[met].tolist())
        for layer in self._coverages:
            way = Way(layer, lat, lon, accuracy_95_m)
            if not way.is_known:
                found.unknown[0].add(Reason.NEAR_POLE)
            if way.touched()[1]:
                found.unknown[0].add(Reason.OUTSIDE_COVERAGE)
        return found.decision(self._policy, 0)

    def near(self, lat: float, lon: float, radius_m: float) -> list[tuple[str, float]]:
        lat, lon = check_position(lat, lon)
        check_length("radius_m", radius_m)
        if abs(grid.to_grid(lat)) > tangent_plane.MAX_LAT_E7:
            raise ValueError("lat must be within 85 degrees for distances; nearer the poles none is judged")
        clearance: dict[int, float] = {}
        for layer in self._layers:
            _, x, y = layer.place(np.array([lat]), np.array([lon]))
            radius = np.full(len(x), float(radius_m))
            _, shapes, distances = layer.within(x, y, radius)
            inside = set(layer.owners[layer.covering(x, y)[1]].tolist())
            for owner in inside:
                clearance[owner] = -float(radius_m)
            for owner, distance in zip(layer.owners[shapes].tolist(), distances.tolist(), strict=True):
                # Beside a very long edge a distance can round to 0; only what is covered has no clearance.
                signed = -distance if owner in inside else max(distance, tangent_plane.LEAST_CLEARANCE_M)
                known = clearance.get(owner, -radius_m if owner in inside else np.inf)
                clearance[owner] = max(known, signed) if owner in inside else min(known, signed)
        ids = self.zone_ids
        found = [(ids[owner], metres) for owner, metres in clearance.items() if self._policy.is_in_force(owner)]
        return sorted(found, key=lambda entry: (entry[1], entry[0]))

    def safe_radius(self, lat: float, lon: float, limit_m: float = tangent_plane.LIMIT_M) -> float:
        lat, lon = check_position(lat, lon)
        check_length("limit_m", limit_m)
        y_true = grid.to_grid(lat)
        if abs(y_true) > tangent_plane.MAX_LAT_E7:
            return 0.0
        to_limit_of_lat = (tangent_plane.MAX_LAT_E7 - abs(y_true)) * tangent_plane.scales(y_true)[0]
        safe = min(float(limit_m), float(tangent_plane.narrow(to_limit_of_lat, y_true)))
        for layer in (*self._layers, *self._coverages):
            _, x, y = layer.place(np.array([lat]), np.array([lon]))
            reach = np.asarray(tangent_plane.widen(np.full(len(x), float(limit_m)), y, layer.is_offset), dtype=float)
            _, _, distances = layer.within(x, y, reach)
            if len(distances):
                safe = min(safe, float(tangent_plane.narrow(float(distances.min()), int(y[0]), layer.is_offset)))
        return safe

    def _find(self, lat: Floats, lon: Floats, accuracy_95_m: Floats, which: NDArray[np.int64]) -> _Found:
        """What is true at the positions ``which``; these are valid, and so are their accuracies."""
        found = _Found()
        lat, lon, disc = lat[which], lon[which], accuracy_95_m[which]
        polar = (np.abs(grid.to_grid_array(lat)) > tangent_plane.MAX_LAT_E7) & (disc > 0.0)
        for i in which[polar].tolist():
            found.unknown[i].add(Reason.NEAR_POLE)
        disc = np.where(polar, 0.0, disc)
        for layer in self._layers:
            covers, meets = _scan(layer, lat, lon, disc)
            for at, owner in [*covers, *meets]:
                found.applies[int(which[at])].add(owner)
            for at, owner in meets:
                found.met[int(which[at])].add(owner)
        if self._coverage_count:
            for at in self._outside_coverage(lat, lon, disc):
                found.unknown[int(which[at])].add(Reason.OUTSIDE_COVERAGE)
        return found

    def _outside_coverage(self, lat: Floats, lon: Floats, disc: Floats) -> list[int]:
        """The positions whose disc is not inside all coverages."""
        inside = np.zeros(len(lat), dtype=np.int64)
        for layer in self._coverages:
            covers, meets = _scan(layer, lat, lon, disc)
            whole = set(covers).difference(meets)
            np.add.at(inside, [at for at, _ in whole], 1)
        return np.flatnonzero(inside < self._coverage_count).tolist()


def _scan(layer: Layer, lat: Floats, lon: Floats, disc: Floats) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pairs of a position and the owner of a shape: covered by it, and with its border in the disc."""
    which, x, y = layer.place(lat, lon)
    fix, shape = layer.covering(x, y)
    covers = list(zip(which[fix].tolist(), layer.owners[shape].tolist(), strict=True))
    wide = np.flatnonzero(disc[which] > 0.0)
    if len(wide) == 0:
        return covers, []
    radius = np.asarray(tangent_plane.widen(disc[which[wide]], y[wide], layer.is_offset))
    fix, shape, _ = layer.within(x[wide], y[wide], radius)
    return covers, list(zip(which[wide[fix]].tolist(), layer.owners[shape].tolist(), strict=True))
