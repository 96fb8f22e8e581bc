"""Signs what waits with the keys at hand, and publishes what is complete: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from geopolicy.update.delegated_drafts import set_aside
from geopolicy.update.drafts import (
    Lack,
    delegated_in,
    lacks_of,
    lasts_s_of,
    looser_in,
    need_of,
    needs_in,
    needs_of_role,
    needs_of_root,
    signed_by,
    without_notes,
)
from geopolicy.update.keys import what_failed
from geopolicy.update.repository_files import NOTES, PublishError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from securesystemslib.signer import Key

    from geopolicy.errors import PackError, UpdateError
    from geopolicy.update.drafts import State, Versions
    from geopolicy.update.keys import Signers
    from geopolicy.update.repository_files import RepositoryFiles

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)
_DUE = 1 / 3  # of its time is left: what people sign is made anew
_DUE_ONLINE = 2 / 3  # programs sign more often


class Signature(NamedTuple):
    """A signature that was made."""

    role: str
    version: int
    keyid: str


@dataclass(frozen=True, slots=True)
class Signing:
    """What was signed, which files of metadata were published, what is missing, and why drafts of delegated roles were
    set aside.
    """

    signed: tuple[Signature, ...]
    published: tuple[str, ...]
    lacks: tuple[Lack, ...]
    set_aside: tuple[UpdateError | PackError, ...] = ()


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is to be published together: a root, and of each role its draft or what is published."""

    root: Metadata[Root]
    roles: dict[str, Metadata[Targets]]


def sign(files: RepositoryFiles, state: State, signers: Signers, now: datetime) -> Signing:
    """Signs with the keys at hand, keeps what is not complete, and publishes what is.

    Raises
    ------
    PublishError
        If a key cannot be used, or the clock is behind the last time of signing.
    """
    check_clock(state, now)
    beyond = set_aside(files, state)
    renew(state, now)
    hand = _Hand(signers)
    for role, versions in state.versions().items():
        if versions.draft is not None:
            hand.sign(versions.draft, role, keys_of(state, role))
            files.keep_draft(role, versions.draft)
    lacks = [lack for role in state.versions() for lack in lacks_in(state, role)]
    chosen = _choose(state)
    published: tuple[str, ...] = ()
    if chosen is not None:
        online, published = _publish(files, state, chosen, hand, now)
        lacks += online
    return Signing(tuple(hand.made), published, tuple(lacks), beyond)


def check_clock(state: State, now: datetime) -> None:
    """Refuses to sign at an earlier time than the last one: vehicles take that for the least time there is.

    Unless its keys are no more: with them vehicles forget what they signed, such as a time that was far ahead.

    Raises
    ------
    PublishError
        With both times.
    """
    notes = None if state.timestamp is None else state.timestamp.signed.unrecognized_fields.get(NOTES)
    stated = notes.get("signed") if isinstance(notes, dict) else None
    if state.timestamp is not None and lacks_of(
        state.timestamp, Timestamp.type, [need_of(state.newest_root, "timestamp")]
    ):
        return
    if isinstance(stated, str) and datetime.fromisoformat(stated) > now:
        rule = f"publish: the time must be {stated} or later, when the last timestamp was signed"
        raise PublishError(f"{rule}, got {time_text(now)}; set the clock of this machine")


