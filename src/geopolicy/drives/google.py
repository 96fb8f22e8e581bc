"""Exports of Google's location history: ``Records.json``, and the raw signals of a Timeline. Files are read whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geopolicy.drives.columns import shown_name
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
_DEGREES = r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?"
_LAT_LON = re.compile(rf"(?:geo:)?\s*{_DEGREES}\s*,\s*{_DEGREES}\s*", re.ASCII)
_POSITIONS = ("LatLng", "latLng")
_OF_GOOGLE = {"timestampMs": "timestampMs of Google"}
_NOT_READ = ("activity", "deviceTimestamp", "inferredLocation", "activeWifiScan", "locationMetadata")
_OF_SEGMENTS = re.compile("start|end")  # their times
_FIELDS = ("time", "accuracy", "speed", "course", "valid", "mock")
_MADE = "Google made these of the fixes, in whole minutes and without accuracies; export Records or raw signals"


def is_head(head: bytes) -> bool:
    """Whether a file begins as an export does."""
    return head.startswith((b"{", b"[")) and _NAME.search(head) is not None and _FEATURE.search(head) is None


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The ``locations`` of Records, or the positions among the ``rawSignals`` of a Timeline, in the order of the file.

    Segments of a Timeline (``timelinePath``, visits, activities) are made of these and not read. Files of at most
    256 MiB.

    Raises
    ------
    DriveFileError
        For a Timeline of segments alone, what is no such export, and as for CSV.
    """
    document = load(recording)
    members = document if isinstance(document, dict) else {}
    if isinstance(members.get("locations"), list):
        yield from _records(recording, members["locations"])
    elif members.get("rawSignals") and isinstance(members["rawSignals"], list):
        _note_segments(recording, members.get("semanticSegments"))
        yield from _signals(recording, members["rawSignals"])
    elif isinstance(document, list) or {"semanticSegments", "timelineObjects", "rawSignals"} & set(members):
        raise recording.error("must have fixes: locations or rawSignals", "none but segments of a Timeline", hint=_MADE)
    else:
        raise recording.error("must have locations or rawSignals", "neither")
    recording.check_names()


def _records(recording: Recording, locations: list[Any]) -> Iterator[Fix]:
    reader = RecordReader(recording, "member")

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
    reader = RecordReader(recording, "member", _FIELDS)

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
                yield Record(place, reader.values(_named(recording, members), place), _lat_lon(text))

    return reader.fixes(records())


def _lat_lon(text: Any) -> tuple[float, float]:
    """The position in a text such as ``45.25°, 13.5°`` or ``geo:45.25,13.5``."""
    match = _LAT_LON.fullmatch(text) if isinstance(text, str) else None
    return NOWHERE if match is None else (float(match[1]), float(match[2]))


def _note_segments(recording: Recording, segments: Any) -> None:
    for segment in segments if isinstance(segments, list) else []:
        names = [name for name in segment if not _OF_SEGMENTS.match(name)] if isinstance(segment, dict) else []
        recording.note_columns([], [f"{shown_name(name)} of semanticSegments".replace("'", "") for name in names[:10]])
