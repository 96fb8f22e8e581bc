"""The gate card: what is off or restricted in a vehicle, since when and by which rules, but not where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from geopolicy.base.records import short_repr
from geopolicy.model.rules import Level
from geopolicy.model.texts import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

LEVEL_TEXTS = {
    Level.OFF: "must be disabled",
    Level.NO_RECORD: "may be used live, is never stored",
    Level.IN_VEHICLE: "may be recorded, data stay in the vehicle",
    Level.ANONYMIZE: "data leave the vehicle only without faces and number plates",
    Level.ALLOW: "may be used, as follows",
}
NOT_BY_RULE = "is asked by no rule: the reason stands below"


@dataclass(frozen=True, slots=True)
class CitedRule:
    """A rule as a gate card names it: by who made it and by its name or words.

    Attributes
    ----------
    authority
        Who made it, or that this is not stated; None where the rule must not be named, or cannot be.
    text
        Its name or words, or that they are not stated; ``"another restriction"`` where it is not named.
    lifted_by
        What the exemption asked that lifted it: ``"emergency"``, ``"no_emergency"``, ``"state"``, ``"time"``, or names
        of attributes; empty for a rule that holds.
    """

    authority: str | None
    text: str
    lifted_by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return shown(self.text) if self.authority is None else f"{shown(self.authority)}: {shown(self.text)}"


@dataclass(frozen=True, slots=True)
class CardEntry:
    """Sensors of which the same is asked by the same rules since the same minute.

    Attributes
    ----------
    sensors
        Their names, sorted; ``"*"`` is every sensor of a vehicle whose sensors are not known.
    level
        How tightly they are restricted.
    tags
        What is asked beside the level, in words.
    since
        Since when, an aware datetime rounded down to the minute; None where that is not known.
    is_since_at_least
        Whether it may have begun earlier.
    rules
        The rules that ask the level or a tag, sorted.
    is_level_by_rule
        Whether one of them asks the level; if not, the reasons of the card say why it is not lower.
    """

    sensors: tuple[str, ...]
    level: Level
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    is_since_at_least: bool = False
    rules: tuple[CitedRule, ...] = ()
    is_level_by_rule: bool = False

    __repr__ = short_repr

    def as_dict(self) -> dict[str, Any]:
        """The entry as plain values for JSON."""
        return {
            "sensors": list(self.sensors),
            "level": self.level.label,
            "tags": list(self.tags),
            "since": _json_time(self.since),
            "since_at_least": self.is_since_at_least,
            "rules": [{"authority": rule.authority, "text": rule.text} for rule in self.rules],
            "level_by_rule": self.is_level_by_rule,
        }


@dataclass(frozen=True, slots=True)
class GateCard:
    """What a guard at a gate may ask to see: what is off or restricted in this vehicle, since when, by which rules.

    It does not tell where the vehicle is or was: it holds no position, and of a zone neither id, name nor number of a
    rule. A rule of a zone that the fixes have left, or one that cannot be named, is "another restriction", and what
    it asks is told without its value. `Monitor.card` makes one; its text is `str`.

    Attributes
    ----------
    entries
        What is restricted, the tightest level first.
    allowed
        The sensors of which nothing is asked; none while it is not known where the vehicle is, or which rules hold.
    in_doubt
        The sensors that are in use, restricted or not, while that is not known.
    is_complete
        Whether it is known what is asked of every sensor: all are among the entries or allowed.
    is_position_known
        Whether the vehicle knew where it was and which rules hold there; None where no decision is known.
    reasons
        What restricts beside rules, in words.
    exemptions
        The rules that would hold but for an exemption.
    time
        As of when, an aware datetime rounded down to the minute; None where that is not known.
    digest
        SHA-256 of the pack that decided, as hex; of several packs all of them, sorted and joined by ``+``. None where
        none did, or where it is not known.
    pack_id, revision
        What the pack says of itself, of several the base; None where it does not, or is not known.
    notes
        What else to know of this card, in words.
    """

    entries: tuple[CardEntry, ...] = ()
    allowed: tuple[str, ...] = ()
    in_doubt: tuple[str, ...] = ()
    is_complete: bool = False
    is_position_known: bool | None = None
    reasons: tuple[str, ...] = ()
    exemptions: tuple[CitedRule, ...] = ()
    time: datetime | None = None
    digest: str | None = None
    pack_id: str | None = None
    revision: int | None = None
    notes: tuple[str, ...] = ()

    __repr__ = short_repr

    def as_dict(self) -> dict[str, Any]:
        """The card as plain values for JSON. Holds no position and names no zone."""
        return {
            "time": _json_time(self.time),
            "position_known": self.is_position_known,
            "restricted": [entry.as_dict() for entry in self.entries],
            "not_restricted": list(self.allowed),
            "in_doubt": list(self.in_doubt),
            "complete": self.is_complete,
            "reasons": list(self.reasons),
            "exemptions": [
                {"by": list(rule.lifted_by), "authority": rule.authority, "text": rule.text} for rule in self.exemptions
            ],
            "digest": self.digest,
            "pack_id": self.pack_id,
            "revision": self.revision,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(card: GateCard) -> Iterator[str]:
    yield f"Gate card, as of {time_text(card.time)}"
    yield place_text(card)
    yield f"Rules: {pack_text(card)}"
    yield from (f"Note: {shown(note)}" for note in card.notes)
    for entry in card.entries:
        yield ""
        yield f"{entry.level.label} ({LEVEL_TEXTS[entry.level]}): {sensors_text(entry.sensors)}"
        yield f"  {since_text(entry)}"
        yield from (f"  {shown(tag)}" for tag in entry.tags)
        yield from (f"  by {rule}" for rule in entry.rules)
        if entry.level and not entry.is_level_by_rule:
            yield f"  {entry.level.label} {NOT_BY_RULE}"
    yield ""
    yield rest_text(card)
    yield from (f"Why: {shown(reason)}" for reason in card.reasons)
    yield from (f"Not applied because of {lifted_text(rule)}: {rule}" for rule in card.exemptions)


def time_text(time: datetime | None) -> str:
    """A time for people, to the minute."""
    return "a time that is not known" if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def since_text(entry: CardEntry) -> str:
    """Since when an entry holds."""
    if entry.since is None:
        return "since when is not known"
    return f"since {time_text(entry.since)}{' or earlier' if entry.is_since_at_least else ''}"


def sensors_text(sensors: tuple[str, ...]) -> str:
    """Names of sensors."""
    return "all sensors" if sensors == ("*",) else ", ".join(shown(sensor) for sensor in sensors)


def lifted_text(rule: CitedRule) -> str:
    """What lifted a rule."""
    return ", ".join("no emergency" if name == "no_emergency" else shown(name) for name in rule.lifted_by)


def place_text(card: GateCard) -> str:
    """Whether the vehicle knew where it was."""
    if card.is_position_known is None:
        return "Whether the vehicle knows where it is is not known."
    if not card.is_position_known:
        return "The vehicle does not know where it is, or which rules hold there."
    return "The vehicle knows where it is."


def pack_text(card: GateCard) -> str:
    """Which pack the rules are of."""
    stated = "no digest of a pack is known" if card.digest is None else f"pack with SHA-256 {shown(card.digest)}"
    if card.pack_id is not None:
        stated += f", id {shown(card.pack_id)}"
    if card.revision is not None:
        stated += f", revision {card.revision}"
    return stated


def rest_text(card: GateCard) -> str:
    """What holds for the sensors that are not among the entries, or for all where it is not known which rules hold."""
    if card.in_doubt:
        return f"In use although it is not known which rules hold here: {sensors_text(card.in_doubt)}"
    if card.is_position_known is False:
        return "Which rules hold here is not known."
    if not card.is_complete:
        whose = "other sensors are" if card.entries else "any sensor is"
        return f"Whether {whose} restricted is not known."
    if not card.entries:
        return f"No sensor is restricted: {sensors_text(card.allowed)}"
    return f"Not restricted: {sensors_text(card.allowed) or 'no other sensor'}"


def to_the_minute(time: datetime | None) -> datetime | None:
    """A time in UTC, rounded down to the minute."""
    return None if time is None else time.astimezone(UTC).replace(second=0, microsecond=0)


def _json_time(time: datetime | None) -> str | None:
    return None if time is None else f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
