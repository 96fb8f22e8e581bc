"""What a report of a drive holds: each answer is the decision, and places are where the fixes were."""

from __future__ import annotations

import json
import math
from datetime import timedelta

import numpy as np
import pytest

import geopolicy as gp
from geopolicy.geometry.in_wgs84 import from_family
from geopolicy.pages.document import json_in_html, page_script, tile_host
from geopolicy.pages.shapes import shift_to
from geopolicy.pages.way import simplified
from report_pages import BEGAN, HOSTILE, fixes_along, hostile_zones, ring, scattered_zones
from shapes import box

ZONES = scattered_zones(60)
FIXES = list(fixes_along(1500, lost={*range(300, 340), 900}))
SQUARE = gp.ZoneSet([gp.Zone("square", box(13.0, 45.0, 14.0, 46.0), [gp.Rule(["camera"], gp.Level.OFF)])])


def answer_of(data, step):
    """The answer of a step, by its runs."""
    started = [number for at, number in data["runs"] if at <= step]
    return data["answers"][started[-1]]


def steps_of_fixes(data):
    """The step of each fix."""
    others = set(data["way"]["no_fix"])
    return [step for step in range(data["way"]["count"]) if step not in others]


def summed(differences):
    return np.cumsum(differences)


@pytest.mark.parametrize("raw", [False, True], ids=["monitored", "raw"])
def test_report_answers_are_the_decisions_at_every_fix(raw):
    data = gp.report_drive(FIXES, ZONES, is_raw=raw).data
    engine = gp.open(ZONES)
    steps = gp.replay.replay(engine, FIXES) if raw else gp.replay.MonitoredReplay(engine).steps(FIXES)
    decisions = [step.decision for step in steps if step.is_fix]
    of_fixes = steps_of_fixes(data)
    assert len(of_fixes) == len(decisions) == len(FIXES)
    for at, decision in zip(of_fixes, decisions, strict=True):
        answer = answer_of(data, at)
        assert answer["levels"] == [int(level) for level in decision.levels.values()]
        assert (answer["certainty"], answer["reasons"]) == (decision.certainty, list(decision.reasons))
        assert [data["zones"][number]["id"] for number in answer["zones"]] == list(decision.zones)


def test_report_way_is_within_what_it_says_of_every_fix():
    data = gp.report_drive(FIXES, ZONES).data
    way = data["way"]
    kept = summed(way["steps"])
    lat, lon = (np.interp(steps_of_fixes(data), kept, summed(way[name]) / 1e7) for name in ("lat", "lon"))
    for number, fix in enumerate(FIXES):
        if fix.valid:
            east = (lon[number] - fix.lon) * 111_320 * math.cos(math.radians(fix.lat))
            assert math.hypot((lat[number] - fix.lat) * 111_320, east) <= 1.05 * way["within"] + 0.02


def test_report_raw_path_through_a_zone_between_two_fixes_is_restricted_and_told():
    data = gp.report_drive([gp.Fix(45.5, 12.9), gp.Fix(45.5, 14.1)], SQUARE, is_raw=True).data
    assert data["way"]["no_fix"] == [1]
    assert [max(answer_of(data, step)["levels"]) for step in range(3)] == [0, 4, 0]
    assert data["zones"][answer_of(data, 1)["zones"][0]]["id"] == "square"


def test_report_stale_moment_is_a_step_between_two_fixes():
    times = [*range(8), 40]
    fixes = [gp.Fix(45.5, 12.5, 4.0, BEGAN + timedelta(seconds=s), float(s)) for s in times]
    data = gp.report_drive(fixes, SQUARE).data
    (stale,) = data["way"]["no_fix"]
    assert stale == 8
    assert "stale" in answer_of(data, stale)["reasons"]
    assert data["reason_words"]["stale"]


def test_report_times_that_go_back_make_numbers_of_fixes_the_axis():
    fixes = [gp.Fix(45.5, 12.5, 4.0, BEGAN - timedelta(seconds=s)) for s in range(5)]
    way = gp.report_drive(fixes, SQUARE, is_raw=True).data["way"]
    assert (way["is_time"], summed(way["seconds"])[-1]) == (False, 4000)


def test_report_without_times_steps_between_fixes_stand_at_the_fix_before():
    data = gp.report_drive([gp.Fix(45.5, 12.9), gp.Fix(45.5, 14.1)], SQUARE, is_raw=True).data
    assert (data["way"]["is_time"], summed(data["way"]["seconds"]).tolist()) == (False, [0, 0, 1000])


def test_report_drive_over_the_antimeridian_goes_on_and_zones_stand_beside_it():
    zones = gp.ZoneSet([gp.Zone("east", box(-180.0, 0.0, -179.0, 1.0), [gp.Rule(["*"], gp.Level.OFF)])])
    fixes = [gp.Fix(0.5, lon) for lon in (179.9, 179.95, -179.95, -179.9)]
    data = gp.report_drive(fixes, zones, is_raw=True).data
    lon = summed(data["way"]["lon"]) / 1e7
    assert (lon.min(), round(lon.max(), 6)) == (179.9, 180.1)
    assert summed(data["zones"][0]["shape"][0][0][::2]).min() == 180 * 10**7


@pytest.mark.parametrize("fixes", [[], [gp.Fix(math.nan, math.nan, valid=False)] * 3], ids=["none", "lost"])
def test_report_without_positions_says_so_and_is_still_a_page(fixes):
    report = gp.report_drive(fixes, SQUARE)
    assert report.data["way"]["has_positions"] is False
    assert "</html>" in report.html()


