"""What notebooks show: all that a decision and zones say, every name as text, and no position."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.model.notebook import MOST_LETTERS, MOST_ROWS
from geopolicy.testing import zone_sets
from shapes import box

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'&amp;", "\u202eedoc", "x" * 10_000, "<b>"]
SHOWN = {"p", "b", "bdi", "table", "thead", "tbody", "tr", "th", "td", "br"}


class Seen(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page) -> None:
        super().__init__()
        self.tags, self.attributes, self.texts = set(), set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.texts.append(data)


def seen(thing):
    page = Seen(thing._repr_html_())
    assert page.tags <= SHOWN
    assert page.attributes <= {"style", "scope"}
    return page.texts


def zone(name="Depot", zone_id="depot", *rules: gp.Rule):
    return gp.Zone(zone_id, box(13, 45, 14, 46), rules or [gp.Rule(["camera"], gp.Level.OFF)], name=name)


def test_notebook_shows_each_sensor_with_all_that_is_asked():
    rules = [
        gp.Rule(["camera"], gp.Level.NO_RECORD, store_in="HR", needs_consent=True),
        gp.Rule(["camera"], limits={"retain_s": 60}, must_show=["collecting:inside"]),
    ]
    car = gp.Vehicle(
        ["camera.front", "radar"], limits={"camera": {"retain_s": gp.LimitRange(10)}}, shows=["collecting:inside"]
    )
    decision = gp.open(gp.ZoneSet([zone("Depot", "depot", *rules)]), car).decide(45.5, 13.5)
    texts = seen(decision)
    assert {"camera.front", "off", "radar", "allow", "depot", "certain"} <= set(texts)
    (asked,) = [text for text in texts if "store in HR" in text]
    assert all(word in asked for word in ("needs consent", "60", "show collecting:inside"))
    assert not any("45.5" in text or "13.5" in text for text in texts)


@pytest.mark.parametrize("name", HOSTILE)
def test_notebook_names_stay_text(name):
    zones = gp.ZoneSet([zone(name, name[:200] if name.isprintable() else "a")])
    for thing in (zones, gp.open(zones).decide(45.5, 13.5)):
        texts = seen(thing)
        assert any(zones.zones[0].id[:50] in text for text in texts)
        assert all(len(text) <= 2 * MOST_LETTERS for text in texts)


def test_notebook_shows_the_first_zones_and_how_many_are_left():
    zones = gp.ZoneSet([zone("", f"z{number:03}") for number in range(MOST_ROWS + 3)])
    texts = seen(zones)
    assert f"z{MOST_ROWS - 1:03}" in texts
    assert f"z{MOST_ROWS:03}" not in texts
    assert "and 3 more" in texts


@given(zone_sets(), st.data())
def test_notebook_shows_whatever_zones_there_are(zones, data):
    texts = seen(zones)
    for one in zones.zones[:MOST_ROWS]:
        assert one.id[:MOST_LETTERS] in " ".join(texts)
    assert seen(gp.open(zones).decide(data.draw(st.floats(-89, 89)), 13.5))
