"""Tables in a notebook stay in sight: a long name is broken, and pushes no column out of the window."""

from __future__ import annotations

import pytest

import geopolicy as gp
from shapes import box

LONG = "x" * 200
# What JupyterLab says of tables.
LAB = "table { table-layout: fixed } th, td { white-space: normal; max-width: none; padding: 0.5em }"
RULES = [gp.Rule(["camera", "microphone"], gp.Level.OFF, store_in="HR")]
ZONES = gp.ZoneSet([
    gp.Zone(LONG, box(13, 45, 14, 46), RULES, name="School"),
    gp.Zone("yard", box(13, 45, 14, 46), RULES, name=LONG),
])  # fmt: skip


def replayed():
    summary, fixes = gp.replay.Summary(), [gp.Fix(45.5, 13.5, 3.0, monotonic_s=float(n)) for n in range(3)]
    for step in gp.replay.MonitoredReplay(gp.open(ZONES)).steps(fixes):
        summary.add(step)
    return summary


@pytest.mark.parametrize("style", ["", LAB], ids=["plain", "lab"])
@pytest.mark.parametrize("width", [400, 800])
def test_long_names_leave_every_column_of_a_notebook_in_sight(browser, style, width):
    page = browser.new_page(viewport={"width": width, "height": 600})
    for thing in (ZONES, gp.open(ZONES).decide(45.5, 13.5), replayed()):
        page.set_content(f"<!doctype html><style>{style}</style>{thing._repr_html_()}")
        assert LONG in page.inner_text("body")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        cells = page.evaluate("[...document.querySelectorAll('td')].map((cell) => cell.clientWidth)")
        assert min(cells) >= 60, cells
    page.close()
