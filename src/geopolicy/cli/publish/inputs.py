"""What several commands of ``publish`` take: the folder, the file of signers, passphrases, keys, durations."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli import console
from geopolicy.errors import UpdateError

if TYPE_CHECKING:
    from securesystemslib.signer import Key

    from geopolicy.update.keys import SignerFile
    from geopolicy.update.publish import RoleKeys

Folder = Annotated[Path, typer.Argument(help="The folder of the repository.", show_default=False)]
SignersPath = Annotated[Path, typer.Option("--signers", help="TOML file that says where the private keys are.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="File with the passphrase of the keys; else it is asked for."),
]
SIGNERS = Path("signers.toml")
VARIABLE = "GEOPOLICY_PASSPHRASE"
PIN_VARIABLE = "GEOPOLICY_PIN"
_PIN = "pin"  # as securesystemslib asks for that of an HSM
_NEW = "new passphrase"
_UNITS_S = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


class Secrets:
    """Passphrases: of a file, of the environment, or asked for, each once.

    That of key files is never tried as the PIN of an HSM, which some wrong ones lock.
    """

    def __init__(self, file: Path | None) -> None:
        self._given = os.environ.get(VARIABLE)
        if file is not None:
            self._given = file.read_text(encoding="utf-8").partition("\n")[0].removesuffix("\r")
        self._known: dict[str, str] = {}
        if PIN_VARIABLE in os.environ:
            self._known[_PIN] = os.environ[PIN_VARIABLE]

    def __call__(self, name: str) -> str:
        """The passphrase, or PIN, of a name; one for all keys that are new."""
        if self._given is not None and name != _PIN:
            return self._given
        wanted = _NEW if name.startswith(_NEW) else name
        if wanted not in self._known:
            self._known[wanted] = console.ask_secret(wanted)
            if wanted == _NEW and console.ask_secret(f"{_NEW} again") != self._known[wanted]:
                raise UpdateError("publish: the passphrase must be typed alike twice, got two; try again")
        return self._known[wanted]


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


def seconds_of(text: str, option: str) -> int:
    """A duration: a whole number with its unit."""
    match = re.fullmatch(r"([1-9]\d{0,8})(s|min|h|d)", text)
    if match is None:
        rule = "must be a whole number of s, min, h or d, such as 6h"
        raise typer.BadParameter(f"{rule}, got {text!r}", param_hint=option)
    return int(match[1]) * _UNITS_S[match[2]]


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
        from geopolicy.update.publish import RoleKeys

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
