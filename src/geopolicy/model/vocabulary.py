"""The names that zone files and vehicles should share: sensors, and attributes of vehicles.

Other names are allowed, and mean what they say; one that a single party invents restricts nothing anywhere else.
"""

from __future__ import annotations

from types import MappingProxyType

from geopolicy.model.rules import AXES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SENSORS: Mapping[str, str] = MappingProxyType(
    {
        "camera.exterior.front": "Cameras that look out ahead.",
        "camera.exterior.rear": "Cameras that look out behind.",
        "camera.exterior.left": "Cameras that look out to the left.",
        "camera.exterior.right": "Cameras that look out to the right.",
        "camera.cabin": "Cameras that look at the cabin as a whole.",
        "camera.driver": "Cameras that watch the driver's face and eyes.",
        "microphone.cabin": "Microphones in the cabin.",
        "lidar.roof": "Laser scanners.",
        "radar.front": "Radars that look ahead.",
        "ultrasonic": "Parking sensors.",
        "gnss": "The satellite receiver. Turned off, it leaves the vehicle without fixes.",
        "telemetry.location": "Positions that are stored, or leave the vehicle.",
        "link.cellular": "The vehicle's own mobile connection.",
        "link.phone": "The connection to a phone in the cabin.",
        "link.wifi": "Wireless networks.",
    }
)
"""Each sensor, and what is meant by it. A name means all below it: ``camera`` is every one of the first six."""

CLASSES = (
    *("car", "bus", "truck", "taxi", "emergency", "military", "police", "government"),
    *("survey", "drone", "aircraft"),
)
"""The values of the attribute ``class``."""

ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "make": "The brand under which it is sold, as on its papers.",
        "model": "The model, as on its papers.",
        "class": f"Its use: {', '.join(CLASSES)}.",
        "made_in": "The country where it was made, ISO 3166-1 alpha-2.",
        "owner_country": "The country of its owner, ISO 3166-1 alpha-2.",
        "vehicle_type": "Its type, as feeds of shared vehicles (GBFS, MDS) call it.",
    }
)
"""Each attribute of a vehicle that ``applies_to`` asks about, and what it says."""


def names_in_clear(names: Iterable[str]) -> tuple[str, ...]:
    """What conditions ask by names that may be told, each once: a rare name of an attribute would name its zone.

    In order of name; ``"other"`` stands for those that are no word of the vocabulary.
    """
    return tuple(sorted({name if name in ATTRIBUTES or name in AXES else "other" for name in names}))
