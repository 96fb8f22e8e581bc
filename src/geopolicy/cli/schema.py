"""``geopolicy schema``: what zone files may hold, for programs."""

from __future__ import annotations

import sys
from importlib.resources import files


def schema() -> int:
    """Print the JSON Schema of zone files, for editors that complete and check.

    Example: geopolicy schema > zonefile.schema.json
    """
    sys.stdout.write(files("geopolicy.zonefile").joinpath("zonefile.schema.json").read_text(encoding="utf-8"))
    return 0
