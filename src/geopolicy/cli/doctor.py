"""``geopolicy doctor``: what is in use here, and why."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import geopolicy
from geopolicy.cli import console
from geopolicy.cli.options import AsJson
from geopolicy.engines.open import why_no_kernel

_LIBRARIES = ("numpy", "shapely", "pyproj", "typer")


def doctor(*, as_json: AsJson = False) -> int:
    """Say which engine runs here and why, and what this installation lacks. Exit code 1 if it lacks something.

    Example: geopolicy doctor
    """
    facts, faults = _facts()
    if as_json:
        console.print_json("doctor", _as_json(facts, faults))
    else:
        for name, value in facts.items():
            console.say(f"{name:<12} {value}")
        for fault in faults:
            console.say(f"fault: {fault}", "bold red")
        console.say(
            "ok: nothing is missing" if not faults else console.count_text(len(faults), "fault"),
            "green" if not faults else None,
        )
    return console.REFUSED if faults else 0


def _facts() -> tuple[dict[str, Any], list[str]]:
    """What is known of this installation, and what is wrong with it."""
    facts: dict[str, Any] = {
        "geopolicy": geopolicy.__version__,
        "python": f"{platform.python_version()} on {sys.platform} {platform.machine()}",
    }
    lack = why_no_kernel()
    facts["engine"] = f"reference: {lack}" if lack else f"kernel: compiled, {_kernel_file()}"
    faults = [f"{lack}; install a C compiler and reinstall geopolicy"] if lack else []
    for name in _LIBRARIES:
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "missing"
            faults.append(f"{name} is not installed; pip install 'geopolicy[cli]'")
    try:
        ZoneInfo("Asia/Shanghai")
        facts["time zones"] = "found"
    except ZoneInfoNotFoundError:
        facts["time zones"] = "missing"
        faults.append("no time zone database: every schedule counts as in force; pip install tzdata")
    faults += _engine_faults()
    return facts, faults


def _as_json(facts: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    """The facts under names that programs read."""
    python, _, platform_name = facts["python"].partition(" on ")
    engine, _, detail = facts["engine"].partition(": ")
    return {
        "ok": not faults,
        "geopolicy": facts["geopolicy"],
        "python": python,
        "platform": platform_name,
        "engine": engine,
        "engine_detail": detail,
        "libraries": {name: None if facts[name] == "missing" else facts[name] for name in _LIBRARIES},
        "time_zones": facts["time zones"] == "found",
        "faults": faults,
    }


def _kernel_file() -> str:
    from geopolicy import _kernel

    return Path(_kernel.__file__ or "built in").name


def _engine_faults() -> list[str]:
    """Whether the engine answers a question to which the answer is known."""
    ring = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    square = geopolicy.Zone(
        "self-test", {"type": "Polygon", "coordinates": [ring]}, [geopolicy.Rule(["*"], geopolicy.Level.OFF)]
    )
    engine = geopolicy.open(geopolicy.ZoneSet([square]), engine="reference" if why_no_kernel() else "kernel")
    is_right = bool(engine.decide(1.0, 0.5).disabled) and not engine.decide(1.0000001, 0.5).disabled
    return [] if is_right else ["the engine does not tell an edge from one unit beside it; reinstall geopolicy"]
