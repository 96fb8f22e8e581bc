"""The vectors as files: how they are read, and what an engine says to one of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopolicy as gp

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    return gp.open(zone_set(name), vehicle=vehicle_of(json.loads(vehicle)), engine=engine)


def engine_of(name: str, engine: str, vehicle: Json | None = None) -> gp.Engine:
    """An engine of a set of zones; by default of a vehicle with one camera."""
    return _engine(name, engine, json.dumps(vehicle or CAMERA, sort_keys=True))


def brief(decision: gp.Decision) -> Json:
    """What points, discs and paths say of a decision."""
    return {
        "zones": list(decision.zones),
        "certainty": str(decision.certainty),
        "reasons": sorted(map(str, decision.reasons)),
    }


def said_of_point(vector: Json, engine: str) -> Json:
    own = engine_of(vector["set"], engine)
    if not vector.get("position", True):
        (decision,) = own.decide_many([vector["lat"]], [vector["lon"]])
        return {"position": "invalid_position" not in brief(decision)["reasons"]}
    decision = own.decide(vector["lat"], vector["lon"])
    return {"zones": list(decision.zones), "known": decision.certainty != gp.Certainty.UNKNOWN}


def said_of_disc(vector: Json, engine: str) -> Json:
    return brief(engine_of(vector["set"], engine).decide(vector["lat"], vector["lon"], vector["accuracy_95_m"]))


def said_of_path(vector: Json, engine: str) -> Json:
    return brief(engine_of(vector["set"], engine).decide_path(*vector["from"], *vector["to"]))


SAYS = {"points": said_of_point, "discs": said_of_disc, "paths": said_of_path}


def difference(kind: str, vector: Json, engine: str) -> str:
    """What an engine says otherwise than a vector; empty where nothing is."""
    said = SAYS[kind](vector, engine)
    other = {name: value for name, value in said.items() if vector[name] != value}
    return f"{engine}: {other} for {json.dumps(vector)}" if other else ""


def differences(kind: str, vectors: Iterable[Json]) -> list[str]:
    """What either engine says otherwise than vectors."""
    found = (difference(kind, vector, engine) for vector in vectors for engine in ("reference", "kernel"))
    return [text for text in found if text]
