"""``geopolicy completion``: the script with which a shell completes command lines."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.shells import script_of


class Shell(StrEnum):
    """The shells that there are scripts for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish.", show_default=False)]) -> int:
    """Print the script with which a shell completes commands, options, their values and fitting files.

    Its first lines say where it is kept; source it to try it.

    Example: geopolicy completion bash > geopolicy.bash
    """
    console.put(script_of(shell))
    return 0
