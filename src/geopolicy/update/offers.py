"""What a repository offers to a vehicle: packs, each with what was signed of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.errors import PackError, UpdateError
from geopolicy.pack.pack import Pack
from geopolicy.pack.rollback import Edition, check_not_rollback
from geopolicy.update.refusals import Attack, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from tuf.api.metadata import TargetFile

    from geopolicy.update.trust import Trusted

_MEMBER = "geopolicy"
_KNOWN = {"kind", "id", "revision", "fleets", "regions"}
MOST_BYTES = 2**30
"""Of a pack."""
END_OF_REVISIONS = 2**31
"""No pack has it, nor a greater one: nothing could follow it."""


class Stored(NamedTuple):
    """A pack as it is kept: its content, and the SHA-256 of that."""

    pack: Pack
    content: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A pack that a role signed, and what it says of it."""

    path: str
    role: str
    digest: str
    size: int
    kind: str
    id: str
    revision: int
    fleets: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def file(self) -> str:
        """Where it stands: by its digest, so that versions never mix."""
        folder, slash, name = self.path.rpartition("/")
        return f"{folder}{slash}{self.digest}.{name}"


def offers_of(trusted: Trusted, role: str) -> Iterator[Offer]:
    """The packs of a role that was verified; files that are no packs are passed over.

    Raises
    ------
    RefusedUpdateError
        For an entry that is not understood.
    """
    for path, target in trusted.targets[role].targets.items():
        stated = (target.custom or {}).get(_MEMBER)
        if stated is not None:
            yield _offer(path, role, target, stated)


def _offer(path: str, role: str, target: TargetFile, stated: Any) -> Offer:
    is_known = (
        isinstance(stated, dict)
        and stated.keys() == _KNOWN
        and stated["kind"] in ("base", "overlay")
        and all(isinstance(stated[name], str) for name in ("kind", "id"))
        and type(stated["revision"]) is int
        and all(_are_texts(stated[name]) for name in ("fleets", "regions"))
    )
    if not is_known or "sha256" not in target.hashes:
        rule = f"must state of its pack {', '.join(sorted(_KNOWN))}, and no more, and its SHA-256"
        raise refused(Attack.ARBITRARY, path, rule, "something else", "this version of geopolicy may be too old")
    return Offer(
        path,
        role,
        target.hashes["sha256"],
        target.length,
        stated["kind"],
        stated["id"],
        stated["revision"],
        tuple(stated["fleets"]),
        tuple(stated["regions"]),
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def chosen(offers: list[Offer], fleet: str, region: str) -> list[Offer]:
    """The bases of a fleet in a region, and all overlays of the fleet, wherever they lie: to ask for those of a place
    would tell where the vehicle is.

    Raises
    ------
    RefusedUpdateError
        If there is no base for the fleet, or none for the region.
    """
    own = [offer for offer in offers if fleet in offer.fleets]
    if not any(offer.kind == "base" for offer in own):
        raise refused(Attack.WRONG_FLEET, "targets.json", f"must offer zones for the fleet {fleet!r}", "none")
    own = [offer for offer in own if offer.kind == "overlay" or region in offer.regions]
    if not any(offer.kind == "base" for offer in own):
        raise refused(Attack.WRONG_REGION, "targets.json", f"must offer zones for the region {region!r}", "none")
    return own


def pack_of(offer: Offer, content: bytes, signed: datetime | None, installed: Mapping[str, Stored]) -> Stored:
    """The pack that was offered, checked against all that was signed of it, and against what is installed.

    Parameters
    ----------
    offer
        What was signed.
    content
        What was fetched.
    signed
        When the repository was signed last; a pack cannot have been issued later.
    installed
        The packs that are installed, by their paths.

    Raises
    ------
    RefusedUpdateError
        Naming the attack.
    """
    if len(content) != offer.size or sha256(content).hexdigest() != offer.digest:
        raise refused(Attack.ARBITRARY, offer.path, "must be the content that was signed", "another length or hash")
    try:
        pack = Pack(content, offer.path)
    except PackError as error:
        raise refused(Attack.ARBITRARY, offer.path, "must be a pack that can be used", f"{error}") from None
    header = pack.header
    said = header.kind, header.id, header.revision
    if said != (offer.kind, offer.id, offer.revision):
        rule = f"must be {offer.kind} {offer.id!r} of revision {offer.revision}, as was signed"
        raise refused(Attack.ARBITRARY, offer.path, rule, f"{said[0]} {said[1]!r} of {said[2]}")
    if header.is_overlay and (header.issued is None or header.ends is None):
        rule = "as an overlay must state when it was issued and when it ends"
        raise refused(Attack.ARBITRARY, offer.path, rule, f"issued {header.issued}, ends {header.ends}")
    if offer.revision >= END_OF_REVISIONS:
        rule = f"must have a revision below {END_OF_REVISIONS}, so that others can follow"
        raise refused(Attack.FAST_FORWARD, offer.path, rule, str(offer.revision))
    if signed is not None and header.issued is not None and header.issued > signed:
        rule = f"must have been issued by {signed.isoformat()}, when it was signed"
        raise refused(Attack.FAST_FORWARD, offer.path, rule, header.issued.isoformat())
    before = installed.get(offer.path)
    if before is not None:
        try:
            check_not_rollback(
                Edition(header, pack.digest),
                Edition(before.pack.header, before.pack.digest),
                offer.path,
                "the installed one stays",
            )
        except UpdateError as error:
            raise refused(Attack.ROLLBACK, offer.path, "must follow the installed one", f"{error}") from None
    return Stored(pack, content, offer.digest)
