"""A repository of signed packs, as its publisher works on it: begun, added to, signed, its keys and roles changed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, Targets

from geopolicy.base.arguments import check_kind, check_whole, list_of
from geopolicy.model.times import in_utc
from geopolicy.update.additions import Adding, Wanted
from geopolicy.update.area import constraint_of, note_first_issued
from geopolicy.update.delegated_drafts import check_packs
from geopolicy.update.drafts import (
    FEWEST_FOR_LOOSER,
    LASTS_S,
    LOOSER,
    delegated_in,
    looser_in,
    needs_in,
    state_of,
)
from geopolicy.update.keys import Signers
from geopolicy.update.repository_files import NOTES, TOP, PublishError, RepositoryFiles
from geopolicy.update.role_keys import Change, RoleKeys
from geopolicy.update.signing import renew, sign
from geopolicy.update.standing import standing_of
from geopolicy.update.trust import MOST_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.update.additions import Addition
    from geopolicy.update.drafts import State, Versions
    from geopolicy.update.signing import Signing
    from geopolicy.update.standing import Standing

_ROLE = re.compile("[a-z0-9][a-z0-9-]{0,49}")


class Repository:
    """A folder of plain files that a static host serves: ``metadata`` and ``targets`` of The Update Framework.

    What waits for signatures is in ``draft``, which is copied from machine to machine with the rest. No method reads a
    clock: the time is given.

    Parameters
    ----------
    folder
        Made by `init`.

    Examples
    --------
    >>> import tempfile
    >>> from geopolicy.update import RoleKeys, SignerFile, Signers
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 1, 8, tzinfo=UTC)
    >>> def secret(name):
    ...     return "correct horse battery staple"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = SignerFile(f"{folder}/private/signers.toml", f"{folder}/repository")
    ...     roles = ("root", "targets", "snapshot", "timestamp")
    ...     keys = {role: RoleKeys([file.make_key(role, secret)]) for role in roles}
    ...     repository = Repository(f"{folder}/repository")
    ...     repository.init(keys, now)
    ...     repository.sign(Signers(file, secret), now).published
    ('1.targets.json', '1.snapshot.json', 'timestamp.json', '1.root.json')
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._files = RepositoryFiles(Path(folder))
        self.folder = self._files.folder

    def init(self, keys: Mapping[str, RoleKeys], now: datetime, lasts_s: Mapping[str, int] | None = None) -> None:
        """Begins a repository: drafts of a root and of targets without packs, which nobody has signed yet.

        Parameters
        ----------
        keys
            Of ``root``, ``targets``, ``snapshot`` and ``timestamp``.
        now
            The time.
        lasts_s
            After how many seconds roles expire, where it is not a year for the root, 90 days for the targets, and a day
            for the others.

        Raises
        ------
        PublishError
            If there is one already, or keys are missing, too few, or there twice.
        """
        check_kind("keys", keys, Mapping, "a mapping of roles to RoleKeys")
        list_of("keys", keys.values(), RoleKeys, "RoleKeys by role")
        check_kind("lasts_s", lasts_s, (Mapping, type(None)), "a mapping of roles to seconds, or None")
        lasts = {**LASTS_S, **(lasts_s or {})}
        for seconds in lasts.values():
            check_whole("lasts_s", seconds)
        if set(keys) != set(TOP) or set(lasts) != set(TOP) or min(lasts.values()) < 1:
            names = ", ".join(TOP)
            raise PublishError(f"publish: keys and times must be those of {names}, got {', '.join(keys)}; see docs")
        begin = _moment(now)
        root = Root(
            expires=begin + timedelta(seconds=lasts[Root.type]),
            consistent_snapshot=True,
            unrecognized_fields={NOTES: {"lasts_s": lasts}},
        )
        for role, own in keys.items():
            for key in own.keys:
                root.add_key(key, role)
            root.roles[role].threshold = own.threshold
            _check_keys(root, role)
        with self._files.locked(may_begin=True):
            self.check_new()
            targets = Targets(expires=begin + timedelta(seconds=lasts[Targets.type]))
            self._files.keep_draft(Targets.type, Metadata(targets))
            self._files.keep_draft(Root.type, Metadata(root))

    def check_new(self) -> None:
        """Refuses a folder that has a repository.

        Raises
        ------
        PublishError
            If it has one.
        """
        if any(next((self.folder / name).glob("*.json"), None) for name in ("metadata", "draft")):
            rule = "must be a folder without a repository, got one with it"
            raise PublishError(f"publish: '{self.folder}': {rule}; name another")

    def add(
        self,
        packs: Iterable[str | os.PathLike[str]],
        now: datetime,
        role: str = Targets.type,
        wanted: Wanted = Wanted(),
    ) -> list[Addition]:
        """Copies packs in, as drafts of the targets of a role.

        Each is opened and checked whole. Its id names its path, its revision must rise, and it must not be looser than
        the one that is published there, unless ``wanted`` allows that; two different keys must sign it then.

        Raises
        ------
        PublishError
            If one of them may not be added; none is then.
        RefusedUpdateError
            If one is beyond what was delegated to the role.
        PackError
            If one is no whole pack.
        OSError
            If one cannot be read.
        """
        moment = _moment(now)
        paths = list_of("packs", packs, (str, os.PathLike), "paths of packs")
        check_kind("wanted", wanted, Wanted, "a Wanted")
        with self._files.locked():
            state = state_of(self._files)
            versions = _versions(self._files, state, role)
            published = None if versions.published is None else versions.published.signed
            adding = Adding(self._files, role, _delegated(state, role), published, moment)
            added = [adding.judged(str(path), Path(path).read_bytes(), wanted) for path in paths]
            draft = versions.edited(state.lasts_s(role), moment)
            _join(draft, added)
            _check_can_be_signed(self._files, state, role)
            for addition in added:
                if role != Targets.type and addition.issued is not None:
                    note_first_issued(draft.signed, addition.path, addition.issued)
                self._files.put_target(addition.target, addition.content)
            self._files.keep_draft(role, draft)
            return added

    def sign(self, signers: Signers, now: datetime) -> Signing:
        """Signs what waits with the keys at hand, and publishes what is complete; a new timestamp in any case.

        What expires soon is made anew. What is not complete is kept, for the keys of another machine.

        Raises
        ------
        PublishError
            If a key cannot be used, or the clock is behind the last time of signing.
        """
        check_kind("signers", signers, Signers, "a Signers")
        with self._files.locked():
            return sign(self._files, state_of(self._files), signers, _moment(now))

    def rotate(self, role: str, change: Change, now: datetime) -> None:
        """Changes the keys of a role in the next root, or of a delegated one in the next targets.

        What a new root names is signed by the old keys and by the new ones, as far as they are at hand.

        Raises
        ------
        PublishError
            If a key is not there, there twice, or too few would be left.
        """
        moment = _moment(now)
        check_kind("role", role, str, "a text")
        check_kind("change", change, Change, "a Change")
        with self._files.locked():
            state = state_of(self._files)
            if role in TOP:
                root = state.root.edited(state.lasts_s(Root.type), moment)
                _change(self._files, root.signed, role, change)
            else:
                _versions(self._files, state, role)
                targets = _versions(self._files, state, Targets.type).edited(state.lasts_s(Targets.type), moment)
                _change(self._files, targets.signed, role, change)
            renew(state, moment)  # what its old keys have signed the new ones must sign
            for name, versions in state.versions().items():
                if versions.draft is not None:
                    self._files.keep_draft(name, versions.draft)

    def delegate(self, role: str, constraint: str, own: RoleKeys | None, now: datetime) -> None:
        """Lets a role of its own keys publish overlays, or changes what it may publish.

        Parameters
        ----------
        role
            Its name, with which the paths of its packs begin.
        constraint
            What it may publish, as a text of JSON (`geopolicy.update.area.constraint_of`).
        own
            Its keys; None for a role that is there.
        now
            The time.

        Raises
        ------
        PublishError
            If the role cannot have this name or these keys.
        RefusedUpdateError
            If the constraint is not understood, or the packs of the role are beyond it.
        """
        check_kind("constraint", constraint, str, "a text of JSON")
        check_kind("own", own, (RoleKeys, type(None)), "RoleKeys or None")
        understood = constraint_of(constraint, f"{role}.json")
        moment = _moment(now)
        with self._files.locked():
            state = state_of(self._files)
            draft = _versions(self._files, state, Targets.type).edited(state.lasts_s(Targets.type), moment)
            if own is None:
                newest = _versions(self._files, state, role).newest
                if newest is not None:
                    check_packs(self._files, role, newest.signed, understood)
            else:
                _begin_role(draft.signed, role, own)
                targets = Targets(expires=moment + timedelta(seconds=state.lasts_s(role)))
                self._files.keep_draft(role, Metadata(targets))
            draft.signed.get_delegated_role(role).unrecognized_fields[NOTES] = constraint
            self._files.keep_draft(Targets.type, draft)

    def status(self, now: datetime) -> Standing:
        """What is published, until when, and whose signatures are missing.

        Raises
        ------
        PublishError
            If the folder is no repository, or a part is missing.
        """
        return standing_of(state_of(self._files), _moment(now))


