"""The page of a drive in a browser: silent, in step with the decisions, to be used by pointer and by keys."""

from __future__ import annotations

import json
import random

import pytest

import geopolicy as gp
from report_pages import HOSTILE, fixes_along, scattered_zones

# What panel, map and the lane of a sensor show at steps.
SHOWN = """(asked) => asked.map(([step, sensor]) => {
  const { intervals } = geopolicy.lanes().sensors[sensor];
  const lane = intervals.findLast((each) => each.start <= step).level;
  return { ...geopolicy.at(step), colour: geopolicy.wayLevelAt(step), lane };
})"""
# The pixel of the way at a step: the colour that is drawn there, beside that of each level.
PIXEL = """([step]) => {
  const map = geopolicy.theMap(), [lat, lon] = geopolicy.at(step).place;
  map.setView([lat, lon], 21, { animate: false });
  const canvas = map.getPane("over").querySelector("canvas"), box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width, home = map.getContainer().getBoundingClientRect();
  const point = map.latLngToContainerPoint([lat, lon]);
  const x = Math.round((home.left + 1 + point.x - box.left) * ratio);
  const y = Math.round((home.top + 1 + point.y - box.top) * ratio);
  return Array.from(canvas.getContext("2d").getImageData(x, y, 1, 1).data);
}"""

POINT = """(step) => {
  const point = geopolicy.theMap().latLngToContainerPoint(geopolicy.at(step).place);
  return [point.x, point.y];
}"""
TO_ZONE = """() => {
  const { bounds } = geopolicy.data.zones.find((zone) => !zone.steps);
  const middle = [(bounds.south + bounds.north) / 2, (bounds.west + bounds.east) / 2];
  geopolicy.theMap().setView(middle, 15, { animate: false });
}"""
COLOURS = """() => {
  const canvas = document.querySelector(".snapshot"), context = canvas.getContext("2d");
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const places = Array.from({ length: 4000 }, (_, i) => 4 * i * 97);
  return new Set(places.map((place) => data.slice(place, place + 3).join())).size;
}"""


def decisions_of(fixes, zones):
    steps = gp.replay.MonitoredReplay(gp.open(zones)).steps(fixes)
    return [step.decision for step in steps if step.is_fix]


def test_page_asks_nobody_and_complains_of_nothing(page):
    page.page.mouse.move(500, 400)
    page.page.click("#forward")
    page.page.click("#theme")
    page.settle()
    assert page.is_quiet(), (page.requests, page.complaints)


def test_page_map_timeline_and_panel_show_the_decision_at_a_thousand_fixes(page):
    fixes = list(fixes_along(3000, lost={*range(700, 760)}))
    decisions = decisions_of(fixes, scattered_zones(300))
    others = set(page.ask("geopolicy.data.way.no_fix"))
    steps = [step for step in range(page.ask("geopolicy.count")) if step not in others]
    sensors = page.ask("geopolicy.data.sensors")
    sampled = random.Random(5).sample(range(3000), 1000)
    asked = [(steps[number], number % len(sensors)) for number in sampled]
    for number, shown in zip(sampled, page.ask(SHOWN, asked), strict=True):
        decision = decisions[number]
        assert shown["answer"]["levels"] == [int(level) for level in decision.levels.values()]
        assert shown["colour"] == [max(decision.levels.values()), decision.certainty]
        sensor = number % len(sensors)
        level = decision.levels[sensors[sensor]]
        assert shown["lane"] == level
        assert shown["fix"] == {"number": number + 1, "isFix": True}


def test_page_first_view_is_of_the_drive_where_a_false_place_lies_far_away(look):
    fixes = [*fixes_along(400), gp.Fix(0.0, 0.0, accuracy_95_m=4.0), *fixes_along(400, seed=3)]
    page = look(gp.report_drive(fixes, scattered_zones(20), is_raw=True))
    assert "places far from the others are outside of the first view" in page.page.inner_text("#subtitle")
    view = page.ask("(() => { const at = geopolicy.theMap().getBounds(); return [at.getSouth(), at.getNorth()]; })()")
    assert 44 < view[0] < 45.0
    assert 46.2 < view[1] < 47.5
    page.ask("geopolicy.look({ step: geopolicy.data.kept[geopolicy.data.lat.indexOf(0)] })")
    assert page.ask("geopolicy.theMap().getBounds().contains([0, 0])")


def test_page_way_has_the_colour_of_the_level_on_the_canvas(page):
    runs = page.ask("geopolicy.data.runs.map((run) => run[0])")
    seen = {}
    for step in runs[:60]:
        level, certainty = page.ask("(step) => geopolicy.wayLevelAt(step + 1)", step)
        if certainty == "certain" and level not in seen:
            seen[level] = page.ask(PIXEL, [step + 1])
    wanted = {
        level: page.ask(
            "(level) => getComputedStyle(document.documentElement).getPropertyValue(`--level-${level}`)", level
        )
        for level in seen
    }
    assert len(seen) >= 3
    for level, pixel in seen.items():
        colour = [int(wanted[level].strip()[i : i + 2], 16) for i in (1, 3, 5)]
        assert max(abs(a - b) for a, b in zip(pixel, colour, strict=False)) <= 12, (level, pixel, colour)


def test_page_keys_step_jump_to_changes_play_and_search(page):
    keys = page.page.keyboard
    keys.press("ArrowRight")
    assert page.ask("geopolicy.state.step") == 1
    keys.press("Shift+ArrowRight")
    assert page.ask("geopolicy.state.step") == page.ask("geopolicy.data.runs.find((run) => run[0] > 1)[0]")
    keys.press("Shift+ArrowLeft")
    keys.press("Space")
    page.wait_until("geopolicy.state.step > 30")
    keys.press("Space")
    assert page.ask("geopolicy.state.playing") is False
    keys.press("/")
    keys.type("number 17 ")
    assert page.ask("document.activeElement.id") == "search"
    keys.press("Escape")


