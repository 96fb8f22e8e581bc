"""What a monitor for each of 1,000 vehicles costs in a SUMO simulation of ten steps a second, on one core.

    python benchmarks/host_sumo.py [VEHICLES] [SECONDS]

Runs of the same simulation, each a process of its own, and the best of three: SUMO alone; with a `SumoFleet`; with one
that keeps the fixes, which monitors then judge by themselves; and once, for a tenth of the time, with one by TraCI, of
which this process alone is counted and not SUMO's. Seconds are those of the processor. The town of docs/examples/sumo
is filled first, and vehicles that arrive are replaced.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from machine import machine

TOWN = Path(__file__).resolve().parent.parent / "docs" / "examples" / "sumo"
STEP_S = 0.1
FILLING_STEPS = 300
KINDS = ("alone", "fleet", "kept", "traci")
RUNS = 3


class Town:
    """The town, with a number of vehicles that stays."""

    def __init__(self, vehicles: int, module: str) -> None:
        sumo = self.sumo = importlib.import_module(module)
        program = shutil.which("sumo", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}") or "sumo"
        sumo.start([program, "-n", str(TOWN / "town.net.xml"), "--step-length", str(STEP_S), "--no-step-log"])
        self._rng = random.Random(1)
        self._edges = [edge for edge in sumo.edge.getIDList() if not edge.startswith(":")]
        self._count = 0
        for _ in range(vehicles):
            self._add()

    def _add(self) -> None:
        edges: tuple[str, ...] = ()
        while len(edges) < 2:
            edges = self.sumo.simulation.findRoute(*self._rng.sample(self._edges, 2)).edges
        self._count += 1
        name = f"v{self._count}"
        self.sumo.route.add(name, edges)
        self.sumo.vehicle.add(name, name, departLane="best", departPos="random_free", departSpeed="0")

    def replace_arrived(self) -> None:
        """Insert a vehicle for each one that left at this step."""
        for _ in self.sumo.simulation.getArrivedIDList():
            self._add()


def run(kind: str, vehicles: int, seconds: float) -> dict[str, float]:
    """Seconds of the processor of one run, and how many vehicles there were."""
    import geopolicy as gp

    town = Town(vehicles, "traci" if kind == "traci" else "libsumo")
    for _ in range(FILLING_STEPS):
        town.sumo.simulationStep()
        town.replace_arrived()
    kept: list[tuple[str, gp.Fix]] = []

    def keep(vehicle_id: str, fix: gp.Fix) -> gp.Fix:
        kept.append((vehicle_id, fix))
        return fix

    engine = gp.open(TOWN / "zones.geojson")
    fleet = (
        None if kind == "alone" else gp.hosts.SumoFleet(engine, town.sumo, receiver=keep if kind == "kept" else None)
    )
    step = town.sumo.simulationStep if fleet is None else fleet.step
    spent_s, present, steps, changes = 0.0, 0, round(seconds / STEP_S), 0
    for _ in range(steps):
        before_s = time.process_time()
        changes += len(step() or ())
        spent_s += time.process_time() - before_s
        present += town.sumo.vehicle.getIDCount()
        town.replace_arrived()
    if kind == "kept":
        monitors = {name: gp.Monitor(engine) for name, _ in kept}
        calls = [(monitors[name], fix) for name, fix in kept]
        before_s = time.process_time()
        for monitor, fix in calls:
            monitor.update(fix, "driving", now_s=fix.monotonic_s)
        spent_s = time.process_time() - before_s
    return {"seconds": spent_s, "vehicles": present / steps, "changes": changes / seconds}


def main() -> None:
    """Measures, and prints what each part costs."""
    vehicles, seconds = int((sys.argv[1:] or ["1000"])[0]), float((sys.argv[2:] or ["30"])[0])
    if len(sys.argv) > 3:
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        print(json.dumps(run(sys.argv[3], vehicles, seconds)))
        return
    told = {}
    for kind in KINDS:
        command = [sys.executable, __file__, str(vehicles), str(seconds / (10 if kind == "traci" else 1)), kind]
        times = 1 if kind == "traci" else RUNS
        runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(times)]
        told[kind] = min((json.loads(run.stdout.splitlines()[-1]) for run in runs), key=lambda run: run["seconds"])
    alone_s, fleet_s, judged_s, traci_s = (told[kind]["seconds"] for kind in KINDS)
    updates = told["fleet"]["vehicles"] * seconds / STEP_S
    print(machine())
    print(f"{told['fleet']['vehicles']:.0f} vehicles, {1 / STEP_S:.0f} steps a second, {seconds:.0f} s of simulation")
    print(f"decisions that changed: {told['fleet']['changes']:.0f} a second")
    print(f"one core: {fleet_s:.1f} s, {seconds / fleet_s:.1f} times as fast as real time")
    for name, part_s in (("SUMO", alone_s), ("monitors", judged_s), ("glue", fleet_s - alone_s - judged_s)):
        print(f"{name}: {part_s:.2f} s, {100 * part_s / fleet_s:.0f} %, {1e6 * part_s / updates:.2f} us an update")
    print(f"by TraCI: {10 * traci_s:.1f} s beside SUMO, {1e7 * traci_s / updates:.1f} us an update")


if __name__ == "__main__":
    main()
