"""Text in blocks of whole lines, as they come: many at once from a file, few from a pipe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geopolicy.drives.source import CHUNK_BYTES, line_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopolicy.drives.recording import Recording

MAX_LINE_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are not blank, without their ends, and their numbers in the file.

    ``cut`` holds the last line of a file where it has no end.
    """

    numbers: range | Sequence[int]
    lines: list[str]
    has_quotes: bool = False
    has_comments: bool = False
    cut: tuple[str, ...] = ()
    cut_number: int = 0

    def after(self, count: int) -> Block:
        """The block without its first lines."""
        return replace(self, numbers=self.numbers[count:], lines=self.lines[count:])

    def without(self, index: int) -> Block:
        """The block without one of its lines."""
        numbers = [*self.numbers[:index], *self.numbers[index + 1 :]]
        return replace(self, numbers=numbers, lines=[*self.lines[:index], *self.lines[index + 1 :]])


def text_blocks(recording: Recording) -> Iterator[Block]:
    """The lines of a text in UTF-8, with ends of LF, CR LF or, throughout, CR.

    Raises
    ------
    DriveFileError
        For a line of more than 64 KiB, and for bytes that are not UTF-8. The lines before come first.
    """
    reader = _Reader(recording)
    while chunk := recording.stream.read1(CHUNK_BYTES):
        yield from reader.add(chunk)
    yield from reader.finish()


class _Reader:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._rest = b""
        self._end: bytes | None = None  # of lines: not known until there is one
        self._number = 1

    def add(self, chunk: bytes) -> Iterator[Block]:
        data = self._rest + chunk
        self._end = self._end or line_end(data)
        size = 0 if self._end is None else data.rfind(self._end) + 1
        self._rest = data[size:]
        if size:
            yield from self._block(data[:size])
        if len(self._rest) > MAX_LINE_BYTES:
            raise self._too_long(self._number)

    def finish(self) -> Iterator[Block]:
        rest, self._rest = self._rest, b""
        if rest.endswith(b"\r"):
            self._end = self._end or b"\r"
            yield from self._block(rest)
        elif rest:
            lines, error = self._decoded([rest])
            if error is not None:
                raise error
            if lines[0].strip():
                yield Block([], [], cut=(lines[0],), cut_number=self._number)

    def _block(self, data: bytes) -> Iterator[Block]:
        """A block of whole lines; then the error where they are not all right."""
        first = self._number
        error: Exception | None = None
        try:
            text = data.decode("utf-8-sig" if first == 1 else "utf-8")
            lines = self._split(text)
        except UnicodeDecodeError:
            parts = data.split(self._end)[:-1]
            lines, error = self._decoded(parts)
            text = "\n".join(lines)
        if len(data) > MAX_LINE_BYTES and max(map(len, lines), default=0) > MAX_LINE_BYTES // 4:
            lines, error = self._short_enough(lines, error)
        self._number += len(lines)
        numbers: range | list[int] = range(first, first + len(lines))
        if not all(map(str.strip, lines)):
            kept = [(number, line) for number, line in zip(numbers, lines, strict=True) if line.strip()]
            numbers, lines = [number for number, _ in kept], [line for _, line in kept]
        has_comments = "#" in text and any(line.startswith("#") for line in lines)
        yield Block(numbers, lines, '"' in text, has_comments)
        if error is not None:
            raise error

    def _split(self, text: str) -> list[str]:
        if self._end == b"\r":
            return text.split("\r")[:-1]
        lines = text.replace("\r\n", "\n").split("\n") if "\r" in text else text.split("\n")
        return lines[:-1]

    def _decoded(self, parts: list[bytes]) -> tuple[list[str], Exception | None]:
        """The lines until one is not UTF-8, and the error that says so."""
        lines: list[str] = []
        for part in parts:
            number = self._number + len(lines)
            try:
                lines.append(part.decode("utf-8-sig" if number == 1 else "utf-8").removesuffix("\r"))
            except UnicodeDecodeError as error:
                return lines, self._recording.not_utf8(error.object[error.start], f"line {number}")
        return lines, None

    def _short_enough(self, lines: list[str], error: Exception | None) -> tuple[list[str], Exception | None]:
        for index, line in enumerate(lines):
            if len(line.encode()) > MAX_LINE_BYTES:
                return lines[:index], self._too_long(self._number + index)
        return lines, error

    def _too_long(self, number: int) -> Exception:
        rule = f"must have lines of at most {MAX_LINE_BYTES} bytes"
        return self._recording.error(rule, "a longer one", f"line {number}")
