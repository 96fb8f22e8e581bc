"""What became stricter and what looser from one set of zones to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.authoring.diff.explain import Explaining
from geopolicy.authoring.diff.header_changes import header_findings
from geopolicy.authoring.diff.records import ZoneChange, ZoneSetDiff
from geopolicy.authoring.diff.rest import Covering
from geopolicy.authoring.diff.uncovered import Comparison
from geopolicy.authoring.diff.zone_index import ZoneIndex
from geopolicy.base.arguments import check_callable, check_kind
from geopolicy.geometry.effective import effective_polygon
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from geopolicy.authoring.diff.records import Difference
    from geopolicy.model.rules import Rule
    from geopolicy.model.zones import Zone


def diff_zones(old: ZoneSet, new: ZoneSet, *, on_progress: Callable[[float], object] | None = None) -> ZoneSetDiff:
    """What became stricter and what looser from one set of zones to another, zone by zone and in the header.

    Areas are compared exactly on the grid, conditions as sets of situations; nothing is sampled. What is not proven
    to be as tight as it was counts as looser, and what is not proven to be tighter is not called stricter. A zone
    that others replace, asking the same at each of its places, is not looser, nor one that is renamed, nor a level
    where the coverage does not reach: every sensor is off there.

    Parameters
    ----------
    old, new
        The sets.
    on_progress
        Called with the fraction of the changed zones that are compared, from 0 to 1.

    Raises
    ------
    TypeError
        For anything but two `ZoneSet`.

    Examples
    --------
    >>> import geopolicy as gp
    >>> zones = gp.read_zones("zones")
    >>> first = zones.zones[0].id
    >>> gp.diff_zones(zones, zones.without_zones([first])).is_looser
    True
    """
    check_kind("old", old, ZoneSet, "a ZoneSet, such as read_zones gives")
    check_kind("new", new, ZoneSet, "a ZoneSet, such as read_zones gives")
    check_callable("on_progress", on_progress)
    return _SetComparison(old, new, on_progress or (lambda _fraction: None)).diff()


class _SetComparison:
    def __init__(self, old: ZoneSet, new: ZoneSet, on_progress: Callable[[float], object]) -> None:
        self._old, self._new, self._on_progress = old, new, on_progress
        contents = _Contents()
        self._old_contents = {zone.id: contents.of(zone) for zone in old}
        self._new_contents = {zone.id: contents.of(zone) for zone in new}
        self._covering = Covering()

    def diff(self) -> ZoneSetDiff:
        """All of it."""
        header = header_findings(self._old.header, self._new.header, self._covering)
        renamed = dict(self._renamed())
        new_names = frozenset(renamed.values())
        touched = sorted(
            {zone.id for zone in self._old if self._old_contents[zone.id] != self._new_contents.get(zone.id)}
            | {zone.id for zone in self._new if zone.id not in self._old}
        )
        looser = self._findings(self._old, self._new, self._new_contents, touched, is_looser=True)
        stricter = self._findings(self._new, self._old, self._old_contents, touched, is_looser=False)
        changes = []
        for zone_id in touched:
            if zone_id in renamed:
                changes.append(ZoneChange(zone_id, "renamed", new_id=renamed[zone_id]))
            elif zone_id not in new_names:
                is_in_both = zone_id in self._old and zone_id in self._new
                change = "changed" if is_in_both else "removed" if zone_id in self._old else "added"
                changes.append(ZoneChange(zone_id, change, looser.get(zone_id, ()), stricter.get(zone_id, ())))
        return ZoneSetDiff(tuple(changes), header)

    def _renamed(self) -> Iterator[tuple[str, str]]:
        """Old and new ids of zones that left under one and came under the other."""
        arrived: dict[object, list[str]] = {}
        for zone in self._new:
            if zone.id not in self._old:
                arrived.setdefault(self._new_contents[zone.id], []).append(zone.id)
        for zone in self._old:
            waiting = arrived.get(self._old_contents[zone.id]) if zone.id not in self._new else None
            if waiting:
                yield zone.id, waiting.pop(0)

    def _findings(
        self,
        zones: ZoneSet,
        others: ZoneSet,
        contents_of_others: Mapping[str, object],
        touched: list[str],
        *,
        is_looser: bool,
    ) -> dict[str, tuple[Difference, ...]]:
        """What the zones of one set ask that those of the other do not, of the zones that changed."""
        own_contents = self._old_contents if is_looser else self._new_contents
        still_there = frozenset(contents_of_others.values())
        changed = [zones[i] for i in touched if i in zones and own_contents[i] not in still_there]
        if not changed:
            return {}
        comparison = Comparison(ZoneIndex(others), others.header, self._covering, wants_unproven=is_looser)
        explaining = Explaining(comparison, self._covering, is_looser=is_looser)
        found = {}
        for number, zone in enumerate(changed):
            self._on_progress((number / len(changed) + (not is_looser)) / 2)
            counterpart = others[zone.id] if zone.id in others else None  # noqa: SIM401  # a ZoneSet has no get
            uncovered = [one for one in comparison.uncovered(zone, counterpart) if is_looser or not one.doubt]
            found[zone.id] = explaining.findings(zone, counterpart, uncovered)
        return found


class _Contents:
    """What a zone does, as a value: zones of equal content answer alike."""

    def __init__(self) -> None:
        self._by_rule: dict[int, tuple[Rule, tuple[object, ...], bool]] = {}

    def of(self, zone: Zone) -> tuple[object, ...]:
        polygon = effective_polygon(zone)
        shape = tuple(ring.tobytes() for part in polygon.polygons for ring in part)
        rules = frozenset(self._of_rule(rule) for rule in zone.rules)
        has_windows = any(self._by_rule[id(rule)][2] for rule in zone.rules)
        expires = zone.expires if any(rule.unless for rule in zone.rules) else None
        return shape, polygon.family, rules, zone.timezone if has_windows else None, expires

    def _of_rule(self, rule: Rule) -> tuple[object, ...]:
        known = self._by_rule.get(id(rule))
        if known is None:
            what = (rule.level, rule.store_in, rule.needs_consent, rule.limits, rule.must_show, rule.not_understood)
            has_windows = any(condition.active for condition in (rule.when, *rule.unless))
            known = rule, (frozenset(rule.sensors), what, rule.when, frozenset(rule.unless)), has_windows
            self._by_rule[id(rule)] = known
        return known[1]
