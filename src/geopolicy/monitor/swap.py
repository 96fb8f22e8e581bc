"""Which zones may take the place of others while driving."""

from __future__ import annotations

from geopolicy.errors import UpdateError
from geopolicy.pack.rollback import check_not_rollback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.engines.contract import Engine
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.zones import ZoneFileHeader

_KEPT = "those in use stay in use"


def check_swap(new: Engine, newest: ZoneFileHeader | None, vehicle: Vehicle) -> None:
    """Refuses zones that were opened for another vehicle, are of another set, or are older than the ``newest`` used.

    Raises
    ------
    UpdateError
        Saying which of these.
    """
    if getattr(new, "vehicle", None) != vehicle:
        raise UpdateError(f"swap: the zones must be opened for the monitor's vehicle, got another; {_KEPT}")
    if newest is not None:
        check_not_rollback(new.header, newest, "swap", _KEPT)
