"""FlatGeobuf, by GDAL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.source import Reading
    from geopolicy.authoring.formats.target import Export

_MAGIC = b"fgb\x03"


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a FlatGeobuf file."""
    return content.startswith(_MAGIC) or (not content and file.lower().endswith(".fgb"))


def read(reading: Reading) -> SourceDocument:
    """The features of one layer.

    Raises
    ------
    ZoneFileError
        If GDAL cannot read it.
    """
    from geopolicy.authoring.formats.gis.gdal_layers import read_layer

    return read_layer(reading, "fgb", ".fgb", ("FlatGeobuf",))


def write(export: Export) -> bytes:
    """A FlatGeobuf file; without an index, which would put the features in another order.

    Raises
    ------
    ZoneFileError
        If it cannot hold the features.
    """
    from geopolicy.authoring.formats.gis.gdal_export import write_layer

    return write_layer(export, "FlatGeobuf", ".fgb", {"SPATIAL_INDEX": "NO"})
