"""From what is asked of sensors to the entries of a gate card: which rules ask it, and what may be told of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geopolicy.model.card import CardEntry, CitedRule
from geopolicy.model.decisions import Certainty, Reason
from geopolicy.model.limits import limit_text
from geopolicy.model.rules import Level
from geopolicy.model.vocabulary import names_in_clear

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from geopolicy.model.rules import Rule

ANOTHER = CitedRule(None, "another restriction")
"""A rule that must not be named, or cannot be."""

_BLIND = "whether more rules hold is not known"  # and not that a coverage has ended, or that a pole is near
_TEXTS: dict[str, str] = {
    Reason.STORE_CONFLICT: "data must be kept in different countries, so they stay in the vehicle",
    Reason.CONSENT_MISSING: "a consent is asked, and there is none",
    Reason.LIMIT: "a limit is asked that this vehicle cannot keep, or something that it does not know",
    Reason.NOTICE: "something must be shown that this vehicle cannot show",
    Reason.EXPIRED: "the rules are past their date: they hold on, their exemptions do not",
    Reason.OUTSIDE_COVERAGE: _BLIND,
    Reason.INVALID_POSITION: _BLIND,
    Reason.INVALID_ACCURACY: _BLIND,
    Reason.NEAR_POLE: _BLIND,
    Reason.NO_FIX: "no usable position has come since the start",
    Reason.STALE: "the last usable position is too old",
    Reason.LOW_ACCURACY: "the position is not accurate enough",
    Reason.SPOOFING: "the receiver says that its signals are forged",
    Reason.JAMMING: "the receiver says that its signals are jammed",
    Reason.CLOCK: "the clock does not go on, so the age of the position is not known",
    Reason.JUMP: "two positions are possible, and the rules of both hold",
    Reason.NO_PACK: "no rules are loaded, so what the vehicle falls back to holds",
    Reason.INTERNAL: "something failed within, so every sensor is off",
    Reason.OVERLAY_STALE: "whether rules of the hour are missing is not known: exemptions do not hold",
}
# What these mean stands in the entries; `held` is "another restriction".
_UNTOLD = frozenset({Reason.IN_ZONE, Reason.AHEAD, Reason.HELD})


@dataclass(frozen=True, slots=True)
class Tag:
    """Something asked of a sensor beside its level.

    Attributes
    ----------
    words
        What is asked.
    bare
        The same without a value that may be that of one zone alone.
    unmet
        The reason that a decision gives where a sensor cannot do it.
    """

    words: str
    bare: str
    unmet: Reason


@dataclass(frozen=True, slots=True)
class AskingRule:
    """What a rule asks of a sensor: a level, tags by their words; and what may be told of it."""

    level: Level
    tags: frozenset[str]
    cited: CitedRule


def store_tag(country: str) -> Tag:
    """That data must be kept in a country."""
    return Tag(f"store in {country}", "store in one country", Reason.STORE_CONFLICT)


def consent_tag() -> Tag:
    """That somebody must consent."""
    return Tag("needs consent", "needs consent", Reason.CONSENT_MISSING)


def limit_tag(name: str, words: str) -> Tag:
    """That data must keep to a limit."""
    return Tag(words, f"{name} limited", Reason.LIMIT)


def notice_tag(notice: str) -> Tag:
    """That something must be shown."""
    return Tag(f"must show {notice}", f"must show {notice}", Reason.NOTICE)


def asking(rule: Rule, cited: CitedRule, limit_words: Callable[[str, float], str] = limit_text) -> AskingRule:
    """What a rule asks of each of its sensors. What is not understood asks that they are off."""
    tags = [limit_tag(name, limit_words(name, value)) for name, value in rule.limits]
    tags += [notice_tag(notice) for notice in rule.must_show]
    if rule.store_in is not None:
        tags.append(store_tag(rule.store_in))
    if rule.needs_consent:
        tags.append(consent_tag())
    level = Level.OFF if rule.not_understood else rule.level
    return AskingRule(level, frozenset(tag.words for tag in tags), cited)


def cited(rule: Rule, authority: str | None, lifted_by: tuple[str, ...] = ()) -> CitedRule:
    """A rule by name; ``authority`` is that of its zone file, for a rule that states none."""
    return CitedRule(
        rule.authority or authority or "authority not stated", rule.text or "text not stated", names_in_clear(lifted_by)
    )


def lifted_by_name(lifted_by: Iterable[str]) -> CitedRule:
    """A rule that is lifted and must not be named."""
    return replace(ANOTHER, lifted_by=names_in_clear(lifted_by))


def reason_texts(reasons: Iterable[str]) -> tuple[str, ...]:
    """Reasons in words, those left out that the entries tell."""
    texts = [_TEXTS.get(reason, "a reason that is not known here") for reason in reasons if reason not in _UNTOLD]
    return tuple(dict.fromkeys(texts))


def in_words(reason: str) -> str:
    """One reason in words, whatever entries tell."""
    return "; ".join(reason_texts([reason])) or reason.replace("_", " ")


def is_in_doubt(certainty: str, reasons: Iterable[str]) -> bool:
    """Whether it is not known where the vehicle is, or which rules hold; a certainty that is not known is none."""
    return certainty not in (Certainty.CERTAIN, Certainty.POSSIBLE) or Reason.NO_PACK in reasons


def entry_of(
    sensor: str,
    level: Level,
    tags: Iterable[Tag],
    rules: Iterable[AskingRule],
    reasons: Iterable[str],
    since: tuple[datetime | None, bool],
    *,
    is_unknown: bool,
) -> CardEntry:
    """The entry of one sensor of which something is asked.

    The rules are those that ask its level or a tighter one, or one of its tags. What none of them asks, another
    restriction does; but a level may also follow from a tag that the vehicle cannot keep, or from doubt.
    """
    asked, of_sensor, given = tuple(tags), tuple(rules), frozenset(reasons)
    sources: set[CitedRule] = set()
    if level > Level.ALLOW:
        sources = {rule.cited for rule in of_sensor if rule.level >= level}
        if not sources and not is_unknown and given.isdisjoint(tag.unmet for tag in asked):
            sources = {ANOTHER}
    is_level_by_rule = bool(sources)
    words = []
    for tag in asked:
        by = {rule.cited for rule in of_sensor if tag.words in rule.tags} or {ANOTHER}
        words.append(tag.bare if by == {ANOTHER} else tag.words)
        sources |= by
    return CardEntry((sensor,), level, tuple(dict.fromkeys(words)), *since, sorted_rules(sources), is_level_by_rule)


def sorted_rules(rules: Iterable[CitedRule]) -> tuple[CitedRule, ...]:
    """Rules each once, in order of authority and text; those that are not named last."""
    return tuple(
        sorted(set(rules), key=lambda rule: (rule.authority is None, rule.authority or "", rule.text, rule.lifted_by))
    )


def joined(entries: Iterable[CardEntry]) -> tuple[CardEntry, ...]:
    """Entries with equal content as one, the tightest level first."""
    sensors_of: dict[CardEntry, list[str]] = {}
    for entry in entries:
        sensors_of.setdefault(replace(entry, sensors=()), []).extend(entry.sensors)
    together = [replace(entry, sensors=tuple(sorted(sensors))) for entry, sensors in sensors_of.items()]
    return tuple(sorted(together, key=lambda entry: (-entry.level, entry.sensors)))
