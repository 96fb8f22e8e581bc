"""A child process whose calls of the system are seen, fail, or are its last: run under strace.

What counts lies between two look-ups of paths that do not exist, ``BEGINS`` and ``ENDS``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import geopolicy

BEGINS, ENDS = "/geopolicy-window-begins", "/geopolicy-window-ends"
SUPPORT = Path(__file__).resolve().parent
SOURCE = Path(geopolicy.__file__).resolve().parent.parent
CALL = re.compile(r"^(?:\d+ +)?(\w+)\(", re.MULTILINE)
# Calls for memory touch no file, and are more or fewer from run to run, as hashes of texts differ.
OF_MEMORY = {"brk", "madvise", "mmap", "mprotect", "mremap", "munmap"}


def trace(strace, child, scenario, folder, fault=None):
    """Runs ``main(scenario, folder)`` of a module in a child; how it ended, and every call that it made."""
    program = (
        f"import sys; sys.path[:0] = [{str(SOURCE)!r}, {str(SUPPORT)!r}]\nimport {child}; {child}.main(*sys.argv[1:])"
    )
    log = folder.parent / f"{folder.name}.trace"
    inject = ["-e", f"inject={fault}"] if fault else []
    command = [strace, "-f", "-o", str(log), *inject, sys.executable, "-S", "-E", "-B", "-c", program]
    done = subprocess.run([*command, scenario, str(folder)], capture_output=True, text=True, check=False, timeout=60)
    return done, log.read_text(encoding="utf-8", errors="replace")


def window_of(text):
    """The calls in the window, each with how often the same was made until then."""
    before, _, rest = text.partition(BEGINS)
    inside, _, _ = rest.partition(ENDS)
    seen = Counter(CALL.findall(before))
    for name in CALL.findall(inside)[:-1]:  # the last is the look-up that ends the window
        seen[name] += 1
        if name not in OF_MEMORY:
            yield name, seen[name]
