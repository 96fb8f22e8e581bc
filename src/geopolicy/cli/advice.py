"""What to run next about a path that is not there, or is of something else than what was asked for."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from geopolicy.authoring.lint.findings import Finding
    from geopolicy.errors import Problem

    Told = TypeVar("Told", Problem, Finding)

_CODES = frozenset({"file-unreadable", "json-syntax", "json-encoding", "source-format"})
_NAMED = {"drive": re.compile(r"drive '(.+?)': "), "log": re.compile(r"audit log '(.+?)': ")}
_HEAD = 1024
_LONGEST = 200  # letters of a path that is worth saying again
_MAPS = (".fgb", ".gml", ".gpkg", ".kml", ".plan", ".shp", ".shz", ".waypoints")


def with_advice(problem: Told, command: str | None = None) -> Told:
    """A problem of a file of zones with what to do as its hint, if that can be told and it has none."""
    if problem.code not in _CODES or not problem.file:
        return problem
    is_file, is_there = _standing_of(problem.file)
    is_hinted = problem.hint is not None and problem.code != "source-format" and is_file
    advice = None if is_hinted else advice_on(problem.file, "zones")
    if command is not None and problem.hint is None and advice is None and not is_there:
        advice = f"see geopolicy {command} --help"
    return problem if advice is None else replace(problem, hint=advice)


def _standing_of(name: str) -> tuple[bool, bool]:
    """Whether a path is a file, and whether it is there."""
    try:
        return Path(name).is_file(), Path(name).exists()
    except (OSError, ValueError):
        return False, False


def advice_in(message: str) -> str | None:
    """What to do about the drive or the log that a message is about."""
    for kind, pattern in _NAMED.items():
        named = pattern.match(message)
        if named is not None:
            return advice_on(named[1], kind)
    return None


def advice_on(name: str, wanted: str) -> str | None:
    """What to run about a path that is not what was wanted (zones, a drive, a log); None if it tells nothing."""
    path = Path(name)
    try:
        if len(name) > _LONGEST:
            return None
        if path.is_dir():
            return _on_folder(path, wanted)
        return _on_file(path, wanted) if path.is_file() else _on_missing(path)
    except (OSError, ValueError):
        return None


def _on_missing(path: Path) -> str | None:
    if path.exists():
        return None
    near = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1, cutoff=0.7)
    return f"is {_said(path.parent / near[0])} meant?" if near else None


def _on_folder(path: Path, wanted: str) -> str | None:
    names = sorted(entry.name for entry in path.iterdir())
    packs = [name for name in names if name.endswith(".gpol")]
    maps = [name for name in names if name.lower().endswith(_MAPS)]
    if {"metadata", "targets"} <= set(names):
        return f"it looks like a repository of packs: geopolicy publish status {_said(path)}"
    if wanted != "log" and any(re.fullmatch(r"\d{12}\.jsonl", name) for name in names):
        return f"it looks like an audit log: geopolicy log show {_said(path)}"
    if wanted == "zones" and packs:
        return f"a pack is named by itself: geopolicy info {_said(path / packs[0])}"
    if wanted == "zones" and maps:
        return f"it has {maps[0]}: {_conversion(path / maps[0])}"
    if wanted != "zones" and any(name.endswith((".geojson", ".geojson.gz")) for name in names):
        return f"it looks like a folder of zones: geopolicy info {_said(path)}"
    if wanted == "zones":
        return f"geopolicy convert --help says how zones of other programs come into {_said(path)}"
    return f"see geopolicy {'log show' if wanted == 'log' else 'drives'} --help"


def _on_file(path: Path, wanted: str) -> str | None:
    from geopolicy.drives.formats import format_of

    with path.open("rb") as file:
        head = file.read(_HEAD)
    suffix = path.suffix.lower()
    if head.startswith(b"GPOLPACK"):
        return None if wanted == "zones" else f"it is a pack of zones: geopolicy info {_said(path)}"
    if suffix in _MAPS:
        return f"it looks like a map: {_conversion(path)}" if wanted == "zones" else None
    if b'"geopolicy"' in head:
        return None if wanted == "zones" else f"it looks like a zone file: geopolicy info {_said(path)}"
    drive = format_of(suffix, head)
    if wanted != "drive" and drive is not None and suffix != ".geojson":
        return f"it looks like a drive ({drive.name}), which stands before zones: geopolicy replay {_said(path)} ZONES"
    return None


def _conversion(path: Path) -> str:
    return f"geopolicy convert {_said(path)} -o {_said(path.with_suffix('.geojson'))}"


def _said(path: Path) -> str:
    return shlex.quote(str(path))
