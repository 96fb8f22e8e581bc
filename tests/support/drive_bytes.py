"""Drives with bytes that were changed, and which positions such a file states, by its numbers alone."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from random import Random
from typing import TYPE_CHECKING

from changed_bytes import mutated
from drive_oracles import first_unread
from drive_samples import DRIVES
from drive_spoilers import spoiled_file
from geopolicy.drives.formats import FORMATS
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from geopolicy.drives.open import Drive
    from geopolicy.model.fixes import Fix

_MAX_BYTES = 20_000
SAMPLES = tuple(
    (path.name, path.read_bytes())
    for path in sorted(DRIVES.rglob("*"))
    if path.is_file() and path.name != "expected.json" and path.stat().st_size < _MAX_BYTES
)
_NUMBERS = (
    re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII),
    re.compile(r"\d*,\d+", re.ASCII),
)
_SHAPED = re.compile(r"\d{1,3}[.,]\d{3,}")
# Each position stands in one line of these.
_OF_LINES = frozenset({"csv", "nmea", "gpsd", "gnss-logger", "owntracks", "geojson-seq"})


def zipped(rng: Random, content: bytes) -> bytes:
    """The content as gzip, perhaps cut off or with a bit that was turned."""
    packed = bytearray(gzip.compress(content))
    if rng.random() < 0.5:
        del packed[rng.randrange(len(packed)) :]
    if packed and rng.random() < 0.5:
        packed[rng.randrange(len(packed))] ^= 1 << rng.randrange(8)
    return bytes(packed)


def wrong_with(seed: int | str, counts: Counter[str]) -> str | None:
    """What is wrong with the reading of a changed file, in words; None if nothing is. Counts what was tried."""
    rng = Random(seed)
    if rng.random() < 0.5:
        name, content = rng.choice(SAMPLES)
    else:
        file, _ = spoiled_file(rng)
        name, content = file.name, file.content
    content = mutated(rng, content)
    stored = zipped(rng, content) if rng.random() < 0.1 else content
    drive_format = rng.choice(FORMATS) if rng.random() < 0.1 else None
    counts["files"] += 1
    counts["bytes"] += len(stored)
    return _wrong(stored, name if rng.random() < 0.7 else None, drive_format, counts)


def _wrong(stored: bytes, name: str | None, drive_format: str | None, counts: Counter[str]) -> str | None:
    what = f"{name} as {drive_format}"
    fixes: list[Fix] = []
    drive: Drive | None = None
    said = ""
    try:
        drive = open_drive(io.BytesIO(stored), name=name, format=drive_format)
        fixes.extend(drive)
    except DriveFileError as error:
        counts["errors"] += 1
        said = str(error)
    except Exception as error:
        return f"{what}: {error!r}"
    if drive is None:
        return None
    texts = (*drive.assumptions, *drive.causes.lines(), *drive.skipped, *drive.columns, *drive.not_read, said)
    shown = next((text for text in texts if _SHAPED.search(text)), None)
    if shown is not None:
        return f"{what}: a number in {shown!r}"
    counts["fixes"] += len(fixes)
    content = _unzipped(stored)
    unstated = _first_unstated(fixes, drive.format, content)
    if unstated is not None:
        return f"{what}: fix {unstated} is not in the file"
    unread = first_unread(fixes, drive.format, content)
    return None if unread is None else f"{what}: fix {unread} is not read by another program"


def _unzipped(stored: bytes) -> bytes:
    if not stored.startswith(b"\x1f\x8b"):
        return stored
    content, rest = b"", stored
    while rest.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(31)
        try:
            for byte in rest:  # up to where it breaks
                content += member.decompress(bytes([byte]))
        except zlib.error:
            return content
        rest = member.unused_data.lstrip(b"\0")
        if not member.eof:
            break
    return content


def _first_unstated(fixes: list[Fix], drive_format: str, content: bytes) -> int | None:
    """The first valid fix whose coordinates do not stand in one line, or anywhere in the file."""
    end = b"\x1e" if b"\x1e{" in content[:16] else b"\n" if content.count(b"\n") >= content.count(b"\r") else b"\r"
    texts = content.split(end) if drive_format in _OF_LINES else [content]
    lines = [frozenset(_degrees(text.decode("utf-8", "replace"))) for text in texts]
    places: dict[float, set[int]] = {}
    for index, line in enumerate(lines):
        for value in line:
            places.setdefault(value, set()).add(index)
    for index, fix in enumerate(fixes):
        if fix.valid and not places.get(_key(fix.lat), set()) & places.get(_key(fix.lon), set()):
            return index
    return None


def _degrees(text: str) -> Iterator[float]:
    """What the numbers of a text can mean: degrees, ten-millionths of them, degrees and minutes."""
    for pattern in _NUMBERS:
        for match in pattern.finditer(text):
            value = float(match[0].replace(",", "."))
            yield _key(value)
            yield _key(value * 1e-7)
            if value < 1e6:
                yield _key(value // 100 + value % 100 / 60)


def _key(degrees: float) -> float:
    return round(abs(degrees), 9)
