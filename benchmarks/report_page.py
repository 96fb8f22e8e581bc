"""What the page of a long drive costs: making it, its size, the time until it can be used in a browser, and stills.

    python benchmarks/report_page.py [FIXES] [ZONES]

Needs the extra ``test`` and Chromium. Seconds are of the wall clock; of opening the page, the median of five.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import geopolicy as gp
from machine import machine

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from browser import Looker, opened_browser
from report_pages import fixes_along, scattered_zones

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5


def main() -> None:
    """Measures, and prints."""
    fixes, zones = (int(text) for text in [*sys.argv[1:], "200000", "5000"][:2])
    drive, scattered = list(fixes_along(fixes)), scattered_zones(zones)
    began = time.perf_counter()
    report = gp.report_drive(drive, scattered)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drive.html"
        report.save(file)
        made_s = time.perf_counter() - began
        with opened_browser() as browser:
            opened = [opened_s(browser, file) for _ in range(RUNS)]
        size = file.stat().st_size
    stills = [still(make) for make in (report.png, report.svg)]
    print(f"{machine()}; {fixes:,} fixes, {zones:,} zones")
    print(f"made in {made_s:.1f} s, {size / 1e6:.1f} MB, can be used {median(opened):.1f} s after it is opened")
    for name, (seconds, length) in zip(("png", "svg"), stills, strict=True):
        print(f"still picture, {name}: {seconds:.1f} s, {length / 1e6:.1f} MB")


def still(make: Callable[[], bytes]) -> tuple[float, int]:
    """Seconds that a still picture of a report takes, and its bytes."""
    began = time.perf_counter()
    content = make()
    return time.perf_counter() - began, len(content)


def opened_s(browser: object, file: Path) -> float:
    """Seconds until a page is there and answers."""
    began = time.perf_counter()
    looker = Looker(browser, file)
    looker.settle()
    seconds = time.perf_counter() - began
    looker.page.close()
    return seconds


if __name__ == "__main__":
    main()
