"""Adds up what gcov counted (*.gcov.json.gz) and prints a table, then every line and branch that was not taken.

Usage: coverage_table.py FOLDER
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

Place = tuple[str, int]


def read(folder: Path) -> tuple[Counter[Place], dict[Place, list[int]]]:
    """How often each line was executed, and each branch in it taken, over all objects."""
    lines: Counter[Place] = Counter()
    branches: dict[Place, list[int]] = defaultdict(list)
    for path in folder.glob("*.gcov.json.gz"):
        for file in json.loads(gzip.decompress(path.read_bytes()))["files"]:
            name = Path(file["file"]).name
            counted: dict[int, list[int]] = defaultdict(list)
            for line in file["lines"]:
                lines[name, line["line_number"]] += line["count"]
                counted[line["line_number"]] += [branch["count"] for branch in line["branches"]]
            for number, counts in counted.items():
                known = branches[name, number]
                known += [0] * (len(counts) - len(known))
                for i, count in enumerate(counts):
                    known[i] += count
    return lines, branches


def main(folder: Path) -> None:
    """Prints the table."""
    lines, branches = read(folder)
    print(f"{'file':14} {'lines':>12} {'branches':>12}")
    for name in sorted({name for name, _ in lines}):
        own = [count for (file, _), count in lines.items() if file == name]
        taken = [count for (file, _), counts in branches.items() if file == name for count in counts]
        sums = [f"{sum(map(bool, counts))}/{len(counts)}" for counts in (own, taken)]
        print(f"{name:14} {sums[0]:>12} {sums[1]:>12}")
    for (name, number), count in sorted(lines.items()):
        missed = [i for i, times in enumerate(branches.get((name, number), [])) if times == 0]
        if count == 0 or missed:
            print(f"{name}:{number}: {'never executed' if count == 0 else f'branches {missed} never taken'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
