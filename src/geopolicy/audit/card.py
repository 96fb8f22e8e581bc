"""The gate card of a log: from the last transition of the last drive, and since when by those before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from geopolicy.audit.bands import band_of, band_text
from geopolicy.audit.pseudonyms import period_key, pseudonym_of
from geopolicy.model.card import GateCard, time_text, to_the_minute
from geopolicy.model.citations import (
    ANOTHER,
    AskingRule,
    Tag,
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
from geopolicy.model.rules import Level
from geopolicy.model.sensors import names_sensor
from geopolicy.model.transitions import DIGESTS_JOINED_BY
from geopolicy.model.vocabulary import names_in_clear
from geopolicy.model.zones import ZoneFileHeader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from geopolicy.audit.records import AuditRecord
    from geopolicy.model.card import CitedRule
    from geopolicy.model.rules import Condition, Rule
    from geopolicy.pack.pack import Pack

_LEVELS = {level.label: level for level in Level}
_EVERY = "*"
OTHER_PACK = "the rules at hand are of another pack than the one that decided, so none is named"
STRANGE_KEY = "the key explains no pseudonym of the log, so no rule is named: key and zones may be of another vehicle"
"""Notes of a card for which key and rules were given, but not those of the log."""


class _NamedZone(NamedTuple):
    """The rules of a zone, and who stands behind them."""

    rules: tuple[Rule, ...]
    authority: str | None


@dataclass(slots=True)
class _Drive:
    """The records of a drive that say what was restricted.

    ``after_loss`` are the numbers of the records before which some were lost; ``is_behind`` says that some were lost
    after the last transition.
    """

    sensors: tuple[str, ...] = ()
    transitions: list[AuditRecord] = field(default_factory=list)
    after_loss: set[int] = field(default_factory=set)
    is_behind: bool = False
    last_number: int = 0
    ending: AuditRecord | None = None
    latest: datetime | None = None

    def take(self, record: AuditRecord) -> None:
        """Takes in the next record."""
        self.latest = record.time or self.latest
        self.last_number = record.number
        if record.kind == "gap" or (record.kind == "failed" and record.details["lost"]):
            self.is_behind = True
        elif record.kind == "stop":
            self.ending = record
        elif record.kind == "transition":
            is_first = not self.transitions and record.details["number"] > 1
            if is_first or self.is_behind:
                self.after_loss.add(record.number)
            self.is_behind = False
            self.transitions.append(record)


def card_of_log(
    records: Iterable[AuditRecord],
    key: bytes | None = None,
    packs: Iterable[Pack] = (),
    *,
    is_proven: bool = False,
    proven_number: int = 0,
) -> GateCard:
    """The card as of the last record of a log (`geopolicy.audit.read_log`).

    Rules are named where the key is given and the pack that decided is among ``packs``. ``is_proven`` says that the
    log holds (`geopolicy.audit.verify_log`): of another one it is not known what else is restricted. ``proven_number``
    is the number of the last record that a checkpoint which holds vouches for; 0 without one.
    """
    drive = _last_drive(records)
    notes = list(_end_notes(drive, proven_number, is_proven=is_proven))
    if not drive.transitions:
        return GateCard(notes=(*notes, "no decision has been recorded"))
    last = drive.transitions[-1]
    candidates = tuple(packs)
    decided = frozenset((last.details["digest"] or "").split(DIGESTS_JOINED_BY))
    at_hand = {pack.digest: pack for pack in candidates if pack.digest in decided}
    secret = None if key is None else period_key(key, last.period)
    zones = {} if secret is None else _zones_by_pseudonym(at_hand.values(), secret, last)
    is_complete = is_proven and bool(drive.sensors) and not drive.is_behind
    card = _card(drive, _Sources(last, zones, at_hand.values(), drive.sensors), is_complete=is_complete)
    if candidates and last.details["digest"] is None:
        notes.append("which pack decided is not recorded, so no rule is named")
    elif candidates and not at_hand:
        notes.append(OTHER_PACK)
    elif candidates and len(at_hand) < len(decided):
        notes.append("not every pack that decided is at hand: the rules of the others are not named")
    elif not at_hand or key is None:
        notes.append("the rules that decided, or the key of the vehicle, are not at hand, so none is named")
    elif not zones and _pseudonyms_in(last):
        notes.append(STRANGE_KEY)
    elif _is_any_named(card):
        notes.append("the rules named ask this; which of their conditions held is not recorded")
    return replace(card, notes=tuple(notes))


def _end_notes(drive: _Drive, proven_number: int, *, is_proven: bool) -> Iterator[str]:
    """How much of the end of a log is proven, never that nothing came after; and how its last drive ended."""
    if not is_proven:
        yield "the log does not hold: what it says is not proven, and records may be missing"
    elif proven_number:
        proof = f"proven up to record {proven_number} of {drive.last_number} by a checkpoint"
        yield f"{proof}: that nothing came after is not proven"
    else:
        yield "no checkpoint was given: that the end of the log is there is not proven"
    if drive.ending is not None:
        yield f"the drive has ended at {time_text(drive.ending.time)}: this is what held then"
    elif drive.last_number:
        yield "the drive had not ended when the log was written: its last records may be missing"
    if drive.is_behind:
        yield "records after the last decision were lost: what holds since then is not known"


def _is_any_named(card: GateCard) -> bool:
    rules = [*card.exemptions, *(rule for entry in card.entries for rule in entry.rules)]
    return any(rule.authority is not None for rule in rules)


def _last_drive(records: Iterable[AuditRecord]) -> _Drive:
    drive = _Drive()
    for record in records:
        if record.kind == "start":
            drive = _Drive(tuple(record.details["sensors"]))
        drive.take(record)
    return drive


def _zones_by_pseudonym(packs: Iterable[Pack], secret: bytes, record: AuditRecord) -> dict[str, _NamedZone]:
    """The zones of packs that a record names."""
    wanted = _pseudonyms_in(record)
    found: dict[str, _NamedZone] = {}
    for pack in packs if wanted else ():
        authority = pack.header.authority
        numbers = {pseudonym_of(secret, pack.zone_id(number)): number for number in range(len(pack))}
        found |= {own: _NamedZone(pack[numbers[own]].rules, authority) for own in wanted & numbers.keys()}
    return found


def _pseudonyms_in(record: AuditRecord) -> set[str]:
    """The pseudonyms of all zones that a record names."""
    return {*record.details["zones"]}.union(*record.details["exemptions"].values())


class _Sources:
    """The rules that a record stands for, as far as they may be named."""

    def __init__(
        self, record: AuditRecord, zones: Mapping[str, _NamedZone], packs: Iterable[Pack], sensors: tuple[str, ...]
    ) -> None:
        headers = sorted((pack.header for pack in packs), key=lambda header: header.is_overlay)
        header = headers[0] if headers else ZoneFileHeader()
        self.pack_id, self.revision = header.id, header.revision
        self._details = record.details
        self._zones = zones
        self._sensors = sensors
        self._held = frozenset(record.details["held"])

    def asking(self, sensor: str, asked: tuple[Level, tuple[Tag, ...]]) -> Iterator[AskingRule]:
        """The rules for a sensor that may hold; a zone that is not known may ask all that is asked."""
        for pseudonym in self._details["zones"]:
            zone = self._zones.get(pseudonym)
            if zone is None:
                yield AskingRule(asked[0], frozenset(tag.words for tag in asked[1]), ANOTHER)
                continue
            liftings = [by for by, lifted in self._details["exemptions"].items() if pseudonym in lifted]
            lifted_rules = [_lifted_rules(zone.rules, by, self._sensors) for by in liftings]
            for rule in zone.rules:
                is_lifted = any(rule in certain for certain, _ in lifted_rules)
                if not is_lifted and _names_any(rule, (sensor,)):
                    may_be_lifted = any(rule in possible for _, possible in lifted_rules)
                    is_named = pseudonym not in self._held and not may_be_lifted
                    told = cited(rule, zone.authority) if is_named else ANOTHER
                    yield asking(rule, told, lambda limit, value: band_text(band_of(limit, value)))

    def lifted(self) -> Iterator[CitedRule]:
        """The rules that an exemption has lifted; unnamed where the record does not tell which of a zone it is."""
        for by, pseudonyms in self._details["exemptions"].items():
            lifted_by = by.split("+")
            for pseudonym in pseudonyms:
                zone = self._zones.get(pseudonym)
                named = zone if zone is not None and pseudonym not in self._held else _NamedZone((), None)
                certain, _ = _lifted_rules(named.rules, by, self._sensors)
                if not certain:
                    yield lifted_by_name(lifted_by)
                yield from (cited(rule, named.authority, tuple(lifted_by)) for rule in certain)


def _card(drive: _Drive, sources: _Sources, *, is_complete: bool) -> GateCard:
    last = drive.transitions[-1]
    reasons = last.details["reasons"]
    is_unknown = is_in_doubt(last.details["certainty"], reasons)
    is_complete = is_complete and not is_unknown
    entries, allowed, in_use = [], [], []
    for sensor in _sensors_of(drive):
        level, tags = asked = _asked(last, sensor)
        if level < Level.OFF:
            in_use.append(sensor)
        if not level and not tags:
            allowed.append(sensor)
            continue
        since = _since(drive, sensor)
        rules = sources.asking(sensor, asked)
        entries.append(entry_of(sensor, level, tags, rules, reasons, since, is_unknown=is_unknown))
    return GateCard(
        entries=joined(entries),
        allowed=tuple(allowed) if is_complete else (),
        in_doubt=tuple(in_use) if is_unknown else (),
        is_complete=is_complete,
        is_position_known=not is_unknown,
        reasons=reason_texts(reasons),
        exemptions=sorted_rules(sources.lifted()),
        time=to_the_minute(drive.latest),
        digest=last.details["digest"],
        pack_id=sources.pack_id,
        revision=sources.revision,
    )


def _sensors_of(drive: _Drive) -> list[str]:
    """The sensors of a drive, and those that its last transition names: ``*`` where that means others."""
    named = set(_sensors_in(drive.transitions[-1]))
    return sorted(named.union(drive.sensors) - {_EVERY} if drive.sensors else named)


def _sensors_in(record: AuditRecord) -> list[str]:
    """The sensors that a record names."""
    details = record.details
    lists = [details["needs_consent"]]
    for member in ("levels", "store_in", "limits", "must_show"):
        lists += details[member].values()
    return sorted({sensor for sensors in lists for sensor in sensors})


def _asked(record: AuditRecord, sensor: str) -> tuple[Level, tuple[Tag, ...]]:
    """What a record says is asked of a sensor. A level that this version does not know is off."""
    details = record.details

    def asked_in(member: str) -> list[str]:
        return [name for name, sensors in details[member].items() if sensor in sensors or _EVERY in sensors]

    level = max((_LEVELS.get(label, Level.OFF) for label in asked_in("levels")), default=Level.ALLOW)
    tags = [store_tag(country) for country in asked_in("store_in")]
    if sensor in details["needs_consent"] or _EVERY in details["needs_consent"]:
        tags.append(consent_tag())
    tags += [limit_tag(band.partition(":")[0], band_text(band)) for band in asked_in("limits")]
    return level, (*tags, *(notice_tag(notice) for notice in asked_in("must_show")))


def _since(drive: _Drive, sensor: str) -> tuple[datetime | None, bool]:
    """Since when the same is asked of a sensor without a break, and whether it may have begun earlier."""
    asked = _asked(drive.transitions[-1], sensor)
    time, may_be_earlier = None, False
    for record in reversed(drive.transitions):
        if _asked(record, sensor) != asked:
            break
        time, may_be_earlier = record.time, record.number in drive.after_loss
        if may_be_earlier:
            break
    return to_the_minute(time), may_be_earlier


def _lifted_rules(
    rules: Iterable[Rule], by: str, sensors: tuple[str, ...]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules of a zone that exemptions of this kind have lifted, and all that they can have lifted.

    A record says that one of these exemptions was met, but neither which nor whether the condition of its rule held.
    So a rule was lifted for certain if it has each of them, and no condition. ``by`` is a key of ``exemptions`` in the
    record; ``sensors`` are those of the vehicle, none if they are not known: then nothing is certain.
    """
    exemptions_of = {
        rule: {exemption for exemption in rule.unless if _kind_of(exemption) == by}
        for rule in rules
        if not sensors or _names_any(rule, sensors)
    }
    possible = tuple(rule for rule, exemptions in exemptions_of.items() if exemptions)
    every = set().union(*exemptions_of.values())
    certain = (rule for rule in possible if sensors and rule.when.is_empty and exemptions_of[rule] == every)
    return tuple(certain), possible


def _names_any(rule: Rule, sensors: tuple[str, ...]) -> bool:
    return any(names_sensor(name, sensor) for name in rule.sensors for sensor in sensors)


def _kind_of(exemption: Condition) -> str:
    """What a record calls an exemption: by the names of all that it asks; empty for one that is never met."""
    if exemption.not_understood:
        return ""
    return "+".join(names_in_clear(exemption.asked))
