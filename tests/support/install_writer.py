"""A process that installs in a folder beside others: ``install_writer.py FOLDER NAME TIMES``, or ``pause`` for TIMES.

One that pauses has a file written that has not got its name yet; it goes on when it reads a line.
"""

from __future__ import annotations

import sys

from geopolicy.update.disk import Disk
from geopolicy.update.install import Installation, InstallError


class PausingDisk(Disk):
    """Waits before the first file gets its name."""

    is_over = False

    def rename(self, path, target):
        if not self.is_over:
            print("paused", flush=True)
            sys.stdin.readline()
            self.is_over = True
        super().rename(path, target)


def files_of(name, number):
    """What a process installs: each file says by whom and when, so that a mixture is seen."""
    mark = f"{name} {number} ".encode()
    return {f"{own}.gpol": mark * (200 + own) for own in range(3)}


def main(folder, name, times):
    """Installs, and prints how often it was told that another one had done so."""
    if times == "pause":
        Installation(folder, PausingDisk()).install(files_of(name, 0))
        return
    refused = 0
    for number in range(int(times)):
        installation = Installation(folder)
        installation.recover()
        try:
            installation.install(files_of(name, number))
        except InstallError as error:
            if "another process has installed" not in str(error):
                raise
            refused += 1
    print(refused, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
