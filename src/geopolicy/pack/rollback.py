"""Protection against rollback: older zones, or those of another set, never take the place of others."""

from __future__ import annotations

from geopolicy.errors import UpdateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.model.zones import ZoneFileHeader


def check_not_rollback(new: ZoneFileHeader, newest: ZoneFileHeader, action: str, outcome: str) -> None:
    """Refuses a header of another set than that of the newest zones seen so far, or of an older state of it.

    The revision decides; only where the newest zones have none, the time at which they were issued.
    What the newest header does not say is not asked of the new one. ``action`` and ``outcome`` begin and end
    the message: what was tried, and what happens instead.

    Raises
    ------
    UpdateError
        Saying which of these.
    """
    if newest.id is not None and newest.id != new.id:
        raise UpdateError(f"{action}: the zones must be of set {newest.id!r}, got {new.id!r}; {outcome}")
    if newest.revision is not None:
        if new.revision is None or new.revision < newest.revision:
            rule = f"the zones must be of revision {newest.revision} or later"
            raise UpdateError(f"{action}: {rule}, got {new.revision}; {outcome}")
    elif newest.issued is not None and (new.issued is None or new.issued < newest.issued):
        issued = new.issued.isoformat() if new.issued else None
        rule = f"the zones must be issued {newest.issued.isoformat()} or later"
        raise UpdateError(f"{action}: {rule}, got {issued}; {outcome}")
