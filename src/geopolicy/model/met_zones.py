"""Which zones a drive met that name none of the sensors it is about."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from geopolicy.model.decisions import Decision


class MetZones:
    """The zones in decisions, told apart by whether any of their rules names a sensor.

    Parameters
    ----------
    sensors
        The sensors that count; None: all of the vehicle.
    """

    def __init__(self, sensors: AbstractSet[str] | None = None) -> None:
        self._sensors = sensors
        self._with: set[str] = set()
        self._without: set[str] = set()

    def add(self, decision: Decision) -> None:
        """Count the zones of a decision."""
        for cause in decision.causes:
            is_named = bool(cause.sensors) if self._sensors is None else not self._sensors.isdisjoint(cause.sensors)
            (self._with if is_named else self._without).add(cause.zone_id)

    def without_sensor(self) -> list[str]:
        """The zones that name none of the sensors in any of their rules, sorted.

        Such a zone restricts nothing here: the vehicle may have none of its sensors, or have it by another name.
        """
        return sorted(self._without - self._with)
