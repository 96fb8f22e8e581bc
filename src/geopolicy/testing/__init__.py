"""Evidence for others: strategies, an oracle, laws and doubles with which zones and engines are tested.

``pip install 'geopolicy[testing]'``; what makes no examples needs no Hypothesis. See docs/how-to/test-your-zones.md.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.testing.contract import EngineContract
    from geopolicy.testing.doubles import ScriptedEngine, ScriptedMonitor, make_decision
    from geopolicy.testing.drive_strategies import DrivenFix, drives, fixes
    from geopolicy.testing.edges import edge_positions
    from geopolicy.testing.laws import assert_not_looser, assert_same_answers
    from geopolicy.testing.machine import MonitorMachine
    from geopolicy.testing.moments import edge_instants
    from geopolicy.testing.oracle import covers_slowly
    from geopolicy.testing.rule_strategies import instants_near, rules, vehicles
    from geopolicy.testing.shape_strategies import polygons, rings
    from geopolicy.testing.tightness import looser
    from geopolicy.testing.zone_strategies import positions, zone_sets, zones

__all__ = [
    "DrivenFix",
    "EngineContract",
    "MonitorMachine",
    "ScriptedEngine",
    "ScriptedMonitor",
    "assert_not_looser",
    "assert_same_answers",
    "covers_slowly",
    "drives",
    "edge_instants",
    "edge_positions",
    "fixes",
    "instants_near",
    "looser",
    "make_decision",
    "polygons",
    "positions",
    "rings",
    "rules",
    "vehicles",
    "zone_sets",
    "zones",
]

# Where each name lives. Loaded when it is first used: the plugin is part of every run of pytest, with or without
# Hypothesis.
_HOMES = {
    "contract": ("EngineContract",),
    "doubles": ("ScriptedEngine", "ScriptedMonitor", "make_decision"),
    "drive_strategies": ("DrivenFix", "drives", "fixes"),
    "edges": ("edge_positions",),
    "laws": ("assert_not_looser", "assert_same_answers"),
    "machine": ("MonitorMachine",),
    "moments": ("edge_instants",),
    "oracle": ("covers_slowly",),
    "rule_strategies": ("instants_near", "rules", "vehicles"),
    "shape_strategies": ("polygons", "rings"),
    "tightness": ("looser",),
    "zone_strategies": ("positions", "zone_sets", "zones"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] not in ("hypothesis", "pytest"):
                raise
            needed = f"{__name__}.{name} needs {error.name}: pip install 'geopolicy[testing]'"
            raise ImportError(needed, name=error.name) from error
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