def test_report_of_a_pack_shows_its_zones():
    data = gp.report_drive(FIXES[:5], gp.compile(SQUARE)).data
    assert [(zone["id"], zone["level"]) for zone in data["zones"]] == [("square", 4)]


def test_report_zone_that_was_grown_has_what_was_drawn_beside_it():
    point = {"type": "Point", "coordinates": [13.0, 45.0]}
    zones = gp.ZoneSet([
        gp.Zone("circle", point, [gp.Rule(["*"], gp.Level.OFF)], radius_m=100.0),
        gp.Zone("margin", box(13.1, 45.0, 13.2, 45.1), [gp.Rule(["x"], gp.Level.OFF)], margin_m=50.0),
    ])  # fmt: skip
    circle, margin = gp.report_drive(FIXES[:5], zones).data["zones"]
    assert (circle["drawn"]["kind"], margin["drawn"]["kind"], margin["level"]) == ("point", "polygon", -1)
    assert summed(margin["shape"][0][0][::2]).min() < 131_000_000 == summed(margin["drawn"]["parts"][0][0][::2]).min()


@pytest.mark.parametrize("frame", ["GCJ-02", "BD-09"])
def test_report_shapes_of_offset_frames_come_back_to_wgs84(frame):
    from geopolicy.geometry.frames import forward

    there = np.array([[121.0 + n / 7, 31.0 + n / 9] for n in range(20)])
    lat, lon = forward(frame, there[:, 1], there[:, 0])
    assert np.abs(from_family(frame, np.column_stack([lon, lat])) - there).max() < 1e-8


def test_report_shift_brings_a_shape_next_to_a_longitude():
    assert shift_to([[np.array([[-179.0, 0.0], [-178.0, 1.0]])]], 179.0) == 360.0


def test_report_way_of_few_positions_says_how_far_it_is_off():
    chance = np.random.default_rng(3).normal(0, 1e-4, 500)
    few = simplified(45 + chance, 13 + chance, np.arange(500.0), [0, 250], 20)
    assert len(few.kept) <= 23
    assert {0, 250, 499} <= set(few.kept.tolist())
    assert few.within > 0.5


def test_report_hostile_texts_cannot_end_the_data():
    text = json_in_html(list(HOSTILE))
    assert "<" not in text
    assert json.loads(text) == list(HOSTILE)
    assert gp.report_drive(FIXES[:5], hostile_zones(), title="</title><script>").html().count("<script") == 4


def test_report_same_input_gives_the_same_page():
    assert gp.report_drive(FIXES[:50], ZONES).html() == gp.report_drive(FIXES[:50], ZONES).html()


def test_report_save_writes_what_html_gives(tmp_path):
    report = gp.report_drive(FIXES[:5], SQUARE)
    report.save(tmp_path / "drive.html")
    assert (tmp_path / "drive.html").read_text(encoding="utf-8") == report.html()


def test_report_repr_says_that_positions_are_inside_and_shows_none():
    shown = repr(gp.report_drive(FIXES[:5], SQUARE))
    assert shown == "<DriveReport, positions inside, fixes: 5, zones: 1>"


def test_report_policy_names_no_host_but_the_tile_server():
    report = gp.report_drive(FIXES[:5], SQUARE)
    assert "img-src data:;" in report.html()
    assert "img-src data: https://tiles.example;" in report.html("https://tiles.example/{z}/{x}/{y}.png")


@pytest.mark.parametrize(
    "tiles",
    ["tiles.example", "ftp://a/{z}/{x}/{y}", "https://a.example/{z}/{x}", "https://a b/{z}/{x}/{y}",
     "https://a;script-src *'/{z}/{x}/{y}", "https://*/{z}/{x}/{y}", "https://a:x/{z}/{x}/{y}"],
)  # fmt: skip
def test_report_tiles_that_are_no_address_are_refused(tiles):
    with pytest.raises(ValueError, match="tiles must be an address"):
        tile_host(tiles)


def test_report_zone_is_as_tight_as_the_vehicle_is_where_it_cannot_do_what_is_asked():
    square = SQUARE.zones[0].geometry
    asks = {"consent": {"needs_consent": True}, "limit": {"limits": {"retain_s": 5}}, "store": {"store_in": "HR"}}
    zones = [gp.Zone(name, square, [gp.Rule(["camera"], **asked)]) for name, asked in asks.items()]
    data = gp.report_drive([], gp.ZoneSet(zones), gp.Vehicle(["camera"])).data
    assert {zone["id"]: zone["level"] for zone in data["zones"]} == {"consent": 4, "limit": 4, "store": 0}


def test_report_scripts_import_only_what_stands_before_them():
    script = page_script("drive")
    assert "import " not in script.replace("important", "")
    assert script.count("const module_") >= 12


def test_report_refuses_raw_that_is_no_truth():
    with pytest.raises(TypeError, match="is_raw"):
        gp.report_drive([], SQUARE, is_raw="yes")


def test_report_rules_stand_in_words():
    rule = gp.Rule(
        ["camera"],
        gp.Level.OFF,
        when=gp.Condition(active=[gp.Window(days=[5])], state=["parked"], applies_to={"class": ["taxi", "bus"]}),
        unless=[gp.Condition(emergency=True), gp.Condition(emergency=False)],
    )
    zones = gp.ZoneSet([gp.Zone("z", ring(45, 13, 0.01), [rule], timezone="Europe/Zagreb")])
    (text,) = gp.report_drive([], zones).data["zones"][0]["rules"]
    assert text == (
        "off for camera; when sat (Europe/Zagreb) and class is taxi or bus and parked;"
        " unless in an emergency; unless in no emergency"
    )
