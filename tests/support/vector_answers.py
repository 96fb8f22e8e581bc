"""What an engine says to a vector of each kind, and whether it is what the vector says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopolicy as gp
from vector_monitors import said_of_monitor
from vector_refusals import said_of_pack, said_of_zone_file
from vector_transforms import said_of_transform
from vectors import CAMERA, circumstances, engine_of, vehicle_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Json = dict[str, Any]


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
    return brief(engine_of(vector["set"], engine).decide_path(*vector["from"], *vector["to"], vector["accuracy_95_m"]))


def said_of_schedule(vector: Json, engine: str) -> Json:
    """Whether the rule of a small zone round a place is in force there."""
    lat, lon = vector.get("place", (45.0, 13.0))
    low, high = (lat - 0.01, lon - 0.01), (lat + 0.01, lon + 0.01)
    ring = [[low[1], low[0]], [high[1], low[0]], [high[1], high[0]], [low[1], high[0]], [low[1], low[0]]]
    more = {name: vector[name] for name in ("timezone", "expires") if name in vector}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    zone = {"type": "Feature", "id": "zone", "geometry": geometry, "properties": {"rules": [vector["rule"]]} | more}
    header = {"format": 1, "coverage": "world"}
    text = json.dumps({"type": "FeatureCollection", "geopolicy": header, "features": [zone]})
    vehicle = vehicle_of(CAMERA | {"attributes": vector.get("attributes")})
    view = gp.open(gp.ZoneSet.parse(text), vehicle, engine).when(**circumstances(vector))
    return {"in_force": bool(view.decide(lat, lon).zones)}


def said_of_decision(vector: Json, engine: str) -> Json:
    """All that a decision says."""
    view = engine_of(vector["set"], engine, vector["vehicle"]).when(**circumstances(vector))
    decision = view.decide(vector["lat"], vector["lon"])
    sensors = {
        name: {
            "level": level.label,
            "store_in": sorted(decision.store_in[name]),
            "needs_consent": name in decision.needs_consent,
            "limits": dict(sorted(decision.limits[name].items())),
            "must_show": sorted(decision.must_show[name]),
        }
        for name, level in decision.levels.items()
    }
    exempt = [[cause.zone_id, cause.rule_index] for cause in decision.exemptions]
    return {"sensors": sensors, "exempt": exempt, **brief(decision)}


SAYS: dict[str, Callable[[Json, str], Json]] = {
    "points": said_of_point,
    "discs": said_of_disc,
    "paths": said_of_path,
    "schedules": said_of_schedule,
    "decisions": said_of_decision,
    "monitors": said_of_monitor,
    "zone_files": said_of_zone_file,
    "packs": said_of_pack,
    "transforms": said_of_transform,
}


def difference(kind: str, vector: Json, engine: str) -> str:
    """What an engine says otherwise than a vector; empty where nothing is."""
    said = SAYS[kind](vector, engine)
    other = {name: value for name, value in said.items() if vector[name] != value}
    return f"{engine}: {other} for {json.dumps(vector)}" if other else ""


def differences(kind: str, vectors: Iterable[Json]) -> list[str]:
    """What either engine says otherwise than vectors."""
    found = (difference(kind, vector, engine) for vector in vectors for engine in ("reference", "kernel"))
    return [text for text in found if text]
