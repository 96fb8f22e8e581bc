"""The publisher's private keys: in encrypted files, or behind whatever signs by a URI."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.exceptions import UnsupportedLibraryError
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey

from geopolicy.base.arguments import check_kind
from geopolicy.base.atomic import write_atomically
from geopolicy.errors import UpdateError
from geopolicy.update.disk import Disk
from geopolicy.update.repository_files import PublishError, writing

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

FILE = "file:"
"""How the URI of a private key begins that is an encrypted PEM file, named from the file of signers on."""
FEWEST_LETTERS = 16
"""Of a new passphrase: who has the file may try as many as he likes."""
_MEMBERS = {"role", "keyid", "uri"}
_BEGINNING = "# Which signer a role uses. Private: no host may serve this file, nor the keys that it names.\n"


def new_key(path: Path, passphrase: str) -> Key:
    """Makes a key (Ed25519) in a PEM file of its own, encrypted, its owner's alone; gives the public half.

    Raises
    ------
    PublishError
        If the passphrase is short, or the file is there already.
    """
    if len(passphrase) < FEWEST_LETTERS:
        rule = f"a passphrase must have at least {FEWEST_LETTERS} letters"
        raise PublishError(f"publish: '{path}': {rule}, got {len(passphrase)}; take five words that chance chose")
    private = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase.encode())
    content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    with writing(path):
        try:
            Disk().write(path, content)
        except FileExistsError:
            raise PublishError(f"publish: '{path}': must be a new file, got one that is there; name another") from None
    return SSlibKey.from_crypto(private.public_key())


def public_key(path: str | os.PathLike[str]) -> Key:
    """The public key in a PEM file, such as ``openssl pkey -pubout`` and the tools of HSMs write.

    Raises
    ------
    PublishError
        If it is none, or of a kind that cannot sign here.
    OSError
        If it cannot be read.
    """
    check_kind("path", path, (str, os.PathLike), "a path")
    try:
        return SSlibKey.from_crypto(load_pem_public_key(Path(path).read_bytes()))
    except (ValueError, UnsupportedAlgorithm) as error:
        hint = "openssl pkey -in KEY.pem -pubout writes one"
        raise PublishError(
            f"key '{path}': must be a public key in PEM, Ed25519, ECDSA or RSA ({error}); {hint}"
        ) from None


def key_signer(path: str | os.PathLike[str], secret: Callable[[str], str] | None = None) -> Signer:
    """What signs with the private key in a PEM file, such as a vehicle has for its status.

    Parameters
    ----------
    path
        The file, its owner's alone; encrypted or not.
    secret
        Gives the passphrase, asked for by its name; asked only where the file is encrypted.

    Raises
    ------
    UpdateError
        If it is no private key, of a kind that cannot sign here, not its owner's alone, or the passphrase is another.
    OSError
        If it cannot be read.
    """
    check_kind("path", path, (str, os.PathLike), "a path")
    if secret is not None:
        _check_secret(secret)
    place = Path(path)
    content, mode = place.read_bytes(), _open_to_others(place)
    if mode is not None:
        raise UpdateError(f"key '{place}': must be its owner's alone, got mode {mode:o}; chmod 600 it")
    asked = f"passphrase of {place.name}"
    try:
        return CryptoSigner(_private_key(content, lambda: "" if secret is None else secret(asked)))
    except (ValueError, UnsupportedAlgorithm) as error:
        rule = "must be a private key in PEM, Ed25519, ECDSA or RSA"
        raise UpdateError(f"key '{place}': {rule} ({error}); see the file and its passphrase") from None


def _private_key(content: bytes, passphrase: Callable[[], str]) -> PrivateKeyTypes:
    """The key in a PEM file; the passphrase is asked for where it is encrypted."""
    try:
        return load_pem_private_key(content, None)
    except TypeError:  # it is encrypted
        given = passphrase().encode()
        if not given:
            raise ValueError("it is encrypted, and there is no passphrase") from None
        return load_pem_private_key(content, given)


def _open_to_others(path: Path) -> int | None:
    """The mode of a file that others than its owner may read or write; None if they may not."""
    mode = path.stat().st_mode & 0o777
    return mode if os.name == "posix" and mode & 0o077 else None


@dataclass(frozen=True, slots=True)
class SignerEntry:
    """Where the private half of a key is.

    Parameters
    ----------
    role
        Whose key it is.
    keyid
        The id of the key.
    uri
        ``file:`` and the path of an encrypted PEM file beside the file of signers, or a URI of securesystemslib.
    """

    role: str
    keyid: str
    uri: str


class SignerFile:
    """A TOML file that says where keys are: tables ``[[signer]]`` with ``role``, ``keyid`` and ``uri``.

    A URI that begins with ``file:`` names an encrypted PEM file; all others are those of securesystemslib, such as
    ``hsm:``, ``awskms:``, ``gcpkms:`` and ``azurekms:``.

    Parameters
    ----------
    path
        The file; one that is not there names no key.
    repository
        The folder that is served, outside of which the file and its keys must be.

    Raises
    ------
    PublishError
        If the file is in the folder that is served.
    """

    def __init__(self, path: str | os.PathLike[str], repository: str | os.PathLike[str]) -> None:
        check_kind("path", path, (str, os.PathLike), "a path")
        check_kind("repository", repository, (str, os.PathLike), "a path")
        self.path = Path(path)
        self._repository = Path(repository)
        self.check_private(path)

    def check_private(self, path: str | os.PathLike[str]) -> None:
        """Refuses a file in the folder that is served.

        Raises
        ------
        PublishError
            Naming it.
        """
        check_kind("path", path, (str, os.PathLike), "a path")
        if self._repository.resolve() in Path(path).resolve().parents:
            rule = f"must be outside of the folder that is published, '{self._repository}'"
            raise PublishError(f"publish: '{path}': {rule}, got it inside; move it")

    def entries(self) -> list[SignerEntry]:
        """What it says.

        Raises
        ------
        PublishError
            If that is not understood.
        """
        try:
            stated = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise self._refused("must be TOML", str(error)) from None
        signers = stated.pop("signer", [])
        if stated or not isinstance(signers, list):
            raise self._refused("must have tables [[signer]] alone", ", ".join(stated) or "another signer")
        return [self._entry(number, signer) for number, signer in enumerate(signers)]

    def _entry(self, number: int, signer: Any) -> SignerEntry:
        if not isinstance(signer, dict) or set(signer) != _MEMBERS:
            raise self._refused(f"signer {number + 1} must have role, keyid and uri alone", repr(signer))
        if not all(isinstance(value, str) and value for value in signer.values()):
            raise self._refused(f"signer {number + 1} must have texts", repr(signer))
        return SignerEntry(**signer)

    def _refused(self, rule: str, got: str) -> PublishError:
        return PublishError(f"publish: '{self.path}': {rule}, got {got}; see docs/how-to/publish.md")

    def add(self, entry: SignerEntry) -> None:
        """Writes where one more key is, below what is there."""
        check_kind("entry", entry, SignerEntry, "a SignerEntry")
        before = self.path.read_text(encoding="utf-8") if self.path.exists() else _BEGINNING
        values = {"role": entry.role, "keyid": entry.keyid, "uri": entry.uri}
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
        with writing(self.path):
            content = "\n".join([before.rstrip("\n"), "", "[[signer]]", *lines, ""])
            write_atomically(self.path, content.encode(), 0o600)

    def make_key(self, role: str, secret: Callable[[str], str]) -> Key:
        """A new key of a role in a file beside this one, which names it from now on."""
        check_kind("role", role, str, "a text")
        _check_secret(secret)
        numbers = (number for number in range(1, 10_000) if not self._place(role, number).exists())
        path = self._place(role, next(numbers))
        self.check_private(path)
        with writing(self.path):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = new_key(path, secret(f"new passphrase for {path.name}"))
        self.add(SignerEntry(role, key.keyid, f"{FILE}{path.name}"))
        return key

    def _place(self, role: str, number: int) -> Path:
        return self.path.parent / f"{role}-{number}.pem"


class Signers:
    """The keys at hand, opened when they are first used.

    Parameters
    ----------
    file
        Where they are.
    secret
        Gives a passphrase or PIN, asked for by its name.
    """

    def __init__(self, file: SignerFile, secret: Callable[[str], str]) -> None:
        check_kind("file", file, SignerFile, "a SignerFile")
        _check_secret(secret)
        self._file = file
        self._uris = {(entry.role, entry.keyid): entry.uri for entry in file.entries()}
        self._secret = secret
        self._opened: dict[tuple[str, str], Signer] = {}

    def has(self, role: str, keyid: str) -> bool:
        """Whether a key of a role is at hand."""
        check_kind("role", role, str, "a text")
        check_kind("keyid", keyid, str, "a text")
        return (role, keyid) in self._uris

    def of(self, role: str, key: Key) -> Signer:
        """What signs with a key that is at hand.

        Raises
        ------
        PublishError
            If it is not at hand, or cannot be opened.
        """
        check_kind("key", key, Key, "a public key")
        if not self.has(role, key.keyid):
            raise PublishError(f"publish: key {key.keyid[:16]} of {role}: must be at hand, got no signer; see its file")
        uri = self._uris[role, key.keyid]
        if (uri, key.keyid) not in self._opened:
            self._opened[uri, key.keyid] = self._open(uri, key)
        return self._opened[uri, key.keyid]

    def _open(self, uri: str, key: Key) -> Signer:
        try:
            return self._of_file(uri, key) if uri.startswith(FILE) else self._of_uri(uri, key)
        except PublishError:
            raise
        except Exception as error:  # whatever an HSM or a service raises
            hint = "see passphrase, path and driver"
            if isinstance(error, UnsupportedLibraryError):
                hint = 'pip install "geopolicy[hsm]" for an HSM, "securesystemslib[awskms]" and the like for a service'
            rule = f"publish: signer '{uri}' of key {key.keyid[:16]}: must open"
            raise PublishError(f"{rule}, got {what_failed(error)}; {hint}") from error

    def _of_file(self, uri: str, key: Key) -> Signer:
        path = self._file.path.parent / uri.removeprefix(FILE)
        self._file.check_private(path)
        mode = _open_to_others(path)
        if mode is not None:
            raise PublishError(f"publish: '{path}': must be its owner's alone, got mode {mode:o}; chmod 600 it")
        passphrase = self._secret(f"passphrase of {path.name}").encode()
        return CryptoSigner(load_pem_private_key(path.read_bytes(), passphrase), _of_library(key))

    def _of_uri(self, uri: str, key: Key) -> Signer:
        return Signer.from_priv_key_uri(uri, key, self._secret)


def _check_secret(secret: object) -> None:
    if not callable(secret) or isinstance(secret, type):
        raise TypeError(f"secret must be a function, got {type(secret).__name__}")


def what_failed(error: BaseException) -> str:
    """What an HSM, a service or a library raised: many of their errors have no words."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _of_library(key: Key) -> SSlibKey:
    if not isinstance(key, SSlibKey):
        raise PublishError(f"publish: key {key.keyid[:16]}: must be Ed25519, ECDSA or RSA, got {key.keytype}")
    return key
