"""Measures one workload: geopolicy first, then each peer in the same process, on the same fixes.

Runs as a process of its own: a peer that crashes ends only this one, and `run.py` starts it again without that peer.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import answers
import geopolicy as gp
import native
import timing
from databases import DuckDB, SedonaDB
from orders import ORDERS
from peers import (
    S2,
    Geopandas,
    IntersectsXY,
    MatplotlibPath,
    Peer,
    RtreePrepared,
    Spherely,
    STRtree,
    UnavailableError,
    shapes_of,
)
from processes import first_decision, memory_of
from reading import reading
from timezones import Timezonefinder, Tzfpy
from timing import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from orders import Fixes
    from workloads import Plan, Workload

SENSOR = "camera.exterior.front"
PEERS = (
    STRtree,
    RtreePrepared,
    IntersectsXY,
    Geopandas,
    DuckDB,
    SedonaDB,
    S2,
    Spherely,
    MatplotlibPath,
    Tzfpy,
    Timezonefinder,
)
REFERENCE = "reference"
STEP_M = 30.0
DISC_M = 10.0
CHECKED = 2_000


class Measurement:
    """What was found about one workload so far; kept in a file after every step."""

    def __init__(self, work: Workload, plan: Plan, path: Path, skipped: dict[str, str]) -> None:
        self.work = work
        self.plan = plan
        self.path = path
        self.skipped = skipped
        self.began = time.monotonic()
        self.found: dict[str, Any] = {"key": work.key, "title": work.title, "zones": len(work.zones)}
        self.found |= {"vertices": work.vertices, "orders": {}, "peers": {}, "build": {}}

    def at(self, step: str, running: str | None = None) -> None:
        """Says what is measured next, and keeps what there is."""
        print(f"  {self.work.key} {time.monotonic() - self.began:4.0f} s: {step}", flush=True)
        self.found["running"] = running
        self.path.write_text(json.dumps(self.found), encoding="utf-8")

    def run(self, engine_name: str) -> None:
        """All steps in turn."""
        self.at(f"checking {len(self.work.zones):,} zones, {self.work.vertices:,} vertices")
        zones: list[gp.ZoneSet] = []
        self.found["build"]["validate_s"] = timing.seconds(lambda: zones.append(gp.ZoneSet(self.work.zones)))
        fixes = self.work.orders(zones[0], self.plan.fixes)
        with tempfile.TemporaryDirectory() as folder:
            engine = self.opened(zones[0], engine_name, Path(folder) / "zones.gpol")
            self.in_c(zones[0], fixes, Path(folder), is_kernel=engine_name != REFERENCE)
            if self.work.key in ("W1", "W2"):
                self.at("reading a file")
                self.found["reading"] = reading(zones[0], Path(folder), 2 if self.plan.is_quick else 3)
        self.found["covered"] = {
            order: float(engine.decide_many(lat[:20_000], lon[:20_000]).disabled(SENSOR).mean())
            for order, (lat, lon) in fixes.items()
        }
        for order, own in fixes.items():
            self.at(f"{engine.name} engine, {ORDERS[order]}")
            self.found["orders"][order] = {
                "scalar": subject_scalars(engine, own, self.budget_s * 2.0),
                "batch": subject_batches(engine, own, self.budget_s * 2.0),
            }
            if engine.name != REFERENCE:
                count = 2_000 if self.plan.is_quick else 20_000
                self.found["orders"][order] |= {
                    "met": answers.new_and_met(engine.when(), own, DISC_M, count),
                    "columns": answers.columns(engine, own, SENSOR, is_quick=self.plan.is_quick),
                }
        if engine.name != REFERENCE:
            self.peer(REFERENCE, lambda: ReferencePeer(zones[0]), fixes, engine)
        shapes = shapes_of(zones[0])
        for kind in PEERS:
            if self.work.key in kind.workloads:
                self.peer(kind.__name__, lambda kind=kind: kind(shapes), fixes, engine)
        self.at("done")

    @property
    def budget_s(self) -> float:
        """About what one cell of a table may take."""
        return 0.02 if self.plan.is_quick else 0.3

    def opened(self, zones: gp.ZoneSet, engine_name: str, path: Path) -> gp.Engine:
        """The engine that is measured, and what it takes to build and open it."""
        self.found["engine"] = engine_name
        if engine_name == REFERENCE:
            engines: list[gp.Engine] = []
            opening = timing.seconds(lambda: engines.append(gp.open(zones, engine=REFERENCE)))
            self.found["build"]["open_s"] = opening
            return engines[0]
        self.at("compile")
        packs: list[Any] = [None]

        def compile_again() -> None:
            packs[0] = gp.compile(zones)

        runs = [timing.seconds(compile_again)]
        while len(runs) < 3 and sum(runs) < 8.0:
            runs.append(timing.seconds(compile_again))
        self.at("compile: memory")
        build = self.found["build"]
        build |= {"compile_s": min(runs), "peak_bytes": timing.peak_bytes(lambda: gp.compile(zones))}
        build |= {"pack_bytes": len(packs[0].data), "save_s": timing.seconds(lambda: packs[0].save(path))}
        self.at("open")
        data = path.read_bytes()
        build["sha_s"] = timing.best_seconds(lambda: hashlib.sha256(data).digest())
        build["open_s"] = timing.best_seconds(lambda: gp.open(path, engine=engine_name))
        build["mmap_s"] = timing.best_seconds(lambda: gp.open(path, engine=engine_name, mmap=True))
        build["memory"] = memory_of(path)
        if self.work.key == "W1":
            self.at("import and first decision")
            self.found["first"] = first_decision(path, 5 if self.plan.is_quick else 25)
        return gp.open(path, engine=engine_name)

    def in_c(self, zones: gp.ZoneSet, fixes: dict[str, Fixes], folder: Path, *, is_kernel: bool) -> None:
        """The floor, single look-ups of the kernel in random order, and tg; all in C, on W1 and W2."""
        if self.work.key not in ("W1", "W2"):
            return
        self.at("floor and look-ups in C")
        self.found["floor"] = native.floor({order: fixes[order] for order in ("drives", "shuffled")}, folder)
        if is_kernel:
            self.found["look_ups"] = native.look_ups(folder / "zones.gpol", fixes["shuffled"], folder)
        if is_kernel and self.plan.tg is not None:
            self.at("beside tg in C")
            asked = {order: fixes[order] for order in ("drives", "shuffled")}
            self.found["tg"] = native.beside_tg(folder / "zones.gpol", shapes_of(zones), asked, self.plan.tg, folder)

    def peer(self, name: str, make: Callable[[], Peer], fixes: dict[str, Fixes], engine: gp.Engine) -> None:
        """One peer, in every order; what goes wrong is what is found."""
        own: dict[str, Any] = {"orders": {}}
        self.found["peers"][name] = own
        if name in self.skipped:
            own["error"] = self.skipped[name]
            return
        try:
            self.at(f"{name}: build", name)
            timing.trim()
            before = timing.resident_bytes()
            made: list[Peer] = []
            own["build_s"] = timing.seconds(lambda: made.append(make()))
            own["memory_bytes"] = timing.resident_bytes() - before
            own |= {"title": made[0].title, "note": made[0].note, "has_conversion": made[0].has_conversion}
            self.at(f"{name}: fixes", name)
            for order, where in fixes.items():
                own["orders"][order] = peer_numbers(made[0], where, self.budget_s)
            count = own["orders"]["near"].get("batch", {}).get("fixes", CHECKED)
            if not (self.plan.is_quick and isinstance(made[0], (Tzfpy, Timezonefinder))):  # W3 is only a part then
                own["differs"] = self.differing(made[0], fixes["near"], engine, min(count, CHECKED))
        except Exception as error:  # a peer's failure is a result
            text = str(error).strip().splitlines()[0][:160] if str(error).strip() else ""
            own["error"] = text if isinstance(error, UnavailableError) else f"{type(error).__name__}: {text}"
            print(f"  {self.work.key}: {name}: {own['error']}", flush=True)

    def differing(self, peer: Peer | ReferencePeer, fixes: Fixes, engine: gp.Engine, count: int) -> dict[str, int]:
        """How many of some fixes near borders a peer puts into some zone instead of none, or the other way round."""
        lat, lon = fixes[0][:count], fixes[1][:count]
        pairs = list(zip(lat.tolist(), lon.tolist(), strict=True))
        if isinstance(peer, (Tzfpy, Timezonefinder)):
            differ = sum(peer.name_at(a, b) not in engine.decide(a, b).zones for a, b in pairs)
            return {"of": count, "differ": differ}
        call = peer.call()
        if peer.has_batch:
            covered = peer.covered(peer.answer(peer.convert(lat, lon)), count)
        else:
            covered = np.array([call is not None and bool(call.function(a, b)) for a, b in pairs])
        return {"of": count, "differ": int((covered != engine.decide_many(lat, lon).disabled(SENSOR)).sum())}


class ReferencePeer:
    """The reference engine as one of the peers: it returns decisions."""

    title = "geopolicy reference engine"
    note = "returns decisions"
    has_batch = True
    has_conversion = False

    def __init__(self, zones: gp.ZoneSet) -> None:
        self.engine = gp.open(zones, engine=REFERENCE)

    def call(self) -> Call:
        """One decision."""
        return Call(self.engine.decide)

    def convert(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Any:
        """The arrays as they are."""
        return lat, lon

    def answer(self, made: Any) -> gp.Decisions:
        """Decisions of a batch."""
        return self.engine.decide_many(*made)

    def covered(self, result: gp.Decisions, count: int) -> NDArray[np.bool_]:
        """Which fixes are restricted."""
        return result.disabled(SENSOR)[:count]


def _columns(fixes: Fixes) -> tuple[list[float], list[float]]:
    return fixes[0][:200_000].tolist(), fixes[1][:200_000].tolist()


def subject_scalars(engine: gp.Engine, fixes: Fixes, budget_s: float) -> dict[str, Any]:
    """Single calls of geopolicy beside `math.hypot`, in interleaved rounds."""
    calls = {
        "hypot": Call(math.hypot),
        "decide": Call(engine.decide),
        "decide_10": Call(engine.decide, f"lat, lon, {DISC_M}"),
        "near": Call(engine.near, "lat, lon, 100.0"),
        "safe_radius": Call(engine.safe_radius),
    }
    lat, lon = _columns(fixes)
    found = timing.scalars(calls, (lat, lon), budget_s)
    names = "lat, lon, lat1, lon1"
    path = {"path": Call(engine.decide_path, names, names)}
    ends = (end[: len(lat)].tolist() for end in path_ends(fixes))
    return found | timing.scalars(path, (lat, lon, *ends), budget_s)


def path_ends(fixes: Fixes) -> Fixes:
    """Where straight paths of ``STEP_M`` end that begin at fixes, in any direction."""
    turn = np.random.default_rng(8).uniform(0.0, 2.0 * np.pi, len(fixes[0]))
    north = np.clip(fixes[0] + STEP_M / 111_320.0 * np.sin(turn), -90.0, 90.0)
    east = fixes[1] + STEP_M / 111_320.0 * np.cos(turn) / np.cos(np.radians(np.clip(north, -89.0, 89.0)))
    return north, np.clip(east, -180.0, 180.0)


def subject_batches(engine: gp.Engine, fixes: Fixes, budget_s: float) -> dict[str, Any]:
    """Batches of geopolicy: exact, with 10 m, and on two threads."""

    def as_given(lat: Any, lon: Any) -> Any:
        return lat, lon

    answers: dict[str, Callable[[Any], Any]] = {
        "exact": lambda made: engine.decide_many(*made),
        "disc": lambda made: engine.decide_many(*made, DISC_M),
    }
    if engine.name != REFERENCE:
        answers["threads"] = lambda made: engine.decide_many(*made, threads=2)
    return {name: timing.batch(answer, as_given, fixes, budget_s) for name, answer in answers.items()}


def peer_numbers(peer: Peer | ReferencePeer, fixes: Fixes, budget_s: float) -> dict[str, Any]:
    """Single calls and batches of a peer."""
    call = peer.call()
    found: dict[str, Any] = {}
    if call is not None:
        found["scalar"] = timing.scalars({"call": call}, _columns(fixes), budget_s)["call"]
    if peer.has_batch:
        found["batch"] = timing.batch(peer.answer, peer.convert, fixes, budget_s)
    if isinstance(peer, Peer) and peer.has_discs:
        found["disc"] = timing.batch(lambda made: peer.within(made, DISC_M), peer.convert, fixes, budget_s)
    if isinstance(peer, Peer) and peer.has_paths:
        north, east = path_ends(fixes)

        def paths(lat: Any, lon: Any) -> Any:
            return peer.convert_paths((lat, lon, north[: len(lat)], east[: len(lat)]))

        found["path"] = timing.batch(peer.meeting, paths, fixes, budget_s)
    return found
