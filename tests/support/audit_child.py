"""A process that writes an audit log and may be killed on the way: ``audit_child.py SCENARIO FOLDER``.

Between two look-ups of paths that do not exist it does what the scenario is about. It needs nothing but the
standard library and the log, so that it starts soon.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geopolicy.audit import AuditLog
from geopolicy.audit.segments import segments_in
from geopolicy.model.decisions import Certainty, Decision, Reason
from geopolicy.model.rules import Level
from geopolicy.model.sensors import Vehicle
from geopolicy.model.transitions import Transition, TransitionKind
from traced_calls import BEGINS, ENDS

KEY = bytes(32)
BEGAN = datetime(2026, 1, 20, tzinfo=UTC)
VEHICLE = Vehicle(["camera.front", "microphone"])
SIZE = 65_536


def transition(number, days=0):
    levels = dict.fromkeys(VEHICLE.sensors, Level.OFF if number % 2 else Level.ALLOW)
    zones = tuple(f"zone-{i}" for i in range(20)) if number % 2 else ()
    reasons = (Reason.IN_ZONE,) if zones else ()
    after = Decision(VEHICLE, levels, {}, frozenset(), {}, {}, zones, Certainty.CERTAIN, reasons)
    time = BEGAN + timedelta(days=days, seconds=number)
    return Transition(number, TransitionKind.RESTRICTED, None, after, float(number), time, "ab" * 32)


def opened(folder):
    return AuditLog(folder, KEY, max_bytes=SIZE, max_age=timedelta(days=90))


def write_until_next_begins_a_file(log, folder, number=1, files=1):
    """Writes until the last of so many files is full: the next record begins another."""
    while True:
        log.write(transition(number))
        number += 1
        paths = segments_in(Path(folder))
        if len(paths) >= files and paths[-1][1].stat().st_size >= SIZE // 16:
            return number


def prepare(scenario, folder):
    """What there is before the window; the log, if it is open then, and the number of the next transition."""
    if scenario in ("first", "torn", "unfinished", "unclean"):
        return None, 1
    log = opened(folder)
    if scenario in ("append", "close"):
        log.write(transition(1))
        return log, 2
    if scenario == "rotate":
        return log, write_until_next_begins_a_file(log, folder)
    if scenario == "retain-size":
        return log, write_until_next_begins_a_file(log, folder, files=15)
    for month in range(6):
        log.write(transition(month + 1, days=31 * month))
    return log, 7


def act(scenario, folder, log, number):
    """What happens in the window."""
    if scenario == "close":
        log.close()
    elif scenario == "retain-age":
        log.retain(BEGAN + timedelta(days=230))
    else:
        log = log or opened(folder)
        log.write(transition(number))
    return log


def main(scenario, folder):
    log, number = prepare(scenario, folder)
    if log is not None:
        print(log.checkpoint().to_json(), end="", flush=True)
    os.access(BEGINS, os.F_OK)
    log = act(scenario, folder, log, number)
    os.access(ENDS, os.F_OK)
    # Whatever failed in the window, the log goes on afterwards.
    if scenario != "close":
        log.write(transition(number + 1, days=160))
        print(log.checkpoint().to_json(), end="", flush=True)
        print(log.failures, log.pending, flush=True)
        log.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
