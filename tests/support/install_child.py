"""A process that installs files and may be killed on the way: ``install_child.py SCENARIO FOLDER``."""

from __future__ import annotations

import os
import sys

from geopolicy.update.install import Installation, InstallError
from traced_calls import BEGINS, ENDS

OLD = {"base.gpol": b"old base " * 200, "root": b"root 1"}
NEW = {"base.gpol": b"new base " * 210, "storm.gpol": b"storm" * 40, "root": b"root 1"}


def main(scenario, folder):
    """Installs, or recovers, and prints what came of it."""
    installation = Installation(folder)
    os.access(BEGINS, os.F_OK)
    try:
        done = installation.recover() if scenario == "recover" else installation.install(NEW)
        outcome = "nothing" if done is None else done.trouble or "done"
    except InstallError as error:
        outcome = f"refused: {error}"
    os.access(ENDS, os.F_OK)
    print(outcome, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
