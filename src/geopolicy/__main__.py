"""The ``geopolicy`` command as a process: its streams, its signals, and what is missing where it is not installed."""

from __future__ import annotations

import _thread
import io
import os
import select
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import TextIO

_ENDING = {"SIGINT": "interrupted", "SIGTERM": "ended by a signal", "SIGHUP": "the terminal is gone"}
_MAIN_THREAD_S = 0.05
_ending = _thread.RLock()


def main() -> int:
    """Runs the command line; returns its exit code."""
    _fill_closed_streams()
    _end_on_signals()
    sys.stdout, sys.stderr = _buffered(sys.stdout), _buffered(sys.stderr)
    try:
        from geopolicy.cli.app import run

        code = run()
    except ModuleNotFoundError as error:
        if sys.stderr is not None:
            sys.stderr.write(f"geopolicy: {_what_to_install(error.name)}\n")
        code = 2
    _drop_what_cannot_be_written()
    return code


def _what_to_install(name: str | None) -> str:
    if (name or "").partition(".")[0] in ("typer", "rich"):
        return "the command line needs typer and rich; pip install 'geopolicy[cli]'"
    return f"the module {name!r} is missing; install geopolicy again"


def _end_on_signals() -> None:
    """So that a signal ends the command in any line, also while modules are imported.

    An exception would be swallowed where Python cannot pass it on (in finalizers, in callbacks of the garbage
    collector). What was to be ignored (``nohup``, jobs in the background) stays ignored.
    """
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    _thread.start_new_thread(_end_if_blocked, (read,))


def _end_if_blocked(pipe: int) -> None:
    """Ends the process where the main thread does not come to do it, because it is reading or computes in C."""
    number = os.read(pipe, 1)[0]
    time.sleep(_MAIN_THREAD_S)
    _end(number)


def _end(number: int, _frame: FrameType | None = None) -> None:
    """Ends the process with nothing half-written: 128 and the signal's number, as shells count."""
    _ending.acquire()  # for good: one thread ends the process, and the other goes no further
    atomic = sys.modules.get("geopolicy.base.atomic")
    for name in tuple(getattr(atomic, "unfinished", ())):
        try:
            os.unlink(name)  # noqa: PTH108  # pathlib may be only half imported
        except OSError:
            continue
    text = _ENDING[signal.Signals(number).name]
    try:
        has_progress = os.isatty(2) and os.environ.get("TERM") != "dumb"
        start_of_line = "\r\x1b[K" if has_progress else ""
        if _takes_a_line(2):
            os.write(2, f"{start_of_line}{text}\n".encode())
    except (OSError, ValueError):  # ValueError: a number that select cannot take
        pass
    os._exit(128 + number)


def _takes_a_line(descriptor: int) -> bool:
    """Whether a short line can be written without waiting for who reads, which may be for ever."""
    if os.name == "nt":  # where select takes sockets only
        return True
    return bool(select.select([], [descriptor], [], 0)[1])


def _fill_closed_streams() -> None:
    """So that no file that is opened later becomes standard output or error, and is written to by a library."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The wrong way round, so that using it fails; the lowest number that is free is this one.
            os.open(os.devnull, os.O_WRONLY if number == 0 else os.O_RDONLY)


def _buffered(stream: TextIO) -> TextIO:
    """A stream that fails where the system takes only a part: with ``PYTHONUNBUFFERED`` Python loses the rest."""
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.RawIOBase):
        return stream
    encoding, errors = stream.encoding, stream.errors
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=True)


def _drop_what_cannot_be_written() -> None:
    """So that Python does not try again, and complain, when it ends; the failure has been told."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
