"""The vectors as files, and the engines that they ask."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import geopolicy as gp

Json = dict[str, Any]
FOLDER = Path(__file__).resolve().parents[1] / "vectors"
CAMERA = {"sensors": ["camera"]}


def line(vector: Json) -> str:
    """A vector as one line."""
    return json.dumps(vector, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def read(kind: str) -> list[Json]:
    """All vectors of a file."""
    return [json.loads(own) for own in (FOLDER / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def zone_set(name: str) -> gp.ZoneSet:
    return gp.read_zones(FOLDER / "zones" / f"{name}.geojson")


def vehicle_of(said: Json) -> gp.Vehicle:
    """The vehicle of a vehicle file."""
    more = {"limits": said.get("limits"), "shows": said.get("shows", ())}
    return gp.Vehicle(said["sensors"], said.get("attributes"), **more)


@cache
def _engine(name: str, engine: str, vehicle: str) -> gp.Engine:
    source = zone_set(name) if engine == "reference" else gp.read_pack(FOLDER / "packs" / f"{name}.gpol")
    return gp.open(source, vehicle=vehicle_of(json.loads(vehicle)), engine=engine)


def engine_of(name: str, engine: str, vehicle: Json | None = None) -> gp.Engine:
    """The reference engine of a zone file, or the kernel of its pack; by default of a vehicle with one camera."""
    return _engine(name, engine, json.dumps(vehicle or CAMERA, sort_keys=True))


def circumstances(vector: Json) -> Json:
    """Time, state and emergency: what is absent or null is not known."""
    stamp = vector.get("time")
    moment = None if stamp is None else datetime.fromisoformat(stamp)
    return {"time": moment, "state": vector.get("state"), "emergency": vector.get("emergency")}
