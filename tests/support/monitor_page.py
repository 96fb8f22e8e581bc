"""docs/monitor-table.md, made from the cells of the state table: `python tests/support/monitor_page.py` writes it."""

from __future__ import annotations

from pathlib import Path

from monitor_cells import Cell, cells, expected
from monitor_world import CHOICES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "monitor-table.md"
STATES = {  # as the page names the states before
    "start": "unknown: no fix yet",
    "stale": "unknown: stale",
    "allowed": "allowed",
    "restricted": "restricted",
    "held": "held",
    "in doubt": "in doubt",
}
IGNORED = (
    *("NaN", "infinite", "out of range", "(0, 0)", "marked invalid", "marked invalid, inside", "no accuracy"),
    *("accuracy 0", "accuracy negative", "accuracy NaN", "future", "out of order", "duplicate"),
)
CLOCK = ("same time thrice", "out of order thrice", "no monotonic time", "monotonic time NaN", "tick of NaN")
ROWS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # inputs that must answer alike, states shown
    "a usable fix in place, or a fix that is ignored": (("usable, in place", "late by 0.4 s", *IGNORED), tuple(STATES)),
    "a usable fix inside": (("usable inside",), tuple(STATES)),
    "a usable fix outside": (("usable outside",), ("restricted", "held")),
    "two fixes outside in 6 s, or three in 4 s": (
        ("usable outside, 2 fixes in 6 s", "usable outside, 3 fixes in 4 s"),
        ("start", "restricted", "held"),
    ),
    "three fixes outside in 6 s": (("usable outside for 6 s",), tuple(STATES)),
    "three fixes in 6 s, outside by less than the margin": (
        ("near the border, within the margin",),
        ("allowed", "held"),
    ),
    "a usable fix on the border, or outside by less than R": (
        ("on the border", "near the border, within R"),
        ("start", "allowed", "restricted", "held"),
    ),
    "a suspect fix inside, of forged signals": (("spoofing inside",), ("allowed", "held")),
    "a suspect fix of low accuracy, which touches the zone": (("low accuracy inside",), ("start", "allowed", "held")),
    "a suspect fix of low accuracy elsewhere": (("low accuracy outside",), ("start", "allowed", "held")),
    "signals forged for 1 s": (("spoofing, 1 s", "spoofing, marked invalid, 1 s"), ("allowed", "restricted", "held")),
    "signals jammed for 1 s": (("jamming, 1 s",), ("allowed",)),
    "the clock stands, runs back or is missing": (CLOCK, ("allowed", "restricted", "held")),
    "a fix 5 km away": (("jump",), ("start", "allowed", "restricted", "held")),
    "a fix 660 m away, inside": (("jump inside",), ("allowed",)),
    "twelve fixes in 17 s where a jump led": (("jump, followed 17 s",), ("allowed",)),
    "3 s without a fix": (("tick after 3 s",), ("allowed",)),
    "5.5 s without a fix": (("tick after 5.5 s",), ("allowed", "restricted", "held")),
    "20 s without a fix, a `Hold` of 10 s": (("tick after 20 s",), ("start", "allowed", "restricted", "held")),
}
SETTLED_INPUT = "usable in place for 6 s"
PACKS = {  # zones and time, after six seconds of usable fixes in place
    "no zones since the start": ("none", "inside the hours"),
    "zones lost": ("lost", "inside the hours"),
    "newer zones, which ask `off`": ("swapped for newer", "inside the hours"),
    "older zones, refused": ("older refused", "inside the hours"),
    "outside the coverage": ("outside coverage", "inside the hours"),
    "within the hours of the rule": ("scheduled", "inside the hours"),
    "out of the hours of the rule": ("scheduled", "outside the hours"),
    "hours, time unknown": ("scheduled", "unknown"),
    "exempt, in a zone that expires": ("expiring", "inside the hours"),
    "exempt, expired": ("expiring", "outside the hours"),
    "exempt, time unknown": ("expiring", "unknown"),
    "exempt, expired, `hard_expiry`": ("expiring hard", "outside the hours"),
    "a limit that the vehicle cannot keep": ("limit not kept", "inside the hours"),
    "a notice that the vehicle cannot show": ("notice not shown", "inside the hours"),
    "exempt in an emergency": ("in an emergency", "inside the hours"),
    "zones lost in an emergency that is over since": ("lost in an emergency", "inside the hours"),
}
EMERGENCY_INPUT = "usable inside"
EMERGENCIES = {  # with the first fix already
    "an emergency, by which the rule is lifted": "an emergency begins",
    "the emergency is over, or not known any more": "an emergency ends",
}
SHOWN = ("camera.off", "camera.hold", "camera.allow")
HEAD = ("what comes", "state before", '`"off"`', "`Hold`", '`"allow"`', "`retain_s`", "certainty", "reasons")
ALT = (
    "The states of a monitor. Unknown: at the start, and whenever the place or the zones are not known; each sensor is"
    " at what its profile says. Restricted: a zone applies; one fix is enough. Held: the fixes have left the zone, and"
    " it still applies. Allowed: no zone applies; only three fixes in a row over five seconds lead there. In doubt: the"
    " fixes jumped, and both places count until ten fixes over ten seconds have followed one."
)
BEFORE = (
    "What [a monitor](monitor.md) answers, by the state before it. One zone asks `no_record` of cameras, so that its"
    " level can be told from `off`. The vehicle is 60 m outside (allowed, held, no fix yet, stale) or 30 m inside"
    " (restricted); in doubt it may be 5 km away as well. R is 4 m, the speed 0, and `acceleration_mps2` 1 m/s². The"
    ' columns are the level of a camera whose `on_unknown` is `"off"`, a `Hold` or `"allow"`. A `Hold` that has run out'
    ' answers as `"off"`. The zone also asks that data of cameras are kept for a day at most, and that a sign outside'
    " says that they are collected. `retain_s` is the limit, in seconds, that data made now must keep to; where it"
    " stands, the notice `collecting:outside` is asked, too. The vehicle can keep data for no less than an hour, and"
    " show no other notice."
)
AFTER = (
    'From "no zones" on, rows hold after 6 s of usable fixes in place; the last two with the first usable fix inside.'
    " The fallback for cameras is `in_vehicle`. Outside the coverage nothing was known since the start, so that a"
    " `Hold` is off."
)
ORIGIN = (
    "The tests judge {count:,} scripts of calls, each for four choices of `on_unknown`: on both engines a monitor must"
    " answer what an oracle says that uses no engine and no distance of the library. This table is made from them, by"
    " `python tests/support/monitor_page.py`."
)


