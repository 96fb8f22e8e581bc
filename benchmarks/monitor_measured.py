"""What a monitor does where no law holds: writes docs/monitor-measured.md.

    python benchmarks/monitor_measured.py [--traces 600] [--seed 1]

Drives past every law of the monitor are a campaign: `python tests/campaign.py --only law`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from sim import measure  # noqa: E402  # the simulator belongs to the tests


def main() -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=600, help="drives for each row")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    page = measure.page(asked.seed, asked.traces, lambda text: print(text, file=sys.stderr, flush=True))
    (ROOT / "docs" / "monitor-measured.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
