"""Which sensors of a vehicle may look, record and send at the place where it is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from geopolicy.audit import (
        AuditLog,
        AuditProblem,
        AuditRecord,
        AuditReport,
        Checkpoint,
        erase_log,
        read_log,
        verify_log,
        zone_handle,
    )
    from geopolicy.engines.contract import Engine
    from geopolicy.engines.open import open  # noqa: A004  # geopolicy.open is the API
    from geopolicy.errors import (
        AuditError,
        CompileError,
        DriveFileError,
        EngineUnavailableError,
        GeopolicyError,
        PackError,
        Problem,
        UnknownSensorError,
        UpdateError,
        VehicleFileError,
        ZoneFileError,
    )
    from geopolicy.model.decisions import Cause, Certainty, Decision, Decisions, Reason
    from geopolicy.model.fixes import Fix
    from geopolicy.model.rules import Condition, Hours, Level, Rule, Window
    from geopolicy.model.sensors import Sensor, Vehicle
    from geopolicy.model.transitions import Transition, Turn
    from geopolicy.model.zones import Coverage, Geometry, Header, Zone
    from geopolicy.monitor.consent import Consent
    from geopolicy.monitor.monitor import Monitor
    from geopolicy.monitor.profile import Hold, Profile
    from geopolicy.pack.compiler import compile  # noqa: A004  # geopolicy.compile is the API
    from geopolicy.pack.pack import Pack, read_pack
    from geopolicy.zonefile.zone_set import ZoneSet, read_zones

__version__ = "0.1.0"

# Loaded when first used, so that importing costs next to nothing (ADR 0003).
_HOMES = {
    "audit": (
        "AuditLog",
        "AuditProblem",
        "AuditRecord",
        "AuditReport",
        "Checkpoint",
        "erase_log",
        "read_log",
        "verify_log",
        "zone_handle",
    ),
    "engines.contract": ("Engine",),
    "pack.compiler": ("compile",),
    "model.decisions": ("Cause", "Certainty", "Decision", "Decisions", "Reason"),
    "engines.open": ("open",),
    "errors": (
        "AuditError",
        "CompileError",
        "DriveFileError",
        "EngineUnavailableError",
        "GeopolicyError",
        "PackError",
        "Problem",
        "UnknownSensorError",
        "UpdateError",
        "VehicleFileError",
        "ZoneFileError",
    ),
    "model.fixes": ("Fix",),
    "monitor.consent": ("Consent",),
    "monitor.monitor": ("Monitor",),
    "monitor.profile": ("Hold", "Profile"),
    "pack.pack": ("Pack", "read_pack"),
    "model.rules": ("Condition", "Hours", "Level", "Rule", "Window"),
    "model.sensors": ("Sensor", "Vehicle"),
    "model.transitions": ("Transition", "Turn"),
    "model.zones": ("Coverage", "Geometry", "Header", "Zone"),
    "zonefile.zone_set": ("ZoneSet", "read_zones"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AuditError",
    "AuditLog",
    "AuditProblem",
    "AuditRecord",
    "AuditReport",
    "Cause",
    "Certainty",
    "Checkpoint",
    "CompileError",
    "Condition",
    "Consent",
    "Coverage",
    "Decision",
    "Decisions",
    "DriveFileError",
    "Engine",
    "EngineUnavailableError",
    "Fix",
    "Geometry",
    "GeopolicyError",
    "Header",
    "Hold",
    "Hours",
    "Level",
    "Monitor",
    "Pack",
    "PackError",
    "Problem",
    "Profile",
    "Reason",
    "Rule",
    "Sensor",
    "Transition",
    "Turn",
    "UnknownSensorError",
    "UpdateError",
    "Vehicle",
    "VehicleFileError",
    "Window",
    "Zone",
    "ZoneFileError",
    "ZoneSet",
    "__version__",
    "compile",
    "erase_log",
    "open",
    "read_log",
    "read_pack",
    "read_zones",
    "verify_log",
    "zone_handle",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
