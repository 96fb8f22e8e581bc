"""A copy of a recording, in two passes: positions first, then message by message."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.base.atomic import atomic_file, atomic_place, target_of
from geopolicy.drives.bags.files import SUFFIXES, BagMessages, bag_of, bag_of_file
from geopolicy.drives.bags.messages import Beside, Wanted
from geopolicy.drives.bags.positions import is_position
from geopolicy.errors import RedactionError, UnknownSensorError
from geopolicy.hosts.redact.options import RedactionOptions
from geopolicy.hosts.redact.report import FORMAT, ReportWriter, time_text
from geopolicy.hosts.redact.scan import PositionRules, scan
from geopolicy.hosts.redact.topics import MAX_S
from geopolicy.hosts.redact.tracks import tracks_of
from geopolicy.hosts.redact.verdicts import Judge
from geopolicy.hosts.redact.writers import writing

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from geopolicy.drives.bags.files import BagFiles
    from geopolicy.engines.contract import Engine
    from geopolicy.hosts.redact.report import Totals
    from geopolicy.hosts.redact.scan import Scan
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
        What was assumed of positions.
    owed
        What the copy owes: limits by sensor and name, and notices, whose value is None.
    delete_by
        When the first of what is kept must be deleted; None if nothing must.
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
        For options that do not suit the recording, an output that is the recording or of another kind, engines of
        several vehicles, and a recording that changes meanwhile.
    UnknownSensorError
        For a sensor in the topics that the vehicle does not have.
    OSError
        If the copy or the report cannot be written; the copy is not there then.
    """
    options = options or RedactionOptions()
    source, target = Path(recording), Path(output)
    place = Path(report) if report is not None else target.with_name(target.name + REPORT_SUFFIX)
    below = _below(_vehicle_of(engines), options)
    if any(choice != "off" for choice in options.profile.on_unknown.values()):
        raise RedactionError("profile: on_unknown must be off for a copy, got a sensor that may go on")
    _check_seconds(options)
    files = bag_of(source, str(source)) if source.is_dir() else bag_of_file(source, str(source))
    _check_kind(files, target)
    for path in (target, place):
        _check_target(files, source, path)
    state = _state_of(files)
    latency_ns = round(options.latency_s * 1e9)
    rules = PositionRules(options.topic, latency_ns, options.profile.v_max_mps, options.accuracy_95_m)
    found = scan(files, str(source), rules)
    _check_kept(options, found)
    tracks = [track for engine in engines for track in tracks_of(engine, found.fixes, options.profile)]
    judge = Judge(options, tracks, found, below)
    with atomic_place(target) as copy, atomic_file(place) as stream:
        writer = ReportWriter(stream)
        writer.put("start", **_start(source, files, engines, options))
        for note in found.notes:
            writer.put("note", note=note)
        digest = _copy(_Pass(files, str(source), found, on_progress), judge, options, copy, writer)
        if _state_of(files) != state:
            raise RedactionError(f"recording '{source}': must not change while it is copied, got another size or time")
        owed = {f"{sensor} {name}": value for (sensor, name), value in sorted(judge.owed.items())}
        writer.finish(sha256=digest, owed=owed, delete_by=time_text(judge.delete_by, 1))
    types = {name: seen.topic.type_name for name, seen in found.topics.items()}
    told = writer.totals, types, tuple(writer.beside), tuple(found.notes)
    return Redaction(target, place, digest, *told, judge.owed, judge.delete_by)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What the second pass goes through."""

    files: BagFiles
    name: str
    found: Scan
    on_progress: Callable[[float], object] | None


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


def _check_seconds(options: RedactionOptions) -> None:
    """Refuse times that are none: a latency that is too small lets go what was sensed in a zone."""
    said = {"latency_s": options.latency_s, "exposure_s": options.exposure_s}
    for name, topic in options.topics.topics.items():
        said |= {f"latency_s of {name!r}": topic.latency_s or 0.0, f"exposure_s of {name!r}": topic.exposure_s or 0.0}
    for what, seconds in said.items():
        if not 0.0 <= seconds <= MAX_S:
            raise RedactionError(f"options: {what} must be 0 to {MAX_S:.0f} seconds, got {seconds!r}")


def _check_kind(files: BagFiles, target: Path) -> None:
    """Refuse a copy of another kind than the recording."""
    if SUFFIXES.get(target.suffix) != files.format:
        suffix = next(suffix for suffix, kind in SUFFIXES.items() if kind == files.format)
        raise RedactionError(
            f"copy '{target}': must be of the kind of the recording, got {target.suffix or 'no suffix'}; name it "
            f"{target.stem}{suffix}"
        )


def _check_target(files: BagFiles, source: Path, target: Path) -> None:
    """Refuse to write over the recording, or into its folder."""
    if target.exists() and any(target.samefile(path) for path in files.paths):
        raise RedactionError(f"copy '{target}': must be another file than what is read, got the recording")
    if source.is_dir() and source.resolve() in target_of(target).resolve().parents:
        raise RedactionError(f"copy '{target}': must not be in the folder that is read, got a file in '{source}'")


def _check_kept(options: RedactionOptions, found: Scan) -> None:
    """Refuse to keep by name what a sensor is named for, or the positions."""
    for name, seen in found.topics.items():
        if options.keeps(name) and (options.topics.of(name) is not None or is_position(seen.topic)):
            kind = "positions" if is_position(seen.topic) else "a topic that the file of topics names"
            raise RedactionError(f"topic {name!r}: must not be kept by its name, got {kind}; zones decide about it")


def _state_of(files: BagFiles) -> list[tuple[int, ...]]:
    """What tells whether files changed."""
    states = [path.stat() for path in files.paths]
    return [(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns) for state in states]


def _start(source: Path, files: BagFiles, engines: Sequence[Engine], options: RedactionOptions) -> dict[str, Any]:
    """What the report begins with."""
    return {
        "format": FORMAT,
        "time": time_text(options.now),
        "recording": source.name,
        "bytes": sum(path.stat().st_size for path in files.paths),
        "zones": [{"sha256": engine.digest, "id": engine.header.id} for engine in engines],
        "latency_s": options.latency_s,
        "exposure_s": options.exposure_s,
        "keep": list(options.keep),
        "anonymize": options.anonymize is not None,
        "stays_in_vehicle": options.stays_in_vehicle,
        "stored_in": options.stored_in,
    }
