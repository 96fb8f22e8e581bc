"""What a vehicle tells its fleet of its zones: what is installed and what was refused, signed, and no position."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Key, Signer

from geopolicy.base.arguments import check_kind, check_whole
from geopolicy.errors import UpdateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.pack.pack import Pack

_MEMBERS = {"path": str, "kind": str, "id": str, "revision": int, "digest": str}
_TYPE = "application/vnd.geopolicy.vehicle-status+json"


@runtime_checkable
class Vehicle(Protocol):
    """A client, or what is installed in a folder."""

    @property
    def packs(self) -> Mapping[str, Pack]:
        """The packs in force, by path."""

    @property
    def signed(self) -> datetime | None:
        """When the repository was signed last."""

    @property
    def refusals(self) -> Mapping[str, int]:
        """How many news were refused, by attack."""


def vehicle_status(client: Vehicle) -> dict[str, Any]:
    """What is installed, when it was signed last, and which attacks were stopped since the client was made.

    Of each pack its path, kind, id, revision and digest. Nothing says where the vehicle is or was.

    Parameters
    ----------
    client
        An `UpdateClient`, or what `installed_in` gives.
    """
    check_kind("client", client, Vehicle, "an UpdateClient, or what installed_in gives")
    return {
        "signed": None if client.signed is None else client.signed.isoformat(),
        "packs": [
            {
                "path": path,
                "kind": pack.header.kind,
                "id": pack.header.id,
                "revision": pack.header.revision,
                "digest": pack.digest,
            }
            for path, pack in sorted(client.packs.items())
        ],
        "refusals": {str(attack): count for attack, count in sorted(client.refusals.items())},
    }


def signed_status(client: Vehicle, signer: Signer) -> bytes:
    """The status in an envelope (DSSE) that a key of the vehicle signed.

    Parameters
    ----------
    client
        An `UpdateClient`, or what `installed_in` gives.
    signer
        The key, such as `key_signer` opens it.
    """
    check_kind("signer", signer, Signer, "a signer, such as key_signer gives")
    payload = json.dumps(vehicle_status(client), sort_keys=True).encode()
    envelope = Envelope(payload, _TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict()).encode()


def read_status(content: bytes, key: Key) -> dict[str, Any]:
    """The status in an envelope, if that key signed it.

    Parameters
    ----------
    content
        What `signed_status` gave.
    key
        The public half of the vehicle's key, such as `public_key` reads it.

    Raises
    ------
    UpdateError
        For anything else.

    Examples
    --------
    >>> from securesystemslib.signer import CryptoSigner
    >>> from geopolicy.update import InstalledPacks
    >>> signer = CryptoSigner.generate_ed25519()
    >>> content = signed_status(InstalledPacks({}, None, {}), signer)
    >>> read_status(content, signer.public_key)
    {'packs': [], 'refusals': {}, 'signed': None}
    """
    check_kind("content", content, (bytes, bytearray, str), "bytes")
    check_kind("key", key, Key, "a public key, such as public_key gives")
    try:
        envelope = Envelope.from_dict(json.loads(content))
        envelope.verify([key], 1)
        status: dict[str, Any] = json.loads(envelope.payload)
        _check_members(status)
    except (ValueError, KeyError, TypeError, AttributeError, VerificationError) as error:
        rule = "must be an envelope that the vehicle's key signed"
        raise UpdateError(
            f"status: {rule}, got something else ({type(error).__name__}); ask the vehicle again"
        ) from None
    if envelope.payload_type != _TYPE:
        raise UpdateError(f"status: must be of type {_TYPE}, got {envelope.payload_type!r}; ask the vehicle again")
    return status


def _check_members(status: Any) -> None:
    """Refuses with any error what is no status: a vehicle that was taken over signs whatever it likes."""
    signed = status["signed"]
    if signed is not None and datetime.fromisoformat(signed).tzinfo is None:
        raise ValueError("without an offset")
    for count in status["refusals"].values():
        check_whole("a count", count)
    for pack in status["packs"]:
        for name, kind in _MEMBERS.items():
            check_kind(name, pack[name], kind, kind.__name__)