def test_page_click_on_the_timeline_moves_the_marker_the_slider_and_the_panel(page):
    box = page.page.locator("#lanes canvas").bounding_box()
    page.page.locator("#lanes canvas").click(position={"x": 0.6 * box["width"], "y": 60})
    step = page.ask("geopolicy.state.step")
    assert step > 1000
    assert page.page.locator("#scrub").input_value() == str(step)
    assert f"fix {page.ask('geopolicy.at(geopolicy.state.step).fix.number'):,} of" in page.page.inner_text("#now")
    place = page.ask("geopolicy.at(geopolicy.state.step).place")
    marker = page.ask("(() => { const at = geopolicy.marker().getLatLng(); return [at.lat, at.lng]; })()")
    assert marker == pytest.approx(place)


def test_page_hover_on_the_map_shows_the_same_moment_on_the_timeline(page):
    point = page.ask(POINT, 1500)
    box = page.page.locator("#map").bounding_box()
    page.page.mouse.move(box["x"] + point[0], box["y"] + point[1])
    page.wait_until("geopolicy.state.hover !== null")
    assert abs(page.ask("geopolicy.state.hover") - 1500) < 60
    page.page.mouse.click(box["x"] + point[0], box["y"] + point[1])
    assert abs(page.ask("geopolicy.state.step") - 1500) < 60


def test_page_search_and_filters_narrow_the_list_and_a_zone_opens(page):
    page.page.fill("#search", "zone-00017")
    page.page.uncheck("#narrow")
    assert page.page.locator("#zone-list li").count() == 1
    page.page.click("#zone-list button.zone")
    assert page.ask("geopolicy.data.zones[geopolicy.state.zone].id") == "zone-00017"
    assert "for microphone" in page.page.inner_text("#zone-list")
    page.page.click("text=Show on the map")
    page.settle()
    assert "Zone number 17" in [label["name"] for label in page.ask("geopolicy.labels()")]
    page.page.fill("#search", "")
    page.page.uncheck("#level-filter input >> nth=0")
    assert "off" not in page.page.locator("#zone-list .chip").all_inner_texts()[1:]


def test_page_click_in_a_zone_away_from_the_way_chooses_it(page):
    page.ask(TO_ZONE)
    box = page.page.locator("#map").bounding_box()
    page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    at_middle = page.ask("geopolicy.zonesAt(geopolicy.theMap().getCenter()).map((zone) => zone.number)")
    assert page.ask("geopolicy.state.zone") in at_middle


def test_page_sensor_that_is_chosen_colours_the_way(page):
    page.page.select_option("#sensor", label="lidar.roof")
    sensor = page.ask("geopolicy.state.sensor")
    levels = {entry["level"] for entry in page.ask("geopolicy.wayClasses()")}
    assert levels == {answer["levels"][sensor] for answer in page.ask("geopolicy.data.answers")}


def test_page_labels_do_not_lie_over_each_other(page):
    page.ask("geopolicy.theMap().setView(geopolicy.at(1500).place, 13, { animate: false }) && 0")
    boxes = page.ask("geopolicy.labels().map((label) => label.box)")
    assert len(boxes) > 3
    for i, (west, north, east, south) in enumerate(boxes):
        assert not any(west < b[2] and b[0] < east and north < b[3] and b[1] < south for b in boxes[:i])


def test_page_hostile_texts_stay_texts(look, hostile_report):
    page = look(hostile_report)
    page.page.uncheck("#narrow")
    for number in range(len(HOSTILE)):
        page.ask("(zone) => geopolicy.look({ zone, fit: { zone }, step: 10 * zone })", number)
        page.settle()
    assert page.ask(
        "[window.hacked, document.querySelectorAll('script').length, document.querySelectorAll('img').length]"
    ) == [None, 4, 0]
    assert page.page.inner_text("#title").startswith("<script>alert(1)</script>")
    assert "\u202e" not in page.page.inner_text("body")
    assert page.page.inner_text(".zone-detail").count("\n") < 100
    assert page.ask("document.documentElement.scrollWidth <= innerWidth")
    assert page.is_quiet(), (page.requests, page.complaints)


def test_page_with_tiles_asks_that_server_alone_and_says_who_sees_the_route(look, report):
    page = look(report, tiles="https://tiles.invalid/{z}/{x}/{y}.png")
    page.settle()
    hosts = {address.split("/")[2] for address in page.requests if address.startswith("http")}
    assert hosts == {"tiles.invalid"}
    assert "tiles.invalid" in page.page.inner_text("#positions")


def test_page_without_tiles_says_that_it_asks_nobody_and_holds_positions(page):
    text = page.page.inner_text("#positions")
    assert "Positions are in this file" in text
    assert "asks nobody" in text


@pytest.mark.parametrize("fixes", [[], [gp.Fix(45.0, 13.0)]], ids=["none", "one"])
def test_page_of_hardly_a_drive_is_quiet(look, fixes):
    page = look(gp.report_drive(fixes, scattered_zones(3)))
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Space")
    page.settle()
    assert page.is_quiet(), (page.requests, page.complaints)


def test_page_on_paper_is_light_and_shows_the_way(look, report):
    page = look(report, color_scheme="dark")
    page.ask("window.dispatchEvent(new Event('beforeprint'))")
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    colours = page.ask(COLOURS)
    assert colours > 20
    page.ask("window.dispatchEvent(new Event('afterprint'))")
    assert page.page.locator(".snapshot").count() == 0
    assert page.ask("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"


def test_page_data_is_the_report(page, report):
    assert json.loads(page.page.locator("#data").text_content())["answers"] == report.data["answers"]
