"""Fixes of a receiver that is at work, for a monitor that must never wait."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.drives.receiver_stream import ReceiverStream
from geopolicy.hosts.gpsd import SCHEME, GpsdLink, GpsdStream
from geopolicy.hosts.links import FileLink, Pump, now_s

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from geopolicy.hosts.links import Link
    from geopolicy.model.fixes import Fix

SILENCE_S = 0.1
"""After so long without a fix None is given; the receiver has then sent all of its epoch."""
_BROKEN_S = 0.5
"""After so long without a byte half a message stays half."""


class Receiver:
    r"""A receiver that is at work: iterate it for its fixes, and for None whenever there was none for 0.1 s.

    A thread of its own reads, so that nothing the receiver does or leaves blocks the iteration. A serial port that was
    lost, and a gpsd, are opened again until they are there; a pipe and a file end. ``monotonic_s`` of a fix is when its
    first byte came, on the clock of `now_s`.

    Attributes
    ----------
    name
        What was opened.
    skipped
        What was not read, counted by reason.

    Examples
    --------
    >>> import os
    >>> import geopolicy as gp
    >>> read, write = os.pipe()
    >>> sentence = b"$GPRMC,120000.00,A,4530.0000,N,01330.0000,E,10.0,90.0,020326,,,A*53"
    >>> os.write(write, sentence + b"\r\n") and os.close(write)
    >>> monitor = gp.Monitor(None)
    >>> with os.fdopen(read, "rb") as pipe, gp.hosts.open_receiver(pipe) as receiver:
    ...     for fix in receiver:
    ...         now_s = receiver.now_s()
    ...         decision = monitor.tick(now_s) if fix is None else monitor.update(fix, now_s=now_s)
    >>> monitor.counters["no_accuracy"]
    1
    """

    def __init__(self, link: Link, stream: ReceiverStream | GpsdStream) -> None:
        self.name = link.name
        self.skipped = stream.skipped
        self._stream = stream
        self._pump = Pump(link)

    @staticmethod
    def now_s() -> float:
        """Seconds on the clock of ``monotonic_s``, which goes on while the machine is suspended, where it can."""
        return now_s()

    @property
    def trouble(self) -> str | None:
        """Why there is no link to the receiver at the moment; None while there is one."""
        return self._pump.trouble

    def __iter__(self) -> Iterator[Fix | None]:
        given_s = heard_s = now_s()
        while not self._pump.is_ended:
            chunk = self._pump.take(SILENCE_S)
            if chunk is not None:
                heard_s = chunk.at_s
                fixes = self._stream.add(*chunk) if chunk.data else self._stream.pause()
            else:
                fixes = self._stream.pause(is_long=now_s() - heard_s > _BROKEN_S)
            for fix in fixes:
                given_s = now_s()
                yield fix
            if now_s() - given_s >= SILENCE_S:
                given_s = now_s()
                yield None

    def close(self) -> None:
        """End the reading."""
        self._pump.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_receiver(source: Path | str | Any) -> Receiver:
    """Open a receiver that is at work.

    Parameters
    ----------
    source
        The path of a serial port, a named pipe or a file with UBX (NAV-PVT) or NMEA 0183; an open binary stream of the
        system with them, such as ``sys.stdin.buffer`` or a ``serial.Serial``, which is left open; or a gpsd,
        ``gpsd://localhost``, with ``:PORT`` if it is not 2947 and the path of a device if not all are meant.

    Raises
    ------
    OSError
        If a path cannot be opened. A gpsd need not be there yet.
    ValueError
        For an address of a gpsd that is none.
    TypeError
        For anything else.
    """
    if isinstance(source, str) and source.startswith(SCHEME):
        return Receiver(GpsdLink(source), GpsdStream())
    if isinstance(source, (Path, str)):
        return Receiver(FileLink(Path(source), None), ReceiverStream())
    fileno = getattr(source, "fileno", None)
    try:
        fd = fileno() if callable(fileno) else None
    except (OSError, ValueError):  # of a stream in memory, or a closed one
        fd = None
    if not isinstance(fd, int):
        wanted = "a path, an address of a gpsd or an open stream of the system"
        raise TypeError(f"source must be {wanted}, got {type(source).__name__}")
    return Receiver(FileLink(source, fd), ReceiverStream())
