"""Packs: compiled zones in one block of bytes, as docs/spec/pack-v1.md lays them out."""

from __future__ import annotations

import os
import struct

from geopolicy._value import Value
from geopolicy.errors import PackError, ZoneFileError
from geopolicy.pack import format as layout
from geopolicy.pack.rulesets import read_head, read_terms
from geopolicy.pack.verify import verify_without_kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from geopolicy.model.rules import Rule
    from geopolicy.model.zones import ZoneFileHeader
    from geopolicy.policy.policy import Terms

# What the kernel's status says: gp_status_t, code, rule, what to do.
_STATUS = {
    1: ("pack-size", "must be as long as its header says", "fetch the file again"),
    2: ("pack-magic", "must begin with GPOLPACK", "compile zone files with geopolicy compile"),
    3: ("pack-format", f"must have format {layout.FORMAT}", "update geopolicy, or compile again"),
    4: ("pack-section", "sections must follow each other within the file", "compile again"),
    5: ("pack-index", "the index must refer to what is there, within the bounds of the header", "compile again"),
    6: ("pack-record", "records must be in range", "compile again"),
}


class PackZone(Value):
    """One zone of a pack: what decisions need to know of it."""

    id: str
    name: str | None
    rules: tuple[Rule, ...]
    timezone: str | None
    expires: datetime | None


