"""Files from a static host, no more of them and no slower than is reasonable."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from http.client import HTTPResponse as PlainResponse
from typing import TYPE_CHECKING
from urllib.parse import quote

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from geopolicy.base.arguments import check_kind, number
from geopolicy.errors import UpdateError
from geopolicy.update.refusals import Attack, refused

if TYPE_CHECKING:
    from typing import Self

    from urllib3.response import BaseHTTPResponse, HTTPResponse

    from geopolicy.update.refusals import RefusedUpdateError

_CHUNK = 65_536
_GRACE_S = 5.0
_SHOWN = 120


class UnreachableError(UpdateError):
    """The repository did not answer: nothing is known of what is new, and what is installed goes on."""


class Fetcher:
    """Asks a static host for files below an address.

    Parameters
    ----------
    url
        Where the repository stands, such as ``"https://zones.example.org/fleet/"``.
    timeout_s
        How long the host may be silent, and how long it may take up to a file's first byte, redirects included.
    least_bytes_per_s
        A file that comes more slowly on average, from 5 s on, is given up; with 0 it may take any time.
    """

    def __init__(self, url: str, *, timeout_s: float = 30.0, least_bytes_per_s: float = 1000.0) -> None:
        check_kind("url", url, str, "a text such as 'https://zones.example.org/fleet/'")
        timeout_s, least_bytes_per_s = number("timeout_s", timeout_s), number("least_bytes_per_s", least_bytes_per_s)
        if not 0.0 < timeout_s < float("inf"):
            raise ValueError(f"timeout_s must be above 0 seconds, got {timeout_s:g}")
        if not 0.0 <= least_bytes_per_s < float("inf"):
            raise ValueError(f"least_bytes_per_s must be 0 or more, got {least_bytes_per_s:g}")
        self.url = url.rstrip("/") + "/"
        self._timeout_s = timeout_s
        self._least = least_bytes_per_s
        retries = urllib3.Retry(connect=0, read=0, redirect=3, status=0, other=0, respect_retry_after_header=False)
        self._pool = urllib3.PoolManager(retries=retries)
        self._pool.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def get(self, path: str, most_bytes: int) -> bytes | None:
        """A file's content; None where there is none.

        Parameters
        ----------
        path
            Where it stands below the address, as in an address: a ``%`` begins a letter that was quoted.
        most_bytes
            How much of it is read.

        Raises
        ------
        RefusedUpdateError
            For more bytes than ``most_bytes``, and for bytes that trickle in: of the file or of what comes before,
            between and after.
        UnreachableError
            If the host cannot be reached, or answers with an error.
        """
        url = self.url + quote(path, safe="/%")
        with _Watch(self._timeout_s) as watch:
            response = self._response(url, path, watch)
            if watch.is_late:  # headers that were cut look as if they had ended
                raise _silent(path)
            return self._content(response, url, path, most_bytes, watch)

    def _response(self, url: str, path: str, watch: _Watch) -> BaseHTTPResponse:
        """What the host answers, at the end of all redirects."""
        try:
            timeout = urllib3.Timeout(self._timeout_s)
            return self._pool.request("GET", url, preload_content=False, timeout=timeout)
        except Exception as error:  # urllib3 does not wrap all that an answer brings about
            reason = (isinstance(error, urllib3.exceptions.MaxRetryError) and error.reason) or error
            if watch.is_late or isinstance(reason, (urllib3.exceptions.ReadTimeoutError, TimeoutError)):
                raise _silent(path) from None
            rule = "redirects to where nothing can be had" if watch.answers else "cannot be reached"
            raise UnreachableError(f"update: {url}: {rule} ({_what(reason)}); {_GOES_ON}") from None

    def _content(self, response: BaseHTTPResponse, url: str, path: str, most_bytes: int, watch: _Watch) -> bytes | None:
        if response.status in (403, 404):
            return None
        if response.status != 200:
            redirected = "redirected, and " * (len(watch.answers) > 1)
            raise UnreachableError(f"update: {url}: {redirected}answered with status {response.status}; {_GOES_ON}")
        content = bytearray()
        while chunk := self._chunk(response, url, path, len(content), watch):
            content += chunk
            if len(content) > most_bytes:
                raise refused(Attack.ENDLESS_DATA, path, f"must have at most {most_bytes:,} bytes", "more")
            passed_s = time.monotonic() - watch.began_s
            if passed_s > _GRACE_S and len(content) < self._least * passed_s:
                raise self._trickling(path, len(content), watch)
        return bytes(content)

    def _chunk(self, response: BaseHTTPResponse, url: str, path: str, so_far: int, watch: _Watch) -> bytes:
        """What is there, as more might never come; no later than the least rate allows."""
        allowed_s = (so_far + _CHUNK) / self._least if self._least else float("inf")
        watch.until(watch.began_s + _GRACE_S + allowed_s)
        try:
            chunk = response.read1(_CHUNK, decode_content=False)
        except Exception as error:  # as above
            if isinstance(error, (urllib3.exceptions.TimeoutError, TimeoutError)):
                raise _silent(path) from None
            if not watch.is_late:
                raise UnreachableError(f"update: {url}: broke off ({_what(error)}); {_GOES_ON}") from None
            chunk = b""
        if watch.is_late:  # a file that was cut looks as if it had ended
            raise self._trickling(path, so_far + len(chunk), watch)
        return chunk

    def _trickling(self, path: str, came: int, watch: _Watch) -> RefusedUpdateError:
        rule = f"must come with {self._least:,.0f} bytes a second"
        return refused(Attack.SLOW_RETRIEVAL, path, rule, f"{came / (time.monotonic() - watch.began_s):,.0f}")


class _Watch:
    """Shuts the socket that a thread reads from when its time is up: urllib3 bounds each read of it alone."""

    def __init__(self, allowed_s: float) -> None:
        self.began_s = time.monotonic()
        self.answers: list[HTTPResponse] = []
        self.begun: list[PlainResponse] = []
        self._lock = threading.Lock()
        self._due_s = self.began_s + allowed_s
        self._sock: socket.socket | None = None
        self._was_cut = False

    def __enter__(self) -> Self:
        with self._lock:
            self._start()
        _HERE.watch = self
        return self

    def __exit__(self, *_: object) -> None:
        _HERE.watch = None
        with self._lock:
            self._timer.cancel()
            self._sock = None
        for each in (*self.answers, *self.begun):  # some of which urllib3 forgets to close
            each.close()

    @property
    def left_s(self) -> float:
        """How much time there still is."""
        return self._due_s - time.monotonic()

    @property
    def is_late(self) -> bool:
        """Whether there was somebody to wait for, and for too long."""
        with self._lock:
            return self._was_cut or (self._sock is not None and self.left_s <= 0.0)

    def take(self, sock: socket.socket) -> None:
        """Watches this socket from now on."""
        with self._lock:
            self._sock = sock
            if self.left_s <= 0.0:
                self._cut()

    def until(self, due_s: float) -> None:
        """Gives the next stage its time."""
        with self._lock:
            self._due_s = due_s
            if due_s < self._rings_s:
                self._timer.cancel()
                self._start()

    def _start(self) -> None:
        self._rings_s = self._due_s
        self._timer = threading.Timer(min(max(self.left_s, 0.0), threading.TIMEOUT_MAX), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        with self._lock:
            if threading.current_thread() is not self._timer:
                return
            if self.left_s > 0.0:
                self._start()
            else:
                self._cut()

    def _cut(self) -> None:
        if self._sock is not None:
            self._was_cut = True
            with suppress(OSError):
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)  # of TLS too: its own would turn to plain text


_HERE = threading.local()


class _Answer(PlainResponse):
    """One that is closed in any case."""

    def begin(self) -> None:
        _HERE.watch.begun.append(self)
        super().begin()


class _Connection(HTTPConnection):
    """One whose socket is watched while an answer is read, and after that while its body is."""

    response_class = _Answer

    def connect(self) -> None:
        self.timeout = max(_HERE.watch.left_s, 0.001)
        super().connect()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        watch: _Watch = _HERE.watch
        watch.take(self.sock)
        response = super().getresponse()
        watch.answers.append(response)
        return response


class _TLSConnection(_Connection, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


def _silent(path: str) -> RefusedUpdateError:
    return refused(Attack.SLOW_RETRIEVAL, path, "must come without long silences", "a timeout")


def _what(error: BaseException) -> str:
    """The kind of an error and its text, which the host may have chosen."""
    text = ascii(str(error.__cause__ or error))[1:-1][:_SHOWN]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


_GOES_ON = "what is installed goes on; try again later"
