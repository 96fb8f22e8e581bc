"""Makes docs/pictures/still.png: a drive as a still picture. Needs the extra ``pictures``."""

from __future__ import annotations

from pathlib import Path

import geopolicy as gp

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("still.png")


def main() -> None:
    """Writes the picture."""
    tutorial = ROOT / "docs" / "tutorial"
    profile = gp.MonitorProfile(stale_after_s=60, v_max_mps=40)
    zones = [ROOT / "zones", tutorial / "visnjan-drive.geojson"]
    with gp.open_drive(tutorial / "visnjan-car.gpx") as drive:
        report = gp.report_drive(drive, zones, profile=profile)
    PICTURE.write_bytes(report.png())


if __name__ == "__main__":
    main()
