"""What notebooks show of decisions, zones and drives: tables, in which every name is text. No position is in them."""

from __future__ import annotations

from html import escape

from geopolicy.model.limits import limit_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from geopolicy.model.rules import Rule
    from geopolicy.model.zones import Zone

MOST_ROWS = 50
MOST_LETTERS = 200
"""Of one name: a longer one is cut."""
_WRAPPED = "overflow-wrap:anywhere"  # or a long name pushes what stands beside it out of sight
_CELL = f"text-align:left;min-width:4em;{_WRAPPED}"
# Dark enough on white and bright enough on black: a contrast of 4.5 on one, 4 on the other.
_COLOURS = {"off": "#d02f52", "no_record": "#b5651d", "in_vehicle": "#8a7400", "anonymize": "#2b7bba"}


def decision_html(told: Mapping[str, Any], tags: Mapping[str, Sequence[str]]) -> str:
    """A decision, as plain values: each sensor with its level, and by the tags all else that is asked of it."""
    head = " &middot; ".join(f"{name}: <b>{_text(value or 'none')}</b>" for name, value in (
        ("certainty", told["certainty"]), ("reasons", ", ".join(told["reasons"])), ("zones", ", ".join(told["zones"])),
    ))  # fmt: skip
    rows = [
        [_text(sensor), _level(level), _text("; ".join(tag for tag, names in tags.items() if sensor in names))]
        for sensor, level in told["levels"].items()
    ]
    return f"{_paragraph(head)}{_table(('sensor', 'level', 'also asked'), rows)}"


def zones_html(title: str, zones: Sequence[Zone]) -> str:
    """A set of zones as a table: of each its id, name, shape and rules; the first 50."""
    rows = [
        [_text(zone.id), _text(zone.name or ""), _text(zone.geometry.type), "<br>".join(map(_rule, zone.rules))]
        for zone in zones[:MOST_ROWS]
    ]
    table = _table(("id", "name", "shape", "rules"), rows)
    return f"{_paragraph(f'<b>{_text(title)}</b>')}{table}{_more(len(zones))}"


def drive_html(title: str, told: Mapping[str, Any]) -> str:
    """What a drive adds up to, as plain values: totals, what was asked of each sensor, zones met, reasons.

    ``restricted`` and ``asked`` are lists of a sensor, its level or what else was asked, seconds and metres; ``zones``
    and ``reasons`` have a number of steps for each name.
    """
    facts = [
        ("fixes", f"{told['fixes']:,}"),
        ("without a position", f"{told['unusable']:,}"),
        ("time", _duration(told["seconds"]) if told["untimed"] < told["fixes"] else "not known"),
        ("distance", _length(told["metres"])),
    ]
    head = " &middot; ".join(f"{name}: <b>{_text(value)}</b>" for name, value in facts)
    is_timed = told["untimed"] < told["fixes"]
    rows = [
        [_text(sensor), style(what), _text(_duration(seconds) if is_timed else "-"), _text(_length(metres))]
        for style, name in ((_level, "restricted"), (_text, "asked"))
        for sensor, what, seconds, metres in told[name]
    ]
    sensors = _first(("sensor", "asked", "time", "distance"), rows) if rows else "<p>No sensor was restricted.</p>"
    counts = [_first((name, "steps"), _counted(told[f"{name}s"])) for name in ("zone", "reason") if told[f"{name}s"]]
    return f"{_paragraph(f'<b>{_text(title)}</b>')}{_paragraph(head)}{sensors}{''.join(counts)}"


def _counted(counts: Mapping[str, int]) -> list[list[str]]:
    """The most frequent first."""
    return [[_text(name), f"{count:,}"] for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]


def _first(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    """A table of the first rows, and how many are left."""
    return _table(heads, rows[:MOST_ROWS]) + _more(len(rows))


def _more(count: int) -> str:
    return f"<p>and {count - MOST_ROWS:,} more</p>" if count > MOST_ROWS else ""


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{seconds:.3g} s"


def _length(metres: float) -> str:
    return f"{metres / 1000.0:,.2f} km" if metres >= 1000.0 else f"{metres:.0f} m"


def _rule(rule: Rule) -> str:
    asked = [] if rule.store_in is None else [f"store in {rule.store_in}"]
    asked += ["consent"] * rule.needs_consent
    asked += [limit_text(name, value) for name, value in rule.limits] + [f"show {notice}" for notice in rule.must_show]
    conditions = ["when ..."] * (not rule.when.is_empty) + ["unless ..."] * bool(rule.unless)
    more = "; ".join([*asked, *conditions])
    return f"{_level(rule.level.label)} {_text(', '.join(rule.sensors))}{': ' + _text(more) if more else ''}"


def _level(label: str) -> str:
    colour = _COLOURS.get(label)
    return _text(label) if colour is None else f'<b style="color:{colour}">{_text(label)}</b>'


def _paragraph(content: str) -> str:
    return f'<p style="{_WRAPPED}">{content}</p>'


def _table(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in heads)
    lines = ("".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(value: str) -> str:
    """A text that stays text, isolated so that one from right to left moves nothing beside it."""
    cut = value if len(value) <= MOST_LETTERS else f"{value[:MOST_LETTERS]}..."
    return f"<bdi>{escape(cut)}</bdi>"
