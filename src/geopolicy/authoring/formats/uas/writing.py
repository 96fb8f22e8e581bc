"""From zones to features of ED-269 and ED-318: unchanged ones as they stood, others by their present area."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from geopolicy.authoring.formats.target import area_of
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.window_json import read_windows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.authoring.formats.uas.zones import UasZone
    from geopolicy.model.zones import Zone

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,7}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{3}", re.ASCII)
_PIECE = re.compile(r".*/(\d{1,6})", re.DOTALL)


class UasForm(Protocol):
    """How one format writes a zone."""

    def reread(self, feature: Any) -> UasZone | None:
        """What a feature of the source states; None if it cannot be read."""

    def with_areas(self, feature: Any, areas: list[Area]) -> Any:
        """A feature with these areas in place of its own."""

    def renamed(self, feature: Any, name: str) -> Any:
        """A feature with another name."""

    def without_times(self, feature: Any) -> Any:
        """A feature that applies always."""

    def drawn(self, identifier: str, country: str, zone: Zone, authority: str) -> Any:
        """A feature, without an area, for a zone that was drawn: it prohibits, always."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Zones that are what is left of one feature, or a zone that was drawn since (``feature`` is None)."""

    feature: Any
    zones: list[Zone]
    edits: set[str]
    order: int

    @property
    def keeps_area(self) -> bool:
        """Whether the one zone of the feature is where it was."""
        return self.feature is not None and len(self.zones) == 1 and not self.edits & {"geometry", "lengths"}

    @property
    def new_name(self) -> str | None:
        """The name that all zones have, if one of them was given it since."""
        names = {zone.name for zone in self.zones}
        return names.pop() if "name" in self.edits and len(names) == 1 else None


def in_groups(export: Export) -> tuple[list[Changed], list[ExportFeature]]:
    """What has to be made anew, the zones of one feature together, and the features that are written as they stand."""
    groups: dict[Any, Changed] = {}
    as_they_stood = []
    for each in export.features:
        if each.is_unchanged:
            as_they_stood.append(each)
        elif each.feature is None:
            groups[f"drawn {each.zones[0].id}"] = Changed(None, [*each.zones], set(), -1)
        else:
            order = -1 if each.order is None else each.order
            group = groups.setdefault(id(each.feature), Changed(each.feature, [], set(), order))
            group.zones.extend(each.zones)
            group.edits.update(each.edits)
    return list(groups.values()), as_they_stood


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle in WGS 84, longitude first."""

    center: list[float]
    radius_m: float


@dataclass(frozen=True, slots=True)
class Area:
    """The present area of a zone, and the number, from 0, of the volume that it was; None if that is not known."""

    zone: Zone
    piece: int | None

    @property
    def circle(self) -> Circle | None:
        """The circle that it is; None if it is none."""
        zone = self.zone
        is_circle = zone.geometry.type == "Point" and zone.radius_m is not None and not zone.margin_m
        if not is_circle or zone.frame not in ("WGS84", "CGCS2000"):
            return None
        return Circle(zone.geometry.to_geojson()["coordinates"], float(zone.radius_m or 0))

    @property
    def polygons(self) -> list[Any]:
        """The rings of each of its polygons, circles and margins in them."""
        polygons: list[Any] = area_of(self.zone)["coordinates"]
        return polygons


def part_before(parts: list[Any], piece: int | None) -> Json | None:
    """What a feature said of a volume before: the one of this number, or the only one."""
    if len(parts) == 1:
        piece = 0
    part = parts[piece] if piece is not None and 0 <= piece < len(parts) else None
    return part if isinstance(part, dict) else None


def written_features(export: Export, form: UasForm) -> list[Any]:
    """The features of a file: those that were drawn first, and each other one at its place.

    Raises
    ------
    ZoneFileError
        If the format cannot carry a zone.
    """
    groups, as_they_stood = in_groups(export)
    problems: list[Problem] = []
    features = [
        (
            each.order or 0,
            each.feature if each.new_name is None else form.renamed(deepcopy(each.feature), each.new_name),
        )
        for each in as_they_stood
    ]
    has_drawn = any(group.feature is None for group in groups)
    stated = [each.feature for each in as_they_stood] + [group.feature for group in groups]
    countries = _countries(stated, form) if has_drawn else {}
    for group in groups:
        areas = [Area(zone, _piece(zone)) for zone in group.zones]
        feature = group.feature
        if feature is None:
            feature = _drawn(export, form, group.zones[0], countries, problems)
        elif not _keeps_times(group, form):
            feature = form.without_times(deepcopy(feature))
        if feature is None:
            continue
        if group.feature is not None and group.new_name is not None:
            feature = form.renamed(deepcopy(feature), group.new_name)
        try:
            features.append((group.order, feature if group.keeps_area else form.with_areas(deepcopy(feature), areas)))
        except ZoneFileError as error:
            problems += error.problems
    if problems:
        raise ZoneFileError(problems)
    return [feature for _, feature in sorted(features, key=lambda each: each[0])]


def _piece(zone: Zone) -> int | None:
    """The number of the volume that a zone was, from 0."""
    match = _PIECE.fullmatch(zone.id)
    return int(match[1]) - 1 if match else None


def _countries(features: Iterable[Any], form: UasForm) -> dict[str, set[str]]:
    """The identifiers that are used in each country."""
    used: dict[str, set[str]] = {}
    for feature in features:
        zone = form.reread(feature)
        if zone is not None:
            used.setdefault(zone.country, set()).add(zone.identifier)
    return used


def _drawn(export: Export, form: UasForm, zone: Zone, used: dict[str, set[str]], problems: list[Problem]) -> Any:
    country = export.options.get("country") or (next(iter(used)) if len(used) == 1 else "")
    if not _COUNTRY.fullmatch(country):
        rule, hint = "a zone needs a country of three letters", "--with country=CHE says which"
        problems.append(Problem("export-country", rule, country or "none", zone_id=zone.id, hint=hint))
        return None
    if not IDENTIFIER.fullmatch(zone.id) or zone.id in used.get(country, set()):
        rule = "an identifier must be 1 to 7 letters, digits, '-' and '_', and not used by another zone"
        problems.append(Problem("export-id", rule, repr(zone.id), zone_id=zone.id, hint="rename the zone"))
        return None
    used.setdefault(country, set()).add(zone.id)
    return form.drawn(zone.id, country, zone, export.header.authority or "unknown")


def _keeps_times(group: Changed, form: UasForm) -> bool:
    """Whether all rules of the zones hold just when the source said: only then its times are not looser."""
    if group.edits and group.edits.isdisjoint({"when", "timezone"}):
        return True
    stated = form.reread(group.feature)
    if stated is None:
        return False
    applicability = stated.applicability
    context = FileContext()
    windows = tuple(read_windows(JsonObject(context, applicability.conditions, "$"), applicability.timezone))
    if context.problems:
        return False
    return all(
        zone.timezone == applicability.timezone or applicability.timezone is None for zone in group.zones
    ) and all(rule.when.active == windows for zone in group.zones for rule in zone.rules)
