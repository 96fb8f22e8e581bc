"""Mends what lint finds, where the zones become no looser by it, or where the user names what may be mended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.authoring.lint.codes import FIXABLE, SAFE
from geopolicy.authoring.lint.outlines import is_needless
from geopolicy.authoring.lint.placed import has_plain_rings, one_ring
from geopolicy.authoring.lint.rules import pointless
from geopolicy.model.zones import Geometry
from geopolicy.zonefile.mistakes import KnownNames
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from numpy.typing import NDArray

    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.model.rules import Rule
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.zones import Zone


def fix_zones(
    zones: ZoneSet, findings: Iterable[Finding], codes: Collection[str] = SAFE, vehicle: Vehicle | None = None
) -> ZoneSet:
    """The set with findings of some codes mended; what has no fix stays as it is.

    ``vehicle`` is the one with which the findings were made. The header stays as it is: whoever issues the set raises
    its revision.

    Raises
    ------
    ValueError
        For a code without a fix.
    """
    unknown = sorted(set(codes) - FIXABLE.keys())
    if unknown:
        raise ValueError(f"a code to be fixed must be one of {', '.join(sorted(FIXABLE))}, got {unknown[0]!r}")
    asked: dict[str, dict[str, str | None]] = {}
    for finding in findings:
        if finding.fix and finding.code in codes and finding.zone_id is not None:
            asked.setdefault(finding.zone_id, {})[finding.code] = finding.other_id
    if not asked:
        return zones
    names = KnownNames(vehicle)
    staying = [zone for zone in zones if not _is_left_out(zone.id, asked)]
    mended = [_mended(zone, asked[zone.id], names) if zone.id in asked else zone for zone in staying]
    return ZoneSet(mended, zones.header)


def _is_left_out(zone_id: str, asked: Mapping[str, Mapping[str, str | None]]) -> bool:
    """Whether a zone has a twin that stays where it is."""
    codes = asked.get(zone_id, {})
    twin = codes.get("zone-duplicate")
    return twin is not None and "zone-swapped" not in {*codes, *asked.get(twin, ())}


def _mended(zone: Zone, codes: Collection[str], names: KnownNames) -> Zone:
    if "sensor-unknown" in codes:
        zone = replace(zone, rules=tuple(_with_near_sensors(rule, names) for rule in zone.rules))
    if "rule-pointless" in codes:
        left_out = dict(pointless(zone.rules))
        zone = replace(zone, rules=tuple(rule for i, rule in enumerate(zone.rules) if i not in left_out))
    if "zone-swapped" in codes:
        zone = replace(zone, geometry=_each_ring(zone.geometry, lambda ring: ring[:, ::-1]))
    if "vertices-needless" in codes and has_plain_rings(zone):
        zone = replace(zone, geometry=_each_ring(zone.geometry, _without_needless))
    return zone


def _each_ring(geometry: Geometry, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Geometry:
    parts = tuple(
        tuple(np.ascontiguousarray(change(np.frombuffer(ring).reshape(-1, 2))).tobytes() for ring in part)
        for part in geometry.parts
    )
    return Geometry(geometry.type, parts)


def _without_needless(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ring without positions that change nothing; as it is where fewer than four would be left."""
    kept = ring[~is_needless(one_ring(ring))]
    return kept if len(kept) >= 4 else ring


def _with_near_sensors(rule: Rule, names: KnownNames) -> Rule:
    """A rule that names beside each unknown sensor the documented one that is near: tighter, never looser."""
    near = [names.sensor_meant(name) for name in rule.sensors if not names.is_sensor(name)]
    added = dict.fromkeys(name for name in near if name is not None and name not in rule.sensors)
    return replace(rule, sensors=(*rule.sensors, *added)) if added else rule
