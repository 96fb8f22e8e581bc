"""GeoJSON: lines with times, or one point per fix. The file is read whole; sequences of texts are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.drives.features import FeatureReader, drive_in
from geopolicy.drives.json_text import RECORD_SEPARATOR, JsonText, json_lines, json_text, load, separated_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.features import Feature
    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

_OTHERS = {
    "locations": "say format overland, or google",
    "rawSignals": "say format google",
    "semanticSegments": "say format google",
}


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The positions of points and lines in the order of the file.

    A Point takes time, accuracy, speed, course and validity from its properties, by the names that CSV columns
    have. A line (or MultiPoint) takes times from ``coordTimes``, ``times`` or ``timestamps``, in its properties, their
    ``coordinateProperties`` or its geometry, else from the fourth numbers of its positions, and whatever else is a list
    of as many values as it has positions; if their number is another one, they are not used. Where a file has points
    and lines, only the lines are the drive, unless they have no times and the points do. A feature without geometry is
    a fix that is not valid. Files of at most 256 MiB: nothing can be read before the whole is.

    Raises
    ------
    DriveFileError
        For invalid JSON (NaN and Infinity included), what is no GeoJSON, a ``crs`` other
        than WGS 84, geometries none of which is a point or a line, and as for CSV.
    """
    document = load(recording)
    for name, hint in _OTHERS.items():
        if isinstance(document, dict) and "type" not in document and name in document:
            raise recording.error("must be a FeatureCollection or a Feature", f"an object of {name}", "$.type", hint)
    if isinstance(document, dict) and "geopolicy" in document:
        raise recording.error("must be a drive", "a file of zones (it has a header of geopolicy)")
    yield from FeatureReader(recording).fixes(drive_in(recording, document, "feature"), are_all=True)
    recording.check_names()


def is_sequence_head(head: bytes) -> bool:
    """Whether a file begins with a text of its own in its first line, or with a separator of RFC 8142."""
    if head.startswith(RECORD_SEPARATOR):
        return True
    first, *others = head.replace(b"\r", b"\n").strip().split(b"\n")
    if not any(line.strip().startswith(b"{") for line in others):
        return False
    text = json_text(1, first)
    return isinstance(text.value, dict) and text.value.get("type") in ("Feature", "FeatureCollection", "Point")


def read_sequence(recording: Recording) -> Iterator[Fix]:
    """The positions of texts of GeoJSON, one in each line or, by RFC 8142, each after a record separator.

    Each is read as a file of GeoJSON would be. What is cut off between two separators is passed over (RFC 8142 2.4);
    a line that is no JSON is a fix that is not valid, since nobody can tell what it stated.

    Raises
    ------
    DriveFileError
        For a text that is no GeoJSON, points and lines in one sequence, and as for one file of GeoJSON.
    """
    reader = _SequenceReader(recording)
    head = recording.stream.peek(16).removeprefix(b"\xef\xbb\xbf").lstrip()
    texts = separated_texts(recording) if head.startswith(RECORD_SEPARATOR) else json_lines(recording)
    for text in texts:
        yield from reader.fixes(text)
    recording.check_names()


class _SequenceReader:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._reader = FeatureReader(recording)
        self._kind: str | None = None

    def fixes(self, text: JsonText) -> Iterator[Fix]:
        """The fixes of a text."""
        recording = self._recording
        if text.is_broken:
            yield recording.no_position(text.cause, text.place)
            return
        drive = drive_in(recording, text.value, text.place, f"{text.place}: $")
        self._check_kind(drive, text.place)
        yield from self._reader.fixes(drive)

    def _check_kind(self, features: list[Feature], place: str) -> None:
        for feature in features:
            if feature.depth is None:
                continue
            kind = "lines" if feature.depth else "points"
            self._kind = self._kind or kind
            if kind != self._kind:
                raise self._recording.error("must hold either points or lines", f"{kind} after {self._kind}", place)
