"""The law of replay: an error, or at no fix looser than a monitor fed with the truth of the file."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import geopolicy as gp
from drive_spoilers import spoiled_file
from geopolicy.errors import DriveFileError
from shapes import box

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from drive_dialects import Written

SENSORS = ("camera", "lidar")
VEHICLE = gp.Vehicle(SENSORS)
_IN_FORCE = gp.Window(
    since=datetime(2026, 1, 5, 8, 0, 10, tzinfo=UTC), until=datetime(2026, 1, 5, 8, 0, 30, tzinfo=UTC)
)
_RULES = (
    gp.Rule(["camera"], gp.Level.OFF),
    gp.Rule(["lidar"], gp.Level.OFF),
    gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=_IN_FORCE)),
)


def engine_around(rng: Random, truth: Sequence[gp.Fix]) -> gp.Engine:
    """Three small zones, each around a fix or beside one; one of them only for some seconds."""
    places = [fix for fix in truth if not math.isnan(fix.lat)] or [gp.Fix(45.27, 13.7)]
    zones = []
    for index, rule in enumerate(_RULES):
        place, half = rng.choice(places), rng.uniform(0.0001, 0.001)
        lat, lon = place.lat + rng.uniform(-0.001, 0.001), place.lon + rng.uniform(-0.001, 0.001)
        zones.append(gp.Zone(f"z{index}", box(lon - half, lat - half, lon + half, lat + half), [rule]))
    return gp.open(gp.ZoneSet(zones), VEHICLE)


def broken_law(
    seed: int | str,
    counts: Counter[str],
    make: Callable[[Random], tuple[Written, tuple[str, ...]]] = spoiled_file,
) -> str | None:
    """What is wrong with the replay of a spoiled file, in words; None if nothing is. Counts what was tried."""
    rng = Random(seed)
    file, spoilers = make(rng)
    engine = engine_around(rng, file.truth)
    counts["files"] += 1
    decisions = _replayed(file, engine, counts)
    if decisions is None:
        return None
    monitor = gp.Monitor(engine, profile=gp.MonitorProfile())
    wanted = [monitor.update(fix) for fix in file.truth]
    what = f"{file.name} after {', '.join(spoilers) or 'no spoiler'}, seed {seed!r}"
    if len(decisions) > len(wanted) or (len(decisions) < len(wanted) and "cut" not in spoilers):
        return f"{what}: {len(decisions)} fixes, {len(wanted)} are stated"
    counts["fixes"] += len(decisions)
    for index, (decision, truth) in enumerate(zip(decisions, wanted, strict=False)):
        for sensor in SENSORS:
            counts["allowed"] += decision.level(sensor) < gp.Level.OFF
            if decision.level(sensor) < truth.level(sensor):
                return f"{what}: {sensor} is looser at fix {index}"
    return None


def _replayed(file: Written, engine: gp.Engine, counts: Counter[str]) -> list[gp.Decision] | None:
    """The decisions of a replay; None for an error, and for a file without accuracies, where others stand in."""
    replay = gp.replay.MonitoredReplay(engine, gp.MonitorProfile())
    try:
        drive = gp.open_drive(io.BytesIO(file.content), name=file.name, **file.options)
        decisions = [step.decision for step in replay.steps(drive) if step.is_fix]
    except DriveFileError:
        counts["errors"] += 1
        return None
    if not drive.states_accuracy:
        counts["without_accuracy"] += 1
        return None
    return decisions
