"""Files from a static host, no more of them and no slower than is reasonable."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import urllib3

from geopolicy.base.arguments import check_kind, number
from geopolicy.errors import UpdateError
from geopolicy.update.refusals import Attack, refused

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

_CHUNK = 65_536
_GRACE_S = 5.0


class UnreachableError(UpdateError):
    """The repository did not answer: nothing is known of what is new, and what is installed goes on."""


class Fetcher:
    """Asks a static host for files below an address.

    Parameters
    ----------
    url
        Where the repository stands, such as ``"https://zones.example.org/fleet/"``.
    timeout_s
        How long the host may be silent.
    least_bytes_per_s
        A file that comes more slowly on average, from 5 s on, is given up.
    """

    def __init__(self, url: str, *, timeout_s: float = 30.0, least_bytes_per_s: float = 1000.0) -> None:
        check_kind("url", url, str, "a text such as 'https://zones.example.org/fleet/'")
        timeout_s, least_bytes_per_s = number("timeout_s", timeout_s), number("least_bytes_per_s", least_bytes_per_s)
        if not 0.0 < timeout_s < float("inf"):
            raise ValueError(f"timeout_s must be above 0 seconds, got {timeout_s:g}")
        if not 0.0 <= least_bytes_per_s < float("inf"):
            raise ValueError(f"least_bytes_per_s must be 0 or more, got {least_bytes_per_s:g}")
        self.url = url.rstrip("/") + "/"
        self._timeout = urllib3.Timeout(timeout_s)
        self._least = least_bytes_per_s
        self._pool = urllib3.PoolManager(retries=urllib3.Retry(connect=0, read=0, redirect=3, status=0, other=0))

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
            For more bytes than ``most_bytes``, and for bytes that trickle in.
        UnreachableError
            If the host cannot be reached, or answers with an error.
        """
        url = self.url + quote(path, safe="/%")
        began = time.monotonic()
        try:
            response = self._pool.request("GET", url, preload_content=False, timeout=self._timeout)
            try:
                return self._content(response, path, most_bytes, began)
            finally:
                response.close()
        except urllib3.exceptions.TimeoutError:
            raise refused(Attack.SLOW_RETRIEVAL, path, "must come without long silences", "a timeout") from None
        except urllib3.exceptions.HTTPError as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, urllib3.exceptions.ReadTimeoutError):
                raise refused(Attack.SLOW_RETRIEVAL, path, "must come without long silences", "a timeout") from None
            raise UnreachableError(f"update: {url}: cannot be reached ({type(reason).__name__}); {_GOES_ON}") from None

    def _content(self, response: BaseHTTPResponse, path: str, most_bytes: int, began: float) -> bytes | None:
        if response.status in (403, 404):
            return None
        if response.status != 200:
            raise UnreachableError(f"update: {self.url}{path}: answered with status {response.status}; {_GOES_ON}")
        content = bytearray()
        while chunk := response.read1(_CHUNK, decode_content=False):  # what is there: more might never come
            content += chunk
            if len(content) > most_bytes:
                raise refused(Attack.ENDLESS_DATA, path, f"must have at most {most_bytes:,} bytes", "more")
            passed_s = time.monotonic() - began
            if passed_s > _GRACE_S and len(content) < self._least * passed_s:
                rule = f"must come with {self._least:,.0f} bytes a second"
                raise refused(Attack.SLOW_RETRIEVAL, path, rule, f"{len(content) / passed_s:,.0f}")
        return bytes(content)


_GOES_ON = "what is installed goes on; try again later"
