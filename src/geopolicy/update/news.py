"""What is new for a vehicle, step by step and without I/O: what must be fetched, and what comes of it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from tuf.api.metadata import Snapshot, Timestamp

from geopolicy.update.delegation import check_delegated, check_path, is_delegated
from geopolicy.update.offers import chosen, offers_of, pack_of
from geopolicy.update.refusals import Attack, RefusedUpdateError, refused
from geopolicy.update.signed_files import signed_at
from geopolicy.update.trust import Request, refreshed, with_all_roles

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from datetime import datetime

    from geopolicy.pack.pack import Pack
    from geopolicy.update.offers import Offer
    from geopolicy.update.trust import Trusted


class Subscription(NamedTuple):
    """Which packs a vehicle takes: the bases of its fleet for its region, and all overlays of its fleet."""

    fleet: str
    region: str


class News(NamedTuple):
    """What is to be installed together: files of metadata by role, packs by path.

    ``at_least`` is a time before which it is not, by what was signed, and ``expires`` when the first of the metadata
    does. ``left_out`` is why something of delegated roles was refused: what was installed of it goes on.
    """

    metadata: Mapping[str, bytes]
    packs: Mapping[str, Pack]
    at_least: datetime | None
    expires: datetime
    left_out: tuple[RefusedUpdateError, ...]


def news_of(
    metadata: Mapping[str, bytes],
    packs: Mapping[str, Pack],
    subscription: Subscription,
    now: datetime,
    at_least: datetime | None = None,
) -> Generator[Request, bytes | None, News]:
    """Steps from what is installed to what is to be installed.

    Parameters
    ----------
    metadata, packs
        What is installed; of metadata at least the root.
    subscription
        What the vehicle takes.
    now, at_least
        As `refreshed` takes them.

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
    trusted = yield from refreshed(files, now, at_least)
    signed, at_least = signed_at(trusted.timestamp), trusted.at_least
    now = now if at_least is None else max(now, at_least)
    left_out: list[RefusedUpdateError] = []
    trusted = yield from with_all_roles(trusted, files, now, left_out)
    new = still_in_force(packs, at_least)
    for offer in chosen(list(_offers(trusted, left_out)), subscription.fleet, subscription.region):
        try:
            pack = _installed(offer, packs) or (yield from _fetched(offer, signed, packs))
            check_delegated(trusted, offer, pack, metadata.get(offer.role))
            if not _has_ended(pack, at_least):
                new[offer.path] = pack
        except RefusedUpdateError as refusal:
            if not is_delegated(offer.role):
                raise
            left_out.append(refusal)
    listed = {"root", Timestamp.type, Snapshot.type, *(name.removesuffix(".json") for name in trusted.snapshot.meta)}
    metadata = {role: content for role, content in files.items() if role in listed}
    return News(metadata, new, at_least, trusted.expires, tuple(left_out))


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


def still_in_force(packs: Mapping[str, Pack], at_least: datetime | None) -> dict[str, Pack]:
    """Packs but for overlays that have certainly ended, since it is no earlier than that."""
    return {path: pack for path, pack in packs.items() if not _has_ended(pack, at_least)}


def _has_ended(pack: Pack, at_least: datetime | None) -> bool:
    ends = pack.header.ends
    return ends is not None and at_least is not None and ends <= at_least


def _installed(offer: Offer, packs: Mapping[str, Pack]) -> Pack | None:
    """The pack that is offered, if it is installed."""
    pack = packs.get(offer.path)
    return pack if pack is not None and sha256(pack.data).hexdigest() == offer.digest else None
