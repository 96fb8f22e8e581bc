"""Which sensors of a vehicle may look, record and send at the place where it is."""

from __future__ import annotations

__version__ = "0.1.0"

# Where each public name lives. Loaded when it is first used, so that importing costs next to nothing (ADR 0003);
# what type checkers and editors read is __init__.pyi.
_HOMES = {
    "authoring.formats.effective": ("export_effective",),
    "authoring.formats.zones": ("export_zones", "import_zones"),
    "authoring.lint.findings": ("Finding", "Severity"),
    "authoring.lint.run": ("lint_zones",),
    "authoring.diff.records": ("ZoneSetDiff",),
    "authoring.diff.sets": ("diff_zones",),
    "authoring.simplify": ("Simplification", "simplify_zones"),
    "drives.open": ("Drive", "open_drive"),
    "engines.contract": ("Engine",),
    "engines.open": ("open",),
    "engines.unmatched": ("unmatched_sensors",),
    "errors": ("GeopolicyError",),
    "model.batches": ("Decisions", "ZoneLists"),
    "model.card": ("CardEntry", "CitedRule", "GateCard"),
    "model.decisions": ("Cause", "Certainty", "Decision", "Near", "Reason"),
    "model.fixes": ("Fix",),
    "model.limits": ("LimitRange",),
    "model.rules": ("Condition", "Level", "Rule"),
    "model.sensors": ("Vehicle",),
    "model.transitions": ("Transition", "TransitionKind"),
    "model.windows": ("Hours", "SunHours", "Window"),
    "model.zones": ("Coverage", "Geometry", "Zone", "ZoneFileHeader"),
    "monitor.consent": ("Consent",),
    "monitor.monitor": ("Monitor",),
    "monitor.profile": ("Hold", "MonitorProfile"),
    "pack.compiler": ("compile",),
    "pack.pack": ("Pack", "read_pack"),
    "pages.drive_report": ("DriveReport", "report_drive"),
    "authoring.zone_drawing": ("ZoneDrawing", "draw_zones"),
    "zonefile.vehicle_file": ("read_vehicle",),
    "zonefile.zone_set": ("ZoneSet", "read_zones"),
}
_NAMESPACES = ("audit", "errors", "hosts", "replay", "update")
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, *_NAMESPACES, "__version__"])  # noqa: PLE0605  # one list of names, not two


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _NAMESPACES:
        return import_module(f"{__name__}.{name}")
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
