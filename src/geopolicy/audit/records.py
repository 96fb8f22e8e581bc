"""The record of a log: one line of JSON, ended by a hash over the line and the hash of the line before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from geopolicy._value import Value
from geopolicy.audit.schema import FORMAT, is_count, is_hash, is_log_name, is_shaped
from geopolicy.errors import AuditError
from geopolicy.model.times import is_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

GENESIS = "0" * 64
"""What the first record of a log has as the hash before it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARK = b',"hash":"'
_TAIL_BYTES = len(_MARK) + 64 + 2  # the mark, the digits, '"}'
_COMMON = frozenset({"n", "time", "elapsed_s", "kind", "hash"})


class AuditRecord(Value):
    """One record of a log. Holds no position.

    Attributes
    ----------
    number
        Counts the records of a log from 1.
    kind
        What it tells: ``"segment"``, ``"start"``, ``"turn"``, ``"counters"``, ``"gap"``, ``"failed"``,
        ``"dropped"`` or ``"stop"``.
    time
        When, rounded down to the resolution of the log; None where it is not known.
    period
        The period under whose key the handles of zones were made.
    hash
        SHA-256 over the hash before it and this record, as hex.
    details
        What is particular to its kind, as plain values; see the page on the format.
    """

    number: int
    kind: str
    time: datetime | None
    period: str
    hash: str
    details: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The record as plain values for JSON."""
        shown = {"n": self.number, "time": time_text(self.time), "kind": self.kind, "period": self.period}
        return shown | dict(self.details) | {"hash": self.hash}

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:
        *values, details = self._values()
        return _make_record, (*values, dict(details))


def _make_record(number: int, kind: str, time: datetime | None, period: str, digest: str, details: Any) -> AuditRecord:
    return AuditRecord(number, kind, time, period, digest, MappingProxyType(details))


class Checkpoint(Value):
    """What proves a log up to one record to whoever keeps it elsewhere: 32 bytes of hash, and no content.

    Attributes
    ----------
    log
        The random name of the log, 32 hexadecimal digits.
    number
        The number of the last record that it vouches for.
    hash
        The hash of that record.
    time
        The last time that the log knew, rounded down to its resolution; None if it knew none.

    Examples
    --------
    >>> checkpoint = Checkpoint("00" * 16, 3, "ab" * 32)
    >>> Checkpoint.parse(checkpoint.to_json()) == checkpoint
    True
    """

    log: str
    number: int
    hash: str
    time: datetime | None = None

    def to_json(self) -> str:
        """One line of JSON, always the same for the same checkpoint: what is to be signed."""
        members = {"geopolicy": "checkpoint", "format": FORMAT, "log": self.log, "number": self.number}
        return json.dumps(members | {"hash": self.hash, "time": time_text(self.time)}, separators=(",", ":")) + "\n"

    @classmethod
    def parse(cls, text: str | bytes) -> Checkpoint:
        """Reads what `to_json` writes.

        Raises
        ------
        AuditError
            If it is something else. Its ``code`` is ``"checkpoint-invalid"``.
        """
        try:
            found = json.loads(text)
            members = {name: found[name] for name in ("log", "number", "hash", "time")}
            is_whole = found["geopolicy"] == "checkpoint" and found["format"] == FORMAT and len(found) == 6
            own = cls(members["log"], members["number"], members["hash"], time_from(members["time"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            is_whole = False
        if not is_whole or not is_log_name(own.log) or not is_hash(own.hash) or not is_count(own.number, least=1):
            rule = "must be one JSON object as `log export --checkpoint` writes it, of format 1"
            raise AuditError("checkpoint-invalid", f"checkpoint: {rule}, got something else")
        return own


def coarse(time: datetime | None, resolution_s: int) -> datetime | None:
    """A time rounded down to a multiple of the resolution since 1970; None for what is no aware datetime."""
    if time is None or not is_aware(time):
        return None
    step = timedelta(seconds=resolution_s)
    try:
        return _EPOCH + (time - _EPOCH) // step * step
    except OverflowError:  # in the first seconds of the year 1
        return None


def time_text(time: datetime | None) -> str | None:
    """A coarse time as it stands in a record: RFC 3339 in UTC, whole seconds."""
    return None if time is None else time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def time_from(text: Any) -> datetime | None:
    """The time of a record.

    Raises
    ------
    ValueError
        For what `time_text` does not write.
    """
    if text is None:
        return None
    found = datetime.fromisoformat(text).replace(tzinfo=UTC)
    if time_text(found) != text:
        raise ValueError("a time must be written with all its digits")
    return found


def hash_of(previous: str, body: bytes) -> str:
    """The hash of a record: SHA-256 over the 32 bytes of the hash before it and the record's own bytes."""
    return hashlib.sha256(bytes.fromhex(previous) + body).hexdigest()


def line_of(members: Mapping[str, Any], previous: str) -> tuple[bytes, str]:
    """The line of a record, with its newline, and its hash."""
    body = json.dumps(members, separators=(",", ":")).encode("ascii")[:-1]
    digest = hash_of(previous, body)
    return body + _MARK + digest.encode("ascii") + b'"}\n', digest


def members_of(line: bytes) -> dict[str, Any] | None:
    """The members of a line that ends with the right mark; None if it is no record of this format."""
    if line[-_TAIL_BYTES:][: len(_MARK)] != _MARK or line[-2:] != b'"}' or not line.isascii():
        return None
    try:
        found = json.loads(line)
        found["time"] = time_from(found["time"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return found if is_shaped(found) else None


def fault_of(line: bytes, previous: str) -> str | None:
    """Why a line does not go on from the hash before it; None if it does."""
    stated = line[-66:-2]
    if line[-_TAIL_BYTES:][: len(_MARK)] != _MARK or line[-2:] != b'"}':
        return "not-a-record"
    if stated != hash_of(previous, line[:-_TAIL_BYTES]).encode("ascii"):
        return "hash-wrong"
    return None


def record_of(members: Mapping[str, Any], period: str) -> AuditRecord:
    """The record of a line's members."""
    details = {name: value for name, value in members.items() if name not in _COMMON or name == "elapsed_s"}
    details.pop("period", None)
    shown = MappingProxyType(details)
    return AuditRecord(members["n"], members["kind"], members["time"], period, members["hash"], shown)
