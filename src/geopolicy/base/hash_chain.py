"""Lines of JSON of which each ends in a hash over the line and the hash of the line before."""

from __future__ import annotations

import hashlib
import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

GENESIS = "0" * 64
"""What the first line of a chain has as the hash before it."""
_MARK = b',"hash":"'
_TAIL_BYTES = len(_MARK) + 64 + 2  # the mark, the digits, '"}'


def hash_of(previous: str, body: bytes) -> str:
    """The hash of a record: SHA-256 over the 32 bytes of the hash before it and the record's own bytes."""
    return hashlib.sha256(bytes.fromhex(previous) + body).hexdigest()


def line_of(members: Mapping[str, Any], previous: str) -> tuple[bytes, str]:
    """The line of a record, with its newline, and its hash."""
    body = json.dumps(members, separators=(",", ":")).encode("ascii")[:-1]
    digest = hash_of(previous, body)
    return body + _MARK + digest.encode("ascii") + b'"}\n', digest


def is_marked(line: bytes) -> bool:
    """Whether a line, without its newline, ends as one with a hash does."""
    return line[-_TAIL_BYTES:][: len(_MARK)] == _MARK and line[-2:] == b'"}'


def fault_of(line: bytes, previous: str) -> str | None:
    """Why a line does not go on from the hash before it; None if it does."""
    stated = line[-66:-2]
    if not is_marked(line):
        return "not-a-record"
    if stated != hash_of(previous, line[:-_TAIL_BYTES]).encode("ascii"):
        return "hash-wrong"
    return None
