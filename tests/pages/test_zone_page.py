"""The page of zones in a browser: silent, in step with the engine, to be used by pointer and by keys."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

import pytest

import geopolicy as gp
from geopolicy.cli.app import run
from report_pages import HOSTILE, hostile_zones, ring, scattered_zones
from zone_pages import as_in_page, sorted_tags

OFF = gp.Rule(["camera"], gp.Level.OFF)
BEGIN = datetime(2026, 11, 30, 11, tzinfo=UTC)
NIGHT = gp.Condition(gp.Window(days=[4, 5], hours=[gp.Hours(time(22), time(6))]))
DAYS = gp.Condition(gp.Window(days=[0, 1, 2, 3, 4], hours=[gp.Hours(time(7), time(16))]))
RULES = [
    gp.Rule(["camera"], gp.Level.OFF, when=DAYS),
    gp.Rule(["microphone"], gp.Level.NO_RECORD, when=NIGHT, unless=[gp.Condition(state=["parked"])]),
    gp.Rule(["*"], gp.Level.IN_VEHICLE, store_in="HR", unless=[gp.Condition(emergency=True)]),
    gp.Rule(["lidar"], limits={"retain_s": 60}, must_show="collecting:outside"),
]
VEHICLES = {
    "car": gp.Vehicle(),
    "van": gp.Vehicle(["camera.front", "lidar"], limits={"lidar": {"retain_s": gp.LimitRange()}}),
}


def zones_of(count=40, shift=0.0, less=0):
    """Zones on a grid of places, with rules by day, by night, of states and of emergencies."""
    zones = []
    for number in range(count - less):
        place = ring(45.0 + 0.002 * (number // 8) + shift, 13.0 + 0.003 * (number % 8), 0.0013, 12)
        rules = [RULES[number % 4], RULES[(number + 1) % 4]] if number % 3 else [RULES[number % 4]]
        zones.append(gp.Zone(f"zone-{number:02d}", place, rules, name=f"Number {number}", timezone="Europe/Zagreb"))
    return gp.ZoneSet(zones)


ZONES = zones_of()


@pytest.fixture(scope="module")
def drawing():
    """Forty zones with rules of every kind, seven days, two vehicles."""
    return gp.draw_zones(ZONES, VEHICLES, time=BEGIN, title="Forty zones")


@pytest.fixture
def page(look, drawing):
    """The page, opened anew."""
    return look(drawing)


def milliseconds(moment):
    return round(moment.timestamp() * 1000)


def test_zone_page_asks_nobody_and_complains_of_nothing(page):
    page.page.mouse.move(500, 300)
    page.page.mouse.click(500, 300)
    for button in ("#forward", "#forward", "#back", "#theme", "#time-known"):
        page.page.click(button)
    page.settle()
    assert page.is_quiet(), (page.requests, page.complaints)


def test_zone_page_decides_as_the_engine_and_shows_what_it_decides(page):
    chance = random.Random(3)
    names = list(VEHICLES)
    engines = [gp.open(ZONES, vehicle) for vehicle in VEHICLES.values()]
    for _ in range(150):
        lat, lon = round(chance.uniform(44.998, 45.011), 7), round(chance.uniform(12.998, 13.024), 7)
        at = BEGIN + timedelta(minutes=chance.randrange(7 * 1440))
        number, state, emergency = (
            chance.randrange(2),
            chance.choice([None, "parked", "driving"]),
            chance.choice([None, True]),
        )
        asked = {"vehicle": number, "state": state, "emergency": emergency, "at": milliseconds(at)}
        said = page.ask("([lat, lon, own]) => geopolicy.decide(lat, lon, own)", [lat, lon, asked])
        decision = engines[number].when(at, state, emergency).decide(lat, lon)
        assert sorted_tags(said) == as_in_page(decision), (lat, lon, asked)
        page.ask("([lat, lon, own]) => geopolicy.look({ place: { lat, lon, lng: lon }, ...own })", [lat, lon, asked])
        shown = page.page.inner_text("#now")
        assert all(str(cause) in shown for cause in decision.causes if cause.is_in_force)
        assert page.page.locator("#vehicle option:checked").inner_text() == names[number]


def test_zone_page_colours_zones_by_what_they_ask_at_the_moment(page):
    engine = gp.open(ZONES, VEHICLES["car"])
    for hours in (0, 6, 20, 108, 140):
        at = BEGIN + timedelta(hours=hours)
        page.ask("(at) => geopolicy.look({ at })", milliseconds(at))
        view = engine.when(at)
        for zone in ZONES:
            decision = view.decide_zones([zone.id])
            level = max(decision.levels.values()) if decision.zones else -1
            assert page.ask("(id) => geopolicy.levelOf(id)", zone.id) == level
    page.ask("geopolicy.look({ sensor: 0 })")
    assert page.page.locator("#sensor option:checked").inner_text() == VEHICLES["car"].sensors[0]


def test_zone_page_click_gives_the_answer_of_check_and_its_command(look, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ZONES.write("zones.geojson")
    words = ["draw", "zones.geojson", "-o", "zones.html", "--time", "2026-12-01T09:00Z", "--state", "parked"]
    assert run(words) == 0
    capsys.readouterr()
    page = look(tmp_path / "zones.html")
    page.ask("geopolicy.theMap().setView([45.0041, 13.0101], 17, { animate: false }) && 0")
    page.page.locator("#map").click()
    command = page.page.inner_text(".command")
    place = page.ask("geopolicy.state.place")
    assert (
        command
        == f"geopolicy check zones.geojson {place['lat']},{place['lon']} --time 2026-12-01T09:00Z --state parked"
    )
    run(command.split()[1:])
    lines = [line.removeprefix("  - ") for line in capsys.readouterr().out.splitlines() if line.startswith("  - ")]
    shown = page.page.inner_text("#now")
    assert lines
    assert all(line in shown for line in lines)


def test_zone_page_gives_no_command_for_zones_as_they_were(look, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ZONES.write("new.geojson")
    zones_of(less=1).write("old.geojson")
    assert run(["draw", "new.geojson", "--since", "old.geojson", "-o", "zones.html"]) == 0
    page = look(tmp_path / "zones.html")
    page.ask("geopolicy.look({ place: { lat: 45, lon: 13, lng: 13 } })")
    assert page.page.locator(".command").count() == 1
    page.page.select_option("#edition", "0")
    assert page.page.locator(".command").count() == 0


def test_zone_page_time_is_typed_in_the_clock_of_the_zones(page):
    assert page.ask("geopolicy.state.timezone") == "Europe/Zagreb"
    page.page.fill("#typed", "2026-12-05T23:00")
    page.page.locator("#typed").blur()
    assert page.ask("geopolicy.state.at") == milliseconds(datetime(2026, 12, 5, 22, tzinfo=UTC))
    assert page.page.inner_text("#moment-text") == "Sat 05.12.2026 23:00"
    page.page.select_option("#timezone", "UTC")
    assert page.page.inner_text("#moment-text") == "Sat 05.12.2026 22:00"
    page.page.locator("#moment").fill("60")
    assert page.ask("geopolicy.state.at") == milliseconds(BEGIN + timedelta(hours=1))
    page.page.locator("body").press("Shift+ArrowRight")
    assert page.ask("geopolicy.state.at") == milliseconds(BEGIN + timedelta(hours=4))  # 16:00 in Zagreb
    page.page.check("#time-known")
    assert page.page.inner_text("#moment-text") == "time not known"


def test_zone_page_lists_the_days_at_a_place(page):
    page.ask("geopolicy.look({ place: { lat: 45.0, lon: 13.0, lng: 13.0 } })")
    engine = gp.open(ZONES, VEHICLES["car"])
    intervals = page.ask("geopolicy.intervals(45.0, 13.0)")
    assert page.page.locator("#days tbody tr").count() == len(intervals) >= 9
    for interval in intervals:
        for at in (interval["from"], (interval["from"] + interval["to"]) // 2, interval["to"] - 1):
            moment = datetime.fromtimestamp(at / 1000, UTC)
            assert interval["levels"] == [
                int(level) for level in engine.when(moment).decide(45.0, 13.0).levels.values()
            ]
    page.page.locator("#days button").nth(1).click()
    assert page.ask("geopolicy.state.at") == intervals[1]["from"]


def test_zone_page_of_a_change_shows_both_editions_and_what_changed(look):
    old, new = ZONES, zones_of(shift=0.0004, less=1)
    drawing = gp.draw_zones(new, VEHICLES, since=old, time=BEGIN)
    page = look(drawing)
    found = gp.diff_zones(old, new)
    looser = sum(len(zone.looser) for zone in found.zones)
    assert looser
    assert page.page.inner_text("#change-note").startswith(f"{looser} findings are looser")
    engines = [gp.open(old), gp.open(new)]
    placed = [each for each in drawing.data["changes"]["findings"] if each["place"] and each["is_looser"]]
    assert placed
    for finding in placed:
        example = finding["example"] or {"state": None, "emergency": None, "time": None}
        moment = None if example["time"] is None else datetime.fromtimestamp(example["time"] / 1000, UTC)
        views = [engine.when(moment, example["state"], example["emergency"]) for engine in engines]
        before, after = (as_in_page(view.decide(*finding["place"])) for view in views)
        is_lower = any(now < was for was, now in zip(before["levels"], after["levels"], strict=True))
        assert is_lower or any(set(before["tags"][tag]) - set(after["tags"].get(tag, ())) for tag in before["tags"])
    page.page.locator("#change-list button").first.click()
    place = page.ask("geopolicy.state.place")
    for edition in (0, 1):
        page.page.select_option("#edition", str(edition))
        said = page.ask("({ lat, lon }) => geopolicy.find(lat, lon).zones", place)
        wanted = [zone.id for zone in (old, new)[edition] if gp.testing.covers_slowly(zone, place["lat"], place["lon"])]
        assert said == wanted
    assert page.is_quiet()


def test_zone_page_of_a_change_names_levels_and_tags_that_it_changes_at_a_place(look):
    square, asks = ring(45.0, 13.0, 0.01), ({"store_in": "HR", "level": gp.Level.OFF}, {"limits": {"retain_s": 9}})
    old, new = (gp.ZoneSet([gp.Zone("z", square, [gp.Rule(["lidar"], **asked)])]) for asked in asks)
    page = look(gp.draw_zones(new, VEHICLES["van"], since=old))
    page.ask("geopolicy.look({ place: { lat: 45, lon: 13, lng: 13 } })")
    assert page.page.locator("#now .compared li").all_inner_texts() == [
        "LOOSER: off becomes allow for lidar",
        "no longer asked: store in HR for lidar",
        "newly asked: retain_s at most 9 s for lidar",
    ]
    page.ask("geopolicy.look({ place: { lat: 46, lon: 13, lng: 13 } })")
    assert "The change asks the same as before here" in page.page.inner_text("#now")


def test_zone_page_texts_of_others_stay_text(look):
    drawing = gp.draw_zones(
        hostile_zones(), {text: gp.Vehicle() for text in HOSTILE}, title=HOSTILE[0], since=zones_of()
    )
    page = look(drawing)
    for number in range(len(HOSTILE)):
        page.ask(
            "(zone) => geopolicy.look({ zone, fit: { zone }, place: { lat: 45, lon: 13 + zone / 1000, lng: 13 } })",
            number,
        )
        page.settle()
    assert page.ask("window.hacked") is None
    assert page.page.locator("#now script, #now img, #zone-list script, #zone-list img, #change-list img").count() == 0
    assert page.is_quiet()


# What is drawn at a place on the canvas of a pane.
PIXEL = """([pane, lat, lon]) => {
  const map = geopolicy.theMap(), canvas = map.getPane(pane).querySelector("canvas");
  const box = canvas.getBoundingClientRect(), home = map.getContainer().getBoundingClientRect();
  const at = map.latLngToContainerPoint([lat, lon]), scale = canvas.width / box.width;
  const x = Math.round((home.left + 1 + at.x - box.left) * scale);
  const y = Math.round((home.top + 1 + at.y - box.top) * scale);
  return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
}"""


def square(zone_id, west, south, size, *rules: gp.Rule, timezone=None):
    """A zone that is a square of degrees."""
    corners = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return gp.Zone(zone_id, {"type": "Polygon", "coordinates": [corners]}, rules or [OFF], timezone=timezone)


def test_zone_page_has_the_same_ground_on_both_sides_of_the_antimeridian(look, page):
    other = look(gp.draw_zones(gp.ZoneSet([square("z", 179.9, 10, 0.2)])))
    other.ask("geopolicy.theMap().setView([45, 180], 2.5, { animate: false }) && 0")
    land = other.ask("getComputedStyle(document.documentElement).getPropertyValue('--land').trim()")
    wanted = [*bytes.fromhex(land[1:]), 255]
    for place in ([47, 102], [41, 258], [66.5, 184]):
        assert all(
            abs(part - its) <= 8 for part, its in zip(other.ask(PIXEL, ["ground", *place]), wanted, strict=True)
        ), place
    page.ask("geopolicy.theMap().setView([-10, -20], 3, { animate: false }) && 0")
    assert [page.ask(PIXEL, ["ground", *place])[3] for place in ([-16.4, -20], [-16.4, -10], [-16.8, -25])] == [0, 0, 0]


def test_zone_page_shows_each_place_once_and_each_zone_wherever_it_lies(look):
    zones = [square("here", 13, 45, 1), square("over", 192.5, 10, 1.0), square("cap", -180, 80, 9.0)]
    page = look(gp.draw_zones(gp.ZoneSet(zones[:2])))
    middle = page.ask("geopolicy.data.middle_lon")
    bounds = page.ask(
        "(() => { const at = geopolicy.theMap().options.maxBounds; return [at.getWest(), at.getEast()]; })()"
    )
    assert bounds == [middle - 180, middle + 180]
    ring_of_world = [[-180, -60], [180, -60], [180, -59], [-180, -59], [-180, -60]]
    band = gp.Zone("band", {"type": "Polygon", "coordinates": [ring_of_world]}, [OFF])
    page = look(gp.draw_zones(gp.ZoneSet([*zones[:1], band])))
    drawn = page.ask("geopolicy.edition().zones.find((zone) => zone.id === 'band').bounds")
    middle = page.ask("geopolicy.data.middle_lon")
    assert drawn["west"] <= middle - 180
    assert drawn["east"] >= middle + 180


def test_zone_page_shades_what_no_coverage_holds(look):
    area = gp.Coverage({"type": "Polygon", "coordinates": [[[12, 44], [15, 44], [15, 47], [12, 47], [12, 44]]]})
    page = look(gp.draw_zones(gp.ZoneSet([square("z", 13, 45, 1)], gp.ZoneFileHeader(coverages=(area,)))))
    page.ask("geopolicy.theMap().setView([45.5, 13.5], 6, { animate: false }) && 0")
    outside = [page.ask(PIXEL, ["overlayPane", lat, 17.0])[3] for lat in (44.5, 45, 46)]
    inside = [page.ask(PIXEL, ["overlayPane", 44.5, lon])[3] for lon in (12.5, 13.5, 14.5)]
    assert min(outside) > 0 == max(inside)


def test_zone_page_goes_to_moments_with_seconds_and_to_the_last_of_the_days(look):
    begin = datetime(2026, 10, 24, 12, 0, 35, 500_000, tzinfo=UTC)
    late = gp.Condition(gp.Window(since=begin + timedelta(days=1, seconds=-30)))
    short = gp.Condition(
        gp.Window(since=begin + timedelta(hours=1), until=begin + timedelta(hours=1, milliseconds=400))
    )
    zones = gp.ZoneSet([square("z", 13, 45, 1, gp.Rule(["camera"], gp.Level.OFF, when=late)),
                        square("y", 15, 45, 1, gp.Rule(["camera"], gp.Level.OFF, when=short))])  # fmt: skip
    page = look(gp.draw_zones(zones, time=begin, days=1))
    page.ask("geopolicy.look({ place: { lat: 45.5, lon: 13.5, lng: 13.5 } })")
    assert page.page.inner_text("#moment-text") == "Sat 24.10.2026 12:00:35.500"
    page.page.locator("#days button").nth(1).click()
    assert page.page.inner_text("#moment-text") == "Sun 25.10.2026 12:00:05.500"
    assert "must be off" in page.page.inner_text("#now")
    page.ask("geopolicy.look({ place: { lat: 45.5, lon: 15.5, lng: 15.5 } })")
    assert page.page.locator("#days tbody tr").count() == 3
    page.page.locator("#days button").nth(1).click()
    assert page.page.inner_text("#moment-text") == "Sat 24.10.2026 13:00:35.500"
    assert "must be off" in page.page.inner_text("#now")


def test_zone_page_tells_times_that_come_twice_and_never(look):
    night = gp.Condition(gp.Window(hours=[gp.Hours(time(2, 15), time(2, 45))]))
    zone = square("z", 13, 45, 1, gp.Rule(["camera"], gp.Level.OFF, when=night), timezone="Europe/Zagreb")
    page = look(gp.draw_zones(gp.ZoneSet([zone]), time=datetime(2026, 10, 24, 12, tzinfo=UTC), days=2))
    page.page.fill("#typed", "2026-10-25T02:30:00")
    assert page.page.inner_text("#moment-text") == "Sun 25.10.2026 02:30 GMT+2"
    assert page.page.inner_text("#typed-note") == "this time comes twice, the first is shown"
    page.ask("geopolicy.look({ place: { lat: 45.5, lon: 13.5, lng: 13.5 } })")
    rows = [row.replace("\n", " ") for row in page.page.locator("#days tbody tr").all_inner_texts()]
    assert "02:15 GMT+2" in rows[1]
    assert "02:45 GMT+1" in rows[1]
    page = look(gp.draw_zones(gp.ZoneSet([zone]), time=datetime(2026, 3, 28, 12, tzinfo=UTC), days=2))
    page.page.fill("#typed", "2026-03-29T02:30:00")
    assert page.page.inner_text("#moment-text") == "Sun 29.03.2026 03:30 GMT+2"
    assert page.page.inner_text("#typed-note") == "the clock leaves this time out"
    page.page.fill("#typed", "2027-03-29T02:30:00")
    assert page.page.inner_text("#typed-note") == "outside of these days"


def test_zone_page_shows_a_finding_in_a_situation_in_which_it_is_so(look):
    def edition(hours, *more: gp.Zone):
        night = gp.Condition(gp.Window(hours=[hours]))
        return gp.ZoneSet(
            [square("night", 13, 45, 1, gp.Rule(["camera"], gp.Level.OFF, when=night), timezone="Europe/Zagreb"), *more]
        )

    emergency = gp.Rule(["lidar"], gp.Level.OFF, unless=[gp.Condition(emergency=True)])
    old = edition(gp.Hours(time(20), time(6)), square("yard", 15, 45, 1, gp.Rule(["lidar"], gp.Level.OFF)))
    new = edition(gp.Hours(time(22), time(6)), square("yard", 15, 45, 1, emergency))
    page = look(gp.draw_zones(new, since=old, time=BEGIN))
    buttons = page.page.locator("#change-list button")
    assert buttons.count() == 2
    for number in (0, 1, 0):
        buttons.nth(number).click()
        assert "LOOSER: off becomes allow" in page.page.inner_text("#now .compared")
    over = edition(gp.Hours(time(22), time(6)))
    ended = gp.Rule(["radar"], gp.Level.OFF, when=gp.Condition(gp.Window(until=datetime(2020, 1, 1, tzinfo=UTC))))
    page = look(gp.draw_zones(over, since=over.with_zones([square("old", 17, 45, 1, ended)]), time=BEGIN))
    page.page.click("#change-list button")
    assert page.ask("[geopolicy.state.state, geopolicy.state.emergency]") == [None, None]


def test_zone_page_on_paper_says_what_is_shown(page):
    page.page.select_option("#state", "parked")
    page.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    text = "Mon 30.11.2026 12:00 Europe/Zagreb · vehicle: car · state: parked · emergency: not known"
    assert page.page.inner_text("#shown") == text
    page.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.page.locator("#shown").is_visible()


def test_zone_page_place_can_be_typed_and_a_wrong_one_is_refused(page):
    page.page.fill("[aria-label=Latitude]", "95")
    page.page.fill("[aria-label=Longitude]", "13")
    page.page.click("text=Look there")
    assert "Latitude -90 to 90" in page.page.inner_text("[role=alert]")
    page.page.fill("[aria-label=Latitude]", "45.0")
    page.page.click("text=Look there")
    assert page.ask("geopolicy.state.place") == {"lat": 45.0, "lon": 13.0, "lng": 13.0}


def test_zone_page_place_beyond_the_antimeridian_is_marked_on_the_turn_that_is_shown(look):
    page = look(gp.draw_zones(gp.ZoneSet([square("z", 179.5, 10, 1.0)])))
    page.page.fill("[aria-label=Latitude]", "10.5")
    page.page.fill("[aria-label=Longitude]", "-179.75")
    page.page.click("text=Look there")
    lng, is_seen = page.ask("(() => { const at = geopolicy.marker().getLatLng(); "
                            "return [at.lng, geopolicy.theMap().getBounds().contains(at)]; })()")  # fmt: skip
    assert abs(lng - page.ask("geopolicy.data.middle_lon")) <= 180
    assert is_seen
    assert "must be off" in page.page.inner_text("#now")


def test_zone_page_before_1970_says_its_moments(look):
    page = look(gp.draw_zones(ZONES, time=datetime(1969, 12, 31, 23, 0, 1, 250_000, tzinfo=UTC)))
    page.page.select_option("#timezone", "UTC")
    assert page.page.inner_text("#moment-text") == "Wed 31.12.1969 23:00:01.250"


def test_zone_page_search_filters_and_escape(page):
    page.page.locator("body").press("/")
    page.page.keyboard.type("number 17")
    assert page.page.locator("#zone-list li").count() == 1
    page.page.click("#zone-list button.zone")
    assert page.ask("geopolicy.edition().zones[geopolicy.state.zone].id") == "zone-17"
    page.page.locator("body").press("Escape")
    assert page.ask("geopolicy.state.zone") is None


@pytest.mark.parametrize("zones", [gp.ZoneSet([]), scattered_zones(3)], ids=["none", "three"])
def test_zone_page_of_few_zones_opens(look, zones):
    assert look(gp.draw_zones(zones, time=BEGIN)).is_quiet()
