"""A gate card as one HTML page: it stands alone, runs nothing, loads nothing, and can be printed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from geopolicy.model.card import (
    LEVEL_TEXTS,
    NOT_BY_RULE,
    lifted_text,
    pack_text,
    place_text,
    rest_text,
    sensors_text,
    since_text,
    time_text,
)
from geopolicy.model.texts import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.model.card import CardEntry, CitedRule, GateCard

_STYLE = """\
:root { color-scheme: light dark; --ink: #1b2430; --faint: #52606d; --paper: #fff; --line: #cbd2d9;
  --off: #a61b1b; --less: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --faint: #a9b5c1; --paper: #14191f; --line: #3b4754;
  --off: #ff8f8f; --less: #f0b860; } }
@media print { :root { --ink: #000; --faint: #333; --paper: #fff; --line: #888; --off: #000; --less: #000; }
  section { break-inside: avoid; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 42rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 0; font-size: 1.15rem; }
p { margin: .25rem 0; }
ul { margin: .25rem 0; padding-left: 1.2rem; }
section { margin: 1rem 0; padding: .75rem; border: 1px solid var(--line); border-left: .4rem solid var(--less);
  border-radius: .3rem; }
section.off { border-left-color: var(--off); }
section.off h2 { color: var(--off); }
.faint { color: var(--faint); }
.note { font-weight: 600; }
.sensors { font-size: 1.05rem; font-weight: 600; }
footer { margin-top: 1.5rem; padding-top: .5rem; border-top: 1px solid var(--line); font-size: .875rem; }
"""


def page_of(card: GateCard) -> str:
    """The page of a card."""
    return "\n".join(_lines(card)) + "\n"


def _lines(card: GateCard) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield "<title>Gate card</title>"
    yield f"<style>\n{_STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield "<h1>Gate card</h1>"
    yield f'<p class="faint">What is restricted in this vehicle, as of {_text(time_text(card.time))}</p>'
    yield from (f'<p class="note">{_text(_sentence(note))}</p>' for note in card.notes)
    for entry in card.entries:
        yield from _section(entry)
    emphasis = ' class="note"' if card.in_doubt else ""
    yield f"<p{emphasis}>{_text(rest_text(card))}</p>"
    yield from _list("Restricted besides by", [_text(reason) for reason in card.reasons])
    yield from _list("Not applied", [f"because of {_text(lifted_text(r))}: {_rule(r)}" for r in card.exemptions])
    yield '<footer class="faint">'
    yield f"<p>{_text(place_text(card))} This card does not say where.</p>"
    yield f"<p>Rules: {_text(pack_text(card))}</p>"
    yield "</footer>"
    yield "</body>"
    yield "</html>"


def _section(entry: CardEntry) -> Iterator[str]:
    yield f'<section class="{entry.level.label}">'
    yield f"<h2>{_text(entry.level.label)}: {_text(LEVEL_TEXTS[entry.level])}</h2>"
    yield f'<p class="sensors">{_text(sensors_text(entry.sensors))}</p>'
    yield f"<p>{_text(since_text(entry))}</p>"
    yield from _list("Asked, too", [_text(tag) for tag in entry.tags])
    yield from _list("By these rules", [_rule(rule) for rule in entry.rules])
    if entry.level and not entry.is_level_by_rule:
        yield f"<p>{_text(entry.level.label)} {NOT_BY_RULE}.</p>"
    yield "</section>"


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    """A list under a title; nothing where it is empty."""
    shown_items = list(items)
    if shown_items:
        yield f'<p class="faint">{title}</p>'
        yield "<ul>"
        yield from (f"<li>{item}</li>" for item in shown_items)
        yield "</ul>"


def _rule(rule: CitedRule) -> str:
    """A rule, its authority and its text each kept from turning the letters beside it round."""
    text = f"<bdi>{_text(rule.text)}</bdi>"
    return text if rule.authority is None else f"<bdi>{_text(rule.authority)}</bdi>: {text}"


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}."


def _text(text: str) -> str:
    """Text as HTML, with characters that show nothing, or turn the order of letters, as their codes."""
    return escape(shown(text))
