"""Which zones may take the place of others while driving."""

from __future__ import annotations

from geopolicy.engines.parts import parts_of
from geopolicy.errors import UpdateError
from geopolicy.pack.rollback import Edition, Editions, check_succession

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.engines.contract import Engine
    from geopolicy.model.sensors import Vehicle

_KEPT = "those in use stay in use"
# What a monitor, its views and its safe region use of an engine.
_USED = (
    *("vehicle", "header", "digest", "when", "time", "valid_until", "expires"),
    *("decide", "decide_path", "decide_zones", "near", "safe_radius", "without_exemptions"),
)
_WANTED = "an engine as geopolicy.open makes it, or None"


def editions_of(engine: Engine) -> Editions:
    """What each set of an engine's zones says of itself, and what tells its content from others."""
    return Editions(tuple(Edition(part.header, getattr(part, "content_id", None)) for part in parts_of(engine)))


def check_engine(engine: object) -> None:
    """Refuses what is no engine, such as a path; what wraps an engine is one.

    Raises
    ------
    TypeError
        Saying what is wanted.
    """
    if not all(hasattr(engine, name) for name in _USED):
        raise TypeError(f"engine must be {_WANTED}, got {type(engine).__name__}")


def editions_after_swap(
    new: Engine, seen: Editions | None, vehicle: Vehicle, *, replace: bool, trusted_time: datetime | None
) -> Editions:
    """The editions that later zones are measured by once these zones are in use.

    Refuses zones that were opened for another vehicle, and unless they ``replace`` those in use, zones of
    another set, ones that are no successors of the newest that were used, and ones that lack a set which has not
    ended by the trusted time. A set that was changed in memory has no revision: it is used only by ``replace``, and
    then the edition before it remains the measure.

    Raises
    ------
    UpdateError
        Saying which of these.
    """
    if new.vehicle != vehicle:
        raise UpdateError(f"swap: the zones must be opened for the monitor's vehicle, got another; {_KEPT}")
    editions = editions_of(new)
    if seen is None:
        return editions
    if not replace:
        outcome = f"{_KEPT}; swap(..., replace=True) takes any zones"
        return check_succession(editions.in_use, seen, "swap", outcome, trusted_time)
    in_use = tuple(_measure_after_replacing(edition, seen) for edition in editions.in_use)
    left = [old for old in (*seen.gone, *seen.in_use) if old.header.is_overlay]
    return Editions(in_use, tuple(old for old in left if not any(map(old.is_of_set_of, in_use))))


def _measure_after_replacing(edition: Edition, seen: Editions) -> Edition:
    """The edition itself; where it was changed in memory, the one before it."""
    before = next(filter(edition.is_of_set_of, seen.in_use), edition)
    return before if edition.header.revision is None else edition
