"""What became of all mutants, as a page; and the reasons why some of them change nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")
PAGE = ROOT / "docs" / "mutation.md"


def explained() -> dict[str, str]:
    """The reason of each mutant that no test can notice, by its key."""
    if not EXPLAINED.exists():
        return {}
    reasons = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["because"]
    return {key: own["reason"] for own in reasons for key in own["mutants"]}


def write_page(mutants: list[Mutant], judged: Mapping[str, Mapping[str, str]]) -> None:
    raise NotImplementedError