class Pack:
    """Zones compiled for look-ups. Immutable; `geopolicy.compile` makes one, `geopolicy.read_pack` reads one.

    Attributes
    ----------
    data
        The bytes of the file, read-only.
    name
        What messages call it.
    """

    __slots__ = ("_offsets", "_terms", "_zones", "counts", "data", "name")

    def __init__(self, data: Any, name: str = "pack", *, is_trusted: bool = False) -> None:
        view = memoryview(data).cast("B")
        # Bytes that somebody else can change are copied: what is checked must be what is used.
        self.data = view if view.readonly else view.toreadonly() if is_trusted else memoryview(bytes(view))
        self.name = name
        self._terms: dict[int, Terms] = {}
        self._zones: dict[int, PackZone] = {}
        self._read_header()
        if not is_trusted:
            self._verify()

    def _read_header(self) -> None:
        data = self.data
        if len(data) < layout.HEADER_BYTES:
            raise self._refused("pack-size", f"needs a header of {layout.HEADER_BYTES} bytes", f"{len(data)} bytes", 0)
        if data[:8] != layout.MAGIC:
            raise self._refused("pack-magic", _STATUS[2][1], repr(bytes(data[:8])), 0, _STATUS[2][2])
        found, header_bytes, size, sections = struct.unpack_from("<IIQI", data, 8)
        if (found, header_bytes, sections) != (layout.FORMAT, layout.HEADER_BYTES, len(layout.SECTIONS)):
            newer = "is newer than this reader" if found > layout.FORMAT else "is not the format of this reader"
            raise self._refused("pack-format", f"format {found} {newer} ({layout.FORMAT})", None, 8, _STATUS[3][2])
        if size != len(data):
            raise self._refused("pack-size", f"must have {size} bytes", str(len(data)), 16, _STATUS[1][2])
        self.counts = dict(
            zip(layout.COUNTS, struct.unpack_from(f"<{len(layout.COUNTS)}I", data, layout.COUNTS_AT), strict=True)
        )
        self._offsets: dict[bytes, tuple[int, int]] = {}
        for i, wanted in enumerate(layout.SECTIONS):
            at = layout.SECTIONS_AT + i * layout.SECTION.size
            kind, offset, length = layout.SECTION.unpack_from(data, at)
            if kind != wanted or offset + length > size:
                raise self._refused("pack-section", f"section {wanted.decode()} must lie within the file", None, at)
            self._offsets[wanted] = (offset, offset + length)

    def _verify(self) -> None:
        status, digest = self._structure_and_checksum()
        if self.data[layout.DIGEST_AT : layout.COUNTS_AT] != digest:
            rule = "its bytes must have the SHA-256 that its header states"
            raise self._refused("pack-checksum", rule, "another", layout.DIGEST_AT, "fetch the file again")
        if status:
            code, rule, hint = _STATUS[status]
            raise self._refused(code, rule, "something else", None, hint)
        try:
            bytes(self.section(b"TEXT")).decode()
        except UnicodeDecodeError as error:
            raise self._refused("pack-text", "its text must be UTF-8", None, error.start) from None
        for number in range(self.counts["terms"]):
            self.terms(number)
        _ = self.header

    def _checksum(self) -> bytes:
        return layout.checksum(self.data[: layout.DIGEST_AT], self.data[layout.COUNTS_AT :])

    def _structure_and_checksum(self) -> tuple[int, bytes]:
        """The kernel's status and the SHA-256; for a large pack side by side, both give up the interpreter's lock."""
        try:
            from geopolicy._kernel import verify
        except ImportError:
            return verify_without_kernel(self), layout.checksum(
                self.data[: layout.DIGEST_AT], self.data[layout.COUNTS_AT :]
            )
        if len(self.data) < layout.LARGE:
            return verify(self.data), self._checksum()
        from threading import Thread

        status: list[int] = []
        beside = Thread(target=lambda: status.append(verify(self.data)))
        beside.start()
        digest = self._checksum()
        beside.join()
        return status[0], digest

    def _refused(
        self, code: str, rule: str, value: str | None, offset: int | None, hint: str = "compile again"
    ) -> PackError:
        got = f", got {value}" if value is not None else ""
        place = f" - at byte {offset}" if offset is not None else ""
        return PackError(code, f"pack {self.name!r}: {rule}{got}{place}; {hint}", offset)

    def refused_by_kernel(self) -> PackError:
        """What the kernel says of a pack that was trusted and cannot be used."""
        from geopolicy import _kernel

        code, rule, hint = _STATUS[_kernel.verify(self.data) or 5]
        return self._refused(code, rule, "something else", None, hint)

    def section(self, kind: bytes) -> memoryview:
        """The bytes of a section."""
        start, end = self._offsets[kind]
        return self.data[start:end]

    def _text(self, offset: int, length: int) -> str:
        start = self._offsets[b"TEXT"][0] + offset
        return str(self.data[start : start + length], "utf-8")

    def terms(self, number: int) -> Terms:
        """The rules of some zones, their time zone and when they expire."""
        found = self._terms.get(number)
        if found is None:
            place = layout.PAIR.unpack_from(self.section(b"TERM"), number * layout.PAIR.size)
            try:
                found = self._terms[number] = read_terms(self._text(*place))
            except (ZoneFileError, ValueError, TypeError) as error:
                rule = f"the rules of terms {number} must be those of a zone file: {error}"
                raise self._refused("pack-terms", rule, None, None) from None
        return found

    def all_terms(self) -> Iterator[Terms]:
        """All distinct terms."""
        return (self.terms(number) for number in range(self.counts["terms"]))

    def record(self, owner: int) -> tuple[Any, ...]:
        """The record of a zone, or of a coverage behind the zones, as the format has it."""
        return layout.ZONE.unpack_from(self.data, self._offsets[b"ZONE"][0] + owner * layout.ZONE.size)

    def zone_id(self, index: int) -> str:
        """The id of a zone."""
        record = self.record(index)
        return self._text(record[0], record[1])

    def __len__(self) -> int:
        count: int = self.counts["zones"]
        return count

    def __getitem__(self, index: int) -> PackZone:
        """A zone; kept, so that its values are made once. An engine asks only for zones that it meets."""
        found = self._zones.get(index)
        if found is None:
            if not 0 <= index < len(self):
                raise IndexError(f"zone {index}: must be 0 to {len(self) - 1}")
            id_at, id_length, name_at, name_length, number, *_ = self.record(index)
            name = None if name_at == layout.NO_TEXT else self._text(name_at, name_length)
            found = self._zones[index] = PackZone(self._text(id_at, id_length), name, *self.terms(number))
        return found

    def __iter__(self) -> Iterator[PackZone]:
        return (self[index] for index in range(len(self)))

    @property
    def header(self) -> ZoneFileHeader:
        """What the zone file said of itself, without its coverages."""
        try:
            return read_head(str(self.section(b"META"), "utf-8"))
        except (ZoneFileError, ValueError, TypeError) as error:
            raise self._refused("pack-meta", f"its header must be that of a zone file: {error}", None, None) from None

    @property
    def digest(self) -> str:
        """The SHA-256 that the header states, in hexadecimal: names the content."""
        return bytes(self.data[layout.DIGEST_AT : layout.COUNTS_AT]).hex()

    def info(self) -> dict[str, Any]:
        """What the pack says of itself: format, size, digest, header, counts and bounds, frames."""
        layers = (layout.LAYER.unpack_from(self.data, layout.LAYERS_AT + 64 * i) for i in range(len(layout.FAMILIES)))
        used = [name for name, layer in zip(layout.FAMILIES, layers, strict=True) if layer[3]]
        head = self.header
        return {
            "format": layout.FORMAT,
            "bytes": len(self.data),
            "digest": self.digest,
            "id": head.id,
            "revision": head.revision,
            "issued": head.issued.isoformat() if head.issued else None,
            "expires": head.expires.isoformat() if head.expires else None,
            "frames": used,
            "counts": {name: count for name, count in self.counts.items() if not name.startswith("max_")},
            "bounds": {name: self.counts[name] for name in ("max_depth", "max_leaf_edges")},
            "sections": {kind.decode(): end - start for kind, (start, end) in self._offsets.items()},
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the pack; the file is whole or unchanged.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        from pathlib import Path

        from geopolicy._atomic import write_atomically

        write_atomically(Path(path), self.data)

    def __eq__(self, other: object) -> bool:
        return self.data == other.data if isinstance(other, Pack) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Pack {self.digest[:12]} of {len(self)} zones>"


def read_pack(path: str | os.PathLike[str], *, mmap: bool = False) -> Pack:
    """A pack from a file, every byte of it checked.

    Parameters
    ----------
    path
        The file.
    mmap
        Map the file instead of copying it, and check only its header: for storage that is trusted and does
        not change while it is mapped. Processes share the memory; opening takes the same time for any size.

    Raises
    ------
    PackError
        If it is no pack, or is damaged; the code says how.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import geopolicy as gp, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "fleet.gpol"
    >>> gp.compile(gp.read_zones("zones")).save(path)
    >>> "data-stays-in-mainland-china" in [zone.id for zone in gp.read_pack(path)]
    True
    """
    name = os.fspath(path)
    if not mmap:
        with open(path, "rb") as file:  # noqa: PTH123  # pathlib costs more time than opening a pack
            return Pack(file.read(), name)
    from mmap import ACCESS_READ
    from mmap import mmap as map_file

    with open(path, "rb") as file:  # noqa: PTH123  # as above
        try:
            data: Any = map_file(file.fileno(), 0, access=ACCESS_READ)
        except ValueError:  # an empty file cannot be mapped
            data = b""
    return Pack(data, name, is_trusted=True)
