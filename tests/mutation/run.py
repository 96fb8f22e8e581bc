"""Changes the look-up of the kernel and the policy, one small thing at a time, and runs the tests upon each change.

    python tests/mutation/run.py [--only TEXT] [--record mutants.jsonl] [--jobs 2] [--again] [--quick]

Goes on where the record says that it ended; --again judges anew what survived and
is not explained. At the end it says what survived and is
not explained in explained.toml, and writes the table of docs/mutation.md if all mutants were judged. Needs gcc.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "mutation"), str(ROOT / "tests" / "support")]

from c_judge import CJudge  # noqa: E402  # they are found there
from mutants import all_mutants  # noqa: E402
from outcomes import explained, write_page  # noqa: E402
from python_judge import PythonJudge  # noqa: E402

if TYPE_CHECKING:
    from mutant import Mutant

_judges: dict[type, CJudge | PythonJudge] = {}  # of a worker


def judge(mutant: Mutant, folder: str, is_quick: bool) -> dict[str, str]:
    """What became of a mutant, in a folder in which each worker has one of its own."""
    kind = PythonJudge if mutant.path.endswith(".py") else CJudge
    if kind not in _judges:
        _judges[kind] = kind(Path(tempfile.mkdtemp(dir=folder)))
    outcome, by = _judges[kind].judge(mutant, is_quick=is_quick)
    return {"key": mutant.key, "outcome": outcome, "by": by}


def read_record(path: Path) -> dict[str, dict[str, str]]:
    """What was judged before, by the mutant's key."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line["key"]: line for line in map(json.loads, lines)}


def judge_all(mutants: list[Mutant], record: Path, jobs: int, *, is_quick: bool) -> None:
    """Judges mutants, and writes down each as it is judged."""
    with (
        tempfile.TemporaryDirectory(prefix="mutants-") as folder,
        ProcessPoolExecutor(jobs) as workers,
        record.open("a", encoding="utf-8") as lines,
    ):
        asked = [workers.submit(judge, mutant, folder, is_quick) for mutant in mutants]
        for count, done in enumerate(as_completed(asked), 1):
            lines.write(json.dumps(done.result()) + "\n")
            lines.flush()
            if count % 20 == 0 or count == len(mutants):
                end = "\n" if count == len(mutants) else ""
                print(f"\r{count:,} of {len(mutants):,}", end=end, file=sys.stderr, flush=True)


def main() -> int:
    """Runs what the command line asks for; 1 if a mutant lives that nobody explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="the mutants whose keys contain this")
    parser.add_argument("--record", type=Path, default=ROOT / "mutants.jsonl")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="judge anew what survived and is not explained")
    parser.add_argument("--quick", action="store_true", help="leave out the tests that take longest")
    asked = parser.parse_args()
    mutants = [mutant for mutant in all_mutants() if asked.only in mutant.key]
    known = read_record(asked.record)
    reasons = explained()
    open_ones = {
        key for key, own in known.items() if own["outcome"] == "survived" and key not in reasons and asked.again
    }
    left = [mutant for mutant in mutants if mutant.key not in known or mutant.key in open_ones]
    if left:
        judge_all(left, asked.record, asked.jobs, is_quick=asked.quick)
    judged = read_record(asked.record)
    unexplained = [
        mutant for mutant in mutants if judged[mutant.key]["outcome"] == "survived" and mutant.key not in reasons
    ]
    for mutant in unexplained:
        print(f"{mutant.path}:{mutant.line}: {mutant.change}\n    {mutant.code}")
    print(f"{len(mutants):,} mutants, {len(unexplained):,} live and are not explained")
    if not asked.only:
        write_page(mutants, judged)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
