"""Shapefiles, by GDAL: a folder of files by the path of the one that ends in .shp, or all of them in a zip archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.source import Reading
    from geopolicy.authoring.formats.target import Export

_MAGIC = b"\0\0\x27\x0a"
_ARCHIVES = (".zip", ".shz")


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is a Shapefile, or an archive with one."""
    if not content:
        return file.lower().endswith((".shp", *_ARCHIVES))
    return content.startswith(_MAGIC) or (content.startswith(b"PK") and b".shp" in content)


def read(reading: Reading) -> SourceDocument:
    """The features of one layer.

    Raises
    ------
    ZoneFileError
        If GDAL cannot read it, or only one of its files is there.
    """
    from geopolicy.authoring.formats.gis.gdal_layers import read_layer

    if reading.content.startswith(_MAGIC):
        rule, hint = "a Shapefile is several files", "give its path, or put all of them into a zip archive"
        raise ZoneFileError([Problem("source-format", rule, "one of them", file=reading.file, hint=hint)])
    return read_layer(reading, "shapefile", ".shp.zip", ("ESRI Shapefile",))


def write(export: Export) -> bytes:
    """A zip archive with the files of a Shapefile.

    Raises
    ------
    ZoneFileError
        If it cannot hold the features: names over 10 letters, texts over 254 bytes, points beside polygons.
    """
    from geopolicy.authoring.formats.gis.gdal_export import write_layer

    return write_layer(export, "ESRI Shapefile", ".shp")
