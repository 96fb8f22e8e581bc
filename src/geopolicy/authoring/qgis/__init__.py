"""Styles for QGIS: levels as colours, and a form for the properties of zones (docs/how-to/draw-in-qgis.md)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from geopolicy.base.atomic import write_atomically

if TYPE_CHECKING:
    import os

# QGIS shows each kind of geometry as a layer of its own, and a style fits one kind.
STYLES = ("zones-polygon.qml", "zones-point.qml", "zones-linestring.qml")


def write_qgis_styles(folder: str | os.PathLike[str]) -> list[Path]:
    """Writes the styles into a folder that exists; returns their paths.

    Raises
    ------
    OSError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_qgis_styles(folder)]
    ['zones-polygon.qml', 'zones-point.qml', 'zones-linestring.qml']
    """
    paths = [Path(folder) / name for name in STYLES]
    for path in paths:
        write_atomically(path, files("geopolicy.authoring.qgis").joinpath(path.name).read_bytes())
    return paths
