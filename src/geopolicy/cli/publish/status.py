"""``geopolicy publish status``: what is published, and what waits."""

from __future__ import annotations

from geopolicy.cli import console
from geopolicy.cli.options import AsJson
from geopolicy.cli.publish import standing
from geopolicy.cli.publish.inputs import Folder


def status(folder: Folder, *, as_json: AsJson = False) -> int:
    """Say what is published, until when, and who must sign next. Exit code 1 if something has expired.

    Example: geopolicy publish status repository
    """
    from geopolicy.update.publish import Repository

    found = Repository(folder).status(standing.now())
    if as_json:
        console.print_json("publish status", {"repository": standing.standing_json(found)})
    else:
        standing.show_standing(found, folder)
    return console.REFUSED if any(role.left_s is not None and role.left_s <= 0 for role in found.roles) else 0
