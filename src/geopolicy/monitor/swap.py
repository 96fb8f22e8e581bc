"""Which zones may take the place of others while driving."""

from __future__ import annotations

from geopolicy.errors import UpdateError
from geopolicy.pack.rollback import Edition, check_not_rollback, newest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.engines.contract import Engine
    from geopolicy.model.sensors import Vehicle

_KEPT = "those in use stay in use"
# What a monitor, its views and its safe region use of an engine.
_USED = (
    *("vehicle", "header", "digest", "when", "time", "valid_until", "expires"),
    *("decide", "decide_path", "decide_zones", "near", "safe_radius"),
)
_WANTED = "an engine as geopolicy.open makes it, or None"


def edition_of(engine: Engine) -> Edition:
    """What an engine's zones say of themselves, and what tells their content from others."""
    return Edition(engine.header, getattr(engine, "content_id", None))


def check_engine(engine: object) -> None:
    """Refuses what is no engine, such as a path; what wraps an engine is one.

    Raises
    ------
    TypeError
        Saying what is wanted.
    """
    if not all(hasattr(engine, name) for name in _USED):
        raise TypeError(f"engine must be {_WANTED}, got {type(engine).__name__}")


def newest_after_swap(new: Engine, newest: Edition | None, vehicle: Vehicle, *, replace: bool) -> Edition:
    """The edition that later zones are measured by once these zones are in use.

    Refuses zones that were opened for another vehicle, and unless they ``replace`` those in use, zones of
    another set, and ones that are no successors of the newest that were used. A set that was changed in
    memory has no revision: it is used only by ``replace``, and then the edition before it remains the measure.

    Raises
    ------
    UpdateError
        Saying which of these.
    """
    if new.vehicle != vehicle:
        raise UpdateError(f"swap: the zones must be opened for the monitor's vehicle, got another; {_KEPT}")
    edition = edition_of(new)
    if newest is None:
        return edition
    if not replace:
        check_not_rollback(edition, newest, "swap", f"{_KEPT}; swap(..., replace=True) takes any zones")
        return newest_of(edition, newest)
    is_changed_in_memory = edition.header.id == newest.header.id and edition.header.revision is None
    return newest if is_changed_in_memory else edition
