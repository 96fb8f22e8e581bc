"""Makes docs/pictures/report.png: the page of a drive, as a browser shows it. Needs Chromium and playwright."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import geopolicy as gp

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("report.png")
SIZE = {"width": 1180, "height": 1120}
STEP = 50


def main() -> None:
    """Writes the picture."""
    tutorial = ROOT / "docs" / "tutorial"
    profile = gp.MonitorProfile(stale_after_s=60, v_max_mps=40)
    zones = [ROOT / "zones", tutorial / "visnjan-drive.geojson"]
    with gp.open_drive(tutorial / "visnjan-car.gpx") as drive:
        report = gp.report_drive(drive, zones, profile=profile)
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "drive.html"
        report.save(file)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        page.evaluate(f"geopolicy.look({{ step: {STEP} }})")
        page.wait_for_timeout(300)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
