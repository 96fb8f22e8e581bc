"""The formats that are read and written, and which of them a source is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

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
    suffixes: tuple[str, ...] = ()

    def load(self) -> FormatModule:
        """The module that reads and writes it."""
        return cast("FormatModule", import_module(f"geopolicy.authoring.formats.{self.module}"))


# In the order in which a source is judged: those that are plainest to recognize first.
FORMATS = (
    Format(
        "gbfs",
        "GBFS geofencing_zones.json",
        "gbfs",
        {
            "winding": "counter-clockwise rings of GBFS 2: meaning takes what is outside of them, ignored what inside",
            "vehicle_type": "the vehicle attribute that vehicle types become; vehicle_type by default",
            "vehicle_type_id": "listed: in GBFS 3, too, it names the types for which a rule is",
            "version": "the version to write: 2.3 or 3.0; by default that of the source, or 3.0",
        },
    ),
    Format(
        "mds",
        "MDS Policy and Geography",
        "mds",
        {
            "geographies": "the file with the geographies of the policies",
            "vehicle_type": "the vehicle attribute that vehicle_types become; vehicle_type by default",
            "propulsion_type": "the vehicle attribute that propulsion_types become; propulsion_type by default",
            "radius_m": "metres round points of geographies",
            "width_m": "metres of the width of lines of geographies",
        },
    ),
    Format("geojson", "GeoJSON without the header of a zone file", "geojson"),
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