def _moment(now: datetime) -> datetime:
    return in_utc("now", now).replace(microsecond=0)


def _versions(files: RepositoryFiles, state: State, role: str) -> Versions[Targets]:
    """A role of targets.

    Raises
    ------
    PublishError
        If it was not delegated.
    """
    check_kind("role", role, str, "a text")
    if role not in state.roles:
        raise PublishError(f"publish: the role must be one of {', '.join(state.roles)}, got {role!r}; {_see(files)}")
    return state.roles[role]


def _see(files: RepositoryFiles) -> str:
    return f"see geopolicy publish status {files.quoted}"


def _delegated(state: State, role: str) -> DelegatedRole | None:
    delegations = state.newest_targets.delegations
    return (delegations.roles or {}).get(role) if delegations is not None else None


def _join(draft: Metadata[Targets], added: Sequence[Addition]) -> None:
    """Lists packs in a draft, and notes which of them are looser than before."""
    paths = {addition.path for addition in added}
    if len(paths) < len(added):
        raise PublishError(f"publish: packs must have ids that differ, got {', '.join(sorted(paths))} twice; add one")
    looser = ({*looser_in(draft)} - paths) | {addition.path for addition in added if addition.looser}
    draft.unrecognized_fields[NOTES] = {LOOSER: sorted(looser)}
    draft.signed.targets |= {addition.path: addition.target for addition in added}


