"""Whether what a delegated role hands in may be published: its program may be another one, and its key stolen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuf.api.metadata import DelegatedRole

from geopolicy.errors import PackError, UpdateError
from geopolicy.pack.decompile import zones_of
from geopolicy.pack.pack import Pack
from geopolicy.update.area import Constraint, check_within, constraint_of, first_issued_of
from geopolicy.update.drafts import delegated_in
from geopolicy.update.refusals import Attack, refused
from geopolicy.update.repository_files import NOTES

if TYPE_CHECKING:
    from tuf.api.metadata import Targets

    from geopolicy.update.drafts import State
    from geopolicy.update.repository_files import RepositoryFiles


def check_packs(files: RepositoryFiles, role: str, targets: Targets, constraint: Constraint) -> None:
    """Refuses packs that their role may not publish: vehicles would leave them out.

    Raises
    ------
    RefusedUpdateError
        Naming the first thing that was not delegated.
    PackError
        If one is no whole pack.
    """
    for path, target in targets.targets.items():
        pack, first = Pack(files.target(target), path), first_issued_of(targets, path)
        check_within(zones_of(pack), pack.header, constraint, path, role=role, first_issued=first)


def set_aside(files: RepositoryFiles, state: State) -> tuple[UpdateError | PackError, ...]:
    """Takes the drafts of delegated roles out of what is to be published that go beyond what was delegated; and why.

    They stay where they are, for those who handed them in; all else is published.
    """
    errors: list[UpdateError | PackError] = []
    delegated = delegated_in(state.newest_targets)
    for role, versions in state.roles.items():
        own = state.newest_targets.get_delegated_role(role) if role in delegated else None
        if versions.draft is None or not isinstance(own, DelegatedRole):
            continue
        try:
            _check(files, role, versions.draft.signed, own)
        except (UpdateError, PackError) as error:
            errors.append(error)
            versions.draft = None
    return tuple(errors)


def _check(files: RepositoryFiles, role: str, targets: Targets, delegated: DelegatedRole) -> None:
    if delegated_in(targets):
        rule = "must delegate to nobody: geopolicy publish delegate makes every role below targets"
        raise refused(Attack.BEYOND_DELEGATION, f"{role}.json", rule, ", ".join(delegated_in(targets))[:200])
    for path in targets.targets:
        if not delegated.is_delegated_path(path):
            raise refused(Attack.BEYOND_DELEGATION, path, f"must be a path of role {role!r}", "another")
    check_packs(files, role, targets, constraint_of(delegated.unrecognized_fields.get(NOTES), f"{role}.json"))
