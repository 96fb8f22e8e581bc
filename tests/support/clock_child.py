"""A vehicle's process that asks for news by the clock of the system: ``clock_child.py FOLDER REPOSITORY CLOCK``.

Each line of its input is a time, which it writes to the file CLOCK, by which libfaketime sets its clock; then it asks,
and prints what came of it.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from geopolicy.update.client import UpdateClient
from geopolicy.update.news import Subscription
from publisher import FolderFetcher


def main(folder, repository, clock):
    """Asks once for each line."""
    root = (Path(repository) / "metadata" / "1.root.json").read_bytes()
    client = UpdateClient(folder, FolderFetcher(Path(repository)), Subscription("taxis", "hr"), root)
    for line in sys.stdin:
        Path(clock).write_text(line)
        now = datetime.now(UTC)
        outcome = client.update(now)
        told = {"now": now.isoformat(), "signed": client.signed.isoformat(), "is_new": outcome.is_new}
        told["attack"] = getattr(outcome.refusal, "attack", None)
        told["revisions"] = {path: pack.header.revision for path, pack in outcome.packs.items()}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
