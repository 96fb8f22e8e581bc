"""Reading and checking a zone file beside what reads GeoJSON elsewhere, each in a forked process of its own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import geopolicy as gp
import timing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READERS = {
    "geopolicy": "`read_zones`: strict JSON, every rule of the format, every ring on the grid",
    "geopandas": "geopandas `read_file` + `is_valid`",
    "pyogrio": "pyogrio `read_arrow` + shapely `from_wkb` + `is_valid`",
    "json": "`json.loads` alone, nothing checked",
}


def _geopolicy(path: Path) -> None:
    gp.read_zones(path)


def _geopandas(path: Path) -> None:
    import geopandas

    geopandas.read_file(path).is_valid.all()


def _pyogrio(path: Path) -> None:
    import pyogrio
    import shapely

    meta, table = pyogrio.read_arrow(path)
    wkb = table.column(meta["geometry_name"] or "wkb_geometry").to_numpy(zero_copy_only=False)
    shapely.is_valid(shapely.from_wkb(wkb)).all()


def _json(path: Path) -> None:
    import json

    json.loads(path.read_bytes())


_CALLS: dict[str, Callable[[Path], None]] = {
    "geopolicy": _geopolicy,
    "geopandas": _geopandas,
    "pyogrio": _pyogrio,
    "json": _json,
}


def reading(zones: gp.ZoneSet, folder: Path, runs: int) -> dict[str, Any]:
    """Seconds, best of some runs, and the peak of memory of each reader, on the same file."""
    path = folder / "zones.geojson"
    path.write_text(zones.to_geojson_text(), encoding="utf-8")
    data = path.read_bytes()
    found: dict[str, Any] = {"bytes": len(data), "sha_s": timing.best_seconds(lambda: hashlib.sha256(data).digest())}
    for name, read in _CALLS.items():
        try:
            read(path)  # what it imports is not what it reads
            found[name] = {"s": timing.best_seconds(lambda read=read: read(path), runs)}
            found[name]["peak_bytes"] = timing.peak_bytes(lambda read=read: read(path))
        except ImportError as error:
            found[name] = {"error": str(error)}
    return found
