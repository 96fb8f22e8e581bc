"""``geopolicy schema``: what zone files may hold, for programs."""

from __future__ import annotations

from importlib.resources import files

from geopolicy.cli import console


def schema() -> int:
    """Print the JSON Schema of zone files, for editors that complete and check.

    Example: geopolicy schema > zonefile.schema.json
    """
    console.put(files("geopolicy.zonefile").joinpath("zonefile.schema.json").read_text(encoding="utf-8"))
    return 0
