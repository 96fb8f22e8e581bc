"""What ED-269 and ED-318 have in common: zones of one or several airspace volumes, of which the ground is taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geopolicy.authoring.formats.document import RuledZone
from geopolicy.authoring.formats.source import SourceZone
from geopolicy.authoring.formats.uas.daylight import Place
from geopolicy.authoring.formats.uas.times import Applicability, read_applicability
from geopolicy.authoring.formats.wrapped_features import report_second_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.authoring.formats.rule_choice import RuleChoice
    from geopolicy.authoring.formats.source import Json
    from geopolicy.authoring.formats.source_fields import Fields
    from geopolicy.zonefile.members import FileContext

NO_RESTRICTION = "NO_RESTRICTION"
RESTRICTIONS = ("PROHIBITED", "REQ_AUTHORISATION", "REQ_AUTHORIZATION", "CONDITIONAL", NO_RESTRICTION, "USPACE")
UNLIMITED = 99999
"""What stands for an upper limit that there is not."""
LISTS = ("features", "UASZoneList", "UASZoneVersion", "UASZones", "uasZones", "UASZone", "geoZones", "zones")
"""Names under which lists of zones stand."""
WRAPPERS = ("UASZone", "UASZoneVersion", "uasZone")
"""Names of objects in which a zone may stand by itself."""
METRES = {"M": 1.0, "FT": 0.3048}
MOST_RADIUS_M = 100_000
_HIGHEST_GROUND_M = 9000  # over sea level and over the ellipsoid: Mount Everest is 8,849 and the geoid 85 off at most


@dataclass(frozen=True, slots=True)
class UasOptions:
    """What a user says of a source (``--with``); `registry` says what each means."""

    is_ground_only: bool = False
    timezone: str | None = None
    are_duplicates_numbered: bool = False

    @classmethod
    def read(cls, options: Mapping[str, str], context: FileContext) -> UasOptions:
        """The options of a reading; what they may not be is reported."""
        ground = one_of(options, "ground_only", ("no", "yes"), context)
        duplicates = one_of(options, "duplicate_ids", ("refuse", "number"), context)
        return cls(ground == "yes", _timezone(options, context), duplicates == "number")


def one_of(options: Mapping[str, str], name: str, values: tuple[str, ...], context: FileContext) -> str:
    """The value of an option, the first if it is not given; another one is reported."""
    value = options.get(name, values[0])
    if value not in values:
        context.report("source-option", f"--with {name} must be one of {', '.join(values)}", "$", value)
    return value


def _timezone(options: Mapping[str, str], context: FileContext) -> str | None:
    name = options.get("timezone")
    if name is not None:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            context.report("source-option", "--with timezone must be an IANA name such as Europe/Zurich", "$", name)
            return None
    return name


@dataclass(frozen=True, slots=True)
class Volume:
    """One airspace volume: its area on the ground as a geometry of the zone file, and its limits as facts."""

    geometry: Json
    path: str
    radius_m: float | None
    limits: Json
    is_above_ground: bool

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place.of(self.geometry.get("coordinates"), self.radius_m or 0.0)


@dataclass(frozen=True, slots=True)
class UasZone:
    """One zone of a source, as far as both formats state the same of it."""

    order: int
    feature: Any
    fields: Fields
    identifier: str
    restriction: str | None
    volumes: list[Volume]
    applicability: Applicability
    facts: Json
    properties: Json

    @property
    def country(self) -> str:
        """The country, in capitals; empty if it states none."""
        value = self.fields.source.get("country")
        return value.strip().upper() if isinstance(value, str) else ""


def begins_above_ground(fields: Fields, lower: str, reference: str, metres: float) -> bool:
    """Whether a volume surely begins above the ground, whatever the terrain."""
    limit, datum = fields.number(lower), fields.text(reference)
    if limit is None or datum is None:
        return False
    if limit == UNLIMITED:
        hint = "only an upper limit may be unlimited"
        fields.report(lower, "source-sentinel", f"{lower} must be a height, not a placeholder", hint)
        return False
    least = {"AGL": 0, "AMSL": _HIGHEST_GROUND_M, "WGS84": _HIGHEST_GROUND_M}.get(datum.strip().upper())
    return least is not None and limit * metres > least


def report_other_statements(fields: Fields, inner: str | None) -> None:
    """Reports objects in which a zone may stand besides the one that is read; None: none of them is."""
    for name in WRAPPERS:
        if name != inner and fields.source.get(name) not in (None, "", [], {}):
            report_second_place(fields.at(name), fields.path if inner is None else fields.at(inner), fields.context)


def read_identifier(fields: Fields) -> str:
    """The identifier; a number is taken as its decimals. Empty if there is none, which is reported."""
    value = fields.source.get("identifier")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    fields.report("identifier", "source-id", "a zone needs an identifier, a text")
    return ""


def applicability_of(fields: Fields, name: str, volumes: list[Volume], options: UasOptions) -> Applicability:
    """When a zone applies, wherever on its ground."""
    places = [volume.place for volume in volumes] or [Place.of(None)]
    place = places[0]
    for other in places[1:]:
        place = place.joined(other)
    return read_applicability(fields.objects(name), place, options.timezone)


@dataclass(frozen=True, slots=True)
class GroundZones:
    """A zone for each volume of a source, and the places of those that are left out, whatever selects them."""

    zones: tuple[SourceZone, ...]
    left_out: frozenset[int]

    def ruled(self, choice: RuleChoice) -> list[RuledZone]:
        """The rules of all zones that are not left out."""
        given = ((zone, choice.rules_for(zone)) for i, zone in enumerate(self.zones) if i not in self.left_out)
        return [RuledZone(zone, rules) for zone, rules in given if rules]


def ground_zones(zones: list[UasZone], options: UasOptions, context: FileContext) -> GroundZones:
    """A zone for each volume of each: all of them restrict on the ground, but those that the options leave out."""
    names = _unique_names(zones, options, context)
    made: list[SourceZone] = []
    left_out: set[int] = set()
    for zone, name in zip(zones, names, strict=True):
        for i, volume in enumerate(zone.volumes):
            is_left_out = options.is_ground_only and volume.is_above_ground
            if is_left_out:
                left_out.add(len(made))
            one = SourceZone(
                id=name if len(zone.volumes) == 1 else f"{name}/{i + 1}",
                path=zone.fields.path,
                geometry=volume.geometry,
                facts=zone.facts | {"volume": volume.limits},
                feature=zone.feature,
                order=zone.order,
                properties=_properties(zone, volume),
                conditions=zone.applicability.conditions,
                restricts=zone.restriction != NO_RESTRICTION and not is_left_out,
                geometry_path=volume.path,
            )
            made.append(one)
    return GroundZones(tuple(made), frozenset(left_out))


def _unique_names(zones: list[UasZone], options: UasOptions, context: FileContext) -> list[str]:
    """Identifiers, with the country before those that several countries use. A second one of a country is reported."""
    countries: dict[str, set[str]] = {}
    for zone in zones:
        countries.setdefault(zone.identifier, set()).add(zone.country)
    seen: Counter[str] = Counter()
    names = []
    for zone in zones:
        is_shared = len(countries[zone.identifier]) > 1
        name = f"{zone.country}:{zone.identifier}" if is_shared else zone.identifier
        seen[name] += 1
        if seen[name] > 1 and options.are_duplicates_numbered:
            name = f"{name}-{seen[name]}"
        elif seen[name] > 1 and zone.identifier:
            context.zone_id = name
            hint = "--with duplicate_ids=number keeps both"
            zone.fields.report("identifier", "source-id", "an identifier must be unique in its country", hint)
            context.zone_id = None
        names.append(name)
    return names


def _properties(zone: UasZone, volume: Volume) -> Json:
    properties = dict(zone.properties)
    if volume.radius_m is not None:
        properties["radius_m"] = volume.radius_m
    if zone.applicability.timezone is not None:
        properties["timezone"] = zone.applicability.timezone
    return properties


def words_of(values: Any) -> str | None:
    """Texts of a list as one, for people."""
    texts = [value for value in values if isinstance(value, str) and value.strip()] if isinstance(values, list) else []
    return ", ".join(texts) or None
