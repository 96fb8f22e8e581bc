"""What a vehicle tells its fleet of its zones: what is installed and what was refused, signed, and no position."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError

from geopolicy.errors import UpdateError

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

    from geopolicy.update.client import UpdateClient

_TYPE = "application/vnd.geopolicy.vehicle-status+json"


def vehicle_status(client: UpdateClient) -> dict[str, Any]:
    """What is installed, when it was signed last, and which attacks were stopped since the client was made.

    Of each pack its path, kind, id, revision and digest. Nothing says where the vehicle is or was.
    """
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


def signed_status(client: UpdateClient, signer: Signer) -> bytes:
    """The status in an envelope (DSSE) that a key of the vehicle signed."""
    payload = json.dumps(vehicle_status(client), sort_keys=True).encode()
    envelope = Envelope(payload, _TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict()).encode()


def read_status(content: bytes, key: Key) -> dict[str, Any]:
    """The status in an envelope, if that key signed it.

    Raises
    ------
    UpdateError
        For anything else.
    """
    try:
        envelope = Envelope.from_dict(json.loads(content))
        envelope.verify([key], 1)
        status: dict[str, Any] = json.loads(envelope.payload)
    except (ValueError, KeyError, TypeError, AttributeError, VerificationError) as error:
        rule = "must be an envelope that the vehicle's key signed"
        raise UpdateError(
            f"status: {rule}, got something else ({type(error).__name__}); ask the vehicle again"
        ) from None
    if envelope.payload_type != _TYPE:
        raise UpdateError(f"status: must be of type {_TYPE}, got {envelope.payload_type!r}; ask the vehicle again")
    return status
