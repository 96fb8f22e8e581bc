"""The ``geopolicy`` command; says what is missing where the command line is not installed."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line; returns its exit code."""
    try:
        from geopolicy.cli.app import run

        return run()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("typer", "rich"):
            sys.stderr.write("geopolicy: the command line needs typer and rich; pip install 'geopolicy[cli]'\n")
            return 2
        raise


if __name__ == "__main__":
    sys.exit(main())
