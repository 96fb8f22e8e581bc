"""The formats that are read and written, and which of them a source is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from geopolicy.authoring.formats import option_help
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

    ``renames``: a zone may get another name, and its feature is still that of its source; one that is signed is not.
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
    renames: bool = True

    def load(self) -> FormatModule:
        """The module that reads and writes it."""
        return cast("FormatModule", import_module(f"geopolicy.authoring.formats.{self.module}"))

    def check_options(self, options: Mapping[str, str]) -> None:
        """Refuses what is no option of it.

        Raises
        ------
        ValueError
            Naming the first one.
        """
        unknown = sorted(options.keys() - self.options.keys())
        if unknown:
            known = ", ".join(self.options) or "none"
            raise ValueError(f"the options of {self.name} are {known}, got {unknown[0]!r}")


def _layers(name: str, title: str, module: str, *suffixes: str, is_written: bool = True) -> Format:
    """A format of files with layers, which GDAL reads and writes by their paths."""
    return Format(
        name,
        title,
        module,
        option_help.LAYERS,
        is_written=is_written,
        is_path=True,
        carries_rules=is_written,
        suffixes=suffixes,
    )


# In the order in which a source is judged: those that are plainest to recognize first.
FORMATS = (
    Format("gbfs", "GBFS geofencing_zones.json", "gbfs.format", option_help.GBFS),
    Format("mds", "MDS Policy and Geography", "mds.format", option_help.MDS),
    Format(
        "geofence-notification",
        "Geofence Notice 0.1: emergency notices",
        "notices.format",
        option_help.NOTICE,
        renames=False,
    ),
    Format("open-autonomy", "Open-Autonomy policy zones of mine haulage", "open_autonomy"),
    Format("ed269", "ED-269: UAS geographical zones", "uas.ed269", option_help.ED269),
    Format("ed318", "ED-318: UAS geographical zones as GeoJSON", "uas.ed318", option_help.UAS),
    Format("mavlink", "a QGroundControl plan", "fences.mavlink", option_help.FENCES),
    _layers("gpkg", "a GeoPackage", "gis.gpkg", ".gpkg"),
    _layers("fgb", "a FlatGeobuf file", "gis.flatgeobuf", ".fgb"),
    _layers("shapefile", "a Shapefile", "gis.shapefile", ".shp", ".shz", ".zip"),
    _layers(
        "gdal",
        "a file that GDAL reads",
        "gis.gdal",
        *(".gdb", ".gml", ".gpx", ".mif", ".sqlite", ".tab"),
        is_written=False,
    ),
    Format("kml", "KML", "gis.kml", option_help.COLUMNS, carries_rules=True),
    Format("ardupilot", "an ArduPilot fence file", "fences.ardupilot", option_help.FENCES),
    Format(
        "geojson",
        "GeoJSON without the header of a zone file",
        "gis.geojson",
        option_help.COLUMNS,
        carries_rules=True,
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
