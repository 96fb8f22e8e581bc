"""Volumes whose files are switched all at once: each edition of them is read by itself.

Kubernetes mounts a ConfigMap so: the files are links into the link ``..data``, which is switched from one hidden
folder to the next when the zones change.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

EDITION_LINK = "..data"
TRIES = 5
"""How often an edition is read that is switched meanwhile."""


def read_one_edition(folder: str, read: Callable[[str], T]) -> tuple[T, bool]:
    """What ``read`` makes of the edition that is mounted in a folder, and whether it stayed mounted meanwhile.

    All of it must be read at once: the edition may be removed after the next switch.
    """
    link = Path(folder, EDITION_LINK)
    for _ in range(TRIES):
        edition = os.path.realpath(link)
        content = read(edition)
        if os.path.realpath(link) == edition:
            return content, True
    return content, False


def is_of_edition(path: str) -> bool:
    """Whether an entry is ``..data``, leads through it, or is a folder of some edition."""
    is_hidden = Path(path).name.startswith("..") and not Path(path).is_file()
    return is_hidden or _within_edition(path) is not None


def followed_once(path: Path, editions: dict[str, str]) -> str:
    """Where a file is; what leads there through ``..data`` is followed once for all files beside it."""
    rest = _within_edition(str(path))
    if rest is None:
        return str(path)
    edition = editions.setdefault(str(path.parent), os.path.realpath(path.parent / EDITION_LINK))
    return str(Path(edition, rest))


def _within_edition(path: str) -> str | None:
    """The rest of the way that a link takes through ``..data``; None if it is no such link."""
    try:
        first, _, rest = os.readlink(path).partition(os.sep)  # noqa: PTH115  # the text of the link
    except (OSError, ValueError):  # no link, or no name that a file can have
        return None
    return rest if first == EDITION_LINK else None
