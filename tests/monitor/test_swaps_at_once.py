"""Eight threads decide, each with a monitor of its own, while another thread swaps the zones of all of them."""

from __future__ import annotations

import sys
import threading
import time

import pytest

import geopolicy as gp
from geopolicy import Level, Reason, Rule
from monitor_scenes import CAR, fix, settle, strip

THREADS = 8
EDITIONS = 126  # 125 swaps of each monitor, 1,000 of all
LEVELS = Level.NO_RECORD, Level.IN_VEHICLE


def engine_of(revision):
    """A base and an overlay whose rules all say of which revision they are."""
    text = str(revision)
    base = [strip("yard", -500.0, 500.0, Rule(["camera"], Level.OFF, text=text))]
    storm = [strip("storm", -500.0, 500.0, Rule(["radar"], LEVELS[revision % 2], text=text))]
    header = gp.ZoneFileHeader("fleet", revision), gp.ZoneFileHeader("emergency", revision, kind="overlay")
    packs = [gp.compile(gp.ZoneSet(zones, own)) for zones, own in zip((base, storm), header, strict=True)]
    return gp.open(packs, CAR)


@pytest.fixture
def often():
    """Threads change as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def revisions_in(decision):
    return {cause.rule.text for cause in decision.causes}


def follow(monitor, is_over, found):
    """Fixes and ticks at one place until all is over; what each decision says of the revisions that it is by."""
    seconds = 6.0
    while not is_over.is_set():
        seconds += 0.1
        time.sleep(0.0)  # where no decision is made, so that the others get their turn
        for decision in (monitor.update(fix(seconds, seconds % 7.0)), monitor.tick(seconds + 0.05)):
            found.add((len(decision.zones), tuple(revisions_in(decision)), decision.reasons))


@pytest.mark.usefixtures("often")
def test_decisions_while_zones_are_swapped_are_by_one_revision_each_and_leave_no_gap():
    engines = [engine_of(revision) for revision in range(1, EDITIONS + 1)]
    monitors = [gp.Monitor(engines[0]) for _ in range(THREADS)]
    for monitor in monitors:
        settle(monitor, 0.0)
    is_over, found = threading.Event(), [set() for _ in monitors]
    threads = [
        threading.Thread(target=follow, args=(monitor, is_over, own))
        for monitor, own in zip(monitors, found, strict=True)
    ]
    for thread in threads:
        thread.start()
    for number, engine in enumerate(engines[1:], 2):
        for monitor in monitors:
            assert revisions_in(monitor.swap(engine)) == {str(number)}
            assert revisions_in(monitor.decision) == {str(number)}
    is_over.set()
    for thread in threads:
        thread.join()
    digests = ["+".join(sorted(part.digest for part in engine.parts)) for engine in engines]
    by_digest = {digest: {str(number)} for number, digest in enumerate(digests, 1)}
    for monitor, own in zip(monitors, found, strict=True):
        assert monitor.last_error is None
        assert len(own) > 5
        for zones, revisions, reasons in own:
            assert (zones, len(revisions)) == (2, 1), (zones, revisions)
            assert not {Reason.NO_PACK, Reason.INTERNAL} & set(reasons)
        for transition in monitor.transitions():
            assert by_digest[transition.digest] == revisions_in(transition.after)
