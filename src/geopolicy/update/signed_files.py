"""One file of metadata: what it must be, who must have signed it, and that it is not older or expired."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from securesystemslib.exceptions import StorageError, UnverifiedSignatureError, VerificationError
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError, SerializationError

from geopolicy.update.refusals import Attack, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from securesystemslib.signer import Key
    from tuf.api.metadata import MetaFile, Role

MOST_BYTES = {Root.type: 512_000, Timestamp.type: 16_384, Snapshot.type: 2_000_000, Targets.type: 5_000_000}
"""Of a file whose length nobody has signed before."""
MOST_VERSIONS = 2**31 - 1
"""Of a file: a new one each second for 68 years."""

_MEMBER, _SIGNED = "geopolicy", "signed"

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)
Delegator = Root | Targets


def read(kind: type[S], content: bytes, file: str) -> Metadata[S]:
    """A file of metadata that is one of its kind; nothing of it is proven.

    Raises
    ------
    RefusedUpdateError
        For anything else.
    """
    try:
        metadata: Metadata[Any] = Metadata.from_bytes(content)
    except (DeserializationError, RecursionError) as error:
        raise refused(Attack.ARBITRARY, file, "must be metadata of TUF", type(error).__name__) from None
    if metadata.signed.type != kind.type:
        raise refused(Attack.ARBITRARY, file, f"must be of type {kind.type}", repr(metadata.signed.type))
    if metadata.signed.version > MOST_VERSIONS:
        rule = f"must have a version of at most {MOST_VERSIONS}"
        raise refused(
            Attack.FAST_FORWARD, file, rule, str(metadata.signed.version), "the publisher must rotate its keys"
        )
    return metadata


def check_signed(metadata: Metadata[S], delegator: Delegator, role_name: str, file: str) -> None:
    """Refuses a file that not enough keys of its role have signed; one key counts once, whatever its names.

    Raises
    ------
    RefusedUpdateError
        Saying whether keys are wrong or too few.
    """
    role = _role_of(delegator, role_name, file)
    _check_distinct(role, delegator.keys if isinstance(delegator, Root) else _keys_of(delegator), file)
    try:
        result = delegator.get_verification_result(role_name, metadata.signed_bytes, metadata.signatures)
    except (ValueError, SerializationError, VerificationError, UnverifiedSignatureError) as error:
        raise refused(Attack.WRONG_KEY, file, "must be signed by keys that can be used", type(error).__name__) from None
    if result.verified:
        return
    good, rule = len(result.signed), f"must be signed by {role.threshold} of {len(role.keyids)} keys of {role_name}"
    attack = Attack.WRONG_KEY if not good else Attack.THRESHOLD
    raise refused(attack, file, rule, f"{good} that are valid")


def _role_of(delegator: Delegator, role_name: str, file: str) -> Role:
    try:
        return delegator.get_delegated_role(role_name)
    except ValueError:
        raise refused(Attack.ARBITRARY, file, "must be of a role that was delegated", repr(role_name)) from None


def _keys_of(targets: Targets) -> Mapping[str, Key]:
    return targets.delegations.keys if targets.delegations is not None else {}


def _check_distinct(role: Role, keys: Mapping[str, Key], file: str) -> None:
    """Refuses a role to which one key belongs twice."""
    values = [str(keys[keyid].keyval.get("public")).strip() for keyid in role.keyids if keyid in keys]
    if len(values) != len(set(values)):
        raise refused(Attack.DUPLICATE_KEY, file, "must be signed by keys that differ", "one key under two names")


def check_not_older(version: int, known: int, file: str, what: str) -> None:
    """Refuses a version below one that was seen, of the file or of what it names; below 0 it names none.

    Raises
    ------
    RefusedUpdateError
        As a rollback.
    """
    if version < known:
        got = str(version) if version >= 0 else "none"
        raise refused(Attack.ROLLBACK, file, f"{what} of version {known} or later", got)


def check_fresh(signed: Signed, now: datetime, file: str) -> None:
    """Refuses what has expired.

    Raises
    ------
    RefusedUpdateError
        As a freeze.
    """
    if signed.is_expired(now):
        rule = f"must not have expired at {now.isoformat(timespec='seconds')}"
        raise refused(Attack.FREEZE, file, rule, f"expired since {signed.expires.isoformat()}")


def signed_at(timestamp: Timestamp | None) -> datetime | None:
    """When a repository was signed last, by its verified timestamp: now is no earlier. None if it does not say.

    Raises
    ------
    RefusedUpdateError
        If it says something else than a time.
    """
    stated = None if timestamp is None else timestamp.unrecognized_fields.get(_MEMBER)
    if stated is None:
        return None
    try:
        moment = datetime.fromisoformat(stated[_SIGNED])
        if moment.tzinfo is None:
            raise ValueError("without an offset")
        return moment.astimezone(UTC)
    except (TypeError, KeyError, ValueError, OverflowError):
        rule = f"must say in {_MEMBER}.{_SIGNED} when it was signed, with an offset"
        raise refused(Attack.ARBITRARY, "timestamp.json", rule, "something else") from None


def check_announced(content: bytes, meta: MetaFile, file: str) -> None:
    """Refuses a content that is not the one that the file before it announced.

    Raises
    ------
    RefusedUpdateError
        As a mix of files, or for too many bytes.
    """
    if meta.length is not None and len(content) > meta.length:
        raise refused(Attack.ENDLESS_DATA, file, f"must have {meta.length} bytes", f"{len(content)}")
    try:
        meta.verify_length_and_hashes(content)
    except (LengthOrHashMismatchError, StorageError):
        rule = "must be the content that was announced for it"
        raise refused(Attack.MIX_AND_MATCH, file, rule, "another length or hash") from None


def check_version(signed: Signed, meta: MetaFile, file: str) -> None:
    """Refuses another version than was announced.

    Raises
    ------
    RefusedUpdateError
        As a mix of files.
    """
    if signed.version != meta.version:
        rule = f"must be of version {meta.version}, as announced"
        raise refused(Attack.MIX_AND_MATCH, file, rule, str(signed.version))
