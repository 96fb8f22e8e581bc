"""Where vehicles live: receivers and programs of others, which get a monitor in a few lines."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.hosts.carla import CarlaMap, CarlaVehicle
    from geopolicy.hosts.kuksa import KuksaVehicle
    from geopolicy.hosts.receivers import Receiver, open_receiver
    from geopolicy.hosts.redact.options import RedactionOptions
    from geopolicy.hosts.redact.report import read_report
    from geopolicy.hosts.redact.run import Redaction, redact_recording
    from geopolicy.hosts.redact.topics import MappedTopic, TopicMap, read_topics
    from geopolicy.hosts.sumo import SumoFleet
    from geopolicy.hosts.vss import vss_overlay, vss_state, vss_values

__all__ = [
    "CarlaMap",
    "CarlaVehicle",
    "KuksaVehicle",
    "MappedTopic",
    "Receiver",
    "Redaction",
    "RedactionOptions",
    "SumoFleet",
    "TopicMap",
    "open_receiver",
    "read_report",
    "read_topics",
    "redact_recording",
    "vss_overlay",
    "vss_state",
    "vss_values",
]

# Where each name lives. Loaded when it is first used: nobody needs all of them.
_HOMES = {
    "carla": ("CarlaMap", "CarlaVehicle"),
    "kuksa": ("KuksaVehicle",),
    "receivers": ("Receiver", "open_receiver"),
    "redact.options": ("RedactionOptions",),
    "redact.report": ("read_report",),
    "redact.run": ("Redaction", "redact_recording"),
    "redact.topics": ("MappedTopic", "TopicMap", "read_topics"),
    "sumo": ("SumoFleet",),
    "vss": ("vss_overlay", "vss_state", "vss_values"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
