"""Zones of MDS that were drawn or changed, as geographies and policies that hold beside the others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geopolicy.authoring.formats import kept
from geopolicy.authoring.formats.layered.spoilt import require, spoilt
from geopolicy.authoring.formats.mds.documents import MdsPart
from geopolicy.authoring.formats.mds.policies import Policy, end_of, read_policies, replacing_policies
from geopolicy.authoring.formats.mds.rules import speaking_of
from geopolicy.authoring.formats.source import Reading
from geopolicy.authoring.formats.target import area_of
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.strict_json import canonical
from geopolicy.zonefile.window_json import window_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.model.zones import Zone

FIRST_DATE = datetime(2018, 1, 1, tzinfo=UTC)  # MDS has none before it
_NAMES = uuid.UUID("5f0c1f0e-7d7e-5c49-9a53-0f6a4c1f7f4b")  # of ids that are made of a zone's
_LIMITS = ("start_time", "end_time", "days", "vehicle_types", "propulsion_types", "states", "statuses", "event_types")


@dataclass(frozen=True, slots=True)
class Changed:
    """Zones that are what is left of one feature of the source, or one that was drawn (``feature`` is None)."""

    feature: Json | None
    zones: list[Zone]

    def new_id(self, what: str) -> str:
        """An id that is the same for the same zones."""
        zone = self.zones[0]
        document = (kept.kept_of(zone) or {}).get("document", "")
        return str(uuid.uuid5(_NAMES, f"{what} {document}/{zone.id}"))

    def name(self, stated: Any) -> Any:
        """The name that all zones have; otherwise the one that the source states."""
        names = {zone.name for zone in self.zones}
        if len(names) == 1 and None not in names:
            return names.pop()
        return stated or self.zones[0].name or self.zones[0].id


def in_groups(features: Iterable[ExportFeature]) -> list[Changed]:
    """What was changed or drawn, the zones of one feature together."""
    groups: dict[str, Changed] = {}
    for each in features:
        if each.is_unchanged:
            continue
        zone = each.zones[0]
        key = f"drawn {zone.id}"
        if each.feature is not None:
            origin = kept.kept_of(zone) or {}
            key = canonical([origin.get("document"), origin.get("order")])
        feature = None if each.feature is None else require(each.feature, dict, "a feature")
        groups.setdefault(key, Changed(feature, [])).zones.append(zone)
    return list(groups.values())


def date_of(export: Export) -> int:
    """When the zones were issued, in milliseconds."""
    return round((export.header.issued or FIRST_DATE).timestamp() * 1000)


def geography_with(zones: Iterable[Zone], source: Json, export: Export) -> Json:
    """A geography that says what another one says, of these zones."""
    features = [{"type": "Feature", "properties": {}, "geometry": area_of(zone)} for zone in zones]
    drawn = {"type": "FeatureCollection", "features": features}
    return source | {"geography_json": drawn, "published_date": date_of(export)}


class PolicyTarget:
    """The policies of a document, of which those for changed zones are made."""

    def __init__(self, policies: list[Any], geographies: Iterable[Any], export: Export) -> None:
        self._export = export
        self._reading = Reading("", b"", FileContext(), export.options)
        self._policies = read_policies(MdsPart(policies, "$.policies"), self._reading)
        self._replacing = replacing_policies(policy for policy in self._policies if policy)
        self._geographies = {
            each["geography_id"]: each
            for each in geographies
            if isinstance(each, dict) and isinstance(each.get("geography_id"), str)
        }

    def policy(self, number: Any) -> Policy:
        """The policy at a place, which a feature names.

        Raises
        ------
        ZoneFileError
            If there is none.
        """
        place: int = require(number, int, "the number of a policy")
        policy = self._policies[place] if 0 <= place < len(self._policies) else None
        if policy is None or not isinstance(policy.source.get("rules"), list):
            raise spoilt("a rule that a set keeps of its source must be one of a policy that it keeps", number)
        return policy

    def with_changed(self, changed: Changed) -> tuple[list[Json], Json]:
        """Geographies for the zones of a rule, or of one that was drawn, and a policy for them alone.

        It holds at the times and for the vehicles of the rule, if its zones do; otherwise always and for all.
        """
        if changed.feature is None:
            return self._drawn(changed)
        policy = self.policy(changed.feature.get("policy"))
        source = require(changed.feature.get("json"), dict, "a rule")
        geography = self._geographies.get(str(changed.feature.get("geography")), {})
        places = []
        for zone in changed.zones:
            geography_id = Changed(None, [zone]).new_id("geography")
            named = geography | {"geography_id": geography_id, "name": geography.get("name") or zone.name or zone.id}
            places.append(geography_with([zone], named, self._export))
        until = end_of(policy, self._replacing)
        has_its_limits = self._has_limits_of(source, policy, until, changed.zones)
        rule = {name: value for name, value in source.items() if has_its_limits or name not in _LIMITS}
        rule |= {"name": changed.name(rule.get("name")), "geographies": [each["geography_id"] for each in places]}
        rule = {"rule_id": changed.new_id("rule")} | rule | ({} if has_its_limits else {"states": {}})
        dates: Json = {"start_date": policy.source.get("start_date"), "end_date": until and _milliseconds(until)}
        if not has_its_limits:
            dates = {"start_date": _milliseconds(FIRST_DATE), "end_date": None}
        facts = {name: value for name, value in policy.facts().items() if name != "id"}  # of MDS 0.4: another one's
        return places, facts | self._own_members(changed) | dates | {"rules": [rule]}

    def _drawn(self, changed: Changed) -> tuple[list[Json], Json]:
        zone = changed.zones[0]
        name = zone.name or zone.id
        geography_id = changed.new_id("geography")
        place = geography_with([zone], {"geography_id": geography_id, "name": name}, self._export)
        rule: Json = {
            "name": name,
            "rule_id": changed.new_id("rule"),
            "rule_type": "count",
            "rule_units": "devices",
            "maximum": 0,
            "geographies": [geography_id],
            "states": {},
        }
        stated: Json = {"name": name, "description": zone.reason or name}
        dates: Json = {"start_date": _milliseconds(FIRST_DATE), "end_date": None}
        return [place], stated | self._own_members(changed) | dates | {"rules": [rule]}

    def _own_members(self, changed: Changed) -> Json:
        """What no two policies have in common."""
        published = {"published_date": date_of(self._export), "prev_policies": None}
        return {"policy_id": changed.new_id("policy"), **published}

    def _has_limits_of(self, source: Json, policy: Policy, until: datetime | None, zones: Sequence[Zone]) -> bool:
        """Whether the rules of zones hold when, and for whom, a rule of the source may, and no longer."""
        if any(zone.timezone not in (None, self._export.header.timezone) for zone in zones):
            return False
        count = len(self._reading.context.all_problems())
        may = speaking_of(JsonObject(self._reading.context, source, "$"), policy, until, self._reading).may
        if may is None or len(self._reading.context.all_problems()) > count:
            return False
        stated = canonical(may.as_condition(), sort_keys=True)
        return all(canonical(_limits_of(rule.when), sort_keys=True) == stated for zone in zones for rule in zone.rules)


def _limits_of(when: Any) -> Json:
    """The times and vehicles of a condition, as a scope states them."""
    active = [window_json(window) for window in when.active]
    vehicles = {name: sorted(values) for name, values in when.applies_to}
    return ({"active": active} if active else {}) | ({"applies_to": vehicles} if vehicles else {})


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
