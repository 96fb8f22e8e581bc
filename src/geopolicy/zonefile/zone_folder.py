"""The zone files of a folder: those below it, or those of the edition that is mounted there."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from geopolicy.errors import Problem
from geopolicy.zonefile.mounted_volume import EDITION_LINK, TRIES, is_of_edition, read_one_edition
from geopolicy.zonefile.stored_file import StoredFile, first_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SUFFIXES = (".geojson", ".geojson.gz")
# Files that hold areas, too, and are not read.
_OTHER_FORMATS = (
    *(".dwg", ".dxf", ".fgb", ".geojsonl", ".geojsons", ".geojsonseq", ".geoparquet", ".gml", ".gpkg", ".kml", ".kmz"),
    *(
        ".mif",
        ".mvt",
        ".ndgeojson",
        ".osm",
        ".osm.pbf",
        ".shp",
        ".shp.zip",
        ".shz",
        ".tab",
        ".topojson",
        ".wkb",
        ".wkt",
    ),
)
_BACKUP = re.compile(r".\.geojson(?:\.gz)?[.~]")  # zones.geojson.bak, zones.geojson.txt, zones.geojson~
_HEAD_BYTES = 4096
_GEOJSON = re.compile(rb'"(?:FeatureCollection|Feature|Topology)"')


class FolderSearch:
    """What is found below folders, each of which is looked into once; what cannot be read is a problem."""

    def __init__(self, seen: Iterable[str] = ()) -> None:
        self.files: list[StoredFile] = []
        self.passed_over: list[str] = []
        self.problems: list[Problem] = []
        self.seen = set(seen)

    def look_into(self, shown: Path, folder: str) -> None:
        """Adds the zone files below a folder, which messages call ``shown``."""
        waiting = [(shown, folder)]
        while waiting:
            name_shown, followed = waiting.pop()
            real = os.path.realpath(followed)
            if real in self.seen:
                continue
            self.seen.add(real)
            try:
                with os.scandir(real) as listing:
                    entries = list(listing)
            except OSError as error:
                rule = "a folder of zones must be readable"
                self.problems.append(Problem("file-unreadable", rule, error.strerror, file=str(name_shown)))
                continue
            if any(entry.name == EDITION_LINK for entry in entries):
                self._take_edition(name_shown, real)
                entries = [entry for entry in entries if not is_of_edition(entry.path)]
            for entry in entries:
                if entry.name.lower().endswith(SUFFIXES):  # a folder of such a name is refused when it is read
                    self.files.append(StoredFile(str(name_shown / entry.name), entry.path))
                    continue
                if _seems_to_hold_zones(entry):
                    self.passed_over.append(str(name_shown / entry.name))
                if _is_folder(entry):
                    waiting.append((name_shown / entry.name, entry.path))

    def _take_edition(self, shown: Path, folder: str) -> None:
        """Adds the zone files of the edition that is mounted now, with their content."""

        def search(edition: str) -> FolderSearch:
            inside = FolderSearch(self.seen)
            inside.look_into(shown, edition)
            inside.files = [file.with_content() for file in inside.files]
            return inside

        inside, is_whole = read_one_edition(folder, search)
        self.files += inside.files
        self.passed_over += inside.passed_over
        self.problems += inside.problems
        self.seen |= inside.seen
        if not is_whole:
            rule = f"a mounted volume must stay as it is while it is read, got it switched {TRIES} times"
            self.problems.append(Problem("file-unreadable", rule, file=str(shown), hint="read it again"))


def _seems_to_hold_zones(entry: os.DirEntry[str]) -> bool:
    """Whether an entry that is not read is in a form of areas, by its name, and of JSON by its first bytes."""
    name = entry.name.lower()
    if name.startswith("."):
        return False
    try:
        if name.endswith(".gdb") or not entry.is_file():
            return name.endswith(".gdb")
        if name.endswith((".json", ".json.gz")):
            return _begins_as_geojson(entry.path)
    except OSError:
        return name.endswith((".json", *_OTHER_FORMATS))
    return name.endswith(_OTHER_FORMATS) or _BACKUP.search(name) is not None


def _begins_as_geojson(path: str) -> bool:
    head = first_bytes(path, _HEAD_BYTES)
    return _GEOJSON.search(head.replace(b"\0", b"")) is not None  # also in UTF-16


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that cannot be followed: what it may lead to is not passed over in silence
        return True
