"""A process that decides while others spoil its files: ``spoiled_child.py PACK FOLDER [mapped]``.

It has opened a pack by its path and packs from an installation. Until its input ends it asks both, and opens the pack
again and again; then it prints in JSON how often it did so, and how often the answer was another one.
"""

from __future__ import annotations

import json
import select
import sys
from collections import Counter

import geopolicy as gp
from geopolicy.pack.pack import Pack
from geopolicy.update.install import Installation

PLACES = [(45.0 + 0.02 * i, 13.0 + 0.02 * j) for i in range(6) for j in range(6)]


def answers(engine):
    """What it says of each place."""
    decisions = (engine.decide(*at) for at in PLACES)
    return [(decision.zones, decision.disabled, decision.certainty) for decision in decisions]


def reopened(path, counts):
    """Opens it as it is now: whole, or refused."""
    try:
        counts[gp.open(path).digest] += 1
    except (gp.errors.PackError, OSError):
        counts["refused"] += 1


def main(path, folder, how="read"):
    """Decides until the input ends."""
    installed = Installation(folder).recover().files
    engines = [
        gp.open(path, mmap=how == "mapped"),
        gp.open([Pack(content, name) for name, content in installed.items()]),
    ]
    before = [answers(engine) for engine in engines]
    counts, opened = Counter(), Counter()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        for engine, own in zip(engines, before, strict=True):
            counts["changed" if answers(engine) != own else "same"] += 1
        reopened(path, opened)
    print(json.dumps({"counts": counts, "opened": opened}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
