"""A copy of a recording, in two passes: positions first, then message by message."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.base.arguments import check_callable, check_kind, list_of
from geopolicy.base.atomic import atomic_file, atomic_place
from geopolicy.drives.bags.files import BagMessages, bag_of, bag_of_file
from geopolicy.drives.bags.messages import Beside, Wanted
from geopolicy.engines.contract import Engine
from geopolicy.engines.parts import parts_of
from geopolicy.errors import RedactionError, UnknownSensorError
from geopolicy.hosts.redact.kinds import is_static, may_be_position
from geopolicy.hosts.redact.naming import check_sensors, unmet_names, unnamed_zones
from geopolicy.hosts.redact.options import RedactionOptions
from geopolicy.hosts.redact.places import blamed, check_places, modes_for, state_of
from geopolicy.hosts.redact.report import FORMAT, ReportWriter, time_text
from geopolicy.hosts.redact.scan import PositionRules, scan
from geopolicy.hosts.redact.tracks import tracks_of
from geopolicy.hosts.redact.verdicts import Judge
from geopolicy.hosts.redact.writers import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from geopolicy.drives.bags.files import BagFiles
    from geopolicy.hosts.redact.report import Totals
    from geopolicy.hosts.redact.scan import Scan
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle

REPORT_SUFFIX = ".report.jsonl"
_PROGRESS = 256  # messages between two words of it


@dataclass(frozen=True, slots=True)
class Redaction:
    """What became of a recording.

    Attributes
    ----------
    output, report
        The copy, and the report of what was left out.
    sha256
        Of the copy, which the report states at its end.
    topics
        By topic, how many messages were kept, changed, and left out for which reasons.
    types
        By topic, what its messages are.
    beside
        What became of attachments and metadata.
    notes
        What was assumed of positions, and which names mean nothing here.
    owed
        What the copy owes: limits by sensor and name, and notices, whose value is None.
    delete_by
        When the first of what is kept must be deleted; None if nothing must.
    zones_without_sensor
        The zones that were met and name none of the sensors of topics in any of their rules: they left out nothing.
    """

    output: Path
    report: Path
    sha256: str
    topics: Mapping[str, Totals]
    types: Mapping[str, str]
    beside: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    owed: Mapping[tuple[str, str], float | None] = field(default_factory=dict)
    delete_by: datetime | None = None
    zones_without_sensor: tuple[str, ...] = ()

    @property
    def kept(self) -> int:
        """How many messages are in the copy."""
        return sum(totals.kept for totals in self.topics.values())

    @property
    def left_out(self) -> int:
        """How many messages are not."""
        return sum(sum(totals.left_out.values()) for totals in self.topics.values())

    def __hash__(self) -> int:
        return hash(self.sha256)


def redact_recording(
    recording: str | os.PathLike[str],
    engines: Sequence[Engine],
    output: str | os.PathLike[str],
    options: RedactionOptions | None = None,
    *,
    report: str | os.PathLike[str] | None = None,
    on_progress: Callable[[float], object] | None = None,
) -> Redaction:
    """Write a copy of a recording without what zones do not let leave.

    Monitors go through the positions forwards and backwards; a message stays only if all of them let its sensors
    go on for the whole time in which it was sensed. The recording is not changed.

    Parameters
    ----------
    recording
        An MCAP file, a file of SQLite of ROS 2, or the folder of a bag.
    engines
        The zones of today and, if others were in force when it was recorded, those: both count. All of one vehicle.
    output
        The copy: ``.mcap`` of MCAP, ``.db3`` of SQLite. What is there already is replaced when the copy is whole.
    options
        What is kept, and how.
    report
        Where what was left out is reported; by default beside the copy, with `REPORT_SUFFIX`.
    on_progress
        Called with the share of messages that were copied.

    Raises
    ------
    DriveFileError
        For a recording that cannot be read, or whose topic of positions is not clear.
    RedactionError
        For options that do not suit the recording, a sensor that neither the zones nor the vocabulary name, an output
        that is the recording, the report or of another kind, engines of several vehicles, and a recording that changes
        meanwhile.
    UnknownSensorError
        For a sensor in the topics that the vehicle does not have.
    OSError
        If the copy or the report, which it names, cannot be written; the copy is not there then.
    TypeError
        For arguments of other types.
    """
    _check_arguments(recording, output, options, report, on_progress)
    engines = list_of("engines", engines, Engine, "engines as geopolicy.open makes them")
    options = options or RedactionOptions()
    source, target = Path(recording), Path(output)
    place = Path(report) if report is not None else target.with_name(target.name + REPORT_SUFFIX)
    below = _below(_vehicle_of(engines), options)
    every = [engine.decide_zones(engine.zone_ids) for engine in engines]
    check_sensors(every, below)
    files = bag_of(source, str(source)) if source.is_dir() else bag_of_file(source, str(source))
    check_places(files, source, target, place)
    state = state_of(files)
    latency_ns = round(options.latency_s * 1e9)
    rules = PositionRules(options.topic, latency_ns, options.profile.v_max_mps, options.accuracy_95_m)
    found = scan(files, str(source), rules)
    _check_kept(options, found)
    tracks = [track for engine in engines for track in tracks_of(engine, found.fixes, options.profile)]
    unnamed = _unnamed(engines, every, found, below)
    found.notes += [*unmet_names(options, found), *_told(unnamed)]
    judge = Judge(options, tracks, found, below)
    run = _Pass(files, str(source), found, on_progress)
    start = _start(source, files, engines, options)
    digest, writer = _write(run, judge, options, (target, place), start, state)
    types = {name: seen.topic.type_name for name, seen in found.topics.items()}
    told = writer.totals, types, tuple(writer.beside), tuple(found.notes)
    return Redaction(target, place, digest, *told, judge.owed, judge.delete_by, tuple(unnamed))


def _check_arguments(recording: Any, output: Any, options: Any, report: Any, on_progress: Any) -> None:
    check_kind("recording", recording, (str, os.PathLike), "a path")
    check_kind("output", output, (str, os.PathLike), "a path")
    check_kind("options", options, (RedactionOptions, type(None)), "RedactionOptions or None")
    check_kind("report", report, (str, os.PathLike, type(None)), "a path or None")
    check_callable("on_progress", on_progress)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What the second pass goes through."""

    files: BagFiles
    name: str
    found: Scan
    on_progress: Callable[[float], object] | None


