"""The scripts with which shells complete command lines."""

from __future__ import annotations

from importlib.resources import files


def script_of(shell: str) -> str:
    """The script of a shell."""
    return (files("geopolicy.cli.shells") / f"geopolicy.{shell}").read_text(encoding="utf-8")
