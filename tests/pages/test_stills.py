"""Still pictures: they show the decisions, hold everything, hide nothing, and texts of others stay texts."""

from __future__ import annotations

import random
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import combinations, product
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.engines.layers import layers_of
from geopolicy.pages import still_drive
from geopolicy.pages.still_labels import Places, draw_labels
from geopolicy.pages.still_lanes import CERTAINTIES, Lanes, moment_text
from geopolicy.pages.still_shapes import contains, on_map, path_of, shapes_of
from geopolicy.pages.still_sheet import colours, frame_of, level_colour, picture, plain
from geopolicy.pages.still_view import Bounds, View, fitted
from geopolicy.pages.still_zones import moment_line, zones_picture
from geopolicy.pages.zone_values import coverage_values, zones_in
from report_pages import BEGAN, HOSTILE, fixes_along, hostile_zones, scattered_zones
from shapes import box
from still_pictures import FAR, OFF, SMALL, SVG, pixels_of, rgb, squares, texts_in, values_of

ZONES = scattered_zones(60)
FIXES = list(fixes_along(1500, lost={*range(300, 340), 900}))
TEXTS = (
    *HOSTILE,
    "$x^2$",
    "\\frac{1}{2} \\textbf{a}",
    "\x00\x0b\x1f\ufffe\uffff",
    "\ud800 \udfff",
    "\U0001f600 日本語 ไทย",
)


@pytest.fixture(scope="module")
def data():
    return gp.report_drive(FIXES, ZONES, title="The drive").data


@pytest.fixture(scope="module")
def decisions():
    steps = gp.replay.MonitoredReplay(gp.open(ZONES)).steps(FIXES)
    return [step.decision for step in steps if step.is_fix]


def drawn(data, image_format="png", size_px=still_drive.SIZE_PX):
    """The figure of a drive as it was drawn: artists by their names."""
    kept = []

    def draw(sheet):
        still_drive.draw_drive(sheet, data)
        kept.append(sheet)

    picture(image_format, frame_of(size_px, (1000, 750)), "", draw)
    return {artist.get_gid(): artist for axes in kept[0].figure.axes for artist in axes.get_children()}


def steps_of_fixes(data):
    others = set(data["way"]["no_fix"])
    return [step for step in range(data["way"]["count"]) if step not in others]


