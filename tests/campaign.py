"""Runs every campaign for so many minutes, and adds up in a file what each tried, where and on which commit.

    python tests/campaign.py --minutes 10 [--only NAME] [--seed 1] [--record evidence.json] [--jobs 2]

A campaign goes on where the record says that it ended; it may be stopped at any time. Writes the page docs/evidence.md
of the record that belongs to the project. Ends with status 1 if something was found.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from campaigns import read_record, shown  # noqa: E402  # it is found there
from evidence import EVIDENCE, write_page  # noqa: E402

ROUND_S = 300.0  # what a run that is stopped loses at most, of each campaign
STOPPED = 2  # and above: pytest could not run; 1 is that a campaign found something


def run_round(seconds: float, asked: argparse.Namespace) -> int:
    """Runs every campaign for so many seconds; the status of pytest."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "campaign", "-n", str(asked.jobs), str(ROOT / "tests")]
    command += ["--campaign-seconds", str(seconds), "--campaign-seed", str(asked.seed)]
    command += ["--campaign-record", str(asked.record), *(["-k", asked.only] if asked.only else [])]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, required=True, help="for each campaign")
    parser.add_argument("--only", help="the campaigns whose names contain this (an expression of pytest -k)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=lambda text: Path(text).resolve(), default=EVIDENCE)
    parser.add_argument("--jobs", type=int, default=2, help="campaigns at a time")
    asked = parser.parse_args()
    left_s, statuses = asked.minutes * 60.0, {0}
    while left_s > 0.0 and max(statuses) < STOPPED:
        statuses.add(run_round(min(ROUND_S, left_s), asked))
        left_s -= ROUND_S
    for name, entry in sorted(read_record(asked.record).items()):
        for sums in entry["runs"]:
            print(sums["commit"], shown(name, sums))
    if asked.record == EVIDENCE:
        write_page()
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