def _check_can_be_signed(files: RepositoryFiles, state: State, role: str) -> None:
    """Refuses what is looser where there are no two keys that could sign it."""
    for need in needs_in(state, role):
        if len(need.keys) < need.threshold:
            rule = f"publish: {role} must have {FEWEST_FOR_LOOSER} keys {need.why}"
            remedy = f"give it another one: geopolicy publish rotate {files.quoted} {role}"
            raise PublishError(f"{rule}, got {len(need.keys)}; {remedy}")


def _check_keys(delegator: Root | Targets, role: str) -> None:
    """Refuses a role that could not be signed, or in which one key counts twice."""
    stated = delegator.get_delegated_role(role)
    if not 1 <= stated.threshold <= len(stated.keyids):
        rule = f"publish: {role} must be signed by 1 to {len(stated.keyids)} keys, as many as it has"
        raise PublishError(f"{rule}, got {stated.threshold}; change its keys or its threshold")
    values = {str(delegator.get_key(keyid).keyval.get("public")).strip() for keyid in stated.keyids}
    if len(values) < len(stated.keyids):
        raise PublishError(f"publish: keys of {role} must differ, got one under two ids; name each once")


def _change(files: RepositoryFiles, delegator: Root | Targets, role: str, change: Change) -> None:
    """Changes the keys of a role."""
    stated = delegator.get_delegated_role(role)
    known = tuple(stated.keyids)
    for beginning in change.old:
        fitting = [keyid for keyid in known if keyid.startswith(beginning)]
        if len(fitting) != 1:
            got = f"{len(fitting)} of {', '.join(keyid[:16] for keyid in known)}"
            raise PublishError(f"publish: key {beginning!r} must be one of {role}, got {got}; {_see(files)}")
        delegator.revoke_key(fitting[0], role)
    for key in change.new:
        if key.keyid in known:
            raise PublishError(f"publish: key {key.keyid[:16]} must be new in {role}, got one that it has; make one")
        delegator.add_key(key, role)
    stated.threshold = stated.threshold if change.threshold is None else change.threshold
    _check_keys(delegator, role)


def check_role_name(role: str) -> None:
    """Refuses what cannot name a role that is delegated: paths and files begin with it.

    Raises
    ------
    PublishError
        Saying what can.
    """
    if not _ROLE.fullmatch(role) or role in TOP:
        rule = f"must be 1 to 50 of a-z, 0-9 and '-', and none of {', '.join(TOP)}"
        raise PublishError(f"publish: the name of a role {rule}, got {role!r}; name it so")


def _begin_role(targets: Targets, role: str, own: RoleKeys) -> None:
    """Delegates to a new role the paths that begin with its name, and no others."""
    check_role_name(role)
    known = delegated_in(targets)
    if role in known or len(known) >= MOST_ROLES - 1:
        rule = f"must be new, of at most {MOST_ROLES - 1}"
        raise PublishError(f"publish: role {role!r} {rule}, got {', '.join(known)}; leave out its keys to change it")
    if targets.delegations is None:
        targets.delegations = Delegations({}, {})
    roles = targets.delegations.roles
    if roles is None:
        raise PublishError("publish: targets must delegate to roles by name, got succinct roles; begin anew")
    roles[role] = DelegatedRole(role, [], own.threshold, terminating=True, paths=[f"{role}/*"])
    for key in own.keys:
        targets.add_key(key, role)
    _check_keys(targets, role)
