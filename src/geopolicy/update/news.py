"""What is new for a vehicle, step by step and without I/O: what must be fetched, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from tuf.api.metadata import Snapshot, Timestamp

from geopolicy.update.delegation import check_delegated, check_path, is_delegated
from geopolicy.update.offers import chosen, offers_of, pack_of
from geopolicy.update.refusals import Attack, RefusedUpdateError, refused
from geopolicy.update.signed_files import read
from geopolicy.update.trust import Request, check_all_fresh, refreshed, with_all_roles

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from geopolicy.pack.pack import Pack
    from geopolicy.update.offers import Offer
    from geopolicy.update.trust import Trusted

_MEMBER, _SIGNED = "geopolicy", "signed"


class Subscription(NamedTuple):
    """Which packs a vehicle takes: the bases of its fleet for its region, and all overlays of its fleet."""

    fleet: str
    region: str


class News(NamedTuple):
    """What is to be installed together: files of metadata by role, packs by path.

    ``left_out`` is why something of delegated roles was refused: what was installed of it goes on.
    """

    metadata: Mapping[str, bytes]
    packs: Mapping[str, Pack]
    left_out: tuple[RefusedUpdateError, ...]


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
    left_out: list[RefusedUpdateError] = []
    trusted = yield from with_all_roles(trusted, files, now, left_out)
    new = {path: pack for path, pack in packs.items() if not _has_ended(pack, signed)}
    for offer in chosen(list(_offers(trusted, left_out)), subscription.fleet, subscription.region):
        try:
            pack = _installed(offer, packs) or (yield from _fetched(offer, signed, packs))
            check_delegated(trusted, offer, pack)
            if not _has_ended(pack, signed):
                new[offer.path] = pack
        except RefusedUpdateError as refusal:
            if not is_delegated(offer.role):
                raise
            left_out.append(refusal)
    listed = {"root", Timestamp.type, Snapshot.type, *(name.removesuffix(".json") for name in trusted.snapshot.meta)}
    metadata = {role: content for role, content in files.items() if role in listed}
    return News(metadata, new, tuple(left_out))


def _offers(trusted: Trusted, left_out: list[RefusedUpdateError]) -> Iterator[Offer]:
    """What all roles offer; nothing of a delegated one that offers what is not understood, or not its own."""
    for role in trusted.targets:
        try:
            offers = list(offers_of(trusted, role))
            for offer in offers:
                check_path(trusted, offer)
            yield from offers
        except RefusedUpdateError as refusal:
            if not is_delegated(role):
                raise
            left_out.append(refusal)


def _fetched(
    offer: Offer, signed: datetime | None, packs: Mapping[str, Pack]
) -> Generator[Request, bytes | None, Pack]:
    content = yield Request(offer.file, offer.size, "targets")
    if content is None:
        rule = "must be there, since it was signed"
        raise refused(Attack.MIX_AND_MATCH, offer.path, rule, "no such file")
    return pack_of(offer, content, signed, packs)


def _has_ended(pack: Pack, signed: datetime | None) -> bool:
    """Whether an overlay ended before the repository was signed: that time has certainly come."""
    ends = pack.header.ends
    return ends is not None and signed is not None and ends <= signed


def _installed(offer: Offer, packs: Mapping[str, Pack]) -> Pack | None:
    """The pack that is offered, if it is installed."""
    pack = packs.get(offer.path)
    return pack if pack is not None and sha256(pack.data).hexdigest() == offer.digest else None
