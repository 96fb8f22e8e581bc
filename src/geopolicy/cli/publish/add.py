"""``geopolicy publish add``: packs that are to be published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.documents import time_text
from geopolicy.cli.options import AsJson
from geopolicy.cli.publish import standing
from geopolicy.cli.publish.inputs import Folder
from geopolicy.cli.zone_changes import AllowLoosening


def add(
    folder: Folder,
    packs: Annotated[list[Path], typer.Argument(help="The packs.", show_default=False)],
    *,
    role: Annotated[str, typer.Option("--role", help="The role that publishes them.")] = "targets",
    fleet: Annotated[
        list[str] | None,
        typer.Option("--fleet", help="A fleet that they are for; not given: as before. Can be repeated."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", help="A region that they are for; not given: as before. Can be repeated."),
    ] = None,
    allow_loosening: AllowLoosening = False,
    as_json: AsJson = False,
) -> int:
    """Add packs, which wait for signatures. What is looser than before is refused.

    With --allow-loosening it is not, and two different keys must sign it.

    Example: geopolicy publish add repository fleet.gpol --fleet taxis --region eu
    """
    from geopolicy.update.additions import Wanted
    from geopolicy.update.publish import Repository

    repository = Repository(folder)
    wanted = Wanted(fleet or None, region or None, allow_loosening)
    added = repository.add(packs, standing.now(), role, wanted)
    if as_json:
        entries = [{"path": one.path, "looser": list(one.looser)} for one in added]
        console.print_json("publish add", {"added": entries} | standing.repository_json(folder))
        return 0
    for one in added:
        console.say(f"ok: {one.path} added", "green")
        if one.ended is not None:
            console.warn(f"{one.path} ended at {time_text(one.ended)}: no vehicle takes it; set issued and ends anew")
        for text in one.looser:
            console.say(f"  LOOSER: {text}", "bold red")
    standing.show_waiting(repository.status(standing.now()).lacks, folder)
    return 0
