"""``geopolicy log verify``: whether a log is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geopolicy.audit import Checkpoint, verify_log
from geopolicy.cli import console
from geopolicy.cli.log.entries import Folder
from geopolicy.cli.log.report import report_json, say_verdict
from geopolicy.cli.options import AsJson


def verify(
    folder: Folder,
    *,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that was kept elsewhere; can be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Prove that nothing in a log was changed, added or taken. Exit code 1 with place and reason if something was.

    Example: geopolicy log verify /var/lib/vehicle/log --checkpoint monday.json
    """
    checkpoints = [Checkpoint.from_json(path.read_bytes()) for path in checkpoint or ()]
    report = verify_log(folder, checkpoints)
    if as_json:
        console.print_json("log verify", report_json(report))
        return 0 if report.is_ok else console.REFUSED
    return say_verdict(report, len(checkpoints))
