"""In which frame of the zone file the coordinates of a layer are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyproj import CRS
from pyproj.exceptions import CRSError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.gis.column_mapping import Row
    from geopolicy.authoring.formats.source import Reading

_WGS84 = (("EPSG", "4326"), ("EPSG", "4979"), ("OGC", "CRS84"), ("OGC", "CRS84h"))
_SAME = 70  # per cent by which PROJ says that two definitions are the same under other names


def frame_of_layer(reading: Reading, crs: str | None, rows: Sequence[Row]) -> str | None:
    """The frame that a layer's system is, or that an option states; None for WGS 84. Reports one that is not known."""
    stated = reading.options.get("frame")
    system = None if crs is None else _system(crs)
    if system is None:
        if stated is None and not _have_frames(reading, rows):
            rule, hint = "a layer must state its coordinate system", "state it: --with frame=WGS84 or frame=EPSG:25832"
            reading.context.report("source-frame", rule, "$", in_words="no coordinate system", hint=hint)
        return stated
    try:
        frame = _frame_of(system)
    except ValueError:
        rule, hint = "the coordinate system of a layer must have an EPSG code", "reproject it to EPSG:4326"
        reading.context.report("source-frame", rule, "$", system.name, hint)
        return stated
    if stated is not None and stated != (frame or "WGS84"):
        rule = f"frame must be the one that the layer states, not {stated}"
        reading.context.report("source-frame", rule, "$", frame or "WGS84", "leave --with frame out")
    return frame


def frame_of_crs(crs: str) -> str | None:
    """The frame of a layer that was read."""
    system = _system(crs)
    return None if system is None else _frame_of(system)


def _frame_of(system: CRS) -> str | None:
    """The frame of the zone file that a system is; None for WGS 84.

    Raises
    ------
    ValueError
        If it has no EPSG code.
    """
    authority = system.to_authority(min_confidence=_SAME)
    if authority in _WGS84:
        return None
    if authority is None or authority[0] != "EPSG":
        raise ValueError(f"a system must have an EPSG code, got {system.name!r}")
    return f"EPSG:{authority[1]}"


def _have_frames(reading: Reading, rows: Sequence[Row]) -> bool:
    """Whether each row states a frame of its own, in a column of the zone file."""
    is_read = "columns" in reading.options
    return is_read and bool(rows) and all(isinstance(row.columns.get("frame"), str) for row in rows)


def _system(text: str) -> CRS | None:
    """The system; None for one that says that it is undefined."""
    try:
        system = CRS.from_user_input(text)
    except CRSError:
        return None
    return None if system.is_engineering or "undefined" in system.name.lower() else system
