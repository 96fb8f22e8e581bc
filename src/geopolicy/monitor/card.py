"""The gate card of a monitor: from its decision, and since when by its transitions."""

from __future__ import annotations

from geopolicy.engines.parts import digests_in, header_of_zone, parts_of
from geopolicy.model.card import GateCard, to_the_minute
from geopolicy.model.citations import (
    ANOTHER,
    asking,
    cited,
    consent_tag,
    entry_of,
    is_in_doubt,
    joined,
    lifted_by_name,
    limit_tag,
    notice_tag,
    reason_texts,
    sorted_rules,
    store_tag,
)
from geopolicy.model.limits import limit_text
from geopolicy.model.rules import Level
from geopolicy.model.zones import ZoneFileHeader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.card import CardEntry, CitedRule
    from geopolicy.model.citations import AskingRule, Tag
    from geopolicy.model.decisions import Cause, Decision
    from geopolicy.model.transitions import Transition
    from geopolicy.monitor.state import DriveState


def card_of(drive: DriveState, decision: Decision, transitions: Sequence[Transition]) -> GateCard:
    """The card of a decision in a drive, with the transitions that led to it, as far as they are kept."""
    engine = drive.engine
    header = ZoneFileHeader() if engine is None else engine.header
    rules = [(cause.sensors, _asking(cause, drive)) for cause in decision.causes if cause.is_in_force]
    is_unknown = is_in_doubt(decision.certainty, decision.reasons)
    entries = list(_entries(drive, decision, rules, transitions, is_unknown=is_unknown))
    restricted = {sensor for entry in entries for sensor in entry.sensors}
    unrestricted = tuple(sensor for sensor in decision.levels if sensor not in restricted)
    in_use = tuple(sensor for sensor, level in decision.levels.items() if level < Level.OFF)
    return GateCard(
        entries=joined(entries),
        allowed=() if is_unknown else unrestricted,
        in_doubt=in_use if is_unknown else (),
        is_complete=not is_unknown,
        is_position_known=not is_unknown,
        reasons=reason_texts(decision.reasons),
        exemptions=sorted_rules(_lifted(cause, drive) for cause in decision.exemptions),
        time=to_the_minute(drive.time),
        digest=digests_in(engine),
        pack_id=header.id,
        revision=header.revision,
        notes=() if engine is None else tuple(_overlays_beside(engine)),
    )


def _overlays_beside(engine: Engine) -> Iterator[str]:
    """What else decides beside the base, in words."""
    headers = [part.header for part in parts_of(engine)]
    for header in headers if len(headers) > 1 else ():
        if header.is_overlay:
            named = "an overlay without an id" if header.id is None else f"overlay {header.id}"
            yield f"{named}, revision {'none' if header.revision is None else header.revision}, decides too"


def _authority(cause: Cause, drive: DriveState) -> str | None:
    return None if drive.engine is None else header_of_zone(drive.engine, cause.zone_id).authority


def _asking(cause: Cause, drive: DriveState) -> AskingRule:
    is_left = cause.zone_id in drive.only_held
    return asking(cause.rule, ANOTHER if is_left else cited(cause.rule, _authority(cause, drive)))


def _lifted(cause: Cause, drive: DriveState) -> CitedRule:
    if cause.zone_id in drive.only_held:
        return lifted_by_name(cause.lifted_by)
    return cited(cause.rule, _authority(cause, drive), cause.lifted_by)


def _entries(
    drive: DriveState,
    decision: Decision,
    rules: Sequence[tuple[tuple[str, ...], AskingRule]],
    transitions: Sequence[Transition],
    *,
    is_unknown: bool,
) -> Iterator[CardEntry]:
    """An entry for each sensor of which something is asked."""
    for sensor, level in decision.levels.items():
        tags = _tags(decision, sensor)
        if level or tags:
            of_sensor = [rule for sensors, rule in rules if sensor in sensors]
            since = _since(drive, decision, sensor, transitions)
            yield entry_of(sensor, level, tags, of_sensor, decision.reasons, since, is_unknown=is_unknown)


def _tags(decision: Decision, sensor: str) -> list[Tag]:
    tags = [store_tag(country) for country in sorted(decision.store_in[sensor])]
    if sensor in decision.needs_consent:
        tags.append(consent_tag())
    tags += [limit_tag(name, limit_text(name, value)) for name, value in decision.limits[sensor].items()]
    return tags + [notice_tag(notice) for notice in sorted(decision.must_show[sensor])]


def _since(
    drive: DriveState, decision: Decision, sensor: str, transitions: Sequence[Transition]
) -> tuple[datetime | None, bool]:
    """Since when the same is asked of a sensor without a break, and whether it may have begun earlier."""
    asked = _asked(decision, sensor)
    first: Transition | None = None
    for transition in reversed(transitions):
        if _asked(transition.after, sensor) != asked:
            break
        first = transition
    if first is None:
        return None, False
    may_be_earlier = first.before is not None and _asked(first.before, sensor) == asked
    return to_the_minute(first.time or drive.time_at(first.monotonic_s)), may_be_earlier


def _asked(decision: Decision, sensor: str) -> tuple[object, ...]:
    tags = (decision.store_in[sensor], decision.limits[sensor], decision.must_show[sensor])
    return (decision.levels[sensor], sensor in decision.needs_consent, *tags)
