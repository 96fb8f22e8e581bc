"""``geopolicy publish rotate``: other keys for a role."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.options import AsJson
from geopolicy.cli.publish import standing
from geopolicy.cli.publish.inputs import SIGNERS, Folder, Keys, SignersPath, signer_file
from geopolicy.cli.secrets import PassphraseFile, Secrets


def rotate(
    folder: Folder,
    role: Annotated[str, typer.Argument(help="root, targets, snapshot, timestamp or a role.", show_default=False)],
    *,
    signers: SignersPath = SIGNERS,
    out: Annotated[
        list[str] | None,
        typer.Option("--out", help="Id of a key that goes, or its beginning; can be repeated."),
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option("--key", help="The public half (PEM) of a key that comes; not given: one is made."),
    ] = None,
    no_new: Annotated[bool, typer.Option("--no-new", help="No key comes.")] = False,
    threshold: Annotated[int | None, typer.Option("--threshold", min=1, help="How many keys sign from now on.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> int:
    """Change the keys of a role: a new one comes, an old or lost one goes.

    The next root says so, or for a delegated role the next targets. A lost key need not sign.

    Example: geopolicy publish rotate repository timestamp --out 1d0994470b2476d2
    """
    if no_new and key:
        raise typer.BadParameter("must not come with --key, got both", param_hint="--no-new")
    from geopolicy.update.publish import Repository
    from geopolicy.update.role_keys import Change

    repository, moment = Repository(folder), standing.now()
    names = [one.role for one in repository.status(moment).roles]
    if role not in names:
        raise typer.BadParameter(f"must be one of {', '.join(names)}, got {role!r}", param_hint="ROLE")
    keys = Keys(signer_file(signers, folder), Secrets(passphrase_file))
    new = keys.public(key or []) if key or no_new else [keys.new(role)]
    repository.rotate(role, Change(new, out or [], threshold), moment)
    if as_json:
        console.print_json("publish rotate", {"made": keys.made} | standing.repository_json(folder))
        return 0
    came = [made.keyid[:16] for made in new]
    console.say(f"ok: {role}: {len(came)} came ({', '.join(came) or 'none'}), {len(out or [])} went", "green")
    for path in keys.made:
        console.say(f"  {path}")
    standing.show_waiting(repository.status(moment).lacks, folder, signers)
    return 0
