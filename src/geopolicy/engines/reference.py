"""The reference engine: short and obvious, the oracle of the kernel and the base line of its speed."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.engines.batch import fix_arrays, policies_for
from geopolicy.engines.contract import Engine, assign, check_base, check_length, check_position, check_threads, ids_of
from geopolicy.engines.reference_index import FamilyIndex, Path, family_indexes
from geopolicy.geometry import grid, tangent_plane
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.model.batches import Decisions
from geopolicy.model.decisions import Decision, Near, Reason
from geopolicy.model.sensors import Vehicle
from geopolicy.model.tables import MadeDecisions, read_only
from geopolicy.pack.decompile import zones_of
from geopolicy.pack.pack import Pack
from geopolicy.pack.ruled import ruled
from geopolicy.policy.policy import Circumstances, Policy
from geopolicy.zonefile.writer import zone_file_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

    from geopolicy.model.zones import ZoneFileHeader
    from geopolicy.policy.policy import RuledZone, RuleSet
    from geopolicy.zonefile.zone_set import ZoneSet

    Floats = NDArray[np.float64]
    OwnerPairs = list[tuple[int, int]]


class _Hits:
    """What is true at some positions: zones that apply, those whose border is met, and why a place is not known."""

    def __init__(self) -> None:
        self.applies: defaultdict[int, set[int]] = defaultdict(set)
        self.border_hits: defaultdict[int, set[int]] = defaultdict(set)
        self.unknown: defaultdict[int, set[Reason]] = defaultdict(set)

    def positions(self) -> list[int]:
        """The positions with a hit of any kind."""
        return sorted(self.applies.keys() | self.unknown.keys())

    def decision(self, policy: Policy, i: int) -> Decision:
        """The decision at one position."""
        applies, border_hits = tuple(sorted(self.applies.get(i, ()))), tuple(sorted(self.border_hits.get(i, ())))
        return policy.decide(applies, border_hits, tuple(sorted(self.unknown.get(i, ()))))


class ReferenceEngine(Engine):
    """Candidates from an R-tree, the exact test by GEOS on grid coordinates, distances in the tangent plane.

    Needs numpy, pyproj, rtree and shapely. `geopolicy.open` makes one.
    """

    name = "reference"

    _source: ZoneSet | Pack
    _zones: ZoneSet
    _ruled: tuple[RuledZone, ...]
    _policy: Policy
    _indexes: list[FamilyIndex]
    _coverages: list[FamilyIndex]
    _coverage_count: int

    def __init__(self, source: ZoneSet | Pack, vehicle: Vehicle | None = None) -> None:
        check_base(is_overlay=source.is_overlay if isinstance(source, Pack) else source.header.is_overlay)
        self._bind(source, vehicle or Vehicle())

    def _bind(self, source: ZoneSet | Pack, vehicle: Vehicle) -> None:
        zones = zones_of(source) if isinstance(source, Pack) else source
        # A pack says itself where its zones lie: what it says holds, as for the kernel.
        ruled_zones = tuple(source) if isinstance(source, Pack) else tuple(ruled(zone) for zone in zones)
        coverages = [effective_coverage(coverage)[0] for coverage in zones.header.coverages]
        assign(
            self,
            vehicle=vehicle,
            time=None,
            state=None,
            emergency=None,
            exempts=True,
            _source=source,
            _zones=zones,
            _ruled=ruled_zones,
            _policy=Policy(ruled_zones, vehicle),
            _indexes=family_indexes((i, effective_polygon(zone)) for i, zone in enumerate(zones)),
            _coverages=family_indexes((i, polygon) for i, polygon in enumerate(coverages) if polygon is not None),
            _coverage_count=len(coverages),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # By the pack where there is one: zones do not carry their effective polygons with them.
        return reference_layer, (self._source, self.vehicle, self._at(self.time))

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
        return self._source.digest if isinstance(self._source, Pack) else None

    @property
    def content_id(self) -> str:
        return self.digest or f"text {sha256(zone_file_text(self._zones.header, self._zones).encode()).hexdigest()}"

    @property
    def expires(self) -> datetime | None:
        return min((zone.expires for zone in self._zones if zone.expires is not None), default=None)

    def _rule_sets(self) -> Iterable[RuleSet]:
        return (zone.rule_set for zone in self._ruled)

    def decide_zones(self, zone_ids: Iterable[str]) -> Decision:
        known = {zone_id for zone_id in ids_of(zone_ids) if zone_id in self._zones}
        return self._policy.decide(
            tuple(bisect_left(self._zones.zones, zone_id, key=lambda zone: zone.id) for zone_id in sorted(known))
        )

    def when(
        self, time: datetime | None = None, state: str | None = None, emergency: bool | None = None
    ) -> ReferenceEngine:
        return self._view(Circumstances(time, state, emergency, self.exempts))

    def without_exemptions(self) -> ReferenceEngine:
        return self._view(replace(self._at(self.time), exempts=False))

    def _view(self, at: Circumstances) -> ReferenceEngine:
        view = object.__new__(ReferenceEngine)
        policy = Policy(self._ruled, self.vehicle, at)
        changed = {"time": at.time, "state": at.state, "emergency": at.emergency, "exempts": at.exempts}
        assign(view, **self.__dict__ | changed | {"_policy": policy})
        return view

    def decide(self, lat: float, lon: float, accuracy_95_m: float = 0.0) -> Decision:
        lat, lon = check_position(lat, lon)
        check_length("accuracy_95_m", accuracy_95_m)
        accuracies = np.array([float(accuracy_95_m)])
        hits = self._hits_at(np.array([lat]), np.array([lon]), accuracies, np.zeros(1, dtype=np.int64))
        return hits.decision(self._policy, 0)

    def decide_many(
        self, lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None = None, time: Any = None, threads: int = 1
    ) -> Decisions:
        check_threads(threads)
        lats, lons, given = fix_arrays(lat, lon, accuracy_95_m)
        accuracies = np.zeros(len(lats)) if given is None else given
        is_position = grid.is_position(lats, lons)
        is_length = (accuracies >= 0.0) & (accuracies <= tangent_plane.LIMIT_M)
        # A fix without a valid accuracy is looked up as an exact point: the answer names the zones that cover it.
        hits = self._hits_at(lats, lons, np.where(is_length, accuracies, 0.0), np.flatnonzero(is_position))
        for i in np.flatnonzero(~is_position).tolist():
            hits.unknown[i].add(Reason.INVALID_POSITION)
        for i in np.flatnonzero(~is_length).tolist():
            hits.unknown[i].add(Reason.INVALID_ACCURACY)
        return self._decisions(hits, time, len(lats))

    def _decisions(self, hits: _Hits, time: Any, count: int) -> Decisions:
        table: dict[Decision, int] = {}
        codes = np.zeros(count, dtype=np.uint32)
        policies, which = [self._policy], np.zeros(count, dtype=np.intp)
        if time is not None:
            policies, which = policies_for(time, count, self._policy_at)
        positions = range(count) if time is not None else hits.positions()
        if len(positions) < count:
            table[self._policy.decide((), (), ())] = 0
        for i in positions:
            decision = hits.decision(policies[which[i]], i)
            codes[i] = table.setdefault(decision, len(table))
        return Decisions(read_only(codes), MadeDecisions(list(table), self.vehicle))

    def _policy_at(self, moment: datetime | None) -> Policy:
        return Policy(self._ruled, self.vehicle, self._at(moment))

    def decide_path(self, lat0: float, lon0: float, lat1: float, lon1: float, accuracy_95_m: float = 0.0) -> Decision:
        start, end = check_position(lat0, lon0), check_position(lat1, lon1)
        check_length("accuracy_95_m", accuracy_95_m)
        if start == end:
            return self.decide(*start, accuracy_95_m)
        lat, lon = np.array([start[0], end[0]]), np.array([start[1], end[1]])
        at_ends = self._hits_at(lat, lon, np.full(2, float(accuracy_95_m)), np.arange(2))
        applies = at_ends.applies[0] | at_ends.applies[1]
        border_hits = at_ends.border_hits[0] | at_ends.border_hits[1]
        unknown = at_ends.unknown[0] | at_ends.unknown[1]
        for index in self._indexes:
            path = Path(index, lat, lon, accuracy_95_m)
            if not path.is_known:
                unknown.add(Reason.NEAR_POLE)
            touched, borders = path.touched()
            applies.update(index.owners[touched].tolist())
            border_hits.update(index.owners[borders].tolist())
        for index in self._coverages:
            path = Path(index, lat, lon, accuracy_95_m)
            if not path.is_known:
                unknown.add(Reason.NEAR_POLE)
            if path.touched()[1]:
                unknown.add(Reason.OUTSIDE_COVERAGE)
        return self._policy.decide(tuple(sorted(applies)), tuple(sorted(border_hits)), tuple(sorted(unknown)))

    def near(self, lat: float, lon: float, radius_m: float) -> list[Near]:
        lat, lon = check_position(lat, lon)
        check_length("radius_m", radius_m)
        if abs(grid.to_grid(lat)) > tangent_plane.MAX_LAT_E7:
            raise ValueError("lat must be within 85 degrees for distances; nearer the poles none is judged")
        clearance: dict[int, float] = {}
        for index in self._indexes:
            _, x, y = index.to_grid(np.array([lat]), np.array([lon]))
            _, shapes, distances = index.within(x, y, np.full(len(x), float(radius_m)))
            inside = set(index.owners[index.covering(x, y)[1]].tolist())
            for owner in inside:
                clearance[owner] = -float(radius_m)
            for owner, distance in zip(index.owners[shapes].tolist(), distances.tolist(), strict=True):
                # Beside a very long edge a distance can round to 0; only what is covered has no clearance.
                if owner in inside:
                    clearance[owner] = max(clearance[owner], -distance)
                else:
                    outside = max(distance, tangent_plane.LEAST_CLEARANCE_M)
                    clearance[owner] = min(clearance.get(owner, np.inf), outside)
        ids = self.zone_ids
        hits = [Near(ids[owner], metres) for owner, metres in clearance.items() if self._policy.is_in_force(owner)]
        return sorted(hits, key=lambda hit: (hit.clearance_m, hit.zone_id))

    def safe_radius(self, lat: float, lon: float, limit_m: float = tangent_plane.LIMIT_M) -> float:
        lat, lon = check_position(lat, lon)
        check_length("limit_m", limit_m)
        y_true = grid.to_grid(lat)
        if abs(y_true) > tangent_plane.MAX_LAT_E7:
            return 0.0
        to_limit_of_lat = (tangent_plane.MAX_LAT_E7 - abs(y_true)) * tangent_plane.scales(y_true)[0]
        safe = min(float(limit_m), float(tangent_plane.narrow(to_limit_of_lat, y_true)))
        for index in (*self._indexes, *self._coverages):
            _, x, y = index.to_grid(np.array([lat]), np.array([lon]))
            reach = np.asarray(tangent_plane.widen(np.full(len(x), float(limit_m)), y, index.is_offset), dtype=float)
            _, _, distances = index.within(x, y, reach)
            if len(distances):
                safe = min(safe, float(tangent_plane.narrow(float(distances.min()), int(y[0]), index.is_offset)))
        return safe

    def _hits_at(self, lat: Floats, lon: Floats, accuracy_95_m: Floats, which: NDArray[np.int64]) -> _Hits:
        """What is true at the positions ``which``; these are valid, and so are their accuracies."""
        hits = _Hits()
        lat, lon, disc_m = lat[which], lon[which], accuracy_95_m[which]
        is_polar = (np.abs(grid.to_grid_array(lat)) > tangent_plane.MAX_LAT_E7) & (disc_m > 0.0)
        for i in which[is_polar].tolist():
            hits.unknown[i].add(Reason.NEAR_POLE)
        disc_m = np.where(is_polar, 0.0, disc_m)
        for index in self._indexes:
            covered, border_hits = _owners_at(index, lat, lon, disc_m)
            for at, owner in [*covered, *border_hits]:
                hits.applies[int(which[at])].add(owner)
            for at, owner in border_hits:
                hits.border_hits[int(which[at])].add(owner)
        if self._coverage_count:
            for at in self._outside_coverage(lat, lon, disc_m):
                hits.unknown[int(which[at])].add(Reason.OUTSIDE_COVERAGE)
        return hits

    def _outside_coverage(self, lat: Floats, lon: Floats, disc_m: Floats) -> list[int]:
        """The positions whose disc is not inside all coverages."""
        coverages_around = np.zeros(len(lat), dtype=np.int64)
        for index in self._coverages:
            covered, border_hits = _owners_at(index, lat, lon, disc_m)
            whole = set(covered).difference(border_hits)
            np.add.at(coverages_around, [at for at, _ in whole], 1)
        return np.flatnonzero(coverages_around < self._coverage_count).tolist()


def _owners_at(index: FamilyIndex, lat: Floats, lon: Floats, disc_m: Floats) -> tuple[OwnerPairs, OwnerPairs]:
    """Pairs of a position and the owner of a shape: covered by it, and with its border in the disc."""
    which, x, y = index.to_grid(lat, lon)
    fix, shape = index.covering(x, y)
    covered = list(zip(which[fix].tolist(), index.owners[shape].tolist(), strict=True))
    discs = np.flatnonzero(disc_m[which] > 0.0)
    if len(discs) == 0:
        return covered, []
    radius_m = np.asarray(tangent_plane.widen(disc_m[which[discs]], y[discs], index.is_offset))
    fix, shape, _ = index.within(x[discs], y[discs], radius_m)
    return covered, list(zip(which[discs[fix]].tolist(), index.owners[shape].tolist(), strict=True))


def reference_layer(source: ZoneSet | Pack, vehicle: Vehicle, at: Circumstances) -> ReferenceEngine:
    """An engine in some circumstances; of an overlay a layer, which makes no place known and must not answer alone."""
    engine = object.__new__(ReferenceEngine)
    engine._bind(source, vehicle)
    return engine if at == Circumstances() else engine._view(at)
