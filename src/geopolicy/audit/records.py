"""The record of a log: one line of JSON, ended by a hash over the line and the hash of the line before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from geopolicy.audit.schema import FORMAT, fits_schema, is_count, is_hash, is_log_name
from geopolicy.base.hash_chain import is_marked
from geopolicy.base.records import short_repr
from geopolicy.errors import AuditError
from geopolicy.model.times import is_aware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COMMON = frozenset({"n", "time", "elapsed_s", "kind", "hash"})


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record of a log. Holds no position.

    Attributes
    ----------
    number
        Counts the records of a log from 1.
    kind
        What it tells: ``"segment"``, ``"start"``, ``"transition"``, ``"counters"``, ``"gap"``,
        ``"failed"``, ``"dropped"`` or ``"stop"``.
    time
        When, rounded down to the resolution of the log; None where it is not known.
    period
        The period under whose key the pseudonyms of zones were made.
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

    def __reduce__(self) -> tuple[Any, ...]:  # a mapping proxy cannot be pickled
        return _make_record, (self.number, self.kind, self.time, self.period, self.hash, dict(self.details))


def _make_record(number: int, kind: str, time: datetime | None, period: str, digest: str, details: Any) -> AuditRecord:
    return AuditRecord(number, kind, time, period, digest, MappingProxyType(details))


@dataclass(frozen=True, slots=True)
class Checkpoint:
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
    >>> Checkpoint.from_json(checkpoint.to_json()) == checkpoint
    True
    """

    log: str
    number: int
    hash: str
    time: datetime | None = None

    __repr__ = short_repr

    def to_json(self) -> str:
        """One line of JSON, always the same for the same checkpoint: what is to be signed."""
        members = {"geopolicy": "checkpoint", "format": FORMAT, "log": self.log, "number": self.number}
        return json.dumps(members | {"hash": self.hash, "time": time_text(self.time)}, separators=(",", ":")) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Checkpoint:
        """Reads what `to_json` writes.

        Raises
        ------
        AuditError
            If it is something else. Its ``code`` is ``"checkpoint-invalid"``.
        """
        try:
            members = json.loads(text)
            is_whole = members["geopolicy"] == "checkpoint" and members["format"] == FORMAT and len(members) == 6
            checkpoint = cls(members["log"], members["number"], members["hash"], time_from(members["time"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            is_whole = False
        if not (is_whole and checkpoint._is_valid()):
            rule = "must be one JSON object as `log export --checkpoint` writes it, of format 1"
            raise AuditError("checkpoint-invalid", f"checkpoint: {rule}, got something else")
        return checkpoint

    def _is_valid(self) -> bool:
        return is_log_name(self.log) and is_hash(self.hash) and is_count(self.number, least=1)


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
    time = datetime.fromisoformat(text).replace(tzinfo=UTC)
    if time_text(time) != text:
        raise ValueError("a time must be written with all its digits")
    return time


def members_of(line: bytes) -> dict[str, Any] | None:
    """The members of a line that ends with the right mark; None if it is no record of this format."""
    if not is_marked(line) or not line.isascii():
        return None
    try:
        members: dict[str, Any] = json.loads(line)
        members["time"] = time_from(members["time"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return members if fits_schema(members) else None


def record_of(members: Mapping[str, Any], period: str) -> AuditRecord:
    """The record of a line's members."""
    details = {name: value for name, value in members.items() if name not in _COMMON or name == "elapsed_s"}
    details.pop("period", None)
    shown = MappingProxyType(details)
    return AuditRecord(members["n"], members["kind"], members["time"], period, members["hash"], shown)
