"""The bytes of a pack: header, sections, records and texts. What rules say is not known here."""

from __future__ import annotations

import struct

from geopolicy.errors import PackError
from geopolicy.pack import format as layout
from geopolicy.pack.status import PackStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a status says: code, rule, what to do.
STATUS = {
    PackStatus.SIZE: ("pack-size", "must be as long as its header says", "fetch the file again"),
    PackStatus.MAGIC: ("pack-magic", "must begin with GPOLPACK", "compile zone files with geopolicy compile"),
    PackStatus.FORMAT: (
        "pack-format",
        f"must have format {layout.FORMAT} or {layout.FORMAT_OVERLAY}",
        "update geopolicy, or compile again",
    ),
    PackStatus.SECTION: ("pack-section", "sections must follow each other within the file", "compile again"),
    PackStatus.INDEX: (
        "pack-index",
        "the index must refer to what is there, within the bounds of the header",
        "compile again",
    ),
    PackStatus.RECORD: ("pack-record", "records must be in range", "compile again"),
}


class RawPack:
    """The bytes of a pack, parted as its header says; only the header is checked.

    Attributes
    ----------
    data
        The bytes, read-only.
    name
        What messages call the pack.
    counts
        The counts and bounds of the header, by name.
    offsets
        Where each section starts and ends.
    """

    __slots__ = ("_texts_at", "_zones_at", "counts", "data", "name", "offsets")

    def __init__(self, data: memoryview, name: str) -> None:
        self.data = data
        self.name = name
        self._check_header()
        numbers = struct.unpack_from(f"<{len(layout.COUNTS)}I", data, layout.COUNTS_AT)
        self.counts: dict[str, int] = dict(zip(layout.COUNTS, numbers, strict=True))
        self.offsets = {kind: self._extent(kind, number) for number, kind in enumerate(layout.SECTIONS)}
        self._texts_at = self.offsets[b"TEXT"][0]
        self._zones_at = self.offsets[b"ZONE"][0]

    def _check_header(self) -> None:
        data = self.data
        if len(data) < layout.HEADER_BYTES:
            raise self.refusal("pack-size", f"needs a header of {layout.HEADER_BYTES} bytes", f"{len(data)} bytes", 0)
        if data[:8] != layout.MAGIC:
            code, rule, hint = STATUS[PackStatus.MAGIC]
            raise self.refusal(code, rule, repr(bytes(data[:8])), 0, hint)
        number, header_bytes, size, sections = struct.unpack_from("<IIQI", data, 8)
        formats = (layout.FORMAT, layout.FORMAT_OVERLAY)
        if number not in formats or (header_bytes, sections) != (layout.HEADER_BYTES, len(layout.SECTIONS)):
            newer = "is newer than this reader" if number > max(formats) else "is not the format of this reader"
            code, _, hint = STATUS[PackStatus.FORMAT]
            rule = f"format {number} {newer} ({layout.FORMAT}, of overlays {layout.FORMAT_OVERLAY})"
            raise self.refusal(code, rule, None, 8, hint)
        if size != len(data):
            code, _, hint = STATUS[PackStatus.SIZE]
            raise self.refusal(code, f"must have {size} bytes", str(len(data)), 16, hint)

    def _extent(self, wanted: bytes, number: int) -> tuple[int, int]:
        """Where a section starts and ends."""
        at = layout.SECTIONS_AT + number * layout.SECTION.size
        kind, offset, length = layout.SECTION.unpack_from(self.data, at)
        if kind != wanted or offset + length > len(self.data):
            raise self.refusal("pack-section", f"section {wanted.decode()} must lie within the file", None, at)
        return offset, offset + length

    @property
    def format(self) -> int:
        """The number of its format."""
        number: int = struct.unpack_from("<I", self.data, 8)[0]
        return number

    @property
    def stated_digest(self) -> bytes:
        """The SHA-256 that the header states."""
        return bytes(self.data[layout.DIGEST_AT : layout.COUNTS_AT])

    def computed_digest(self) -> bytes:
        """The SHA-256 of the bytes, which the header should state."""
        return layout.checksum(self.data[: layout.DIGEST_AT], self.data[layout.COUNTS_AT :])

    def section(self, kind: bytes) -> memoryview:
        """The bytes of a section."""
        start, end = self.offsets[kind]
        return self.data[start:end]

    def text(self, offset: int, length: int) -> str:
        """A text of the section TEXT."""
        start = self._texts_at + offset
        return str(self.data[start : start + length], "utf-8")

    def ruleset_text(self, number: int) -> str:
        """The text of a rule set."""
        return self.text(*layout.PAIR.unpack_from(self.section(b"TERM"), number * layout.PAIR.size))

    def record(self, owner: int) -> tuple[Any, ...]:
        """The record of a zone, or of a coverage behind the zones, as the format has it."""
        return layout.ZONE.unpack_from(self.data, self._zones_at + owner * layout.ZONE.size)

    def zone_id(self, index: int) -> str:
        """The id of a zone."""
        record = self.record(index)
        return self.text(record[0], record[1])

    def refusal(
        self, code: str, rule: str, value: str | None = None, offset: int | None = None, hint: str = "compile again"
    ) -> PackError:
        """The error for what is wrong, at a byte of the file or anywhere."""
        got = f", got {value}" if value is not None else ""
        where = f" - at byte {offset}" if offset is not None else ""
        return PackError(code, f"pack {self.name!r}: {rule}{got}{where}; {hint}", offset)

    def refusal_by_status(self, status: int) -> PackError:
        """The error for a status of the kernel other than 0."""
        code, rule, hint = STATUS[PackStatus(status)]
        return self.refusal(code, rule, "something else", hint=hint)
