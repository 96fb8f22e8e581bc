"""The formats that are read and written, and which of them a source is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from geopolicy.authoring.formats.option_help import FENCE_OPTIONS, LAYER_OPTIONS
from geopolicy.authoring.formats.option_help import OPTIONS as COLUMN_OPTIONS
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.near_names import near_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.source import Reading
    from geopolicy.authoring.formats.target import Export


class FormatModule(Protocol):
    """What the module of a format has; ``write`` only where the format can be written."""

    def recognizes(self, content: bytes, root: Any, file: str) -> bool:
        """Whether a source is in this format: by its JSON value (None if it is no JSON), bytes and name."""

    def read(self, reading: Reading) -> SourceDocument:
        """The areas of a source."""

    def write(self, export: Export) -> bytes:
        """A source of this format."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in ``--from`` and ``--to``, what it is, and its options (``--with NAME=VALUE``).

    ``is_path`` formats are read from and written to a path, by its suffixes, by the library that knows them.
    """

    name: str
    title: str
    module: str
    options: Mapping[str, str] = field(default_factory=dict)
    is_written: bool = True
    is_path: bool = False
    carries_rules: bool = False
    suffixes: tuple[str, ...] = ()

    def load(self) -> FormatModule:
        """The module that reads and writes it."""
        return cast("FormatModule", import_module(f"geopolicy.authoring.formats.{self.module}"))


# In the order in which a source is judged: those that are plainest to recognize first.
FORMATS = (
    Format("mavlink", "a QGroundControl plan", "mavlink", options=FENCE_OPTIONS),
    Format(
        "gpkg",
        "a GeoPackage",
        "gpkg",
        options=LAYER_OPTIONS,
        is_path=True,
        carries_rules=True,
        suffixes=(".gpkg",),
    ),
    Format(
        "fgb",
        "a FlatGeobuf file",
        "flatgeobuf",
        options=LAYER_OPTIONS,
        is_path=True,
        carries_rules=True,
        suffixes=(".fgb",),
    ),
    Format(
        "shapefile",
        "a Shapefile",
        "shapefile",
        options=LAYER_OPTIONS,
        is_path=True,
        carries_rules=True,
        suffixes=(".shp", ".shz", ".zip"),
    ),
    Format(
        "gdal",
        "a file that GDAL reads",
        "gdal",
        options=LAYER_OPTIONS,
        is_written=False,
        is_path=True,
        suffixes=(".gdb", ".gml", ".gpx", ".mif", ".sqlite", ".tab"),
    ),
    Format("kml", "KML", "kml", options=COLUMN_OPTIONS, carries_rules=True),
    Format("ardupilot", "an ArduPilot fence file", "ardupilot", options=FENCE_OPTIONS),
    Format(
        "geojson", "GeoJSON without the header of a zone file", "geojson", options=COLUMN_OPTIONS, carries_rules=True
    ),
)


def format_named(name: str) -> Format:
    """The format of a name.

    Raises
    ------
    ValueError
        If there is none.
    """
    for each in FORMATS:
        if each.name == name:
            return each
    names = [each.name for each in FORMATS]
    near = near_word(name, names)
    raise ValueError(f"format must be one of {', '.join(names)}, got {name!r}" + (f"; {near}" if near else ""))


def format_of(content: bytes, root: Any, file: str) -> Format:
    """The first format that recognizes a source.

    Raises
    ------
    ZoneFileError
        If none does.
    """
    for each in FORMATS:
        if each.load().recognizes(content, root, file):
            return each
    names = ", ".join(each.name for each in FORMATS)
    hint = f"--from names the format: {names}"
    raise ZoneFileError([Problem("source-format", "a source must be in a known format", file=file, hint=hint)])
