"""Other files of features that GDAL reads: MapInfo, GPX, SpatiaLite, Esri's file geodatabase. They are read only."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.source import Reading

# What refers to other files or hosts, or is read by running a program, is not among them.
_DRIVERS = {
    ".gdb": "OpenFileGDB",
    ".gml": "GML",
    ".gpx": "GPX",
    ".mif": "MapInfo File",
    ".sqlite": "SQLite",
    ".tab": "MapInfo File",
}


def recognizes(content: bytes, root: Any, file: str) -> bool:
    """Whether the name ends as that of such a file."""
    return not content and root is None and PurePath(file).suffix.lower() in _DRIVERS


def read(reading: Reading) -> SourceDocument:
    """The features of one layer.

    Raises
    ------
    ZoneFileError
        If GDAL cannot read it.
    """
    from geopolicy.authoring.formats.gis.gdal_layers import read_layer

    suffix = PurePath(reading.file).suffix.lower()
    if suffix not in _DRIVERS:
        rule = f"the name of a source for gdal must end in one of {', '.join(_DRIVERS)}"
        raise ZoneFileError([Problem("source-format", rule, reading.file, file=reading.file)])
    return read_layer(reading, "gdal", suffix, (_DRIVERS[suffix],))
