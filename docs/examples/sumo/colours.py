"""Vehicles of a SUMO simulation change their colour at zones: python colours.py, or python colours.py --gui."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import geopolicy as gp

HERE = Path(__file__).resolve().parent


def main(*, has_gui: bool) -> None:
    """Runs the town until all vehicles have arrived, and says now and then how tightly they are restricted."""
    if has_gui:
        import traci as sumo  # a window of SUMO: a process of its own
    else:
        import libsumo as sumo  # within this process, which is faster
    sumo.start(["sumo-gui" if has_gui else "sumo", "-c", str(HERE / "town.sumocfg")])
    fleet = gp.hosts.SumoFleet(gp.open(HERE / "zones.geojson"), sumo)
    while sumo.simulation.getMinExpectedNumber():
        fleet.step()
        now_s = sumo.simulation.getTime()
        if round(now_s, 1) % 60 == 0:
            levels = Counter(max(decision.levels.values()).label for decision in fleet.decisions.values())
            print(f"{now_s:3.0f} s:", ", ".join(f"{count} {level}" for level, count in sorted(levels.items())))
    sumo.close()


if __name__ == "__main__":
    main(has_gui="--gui" in sys.argv)
