"""What is measured in processes of its own: import to first decision, and the memory of an open engine."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

RUNS = 15

_FIRST = """
import geopolicy
engine = geopolicy.open({path!r}, engine="kernel")
engine.decide(48.0, 11.0)
"""
_MODULES = """
import sys
before = set(sys.modules)
{code}
homes = [(name, getattr(module, "__file__", None) or "") for name, module in sys.modules.items() if name not in before]
print(sorted({{name.split(".")[0] for name, home in homes if "-packages" in home}} - {{"geopolicy"}}))
"""
_MEMORY = """
import contextlib, geopolicy, json
geopolicy.open
with contextlib.suppress(ImportError):
    import geopolicy.engines.kernel
def resident(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))
before = resident("VmRSS")
engine = geopolicy.open({path!r}, engine="kernel"{more})
engine.decide(48.0, 11.0)
print(json.dumps({{"resident": resident("VmRSS") - before, "peak": resident("VmHWM") - before}}))
"""


def _python(code: str) -> str:
    """What an isolated interpreter prints."""
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout


def memory_of(path: Path) -> dict[str, Any] | None:
    """Bytes that an opened pack keeps, as a private copy and mapped; None where it cannot be told."""
    if not Path("/proc/self/status").exists():
        return None
    modes = {"copy": "", "mmap": ", mmap=True"}
    return {name: json.loads(_python(_MEMORY.format(path=str(path), more=more))) for name, more in modes.items()}


def first_decision(path: Path, runs: int = RUNS) -> dict[str, Any]:
    """Milliseconds beyond a bare interpreter up to the first decision, and third-party packages loaded on the way."""
    code = _FIRST.format(path=str(path))
    codes = {"bare": "pass", "import": "import geopolicy", "first": code, "shapely": "import shapely"}
    spent: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(runs):
        for name, own in codes.items():
            began = time.perf_counter()
            _python(own)
            spent[name].append(1e3 * (time.perf_counter() - began))
    bare = {"best": min(spent["bare"]), "median": statistics.median(spent["bare"])}
    found: dict[str, Any] = {"bare": bare}
    for name in ("import", "first", "shapely"):
        own = {"best": min(spent[name]), "median": statistics.median(spent[name])}
        found[name] = {kind: own[kind] - bare[kind] for kind in own}
    found["third_party"] = _python(_MODULES.format(code=code)).strip()
    return found
