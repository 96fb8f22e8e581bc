"""What ``geopolicy replay`` says at the end: sums for each sensor, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.cli import console
from geopolicy.cli.documents import time_text
from geopolicy.replay.monitored import ASSUMED_ACCURACY_M

if TYPE_CHECKING:
    from geopolicy.drives.open import Drive
    from geopolicy.replay import MonitoredReplay, Summary


def _summary_json(summary: Summary) -> dict[str, Any]:
    restricted = [
        {"sensor": sensor, "level": level.label, "duration_s": round(seconds, 3), "length_m": round(metres, 1)}
        for (sensor, level), seconds in sorted(summary.seconds_at.items())
        for metres in [summary.metres_at[sensor, level]]
    ]
    asked = [
        {"sensor": sensor, "asked": tag, "duration_s": round(seconds, 3), "length_m": round(metres, 1)}
        for (sensor, tag), seconds in sorted(summary.seconds_asked.items())
        for metres in [summary.metres_asked[sensor, tag]]
    ]
    return {
        "fixes": summary.fixes,
        "fixes_without_position": summary.unusable,
        "fixes_without_time": summary.untimed,
        "from": time_text(summary.began),
        "until": time_text(summary.ended),
        "duration_s": round(summary.seconds, 3),
        "steps_not_in_duration": summary.left_out,
        "length_m": round(summary.metres, 1),
        "restricted": restricted,
        "asked_beside_levels": asked,
        "zones": sorted(summary.zones),
    }


def totals_json(summary: Summary, watched: MonitoredReplay | None, notes: list[str]) -> dict[str, Any]:
    """All of it as plain values."""
    doubted = dict(watched.monitor.counters) if watched else {}
    return {
        "summary": _summary_json(summary) | {"doubted_fixes": doubted},
        "assumptions": notes,
        "zones_without_a_sensor_here": summary.zones_without_our_sensor(),
    }


def show_totals(summary: Summary, notes: list[str]) -> None:
    """All of it as lines and a table."""
    _show_summary(summary)
    console.say()
    console.say("Assumed")
    for note in notes:
        console.say(f"  - {note}")


def _show_summary(summary: Summary) -> None:
    fixes = console.count_text(summary.fixes, "fix", "fixes")
    unusable = console.count_text(summary.unusable, "fix", "fixes")
    total = f"{fixes}, {console.duration_text(summary.seconds)}, {console.length_text(summary.metres)}"
    console.say()
    console.say(f"Drive: {total}; {unusable} without a valid position")
    if summary.left_out:
        steps = console.count_text(summary.left_out, "step", "steps")
        console.say(f"Not in the times: {steps} of more than an hour, or back in time")
    if not summary.fixes:
        console.say("There is no fix in the drive: nothing was judged.", "bold red")
        return
    if not summary.seconds_at and not summary.seconds_asked:
        console.say("No sensor was restricted.", "green")
        return
    levels = sorted(summary.seconds_at, key=lambda key: (key[0], -key[1]))
    if levels:
        rows = [(s, level.label, summary.seconds_at[s, level], summary.metres_at[s, level]) for s, level in levels]
        _show_table("Restricted", "level", rows, summary)
    if summary.seconds_asked:
        keys = sorted(summary.seconds_asked)
        rows = [(s, tag, summary.seconds_asked[s, tag], summary.metres_asked[s, tag]) for s, tag in keys]
        _show_table("Asked beside levels", "asked", rows, summary)
    console.say(f"Zones met: {', '.join(sorted(summary.zones)) or 'none'}")


def _show_table(title: str, kind: str, rows: list[tuple[str, str, float, float]], summary: Summary) -> None:
    """How long and how far each sensor was bound by something."""
    cells = []
    for sensor, what, seconds, metres in rows:
        share = f"{metres / summary.metres:.0%}" if summary.metres else "-"
        times = console.duration_text(seconds) if summary.untimed < summary.fixes else "-"
        cells.append((sensor, what, times, console.length_text(metres), share))
    console.say()
    console.say(title)
    console.show_table(("sensor", kind, "time", "distance", "share of distance"), cells)
    console.say()


def circumstances(state: str | None, emergency: bool | None) -> list[str]:
    """What was said of the vehicle, or not said."""
    notes = [f"the vehicle is {state}" if state else "driving or parked is not known: rules for either hold"]
    if emergency is None:
        notes.append("whether there is an emergency is not known: no rule is lifted by one")
    else:
        notes.append("there is an emergency all the time" if emergency else "there is no emergency")
    return notes


def first_notes(drive: Drive, accuracy: float | None, *, is_raw: bool) -> list[str]:
    """What stands in for the accuracy of a file that states none, said before all else; empty if nothing does.

    Only from the first fix on is it known what a document of JSON and a pipe state.
    """
    if drive.states_accuracy or (is_raw and accuracy is None):
        return []
    metres = ASSUMED_ACCURACY_M if accuracy is None else accuracy
    none = "no accuracy:" if drive.is_accuracy_settled else "no accuracy so far; until it does,"
    return [f"the file states {none} every fix is taken as within {metres:g} m (95 %)"]


def assumptions(drive: Drive, accuracy: float | None, watched: MonitoredReplay | None, time: str | None) -> list[str]:
    """What the answer rests on and the file does not say."""
    notes = [*drive.assumptions]
    notes += drive.causes.lines()
    if drive.not_read:
        notes.append(f"not read: {', '.join(drive.not_read)}")
    notes += [f"skipped in the file: {reason} ({count})" for reason, count in sorted(drive.skipped.items()) if count]
    if drive.states_accuracy:
        unused = "; --accuracy is not used" if accuracy is not None else ""
        notes.append(f"the file states accuracies: a fix without a usable one is no fix{unused}")
    elif accuracy is None and watched is None:
        notes.append("fixes without an accuracy are taken as exact; give --accuracy METRES to widen them")
    notes.append("the straight path between two fixes counts; a path counts whole at the tightest level met on it")
    notes += ["each fix is judged alone, as if no other had come"] if watched is None else _monitored(watched)
    judged = {
        None: "at the times of the fixes; without one, or one before the zones were issued, all are in force",
        "unknown": "as in force: time unknown",
    }
    notes.append(f"schedules are judged {judged.get(time, f'at {time}')}")
    return notes


def _monitored(watched: MonitoredReplay) -> list[str]:
    """What the monitor was told, and what it made of the fixes."""
    monitor, profile = watched.monitor, watched.monitor.profile
    bounds = f"a fix is stale after {profile.stale_after_s:g} s, the vehicle no faster than {profile.v_max_mps:g} m/s"
    notes = [f"a monitor judges the fixes: {bounds}; --raw judges each fix alone"]
    notes.append("its monotonic clock is that of the stamps; between fixes it is asked only when one becomes stale")
    if watched.stale_s:
        stale = console.duration_text(watched.stale_s)
        notes.append(f"for {stale} the last fix was stale; if this source is slow, give --stale-after SECONDS")
    if 2 * (monitor.counters["no_monotonic_time"] + monitor.counters["same_time"]) > watched.fixes > 0:
        notes.append("most fixes have no time of their own, so their age is not known; give --raw to judge each alone")
    if monitor.counters:
        doubted = ", ".join(f"{kind} ({count})" for kind, count in sorted(monitor.counters.items()))
        notes.append(f"ignored or doubted fixes: {doubted}")
    return notes
