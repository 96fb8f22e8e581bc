"""What is published and what waits for signatures, role by role, and which signatures it waits for."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from geopolicy.update.repository_files import NOTES, PublishError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from securesystemslib.signer import Key

    from geopolicy.update.repository_files import RepositoryFiles

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)
DAY_S = 86_400
LASTS_S = {Root.type: 365 * DAY_S, Targets.type: 90 * DAY_S, Snapshot.type: DAY_S, Timestamp.type: DAY_S}
"""After how long each role expires: a year offline, a day online, as Uptane's guidance has it."""
LOOSER = "looser"
FEWEST_FOR_LOOSER = 2
"""Different keys that must sign what is looser than before."""


@dataclass(slots=True)
class Versions(Generic[S]):
    """A role: what is published of it, and what waits for signatures."""

    published: Metadata[S] | None
    draft: Metadata[S] | None

    @property
    def newest(self) -> Metadata[S] | None:
        """What will be, or else what is."""
        return self.draft or self.published

    def edited(self, lasts_s: int, now: datetime) -> Metadata[S]:
        """The draft, made if there is none, as one that nobody has signed yet.

        Raises
        ------
        PublishError
            If there is nothing to begin with.
        """
        if self.draft is None:
            if self.published is None:
                raise PublishError("publish: a role must have been begun, got none; copy the whole folder")
            self.draft = Metadata(deepcopy(self.published.signed))
            self.draft.signed.version += 1
        self.draft.signatures.clear()
        self.draft.signed.expires = now + timedelta(seconds=lasts_s)
        return self.draft


@dataclass(slots=True)
class State:
    """All of a repository."""

    root: Versions[Root]
    snapshot: Versions[Snapshot]
    timestamp: Metadata[Timestamp] | None
    roles: dict[str, Versions[Targets]]
    """The top role of targets, then those that it delegates to."""

    @property
    def newest_root(self) -> Root:
        """The root that will be, or else that is."""
        return _newest(self.root)

    @property
    def newest_targets(self) -> Targets:
        """The targets of the top role that will be, or else that are."""
        return _newest(self.roles[Targets.type])

    def lasts_s(self, role: str) -> int:
        """After how long a role expires; a delegated one as the targets do."""
        return lasts_s_of(self.newest_root, role)

    def versions(self) -> dict[str, Versions[Any]]:
        """Every role that has drafts which wait for people, by name."""
        return {Root.type: self.root, **self.roles}


def _newest(versions: Versions[S]) -> S:
    metadata = versions.newest
    if metadata is None:
        raise PublishError("publish: a role must have been begun, got none; copy the whole folder")
    return metadata.signed


def lasts_s_of(root: Root, role: str) -> int:
    """After how long a role expires, as the root says."""
    name = role if role in LASTS_S else Targets.type
    notes = root.unrecognized_fields.get(NOTES)
    stated = notes.get("lasts_s") if isinstance(notes, dict) else None
    value = stated.get(name) if isinstance(stated, dict) else None
    return value if isinstance(value, int) and value > 0 else LASTS_S[name]


def state_of(files: RepositoryFiles) -> State:
    """What is in a folder.

    Raises
    ------
    PublishError
        If it is no repository, or a part is missing.
    """
    root = files.root()
    roots = Versions(root, files.draft(Root, Root.type, root))
    if roots.newest is None:
        raise files.none_there()
    timestamp = files.timestamp()
    meta = {} if timestamp is None else {Snapshot.type: timestamp.signed.snapshot_meta.version}
    snapshot = None if not meta else files.published(Snapshot, Snapshot.type, meta[Snapshot.type])

    def versions_of(role: str) -> Versions[Targets]:
        listed = None if snapshot is None else snapshot.signed.meta.get(f"{role}.json")
        published = None if listed is None else files.published(Targets, role, listed.version)
        return Versions(published, files.draft(Targets, role, published))

    top = versions_of(Targets.type)
    roles = {Targets.type: top} | {role: versions_of(role) for role in delegated_in(_newest(top))}
    return State(roots, Versions(snapshot, files.draft(Snapshot, Snapshot.type, snapshot)), timestamp, roles)