def time_text(time: datetime) -> str:
    """A time as TUF writes it: RFC 3339, in whole seconds."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def renew(state: State, now: datetime) -> None:
    """Begins drafts of what expires soon or was signed by keys that leave, and anew those that expired as drafts."""
    for role, versions in state.versions().items():
        lasts_s, draft, published = state.lasts_s(role), versions.draft, versions.published
        if draft is not None:
            is_needed = draft.signed.is_expired(now)
        else:
            is_due = published is not None and _is_due(published.signed.expires, lasts_s, now, _DUE)
            is_needed = is_due or (published is not None and _is_left(state, role, published))
        if is_needed:
            versions.edited(lasts_s, now)


def _is_left(state: State, role: str, published: Metadata[Any]) -> bool:
    """Whether too few of those who signed what is published will be keys of its role."""
    if role == Root.type:
        return False
    delegator = state.newest_root if role == Targets.type else state.newest_targets
    return bool(lacks_of(published, role, [need_of(delegator, role)]))


def _is_due(expires: datetime, lasts_s: int, now: datetime, share: float) -> bool:
    return expires - now < timedelta(seconds=share * lasts_s)


def lacks_in(state: State, role: str) -> list[Lack]:
    """Whose signatures the draft of a role waits for."""
    draft = state.versions()[role].draft
    return [] if draft is None else lacks_of(draft, role, needs_in(state, role))


def keys_of(state: State, role: str) -> dict[str, tuple[str, Key]]:
    """All keys whose signatures a draft may bear, with the roles whose keys they are.

    Where keys are rotated these are the old ones and the new ones, so that what is published holds under both roots.
    """
    roots = [one.signed for one in (state.root.published, state.root.draft) if one is not None]
    if role in (Root.type, Targets.type, Snapshot.type, Timestamp.type):
        return {keyid: (role, key) for root in roots for keyid, key in need_of(root, role).keys.items()}
    top = state.roles[Targets.type]
    above = [one.signed for one in (top.published, top.draft) if one is not None and role in delegated_in(one.signed)]
    keys = {keyid: (role, key) for one in above for keyid, key in need_of(one, role).keys.items()}
    draft = state.roles[role].draft
    return (keys_of(state, Targets.type) | keys) if draft is not None and looser_in(draft) else keys


class _Hand:
    """Signs with the keys at hand, each once."""

    def __init__(self, signers: Signers) -> None:
        self._signers = signers
        self.made: list[Signature] = []

    def sign(self, metadata: Metadata[Any], role: str, keys: dict[str, tuple[str, Key]]) -> None:
        signed = signed_by(metadata, {keyid: key for keyid, (_, key) in keys.items()})
        for keyid, (owner, key) in keys.items():
            if keyid in signed or not self._signers.has(owner, keyid):
                continue
            signer = self._signers.of(owner, key)
            try:
                metadata.sign(signer, append=True)
            except RepositoryError as error:
                rule = f"publish: {role} {metadata.signed.version}: key {keyid[:16]} must sign"
                raise PublishError(f"{rule}, got {what_failed(error.__cause__ or error)}; try again") from error
            self.made.append(Signature(role, metadata.signed.version, keyid))


def _choose(state: State) -> _Chosen | None:
    """The most that can be published as one: under the next root, if not under the one that is, if not as it is."""
    for root in _roots(state.root):
        for with_drafts in (True, False):
            roles = _whole(state, root.signed, with_drafts=with_drafts)
            if roles is not None:
                return _Chosen(root, roles)
    return None


def _roots(roots: Versions[Root]) -> Iterator[Metadata[Root]]:
    if roots.draft is not None and not lacks_of(roots.draft, Root.type, needs_of_root(roots)):
        yield roots.draft
    if roots.published is not None:
        yield roots.published


def _whole(state: State, root: Root, *, with_drafts: bool) -> dict[str, Metadata[Targets]] | None:
    """The targets of each role that hold under a root; None if those of one are missing."""
    top = _holding(state.roles[Targets.type], Targets.type, root, root, with_drafts=with_drafts)
    if top is None:
        return None
    chosen = {Targets.type: top}
    for role in delegated_in(top.signed):
        one = _holding(state.roles[role], role, root, top.signed, with_drafts=with_drafts)
        if one is None:
            return None
        chosen[role] = one
    return chosen


def _holding(
    versions: Versions[Targets], role: str, root: Root, delegator: Root | Targets, *, with_drafts: bool
) -> Metadata[Targets] | None:
    draft, published = versions.draft if with_drafts else None, versions.published
    if draft is not None and not lacks_of(draft, role, needs_of_role(draft, role, root, delegator)):
        return draft
    if published is not None and not lacks_of(published, role, [need_of(delegator, role)]):
        return published
    return None


def _publish(
    files: RepositoryFiles, state: State, chosen: _Chosen, hand: _Hand, now: datetime
) -> tuple[list[Lack], tuple[str, ...]]:
    """Snapshot and timestamp, and then all files, if these are complete; else what is missing."""
    root, contents = chosen.root.signed, dict[str, bytes]()
    _check_not_expired(root, chosen.roles[Targets.type].signed, now)
    meta = dict(state.snapshot.published.signed.meta) if state.snapshot.published is not None else {}
    for role, metadata in chosen.roles.items():
        if metadata is state.roles[role].draft:
            content = without_notes(metadata).to_bytes()
            contents[f"{metadata.signed.version}.{role}.json"] = content
            meta[f"{role}.json"] = MetaFile.from_data(metadata.signed.version, content, ["sha256"])
    snapshot = _snapshot(state, root, meta, now)
    if snapshot is not state.snapshot.published:
        hand.sign(snapshot, Snapshot.type, keys_of(state, Snapshot.type))
        files.keep_draft(Snapshot.type, snapshot)
        contents[f"{snapshot.signed.version}.snapshot.json"] = snapshot.to_bytes()
    lacks = lacks_of(snapshot, Snapshot.type, [need_of(root, Snapshot.type)])
    if lacks:
        return lacks, ()
    timestamp = _timestamp(state, root, snapshot, now)
    hand.sign(timestamp, Timestamp.type, keys_of(state, Timestamp.type))
    lacks = lacks_of(timestamp, Timestamp.type, [need_of(root, Timestamp.type)])
    if lacks:
        return lacks, ()
    contents["timestamp.json"] = timestamp.to_bytes()
    if chosen.root is state.root.draft:  # the last one: what is published before holds under both roots
        contents[f"{root.version}.root.json"] = chosen.root.to_bytes()
    for name, content in contents.items():
        files.publish(name, content)
    _drop_drafts(files, state, chosen)
    return [], tuple(contents)


def _check_not_expired(root: Root, targets: Targets, now: datetime) -> None:
    """Refuses to sign what no vehicle would take: most often a clock is far ahead, and vehicles would believe it."""
    for signed in (root, targets):
        if signed.is_expired(now):
            rule = f"publish: {signed.type} must not have expired at {time_text(now)}, by the clock of this machine"
            hint = "set the clock, or sign the draft of the next one"
            raise PublishError(f"{rule}, got {time_text(signed.expires)}; {hint}")


def _snapshot(state: State, root: Root, meta: dict[str, MetaFile], now: datetime) -> Metadata[Snapshot]:
    """A snapshot that lists these versions: that which is published or begun, if it will do."""
    lasts_s, need = lasts_s_of(root, Snapshot.type), need_of(root, Snapshot.type)
    published, draft = state.snapshot.published, state.snapshot.draft
    holding = published is not None and not lacks_of(published, Snapshot.type, [need])
    for known in ([published] if holding else []) + [draft]:
        is_same = known is not None and known.signed.meta == meta
        if known is not None and is_same and not _is_due(known.signed.expires, lasts_s, now, _DUE_ONLINE):
            return known
    version = 1 if published is None else published.signed.version + 1
    return Metadata(Snapshot(version, expires=now + timedelta(seconds=lasts_s), meta=meta))


def _timestamp(state: State, root: Root, snapshot: Metadata[Snapshot], now: datetime) -> Metadata[Timestamp]:
    """The next timestamp, which says when it was signed."""
    before = state.timestamp
    if before is not None and snapshot is state.snapshot.published:
        meta = before.signed.snapshot_meta
    else:
        meta = MetaFile.from_data(snapshot.signed.version, snapshot.to_bytes(), ["sha256"])
    return Metadata(
        Timestamp(
            1 if before is None else before.signed.version + 1,
            expires=now + timedelta(seconds=lasts_s_of(root, Timestamp.type)),
            snapshot_meta=meta,
            unrecognized_fields={NOTES: {"signed": time_text(now)}},
        )
    )


def _drop_drafts(files: RepositoryFiles, state: State, chosen: _Chosen) -> None:
    files.drop_draft(Snapshot.type)
    for role, metadata in chosen.roles.items():
        if metadata is state.roles[role].draft:
            files.drop_draft(role)
            state.roles[role].draft = None
    if chosen.root is state.root.draft:
        files.drop_draft(Root.type)
        state.root.draft = None
