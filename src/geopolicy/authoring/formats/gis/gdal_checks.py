"""What GDAL does not say by itself: more features than a file can hold, and measures of positions."""

from __future__ import annotations

import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geopolicy.authoring.formats.source import Json

WKB = "wkb"
"""The member of a kept geometry with measures: GeoJSON has no place for them."""
MEASURED = "Measured (M) geometry types are not supported"  # as pyogrio warns
_MEASURED = (2, 3)  # thousands of the type of ISO WKB: M, and Z and M


def checked_info(gdal: Any, path: Path, layer: str, drivers: Sequence[str], file: str) -> Json:
    """What GDAL knows of a layer before it reads it.

    Raises
    ------
    ZoneFileError
        If another driver opened it, or it states more features than its bytes can be: memory is taken for all of them.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        info: Json = gdal.read_info(path, layer=layer)
    info["may_be_measured"] = info["geometry_type"] == "Unknown" or any(
        MEASURED in str(each.message) for each in caught
    )
    if info["driver"] not in drivers:
        rule = f"a source must be one of {', '.join(drivers)} for this format"
        raise ZoneFileError([Problem("source-format", rule, info["driver"], file=file)])
    size = _size_of(path)
    if info["features"] > size:
        rule, found = "a layer must not state more features than its file has bytes", f"{info['features']:,} features"
        raise ZoneFileError([Problem("source-format", rule, found, file=file, hint=f"it has {size:,} bytes")])
    return info


def _size_of(path: Path) -> int:
    if path.is_dir():
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return sum(member.file_size for member in archive.infolist())
    # Of several files each feature has at least a byte in the one that is named.
    return path.stat().st_size


def measured_geometries(gdal: Any, path: Path, layer: str, info: Json) -> dict[int, str]:
    """The geometries with measures (M), by the numbers of their rows, as hexadecimal digits of WKB.

    GDAL has them, and pyogrio leaves them out: it warns only where the whole layer states them.
    """
    if not info["may_be_measured"]:
        return {}
    column = str(info["geometry_name"] or "geometry").replace('"', '""')
    quoted = layer.replace('"', '""')
    query = f'SELECT hex(ST_AsBinary("{column}")) AS shape FROM "{quoted}"'  # noqa: S608  # read only, of the file itself
    asked = gdal.raw.read(path, sql=query, sql_dialect="SQLITE", read_geometry=False)
    texts = asked[3][0] if asked[3] else []
    return {number: text for number, text in enumerate(texts) if isinstance(text, str) and wkb_kind(text) is not None}


def wkb_kind(text: str) -> int | None:
    """The type of a geometry with measures; None if it has none."""
    try:
        head = bytes.fromhex(text[:10])
    except ValueError:
        return None
    kind = int.from_bytes(head[1:], "little" if head[:1] == b"\1" else "big")
    return kind if len(head) == 5 and kind // 1000 in _MEASURED else None
