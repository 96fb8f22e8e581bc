"""Batches of Overland: an object with a list of features in each line, or one that is the whole file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geopolicy.drives.features import FeatureReader, positioned, shared
from geopolicy.drives.json_text import broken_lines_cut, json_text, load, text_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_NOT_READ = ("current", "trip")
_LOCATIONS = re.compile(rb'"locations"\s*:\s*\[')


def is_head(head: bytes) -> bool:
    """Whether a file begins with a batch."""
    return (
        head.startswith(b"{")
        and _LOCATIONS.search(head) is not None
        and b'"Feature"' in head
        and b'"FeatureCollection"' not in head
    )


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The locations of batches in their order; those that tell of a visit are places and no fixes.

    One batch in each line is read line by line, and of any size; one batch that has several lines is read whole, up to
    256 MiB.

    Raises
    ------
    DriveFileError
        For a line that is no batch, and as for GeoJSON.
    """
    batches = _Batches(recording)
    lines = text_lines(recording)
    first = next(lines, None)
    if first is None or json_text(*first).is_broken:
        rest = (line + b"\n" for _, line in lines)
        yield from batches.fixes(load(recording, [b"" if first is None else first[1] + b"\n"], rest), "$")
    else:
        yield from batches.fixes(json_text(*first).value, f"line {first[0]}")
        for text in broken_lines_cut(recording, lines):
            if text.is_broken:
                yield recording.no_position(text.cause, text.place)
            else:
                yield from batches.fixes(text.value, text.place)
    recording.check_names()


class _Batches:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._reader = FeatureReader(recording)

    def fixes(self, batch: Any, place: str) -> Iterator[Fix]:
        """The fixes of a batch."""
        locations = batch.get("locations") if isinstance(batch, dict) else None
        if not isinstance(locations, list):
            raise self._recording.error("must be a batch of Overland, with a list of locations", "none", place)
        self._recording.note_columns([], [name for name in _NOT_READ if batch.get(name)])
        others = {name: value for name, value in batch.items() if name not in ("locations", *_NOT_READ)}
        features = [location for location in locations if not self._is_visit(location, place)]
        drive = positioned(self._recording, features, f"{place} location", shared(self._recording, others))
        if any(feature.depth for feature in drive):
            raise self._recording.error("must have locations that are points", "a line", place)
        return self._reader.fixes(drive)

    def _is_visit(self, location: Any, place: str) -> bool:
        if not isinstance(location, dict) or location.get("type") != "Feature":
            raise self._recording.error(
                "must have features as locations", "something else", place, "of Google, say format google"
            )
        properties = location.get("properties")
        is_visit = isinstance(properties, dict) and properties.get("action") == "visit"
        if is_visit:
            self._recording.skipped["visit (a place, no fix)"] += 1
        return is_visit
