"""Where vehicles live: receivers and programs of others, which get a monitor in a few lines."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.hosts.kuksa import KuksaVehicle
    from geopolicy.hosts.receivers import Receiver, open_receiver
    from geopolicy.hosts.vss import vss_overlay, vss_state, vss_values

__all__ = ["KuksaVehicle", "Receiver", "open_receiver", "vss_overlay", "vss_state", "vss_values"]

# Where each name lives. Loaded when it is first used: nobody needs all of them.
_HOMES = {
    "kuksa": ("KuksaVehicle",),
    "receivers": ("Receiver", "open_receiver"),
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