def line_of(cell: Cell) -> str:
    answer = expected(cell)[-2]  # after the input; the last call is a tick two seconds later
    levels = dict(zip(CHOICES, answer.levels, strict=True))
    shown = [f"`{levels[name].label}`" for name in SHOWN]
    limits = {dict(zip(CHOICES, answer.retain_s, strict=True))[name] for name in SHOWN}
    assert len(limits) == 1, cell
    (retain_s,) = limits
    reasons = ", ".join(f"`{reason}`" for reason in answer.reasons) or "none"
    return " | ".join([*shown, "none" if retain_s is None else f"{retain_s:.0f}", answer.certainty, reasons])


def alike(title: str, lines: dict[str, str]) -> list[str]:
    """The rows of one input, which the first names: states that answer alike in one row."""
    found: dict[str, list[str]] = {}
    for state, line in lines.items():
        found.setdefault(line, []).append(state)
    rows = [f"{', '.join(states)} | {line} |" for line, states in found.items()]
    return [f"| {title if i == 0 else ''} | {row}" for i, row in enumerate(rows)]


def shown_cells() -> dict[str, dict[str, list[Cell]]]:
    """For each input and each state before it the cells that a row stands for."""
    found = {
        title: {state: [Cell(name, state, "fresh", "inside the hours") for name in inputs] for state in states}
        for title, (inputs, states) in ROWS.items()
    }
    for title, (pack, time) in PACKS.items():
        states = ("allowed", "restricted") if pack in ("none", "lost", "outside coverage") else ("restricted",)
        found[title] = {state: [Cell(SETTLED_INPUT, state, pack, time)] for state in states}
    for title, pack in EMERGENCIES.items():
        packs = (pack, "no more is known of an emergency") if pack == "an emergency ends" else (pack,)
        cells_of_packs = [Cell(EMERGENCY_INPUT, "restricted", own, "inside the hours") for own in packs]
        found[title] = {"restricted": cells_of_packs}
    return found


def table_rows() -> list[str]:
    rows = []
    for title, states in shown_cells().items():
        lines = {}
        for state, own in states.items():
            lines[STATES[state]], *others = {line_of(cell) for cell in own}
            assert not others, (title, state)
        rows += alike(title, lines)
    return rows


def page() -> str:
    """The whole of docs/monitor-table.md."""
    table = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|", *table_rows()]
    picture = f"![{ALT}](pictures/monitor-states.svg)"
    origin = ORIGIN.format(count=len(cells()))
    return "\n\n".join(["# What happens when", picture, BEFORE, "\n".join(table), AFTER, origin]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
