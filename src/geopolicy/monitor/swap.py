"""Which zones may take the place of others."""

from __future__ import annotations

from geopolicy.errors import UpdateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.engines.contract import Engine
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.zones import ZoneFileHeader

_KEPT = "those in use stay in use"


def check(new: Engine, was: ZoneFileHeader | None, vehicle: Vehicle) -> None:
    """Refuses zones that were opened for another vehicle, are of another set, or are older than those last in use.

    Raises
    ------
    UpdateError
        Saying which of these.
    """
    if getattr(new, "vehicle", None) != vehicle:
        raise UpdateError(f"swap: the zones must be opened for the monitor's vehicle, got another; {_KEPT}")
    if was is None:
        return
    is_now = new.header
    if was.id is not None and was.id != is_now.id:
        raise UpdateError(f"swap: the zones must be of set {was.id!r}, got {is_now.id!r}; {_KEPT}")
    if was.revision is not None and (is_now.revision is None or is_now.revision < was.revision):
        raise UpdateError(
            f"swap: the zones must be of revision {was.revision} or later, got {is_now.revision}; {_KEPT}"
        )
    if was.revision is None and was.issued is not None and (is_now.issued is None or is_now.issued < was.issued):
        issued = is_now.issued.isoformat() if is_now.issued else None
        raise UpdateError(f"swap: the zones must be issued {was.issued.isoformat()} or later, got {issued}; {_KEPT}")
