"""``geopolicy publish init``: a new repository, and its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.options import AsJson, seconds_of
from geopolicy.cli.publish import standing
from geopolicy.cli.publish.inputs import (
    SIGNERS,
    Folder,
    Keys,
    SignersPath,
    counts_of,
    pair_of,
    signer_file,
)
from geopolicy.cli.secrets import PassphraseFile, Secrets

_ROLES = ("root", "targets", "snapshot", "timestamp")


def init(
    folder: Folder,
    *,
    signers: SignersPath = SIGNERS,
    root: Annotated[str, typer.Option("--root", help="How many of how many keys sign for the root.")] = "2/3",
    targets: Annotated[str, typer.Option("--targets", help="How many of how many keys sign packs.")] = "1/2",
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="ROLE=FILE: the public half (PEM) of a key that is elsewhere; can be repeated."),
    ] = None,
    expiry: Annotated[
        list[str] | None,
        typer.Option("--expiry", help="ROLE=DURATION such as targets=90d, in s, min, h or d; can be repeated."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> int:
    """Begin a repository of signed packs, and make its keys.

    Keys that are not given with --key are made beside the file of signers, encrypted.

    Example: geopolicy publish init repository --signers private/signers.toml
    """
    counts = {"root": counts_of(root, "--root"), "targets": counts_of(targets, "--targets")}
    counts |= {"snapshot": (1, 1), "timestamp": (1, 1)}
    given: dict[str, list[Path]] = {role: [] for role in _ROLES}
    for text in key or ():
        role, path = pair_of(text, "--key", "ROLE=FILE")
        given[_role(role, "--key")].append(Path(path))
    for role, paths in given.items():
        if len(paths) > counts[role][1]:
            rule = f"must be at most {counts[role][1]} for {role}"
            raise typer.BadParameter(f"{rule}, got {len(paths)}", param_hint="--key")
    lasts = [pair_of(text, "--expiry", "ROLE=DURATION") for text in expiry or ()]
    lasts_s = {_role(role, "--expiry"): seconds_of(duration, "--expiry") for role, duration in lasts}
    from geopolicy.update.publish import Repository

    repository = Repository(folder)
    repository.check_new()
    keys = Keys(signer_file(signers, folder), Secrets(passphrase_file))
    repository.init({role: keys.of(role, counts[role], given[role]) for role in _ROLES}, standing.now(), lasts_s)
    if as_json:
        console.print_json("publish init", {"made": keys.made} | standing.repository_json(folder))
        return 0
    console.say(f"ok: begun in '{folder}'; {console.count_text(len(keys.made), 'key')} made", "green")
    for path in keys.made:
        console.say(f"  {path}")
    standing.show_waiting(repository.status(standing.now()).lacks, folder, signers)
    return 0


def _role(name: str, option: str) -> str:
    if name not in _ROLES:
        raise typer.BadParameter(f"must name one of {', '.join(_ROLES)}, got {name!r}", param_hint=option)
    return name
