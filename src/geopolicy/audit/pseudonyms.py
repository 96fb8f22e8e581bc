"""Pseudonyms of zones: names that only the holder of a vehicle's key can make, others in every period."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass

from geopolicy.base.arguments import check_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

KEY_BYTES = 16  # the least: a shorter key can be guessed, and with it every pseudonym
_PURPOSE = b"geopolicy audit zone pseudonyms 1\0"
_PSEUDONYM_BYTES = 8


@dataclass(frozen=True, slots=True)
class ZoneIds:
    """Zones in a record that is not written yet: their pseudonyms are those of the period in which it is."""

    ids: tuple[str, ...]


def period_key(key: bytes, period: str) -> bytes:
    """The key of one period, from which neither the vehicle's key nor that of another period follows.

    Raises
    ------
    ValueError
        If the key is shorter than 16 bytes.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(
            f"an audit key must be at least {KEY_BYTES} bytes, got {len(key)}; use secrets.token_bytes(32)"
        )
    return hmac.digest(key, _PURPOSE + period.encode(), "sha256")


def pseudonym_of(period_secret: bytes, zone_id: str) -> str:
    """The pseudonym of a zone under the key of a period: 16 hexadecimal digits."""
    return hmac.digest(period_secret, zone_id.encode("utf-8", "surrogatepass"), "sha256")[:_PSEUDONYM_BYTES].hex()


def with_pseudonyms(details: Mapping[str, Any], period_secret: bytes) -> dict[str, Any]:
    """Details of a record with sorted pseudonyms in the place of every `ZoneIds`."""
    named: dict[str, Any] = {}
    for name, value in details.items():
        if isinstance(value, ZoneIds):
            named[name] = sorted(pseudonym_of(period_secret, zone_id) for zone_id in value.ids)
        elif isinstance(value, dict):
            named[name] = with_pseudonyms(value, period_secret)
        else:
            named[name] = value
    return named


def zone_pseudonym(key: bytes, period: str, zone_id: str) -> str:
    """The pseudonym under which a log names a zone: equal only for the same key, period and zone.

    ``period`` stands in every record of a log (`AuditRecord`): a month such as ``"2026-11"``, or a random
    name where the time was not known. To tell which zone a pseudonym stands for, make those of
    all zones that it may be and compare.

    Raises
    ------
    ValueError
        If the key is shorter than 16 bytes.

    Examples
    --------
    >>> zone_pseudonym(bytes(32), "2026-11", "school-yard")
    '37ba178647548063'
    """
    check_kind("key", key, bytes, "bytes")
    check_kind("period", period, str, "a text")
    check_kind("zone_id", zone_id, str, "a text")
    return pseudonym_of(period_key(key, period), zone_id)


def period_of(time: datetime | None, current: str | None, *, is_full: bool) -> str:
    """The period that a record belongs to.

    The month where the time is known. Else the current one, so that a receiver that loses its time does not
    begin a period each time; but a full segment ends it, so that none lasts for ever.
    """
    if time is not None:
        return f"{time.year:04d}-{time.month:02d}"
    if current is None or is_full:
        return f"unknown-{os.urandom(8).hex()}"
    return current
