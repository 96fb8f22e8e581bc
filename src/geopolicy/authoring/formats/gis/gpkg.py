"""GeoPackage, by GDAL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.source import Reading
    from geopolicy.authoring.formats.target import Export

_MAGIC = b"SQLite format 3\0"


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a GeoPackage."""
    return content.startswith(_MAGIC) or (not content and file.lower().endswith(".gpkg"))


def read(reading: Reading) -> SourceDocument:
    """The features of one layer.

    Raises
    ------
    ZoneFileError
        If GDAL cannot read it.
    """
    from geopolicy.authoring.formats.gis.gdal_layers import read_layer

    return read_layer(reading, "gpkg", ".gpkg", ("GPKG",))


def write(export: Export) -> bytes:
    """A GeoPackage of one layer.

    Raises
    ------
    ZoneFileError
        If it cannot hold the features.
    """
    from geopolicy.authoring.formats.gis.gdal_export import write_layer

    return write_layer(export, "GPKG", ".gpkg")
