"""What all campaigns tried so far, as a page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns import read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / "evidence.json"
PAGE = ROOT / "docs" / "evidence.md"
_HEAD = """# Evidence

What random work tried so far to find an answer that is wrong, and what it found. `evidence.json` holds the figures by
commit and by machine; this page is made of it. A step of a campaign depends on its number and on the seed alone, so
that what was found can be had again, and no step is counted twice.

    python tests/campaign.py --minutes 10

runs every campaign for ten minutes more, and adds to both. It may be stopped at any time: at most five minutes of each
campaign are lost. `--only positions` takes those whose names contain the word.

"""


def page(record: Mapping[str, Any]) -> str:
    """The page of a record."""
    total: Counter[str] = Counter()
    rows, found, commits, seconds = [], [], set(), 0.0
    for name, entry in sorted(record.items()):
        counts: Counter[str] = Counter()
        for sums in entry["runs"]:
            counts.update(sums["counts"])
            commits.add(sums["commit"])
            seconds += sums["seconds"]
            found += [(name, sums["commit"], one) for one in sums["found"]]
        total.update(counts)
        texts = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
        rows.append(f"| {name.replace('_', ' ')} | {texts} | {sum(len(sums['found']) for sums in entry['runs'])} |")
    sums_text = "".join(f"| {what} | {count:,} |\n" for what, count in total.most_common())
    where = sorted({sums["where"] for entry in record.values() for sums in entry["runs"]})
    return (
        f"{_HEAD}{len(commits)} commits, {seconds / 3600:.1f} hours, on: {'; '.join(where)}.\n\n"
        f"## In all\n\n| counted | so many |\n|---|---|\n{sums_text}\n"
        f"## By campaign\n\n| campaign | tried | found |\n|---|---|---|\n"
        + "\n".join(rows)
        + "\n\n## What was found\n\n"
        f"{_findings(found)}"
    )


def _findings(found: list[tuple[str, str, Mapping[str, Any]]]) -> str:
    lines = [
        f"- {name.replace('_', ' ')}, seed {one['seed']}, step {one['step']}, on `{commit}`: "
        f"{one['problem'].splitlines()[0]}. {one.get('mended', 'Open.')}"
        for name, commit, one in found
    ]
    return "\n".join(lines or ["Nothing."]) + "\n"


def write_page() -> None:
    """Writes the page of the project's record."""
    PAGE.write_text(page(read_record(EVIDENCE)), encoding="utf-8")
