"""Bytes, lines and blocks of lines: against what Python itself splits, from any stream."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drive_samples import read, read_until_error
from geopolicy.drives import ages, source
from geopolicy.drives.causes import ACCURACY, POSITION, Causes
from geopolicy.drives.open import open_drive
from geopolicy.drives.recording import Recording
from geopolicy.drives.source import CHUNK_BYTES, ByteStream, CountedSource, bounded_blocks, bounded_lines, line_end
from geopolicy.drives.text_blocks import MAX_LINE_BYTES, text_blocks
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Callable

ROW = "2026-01-05T08:00:00Z,45,13\n"
HEAD = "time,lat,lon\n"
LINES = st.lists(st.text("ab \u00e9\u20ac", max_size=9), max_size=12)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


class InPieces(io.RawIOBase):
    """A stream that hands over a few bytes at a time, and cannot go back."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__()
        self._content = io.BytesIO(content)
        self._size = size

    def read(self, size: int = -1) -> bytes:
        return self._content.read(self._size if size < 0 else min(size, self._size))


def stream_of(content: bytes, size: int) -> ByteStream:
    return ByteStream(CountedSource(InPieces(content, size), is_owned=False))  # type: ignore[arg-type]  # reads bytes too


def numbered_lines(content: bytes, size: int) -> list[tuple[int, str]]:
    raw = InPieces(content, size)
    recording = Recording("drive", CountedSource(raw, is_owned=False))  # type: ignore[arg-type]  # reads bytes too
    lines: list[tuple[int, str]] = []
    for block in text_blocks(recording):
        lines += zip(block.numbers, block.lines, strict=True)
        lines += ((block.cut_number, line) for line in block.cut)
    return lines


@given(LINES, ENDS, st.integers(1, 40), st.sampled_from(["", "\ufeff"]), st.sampled_from(["", "last"]))
def test_lines_of_a_text_in_pieces_are_those_of_the_whole(
    lines: list[str], end: str, size: int, mark: str, last: str
) -> None:
    content = (mark + "".join(line + end for line in lines) + last).encode()
    expected = [(number, line) for number, line in enumerate([*lines, last], start=1) if line.strip()]
    assert numbered_lines(content, size) == expected


@given(st.lists(st.binary(max_size=12), max_size=12), st.sampled_from([b"\n", b"\x1e"]), st.integers(1, 40))
def test_bounded_pieces_are_those_between_the_ends_and_none_where_too_long(
    pieces: list[bytes], end: bytes, size: int
) -> None:
    content = end.join(pieces)
    assume(not content.startswith(b"\x1f\x8b"))  # gzip
    expected = [None if len(piece) > 8 else piece for piece in content.split(end)]
    if expected[-1] == b"":
        expected.pop()
    blocks = bounded_blocks(stream_of(content, size), 8, end)
    assert [piece for block in blocks for piece in block] == expected


@pytest.mark.parametrize("size", [1, 7, CHUNK_BYTES])
def test_line_that_is_too_long_is_none_and_the_others_are_read(size: int) -> None:
    content = b"a\n" + b"x" * 5000 + b"\nb\n" + b"y" * 5000
    assert list(bounded_lines(stream_of(content, size), 100)) == [b"a", None, b"b", None]


@pytest.mark.parametrize(
    ("data", "end"), [(b"a\nb", b"\n"), (b"a\r\nb", b"\n"), (b"a\rb", b"\r"), (b"a\r", None), (b"a", None)]
)
def test_end_of_lines_is_known_once_something_follows(data: bytes, end: bytes | None) -> None:
    assert line_end(data) == end


