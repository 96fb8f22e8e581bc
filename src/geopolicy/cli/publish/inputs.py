"""What several commands of ``publish`` take: the folder, the file of signers, keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from securesystemslib.signer import Key

    from geopolicy.cli.secrets import Secrets
    from geopolicy.update.keys import SignerFile
    from geopolicy.update.role_keys import RoleKeys

Folder = Annotated[Path, typer.Argument(help="The folder of the repository.", show_default=False)]
SignersPath = Annotated[Path, typer.Option("--signers", help="TOML file that says where the private keys are.")]
SIGNERS = Path("signers.toml")


def signer_file(path: Path, folder: Path) -> SignerFile:
    """The file of ``--signers``."""
    from geopolicy.update.keys import SignerFile

    return SignerFile(path, folder)


def counts_of(text: str, option: str) -> tuple[int, int]:
    """``2/3``: how many of how many keys."""
    match = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", text)
    if match is None or int(match[1]) > int(match[2]):
        raise typer.BadParameter(f"must be how many of how many keys, such as 2/3, got {text!r}", param_hint=option)
    return int(match[1]), int(match[2])


def pair_of(text: str, option: str, what: str) -> tuple[str, str]:
    """Two texts with ``=`` between them."""
    name, sign, value = text.partition("=")
    if not (sign and name and value):
        raise typer.BadParameter(f"must be {what}, got {text!r}", param_hint=option)
    return name, value


class Keys:
    """The keys of roles: public halves that are given, and new ones for what is missing.

    Attributes
    ----------
    made
        The files of the new ones.
    """

    def __init__(self, file: SignerFile, secrets: Secrets) -> None:
        self._file = file
        self._secrets = secrets
        self.made: list[str] = []

    def of(self, role: str, counts: tuple[int, int], given: list[Path]) -> RoleKeys:
        """So many keys of a role."""
        from geopolicy.update.role_keys import RoleKeys

        threshold, count = counts
        keys = [*self.public(given), *(self.new(role) for _ in range(count - len(given)))]
        return RoleKeys(keys, threshold)

    def public(self, paths: list[Path]) -> list[Key]:
        """The keys in files of their public halves."""
        from geopolicy.update.keys import public_key

        return [public_key(path) for path in paths]

    def new(self, role: str) -> Key:
        """A new key, in a file beside that of the signers."""
        key = self._file.make_key(role, self._secrets)
        self.made.append(str(self._file.path.parent / self._file.entries()[-1].uri.removeprefix("file:")))
        return key
