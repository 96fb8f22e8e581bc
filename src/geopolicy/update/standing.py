"""How a repository stands: what is published and until when, what waits, and whose signatures are missing."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tuf.api.metadata import Snapshot, Targets, Timestamp

from geopolicy.update.additions import custom_of
from geopolicy.update.drafts import Lack, looser_in, need_of, needs_in, signed_by
from geopolicy.update.signing import lacks_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tuf.api.metadata import Metadata, TargetFile

    from geopolicy.update.drafts import State


@dataclass(frozen=True, slots=True)
class DraftStanding:
    """What waits for signatures; ``digest`` is the SHA-256 of what is signed, for a comparison of two machines."""

    version: int
    expires: datetime
    digest: str
    signed: tuple[str, ...]
    looser: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleStanding:
    """A role: its version and how long it holds (None: not published yet), its keys to be, and what waits."""

    role: str
    version: int | None
    expires: datetime | None
    left_s: float | None
    threshold: int
    keyids: tuple[str, ...]
    draft: DraftStanding | None


@dataclass(frozen=True, slots=True)
class PackStanding:
    """A pack: its path, and what signed metadata says of it."""

    role: str
    path: str
    id: str
    kind: str
    revision: int
    bytes: int
    digest: str
    fleets: tuple[str, ...]
    regions: tuple[str, ...]
    is_published: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A repository as it stands."""

    roles: tuple[RoleStanding, ...]
    packs: tuple[PackStanding, ...]
    lacks: tuple[Lack, ...]
    """Whose signatures are missing before everything that waits is published."""


def standing_of(state: State, now: datetime) -> Standing:
    """How a repository stands at a time."""
    roles = tuple(_role(state, role, now) for role in (*state.versions(), Snapshot.type, Timestamp.type))
    lacks = [lack for role in state.versions() for lack in lacks_in(state, role)]
    if not lacks and any(versions.draft is not None for versions in state.versions().values()):
        lacks = [_online(state, role) for role in (Snapshot.type, Timestamp.type)]
    return Standing(roles, tuple(_packs(state)), tuple(lacks))


def _role(state: State, role: str, now: datetime) -> RoleStanding:
    published, draft = _published_and_draft(state, role)
    is_delegated = role in state.roles and role != Targets.type
    need = need_of(state.newest_targets if is_delegated else state.newest_root, role)
    expires = None if published is None else published.signed.expires
    return RoleStanding(
        role,
        None if published is None else published.signed.version,
        expires,
        None if expires is None else (expires - now).total_seconds(),
        need.threshold,
        tuple(need.keys),
        None if draft is None else _draft(state, role, draft),
    )


def _published_and_draft(state: State, role: str) -> tuple[Metadata[Any] | None, Metadata[Any] | None]:
    if role == Timestamp.type:
        return state.timestamp, None
    versions: Any = state.snapshot if role == Snapshot.type else state.versions()[role]
    return versions.published, versions.draft


def _draft(state: State, role: str, draft: Metadata[Any]) -> DraftStanding:
    needs = [need_of(state.newest_root, role)] if role == Snapshot.type else needs_in(state, role)
    signed = signed_by(draft, {keyid: key for need in needs for keyid, key in need.keys.items()})
    digest = sha256(draft.signed_bytes).hexdigest()
    return DraftStanding(
        draft.signed.version, draft.signed.expires, digest, tuple(sorted(signed)), tuple(looser_in(draft))
    )


def _online(state: State, role: str) -> Lack:
    published, _ = _published_and_draft(state, role)
    need = need_of(state.newest_root, role)
    version = 1 if published is None else published.signed.version + 1
    return Lack(role, version, need.threshold, tuple(need.keys), "to publish what is complete")


def _packs(state: State) -> Iterator[PackStanding]:
    for role, versions in state.roles.items():
        published = {} if versions.published is None else versions.published.signed.targets
        newest = published if versions.draft is None else versions.draft.signed.targets
        for path, target in sorted(newest.items()):
            yield _pack(role, path, target, is_published=published.get(path) == target)


def _pack(role: str, path: str, target: TargetFile, *, is_published: bool) -> PackStanding:
    custom = custom_of(target)
    return PackStanding(
        role=role,
        path=path,
        id=str(custom.get("id")),
        kind=str(custom.get("kind")),
        revision=int(custom.get("revision", 0)),
        bytes=target.length,
        digest=target.hashes["sha256"],
        fleets=tuple(custom.get("fleets", ())),
        regions=tuple(custom.get("regions", ())),
        is_published=is_published,
    )
