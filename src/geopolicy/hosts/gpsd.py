"""gpsd: its reports over the JSON socket."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from geopolicy.model.fixes import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 2947
SCHEME = "gpsd://"
_WAIT_S = 0.2
_CONNECT_S = 5.0
_SILENT_READS = 150
"""After so many reads in a row without a byte, half a minute, the connection is made anew."""
_MAX_LINE_BYTES = 65_536
_CHUNK_BYTES = 4096
_MAX_DEVICES = 100
"""A gpsd that names more is not believed: what was known of them is forgotten."""


class GpsdLink:
    """The socket of a gpsd, which is asked for the reports of all its devices, or of one.

    Parameters
    ----------
    address
        ``gpsd://HOST``, with ``:PORT`` if it is not 2947 and the path of a device if not all are meant.

    Raises
    ------
    ValueError
        For an address that is none.
    """

    is_reopened = True
    is_held_back = False

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            self._host, self._port = parts.hostname, parts.port or PORT
        except ValueError:  # of a port that is none
            self._host = None
        if not address.startswith(SCHEME) or self._host is None or parts.query or parts.fragment or parts.username:
            raise ValueError(f"a gpsd must be given as gpsd://HOST[:PORT][/DEVICE], got {address!r}")
        self.name = address
        self._device = parts.path.rstrip("/")
        self._socket: socket.socket | None = None
        self._silent = 0

    def open(self) -> None:
        """Connect, and ask for reports."""
        watch: dict[str, Any] = {"enable": True, "json": True}
        if self._device:
            watch["device"] = self._device
        self._socket = socket.create_connection((self._host, self._port), _CONNECT_S)
        self._socket.sendall(f"?WATCH={json.dumps(watch)};\n".encode())
        self._socket.settimeout(_WAIT_S)
        self._silent = 0

    def read(self) -> bytes | None:
        """What came."""
        if self._socket is None:
            return b""
        try:
            data = self._socket.recv(_CHUNK_BYTES)
        except TimeoutError:
            self._silent += 1
            return None if self._silent < _SILENT_READS else b""
        self._silent = 0
        return data

    def close(self) -> None:
        """Disconnect."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class GpsdStream:
    r"""Makes fixes of what gpsd sends: one for each TPV, with the ``monotonic_s`` of its arrival.

    gpsd may report one measurement several times: those that state the time of the one before have its ``monotonic_s``.

    Examples
    --------
    >>> stream = GpsdStream()
    >>> device = b'{"class":"DEVICE","path":"/dev/ttyS0","driver":"NMEA0183"}\n'
    >>> tpv = b'{"class":"TPV","device":"/dev/ttyS0","mode":3,"lat":45.5,"lon":13.5,"eph":9.5}\n'
    >>> list(stream.add(device + tpv, 100.0))
    [Fix(position hidden, accuracy_95_m=9.5, monotonic_s=100.0)]
    """

    def __init__(self) -> None:
        self.skipped: dict[str, int] = {}
        self._line = b""
        self._drivers: dict[Any, str | None] = {}
        self._last: dict[Any, tuple[str, float]] = {}  # the time of the last TPV of each device

    def add(self, chunk: bytes, now_s: float) -> Iterator[Fix]:
        """The fixes that these bytes complete, which came now."""
        *lines, self._line = (self._line + chunk).split(b"\n")
        if len(self._line) > _MAX_LINE_BYTES:
            self._line = b""
            self._skip("line too long")
        for line in lines:
            yield from self._of_line(line, now_s)

    def pause(self, *, is_long: bool = True) -> Iterator[Fix]:
        """Nothing: a report is whole with its line. After a long while half of one is over."""
        if is_long:
            self._line = b""
        return iter(())

    def _of_line(self, line: bytes, now_s: float) -> Iterator[Fix]:
        try:
            report = json.loads(line)
        except (ValueError, RecursionError):
            self._skip("line that is no JSON")
            return
        kind = report.get("class") if isinstance(report, dict) else None
        if kind == "TPV":
            yield self._fix(report, now_s)
        elif kind == "DEVICE":
            self._note(report)
        elif kind == "DEVICES":
            devices = report.get("devices")
            for device in devices if isinstance(devices, list) else ():
                self._note(device)

    def _note(self, device: Any) -> None:
        path = device.get("path") if isinstance(device, dict) else None
        if isinstance(path, str):
            driver = device.get("driver")
            if len(self._drivers) >= _MAX_DEVICES:
                self._drivers.clear()
            self._drivers[path] = driver if isinstance(driver, str) else None

    def _fix(self, tpv: dict[str, Any], now_s: float) -> Fix:
        device, time = tpv.get("device"), tpv.get("time")
        device = device if isinstance(device, str) else None
        at_s = now_s
        if isinstance(time, str):
            last, last_at_s = self._last.get(device, ("", 0.0))
            at_s = last_at_s if time == last else now_s
            if len(self._last) >= _MAX_DEVICES:
                self._last.clear()
            self._last[device] = time, at_s
        return Fix.from_gpsd(tpv, monotonic_s=at_s, driver=self._drivers.get(device))

    def _skip(self, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + 1
