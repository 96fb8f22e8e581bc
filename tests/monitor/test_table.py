"""The state table: every cell of inputs, states, zones and times answers as docs/monitor.md says, on both engines."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

import monitor_cells
import monitor_oracle
import monitor_page
from contract import ENGINES
from examples import some_of
from monitor_cells import INPUTS, PACKS, PRIORS, TIMES, all_cells, cells, expected, observed, why_pruned
from monitor_world import CHOICES

CELLS = cells()


def difference(said, answered):
    """In words, what an answer has that it should not, and the other way round."""
    parts = [
        f"{name} is {is_now.label}, not {should.label}"
        for name, should, is_now in zip(CHOICES, said.levels, answered.levels, strict=True)
        if should != is_now
    ]
    if said.certainty != answered.certainty:
        parts.append(f"it is {answered.certainty}, not {said.certainty}")
    for name in ("retain_s", "notices"):
        parts += [
            f"{name} of {sensor} is {is_now}, not {should}"
            for sensor, should, is_now in zip(CHOICES, getattr(said, name), getattr(answered, name), strict=True)
            if should != is_now
        ]
    for name in ("zones", "reasons", "exempt"):
        should, is_now = set(getattr(said, name)), set(getattr(answered, name))
        parts += [f"{name} lack {', '.join(sorted(should - is_now))}"] if should - is_now else []
        parts += [f"{name} have {', '.join(sorted(is_now - should))}"] if is_now - should else []
    return "; ".join(parts)


def report(failing):
    """The cells that fail, and at which call (0 is the start); those that fail alike together."""
    lines = [f"{len(failing)} of {len(CELLS)} cells are not as docs/monitor.md says"]
    for text, count in Counter(failing.values()).most_common():
        alike = [f"{cell} | call {call}" for (cell, call), own in failing.items() if own == text]
        lines += [f"{count} x {text}", *(f"    {name}" for name in alike[:8])]
        lines += [f"    and {count - 8} more"] if count > 8 else []
    return "\n".join(lines)


@pytest.mark.dear
@pytest.mark.parametrize("engine", ENGINES)
def test_monitor_table_every_cell_is_the_maximum_of_its_rows(engine):
    failing = {}
    for cell in CELLS[:: some_of(1, 7)]:
        pairs = list(zip(expected(cell), observed(cell, engine), strict=True))
        for number, (said, answered) in enumerate(pairs):
            if said != answered:
                failing[cell, number] = difference(said, answered)
                break
    assert not failing, report(failing)


def test_monitor_table_has_all_cells_and_every_class():
    assert len(CELLS) * 4 == 22752  # each is judged for the four choices of on_unknown at once
    assert len(list(all_cells())) - len(CELLS) == sum(1 for cell in all_cells() if why_pruned(cell)) == 51912
    for name, classes in (("input", INPUTS), ("prior", PRIORS), ("pack", PACKS), ("time", TIMES)):
        assert {getattr(cell, name) for cell in CELLS} == set(classes)
    assert {choice if isinstance(choice, str) else "hold" for choice in CHOICES.values()} == {"off", "allow", "hold"}


def test_monitor_table_answers_are_of_every_kind():
    answers = {answer for cell in CELLS for answer in expected(cell)}
    assert {answer.certainty for answer in answers} == {"certain", "possible", "unknown"}
    assert {reason for answer in answers for reason in answer.reasons} == {
        "in_zone", "held", "jump", "expired", "no_fix", "stale", "low_accuracy", "spoofing", "jamming", "clock",
        "outside_coverage", "no_pack", "limit", "notice",
    }  # fmt: skip
    for i, name in enumerate(CHOICES):
        assert len({answer.levels[i] for answer in answers}) >= 2, name
    assert {asked for answer in answers for asked in answer.retain_s} == {None, 60.0, 7_200.0, 86_400.0}
    assert {notice for answer in answers for own in answer.notices for notice in own} == {
        "collecting:outside",
        "stopped:inside",
    }
    assert {answer.exempt for answer in answers} == {(), ("yard",)}
    assert len(answers) > 100


def test_monitor_table_a_row_that_is_left_out_is_noticed(monkeypatch):
    whole = [expected(cell) for cell in CELLS[::7]]
    for row in list(monitor_oracle.ROWS):
        rest = [other for other in monitor_oracle.ROWS if other is not row]
        with monkeypatch.context() as patch:
            patch.setattr(monitor_oracle, "ROWS", rest)
            assert [expected(cell) for cell in CELLS[::7]] != whole, row.__name__


def test_monitor_table_page_is_what_the_cells_make():
    assert monitor_page.PAGE.read_text(encoding="utf-8") == monitor_page.page()


def test_monitor_table_page_shows_cells_that_are_judged():
    shown = [cell for states in monitor_page.shown_cells().values() for own in states.values() for cell in own]
    assert set(shown) <= set(CELLS)
    assert 40 <= len(monitor_page.table_rows()) <= 72


def test_monitor_random_scripts_are_answered_as_the_rules_say():
    failing = {}
    for seed in range(500):
        found = monitor_cells.first_difference(*monitor_cells.random_script(Random(seed)), "kernel")
        if found is not None:
            failing[seed] = f"call {found[0]}: {difference(*found[1:])}"
    assert not failing, "\n".join(f"seed {seed}: {text}" for seed, text in list(failing.items())[:20])