def delegated_in(targets: Targets) -> list[str]:
    """The roles that targets delegate to."""
    return list(targets.delegations.roles or {}) if targets.delegations is not None else []


class Need(NamedTuple):
    """So many of some keys must sign."""

    threshold: int
    keys: Mapping[str, Key]
    why: str


class Lack(NamedTuple):
    """What is missing before a draft can be published."""

    role: str
    version: int
    missing: int
    keyids: tuple[str, ...]
    """Of these so many more must sign."""
    why: str

    def __str__(self) -> str:
        keys = ", ".join(keyid[:16] for keyid in self.keyids) or "no key that is left"
        return f"{self.role} {self.version}: {self.missing} more of {keys} must sign, {self.why}"


def need_of(delegator: Root | Targets, role: str, why: str = "as its keys") -> Need:
    """What a role needs by the one that delegates to it."""
    stated = delegator.get_delegated_role(role)
    return Need(stated.threshold, {keyid: delegator.get_key(keyid) for keyid in stated.keyids}, why)


def needs_of_root(roots: Versions[Root]) -> list[Need]:
    """What the next root needs: of the keys before, and of its own."""
    found = (roots.published, roots.draft)
    return [
        need_of(root.signed, Root.type, f"as keys of root {root.signed.version}") for root in found if root is not None
    ]


def needs_of_role(metadata: Metadata[Targets], role: str, root: Root, delegator: Root | Targets) -> list[Need]:
    """What targets need; where they are looser than before two different keys, of theirs or of the top role."""
    need = need_of(delegator, role)
    looser = looser_in(metadata)
    if not looser:
        return [need]
    keys = {**need.keys, **need_of(root, Targets.type).keys}
    return [need, Need(FEWEST_FOR_LOOSER, keys, f"since {', '.join(looser)} is looser than before")]


def looser_in(metadata: Metadata[Targets]) -> list[str]:
    """The paths of a draft whose packs are looser than those that are published: a note of `add`, signed by nobody."""
    notes = metadata.unrecognized_fields.get(NOTES)
    stated = notes.get(LOOSER) if isinstance(notes, dict) else None
    return list(stated) if isinstance(stated, list) else []


def without_notes(metadata: Metadata[S]) -> Metadata[S]:
    """Metadata as it is published."""
    return Metadata(metadata.signed, metadata.signatures)


def signed_by(metadata: Metadata[Any], keys: Mapping[str, Key]) -> set[str]:
    """Which of some keys have signed."""
    payload, signed = metadata.signed_bytes, set()
    for keyid, key in keys.items():
        signature = metadata.signatures.get(keyid)
        try:
            if signature is not None:
                key.verify_signature(signature, payload)
                signed.add(keyid)
        except (UnverifiedSignatureError, VerificationError):
            continue
    return signed


def lacks_of(metadata: Metadata[Any], role: str, needs: list[Need]) -> list[Lack]:
    """What is missing of what a draft needs."""
    lacks = []
    for need in needs:
        signed = signed_by(metadata, need.keys)
        if len(signed) < need.threshold:
            missing = tuple(keyid for keyid in need.keys if keyid not in signed)
            lacks.append(Lack(role, metadata.signed.version, need.threshold - len(signed), missing, need.why))
    return lacks


def needs_in(state: State, role: str) -> list[Need]:
    """What the draft of a role needs to be published as things will be."""
    if role == Root.type:
        return needs_of_root(state.root)
    draft = state.roles[role].draft
    delegator = state.newest_root if role == Targets.type else state.newest_targets
    return [] if draft is None else needs_of_role(draft, role, state.newest_root, delegator)
