"""Where a copy and its report go: never over what is read, and never wider open than the recording."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geopolicy.base.atomic import target_of
from geopolicy.drives.bags.files import SUFFIXES
from geopolicy.errors import RedactionError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from geopolicy.drives.bags.files import BagFiles


def check_places(files: BagFiles, source: Path, target: Path, report: Path) -> None:
    """Refuse a copy of another kind than the recording, and files that would be written over another.

    Raises
    ------
    RedactionError
        For a copy or a report that is the recording or in its folder, and for one that is both.
    """
    if SUFFIXES.get(target.suffix) != files.format:
        suffix = next(suffix for suffix, kind in SUFFIXES.items() if kind == files.format)
        raise RedactionError(
            f"copy '{target}': must be of the kind of the recording, got {target.suffix or 'no suffix'}; name it "
            f"{target.stem}{suffix}"
        )
    for what, path in (("copy", target), ("report", report)):
        if any(_is_same(path, read) for read in files.paths):
            raise RedactionError(f"{what} '{path}': must be another file than what is read, got the recording")
        if source.is_dir() and source.resolve() in target_of(path).resolve().parents:
            raise RedactionError(f"{what} '{path}': must not be in the folder that is read, got a file in '{source}'")
    if _is_same(report, target):
        raise RedactionError(f"report '{report}': must be another file than the copy, got the same")


def _is_same(path: Path, other: Path) -> bool:
    """Whether two paths lead to one file, be it there or not."""
    if path.exists() and other.exists():
        return path.samefile(other)
    return target_of(path).resolve() == target_of(other).resolve()


def modes_for(files: BagFiles) -> tuple[int, int]:
    """The mode of a new copy, and the widest: who may not read the recording may not read what was there before."""
    widest = 0o666
    for path in files.paths:
        widest &= path.stat().st_mode
    widest |= stat.S_IRUSR | stat.S_IWUSR
    umask = os.umask(0o077)  # there is no way to ask for it but to set one
    os.umask(umask)
    return widest & ~umask, widest


def state_of(files: BagFiles) -> list[tuple[int, ...]]:
    """What tells whether files changed."""
    states = [path.stat() for path in files.paths]
    return [(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns) for state in states]


@contextmanager
def blamed(path: Path, known: Collection[Path]) -> Iterator[None]:
    """Errors of the system that name none of the known files are about this one: it is written under another name."""
    try:
        yield
    except OSError as error:
        if error.filename not in map(str, known):
            error.filename = str(path)
        raise
