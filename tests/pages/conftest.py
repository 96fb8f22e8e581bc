"""A browser, and pages that it opens."""

from __future__ import annotations

from pathlib import Path

import pytest

import geopolicy as gp
from browser import Looker, opened_browser
from report_pages import fixes_along, hostile_zones, scattered_zones


@pytest.fixture(scope="session")
def browser():
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def look(browser, tmp_path_factory):
    """Opens a report, or a file of one, in the browser."""
    lookers = []

    def open_page(report, tiles=None, **settings: object):
        file = report
        if not isinstance(report, Path):
            file = tmp_path_factory.mktemp("page") / "drive.html"
            report.save(file, tiles)
        lookers.append(Looker(browser, file, **settings))
        return lookers[-1]

    yield open_page
    for looker in lookers:
        looker.page.close()


@pytest.fixture(scope="session")
def report():
    """A drive of 3,000 fixes, some of them without a position, among 300 zones."""
    return gp.report_drive(list(fixes_along(3000, lost={*range(700, 760)})), scattered_zones(300), title="The drive")


@pytest.fixture(scope="session")
def hostile_report():
    """A short drive through zones whose texts are hostile."""
    fixes = [gp.Fix(45.0, 13.0 + n / 10_000, accuracy_95_m=4.0) for n in range(80)]
    return gp.report_drive(fixes, hostile_zones(), is_raw=True, title="<script>alert(1)</script> \u202egnp")


@pytest.fixture
def page(look, report):
    """The report, opened anew."""
    return look(report)
