"""The zone files of a folder: those below it, or those of the edition that is mounted there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from geopolicy.errors import Problem
from geopolicy.zonefile.mounted_volume import EDITION_LINK, TRIES, is_of_edition, read_one_edition
from geopolicy.zonefile.stored_file import StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SUFFIXES = (".geojson", ".geojson.gz")


class FolderSearch:
    """What is found below folders, each of which is looked into once; what cannot be read is a problem."""

    def __init__(self, seen: Iterable[str] = ()) -> None:
        self.files: list[StoredFile] = []
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
                elif _is_folder(entry):
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
        self.problems += inside.problems
        self.seen |= inside.seen
        if not is_whole:
            rule = f"a mounted volume must stay as it is while it is read, got it switched {TRIES} times"
            self.problems.append(Problem("file-unreadable", rule, file=str(shown), hint="read it again"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that cannot be followed: what it may lead to is not passed over in silence
        return True
