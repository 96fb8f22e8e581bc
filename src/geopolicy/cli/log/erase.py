"""``geopolicy log erase``: a log, gone."""

from __future__ import annotations

from typing import Annotated

import typer

from geopolicy.audit import erase_log
from geopolicy.cli import console
from geopolicy.cli.log.entries import Folder
from geopolicy.cli.options import AsJson
from geopolicy.errors import AuditError


def erase(
    folder: Folder, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: AsJson = False
) -> int:
    """Delete a log; nothing of it stays in the folder. The bytes on the disk are not overwritten.

    Exit code 1 if there is no log.

    Example: geopolicy log erase /var/lib/vehicle/log
    """
    if not yes and folder.is_dir():
        console.complain(f"All records in '{folder}' will be deleted.")
        if console.ask("Type erase to go on") != "erase":
            console.complain("Nothing was deleted.")
            if as_json:
                console.print_json("log erase", {"files": 0})
            return console.REFUSED
    count = erase_log(folder)
    if count == 0:
        raise AuditError("missing", f"audit log '{folder}': must be a folder with a log, got none; nothing was deleted")
    if as_json:
        console.print_json("log erase", {"files": count})
    else:
        console.say(f"ok: {console.count_text(count, 'file')} deleted", "green")
    return 0
