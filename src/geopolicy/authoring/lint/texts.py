"""What people read of zones: ids and names that look alike, sources that are missing, notices without an end."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

from geopolicy.authoring.lint.codes import CODES
from geopolicy.authoring.lint.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geopolicy.authoring.lint.placed import Placed, ZoneTable
    from geopolicy.model.rules import Rule

# Small letters of Cyrillic and Greek that look like Latin ones.
_LOOKS = str.maketrans("асеіјорѕухԁԛԝһαορνικ", "aceijopsyxdqwhaopvik")
_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015]+")
_LIKE_DIGITS, _DIGITS = re.compile(r"[0-9oil|]+"), str.maketrans("oil|", "0111")
_BETWEEN_OTHERS = re.compile(r"(?<![0-9])-|-(?![0-9])")
_INVISIBLE = ("Cf", "Mn")
# What happens, in English and German; stems where words are put together.
_EVENT = (
    r"(?:emergenc(?:y|ies)|disasters?|catastrophe|evacuat(?:ion|ed|e)|wild[\s-]?fires?|bush[\s-]?fires?|forest[\s-]fires?"
    r"|fire(?=\s+(?:at|in|near)\b)|flood(?:s|ing|ed)?|earthquake|landslide|avalanche|tsunami|hurricane|tornado"
    r"|explosion|unexploded|uxo|bomb(?:[\s-](?:threat|alert|disposal))?|derail(?:ment|ed)|(?:gas|chemical|oil)[\s-](?:leak|spill)"
    r"|hazmat|crash[\s-]site|accident[\s-]site|crime[\s-]scene|active[\s-]incident|active[\s-]shooter|hostage"
    r"|police[\s-](?:operation|incident)|riots?|notlage|notfall|notstand|katastrophe\w*|evakuierung\w*|\w*hochwasser"
    r"|\w*überschwemmung|waldbrand|gro(?:ß|ss)brand|brand(?=\s+(?:in|im|am|bei)\b)|bombenfund|bombendrohung|blindgänger"
    r"|gasleck|gasaustritt|explosionsgefahr|unfallstelle|tatort|erdrutsch|erdbeben|\w*einsatz(?=\s+(?:der|von|feuer|poli|am|in|bei)))"
)
# What stands there for good, named after what may happen.
_PLACE = (
    r"(?:services?|medical|hospital|department|room|ward|clinic|cent(?:re|er)|exits?|entrances?|access|vehicles?|vehicle|lanes?"
    r"|routes?|stops?|landing|assembly|muster|points?|shelters?|operations?|calls?|phones?|units?|base|stations?|runway|heli\w+"
    r"|towers?|lookouts?|memorials?|museums?|monuments?|storage|stores?|depots?|basins?|plains?|gates?|walls?|dams?|barriers?"
    r"|schools?|training|offices?|proof|resistant|protection|prevention|equipment|brigade|parks?|meadows?|rooms?|aufnahme"
    r"|ausgang|zufahrt|sammel\w*|rückhalte\w*|denkmal|schutz\w*|becken)"
)
_PERMANENT = re.compile(rf"\b{_EVENT}(?:[\s-]+(?!(?:at|in|near|on|by|of|for)\b)[\w.]+)?[\s-]+{_PLACE}\b", re.IGNORECASE)
_NOTICE = re.compile(rf"(?<!\w){_EVENT}(?!\w)", re.IGNORECASE)


def lookalike_ids(table: ZoneTable) -> Iterator[Finding]:
    """Ids that people take for one another."""
    rule = "the id looks like that of another zone"
    yield from _lookalikes(table, "id-lookalike", ".id", rule, lambda placed: placed.zone.id)


def lookalike_names(table: ZoneTable) -> Iterator[Finding]:
    """Names that people take for one another; equal ones are meant."""
    rule = "the name looks like that of another zone, and is not the same"
    yield from _lookalikes(table, "name-lookalike", ".properties.name", rule, lambda placed: placed.zone.name)


def _lookalikes(
    table: ZoneTable, code: str, path: str, rule: str, text_of: Callable[[Placed], str | None]
) -> Iterator[Finding]:
    first: dict[str, dict[str, Placed]] = defaultdict(dict)
    for placed in table.placed:
        text = text_of(placed)
        if text is None:
            continue
        spellings = first[folded(text)]
        if spellings and text not in spellings:
            other = next(iter(spellings.values()))
            value = f"{_spelled(text)}, and {_spelled(next(iter(spellings)))} in {other.path}"
            hint = "write both alike if one thing is meant; else tell them apart"
            yield placed.finding(code, rule, path, value, hint, other)
        spellings.setdefault(text, placed)


def _spelled(text: str) -> str:
    """A text in quotes, with the code points of what looks like something else, or like nothing."""
    strange = [letter for letter in dict.fromkeys(text) if letter != "-" and folded(letter) != letter.lower()]
    points = [f"U+{ord(letter):04X}" for letter in strange if not letter.isascii()]
    return f"{text!r} (with {', '.join(points)})" if points else repr(text)


def folded(text: str) -> str:
    """A text as a hurried reader sees it: one for all spellings that look alike."""
    if text.isascii():
        return _seen(text.lower())
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_LOOKS)
    seen = "".join(letter for letter in plain if unicodedata.category(letter) not in _INVISIBLE)
    return _seen(seen)


def _seen(text: str) -> str:
    """Small letters without separators, but between digits; and words of digits alone for those that look so."""
    words = _SEPARATORS.sub("-", text).strip("-").split("-")
    words = [word.translate(_DIGITS) if _LIKE_DIGITS.fullmatch(word) else word for word in words]
    return _BETWEEN_OTHERS.sub("", "-".join(words))


def missing_sources(table: ZoneTable) -> Iterator[Finding]:
    """Files of whose zones nobody is said to stand behind; once for each file. Examples need nobody."""
    bare: dict[int, list[Placed]] = defaultdict(list)
    for placed in table.placed:
        zone = placed.zone
        is_said = placed.file.header.authority or zone.source or zone.illustrative
        if not is_said and not all(rule.authority for rule in zone.rules):
            bare[id(placed.file)].append(placed)
    for zones in bare.values():
        first = zones[0]
        rule = "zones state no source, nor does their file: nobody can check them"
        value = f"{len(zones):,} of {len(first.file.zones):,}, the first of them {first.zone.id!r}"
        hint = 'state "authority" in the header, or "source" in each zone'
        code, file = "source-missing", first.file.file
        yield Finding(code, CODES[code].severity, rule, value, "$.geopolicy.authority", None, file, hint)


def open_emergencies(table: ZoneTable) -> Iterator[Finding]:
    """Zones that read like the notice of an emergency, and have rules that never end."""
    for placed in table.placed:
        zone = placed.zone
        text = next((text for text in (zone.name, zone.reason) if text and _reads_like_notice(text)), None)
        if text is None or zone.illustrative:
            continue
        endless = [i for i, rule in enumerate(zone.rules) if not _has_end(rule)]
        if endless:
            rule = "the zone reads like an emergency notice, and a rule of it has no end"
            hint = 'give the rule "active": {"until": ...}; expires does not end it'
            yield placed.finding("emergency-open", rule, ".properties", repr(text[:80]), hint)


def _reads_like_notice(text: str) -> bool:
    return _NOTICE.search(_PERMANENT.sub("", text)) is not None


def _has_end(rule: Rule) -> bool:
    """Whether a rule ends by itself: by a date, or because it holds in an emergency only."""
    if rule.when.emergency:
        return True
    return bool(rule.when.active) and all(window.until is not None for window in rule.when.active)
