"""5,000 zones and 200,000 fixes in one page."""

from __future__ import annotations

import random

import pytest

import geopolicy as gp
from geopolicy.pages.drive_report import report_of
from geopolicy.pages.steps import Journey
from report_pages import fixes_along, scattered_zones


@pytest.mark.slow
def test_page_of_a_large_drive_shows_its_decisions_and_answers_to_pointer_and_keys(look):
    zones, decisions = scattered_zones(5000), []
    sampled = set(random.Random(1).sample(range(200_000), 1000))
    engine, summary = gp.open(zones), gp.replay.Summary()
    journey = Journey(engine.vehicle, fixes_along(200_000), is_raw=False)
    for step in gp.replay.MonitoredReplay(engine).steps(journey.fixes):
        journey.add(step)
        summary.add(step)
        if step.is_fix and step.index in sampled:
            decisions.append([int(level) for level in step.decision.levels.values()])
    report = report_of(journey, summary, [zones], "large", [])
    assert len(report.html()) < 8_000_000
    page = look(report)
    page.page.keyboard.press("Shift+ArrowRight")
    page.page.fill("#search", "number 123")
    page.settle()
    others = set(report.data["way"]["no_fix"])
    steps = [step for step in range(report.data["way"]["count"]) if step not in others]
    asked = [steps[number] for number in sorted(sampled)]
    assert page.ask("(steps) => steps.map((step) => geopolicy.at(step).answer.levels)", asked) == decisions
    assert page.is_quiet(), (page.requests, page.complaints)


@pytest.mark.slow
def test_page_of_many_zones_answers_to_clicks_and_the_slider(look):
    zones = scattered_zones(5000)
    drawing = gp.draw_zones(zones)
    assert len(drawing.html()) < 12_000_000
    page, engine = look(drawing), gp.open(zones)
    chance = random.Random(2)
    for _ in range(20):
        lat, lon = chance.uniform(45.0, 46.2), chance.uniform(13.0, 14.5)
        page.ask("([lat, lng]) => geopolicy.theMap().setView([lat, lng], 13, { animate: false }) && 0", [lat, lon])
        page.page.locator("#map").click()
        place = page.ask("geopolicy.state.place")
        answer = page.ask("({ lat, lon }) => geopolicy.decide(lat, lon).levels", place)
        assert answer == [int(level) for level in engine.decide(place["lat"], place["lon"]).levels.values()]
        page.page.locator("#moment").fill(str(chance.randrange(10_000)))
    page.page.fill("#search", "number 123")
    page.settle()
    assert page.is_quiet(), (page.requests, page.complaints)
