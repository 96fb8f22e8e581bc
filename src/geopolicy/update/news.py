"""What is new for a vehicle, step by step and without I/O: what must be fetched, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from tuf.api.metadata import Timestamp

from geopolicy.update.offers import chosen, offers_of, pack_of
from geopolicy.update.refusals import Attack, refused
from geopolicy.update.signed_files import read
from geopolicy.update.trust import Request, check_all_fresh, refreshed, with_all_roles

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from geopolicy.pack.pack import Pack
    from geopolicy.update.offers import Offer

_MEMBER, _SIGNED = "geopolicy", "signed"


class Subscription(NamedTuple):
    """Which packs a vehicle takes: the bases of its fleet for its region, and all overlays of its fleet."""

    fleet: str
    region: str


class News(NamedTuple):
    """What is to be installed together: files of metadata by role, packs by path."""

    metadata: Mapping[str, bytes]
    packs: Mapping[str, Pack]


def signed_at(timestamp: bytes | None) -> datetime | None:
    """When a repository was signed last, by its verified timestamp file: now is no earlier. None if it does not say."""
    if timestamp is None:
        return None
    signed = read(Timestamp, timestamp, "timestamp.json").signed
    return _moment(signed)


def _moment(signed: Timestamp) -> datetime | None:
    stated = signed.unrecognized_fields.get(_MEMBER)
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


def news_of(
    metadata: Mapping[str, bytes], packs: Mapping[str, Pack], subscription: Subscription, now: datetime
) -> Generator[Request, bytes | None, News]:
    """Steps from what is installed to what is to be installed.

    Parameters
    ----------
    metadata, packs
        What is installed; of metadata at least the root.
    subscription
        What the vehicle takes.
    now
        The time, as far as it is known; it counts as no earlier than what was signed.

    Yields
    ------
    Request
        What is needed next; its content is sent, or None where there is no such file.

    Raises
    ------
    RefusedUpdateError
        Naming the attack; nothing was changed.
    """
    files = dict(metadata)
    known = signed_at(files.get(Timestamp.type))
    now = now if known is None else max(now, known)
    trusted = yield from refreshed(files, now)
    signed = _moment(trusted.timestamp)
    if signed is not None and signed > now:
        now = signed
        check_all_fresh(trusted, now)
    trusted = yield from with_all_roles(trusted, files, now)
    offers = chosen(list(offers_of(trusted)), subscription.fleet, subscription.region)
    new = dict(packs)
    for offer in offers:
        if _is_installed(offer, packs):
            continue
        content = yield Request(offer.file, offer.size, "targets")
        if content is None:
            rule = "must be there, since it was signed"
            raise refused(Attack.MIX_AND_MATCH, offer.path, rule, "no such file")
        new[offer.path] = pack_of(offer, content, signed, packs)
    roles = {Timestamp.type, "snapshot", "root", *trusted.targets}
    return News({role: content for role, content in files.items() if role in roles}, new)


def _is_installed(offer: Offer, packs: Mapping[str, Pack]) -> bool:
    from hashlib import sha256

    pack = packs.get(offer.path)
    return pack is not None and sha256(pack.data).hexdigest() == offer.digest
