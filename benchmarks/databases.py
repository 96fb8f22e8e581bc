"""Databases with spatial joins as peers: DuckDB spatial and SedonaDB, with the threads that they take by themselves."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from peers import METRES_PER_DEGREE, Peer, UnavailableError
from timing import Call

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from peers import Ends, Floats

_JOIN = "SELECT f.fix, z.zone FROM fixes f JOIN zones z ON ST_Intersects(z.geometry, ST_Point(f.lon, f.lat))"
_NEAR = "SELECT f.fix, z.zone FROM fixes f JOIN zones z ON ST_DWithin(z.geometry, ST_Point(f.lon, f.lat), {:.12f})"

_PATH = "ST_MakeLine(ST_Point(f.lon, f.lat), ST_Point(f.lon1, f.lat1))"
_MEET = f"SELECT f.fix, z.zone FROM fixes f JOIN zones z ON ST_Intersects(z.geometry, {_PATH})"


def _table(columns: dict[str, Any]) -> Any:
    import pyarrow

    return pyarrow.table(columns)


def _zones(shapes: NDArray[np.object_]) -> Any:
    import pyarrow

    return _table({"zone": np.arange(len(shapes)), "wkb": pyarrow.array(list(shapely.to_wkb(shapes)))})


class DuckDB(Peer):
    """DuckDB with its spatial extension, zones in a table with an R-tree."""

    title = "DuckDB spatial"
    note = "takes both cores"
    has_discs = True
    has_paths = True

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        import duckdb

        super().__init__(shapes)
        self.connection = duckdb.connect()
        self._load_spatial(duckdb.__version__)
        self.connection.register("raw", _zones(shapes))
        self.connection.execute("CREATE TABLE zones AS SELECT zone, ST_GeomFromWKB(wkb) AS geometry FROM raw")
        self.connection.execute("CREATE INDEX box ON zones USING RTREE (geometry)")

    def _load_spatial(self, version: str) -> None:
        """Loads the extension that a wheel carries; DuckDB checks its signature, and nothing is downloaded."""
        try:
            home = Path(importlib.import_module("duckdb_extension_spatial").__file__ or "").parent
        except ImportError as error:
            text = (
                "not measurable here: the spatial extension needs a download, or the package duckdb-extension-spatial"
            )
            raise UnavailableError(text) from error
        found = sorted(home.glob("extensions/*/spatial.duckdb_extension"))
        if not found:
            raise UnavailableError(f"not measurable here: no spatial extension for DuckDB {version}")
        self.connection.execute(f"LOAD '{found[-1]}'")

    def call(self) -> Call:  # noqa: D102
        query, run = "SELECT zone FROM zones WHERE ST_Intersects(geometry, ST_Point(?, ?))", self.connection.execute
        return Call(lambda lat, lon: run(query, (lon, lat)).fetchall())

    def convert(self, lat: Floats, lon: Floats) -> Any:  # noqa: D102
        return _table({"fix": np.arange(len(lat)), "lon": lon, "lat": lat})

    def answer(self, made: Any) -> Any:  # noqa: D102
        return self._joined(made, _JOIN)

    def within(self, made: Any, distance_m: float) -> Any:  # noqa: D102
        return self._joined(made, _NEAR.format(distance_m / METRES_PER_DEGREE))

    def convert_paths(self, ends: Ends) -> Any:  # noqa: D102
        names = ("lat", "lon", "lat1", "lon1")
        return _table({"fix": np.arange(len(ends[0])), **dict(zip(names, ends, strict=True))})

    def meeting(self, made: Any) -> Any:  # noqa: D102
        return self._joined(made, _MEET)

    def _joined(self, made: Any, query: str) -> Any:
        self.connection.register("fixes", made)
        return self.connection.execute(query).fetchnumpy()["fix"]


class SedonaDB(Peer):
    """Apache SedonaDB, zones in a table in memory."""

    title = "SedonaDB"
    note = "takes both cores"
    has_discs = True
    has_paths = True

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        import sedonadb

        super().__init__(shapes)
        self.context = sedonadb.connect()
        self.context.create_data_frame(_zones(shapes)).to_view("raw")
        made = self.context.sql("SELECT zone, ST_GeomFromWKB(wkb) AS geometry FROM raw")
        made.to_memtable().to_view("zones")

    def call(self) -> Call:  # noqa: D102
        query = "SELECT zone FROM zones WHERE ST_Intersects(geometry, ST_Point({:.7f}, {:.7f}))"
        run = self.context.sql
        return Call(lambda lat, lon: run(query.format(lon, lat)).to_arrow_table())

    def convert(self, lat: Floats, lon: Floats) -> Any:  # noqa: D102
        return _table({"fix": np.arange(len(lat)), "lon": lon, "lat": lat})

    def answer(self, made: Any) -> Any:  # noqa: D102
        return self._joined(made, _JOIN)

    def within(self, made: Any, distance_m: float) -> Any:  # noqa: D102
        return self._joined(made, _NEAR.format(distance_m / METRES_PER_DEGREE))

    def convert_paths(self, ends: Ends) -> Any:  # noqa: D102
        names = ("lat", "lon", "lat1", "lon1")
        return _table({"fix": np.arange(len(ends[0])), **dict(zip(names, ends, strict=True))})

    def meeting(self, made: Any) -> Any:  # noqa: D102
        return self._joined(made, _MEET)

    def _joined(self, made: Any, query: str) -> Any:
        self.context.create_data_frame(made).to_view("fixes", overwrite=True)
        return self.context.sql(query).to_arrow_table()["fix"].to_numpy()
