"""What became of all mutants, as a page; and the reasons why some of them change nothing."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")
OUTCOMES = Path(__file__).with_name("outcomes.json")
PAGE = ROOT / "docs" / "mutation.md"
_HEAD = """# Mutation testing

Would the tests notice if the code were wrong? `python tests/mutation/run.py` changes the look-up of the kernel and the
policy, one operator, condition or statement at a time (in Python numbers, too), and runs the tests upon each change:
for the kernel the vectors, its own tests in C (with doubles in hardware, in software, and without builtins), the
sanitizers, and the tests in Python of what asks it; for the policy its own tests, then those of engines, monitor,
`geopolicy.testing` and zone files. A change that no test notices lives. What lives is killed by a new test, or it is
explained below why it changes no answer.

The command can be stopped and goes on. It needs gcc, and a few hours: `--quick` leaves out the sanitizers and the tests
in Python for the kernel, and all but its own tests for the policy; `--again` asks what then lives once more, at length.
The figures below are those of `--quick`, and of `--again` for what was left and could not be explained.

- *not counted*: what no compiler takes, and what an optimising compiler turns into the same program.
- *explained*: each is shown below, with the reason why no test can notice it.
- *live*: no test notices it, and nobody has shown that it changes nothing.

"""


def explained() -> dict[str, str]:
    """The reason of each mutant that no test can notice, by its key."""
    reasons = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["because"]
    return {key: own["reason"] for own in reasons for key in own["mutants"]}


def summary(mutants: Sequence[Mutant], judged: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """How many mutants of each file had each outcome, and the keys of those that live and are not explained."""
    reasons = explained()
    files: dict[str, Counter[str]] = {}
    live = []
    for mutant in mutants:
        outcome = judged[mutant.key]["outcome"]
        if outcome == "survived" and mutant.key in reasons:
            outcome = "explained"
        elif outcome == "survived":
            live.append(mutant.key)
        files.setdefault(mutant.path, Counter())[outcome] += 1
    return {"files": files, "live": live}


def page(outcomes: Mapping[str, Any]) -> str:
    """The page of a summary."""
    rows = [_row(f"`{Path(path).name}`", counts) for path, counts in outcomes["files"].items()]
    for name, part in (("**look-up of the kernel**", "/kernel/"), ("**policy**", "/policy/")):
        total: Counter[str] = Counter()
        for path, counts in outcomes["files"].items():
            total.update(counts if part in path else {})
        rows.append(_row(name, total))
    return (
        f"{_HEAD}| file | counted | killed | live | share | explained | not counted |\n|---|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + f"\n\n## What lives\n\n{_listed(outcomes['live'])}\n## What changes no answer\n\n{_reasons()}"
    )


def _row(name: str, counts: Mapping[str, int]) -> str:
    killed, live = counts.get("killed", 0), counts.get("survived", 0)
    share = f"{100 * live / (killed + live):.1f} %" if killed + live else "-"
    others = counts.get("not built", 0) + counts.get("same program", 0)
    cells = (name, killed + live, killed, live, share, counts.get("explained", 0), others)
    return f"| {' | '.join(map(str, cells))} |"


def _listed(keys: Sequence[str]) -> str:
    return "".join(f"    {key.removeprefix('src/geopolicy/')}\n" for key in keys) or "Nothing.\n"


def _reasons() -> str:
    reasons = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["because"]
    return "\n".join(f"{own['reason'].strip()}\n\n{_listed(own['mutants'])}" for own in reasons)


def write_page(mutants: Sequence[Mutant], judged: Mapping[str, Mapping[str, str]]) -> None:
    """Writes the summary, and the page that is made of it."""
    outcomes = summary(mutants, judged)
    OUTCOMES.write_text(json.dumps(outcomes, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(outcomes), encoding="utf-8")
