"""All mutants: of the kernel's look-up, and of the policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from c_mutants import c_mutants
from python_mutants import python_mutants

if TYPE_CHECKING:
    from mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]


def all_mutants() -> list[Mutant]:
    """Those of every file, in the order of its lines."""
    look_up = sorted((ROOT / "src" / "geopolicy" / "kernel" / "lookup").glob("gp_*"))
    policy = sorted((ROOT / "src" / "geopolicy" / "policy").glob("*.py"))
    found = []
    for path in (*look_up, *policy):
        make = python_mutants if path.suffix == ".py" else c_mutants
        found += make(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    return found
