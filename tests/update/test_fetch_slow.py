"""Hosts that drip, wherever in an answer, and answers that are none."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from geopolicy.update import fetch
from geopolicy.update.fetch import Fetcher, UnreachableError
from geopolicy.update.refusals import Attack, RefusedUpdateError

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
DRIPPING = {
    "the status line": (b"", b"H"),
    "headers": (OK, b"a: b\r\n"),
    "one header": (OK + b"a: ", b"b"),
    "headers of no file": (b"HTTP/1.1 404 Not Found\r\n", b"a: b\r\n"),
    "headers of a redirect": (b"HTTP/1.1 302 Found\r\nLocation: /else\r\n", b"a: b\r\n"),
    "the body of a redirect": (b"HTTP/1.1 302 Found\r\nLocation: /else\r\n\r\n", b"b"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers of an interim answer": (b"HTTP/1.1 100 Continue\r\n", b"a: b\r\n"),
}
DRIPPING_BODIES = {
    "extensions of a chunk": (CHUNKED + b"4;", b"a"),
    "trailers": (CHUNKED + b"4\r\nfile\r\n0\r\n", b"a: b\r\n"),
    "chunks": (CHUNKED, b"1\r\na\r\n"),
    "a body of some length": (OK + b"Content-Length: 100\r\n\r\n", b"a"),
    "a body up to the end": (OK + b"\r\n", b"a"),
    "a body of a host that closes": (OK + b"Connection: close\r\nContent-Length: 100\r\n\r\n", b"a"),
}


@contextmanager
def raw_host(answers):
    """The address of a host that sends, for a path, some bytes, and then others again and again, one by one."""
    ended = threading.Event()

    def answer(taken):
        with taken, suppress(OSError):
            while asked := taken.recv(65_536):
                first, again = answers[asked.split()[1].decode()]
                taken.sendall(first)
                if again is None:
                    return
                while again and not ended.is_set():
                    for at in range(len(again)):
                        taken.sendall(again[at : at + 1])
                        ended.wait(0.02)

    def serve():
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)


def outcome(fetcher, path="a"):
    """What asking for a file gives or raises, in a time that ends."""
    found = []

    def ask():
        try:
            found.append(fetcher.get(path, 1000))
        except BaseException as error:  # whatever it is, a test looks at it
            found.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(30)
    assert found, "the host still drips, and the vehicle still waits"
    return found[0]


def answered(first, again=None, elsewhere=(OK + b"\r\n", None)):
    """What asking a host gives that answers so, and where it may redirect to otherwise."""
    with raw_host({"/a": (first, again), "/else": elsewhere}) as url:
        return outcome(Fetcher(url, timeout_s=0.3))


@pytest.fixture
def no_grace(monkeypatch):
    """No 5 s until a rate counts."""
    monkeypatch.setattr(fetch, "_GRACE_S", 0.3)


@pytest.mark.parametrize("where", DRIPPING)
def test_drips_before_the_body_are_slow_retrieval(where):
    refusal = answered(*DRIPPING[where])
    assert isinstance(refusal, RefusedUpdateError), refusal
    assert refusal.attack == Attack.SLOW_RETRIEVAL
    assert "a: must come without long silences, got a timeout" in str(refusal)


@pytest.mark.usefixtures("no_grace")
@pytest.mark.parametrize("where", DRIPPING_BODIES)
def test_drips_in_the_body_are_slow_retrieval(where):
    with raw_host({"/a": DRIPPING_BODIES[where]}) as url:
        refusal = outcome(Fetcher(url, timeout_s=0.3, least_bytes_per_s=1e6))
    assert isinstance(refusal, RefusedUpdateError), refusal
    assert refusal.attack == Attack.SLOW_RETRIEVAL
    assert "a: must come with 1,000,000 bytes a second" in str(refusal)


@pytest.mark.parametrize("first", [b"", OK, OK + b"\r\n", CHUNKED + b"4\r\nfile\r\n0\r\n"])
def test_silence_is_slow_retrieval(first):
    refusal = answered(first, b"")
    assert isinstance(refusal, RefusedUpdateError), refusal
    assert "a: must come without long silences, got a timeout (slow-retrieval)" in str(refusal)


def test_redirect_to_a_place_that_drips_is_slow_retrieval():
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n"
    refusal = answered(redirect, b"", (OK, b"a: b\r\n"))
    assert isinstance(refusal, RefusedUpdateError), refusal
    assert refusal.attack == Attack.SLOW_RETRIEVAL


def test_after_drips_the_next_file_comes():
    file = (OK + b"Content-Length: 4\r\n\r\nfile", b"")
    with raw_host({"/a": file, "/slow": (OK, b"a: b\r\n")}) as url:
        fetcher = Fetcher(url, timeout_s=0.3)
        assert [fetcher.get("a", 4), fetcher.get("a", 4)] == [b"file"] * 2
        assert outcome(fetcher, "slow").attack == Attack.SLOW_RETRIEVAL
        assert fetcher.get("a", 4) == b"file"


@pytest.mark.parametrize(
    "location",
    [b"http://[::1", b"ftp://a/", b"http://127.0.0.1:0/", b"http://" + b"a" * 70 + b".b/", b"/a", b"http://a:b/"],
)
def test_redirect_that_goes_wrong_says_so(location):
    trouble = answered(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n", b"")
    assert isinstance(trouble, UnreachableError), trouble
    assert "redirects to where nothing can be had (" in str(trouble)
    assert str(trouble).endswith("what is installed goes on; try again later")


@pytest.mark.parametrize("status", [b"500 Oh", b"503 Oh\r\nRetry-After: 9", b"302 Found", b"204 Nothing", b"103 Hints"])
def test_other_status_says_its_number(status):
    trouble = answered(b"HTTP/1.1 " + status + b"\r\n\r\n")
    assert isinstance(trouble, UnreachableError), trouble
    assert f"answered with status {status[:3].decode()}; what is installed goes on" in str(trouble)


@pytest.mark.parametrize(
    ("first", "rule"),
    [
        (b"", "cannot be reached ("),
        (b"no HTTP\r\n\r\n", "cannot be reached ("),
        (OK + b"a: b\r\n" * 200 + b"\r\n", "cannot be reached ("),
        (OK + b"Content-Length: 1, 2\r\n\r\n", "cannot be reached ("),
        (OK + b"Content-Length: 9\r\n\r\nfile", "broke off ("),
        (CHUNKED + b"no number\r\n", "broke off ("),
        (CHUNKED + b"f" * 40 + b"\r\nfile", "broke off ("),
    ],
)
def test_answer_that_is_none_is_trouble(first, rule):
    trouble = answered(first)
    assert isinstance(trouble, UnreachableError), trouble
    assert rule in str(trouble)
    assert str(trouble).endswith("what is installed goes on; try again later")
