"""From trusted metadata to newer trusted metadata: the client's work flow of TUF, without any I/O and without a clock.

Steps ask for files, as they are needed, wherever they come from; what is accepted is put among the files that are
kept. The order of the steps is that of section 5 of the specification of TUF 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, overload
from urllib.parse import quote

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from geopolicy.errors import UpdateError
from geopolicy.update.refusals import Attack, RefusedUpdateError, refused
from geopolicy.update.signed_files import (
    MOST_BYTES,
    check_announced,
    check_fresh,
    check_not_older,
    check_signed,
    check_version,
    read,
    signed_at,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, MutableMapping
    from datetime import datetime
    from typing import TypeAlias, TypeVar

    from tuf.api.metadata import MetaFile, TargetFile

    T = TypeVar("T")
    Steps: TypeAlias = Generator["Request", bytes | None, T]
    Files: TypeAlias = MutableMapping[str, bytes]

MOST_ROOTS = 4096
"""Root files that are followed in one refresh; the next one goes on. So many that a vehicle which was away for years
still comes to the end: before it, what a key signed that was taken away later would count."""
MOST_ROLES = 32
"""Delegated roles that are looked at for one path, or altogether."""


class Request(NamedTuple):
    """A file that is needed next, by its name as it stands in an address, and how many bytes of it are read at most."""

    file: str
    most_bytes: int
    folder: str = "metadata"


@dataclass(frozen=True, slots=True)
class Trusted:
    """What was verified of a repository, all of it at one time."""

    root: Root
    timestamp: Timestamp
    snapshot: Snapshot
    targets: Mapping[str, Targets] = field(default_factory=dict)
    """By role: that of the top, and what it delegated to."""
    delegators: Mapping[str, str] = field(default_factory=dict)
    """The role by which each role is trusted."""
    at_least: datetime | None = None
    """No earlier is it than this, by what was signed."""

    @property
    def expires(self) -> datetime:
        """When the first of it expires."""
        return min(signed.expires for signed in (self.root, self.timestamp, self.snapshot, *self.targets.values()))


def root_of(content: bytes) -> Root:
    """The beginning of all trust: a root file that came with the vehicle, or was accepted before.

    Raises
    ------
    RefusedUpdateError
        If it is none, or is not signed by its own keys.
    """
    metadata = read(Root, content, "root.json")
    check_signed(metadata, metadata.signed, Root.type, "root.json")
    return metadata.signed


def refreshed(files: Files, now: datetime, at_least: datetime | None = None) -> Steps[Trusted]:
    """Steps from the files of earlier ones to what the repository states now.

    Parameters
    ----------
    files
        What is kept, by role; at least the root. What is accepted is put there, and what does not hold any more
        under a newer root is taken out: so TUF recovers from keys that were stolen.
    now
        The time, as far as it is known; it counts as no earlier than what was signed.
    at_least
        A time before which it is not, by what was signed. It counts only while the timestamp that is kept holds: what
        a stolen key signed far ahead is forgotten with that key.

    Yields
    ------
    Request
        What is needed next; its content is sent, or None where there is no such file.

    Raises
    ------
    RefusedUpdateError
        Naming the attack.
    """
    root = yield from _newest_root(files)
    known = _kept_timestamp(root, files)
    at_least = None if known is None else _latest(signed_at(known), at_least)
    check_fresh(root, _latest(now, at_least), "root.json")
    timestamp = yield from _newest_timestamp(root, known, files, _latest(now, at_least))
    at_least = _latest(at_least, signed_at(timestamp))
    now = _latest(now, at_least)
    check_fresh(root, now, "root.json")
    snapshot = yield from _newest_snapshot(root, timestamp.snapshot_meta, files, now)
    trusted = Trusted(root, timestamp, snapshot, at_least=at_least)
    return (yield from with_role(trusted, Targets.type, Root.type, files, now))


@overload
def _latest(time: datetime, other: datetime | None) -> datetime: ...
@overload
def _latest(time: datetime | None, other: datetime | None) -> datetime | None: ...
def _latest(time: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (time, other) if each is not None), default=None)


def _newest_root(files: Files) -> Steps[Root]:
    root = root_of(files[Root.type])
    for _ in range(MOST_ROOTS):
        version = root.version + 1
        file = f"{version}.root.json"
        content = yield Request(file, MOST_BYTES[Root.type])
        if content is None:
            break
        metadata = read(Root, content, file)
        check_signed(metadata, root, Root.type, file)
        check_signed(metadata, metadata.signed, Root.type, file)
        if metadata.signed.version != version:
            attack = Attack.ROLLBACK if metadata.signed.version < version else Attack.FAST_FORWARD
            raise refused(attack, file, f"must be of version {version}", str(metadata.signed.version))
        root, files[Root.type] = metadata.signed, content
    return root


def _newest_timestamp(root: Root, known: Timestamp | None, files: Files, now: datetime) -> Steps[Timestamp]:
    file = "timestamp.json"
    content = yield Request(file, MOST_BYTES[Timestamp.type])
    if content is None:
        raise refused(Attack.FREEZE, file, "must be there", "no such file", "see the address of the repository")
    metadata = read(Timestamp, content, file)
    check_signed(metadata, root, Timestamp.type, file)
    new = metadata.signed
    if known is not None:
        check_not_older(new.version, known.version, file, "must be")
        if new.version == known.version:  # nothing is new, not even where the content differs
            new, content = known, files[Timestamp.type]
        check_not_older(new.snapshot_meta.version, known.snapshot_meta.version, file, "must name a snapshot")
    check_fresh(new, _latest(now, signed_at(new)), file)
    files[Timestamp.type] = content
    return new


def _kept_timestamp(root: Root, files: Files) -> Timestamp | None:
    """That which was accepted before, even if it has expired; with a rotated key it is forgotten, and its snapshot."""
    try:
        metadata = read(Timestamp, files[Timestamp.type], "timestamp.json")
        check_signed(metadata, root, Timestamp.type, "timestamp.json")
    except (KeyError, RefusedUpdateError):
        files.pop(Timestamp.type, None)
        return None
    return metadata.signed


def _kept_snapshot(root: Root, files: Files) -> Snapshot | None:
    try:
        metadata = read(Snapshot, files[Snapshot.type], "snapshot.json")
        check_signed(metadata, root, Snapshot.type, "snapshot.json")
    except (KeyError, RefusedUpdateError):
        files.pop(Snapshot.type, None)
        return None
    return metadata.signed


def _newest_snapshot(root: Root, meta: MetaFile, files: Files, now: datetime) -> Steps[Snapshot]:
    file, known = "snapshot.json", _kept_snapshot(root, files)
    content = files.get(Snapshot.type)
    if known is None or content is None or known.version != meta.version or not _is_announced(content, meta):
        content = yield from _asked(root, Snapshot.type, meta, MOST_BYTES[Snapshot.type])
    check_announced(content, meta, file)
    metadata = read(Snapshot, content, file)
    check_signed(metadata, root, Snapshot.type, file)
    new = metadata.signed
    check_version(new, meta, file)
    for name, seen in known.meta.items() if known is not None else ():
        listed = new.meta.get(name)
        check_not_older(-1 if listed is None else listed.version, seen.version, file, f"must list {name}")
    check_fresh(new, now, file)
    files[Snapshot.type] = content
    return new


def with_role(trusted: Trusted, role: str, delegator: str, files: Files, now: datetime) -> Steps[Trusted]:
    """Steps to one role of targets by way of the role that delegates to it.

    Raises
    ------
    RefusedUpdateError
        Among others if it is trusted by way of another role.
    """
    file = f"{role}.json"
    if role in trusted.targets:
        if trusted.delegators[role] != delegator:
            got = f"{trusted.delegators[role]} and {delegator}"
            raise refused(Attack.AMBIGUOUS_ROLE, file, "must be delegated to by one role", got)
        return trusted
    meta = trusted.snapshot.meta.get(file)
    if meta is None:
        raise refused(Attack.MIX_AND_MATCH, file, "must be listed in the snapshot", "no such entry")
    content = files.get(role)
    if content is None or not _is_announced(content, meta) or not _is_version(content, meta):
        content = yield from _asked(trusted.root, role, meta, MOST_BYTES[Targets.type])
    check_announced(content, meta, file)
    metadata = read(Targets, content, file)
    check_signed(metadata, trusted.root if delegator == Root.type else trusted.targets[delegator], role, file)
    check_version(metadata.signed, meta, file)
    check_fresh(metadata.signed, now, file)
    files[role] = content
    targets, delegators = {**trusted.targets, role: metadata.signed}, {**trusted.delegators, role: delegator}
    return replace(trusted, targets=targets, delegators=delegators)


def found(trusted: Trusted, path: str, files: Files, now: datetime) -> Steps[tuple[Trusted, TargetFile | None]]:
    """Steps to what a path stands for: in the first role that has it, depth first, in the order of delegations.

    Raises
    ------
    RefusedUpdateError
        As `with_role` does.
    """
    waiting, visited = [(Targets.type, Root.type)], set[str]()
    while waiting and len(visited) <= MOST_ROLES:
        role, delegator = waiting.pop()
        if role in visited:
            continue
        trusted = yield from with_role(trusted, role, delegator, files, now)
        visited.add(role)
        targets = trusted.targets[role]
        if path in targets.targets:
            return trusted, targets.targets[path]
        below: list[tuple[str, str]] = []
        for name, is_terminating in targets.delegations.get_roles_for_target(path) if targets.delegations else ():
            below.append((name, role))
            if is_terminating:
                waiting.clear()
                break
        waiting += reversed(below)
    return trusted, None


def with_all_roles(trusted: Trusted, files: Files, now: datetime, left_out: list[UpdateError]) -> Steps[Trusted]:
    """Steps to every role that is delegated to, however deep: a vehicle takes what all of them have for its fleet.

    A delegated role whose file is refused is left out, with all below it: who has its keys shall not hold back what
    others publish. So are roles that a delegated one adds beyond 32, or that another one delegates to as well: what
    stands nearer to the top comes first, and of roles that stand equally near, none.
    """
    level = _below(trusted, Targets.type)
    while level:
        for role in [name for name, delegators in level.items() if len(delegators) > 1 or name in trusted.targets]:
            known = [trusted.delegators[role]] if role in trusted.targets else []
            got = " and ".join([*known, *level.pop(role)])
            left_out.append(refused(Attack.AMBIGUOUS_ROLE, f"{role}.json", "must be delegated to by one role", got))
        below: dict[str, list[str]] = {}
        for role, (delegator,) in level.items():
            if len(trusted.targets) > MOST_ROLES:
                rule = f"must be one of at most {MOST_ROLES} roles"
                left_out.append(refused(Attack.ENDLESS_DATA, f"{role}.json", rule, "one more"))
                continue
            try:
                trusted = yield from with_role(trusted, role, delegator, files, now)
            except UpdateError as refusal:
                left_out.append(refusal)
                continue
            for name, delegators in _below(trusted, role).items():
                below.setdefault(name, []).extend(delegators)
        level = below
    return trusted


def _below(trusted: Trusted, role: str) -> dict[str, list[str]]:
    """The roles that one delegates to, each with this one as its delegator."""
    delegations = trusted.targets[role].delegations
    return {name: [role] for name in (delegations.roles or {} if delegations is not None else {})}


def _asked(root: Root, role: str, meta: MetaFile, most_bytes: int) -> Steps[bytes]:
    """A file that another one announced; each version has a name of its own where snapshots are consistent."""
    name = quote(role, "")
    file = f"{meta.version}.{name}.json" if root.consistent_snapshot else f"{name}.json"
    content = yield Request(file, meta.length or most_bytes)
    if content is None:
        raise refused(Attack.MIX_AND_MATCH, file, "must be there, since it was announced", "no such file")
    return content


def _is_announced(content: bytes, meta: MetaFile) -> bool:
    try:
        check_announced(content, meta, "")
    except RefusedUpdateError:
        return False
    return True


def _is_version(content: bytes, meta: MetaFile) -> bool:
    try:
        return read(Targets, content, "").signed.version == meta.version
    except RefusedUpdateError:
        return False
