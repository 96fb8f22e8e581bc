"""The names of elements and attributes of GPX: which of them say something of a point, and which are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.columns import shown_name
from geopolicy.drives.names import meaning_of, what_it_looks_like

if TYPE_CHECKING:
    from geopolicy.drives.recording import Recording

FIELDS = ("lat", "lon", "ns", "ew", "time", "accuracy", "speed", "course", "valid", "mock", "spoofing", "jamming")
MAX_PATH = 2000  # characters, of an element and those around it within a point
_MAX_NAMES = 10_000
_MAX_CHARACTERS = 1 << 20
_MAX_LISTED = 100
# What GPX 1.0 and 1.1 themselves have outside of points; none of it says how good a fix is.
_OF_GPX = (
    *("gpx", "metadata", "trk", "trkseg", "rte", "extensions", "name", "cmt", "desc", "src", "link", "text", "type"),
    *("number", "author", "email", "copyright", "year", "license", "time", "keywords", "bounds", "url", "urlname"),
    *("version", "creator", "schemaLocation", "minlat", "minlon", "maxlat", "maxlon", "href", "id", "domain"),
)


class Known(NamedTuple):
    """A name that is read, and the field of a fix that it means; "" where the layout has yet to refuse it."""

    name: str
    field: str


class Names:
    """Knows the names of one file, each of which is looked at once.

    Raises
    ------
    DriveFileError
        For more than 10,000 names, or a megabyte of them.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._chosen = {name: field for field, (name, _) in recording.choices.fields.items()}
        self._chosen |= dict.fromkeys(recording.choices.left_out, "none")
        self._inside: dict[tuple[str, str], Known | None] = {}
        self._outside: set[str] = set()
        self._listed: set[str] = set()
        self._size = 0

    def inside(self, path: str, name: str) -> Known | None:
        """What a name within a point means, after the path of the elements around it; None if nothing."""
        key = path, name
        if key not in self._inside:
            self._check_size(len(path) + len(name))
            self._inside[key] = self._look_at(path, name)
        return self._inside[key]

    def count(self, name: str) -> None:
        """Count a name outside of points."""
        if name not in self._outside:
            self._outside.add(name)
            self._check_size(len(name))

    def note_outside(self, name: str) -> None:
        """List a name outside of points that states something, unless it is one of GPX itself."""
        if name in self._listed or name in _OF_GPX:
            return
        self._listed.add(name)
        meaning = meaning_of(name)
        if meaning is not None and meaning.field == "accuracy":
            self._recording.states_accuracy = True  # of no point in particular, but nothing may stand in for it
        shown = shown_name(name).strip("'") if len(self._listed) <= _MAX_LISTED else "others"
        self._recording.note_columns([], [f"{shown} (outside of points)"])

    def _check_size(self, size: int) -> None:
        self._size += size
        if len(self._inside) + len(self._outside) >= _MAX_NAMES or self._size > _MAX_CHARACTERS:
            raise self._recording.error(f"must have at most {_MAX_NAMES} different names, of a megabyte in all", "more")

    def _look_at(self, path: str, name: str) -> Known | None:
        parent = path.rpartition(".")[2]
        longer = f"{parent}.{name}" if path else name
        for candidate in (f"{path}.{name}", longer, name):
            if candidate in self._chosen:
                return Known(candidate, self._chosen[candidate])
        meaning, alone = meaning_of(longer), meaning_of(name)
        if meaning is None and alone is not None and alone.field != "none":
            longer, meaning = name, alone
        if meaning is not None and meaning.field in FIELDS:
            return Known(longer, meaning.field)
        if meaning is None and alone is None and what_it_looks_like(name) is not None:
            return Known(name, "")
        if meaning is None and path and what_it_looks_like(path) is not None:
            return Known(f"{path}.{name}", "")
        self._recording.note_columns([], [shown_name(name).strip("'")])
        return None
