"""Asking again and again: what counts as a change, how long it waits, and that nothing ends it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import islice
from types import SimpleNamespace

import pytest

from geopolicy.update.client import Outcome
from geopolicy.update.fetch import UnreachableError
from geopolicy.update.refusals import Attack, RefusedUpdateError
from geopolicy.update.watching import LONGEST_S, ask, delay_s, watched
from published import NOW


def packs(**digests: str):
    return {path: SimpleNamespace(digest=digest) for path, digest in digests.items()}


def outcome(error=None, *, left_out=(), trouble=None, **digests: str):
    return Outcome(packs(**(digests or {"city": "1"})), False, error, tuple(left_out), trouble)


def refusal(attack=Attack.FREEZE, file="timestamp.json", text="must be, got 3"):
    return RefusedUpdateError(attack, file, text)


class Client:
    """A client to which each answer comes as it was written down; the last one for ever."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes, self.packs, self.trouble, self.asked = list(outcomes), {}, None, []
        self.fresh_until_s = None

    def update(self, now, monotonic_s=None):
        self.asked.append((now, monotonic_s))
        found = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        self.packs, self.trouble = found.packs, found.trouble
        return found


def changes(*outcomes: Outcome):
    """For each answer whether it is a change."""
    asked = watched(Client(*outcomes), now=lambda: NOW, sleep=lambda _: None, random=lambda: 0.5)
    return [one.is_change for one in islice(asked, len(outcomes))]


def test_watching_first_answer_is_a_change_and_the_same_again_is_none():
    assert changes(outcome(), outcome(), outcome()) == [True, False, False]


@pytest.mark.parametrize("other", [
    outcome(refusal()), outcome(UnreachableError("down")), outcome(left_out=[refusal()]),
    outcome(trouble="the second copy"), outcome(city="2"), outcome(city="1", fire="1"),
], ids=range(6))  # fmt: skip
def test_watching_whatever_differs_is_a_change_and_so_is_its_end(other):
    assert changes(outcome(), other, other, outcome()) == [True, True, False, True]


def test_watching_another_attack_or_file_is_a_change_and_other_figures_are_not():
    answers = [refusal(text="3 bytes a second"), refusal(text="4"), refusal(Attack.ROLLBACK), refusal(file="root.json")]
    assert changes(*map(outcome, answers)) == [True, False, True, True]
    full = [outcome(trouble=f"{count:,} bytes are free") for count in (3, 4)]
    assert changes(*full) == [True, False]


def test_watching_pack_that_is_new_and_one_that_is_gone_are_named():
    client = Client(outcome(city="1", fire="1"), outcome(city="2"))
    first = ask(client, NOW)
    second = ask(client, NOW, None, first)
    assert (first.new, first.gone, first.time) == (("city", "fire"), (), NOW)
    assert (second.new, second.gone) == (("city",), ("fire",))


def test_watching_waits_longer_while_nothing_is_answered_and_asks_at_the_time_it_is_told():
    down = outcome(UnreachableError("down"))
    client, slept, times = Client(outcome(), down, down, down, outcome(), outcome()), [], iter(range(100))
    asked = watched(client, 60.0, now=lambda: NOW.replace(second=next(times)), sleep=slept.append, random=lambda: 0.5)
    assert [one.failures for one in islice(asked, 6)] == [0, 1, 2, 3, 0, 0]
    assert slept == [60.0, 60.0, 90.0, 90.0, 60.0]
    assert [moment.second for moment, _ in client.asked] == [0, 1, 2, 3, 4, 5]


def test_watching_goes_on_for_ever_where_nobody_answers():
    slept = []
    asked = watched(Client(outcome(refusal())), 1.0, now=lambda: NOW, sleep=slept.append, random=lambda: 0.999)
    assert next(islice(asked, 300, None)).failures == 301
    assert 60.0 <= max(slept) <= LONGEST_S


def test_watching_by_itself_takes_the_time_of_the_machine(monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    client = Client(outcome())
    list(islice(watched(client, 60.0), 2))
    assert abs(datetime.now(UTC) - client.asked[0][0]).total_seconds() < 3600
    assert 54.0 <= slept[0] <= 66.0


def test_watching_tells_once_that_nothing_was_confirmed_for_too_long():
    client, seconds = Client(outcome(), outcome(UnreachableError("down"))), iter([0.0, 50.0, 100.0, 150.0])
    client.fresh_until_s = 100.0
    asked = watched(client, now=lambda: NOW, monotonic_s=lambda: next(seconds), sleep=lambda _: None)
    assert [(one.is_stale, one.is_change) for one in islice(asked, 4)] == [
        (False, True), (False, True), (True, True), (True, False),
    ]  # fmt: skip


@pytest.mark.parametrize("every_s", [0.0, -1.0, float("nan"), float("inf")])
def test_watching_interval_that_is_none_is_refused(every_s):
    for call in (lambda: delay_s(every_s, 0, lambda: 0.5), lambda: watched(Client(outcome()), every_s)):
        with pytest.raises(ValueError, match=r"^every_s must be above 0 seconds, got "):
            call()
