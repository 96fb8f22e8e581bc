"""Fixes of a receiver that is at work: UBX and NMEA 0183 in bytes as they come, each with the time of its arrival."""

from __future__ import annotations

import io
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from geopolicy.drives.nmea import SentenceLog
from geopolicy.drives.nmea_sentences import sentences_in
from geopolicy.drives.receiver_bytes import Pieces
from geopolicy.drives.recording import Recording
from geopolicy.drives.source import CountedSource
from geopolicy.drives.ubx_messages import Signals, nav_pvt_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.nmea_claims import Epoch
    from geopolicy.drives.receiver_bytes import Piece
    from geopolicy.model.fixes import Fix

UBX_LEADS_S = 5.0
"""For so long after a NAV-PVT the sentences of the same receiver are not read: they say the same once more."""


class ReceiverStream:
    r"""Makes fixes of bytes. ``monotonic_s`` of each is when the first byte of its message, or of the first sentence of
    its epoch, came; one that states the time of the one before was measured with it, and has its ``monotonic_s``.

    An epoch of NMEA ends with the first sentence of the next, or with a `pause`.

    Attributes
    ----------
    skipped
        What was not read, counted by reason.

    Examples
    --------
    >>> stream = ReceiverStream()
    >>> list(stream.add(b"$GPGLL,4530.0000,N,01330.0000,E,120000.00,A,A*69\r\n", 100.0))
    []
    >>> list(stream.pause())
    [Fix(position hidden, monotonic_s=100.0)]
    """

    def __init__(self) -> None:
        self._recording = Recording("receiver", CountedSource(io.BytesIO(), is_owned=True))
        self._pieces = Pieces()
        self._arrivals: deque[tuple[int, float]] = deque()  # where the bytes of each call end, and when they came
        self._size = 0
        self._texts = 0
        self._signals = Signals()
        self._log = SentenceLog(self._recording)
        self._epoch: Epoch | None = None
        self._epoch_at_s = 0.0
        self._last_epoch: tuple[int | None, float] = None, 0.0
        self._last_message: tuple[int | None, float] = None, 0.0
        self.skipped = self._recording.skipped

    def add(self, chunk: bytes, now_s: float) -> Iterator[Fix]:
        """The fixes that these bytes complete, which came now."""
        self._size += len(chunk)
        self._arrivals.append((self._size, now_s))
        yield from self._fixes(self._pieces.add(chunk))

    def pause(self, *, is_long: bool = True) -> Iterator[Fix]:
        """The fixes of what came, since nothing has followed for a while; after a long while half messages are over."""
        if is_long:
            yield from self._fixes(self._pieces.give_up())
        yield from self._ended(self._log.finish())

    def _fixes(self, pieces: Iterator[Piece]) -> Iterator[Fix]:
        for piece in pieces:
            self._forget(piece.start)
            at_s = self._arrivals[0][1]
            nav_pvt = nav_pvt_of(piece)
            if nav_pvt is not None:
                at_s = self._first_at_s(self._last_message, nav_pvt["iTOW"], at_s)
                self._last_message = nav_pvt["iTOW"], at_s
                yield self._signals.fix_of(nav_pvt, at_s)
            elif piece.text is not None:
                yield from self._of_text(piece.text, at_s)
            else:
                self._signals.note(piece)
        self._forget(self._pieces.done)
        self.skipped.update(self._pieces.skipped)
        self._pieces.skipped.clear()

    def _forget(self, before: int) -> None:
        """Forget when bytes came that lie before a place; never of the last."""
        while len(self._arrivals) > 1 and self._arrivals[0][0] <= before:
            self._arrivals.popleft()

    def _of_text(self, text: bytes, at_s: float) -> Iterator[Fix]:
        self._texts += 1
        time_ms, message_at_s = self._last_message
        if time_ms is not None and at_s - message_at_s < UBX_LEADS_S:
            return
        for kind, fields in sentences_in(self._recording, text):
            yield from self._ended(self._log.add(kind, fields, self._texts))
            if self._log.open_epoch is not self._epoch:
                self._epoch = self._log.open_epoch
                time_us = None if self._epoch is None else self._epoch.time_us
                self._epoch_at_s = self._first_at_s(self._last_epoch, time_us, at_s)
                self._last_epoch = time_us, self._epoch_at_s

    def _ended(self, fix: Fix | None) -> Iterator[Fix]:
        """The fix of an epoch that is over."""
        if fix is not None:
            yield replace(fix, monotonic_s=self._epoch_at_s)
            self._epoch = None

    @staticmethod
    def _first_at_s(last: tuple[int | None, float], time: int | None, at_s: float) -> float:
        """When what was measured at a time came first."""
        return last[1] if time is not None and time == last[0] else at_s
