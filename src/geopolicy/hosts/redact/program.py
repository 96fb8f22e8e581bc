"""The program of the user that makes messages anonymous, one at a time."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from geopolicy.drives.bags.messages import Topic

TIMEOUT_S = 60.0
"""What takes longer for one message is ended."""


def anonymized(program: Path, topic: Topic, data: bytes) -> bytes | None:
    """What a program makes of a message; None where it fails, gives nothing, or gives what it got.

    It gets the message on its standard input, and what it is in ``GEOPOLICY_TOPIC``, ``GEOPOLICY_TYPE`` and
    ``GEOPOLICY_ENCODING``.
    """
    told = {"GEOPOLICY_TOPIC": topic.name, "GEOPOLICY_TYPE": topic.type_name, "GEOPOLICY_ENCODING": topic.encoding}
    try:
        done = subprocess.run(  # noqa: S603  # the program that the user names
            [program.absolute()],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | told,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    made = done.stdout
    return made if done.returncode == 0 and made and made != data else None