@pytest.mark.parametrize("letter", ["x", "\u20ac"])
@pytest.mark.parametrize("is_last", [True, False])
def test_table_with_a_line_that_is_too_long_is_read_up_to_there(letter: str, is_last: bool) -> None:
    long_line = letter * (MAX_LINE_BYTES // len(letter.encode()) + 1)
    content = HEAD + ROW * 100 + long_line + ("" if is_last else "\n" + ROW)
    rule = f"must have lines of at most {MAX_LINE_BYTES} bytes, got a longer one - at line 102"
    assert len(read_until_error(content, "csv", f"^drive 'stream': {rule}$")) == 100


def test_table_with_a_line_of_just_the_limit_is_read() -> None:
    content = HEAD + ROW * 3000 + "x" * MAX_LINE_BYTES + "\n" + ROW
    assert [fix.valid for fix in read(content, "csv")] == [*[True] * 3000, False, True]


def test_table_with_a_line_that_is_not_utf_8_after_a_long_one_stops_at_the_first() -> None:
    content = HEAD.encode() + b"x" * 70_000 + b"\n" + ROW.encode() + b"\xff\n"
    read_until_error(content, "csv", "lines of at most 65536 bytes, got a longer one - at line 2")
    content = HEAD.encode() + ROW.encode() * 5 + b"45,\xff"
    assert len(read_until_error(content, "csv", "must be UTF-8, got byte 0xff - at line 7")) == 5


def test_stream_that_has_no_bytes_yet_is_refused_and_not_taken_for_the_end() -> None:
    class NotYet(io.RawIOBase):
        def read(self, size: int = -1) -> bytes | None:  # noqa: ARG002  # as of any stream
            return None

    with pytest.raises(DriveFileError, match=r"^drive 'stream': must be readable to its end, got BlockingIOError$"):
        list(open_drive(NotYet(), format="csv"))  # type: ignore[arg-type]  # reads bytes, or nothing


@pytest.mark.parametrize("source_of", [lambda: 7, lambda: b"lat,lon\n", lambda: None, lambda: ["a.csv"]])
def test_source_that_is_neither_path_nor_stream_is_refused(source_of: Callable[[], Any]) -> None:
    kind = type(source_of()).__name__
    with pytest.raises(TypeError, match=f"^source must be a path or a binary stream, got {kind}$"):
        open_drive(source_of())


@pytest.mark.parametrize("is_seekable", [True, False])
@pytest.mark.parametrize("error", [OSError, ValueError, AttributeError])
def test_stream_whose_head_cannot_be_seen_again_counts_a_column_of_accuracies_as_stated(
    is_seekable: bool, error: type[Exception]
) -> None:
    class Odd(io.BytesIO):
        def seekable(self) -> bool:
            return is_seekable

        def seek(self, *_arguments: int) -> int:
            raise error

    row = b"45,13,," + b"x" * 1000 + b"\n"
    for count, is_stated in ((1, False), (1100, True)):  # one is held to its end, of the other a megabyte
        drive = open_drive(Odd(b"lat,lon,accuracy,note\n" + row * count), format="csv")
        assert not drive.states_accuracy
        assert [fix.accuracy_95_m for fix in drive] == [None] * count
        assert drive.states_accuracy is is_stated


def test_stream_that_was_read_from_before_is_read_from_there_and_left_there() -> None:
    stream = io.BytesIO(b"before\n" + (HEAD + ROW).encode())
    stream.readline()
    drive = open_drive(stream, format="csv")
    assert not drive.states_accuracy
    assert [fix.lat for fix in drive] == [45.0]


def test_gzip_of_an_empty_file_and_of_nothing_more_than_a_head() -> None:
    read_until_error(gzip.compress(b""), "csv", "must have a header with a latitude")
    read_until_error(b"\x1f\x8b", "csv", "must have a header with a latitude")
    read_until_error(b"\x1f\x8bxxxxxxxxxxxxxxxxxx", "csv", "must be readable to its end, got error")


def test_head_of_a_source_stays_and_is_counted_once() -> None:
    counted = CountedSource(io.BytesIO(b"0123456789"), is_owned=False)
    assert (counted.head(4), counted.head(2), counted.taken) == (b"0123", b"0123", 4)
    assert counted.head(20) == b"0123456789"
    buffer = bytearray(3)
    assert (counted.readinto(buffer), bytes(buffer), counted.taken) == (3, b"012", 10)
    assert io.BufferedReader(counted).read() == b"3456789"
    assert source.HEAD_BYTES >= 1024  # what formats are told by


def test_file_with_too_many_fixes_whose_newest_comes_first_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ages, "MAX_TURNED", 15)
    rows = [f"2026-01-05T08:00:{second:02d}Z,45,13\n" for second in reversed(range(16))]
    assert len(read(HEAD + "".join(rows[:15]), "csv")) == 15
    message = "^drive 'stream': must have at most 15 fixes where the newest comes first, got more$"
    assert read_until_error(HEAD + "".join(rows), "csv", message) == []


def test_fixes_without_stamps_after_a_jump_are_held_back_only_so_long() -> None:
    rows = [f"2026-01-05T08:00:{second:02d}Z" for second in range(20)] + ["2026-01-05T09:00:00Z"] + [""] * 30
    content = HEAD + "".join(f"{time},45,13\n" for time in rows)
    ages_s = [fix.monotonic_s for fix in read(content, "csv")]
    assert ages_s == [*map(float, range(20)), 3600.0, *[None] * 30]


def test_causes_beyond_twenty_are_counted_together() -> None:
    causes = Causes()
    for number in range(25):
        causes.add(POSITION, f"cause {number}", f"row {number}")
    causes.add(POSITION, "cause 3", "row 30")
    causes.add(ACCURACY, "cause 24", "row 31")
    assert causes.count(POSITION) == 26
    assert len(list(causes)) == 22
    assert (POSITION, "other causes", 5, "row 20") in list(causes)
    assert (POSITION, "cause 3", 2, "row 3") in list(causes)
    assert causes.lines()[1] == "1 fix without a usable accuracy: cause 24 (1), first at row 31"
