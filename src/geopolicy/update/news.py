"""What is new for a vehicle, step by step and without I/O: what must be fetched, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from geopolicy.engines.layers import check_layers
from geopolicy.errors import UpdateError, ZoneFileError
from geopolicy.update.delegation import check_delegated, check_path, is_delegated
from geopolicy.update.offers import chosen, offers_of, pack_of
from geopolicy.update.refusals import Attack, RefusedUpdateError, refused
from geopolicy.update.signed_files import signed_at
from geopolicy.update.trust import Request, refreshed, with_all_roles

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, MutableMapping
    from datetime import datetime

    from geopolicy.update.offers import Offer, Stored
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
    packs: Mapping[str, Stored]
    at_least: datetime | None
    expires: datetime
    left_out: tuple[UpdateError, ...]


def news_of(
    files: MutableMapping[str, bytes],
    packs: Mapping[str, Stored],
    subscription: Subscription,
    now: datetime,
    at_least: datetime | None = None,
) -> Generator[Request, bytes | None, News]:
    """Steps from what is installed to what is to be installed.

    Parameters
    ----------
    files, packs
        What is installed; of metadata at least the root. What is accepted is put among the files, also where
        something after it is refused.
    subscription
        What the vehicle takes.
    now, at_least
        As `refreshed` takes them.

    Yields
    ------
    Request
        What is needed next; its content is sent, or None where there is no such file, or thrown why it did not come.

    Raises
    ------
    RefusedUpdateError
        Naming the attack.
    """
    before = dict(files)
    trusted = yield from refreshed(files, now, at_least)
    signed, at_least = signed_at(trusted.timestamp), trusted.at_least
    now = now if at_least is None else max(now, at_least)
    left_out: list[UpdateError] = []
    trusted = yield from with_all_roles(trusted, files, now, left_out)
    new = still_in_force(packs, at_least)
    for offer in chosen(list(_offers(trusted, left_out)), subscription.fleet, subscription.region):
        try:
            stored = packs.get(offer.path)
            if stored is None or stored.digest != offer.digest:
                stored = yield from _fetched(offer, signed, packs)
            check_delegated(trusted, offer, stored.pack, before.get(offer.role))
            if not _has_ended(stored, at_least):
                new[offer.path] = stored
        except UpdateError as refusal:
            if not is_delegated(offer.role):
                raise
            left_out.append(refusal)
    new = _together(new, packs, trusted, left_out)
    listed = {Root.type, Timestamp.type, Snapshot.type, *(name.removesuffix(".json") for name in trusted.snapshot.meta)}
    metadata = {role: content for role, content in files.items() if role in listed}
    return News(metadata, new, at_least, trusted.expires, tuple(left_out))


def _offers(trusted: Trusted, left_out: list[UpdateError]) -> Iterator[Offer]:
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
    offer: Offer, signed: datetime | None, packs: Mapping[str, Stored]
) -> Generator[Request, bytes | None, Stored]:
    content = yield Request(quote(offer.file), offer.size, "targets")
    if content is None:
        rule = "must be there, since it was signed"
        raise refused(Attack.MIX_AND_MATCH, offer.path, rule, "no such file")
    return pack_of(offer, content, signed, packs)


def _together(
    new: Mapping[str, Stored], installed: Mapping[str, Stored], trusted: Trusted, left_out: list[UpdateError]
) -> dict[str, Stored]:
    """Packs that open as one: who takes an id that another pack has must not keep that one, or all, out of force.

    What the top role offers comes first, then what is installed, then what is new of delegated roles; of these what
    does not fit is left out.

    Raises
    ------
    RefusedUpdateError
        If what the top role offers does not fit, or a base that is installed would have to go.
    """
    own = trusted.targets[Targets.type].targets
    taken: dict[str, Stored] = {}
    for path in sorted(new, key=lambda path: (path not in own, new[path] is not installed.get(path), path)):
        before = installed.get(path, new[path])
        for stored in (new[path],) if before is new[path] else (new[path], before):
            clash = _clash(path, stored, taken, installed)
            if clash is None:
                taken[path] = stored
                break
            if path in own or not stored.pack.is_overlay:
                raise clash
            left_out.append(clash)
    return taken


def _clash(
    path: str, own: Stored, taken: Mapping[str, Stored], installed: Mapping[str, Stored]
) -> RefusedUpdateError | None:
    """Why a pack does not open beside those that are taken; None if it does."""
    for name, other in taken.items():
        if own is installed.get(path) and other is installed.get(name):
            continue  # they are in force together
        try:
            check_layers([other.pack, own.pack])
        except ZoneFileError as error:
            attack = Attack.BEYOND_DELEGATION if own.pack.is_overlay else Attack.ARBITRARY
            return refused(attack, path, f"must share no id with {name}", f"{error.problems[0].value}")
    return None


def still_in_force(packs: Mapping[str, Stored], at_least: datetime | None) -> dict[str, Stored]:
    """Packs but for overlays that have certainly ended, since it is no earlier than that."""
    return {path: stored for path, stored in packs.items() if not _has_ended(stored, at_least)}


def _has_ended(stored: Stored, at_least: datetime | None) -> bool:
    ends = stored.pack.header.ends
    return ends is not None and at_least is not None and ends <= at_least
