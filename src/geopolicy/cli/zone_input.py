"""The argument ZONES: the set that its paths stand for, and how many warnings there are of it."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from geopolicy.cli import console
from geopolicy.cli.options import is_pack, standard_input

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from typing import BinaryIO

    from geopolicy.errors import Problem
    from geopolicy.pack.pack import Pack
    from geopolicy.zonefile.header_of import HeaderSource
    from geopolicy.zonefile.zone_set import ZoneSet

_MOST_NAMED = 3
_STANDARD_INPUT = Path("-")


def zone_sources(zones: Iterable[Path], *, others: Iterable[str] = ()) -> list[Path | BinaryIO]:
    """What `read_zones` takes for these paths; ``others`` are arguments that may be standard input, too."""
    paths = list(zones)
    count = paths.count(_STANDARD_INPUT)
    if count + sum(other == "-" for other in others) > 1:
        raise typer.BadParameter("standard input can be read only once, got - twice", param_hint="ZONES")
    return [standard_input() if path == _STANDARD_INPUT else path for path in paths]


def read_with_warnings(
    paths: Sequence[Path],
    *,
    others: Iterable[str] = (),
    header: HeaderSource | None = None,
    repair: bool = False,
    unwrap: bool | Collection[str] = False,
    on_progress: Callable[[float], object] | None = None,
) -> tuple[ZoneSet, list[Problem]]:
    """The set of zone files, and what `validate` warns of; ``others`` as for `zone_sources`.

    A ``header`` of another file is put into each of them.

    Raises
    ------
    ZoneFileError
        If the files are refused.
    """
    from geopolicy.zonefile.loading import load_zone_files
    from geopolicy.zonefile.mistakes import probable_mistakes
    from geopolicy.zonefile.zone_set import set_of_files

    sources = zone_sources(paths, others=others)
    loaded = load_zone_files(sources, header=header, repair=repair, unwrap=unwrap, on_progress=on_progress)
    zone_set = set_of_files(loaded)
    return zone_set, [*zone_set.warnings, *probable_mistakes(loaded.files, datetime.now(UTC))]


def read_layers(
    paths: Sequence[Path], *, others: Iterable[str] = (), on_progress: Callable[[float], object] | None = None
) -> tuple[list[Pack | ZoneSet], list[Problem]]:
    """What `open` takes for packs and zone files, bases and overlays, and what `validate` warns of; of packs nothing.

    Raises
    ------
    PackError
        If a pack cannot be used.
    ZoneFileError
        If the files are refused.
    """
    from geopolicy.pack.pack import read_pack

    layers: list[Pack | ZoneSet] = [read_pack(path) for path in paths if is_pack(path)]
    files = [path for path in paths if not is_pack(path)]
    if not files:
        return layers, []
    from geopolicy.zonefile.loading import load_zone_files
    from geopolicy.zonefile.mistakes import probable_mistakes
    from geopolicy.zonefile.zone_set import layers_of_files

    loaded = load_zone_files(zone_sources(files, others=others), on_progress=on_progress)
    sets = layers_of_files(loaded)
    warnings = [warning for zone_set in sets for warning in zone_set.warnings]
    return [*sets, *layers], [*warnings, *probable_mistakes(loaded.files, datetime.now(UTC))]


def say_warnings(warnings: Sequence[Problem], paths: Sequence[Path], *options: str) -> None:
    """A line on standard error that counts warnings, if there are any, and says how to see them."""
    if warnings:
        words = [str(path) for path in paths] if len(paths) <= _MOST_NAMED else ["ZONES"]
        command = shlex.join(["geopolicy", "validate", *words, *options])
        text = f"{console.count_text(len(warnings), 'warning')}; {command} shows them"
        console.complain(text, "yellow")
