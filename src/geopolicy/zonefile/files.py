"""The files that hold zones: found in folders and read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIX = ".geojson"


def zone_paths(sources: Sequence[str | os.PathLike[str]], problems: list[Problem]) -> list[Path]:
    """The zone files that files and folders stand for, sorted within each folder; adds a problem for what has none."""
    paths = []
    for source in sources:
        path = Path(source)
        inside = _inside(path, problems) if path.is_dir() else [path]
        if not inside:
            rule = f"a folder of zones needs at least one *{SUFFIX} file"
            problems.append(Problem("file-unreadable", rule, "none", file=str(path)))
        paths += inside
    return paths


def _inside(folder: Path, problems: list[Problem]) -> list[Path]:
    """The zone files below a folder, links followed once; a folder that cannot be read is a problem."""

    def refuse(error: OSError) -> None:
        rule = "a folder of zones must be readable"
        problems.append(Problem("file-unreadable", rule, error.strerror, file=str(error.filename)))

    paths: list[Path] = []
    seen: set[str] = set()
    for parent, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        named = [name for name in folders if name.lower().endswith(SUFFIX)]  # refused when they are read
        folders[:] = [name for name in folders if name not in named]
        paths += [Path(parent, name) for name in (*files, *named) if name.lower().endswith(SUFFIX)]
    return sorted(paths)


def content_of(path: Path) -> bytes:
    """What a zone file holds.

    Raises
    ------
    ZoneFileError
        If it cannot be read, or is a pack.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        problem = Problem("file-unreadable", "a zone file must be readable", cause, file=str(path))
        raise ZoneFileError([problem]) from error
    if content.startswith(b"GPOLPACK"):
        hint = "packs are for check, info, replay and geopolicy.open, one at a time, and named *.gpol"
        problem = Problem("file-unreadable", "a zone file must be GeoJSON", "a pack", file=str(path), hint=hint)
        raise ZoneFileError([problem])
    return content
