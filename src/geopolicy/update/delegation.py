"""What a delegated role may offer to a vehicle: below its own paths, and within what was delegated to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuf.api.metadata import Targets

from geopolicy.pack.decompile import zones_of
from geopolicy.update.area import check_within, constraint_of, first_issued_of
from geopolicy.update.refusals import Attack, refused
from geopolicy.update.signed_files import read

if TYPE_CHECKING:
    from geopolicy.pack.pack import Pack
    from geopolicy.update.offers import Offer
    from geopolicy.update.trust import Trusted

_MEMBER = "geopolicy"


def is_delegated(role: str) -> bool:
    """Whether a role is not the top one, and so may do only what was delegated to it."""
    return role != Targets.type


def check_path(trusted: Trusted, offer: Offer) -> None:
    """Refuses a path that was not delegated to its role: it would take the place of another role's pack.

    Raises
    ------
    RefusedUpdateError
        Naming the role.
    """
    role = offer.role
    while is_delegated(role):
        above = trusted.targets[trusted.delegators[role]]
        if not above.get_delegated_role(role).is_delegated_path(offer.path):  # type: ignore[attr-defined]
            raise refused(Attack.BEYOND_DELEGATION, offer.path, f"must be a path of role {role!r}", "another")
        role = trusted.delegators[role]


def check_delegated(trusted: Trusted, offer: Offer, pack: Pack, before: bytes | None) -> None:
    """Refuses a pack that is beyond what was delegated to its role, or to a role above that.

    ``before`` is the file of the role that was accepted last: what it said of a first issue goes on to count, so that
    the key of the role alone cannot make an old emergency a new one.

    Raises
    ------
    RefusedUpdateError
        Naming what is beyond it.
    """
    role, first = offer.role, None
    if is_delegated(role):
        known = [] if before is None else [read(Targets, before, f"{role}.json").signed]
        firsts = (first_issued_of(targets, offer.path) for targets in (*known, trusted.targets[role]))
        first = min((moment for moment in firsts if moment is not None), default=None)
    while is_delegated(role):
        stated = trusted.targets[trusted.delegators[role]].get_delegated_role(role).unrecognized_fields.get(_MEMBER)
        constraint = constraint_of(stated, f"{role}.json")
        check_within(zones_of(pack), pack.header, constraint, offer.path, role=offer.role, first_issued=first)
        role = trusted.delegators[role]