def off_line(line, point):
    """How far a point is from a line of pixels."""
    start, along = line[:-1], np.diff(line, axis=0)
    part = ((point - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
    return np.hypot(*(start + np.clip(part, 0, 1)[:, None] * along - point).T).min()


def test_drive_picture_way_has_the_look_of_the_decision_at_sampled_fixes(data, decisions):
    artists = drawn(data)
    frame = artists["frame"]
    lon, lat = (np.cumsum(data["way"][name]) / 1e7 for name in ("lon", "lat"))
    bounds = Bounds(lon.min(), lat.min(), lon.max(), lat.max())
    view = fitted([bounds], frame.get_width(), frame.get_height())
    lines = {
        gid.removeprefix("way "): [path.vertices for path in artist.get_paths()]
        for gid, artist in artists.items()
        if gid and gid.startswith("way ")
    }
    assert set(lines) == {f"{max(answer['levels'])} {answer['certainty']}" for answer in data["answers"]}
    for number in random.Random(3).sample([n for n, fix in enumerate(FIXES) if fix.valid], 300):
        (point,), decision = view.points([FIXES[number].lon], [FIXES[number].lat]), decisions[number]
        near = {look for look, of in lines.items() if min(off_line(line, point) for line in of) < 0.5}
        assert f"{int(max(decision.levels.values()))} {decision.certainty}" in near


def test_drive_picture_lanes_show_the_tightest_of_each_pixel(data, decisions):
    lanes = Lanes(data, 964.0, 30)
    kept, seconds = np.cumsum(data["way"]["steps"]), np.cumsum(data["way"]["seconds"]) / 1000.0
    at = np.interp(steps_of_fixes(data), kept, seconds) / lanes.last * lanes.width
    assert lanes.sensors == list(range(len(data["sensors"])))
    for sensor, name in enumerate(data["sensors"]):
        shown = np.full(lanes.width, -1)
        for bar in lanes.of_sensor(sensor):
            shown[bar.start : bar.end] = bar.value
        assert shown.min() >= 0
        wanted = np.array([2 * int(decision.levels[name]) for decision in decisions])
        pixels = np.minimum(at.astype(int), lanes.width - 1)
        assert (shown[pixels] >= wanted).all()
        for pixel in range(1, lanes.width - 1):
            near = wanted[(pixels >= pixel - 1) & (pixels <= pixel + 1)]
            assert not len(near) or shown[pixel] <= near.max() + 1
    ranks = [CERTAINTIES.index(decision.certainty) for decision in decisions]
    assert {bar.value for bar in lanes.of_certainty()} == set(ranks)


def test_drive_picture_pixels_are_the_colours_of_the_page():
    fixes = [gp.Fix(45.05, 12.9 + n / 100, 3.0) for n in range(31)]
    data = gp.report_drive(fixes, squares((13.0, 45.0)), is_raw=True).data
    pixels = pixels_of(still_drive.drive_picture(data))
    middle = {tuple(row[510]) for row in pixels[150:740]}
    sides = [{tuple(row[x]) for row in pixels[150:740]} for x in (120, 950)]
    assert rgb(level_colour(4)) in middle
    assert all(rgb(level_colour(0)) in side and rgb(level_colour(4)) not in side for side in sides)
    assert rgb(colours()["warn"]) in {tuple(pixel) for pixel in pixels[115]}


def test_drive_picture_shows_the_drive_and_not_a_false_place_far_away():
    fixes = [gp.Fix(45.05, 12.9 + n / 10_000, 3.0) for n in range(300)]
    fixes[150] = gp.Fix(0.0, 0.0, 3.0)
    report = gp.report_drive(fixes, squares((12.91, 45.0)), is_raw=True)
    content = report.svg()
    texts = texts_in(content)
    assert any("places far from the others are outside of the map" in text for text in texts)
    assert {"500 m", "start", "end", "a zone"} <= set(texts)
    numbers = [abs(float(number)) for number in re.findall(rb"[ML] (-?[\d.]+) ", content)]
    assert max(numbers) < 3000


def test_drive_picture_of_many_sensors_says_how_many_are_hidden():
    names = [f"camera.c{n}" for n in range(40)]
    vehicle = gp.Vehicle([*names, "lidar"])
    zones = gp.ZoneSet([gp.Zone("z", box(13, 45, 14, 46), [gp.Rule(["lidar"], gp.Level.OFF)])])
    data = gp.report_drive([gp.Fix(45.5, 13.5)], zones, vehicle, is_raw=True).data
    texts = texts_in(still_drive.drive_picture(data, image_format="svg"))
    assert "lidar" in texts
    shown = sum(text in [*names, "lidar"] for text in texts)
    assert f"and {41 - shown} more sensors, which are restricted no tighter than these" in texts


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_pictures_are_the_same_each_time_and_change_no_setting(data, kind):
    import matplotlib as mpl

    before, filters = dict(mpl.rcParams), list(warnings.filters)
    first = still_drive.drive_picture(data, image_format=kind, size_px=SMALL)
    with mpl.rc_context({"font.size": 40, "savefig.dpi": 20, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert still_drive.drive_picture(data, image_format=kind, size_px=SMALL) == first
    assert (dict(mpl.rcParams), list(warnings.filters)) == (before, filters)
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda _: still_drive.drive_picture(data, image_format=kind, size_px=SMALL), range(4))
        assert set(made) == {first}


def test_svg_refers_to_nothing_elsewhere_and_names_no_moment_or_program(data):
    content = still_drive.drive_picture(data, image_format="svg")
    for word in (b"DOCTYPE", b"<metadata", b"<script", b"matplotlib", b"Matplotlib", b"@import"):
        assert word not in content
    root = ElementTree.fromstring(content)
    assert (root.get("width"), root.get("height")) == ("1600", "1200")
    places = [value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")]
    assert all(place.startswith(("#", "data:image/png")) for place in places)
    addresses = content.count(b"://")
    assert addresses == content.count(b"http://www.w3.org/")


def test_svg_opens_in_a_browser_and_asks_nobody(browser, data, tmp_path):
    file, page, asked, complaints = tmp_path / "drive.svg", browser.new_page(), [], []
    file.write_bytes(still_drive.drive_picture(data, image_format="svg"))
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert page.evaluate("document.querySelector('parsererror')") is None
    assert page.evaluate("[...document.querySelectorAll('text')].some((each) => each.textContent === 'start')")
    assert page.evaluate("document.documentElement.getBoundingClientRect().width") == 1600
    assert (len(asked), complaints) == (1, [])
    page.close()


@pytest.mark.parametrize("kind", ["png", "svg"])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts_of_others_stay_texts(kind, text):
    values, levels = values_of(squares((13.0, 45.0)))
    values[0]["name"] = text
    how = {"title": text, "lines": [text] * 5, "image_format": kind, "size_px": SMALL}
    content = zones_picture(values, levels, **how)
    if kind == "svg":
        shown = plain(text, 20).strip()
        texts = [each or "" for each in texts_in(content)]
        assert sum(shown.rstrip("…") in each for each in texts) >= 5
        assert not list(ElementTree.fromstring(content).iter(f"{SVG}script"))


def test_hostile_report_is_drawn_with_its_title():
    fixes = [gp.Fix(45.0, 13.0 + n / 10_000, accuracy_95_m=4.0) for n in range(80)]
    report = gp.report_drive(fixes, hostile_zones(), is_raw=True, title="<script>alert(1)</script> \u202e$a$")
    assert "<script>alert(1)</script> $a$" in texts_in(report.svg())
    assert len(report.png(SMALL)) > 1000


def first_view(zones):
    """The degrees of a view to which zones are fitted."""
    return fitted([shape.bounds for shape in shapes_of(zones, turns=True)], 1000.0, 600.0).bounds


def test_zones_on_both_sides_of_the_antimeridian_lie_together():
    values, levels = values_of(squares((179.85, -17.0), (-179.9, -16.8)))
    west, south, east, north = first_view(values)
    assert 0 < east - west < 2
    turn = 360.0 if east < 0 else 0.0
    assert west + turn < 179.85
    assert east + turn > 180.2
    assert south < -17.0 < -16.7 < north
    assert zones_picture(values, levels, size_px=SMALL)


ROUND = [(x, 0.0) for x in range(-180, 180, 9)]


@pytest.mark.parametrize(
    "corners",
    [[], [(13.0, 45.0)], [(13.0, 89.8)], [(0.0, -89.95), (90.0, 89.0)], [(-179.95, 0.0)], ROUND],
    ids=["none", "one", "pole", "poles", "edge", "round"],
)
def test_zones_anywhere_are_drawn_and_named(corners):
    values, levels = values_of(squares(*corners, name="here"))
    texts = texts_in(zones_picture(values, levels, image_format="svg"))
    assert ("here" in texts) == bool(corners)
    assert ("There is no zone." in texts) == (not corners)


def test_map_ends_where_that_of_the_page_does_and_says_what_lies_beyond():
    boxes = {"north": box(10, 85, 20, 90), "south": box(-60, -90, -40, -85), "here": box(13, 45, 13.1, 45.1)}
    values, levels = values_of(gp.ZoneSet([gp.Zone(name, each, OFF) for name, each in boxes.items()]))
    texts = texts_in(zones_picture(values, levels, image_format="svg"))
    assert {*boxes, "10000 km at 0°"} <= set(texts)
    assert any("what lies beyond 85° is at the border of the map" in text for text in texts)
    view = fitted([shape.bounds for shape in shapes_of(values, turns=True)], 1000.0, 600.0)
    assert 500 < view.points([180.0], [0.0])[0, 0] - view.points([-180.0], [0.0])[0, 0] < 600
    assert view.points([0.0], [90.0])[0, 1] == pytest.approx(36.0)
    assert view.points([0.0], [-90.0])[0, 1] == pytest.approx(564.0)
    assert "border" not in "".join(texts_in(zones_picture(*values_of(FAR), image_format="svg")))


@pytest.mark.parametrize(
    ("moment", "timezones", "line"),
    [
        ((2026, 12, 5, 22), ["Europe/Zagreb"], "Sat 2026-12-05 23:00 Europe/Zagreb (22:00 UTC)"),
        ((2026, 12, 5, 23, 0, 7), ["Asia/Tokyo"], "Sun 2026-12-06 08:00:07 Asia/Tokyo (2026-12-05 23:00:07 UTC)"),
        ((2026, 10, 25, 1, 30), ["Europe/Zagreb"], "Sun 2026-10-25 02:30 Europe/Zagreb (01:30 UTC)"),
        ((2026, 12, 5, 22), ["Asia/Tokyo", "Europe/Zagreb"], "Sat 2026-12-05 22:00 UTC"),
        ((1, 1, 1, 0), ["America/New_York"], "Mon 0001-01-01 00:00 UTC"),
        ((2026, 12, 5, 22, 0, 59), [], "Sat 2026-12-05 22:00:59 UTC"),
    ],
)
def test_moment_in_the_head_is_that_of_the_zones_and_of_utc(moment, timezones, line):
    milliseconds = int(datetime(*moment, tzinfo=UTC).timestamp()) * 1000
    assert moment_line(milliseconds, timezones) == line
    zones = [gp.Zone(f"z{n}", box(13, 45, 14, 46), OFF, timezone=name) for n, name in enumerate([None, *timezones])]
    drawing = gp.draw_zones(gp.ZoneSet(zones), time=datetime(*moment[:5], tzinfo=UTC))
    drawing.data["span"][0] = milliseconds
    assert any(text.startswith(f"{line} · ") for text in texts_in(drawing.svg()))


def test_zones_that_ask_nothing_now_are_dashed_and_said_so():
    values, _ = values_of(squares((13.0, 45.0), (13.3, 45.2)))
    texts = texts_in(zones_picture(values, [-1, 0], image_format="svg"))
    assert texts.count("asks nothing now") == 2  # on the map and in the legend
    assert texts.count("asks, no level") == 2


def test_zones_picture_refuses_what_it_cannot_draw():
    values, levels = values_of(squares((13.0, 45.0)))
    with pytest.raises(ValueError, match=r"^levels must be one for each of 1 zones, got 0$"):
        zones_picture(values, [])
    with pytest.raises(ValueError, match=r"^image_format must be 'png' or 'svg', got 'pdf'$"):
        zones_picture(values, levels, image_format="pdf")
    with pytest.raises(ValueError, match=r"^size_px must be width and height"):
        zones_picture(values, levels, size_px=(1600,))


def test_coverage_and_what_was_drawn_are_in_the_legend():
    zone = gp.Zone("p", {"type": "Point", "coordinates": [13.0, 45.0]}, OFF, radius_m=500.0)
    zones = gp.ZoneSet([zone], gp.ZoneFileHeader(coverages=[gp.Coverage(box(12.9, 44.9, 13.1, 45.1))]))
    values, levels = values_of(zones)
    coverages = coverage_values(zones_in(layers_of(zones)), 0.0)
    texts = texts_in(zones_picture(values, levels, coverages=coverages, image_format="svg"))
    assert {"as it was drawn", "coverage of a file: outside of it everything is off"} <= set(texts)


def test_ground_outside_of_any_coverage_is_shaded():
    header = gp.ZoneFileHeader(coverages=[gp.Coverage(box(12, 44, 14, 46)), gp.Coverage(box(13, 44, 15, 46))])
    zones = gp.ZoneSet([gp.Zone("z", box(12.5, 44.5, 14.5, 45.5), [gp.Rule(["none"], gp.Level.OFF)])], header)
    values, levels = values_of(zones)
    coverages = coverage_values(zones_in(layers_of(zones)), 0.0)
    plain_one, shaded = (pixels_of(zones_picture(values, levels, coverages=each)) for each in ([], coverages))
    view = fitted([shape.bounds for shape in shapes_of(values, turns=True)], 964.0, 473.0)
    for lon, is_known in ((11.9, False), (12.75, False), (13.5, True), (14.25, False), (15.1, False)):
        x, y = ((view.points([lon], [44.8])[0] + (18.0, 90.0)) * 1.6).astype(int)
        parts = [picture[y : y + 12, x : x + 12] for picture in (plain_one, shaded)]
        assert (parts[0] == parts[1]).all() == is_known


def test_labels_lie_over_no_other(monkeypatch):
    seen = []
    real = still_drive.draw_labels
    monkeypatch.setattr(still_drive, "draw_labels", lambda *given: seen.append((real(*given), given[4])))
    drawn(gp.report_drive(FIXES[:300], scattered_zones(200)).data)
    ((labels, places),) = seen
    assert len(labels) > 5
    for one, other in combinations(places.boxes, 2):
        assert one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top


SPOTS = st.lists(st.tuples(st.floats(13, 14), st.floats(45, 45.6), st.sampled_from([0.001, 0.1, 0.5])), max_size=8)


@given(spots=SPOTS)
def test_labels_cover_the_middle_of_no_other_zone(spots):
    zones = [gp.Zone(f"zone {n}", box(x, y, x + s, y + s), OFF) for n, (x, y, s) in enumerate(spots)]
    shapes = shapes_of(values_of(gp.ZoneSet(zones))[0], turns=True)
    kept = []

    def draw(sheet):
        view = fitted([shape.bounds for shape in shapes], 964.0, 473.0)
        places = Places(view.width, view.height)
        panel = sheet.panel(18, 90, view.width, view.height)
        kept.append((view, draw_labels(sheet, panel, view, [(shape, 4) for shape in shapes], places)))

    picture("svg", frame_of((1600, 1000), (1000, 625)), "", draw)
    ((view, labels),) = kept
    assert labels or len(zones) != 1
    for label, shape in product(labels, shapes):
        west, south, east, north = shape.bounds
        x, y = view.points([west, east], [north, south]).mean(axis=0)
        is_over = label.box.left < x < label.box.right and label.box.top < y < label.box.bottom
        assert shape.number == label.number or not is_over


def test_name_of_a_large_zone_stands_outside_of_one_within_it():
    zones = [gp.Zone("outer", box(13, 45, 14, 46), OFF), gp.Zone("inner", box(13.3, 45.3, 13.7, 45.7), OFF)]
    texts = ElementTree.fromstring(gp.draw_zones(gp.ZoneSet(zones)).svg()).iter(f"{SVG}text")
    heights = {each.text: float(each.get("y")) for each in texts if each.get("y")}
    assert abs(heights["outer"] - heights["inner"]) > 80


PLACES = st.tuples(st.floats(-3000, 4000), st.floats(-3000, 4000))


@given(ring=st.lists(PLACES, min_size=3, max_size=8), point=st.tuples(st.floats(1, 999), st.floats(1, 599)))
def test_cut_ring_covers_the_same_of_what_is_seen(ring, point):
    view = View(100.0, 100.0, 10.0, 1000.0, 600.0)
    x, y = np.array(ring).T / view.scale + 100.0
    lon, lat = x / 256 * 360 - 180, np.degrees(np.arctan(np.sinh((0.5 - y / 256) * 2 * np.pi)))
    whole = view.points(lon, lat)
    shown = on_map([[np.column_stack([lon, lat])]], view)
    every = [place for part in shown for each in part for place in each]
    assert all(-1001 <= a <= 2001 and -601 <= b <= 1201 for a, b in every)
    closed = np.concatenate([whole, whole[:1]])
    if off_line(closed, np.array(point)) > 0.5:
        assert contains([whole], *point) == contains([each for part in shown for each in part], *point)


@given(lons=st.lists(st.floats(-180, 179.9), min_size=1, max_size=6), lat=st.floats(-80, 80))
def test_view_holds_every_zone_on_the_turn_where_all_lie_together(lons, lat):
    zones = [{"shape": [[[int(lon * 1e7), int(lat * 1e7), 1000, 0, 0, 1000]]], "id": "z", "name": ""} for lon in lons]
    west, south, east, north = first_view(zones)
    shapes = shapes_of(zones, turns=True)
    for shape, lon in zip(shapes, lons, strict=True):
        assert west < shape.bounds.west
        assert shape.bounds.east < east
        assert south < lat < north
        assert abs((shape.bounds.west - lon + 180) % 360 - 180) < 1e-6
    ends = sorted(lon % 360 for lon in lons)
    gaps = [*np.diff(ends), ends[0] + 360 - ends[-1]]
    span = max(shape.bounds.west for shape in shapes) - min(shape.bounds.west for shape in shapes)
    assert span <= 360 - max(gaps) + 1e-3


def test_path_of_polygons_keeps_holes_and_joins_what_overlaps():
    square = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)])
    hole = square * 0.4 + 3.0
    rings = [polygon[:-1] for polygon in path_of([[square[::-1], hole], [square + 5.0]]).to_polygons()]
    turns = [1 if np.linalg.det([ring[1] - ring[0], ring[2] - ring[1]]) > 0 else -1 for ring in rings]
    for at, winding in (((1, 1), 1), ((4, 4), 0), ((6, 6), 1), ((9, 9), 2), ((12, 12), 1), ((20, 2), 0)):
        assert sum(turn * contains([ring], *at) for turn, ring in zip(turns, rings, strict=True)) == winding


def test_moment_without_a_clock_is_seconds_or_the_number_of_a_fix():
    assert moment_text({"is_time": True, "began": None}, 61.5) == "61.5 s"
    assert moment_text({"is_time": False, "began": None}, 3.0) == "fix 4"
    assert moment_text({"is_time": True, "began": BEGAN.timestamp() * 1000}, 61.0) == "12:01:01"


def test_drive_without_positions_or_fixes_is_drawn_and_says_so():
    nowhere = [gp.Fix(float("nan"), float("nan"), valid=False) for _ in range(5)]
    for fixes, words in ((nowhere, "No position is known of this drive."), ([], "There is no fix in the drive.")):
        texts = texts_in(gp.report_drive(fixes, ZONES, is_raw=True).svg())
        assert words in texts
        assert "No position is in this picture." in texts
    assert "Positions are in this picture." in texts_in(gp.report_drive([gp.Fix(45, 13)], ZONES).svg())
