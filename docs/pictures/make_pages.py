"""Makes docs/pictures/report.png and zones.png: pages as a browser shows them. Needs Chromium and playwright."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import geopolicy as gp

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial"
DRIVE_SIZE = {"width": 1180, "height": 1120}
ZONES_SIZE = {"width": 1180, "height": 860}
DRIVE_LOOK = "geopolicy.look({ step: 50 })"
ZONES_LOOK = """geopolicy.look({
  fit: { bounds: { south: 45.256, north: 45.284, west: 13.695, east: 13.736 } },
  place: { lat: 45.2795, lon: 13.7175, lng: 13.7175 }, at: Date.UTC(2027, 6, 17, 21, 0), timezone: "Europe/Zagreb",
})"""


def main() -> None:
    """Writes the pictures."""
    profile = gp.MonitorProfile(stale_after_s=60, v_max_mps=40)
    zones = [ROOT / "zones", TUTORIAL / "visnjan-drive.geojson"]
    with gp.open_drive(TUTORIAL / "visnjan-car.gpx") as drive:
        report = gp.report_drive(drive, zones, profile=profile)
    drawing = gp.draw_zones(zones, time=datetime(2027, 7, 15, 10, tzinfo=UTC), title="Zones about Visnjan")
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        take(browser, report, DRIVE_SIZE, DRIVE_LOOK, "report.png")
        take(browser, drawing, ZONES_SIZE, ZONES_LOOK, "zones.png")
        browser.close()


def take(
    browser: Browser, shown: gp.DriveReport | gp.ZoneDrawing, size: dict[str, int], look: str, picture: str
) -> None:
    """A picture of a page after a look at something in it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        shown.save(file)
        page = browser.new_page(viewport=size)
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        page.evaluate(look)
        page.wait_for_timeout(300)
        page.screenshot(path=Path(__file__).with_name(picture))


if __name__ == "__main__":
    main()
