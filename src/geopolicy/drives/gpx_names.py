"""The names of elements and attributes of GPX: which of them say something of a point, and which are not read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.causes import shape_of
from geopolicy.drives.columns import is_name, shown_name
from geopolicy.drives.names import fold, meaning_of, what_it_looks_like

if TYPE_CHECKING:
    from geopolicy.drives.recording import Recording

FIELDS = (
    *("lat", "lon", "ns", "ew", "time", "accuracy", "speed", "speed_error", "course", "valid", "mock", "spoofing"),
    "jamming",
)
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
DATUM = "datum"
"""The field of a name that says on which datum positions are; GPX itself has only WGS 84."""
_DATUMS = ("crs", "crsname", "srs", "srsname", "srid", "epsg", "coordinatesystem", "spatialreference")
_OF_HEIGHTS = ("verticaldatum", "heightdatum", "altitudedatum")
_WGS_84 = (
    *("wgs84", "w84", "wgs1984", "gcswgs1984", "4326", "epsg4326", "4979", "epsg4979", "crs84", "ogccrs84"),
    *("urnogcdefcrsepsg4326", "urnogcdefcrsogc13crs84", "urnogcdefcrsogccrs84"),
    *("httpwwwopengisnetdefcrsepsg04326", "httpwwwopengisnetdefcrsogc13crs84"),
)
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:\D.*)?", re.ASCII | re.DOTALL)


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
            if is_datum(name):
                self._recording.note_names({name})

    def is_datum_outside(self, name: str) -> bool:
        """Whether a name outside of points says on which datum they are, and the user says nothing of it."""
        return is_datum(name) and name not in self._chosen

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

    def check_datum(self, name: str, text: str, place: str) -> None:
        """Refuse positions on a datum that is not WGS 84.

        Raises
        ------
        DriveFileError
            If the text names none, or another one.
        """
        if fold(text) in _WGS_84:
            self._recording.assume(f"datum: WGS 84, as {shown_name(name)} says")
        elif fold(name).endswith("datum") and _DATE.fullmatch(text):
            self._recording.note_columns([], [shown_name(name).strip("'")])  # German for date
        else:
            pasted = name if is_name(name) else "NAME"
            raise self._recording.error(
                "must have its positions on WGS 84",
                f"{shown_name(name)} {shape_of(text)!r}, which is not known as WGS 84",
                place,
                f"transform them, or leave it out if they are on WGS 84: --columns '{pasted}=-'",
            )

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
        if any(map(is_datum, (*path.split("."), name))):
            return Known(name if is_datum(name) else longer, DATUM)
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


def is_datum(name: str) -> bool:
    """Whether a name says on which datum positions are."""
    folded = fold(name)
    return folded in _DATUMS or (folded.endswith("datum") and folded not in _OF_HEIGHTS)
