"""Zone files as commands read them: the set, and how many warnings there are of it."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from geopolicy.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geopolicy.errors import Problem
    from geopolicy.zonefile.files import ZoneSource
    from geopolicy.zonefile.zone_set import ZoneSet

_MOST_NAMED = 3


def read_with_warnings(
    sources: Sequence[ZoneSource],
    *,
    repair: bool = False,
    unwrap: bool = False,
    on_progress: Callable[[float], object] | None = None,
) -> tuple[ZoneSet, list[Problem]]:
    """The set of zone files, and what `validate` warns of.

    Raises
    ------
    ZoneFileError
        If the files are refused.
    """
    from geopolicy.zonefile.loading import load_zone_files
    from geopolicy.zonefile.mistakes import probable_mistakes
    from geopolicy.zonefile.zone_set import joined

    loaded = load_zone_files(sources, repair=repair, unwrap=unwrap, on_progress=on_progress)
    zone_set = joined(loaded)
    return zone_set, [*zone_set.warnings, *probable_mistakes(loaded.files, datetime.now(UTC))]


def say_warnings(warnings: Sequence[Problem], paths: Sequence[Path], *options: str) -> None:
    """A line on standard error that counts warnings, if there are any, and says how to see them."""
    if warnings:
        words = [str(path) for path in paths] if len(paths) <= _MOST_NAMED else ["ZONES"]
        command = shlex.join(["geopolicy", "validate", *words, *options])
        text = f"{console.count_text(len(warnings), 'warning')}; {command} shows them"
        console.complain(text, "yellow")
