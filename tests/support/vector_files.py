"""What the vectors are made of: which zone files, how many of each kind, and their tab-separated form."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import geopolicy as gp
import vector_discs
import vector_points
import vector_zones
from vectors import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Json = dict[str, Any]

ZONE_FILES: dict[str, Callable[[], Json]] = {**vector_zones.SETS}
POINTS = dict.fromkeys(vector_zones.SETS, 600) | {"crowd": 300, "far": 1000}
DISCS = {"stars": 200, "tiles": 150, "seam": 150, "covers": 150, "frames": 150}
PATHS = {"shapes": 200, "crowd": 60, "seam": 250, "far": 250, "stars": 250, "tiles": 250, "covers": 200}


def zone_text(zone_file: Json) -> str:
    """A zone file with a line for each feature."""
    head = {name: value for name, value in zone_file.items() if name != "features"}
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    features = ",\n".join(json.dumps(own, **compact) for own in zone_file["features"])
    return json.dumps(head, **compact)[:-1] + ',"features":[\n' + features + "\n]}\n"


def zone_files(name: str, zone_file: Json) -> dict[str, bytes]:
    """A zone file, and its pack beside it."""
    text = zone_text(zone_file)
    pack = bytes(gp.compile(gp.ZoneSet.parse(text)).data)
    return {f"zones/{name}.geojson": text.encode(), f"packs/{name}.gpol": pack}


def points() -> Iterator[Json]:
    for name, count in POINTS.items():
        yield from vector_points.points(name, vector_zones.SETS[name](), count)
    yield from vector_points.no_positions()


def discs() -> Iterator[Json]:
    for name, count in DISCS.items():
        yield from vector_discs.discs(name, vector_zones.SETS[name](), count)


def paths() -> Iterator[Json]:
    for name, count in PATHS.items():
        yield from vector_discs.paths(name, vector_zones.SETS[name](), count)


KINDS: dict[str, Callable[[], Iterator[Json]]] = {"points": points, "discs": discs, "paths": paths}
LEAST = {"points": 4_500, "discs": 700, "paths": 1_300}  # vectors of each kind


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
    numbers = [repr(number) for number in (*vector["from"], *vector["to"])]
    return [vector["set"], *numbers, _numbers(vector), vector["certainty"]]


TABLES = {"points": _point, "discs": _disc, "paths": _path}


def table(kind: str, vectors: Iterable[Json]) -> bytes:
    """Vectors of one kind, a line each, with tabs between what a line holds."""
    return "".join("\t".join(TABLES[kind](vector)) + "\n" for vector in vectors).encode()
