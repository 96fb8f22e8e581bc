"""Passphrases of keys: of a file, of the environment, or asked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from geopolicy.cli import console
from geopolicy.errors import UpdateError

PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="File with the passphrase of the keys; else it is asked for."),
]
VARIABLE = "GEOPOLICY_PASSPHRASE"
PIN_VARIABLE = "GEOPOLICY_PIN"
_PIN = "pin"  # as securesystemslib asks for that of an HSM
_NEW = "new passphrase"


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
