"""What pages of a long drive and of many zones cost: making them, their size, the time until they can be used, stills.

    python benchmarks/pages.py [FIXES] [ZONES]

Needs the extra ``test`` and Chromium. Seconds are of the wall clock; of opening and of a look, the median of five.
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
LOOKS = {
    "drive": "geopolicy.look({ step: geopolicy.state.step + 1000 })",
    "zones": "geopolicy.look({ at: geopolicy.state.at + 3600000, place: { lat: 45.5, lon: 13.6, lng: 13.6 } })",
}


def main() -> None:
    """Measures, and prints."""
    fixes, zones = (int(text) for text in [*sys.argv[1:], "200000", "5000"][:2])
    drive, scattered = list(fixes_along(fixes)), scattered_zones(zones)
    print(f"{machine()}; {fixes:,} fixes, {zones:,} zones")
    measure("drive", lambda: gp.report_drive(drive, scattered))
    measure("zones", lambda: gp.draw_zones(scattered))


def measure(name: str, make: Callable[[], gp.DriveReport | gp.ZoneDrawing]) -> None:
    """Measures a page, and prints."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        began = time.perf_counter()
        shown = make()
        shown.save(file)
        made_s, size = time.perf_counter() - began, file.stat().st_size
        with opened_browser() as browser:
            opened, looked = zip(*(opened_and_looked_s(browser, file, LOOKS[name]) for _ in range(RUNS)), strict=True)
    print(
        f"{name}: made in {made_s:.1f} s, {size / 1e6:.1f} MB, can be used {median(opened):.1f} s after it is opened,"
    )
    print(f"  goes on to another moment in {median(looked):.2f} s")
    for kind, still in (("png", shown.png), ("svg", shown.svg)):
        began = time.perf_counter()
        content = still()
        print(f"  still picture, {kind}: {time.perf_counter() - began:.1f} s, {len(content) / 1e6:.1f} MB")


def opened_and_looked_s(browser: object, file: Path, look: str) -> tuple[float, float]:
    """Seconds until a page is there and answers, and until it shows another moment."""
    began = time.perf_counter()
    looker = Looker(browser, file)
    looker.settle()
    opened = time.perf_counter()
    looker.ask(look)
    looker.settle()
    looked = time.perf_counter()
    looker.page.close()
    return opened - began, looked - opened


if __name__ == "__main__":
    main()
