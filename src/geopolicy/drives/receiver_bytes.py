"""The bytes of a receiver, cut into messages of UBX and texts that may be sentences of NMEA 0183."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.nmea_sentences import MAX_LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

SYNC = b"\xb5\x62"
MAX_PAYLOAD_BYTES = 8192
"""Of a message of UBX; the longest that receivers send, raw measurements, has some 6,000."""
_BEGIN = re.compile(rb"\xb5\x62|\$")
_TEXT = re.compile(rb"\$[\x20-\x7e]*")
_AROUND = 8  # bytes of a message beside its payload: sync, class, id, length, checksum


class Piece(NamedTuple):
    """A message with a right checksum, or a text from ``$`` to the end of its line.

    Parameters
    ----------
    message
        Class, id and payload of a message of UBX; None for a text.
    text
        The text, of which nothing is checked yet; None for a message.
    start
        How many bytes came before it.
    """

    message: bytes | None
    text: bytes | None
    start: int

    @property
    def kind(self) -> bytes:
        """Class and id of a message."""
        return (self.message or b"")[:2]

    @property
    def payload(self) -> bytes:
        """The payload of a message."""
        return (self.message or b"")[2:]


class Pieces:
    r"""Cuts bytes as they come. What is neither a message nor a text is passed over, whatever it is.

    Attributes
    ----------
    skipped
        What was passed over, counted by reason.

    Examples
    --------
    >>> pieces = Pieces()
    >>> [piece.kind.hex() for piece in pieces.add(b"??\xb5\x62\x0a\x04\x00\x00\x0e\x34$GPRMC,")]
    ['0a04']
    >>> [piece.text for piece in pieces.add(b"1\r\n")]
    [b'$GPRMC,1']
    """

    def __init__(self) -> None:
        self.skipped: Counter[str] = Counter()
        self._data = b""
        self._at = 0  # where in the data the next piece may begin
        self._before = 0  # bytes that came before the data

    @property
    def done(self) -> int:
        """How many bytes came before the first that may still belong to a piece."""
        return self._before + self._at

    def add(self, chunk: bytes) -> Iterator[Piece]:
        """The pieces that end with these bytes."""
        self._before += self._at
        self._data, self._at = self._data[self._at :] + chunk, 0
        return self._whole(is_ended=False)

    def give_up(self) -> Iterator[Piece]:
        """The pieces in what is left if nothing else belongs to it."""
        return self._whole(is_ended=True)

    def _whole(self, *, is_ended: bool) -> Iterator[Piece]:
        while (match := _BEGIN.search(self._data, self._at)) is not None:
            self._at = match.start()
            size = (self._text_size if match[0] == b"$" else self._message_size)(is_ended=is_ended)
            if size is None:
                return
            start, self._at = self._at, self._at + abs(size)
            if size > 0:
                piece = self._data[start : self._at]
                is_text = match[0] == b"$"
                message, text = (None, piece) if is_text else (piece[2:4] + piece[6:-2], None)
                yield Piece(message, text, self._before + start)
        # The last byte may be the first half of a sync.
        is_half = not is_ended and self._data.endswith(SYNC[:1])
        self._at = len(self._data) - is_half

    def _text_size(self, *, is_ended: bool) -> int | None:
        """How long a text is; below 0 where it is passed over, None where its end did not come yet."""
        match = _TEXT.match(self._data, self._at)
        size = 1 if match is None else match.end() - self._at
        if size > MAX_LINE_BYTES:
            self.skipped["line too long"] += 1
            return -size
        return None if self._at + size == len(self._data) and not is_ended else size

    def _message_size(self, *, is_ended: bool) -> int | None:
        """How long a message is; below 0 where there is none after a sync, None where its end did not come yet."""
        head = self._data[self._at : self._at + 6]
        payload = int.from_bytes(head[4:], "little") if len(head) == 6 else 0
        size = payload + _AROUND
        if payload <= MAX_PAYLOAD_BYTES and self._at + size > len(self._data) and not is_ended:
            return None
        message = self._data[self._at : self._at + size]
        if len(message) == size and checksum(message[2:-2]) == message[-2:]:
            return size
        self.skipped["UBX message with a wrong length or checksum"] += 1
        return -len(SYNC)  # one may begin within what looked like one


def checksum(body: bytes) -> bytes:
    """The checksum of UBX over class, id, length and payload: Fletcher's, of eight bits."""
    return bytes((sum(body) & 0xFF, sum(accumulate(body)) & 0xFF))
