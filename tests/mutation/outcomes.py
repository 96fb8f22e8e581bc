"""What became of all mutants, as a page; and the reasons why some of them change nothing."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")
PAGE = ROOT / "docs" / "mutation.md"
_HEAD = """# Mutation testing

Would the tests notice if the code were wrong? `python tests/mutation/run.py` changes the look-up of the kernel and the
policy, one operator, condition or statement at a time (in Python numbers, too), and runs the tests upon each change:
for the kernel the vectors, its own tests in C (with doubles in hardware, in software, and without builtins), the
sanitizers, and the tests in Python of what asks it; for the policy its own tests, then those of engines, monitor,
`geopolicy.testing` and zone files. A change that no test notices lives. What lives is killed by a new test, or it is
explained below why it changes no answer.

The command can be stopped and goes on. It needs gcc, and a few hours.

- *not counted*: what no compiler takes, and what an optimising compiler turns into the same program.
- *explained*: each is shown below, with the reason why no test can notice it.
- *live*: no test notices it, and nobody has shown that it changes nothing.

"""


def explained() -> dict[str, str]:
    """The reason of each mutant that no test can notice, by its key."""
    reasons = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["because"]
    return {key: own["reason"] for own in reasons for key in own["mutants"]}


def _row(name: str, mutants: Sequence[Mutant], judged: Mapping[str, Mapping[str, str]]) -> str:
    reasons = explained()
    counts: Counter[str] = Counter()
    for mutant in mutants:
        outcome = judged[mutant.key]["outcome"]
        counts["explained" if outcome == "survived" and mutant.key in reasons else outcome] += 1
    counted = counts["killed"] + counts["survived"]
    share = f"{100 * counts['survived'] / counted:.1f} %" if counted else "-"
    others = counts["not built"] + counts["same program"]
    cells = (name, counted, counts["killed"], counts["survived"], share, counts["explained"], others)
    return f"| {' | '.join(map(str, cells))} |"


def page(mutants: Sequence[Mutant], judged: Mapping[str, Mapping[str, str]]) -> str:
    """The page of all mutants, each of which was judged."""
    rows = [_row(f"`{Path(path).name}`", list(own), judged) for path, own in groupby(mutants, lambda own: own.path)]
    kernel = [mutant for mutant in mutants if "/kernel/" in mutant.path]
    policy = [mutant for mutant in mutants if "/policy/" in mutant.path]
    sums = [_row("**look-up of the kernel**", kernel, judged), _row("**policy**", policy, judged)]
    table = "\n".join([*rows, *sums])
    return (
        f"{_HEAD}| file | counted | killed | live | share | explained | not counted |\n|---|---|---|---|---|---|---|\n"
        f"{table}\n\n## What changes no answer\n\n{_reasons()}"
    )


def _reasons() -> str:
    parts = []
    for own in tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["because"]:
        lines = [f"    {key.removeprefix('src/geopolicy/')}" for key in own["mutants"]]
        parts.append("\n".join([own["reason"].strip(), "", *lines, ""]))
    return "\n".join(parts)


def write_page(mutants: Sequence[Mutant], judged: Mapping[str, Mapping[str, str]]) -> None:
    """Writes the page."""
    PAGE.write_text(page(mutants, judged), encoding="utf-8")
