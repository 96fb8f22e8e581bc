"""The argument ZONES: paths, of which ``-`` is standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

_STANDARD_INPUT = Path("-")


def zone_sources(zones: Iterable[Path], *, others: Iterable[str] = ()) -> list[Path | BinaryIO]:
    """What `read_zones` takes for these paths; ``others`` are arguments that may be standard input, too."""
    paths = list(zones)
    count = paths.count(_STANDARD_INPUT)
    if count + sum(other == "-" for other in others) > 1:
        raise typer.BadParameter("standard input can be read only once, got - twice", param_hint="ZONES")
    if count and sys.stdin is None:
        raise typer.BadParameter("standard input is closed", param_hint="ZONES")
    return [sys.stdin.buffer if path == _STANDARD_INPUT else path for path in paths]
