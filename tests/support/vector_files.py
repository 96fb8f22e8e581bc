"""What the vectors are made of: which zone files, how many of each kind, and their tab-separated form."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import geopolicy as gp
import vector_decisions
import vector_discs
import vector_monitors
import vector_paths
import vector_points
import vector_refusals
import vector_schedules
import vector_transforms
import vector_zones
from geopolicy.pack import compiler
from vectors import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Json = dict[str, Any]

ZONE_FILES: dict[str, Callable[[], Json]] = {
    **vector_zones.SETS,
    "base": vector_refusals.base,
    **{name: partial(vector_decisions.zone_file, number) for name, number in vector_decisions.ZONE_FILES.items()},
    **{name: partial(vector_monitors.zone_file, pack) for name, pack in vector_monitors.ZONE_FILES.items()},
}
MOST_EDGES = {"coarse": 20_000}  # in a leaf
POINTS = dict.fromkeys(vector_zones.SETS, 500) | {"crowd": 250, "far": 900}
DISCS = {"stars": 200, "tiles": 150, "seam": 150, "covers": 150, "frames": 150}
PATHS = {  # without, and with an accuracy
    "shapes": (200, 50),
    "crowd": (60, 0),
    "seam": (250, 60),
    "far": (250, 0),
    "stars": (250, 100),
    "tiles": (250, 100),
    "covers": (200, 50),
}


def zone_text(zone_file: Json) -> str:
    """A zone file with a line for each feature."""
    head = {name: value for name, value in zone_file.items() if name != "features"}
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    features = ",\n".join(json.dumps(own, **compact) for own in zone_file["features"])
    return json.dumps(head, **compact)[:-1] + ',"features":[\n' + features + "\n]}\n"


def zone_files(name: str, zone_file: Json) -> dict[str, bytes]:
    """A zone file, and its pack beside it."""
    return {f"zones/{name}.geojson": zone_text(zone_file).encode(), f"packs/{name}.gpol": pack_of(name)}


@cache
def pack_of(name: str) -> bytes:
    """The pack of a set of zones; cells are divided as geopolicy does, or seldom, as another compiler may."""
    zones = gp.ZoneSet.parse(zone_text(ZONE_FILES[name]()))
    with mock.patch.object(compiler, "LEAF_EDGES", MOST_EDGES.get(name, compiler.LEAF_EDGES)):
        return bytes(gp.compile(zones).data)


def points() -> Iterator[Json]:
    for name, count in POINTS.items():
        yield from vector_points.points(name, vector_zones.SETS[name](), pack_of(name), count)
    yield from vector_points.no_positions()


def discs() -> Iterator[Json]:
    for name, count in DISCS.items():
        yield from vector_discs.discs(name, vector_zones.SETS[name](), count)


def paths() -> Iterator[Json]:
    for name, counts in PATHS.items():
        yield from vector_paths.paths(name, vector_zones.SETS[name](), *counts)


def schedules() -> Iterator[Json]:
    return vector_schedules.schedules(150, 60)


def decisions() -> Iterator[Json]:
    return vector_decisions.decisions(70)


KINDS: dict[str, Callable[[], Iterator[Json]]] = {
    "points": points,
    "discs": discs,
    "paths": paths,
    "schedules": schedules,
    "decisions": decisions,
    "monitors": partial(vector_monitors.monitors, 260, 100),
    "zone_files": vector_refusals.zone_files,
    "packs": vector_refusals.packs,
    "transforms": partial(vector_transforms.transforms, 300),
}
LEAST = {  # vectors of each kind
    "points": 3_800,
    "discs": 700,
    "paths": 1_600,
    "schedules": 600,
    "decisions": 600,
    "monitors": 300,
    "zone_files": 650,
    "packs": 180,
    "transforms": 600,
}


WORLD = line(vector_monitors.WORLD).encode()
"""What all monitors are made with: monitor.json."""


def lines(vectors: Iterable[Json]) -> bytes:
    return "".join(map(line, vectors)).encode()


# --- tab-separated, for programs that read no JSON ---------------------------------------------------------------


@cache
def _ids(name: str) -> list[str]:
    """The ids of zones in the order in which their pack has them."""
    return sorted(str(own["id"]) for own in ZONE_FILES[name]()["features"])


def _numbers(vector: Json) -> str:
    ids = _ids(vector["set"])
    return ",".join(str(ids.index(name)) for name in vector["zones"]) or "-"


def _point(vector: Json) -> list[str]:
    at = [vector["set"], repr(vector["lat"]), repr(vector["lon"])]
    if not vector.get("position", True):
        return [*at, "-", "no position"]
    return [*at, ",".join(map(str, vector["owners"])) or "-", "known" if vector["known"] else "unknown"]


def _disc(vector: Json) -> list[str]:
    numbers = [repr(vector[name]) for name in ("lat", "lon", "accuracy_95_m")]
    return [vector["set"], *numbers, _numbers(vector), vector["certainty"]]


def _path(vector: Json) -> list[str]:
    numbers = [repr(number) for number in (*vector["from"], *vector["to"], vector["accuracy_95_m"])]
    return [vector["set"], *numbers, _numbers(vector), vector["certainty"]]


def _transform(vector: Json) -> list[str]:
    return [vector["frame"], *(repr(number) for number in (vector["lat"], vector["lon"], *vector["to"]))]


TABLES = {"points": _point, "discs": _disc, "paths": _path, "transforms": _transform}


def table(kind: str, vectors: Iterable[Json]) -> bytes:
    """Vectors of one kind, a line each, with tabs between what a line holds."""
    return "".join("\t".join(TABLES[kind](vector)) + "\n" for vector in vectors).encode()
