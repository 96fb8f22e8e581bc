"""A real gpsd that hears a receiver over loopback UDP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from c_builds import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of loopback that nobody uses."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Gpsd:
    """A daemon with one device: what is sent to it is what the receiver says."""

    def __init__(self) -> None:
        self._program = shutil.which("gpsd", path=ENV["PATH"])
        if self._program is None:
            missing("gpsd")
        self.port, self._heard = free_port(), free_port(socket.SOCK_DGRAM)
        self.address = f"gpsd://127.0.0.1:{self.port}"
        self.device = f"udp://127.0.0.1:{self._heard}"
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def start(self) -> None:
        """Start it; it listens soon."""
        command = [str(self._program), "-N", "-n", "-S", str(self.port), self.device]
        self._process = subprocess.Popen(command, env=ENV, stderr=subprocess.DEVNULL)

    def hear(self, content: bytes) -> None:
        """Send what a receiver says."""
        self._socket.sendto(content, ("127.0.0.1", self._heard))

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        self._socket.close()


@contextmanager
def saying(daemon: Gpsd, say: Callable[[int], bytes]) -> Iterator[None]:
    """A receiver behind it that speaks ten times a second, of which each is a second of its own."""
    is_over = threading.Event()

    def speak() -> None:
        second = 0
        while not is_over.wait(0.1):
            daemon.hear(say(second % 60))
            second += 1

    speaking = threading.Thread(target=speak)
    speaking.start()
    try:
        yield
    finally:
        is_over.set()
        speaking.join()


@contextmanager
def gpsd() -> Iterator[Gpsd]:
    """A daemon that runs."""
    daemon = Gpsd()
    daemon.start()
    try:
        yield daemon
    finally:
        daemon.close()
