"""Vehicles of a SUMO simulation change their colour at zones: python colours.py, or python colours.py --gui."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import geopolicy as gp

HERE = Path(__file__).resolve().parent
ZONES = HERE / "zones.geojson"
GREY = (210, 210, 210, 255)


def draw(sumo: Any) -> None:
    """Shows the zones, all of which are polygons, below the streets."""
    for zone in json.loads(ZONES.read_text(encoding="utf-8"))["features"]:
        outline = zone["geometry"]["coordinates"][0]
        shape = [sumo.simulation.convertGeo(lon, lat, fromGeo=True) for lon, lat in outline]
        sumo.polygon.add(zone["id"], shape, GREY, fill=True, layer=-1)


def main(*, has_gui: bool) -> None:
    """Runs the town until all vehicles have arrived, and says every minute how tightly they are restricted."""
    try:
        if has_gui:
            import traci as sumo  # the window is a process of its own
        else:
            import libsumo as sumo  # within this process, which is faster
    except ImportError as error:
        needed = "eclipse-sumo" if has_gui else "'geopolicy[sumo]'"
        raise SystemExit(f"colours.py needs SUMO ({error}); pip install {needed}") from None
    sumo.start(["sumo-gui" if has_gui else "sumo", "-c", str(HERE / "town.sumocfg")])
    draw(sumo)
    fleet = gp.hosts.SumoFleet(gp.open(ZONES), sumo)
    while sumo.simulation.getMinExpectedNumber():
        fleet.step()
        now_s = round(sumo.simulation.getTime(), 1)
        if now_s % 60 == 0:
            levels = Counter(max(decision.levels.values()) for decision in fleet.decisions.values())
            print(f"{now_s:3.0f} s:", ", ".join(f"{levels[level]} {level.label}" for level in sorted(levels)))
    sumo.close()


if __name__ == "__main__":
    main(has_gui="--gui" in sys.argv)