def _write(
    run: _Pass,
    judge: Judge,
    options: RedactionOptions,
    places: tuple[Path, Path],
    start: Mapping[str, Any],
    state: list[tuple[int, ...]],
) -> tuple[str, ReportWriter]:
    """Write the copy and the report; the SHA-256 of the copy."""
    target, place = places
    modes = modes_for(run.files)
    known = [target, place, *run.files.paths]
    with (
        blamed(target, known),
        atomic_place(target, *modes) as copy,
        blamed(place, known),
        atomic_file(place, *modes) as stream,
    ):
        writer = ReportWriter(stream, place)
        writer.put("start", **start)
        for note in run.found.notes:
            writer.put("note", note=note)
        with blamed(target, known):
            digest = _copy(run, judge, options, copy, writer)
        if state_of(run.files) != state:
            raise RedactionError(
                f"recording '{run.name}': must not change while it is copied, got another size or time"
            )
        owed = {f"{sensor} {name}": value for (sensor, name), value in sorted(judge.owed.items())}
        writer.finish(sha256=digest, owed=owed, delete_by=time_text(judge.delete_by, 1))
    return digest, writer


def _copy(run: _Pass, judge: Judge, options: RedactionOptions, copy: Path, report: ReportWriter) -> str:
    """Every message to the copy or to the report, in the order of the recording; the SHA-256 of the copy."""
    wanted = Wanted(judge.is_wanted, lambda _kind, name: options.keeps(name))
    total = sum(seen.messages for seen in run.found.topics.values())
    with writing(run.files.format, copy, run.found.profile) as writer:
        for number, record in enumerate(BagMessages(run.files, run.name, wanted)):
            if run.on_progress is not None and total and number % _PROGRESS == 0:
                run.on_progress(min(number / total, 1.0))
            if isinstance(record, Beside):
                is_kept = record.content is not None
                report.put_beside(record.kind, record.name, record.size, is_kept=is_kept)
                if is_kept:
                    writer.add_beside(record)
                continue
            verdict = judge.verdict(record)
            name = record.topic.name
            if verdict.data is None:
                report.leave_out(name, verdict.why, verdict.reasons, record.log_ns, record.size)
            else:
                writer.add(record, verdict.data)
                report.keep(name, is_changed=verdict.is_changed)
        return writer.finish()


