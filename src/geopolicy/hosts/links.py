"""Bytes from where they come, read beside the monitor, so that silence never blocks it."""

from __future__ import annotations

import errno
import os
import queue
import select
import stat
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from typing import Any

_CHUNK_BYTES = 4096
_QUEUED = 4096  # chunks; those of a receiver at 10 Hz last for minutes
_WAIT_S = 0.2  # after which a thread looks whether it is still wanted
_AGAIN_S = 1.0
"""Between two attempts to open what was lost."""


def now_s() -> float:
    """Seconds on a clock that goes on while the machine is suspended, where the system has one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Link(Protocol):
    """Where bytes come from."""

    name: str
    is_reopened: bool
    """Whether its end is a loss, after which it is opened again; else nothing follows."""
    is_held_back: bool
    """Whether its bytes can wait until they are asked for; else those that nobody takes are lost."""

    def open(self) -> None:
        """Open it, or raise OSError."""

    def read(self) -> bytes | None:
        """What came: no bytes at the end, None if there were none for a while. May raise OSError."""

    def close(self) -> None:
        """Close it."""


class Chunk(NamedTuple):
    """Bytes and when they came; no bytes where the link was lost or, as the last chunk, is at its end."""

    data: bytes
    at_s: float


class Pump:
    """Reads a link in a thread of its own.

    Attributes
    ----------
    trouble
        Why there is no link at the moment; None while there is one.
    """

    def __init__(self, link: Link) -> None:
        self.trouble: str | None = None
        self._link = link
        self._queue: queue.Queue[Chunk] = queue.Queue(_QUEUED)
        self._is_over = threading.Event()
        self._is_ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"geopolicy {link.name}", daemon=True)
        self._thread.start()

    def take(self, timeout_s: float) -> Chunk | None:
        """What came next; None if nothing did."""
        try:
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None

    @property
    def is_ended(self) -> bool:
        """Whether nothing will follow any more."""
        return self._is_ended.is_set() and self._queue.empty()

    def close(self) -> None:
        """Ends the thread; one that waits within a stream ends with the process."""
        self._is_over.set()
        self._thread.join(timeout=5 * _WAIT_S)

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                self._link.open()
                self.trouble = None
                self._read_on()
                self.trouble = "the link has ended" if self._link.is_reopened else None
            except (OSError, ValueError) as error:  # ValueError: a stream that was closed
                self.trouble = getattr(error, "strerror", None) or type(error).__name__
            finally:
                self._link.close()
            self._put(Chunk(b"", now_s()))
            if not self._link.is_reopened:
                break
            self._is_over.wait(_AGAIN_S)
        self._is_ended.set()

    def _read_on(self) -> None:
        while not self._is_over.is_set():
            data = self._link.read()
            if data == b"":
                return
            if data:
                self._put(Chunk(data, now_s()))

    def _put(self, chunk: Chunk) -> None:
        """Never waits, unless the bytes can: they would count as younger than they are."""
        while not self._is_over.is_set():
            try:
                self._queue.put(chunk, timeout=_WAIT_S if self._link.is_held_back else 0.0)
                return
            except queue.Full:
                if not self._link.is_held_back:
                    self.take(0.0)


class FileLink:
    """A serial port, a named pipe, a file, or what is open already, such as standard input or a port of pyserial.

    Raises
    ------
    OSError
        If there is nothing at the path, or it may not be read.
    """

    def __init__(self, source: Any, fd: int | None) -> None:
        self._source = source  # while it is kept, nobody closes what is open already
        self._is_ours = fd is None
        self._fd = fd
        self.open()
        mode = os.fstat(self._fd or 0).st_mode
        if stat.S_ISDIR(mode):
            self.close()
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(source))
        self.name = str(source if self._is_ours else getattr(source, "name", "stream"))
        self.is_reopened = self._is_ours and stat.S_ISCHR(mode)
        self.is_held_back = stat.S_ISREG(mode)

    def open(self) -> None:
        """Open it; of a pipe nobody needs to write yet, of a port no modem needs to answer."""
        if self._fd is None:
            flags = ("O_NOCTTY", "O_NONBLOCK", "O_BINARY")
            self._fd = os.open(self._source, sum((getattr(os, flag, 0) for flag in flags), os.O_RDONLY))
            _make_raw(self._fd)

    def read(self) -> bytes | None:
        """What came."""
        fd = self._fd or 0
        # On Windows only sockets can be waited for; there a read waits.
        if os.name != "nt" and not select.select([fd], [], [], _WAIT_S)[0]:
            return None
        try:
            return os.read(fd, _CHUNK_BYTES)
        except BlockingIOError:
            return None

    def close(self) -> None:
        """Close it, if it was opened here."""
        if self._is_ours and self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _make_raw(fd: int) -> None:
    """Every byte of a port as it comes, and none echoed; one that is plugged in again has forgotten that."""
    if os.name == "posix" and os.isatty(fd):
        import termios
        import tty

        with suppress(termios.error):
            tty.setraw(fd)
