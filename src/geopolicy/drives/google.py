"""Exports of Google's location history: ``Records.json``, and the raw signals of a Timeline. Files are read whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geopolicy.drives.columns import shown_name
from geopolicy.drives.google_paths import FIELDS, lat_lon, note_segments, raw_paths, timeline_paths
from geopolicy.drives.json_text import load
from geopolicy.drives.records import NOWHERE, Record, RecordReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_NAME = re.compile(
    rb'"(?:latitudeE7|longitudeE7|timestampMs|semanticSegments|rawSignals|timelinePath|timelineObjects)"\s*:'
    rb'|"locations"\s*:\s*\['
)
_FEATURE = re.compile(rb'"type"\s*:\s*"Feature')
_POSITIONS = ("LatLng", "latLng")
_OF_GOOGLE = {"timestampMs": "timestampMs of Google"}
_NOT_READ = ("activity", "deviceTimestamp", "inferredLocation", "activeWifiScan", "locationMetadata")
_PARTS = ("locations", "rawSignals", "semanticSegments", "timelineObjects")
_MADE = "visits and activities are places and no fixes; export Records, raw signals or paths"


def is_head(head: bytes) -> bool:
    """Whether a file begins as an export does."""
    return head.startswith((b"{", b"[")) and _NAME.search(head) is not None and _FEATURE.search(head) is None


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The ``locations`` of Records, or what a Timeline has, in the order of the file.

    Of a Timeline the positions among its ``rawSignals`` are read. Without any, its paths are, which Google made of the
    fixes; visits and activities are not read. Files of at most 256 MiB.

    Raises
    ------
    DriveFileError
        For a Timeline without paths, what is no such export, and as for CSV.
    """
    document = load(recording)
    members = document if isinstance(document, dict) else {}
    recording.note_columns([], [shown_name(name).strip("'") for name in members if name not in _PARTS])
    if isinstance(members.get("locations"), list):
        recording.note_columns([], [name for name in _PARTS[1:] if name in members])
        yield from _records(recording, members["locations"])
    elif members.get("rawSignals") and isinstance(members["rawSignals"], list):
        note_segments(recording, members.get("semanticSegments"))
        note_segments(recording, members.get("timelineObjects"))
        yield from _signals(recording, members["rawSignals"])
    elif isinstance(document, list) or {"semanticSegments", "timelineObjects", "rawSignals"} & set(members):
        yield from _paths(recording, document)
    else:
        raise recording.error("must have locations or rawSignals", "neither")
    recording.check_names()


def _paths(recording: Recording, document: Any) -> Iterator[Fix]:
    """The paths of a Timeline; how exact they are nobody knows, and some stamps are whole minutes."""
    raw = document.get("timelineObjects") if isinstance(document, dict) else None
    if isinstance(raw, list):
        note_segments(recording, document.get("semanticSegments"))
        fixes, name = raw_paths(recording, raw), "simplifiedRawPath"
    else:
        segments = document if isinstance(document, list) else document.get("semanticSegments")
        root = "$" if isinstance(document, list) else "$.semanticSegments"
        fixes, name = timeline_paths(recording, segments if isinstance(segments, list) else [], root), "timelinePath"
    first = next(fixes, None)
    if first is None:
        raise recording.error("must have fixes: locations, rawSignals or paths", "none", hint=_MADE)
    recording.assume(f"rows: the points of {name}, which Google made of the fixes")
    yield first
    yield from fixes


def _records(recording: Recording, locations: list[Any]) -> Iterator[Fix]:
    reader = RecordReader(recording, "member")
    for location in locations:
        reader.expect(location if isinstance(location, dict) else {})

    def record(index: int, location: Any) -> Record:
        place = f"$.locations[{index}]"
        if not isinstance(location, dict) or location.get("type") == "Feature":
            hint = "of Overland, say format overland"
            raise recording.error("must have objects with latitudeE7 as locations", "something else", place, hint)
        members = {"latitudeE7": "", "longitudeE7": "", **location}
        return Record(place, reader.values(_named(recording, members), place))

    return reader.fixes(record(index, location) for index, location in enumerate(locations))


def _named(recording: Recording, members: dict[str, Any]) -> dict[str, Any]:
    chosen = recording.choices.names()
    named = {}
    for name, value in members.items():
        if name in _NOT_READ and name not in chosen:
            recording.note_columns([], [name])
        else:
            named[name if name in chosen else _OF_GOOGLE.get(name, name)] = value
    return named


def _signals(recording: Recording, signals: list[Any]) -> Iterator[Fix]:
    recording.assume("rows: the positions among rawSignals")
    reader = RecordReader(recording, "member", FIELDS)
    for signal in signals:
        position = signal.get("position") if isinstance(signal, dict) else None
        reader.expect(position if isinstance(position, dict) else {})

    def records() -> Iterator[Record]:
        for index, signal in enumerate(signals):
            place = f"$.rawSignals[{index}]"
            position = signal.get("position") if isinstance(signal, dict) else None
            if position is None:
                kind = next(iter(signal), "") if isinstance(signal, dict) else ""
                shown = kind if kind in ("wifiScan", "activityRecord") else "another"
                recording.skipped[f"{shown} signal"] += 1
            elif not isinstance(position, dict):
                yield Record(place, {}, NOWHERE)
            else:
                members = {name: value for name, value in signal.items() if name != "position"} | position
                text = next((members.pop(name) for name in _POSITIONS if name in members), None)
                yield Record(place, reader.values(_named(recording, members), place), lat_lon(text))

    return reader.fixes(records())