def _vehicle_of(engines: Sequence[Engine]) -> Vehicle:
    vehicles = {engine.vehicle for engine in engines}
    if len(vehicles) != 1:
        raise RedactionError(f"engines must be of one vehicle, got {len(vehicles)}")
    return vehicles.pop()


def _below(vehicle: Vehicle, options: RedactionOptions) -> dict[str, tuple[str, ...]]:
    """Of each sensor that topics name those of the vehicle that are meant: below it, else what it is part of."""
    below: dict[str, tuple[str, ...]] = {}
    for name in options.topics.sensors():
        above = [sensor for sensor in vehicle.sensors if name.startswith(sensor + ".")]
        found = vehicle.below(name) or tuple(sorted(above, key=len)[-1:])
        if not found:
            known = ", ".join(vehicle.sensors)
            what = "sensor of positions" if name == options.topics.position else "sensor"
            raise UnknownSensorError(f"topics: the vehicle must have the {what} {name!r}, got {known}")
        below[name] = found
    return below


def _check_kept(options: RedactionOptions, found: Scan) -> None:
    """Refuse to keep by name what a sensor is named for, or what may tell where the vehicle was."""
    for name, seen in found.topics.items():
        if not options.keeps(name):
            continue
        telling = [topic for topic in seen.declared.values() if may_be_position(topic)]
        if name in options.keep and options.topics.of(name) is None and all(map(is_static, seen.declared.values())):
            continue
        if telling or options.topics.of(name) is not None:
            kind = f"{telling[0].type_name}, which may tell where the vehicle was" if telling else "one with a sensor"
            hint = "" if not any(map(is_static, telling)) else "; name it without *"
            raise RedactionError(
                f"topic {name!r}: must not be kept by its name, got {kind}; zones decide about it{hint}"
            )


def _unnamed(
    engines: Iterable[Engine], every: Iterable[Decision], found: Scan, below: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """The zones that were met and name no sensor of a topic."""
    sensors = {sensor for meant in below.values() for sensor in meant}
    pairs = zip(engines, every, strict=True)
    return sorted({zone for engine, whole in pairs for zone in unnamed_zones(engine, whole, found.fixes, sensors)})


def _told(zones: list[str]) -> list[str]:
    """What a report, which names no zone, says of those that left out nothing."""
    if not zones:
        return []
    words = "zone that was met names" if len(zones) == 1 else "zones that were met name"
    return [f"{len(zones):,} {words} no sensor of a topic; are the sensors called as the zones call them?"]


def _start(source: Path, files: BagFiles, engines: Sequence[Engine], options: RedactionOptions) -> dict[str, Any]:
    """What the report begins with."""
    return {
        "format": FORMAT,
        "time": time_text(options.now),
        "recording": source.name,
        "bytes": sum(path.stat().st_size for path in files.paths),
        "zones": [{"sha256": part.digest, "id": part.header.id} for engine in engines for part in parts_of(engine)],
        "latency_s": options.latency_s,
        "exposure_s": options.exposure_s,
        "keep": list(options.keep),
        "anonymize": options.anonymize is not None,
        "stays_in_vehicle": options.stays_in_vehicle,
        "stored_in": options.stored_in,
    }
