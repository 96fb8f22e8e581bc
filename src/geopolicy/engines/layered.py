"""Several sets of zones as one engine: each is asked, and what they answer is joined."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from geopolicy.base.sequences import MOST_KEPT
from geopolicy.engines.contract import Engine, assign, check_threads
from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.model.decisions import Reason
from geopolicy.model.zones import BASE, OVERLAY, ZoneFileHeader
from geopolicy.policy.joining import join_decisions, says_something

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from numpy.typing import ArrayLike

    from geopolicy.model.batches import Decisions
    from geopolicy.model.decisions import Decision, Near
    from geopolicy.policy.policy import RuleSet


class LayeredEngine(Engine):
    """Layers of zones, each behind an engine of its own, that answer as one engine of all their zones would.

    At least one must be a base: with overlays alone every place is unknown, with reason NO_PACK, and what the overlays
    ask counts all the same. `geopolicy.open` makes one.
    """

    _layers: tuple[Engine, ...]
    _has_base: bool
    _joined: dict[tuple[int, ...], tuple[Decision, tuple[Decision, ...]]]

    def __init__(self, layers: Iterable[Engine]) -> None:
        layers = tuple(layers)
        first = layers[0]
        assign(
            self,
            name=first.name,
            vehicle=first.vehicle,
            time=first.time,
            state=first.state,
            emergency=first.emergency,
            exempts=first.exempts,
            _layers=layers,
            _has_base=not all(layer.header.is_overlay for layer in layers),
            _joined={},
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return LayeredEngine, (self._layers,)

    @property
    def parts(self) -> tuple[Engine, ...]:
        return tuple(LayeredEngine([layer]) if layer.header.is_overlay else layer for layer in self._layers)

    @property
    def valid_until(self) -> datetime | None:
        return min((layer.valid_until for layer in self._layers if layer.valid_until is not None), default=None)

    @property
    def zone_ids(self) -> tuple[str, ...]:
        return tuple(sorted(zone_id for layer in self._layers for zone_id in layer.zone_ids))

    @property
    def header(self) -> ZoneFileHeader:
        headers = [layer.header for layer in self._layers]
        if len(headers) == 1:
            return headers[0]
        bases = [header for header in headers if not header.is_overlay]
        return bases[0] if len(bases) == 1 else ZoneFileHeader(kind=BASE if bases else OVERLAY)

    @property
    def digest(self) -> str | None:
        return _digest_of([layer.digest for layer in self._layers])

    @property
    def content_id(self) -> str | None:
        return _digest_of([layer.content_id for layer in self._layers])

    @property
    def expires(self) -> datetime | None:
        return min((layer.expires for layer in self._layers if layer.expires is not None), default=None)

    def _rule_sets(self) -> Iterable[RuleSet]:
        return (rule_set for layer in self._layers for rule_set in layer._rule_sets())

    def when(
        self, time: datetime | None = None, state: str | None = None, emergency: bool | None = None
    ) -> LayeredEngine:
        return LayeredEngine(layer.when(time, state, emergency) for layer in self._layers)

    def without_exemptions(self) -> LayeredEngine:
        return LayeredEngine(layer.without_exemptions() for layer in self._layers)

    def decide_zones(self, zone_ids: Iterable[str]) -> Decision:
        zone_ids = zone_ids if isinstance(zone_ids, str) or not isinstance(zone_ids, Iterable) else tuple(zone_ids)
        return self._join([layer.decide_zones(zone_ids) for layer in self._layers])

    def decide(self, lat: float, lon: float, accuracy_95_m: float = 0.0) -> Decision:
        return self._join([layer.decide(lat, lon, accuracy_95_m) for layer in self._layers])

    def decide_path(self, lat0: float, lon0: float, lat1: float, lon1: float, accuracy_95_m: float = 0.0) -> Decision:
        return self._join([layer.decide_path(lat0, lon0, lat1, lon1, accuracy_95_m) for layer in self._layers])

    def decide_many(
        self, lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None = None, time: Any = None, threads: int = 1
    ) -> Decisions:
        from geopolicy.engines.batch import fix_arrays
        from geopolicy.engines.joined_batch import joined_batch

        check_threads(threads)
        fixes = fix_arrays(lat, lon, accuracy_95_m)
        if isinstance(time, Iterable) and not hasattr(time, "dtype"):
            time = tuple(time)  # which could be gone through only once
        return joined_batch([layer.decide_many(*fixes, time, threads) for layer in self._layers], self._join_anew)

    def near(self, lat: float, lon: float, radius_m: float) -> list[Near]:
        hits = [hit for layer in self._layers for hit in layer.near(lat, lon, radius_m)]
        return sorted(hits, key=lambda hit: (hit.clearance_m, hit.zone_id))

    def safe_radius(self, lat: float, lon: float, limit_m: float = LIMIT_M) -> float:
        return min(layer.safe_radius(lat, lon, limit_m) for layer in self._layers)

    def _join(self, decisions: list[Decision]) -> Decision:
        """What the layers' decisions amount to, kept in a bounded cache."""
        telling = tuple(filter(says_something, decisions))
        if len(telling) < 2 and self._has_base:
            return telling[0] if telling else decisions[0]
        # Identities name decisions as long as these are kept, and each entry keeps those that it is named by.
        key = tuple(map(id, telling))
        kept = self._joined.get(key)
        if kept is None:
            if len(self._joined) >= MOST_KEPT:
                self._joined.clear()
            kept = self._joined[key] = self._join_anew(telling), telling
        return kept[0]

    def _join_anew(self, decisions: tuple[Decision, ...]) -> Decision:
        return join_decisions(self.vehicle, decisions, () if self._has_base else (Reason.NO_PACK,))


def _digest_of(digests: list[str | None]) -> str | None:
    """The digest of a layer that is alone; of several the SHA-256 over theirs, sorted. None where one has none."""
    known = sorted(digest for digest in digests if digest is not None)
    if len(known) < len(digests):
        return None
    return known[0] if len(known) == 1 else sha256("".join(known).encode()).hexdigest()
