"""What a notebook shows of a drive: sums without any position, and the page with them only on request."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

import geopolicy as gp
from geopolicy.model.notebook import MOST_LETTERS, MOST_ROWS
from report_pages import HOSTILE, hostile_zones
from shapes import box

SHOWN = {"p", "b", "bdi", "table", "thead", "tbody", "tr", "th", "td"}
CAR = gp.Vehicle(["camera.front", "radar"])
ZONES = gp.ZoneSet([gp.Zone("port", box(13, 45, 14, 46), [gp.Rule(["camera"], gp.Level.OFF)], name="Port")])
FIXES = [gp.Fix(45.123457 + n * 1e-5, 13.765433 + n * 1e-5, accuracy_95_m=3.0, monotonic_s=float(n)) for n in range(60)]


class Seen(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, page) -> None:
        super().__init__()
        self.tags, self.attributes, self.texts = set(), {}, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data):
        self.texts.append(data)


def shown(thing):
    page = Seen(thing._repr_html_())
    assert page.tags <= SHOWN
    assert page.attributes.keys() <= {"style", "scope"}
    return page.texts


def replayed(zones=ZONES, fixes=FIXES, car=CAR):
    summary, steps = gp.replay.Summary(), []
    for step in gp.replay.MonitoredReplay(gp.open(zones, car)).steps(fixes):
        summary.add(step)
        steps.append(step)
    return [gp.report_drive(fixes, zones, car, title="A drive"), summary, *steps[::20]]


def test_notebook_shows_sums_sensors_zones_and_reasons_of_a_drive():
    report, summary, *_ = replayed()
    for texts in (shown(report), shown(summary)):
        assert {"60", "80 m", "not known", "camera.front", "off", "port", "in zone", "sensor", "zone", "reason"} <= set(
            texts
        )
    assert {"A drive", "A drive, replayed"} <= {*shown(report), *shown(summary)}


def test_notebook_shows_no_position_of_a_drive_unless_it_is_asked_to():
    numbers = {f"{value:.{digits}f}" for fix in FIXES for value in (fix.lat, fix.lon) for digits in (3, 5, 7)}
    numbers |= {str(round(value * 1e7)) for fix in FIXES for value in (fix.lat, fix.lon)}
    for thing in replayed():
        page = thing._repr_html_()
        assert not [number for number in numbers if number in page]
        assert not re.search(r"\d\.\d{3}", page)
    report, *_ = replayed()
    assert report.notebook(positions=False) is report


def test_notebook_says_that_nothing_was_restricted():
    report, summary, *_ = replayed(fixes=[])
    assert "No sensor was restricted." in shown(report)
    assert "No sensor was restricted." in shown(summary)


def test_notebook_shows_the_first_sensors_and_zones_and_how_many_are_left():
    car = gp.Vehicle([f"camera.c{number}" for number in range(MOST_ROWS + 2)])
    zones = gp.ZoneSet([gp.Zone(f"z{n}", box(13, 45, 14, 46), ZONES.zones[0].rules) for n in range(MOST_ROWS + 3)])
    for thing in replayed(zones, FIXES[:9], car)[:2]:
        assert {"and 2 more", "and 3 more"} <= set(shown(thing))


def test_notebook_names_of_drives_and_zones_stay_text():
    zones = hostile_zones()
    fixes = [gp.Fix(45.0, 13.0 + n * 1e-4, accuracy_95_m=3.0) for n in range(80)]
    for title in HOSTILE:
        report = gp.report_drive(fixes, zones, CAR, is_raw=True, title=title)
        texts = shown(report)
        assert title[:MOST_LETTERS] in "".join(texts)
        frame = Seen(report.notebook(positions=True)._repr_html_())
        assert frame.tags == {"p", "b", "iframe"}


def test_notebook_shows_the_page_in_a_frame_that_reaches_nothing_when_positions_are_asked_for():
    report, *_ = replayed()
    page = report.notebook(positions=True)
    frame = Seen(page._repr_html_())
    assert frame.tags == {"p", "b", "iframe"}
    assert frame.attributes.keys() == {"sandbox", "title", "style", "srcdoc"}
    assert frame.attributes["sandbox"] == "allow-scripts"
    assert unescape(frame.attributes["srcdoc"]) == unescape(report.html())
    assert "Positions of a drive are in this notebook" in page._repr_html_()
    assert repr(page) == "<PageInNotebook, positions inside>"


def test_notebook_positions_must_be_named_and_plain():
    report, *_ = replayed(fixes=[])
    with pytest.raises(TypeError, match="positional argument"):
        report.notebook(True)
    with pytest.raises(TypeError, match="positions"):
        report.notebook()
    with pytest.raises(TypeError, match=r"^positions must be True or False, got int$"):
        report.notebook(positions=1)
