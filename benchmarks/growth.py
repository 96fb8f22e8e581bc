"""What a look-up costs as zones grow from 10 to 1,000,000; in a process of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

import geopolicy as gp
import orders
import timing
from peers import shapes_of
from timing import Call
from workloads import REGION, sites

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
QUICK_COUNTS = (10, 100, 1_000)
REFERENCE_MOST = 10_000


def run(engine_name: str, path: Path, *, is_quick: bool) -> None:
    """Measures every size and keeps what was found after each."""
    found: dict[str, Any] = {"engine": engine_name, "sizes": []}
    for count in QUICK_COUNTS if is_quick else COUNTS:
        if engine_name == "reference" and count > REFERENCE_MOST:
            break
        print(f"  growth: {count:,} zones", flush=True)
        found["sizes"].append(one_size(count, engine_name, (20_000, 0.1) if is_quick else (200_000, 0.5)))
        path.write_text(json.dumps(found), encoding="utf-8")


def one_size(count: int, engine_name: str, effort: tuple[int, float]) -> dict[str, Any]:
    """One size: towns grow with the sites, so that they lie as densely around each as in W1."""
    fixes, budget_s = effort
    zones, towns = sites(count, towns=max(1, count * 3 // 100), is_checked=True)
    vertices = sum(len(zone.geometry.parts[0][0]) // 16 - 1 for zone in zones)
    zone_set = gp.ZoneSet(zones)
    found: dict[str, Any] = {"zones": count, "vertices": vertices}
    if engine_name == "reference":
        engine = gp.open(zone_set, engine=engine_name)
    else:
        packs: list[Any] = []
        found["compile_s"] = timing.seconds(lambda: packs.append(gp.compile(zone_set)))
        found["pack_bytes"] = len(packs[0].data)
        engine = gp.open(packs[0], engine=engine_name)
    shuffled = orders.shuffled(orders.drives(towns, fixes))
    for order, own in (("shuffled", shuffled), ("uniform", orders.uniform(REGION, fixes))):
        columns = own[0].tolist(), own[1].tolist()
        single = timing.scalars({"decide": Call(engine.decide)}, columns, budget_s)["decide"]
        batch = timing.batch(lambda made: engine.decide_many(*made), lambda lat, lon: (lat, lon), own, budget_s)
        found[order] = {"scalar": single, "batch": batch}
    tree = shapely.STRtree(shapes_of(zone_set))
    found["strtree"] = timing.batch(
        lambda points: tree.query(points, predicate="intersects"),
        lambda lat, lon: shapely.points(lon, lat),
        shuffled,
        budget_s,
    )
    return found
