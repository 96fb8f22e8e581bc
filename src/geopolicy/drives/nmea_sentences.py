"""Sentences of NMEA 0183: found in lines, checked, counted where they are not read, and kept for later."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording

MAX_LINE_BYTES = 4096  # the standard says 82; loggers put binary messages between
MAX_HELD = 10_000
_MAX_HELD_BYTES = 1 << 22
_MAX_KINDS = 100
_REST = rb",[\x20-\x29\x2b-\x7e]*)\*([0-9A-Fa-f]{2})(?:\s*|[\s,;|](.*))"
# An address of five: talker and type; P begins those of makers.
_SENTENCE = re.compile(rb"([A-OQ-Z][A-Z0-9]([A-Z]{3})" + _REST, re.DOTALL)
_OF_MAKER = re.compile(rb"((P[A-Z]{2,9})[A-Z0-9]*" + _REST, re.DOTALL)
_ADDRESSED = re.compile(rb"[\x20-\x7e]*\*[0-9A-Fa-f]{2}(?:[\s,;|].*)?", re.DOTALL)
_OF_U_BLOX = re.compile(r"\d\d", re.ASCII)
_POSITION = re.compile(rb"\$[A-Z]{2}(RMC|GGA|GLL|GNS),")
_NO_TEXT = b"\xef\xbb\xbf\0 \t\r\n\v\f"  # blanks, and a byte order mark
_OTHERS = "sentence of other types"


def sentences_in(recording: Recording, line: bytes) -> Iterator[tuple[str, list[str]]]:
    """The types and fields of the sentences of a line that have a right checksum.

    The type of a maker's sentence is its whole address, as far as it has letters.
    """
    before, *rest = line.split(b"$")
    if not rest and before.strip() and not before.lstrip().startswith(b"!"):
        recording.skipped["no NMEA sentence in the line"] += 1
    for text in rest:
        match = _SENTENCE.fullmatch(text) or _OF_MAKER.fullmatch(text)
        if match is None:
            recording.skipped[_OTHERS if _ADDRESSED.fullmatch(text) else "no checksum"] += 1
            continue
        checksum = 0
        for byte in match[1]:
            checksum ^= byte
        if checksum != int(match[3], 16):
            recording.skipped["wrong checksum"] += 1
            continue
        if before and before.strip(_NO_TEXT):
            recording.assume("sentences: what stands before them in a line is not read")
        if match[4] and match[4].strip():
            recording.assume("sentences: what stands after their checksums is not read")
        yield match[2].decode("ascii"), match[1].decode("ascii").split(",")[1:]


class UnreadSentences:
    """Counts the sentences that are not read, by their types."""

    def __init__(self, recording: Recording) -> None:
        self._skipped = recording.skipped
        self._names: dict[str, str] = {}

    def add(self, kind: str, fields: list[str]) -> None:
        """Count one; beyond a hundred types, the further ones are counted together."""
        if kind == "PUBX" and _OF_U_BLOX.fullmatch(fields[0]):
            kind = f"PUBX,{fields[0]}"
        name = self._names.get(kind)
        if name is None:
            name = _OTHERS
            if len(self._names) < _MAX_KINDS:
                name = self._names[kind] = f"sentence of {kind}"
        self._skipped[name] += 1


class HeldSentences:
    """Lines with sentences that are kept until it is known whether they are read; their number and size are limited."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._lines: list[tuple[int, bytes]] = []
        self._size = 0

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def is_full(self) -> bool:
        """Whether no more should be kept."""
        return len(self._lines) > MAX_HELD or self._size > _MAX_HELD_BYTES

    def add(self, number: int, line: bytes) -> None:
        """Keep one, unless it is too long to be a sentence."""
        if len(line) > MAX_LINE_BYTES:
            self._recording.skipped["line too long"] += 1
            return
        self._lines.append((number, line))
        self._size += len(line)

    def has_several_epochs(self) -> bool:
        """Whether a type of sentence that states a position comes more than twice."""
        kinds = Counter(match[1] for _, line in self._lines if (match := _POSITION.search(line)))
        return max(kinds.values(), default=0) > 2

    def take(self) -> list[tuple[int, bytes]]:
        """All that were kept, which are not kept any longer."""
        lines, self._lines, self._size = self._lines, [], 0
        return lines


def numbered(number: int, line: bytes) -> tuple[int, bytes | None]:
    """A line that was not kept, as the reader of sentences takes it."""
    return number, line if len(line) <= MAX_LINE_BYTES else None
