"""Processes whose calls of the system are seen, fail, or are their last: forks of one that has loaded all it needs.

As `traced_calls`, at a tenth of the time: an interpreter begins once, and strace is attached to each fork before it
goes on.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from traced_calls import SOURCE, SUPPORT

if TYPE_CHECKING:
    from pathlib import Path

GOES_ON = signal.SIGUSR1
_ANY_TRACER = 0x59616D61, ctypes.c_ulong(-1)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY: a sibling may trace it


class Traced(NamedTuple):
    """How a fork ended, as `subprocess` says it, and every call that it made."""

    returncode: int
    text: str


class Forks:
    """A process that forks for each run of a module's ``main``. A context manager, which ends it."""

    def __init__(self, strace: str, child: str) -> None:
        self._strace = strace
        program = f"import sys; sys.path[:0] = [{str(SOURCE)!r}, {str(SUPPORT)!r}]\nimport traced_forks as own"
        command = [sys.executable, "-S", "-E", "-B", "-c", f"{program}; own.serve(sys.argv[1])", child]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, folder: Path, *arguments: str, fault: str | None = None) -> Traced:
        """Runs ``main(*arguments, folder)``, with a fault as strace injects it."""
        log = folder.parent / f"{folder.name}.trace"
        pid = self._ask([*arguments, str(folder)])
        inject = ["-e", f"inject={fault}"] if fault else []
        command = [self._strace, "-f", "-o", str(log), *inject, "-p", str(pid)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            said = tracer.stderr.readline()
            os.kill(pid, GOES_ON)
            status = int(self._answer())
            tracer.communicate(timeout=60)
        assert "attached" in said, said
        text = log.read_text(encoding="utf-8", errors="replace")
        log.unlink()
        return Traced(os.waitstatus_to_exitcode(status), text)

    def _ask(self, arguments: list[str]) -> int:
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def _answer(self) -> str:
        return self._process.stdout.readline()

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)


def serve(child: str) -> None:
    """Forks for each line of arguments; prints the number of the fork, and how it ended."""
    main = import_module(child).main
    allow = ctypes.CDLL(None).prctl
    signal.pthread_sigmask(signal.SIG_BLOCK, [GOES_ON])
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            allow(*_ANY_TRACER, 0, 0, 0)
            signal.sigwait([GOES_ON])
            os._exit(main(*json.loads(line)))
        print(pid, flush=True)
        print(os.waitpid(pid, 0)[1], flush=True)
