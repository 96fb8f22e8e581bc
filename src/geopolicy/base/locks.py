"""A folder that one process at a time writes to."""

from __future__ import annotations

import os
from time import sleep

try:
    import fcntl
except ImportError:  # no locks of this kind on Windows
    fcntl = None  # type: ignore[assignment]  # asked for before it is used

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_PAUSE_S = 0.02


def lock_folder(folder: Path, wait_s: float = 0.0) -> int | None:
    """Locks a folder; the lock ends when the handle is closed, or with the process, however that ends.

    None where there are no such locks, on Windows and on some file systems of a network: nothing protects there.
    Nothing is written, so that nothing is left behind.

    Raises
    ------
    BlockingIOError
        If another one has it, and keeps it for so many seconds.
    OSError
        If the folder cannot be opened.
    """
    if fcntl is None:
        return None
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(handle, wait_s)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle


def _lock(handle: int, wait_s: float) -> None:
    pauses = int(wait_s / _PAUSE_S)
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not pauses:
                raise
        pauses -= 1
        sleep(_PAUSE_S)
