"""What a process does that installs files, and is killed on the way or refused by the system: see `traced_forks`."""

from __future__ import annotations

import os

from geopolicy.update.install import Installation, InstallError
from traced_calls import BEGINS, ENDS

OLD = {"base.gpol": b"old base " * 200, "root": b"root 1"}
NEW = {"base.gpol": b"new base " * 210, "storm.gpol": b"storm" * 40, "root": b"root 1"}
DONE, TROUBLE, REFUSED, NOTHING, WRONG = 0, 3, 4, 5, 6
"""What the caller was told, as the status that the process ends with: it needs no call that could fail."""


def main(scenario, folder):
    """Installs, or recovers, and says what came of it."""
    try:
        installation = Installation(folder)
        os.access(BEGINS, os.F_OK)
        told = _told(installation, scenario)
        os.access(ENDS, os.F_OK)
    except BaseException:
        return WRONG
    return told


def _told(installation, scenario):
    try:
        done = installation.recover() if scenario == "recover" else installation.install(NEW)
    except InstallError:
        return REFUSED
    if done is None:
        return NOTHING
    return DONE if done.trouble is None else TROUBLE
