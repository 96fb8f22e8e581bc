"""What a delegated signer may publish: zones within an area, of some sensors, no tighter and no longer than stated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from geopolicy.errors import ZoneFileError
from geopolicy.geometry.areas import covers
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.geometry.effective.allowance import TooMuchWorkError
from geopolicy.model.limits import LIMITS, MUST_SHOW, Direction, limit_text
from geopolicy.model.limits import checked_limits as read_limits
from geopolicy.model.rules import Level, is_country
from geopolicy.model.sensors import is_sensor_name
from geopolicy.model.times import in_utc
from geopolicy.model.zones import Coverage
from geopolicy.update.refusals import Attack, refused
from geopolicy.zonefile import strict_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tuf.api.metadata import Targets

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.rules import Rule
    from geopolicy.model.zones import Zone, ZoneFileHeader
    from geopolicy.update.refusals import RefusedUpdateError

MEMBERS = ("area", "frame", "sensors", "levels", "tags", "limits", "most_duration_s")
"""What a constraint may say. Area and duration it must; of sensors, levels, tags, limits what is not listed is none."""
NEEDS_CONSENT = "needs_consent"
STORE_IN = "store_in:"
SHOW = "must_show:"
MOST_DURATION_S = 366 * 86_400
_HINT = "the role is not used"
_MEMBER = "geopolicy"
_FIRST_ISSUED = "first_issued"


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """What zones of a delegated role may be; what is not listed they may not ask.

    Attributes
    ----------
    area
        Where they lie, with radius and margin, borders included, in the frame in which it is drawn.
    sensors
        The names that rules may use, and those below them.
    levels
        The levels above ``allow`` that rules may ask.
    tags
        ``needs_consent``, ``store_in:HR`` and the like, ``must_show:collecting:outside`` and the like.
    limits
        The tightest value of each limit that rules may ask.
    most_duration_s
        How long an overlay lasts at most, from its first issue.
    """

    area: EffectivePolygon
    sensors: frozenset[str]
    levels: frozenset[Level]
    tags: frozenset[str]
    limits: Mapping[str, float]
    most_duration_s: int


def constraint_of(stated: Any, file: str) -> Constraint:
    """The constraint of a role, as JSON in a text: the canonical form of signed metadata has no fractions.

    Parameters
    ----------
    stated
        The member ``geopolicy`` of the role as the role above it delegates to it.
    file
        The file of the role, for messages.

    Raises
    ------
    RefusedUpdateError
        If anything of it is not understood: then nobody knows what the role may publish.
    """

    def refuse(rule: str, got: str) -> RefusedUpdateError:
        return refused(Attack.BEYOND_DELEGATION, file, f"its delegation {rule}", got, _HINT)

    if not isinstance(stated, str):
        raise refuse("must state a constraint, a text of JSON", type(stated).__name__)
    try:
        members = strict_json.loads(stated.encode(errors="surrogatepass"))
    except ZoneFileError as error:
        raise refuse("must be JSON", error.problems[0].rule) from None
    if not isinstance(members, dict):
        raise refuse("must be an object", type(members).__name__)
    strange = sorted(set(members) - set(MEMBERS))
    if strange:
        raise refuse(f"must have the members {', '.join(MEMBERS)} alone", repr(strange[0]))
    return Constraint(
        area=_area(members, refuse),
        sensors=frozenset(_listed(members, "sensors", refuse, lambda name: name == "*" or is_sensor_name(name))),
        levels=frozenset(Level[name.upper()] for name in _listed(members, "levels", refuse, _is_level)),
        tags=frozenset(_listed(members, "tags", refuse, _is_tag)),
        limits=_limits(members, refuse),
        most_duration_s=_most_duration_s(members, refuse),
    )


def _area(members: dict[str, Any], refuse: Callable[[str, str], RefusedUpdateError]) -> EffectivePolygon:
    geometry, frame = members.get("area"), members.get("frame", "WGS84")
    if not isinstance(geometry, dict) or set(geometry) != {"type", "coordinates"}:
        raise refuse("must state area, a GeoJSON geometry with type and coordinates alone", type(geometry).__name__)
    if geometry["type"] not in ("Polygon", "MultiPolygon") or not isinstance(frame, str):
        raise refuse("must state area as a Polygon or MultiPolygon, and frame as a text", repr(geometry["type"]))
    try:
        polygon, problems = effective_coverage(Coverage(geometry, frame), "$.area")
    except (TypeError, ValueError) as error:
        raise refuse("must state area as GeoJSON", str(error)) from None
    if polygon is None:
        raise refuse("must state an area that can be used", str(problems[0]))
    return polygon


def _listed(
    members: dict[str, Any],
    name: str,
    refuse: Callable[[str, str], RefusedUpdateError],
    is_known: Callable[[str], bool],
) -> list[str]:
    stated = members.get(name, [])
    if not isinstance(stated, list) or not all(isinstance(value, str) for value in stated):
        raise refuse(f"must state {name} as a list of texts", type(stated).__name__)
    strange = [value for value in stated if not is_known(value)]
    if strange:
        raise refuse(f"must state {name} that are known", repr(strange[0]))
    return stated


def _is_level(name: str) -> bool:
    return any(name == level.label for level in Level if level is not Level.ALLOW)


def _is_tag(name: str) -> bool:
    is_known_country = name.startswith(STORE_IN) and is_country(name.removeprefix(STORE_IN))
    return name == NEEDS_CONSENT or is_known_country or name in {f"{SHOW}{notice}" for notice in MUST_SHOW}


def _limits(members: dict[str, Any], refuse: Callable[[str, str], RefusedUpdateError]) -> dict[str, float]:
    stated = members.get("limits", {})
    if not isinstance(stated, dict):
        raise refuse("must state limits as an object", type(stated).__name__)
    try:
        return dict(read_limits(stated))
    except (TypeError, ValueError) as error:
        raise refuse("must state limits that are known", str(error)) from None


def _most_duration_s(members: dict[str, Any], refuse: Callable[[str, str], RefusedUpdateError]) -> int:
    stated = members.get("most_duration_s")
    if isinstance(stated, bool) or not isinstance(stated, int) or not 0 < stated <= MOST_DURATION_S:
        rule = f"must state most_duration_s, a whole number of seconds, 1 to {MOST_DURATION_S}"
        raise refuse(rule, repr(stated))
    return stated


def first_issued_of(targets: Targets, path: str) -> datetime | None:
    """When the first revision of an overlay was issued, as the targets of its role say; None if they do not.

    Raises
    ------
    RefusedUpdateError
        If what they say is not understood.
    """
    stated = _firsts_in(targets).get(path)
    try:
        return None if stated is None else in_utc(_FIRST_ISSUED, datetime.fromisoformat(stated))
    except (TypeError, ValueError):
        rule = f"its role must state {_FIRST_ISSUED} as a time with offset"
        raise refused(Attack.BEYOND_DELEGATION, path, rule, repr(stated)) from None


def note_first_issued(targets: Targets, path: str, issued: datetime) -> None:
    """Says in the targets of a role when an overlay was first issued, unless they say it already."""
    firsts = {path: issued.isoformat(timespec="seconds").replace("+00:00", "Z")} | _firsts_in(targets)
    targets.unrecognized_fields[_MEMBER] = {_FIRST_ISSUED: firsts}


def _firsts_in(targets: Targets) -> dict[str, str]:
    notes = targets.unrecognized_fields.get(_MEMBER)
    stated = notes.get(_FIRST_ISSUED) if isinstance(notes, dict) else None
    return stated if isinstance(stated, dict) else {}


def check_within(
    zones: Iterable[Zone],
    header: ZoneFileHeader,
    constraint: Constraint,
    file: str,
    *,
    role: str,
    first_issued: datetime | None = None,
) -> None:
    """Refuses zones that a delegated role may not publish; asked at publishing and at install.

    Parameters
    ----------
    zones, header
        What is in the pack.
    constraint
        What the role may publish.
    file
        The pack, for messages.
    role
        The role: what it makes is named after it, so that it takes nobody else's ids.
    first_issued
        When the first revision of these zones was issued, if that is known; duration counts from the earlier one.

    Raises
    ------
    RefusedUpdateError
        Naming the first thing that was not delegated.
    """
    zones = list(zones)
    beyond = next(chain(_beyond(zones, header, constraint, first_issued), _misnamed(zones, header, role)), None)
    if beyond is not None:
        rule, got = beyond
        hint = "ask a role that may, or make the zones such that this one may"
        raise refused(Attack.BEYOND_DELEGATION, file, rule, got, hint)


def _misnamed(zones: Iterable[Zone], header: ZoneFileHeader, role: str) -> Iterator[tuple[str, str]]:
    begin = f"{role}/"
    rule = f"must have ids that begin with {begin!r}, as its role is named"
    yield from ((rule, repr(name)) for name in (header.id, *(zone.id for zone in zones)) if not _begins(name, begin))


def _begins(name: str | None, begin: str) -> bool:
    return name is not None and name.startswith(begin)


def _beyond(
    zones: Iterable[Zone], header: ZoneFileHeader, constraint: Constraint, first_issued: datetime | None
) -> Iterator[tuple[str, str]]:
    """Rule and value of each thing that was not delegated."""
    if not header.is_overlay:
        yield "must be an overlay, since its role was delegated", f"a {header.kind}"
    yield from _too_long(header, constraint, first_issued)
    for zone in zones:
        where = _outside(effective_polygon(zone), constraint.area)
        if where is not None:
            yield f"zone {zone.id!r} must lie in the area of its role, with radius and margin", where
        for rule in zone.rules:
            for asked in _not_delegated(rule, constraint):
                yield f"zone {zone.id!r} must ask only what its role may ask", asked


def _too_long(
    header: ZoneFileHeader, constraint: Constraint, first_issued: datetime | None
) -> Iterator[tuple[str, str]]:
    ends, issued = header.ends, header.issued
    if ends is None or issued is None:
        yield "must state when it was issued and when it ends", f"issued {issued}, ends {ends}"
        return
    begin = issued if first_issued is None else min(issued, first_issued)
    if ends - begin > timedelta(seconds=constraint.most_duration_s):
        rule = f"must end at most {constraint.most_duration_s} s after its first issue"
        yield rule, f"{(ends - begin).total_seconds():.0f} s"


def _outside(polygon: EffectivePolygon, area: EffectivePolygon) -> str | None:
    """Why a polygon is not known to lie in an area, exactly, on the grid; None if it does."""
    if polygon.family != area.family:
        return f"one in {polygon.family}, where the area is in {area.family}"
    try:
        return None if covers(area.polygons, polygon.polygons) else "one that reaches out of it"
    except TooMuchWorkError as error:
        return f"more than can be compared ({error.rule})"


def _not_delegated(rule: Rule, constraint: Constraint) -> Iterator[str]:
    """What a rule asks that its role may not ask."""
    yield from (f"sensor {name!r}" for name in rule.sensors if not _is_below(name, constraint.sensors))
    if rule.level is not Level.ALLOW and rule.level not in constraint.levels:
        yield f"level {rule.level.label!r}"
    tags = [NEEDS_CONSENT] * rule.needs_consent + [f"{SHOW}{notice}" for notice in rule.must_show]
    tags += [f"{STORE_IN}{rule.store_in}"] if rule.store_in is not None else []
    yield from (f"tag {tag!r}" for tag in tags if tag not in constraint.tags)
    for name, value in rule.limits:
        bound = constraint.limits.get(name)
        if bound is None or (value < bound if LIMITS[name] is Direction.AT_MOST else value > bound):
            yield f"limit {limit_text(name, value)}"
    if rule.not_understood or any(condition.not_understood for condition in (rule.when, *rule.unless)):
        yield "something of a newer format"


def _is_below(name: str, sensors: frozenset[str]) -> bool:
    words = name.split(".")
    return "*" in sensors or any(".".join(words[:count]) in sensors for count in range(1, len(words) + 1))
