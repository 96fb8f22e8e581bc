"""The page on rules: its snippets are the zones of the file, and each zone decides what the text asks for.

Every row of the page has tests of its own: a vehicle that can do what is asked, one that cannot, an emergency.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy import Level, Reason
from geopolicy.model.limits import MUST_SHOW

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "zones" / "rules.geojson"
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([a-z0-9-]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
FIELDS = ["text", "date", "source", "asks", "zone file", "left to others"]
LOOKING_OUT = ("camera.exterior.front", "lidar.roof", "radar.front")
FACES = ("camera.cabin", "camera.driver")
CABIN = (*FACES, "microphone.cabin")
POSITIONS = "telemetry.location"
RECORDERS = ("camera.exterior.front", "camera.cabin", "microphone.cabin", POSITIONS)
SENSORS = (*LOOKING_OUT, *CABIN, POSITIONS, "gnss", "link.cellular", "ultrasonic")
ANY_LIMIT = {"*": {"retain_s": {}, "resolution_m": {}, "position_m": {}, "points_per_m2": {}}}
KNOWN = {"make": "Ordinary", "class": "car", "made_in": "DE", "owner_country": "DE"}
DAY = datetime(2026, 12, 1, 12, tzinfo=UTC)  # the zones are at 20 degrees west: the sun is high
NIGHT = datetime(2026, 12, 1, 1, tzinfo=UTC)
EMERGENCY = ("emergency",)
RESCUE = ("class", "emergency")

tested: set[str] = set()


def row(zone_id):
    """Notes which row of the page a test is about."""
    tested.add(zone_id)
    return lambda test: test


def vehicle(can=True, attributes=()):
    """One that can keep every limit and show every sign, or none of them."""
    values = KNOWN | dict(attributes)
    return gp.Vehicle(SENSORS, values, limits=ANY_LIMIT if can else None, shows=MUST_SHOW if can else ())


@cache
def zones():
    return gp.read_zones(FILE)


@cache
def opened(of):
    return gp.open(FILE, vehicle=of)


def middle_of(zone_id):
    """The middle of a zone as WGS 84; the one in GCJ-02 is large enough for its offset."""
    ring = zones()[zone_id].geometry.to_geojson()["coordinates"][0]
    return (ring[0][1] + ring[2][1]) / 2, (ring[0][0] + ring[2][0]) / 2


def inside(zone_id, attributes=(), *, can=True, emergency=False, time=DAY):
    """What is decided in the middle of a zone for a vehicle with these attributes."""
    engine = opened(vehicle(can, attributes)).when(time, "driving", emergency)
    return engine.decide(*middle_of(zone_id))


def levels(decision, sensors):
    return [decision.level(sensor) for sensor in sensors]


def lifted(decision):
    return {cause.lifted_by for cause in decision.exemptions}


def consented(zone_id, sensors, *, emergency=False):
    """What is decided after a minute in a zone, by a monitor that was told of a consent at its beginning."""
    monitor = gp.Monitor(opened(vehicle()))
    monitor.collect()
    monitor.grant(gp.Consent("driver", sensors, DAY - timedelta(hours=1), DAY + timedelta(hours=1)))
    lat, lon = middle_of(zone_id)
    for second in range(60):
        fix = gp.Fix(lat, lon, 3.0, time=DAY + timedelta(seconds=second), monotonic_s=float(second), speed_mps=0.0)
        decision = monitor.update(fix, "driving", emergency=emergency)
    return decision


# The page and the file -------------------------------------------------------


def test_page_has_a_row_for_each_zone_and_none_besides():
    rows = re.findall(r"^\| \[`([a-z0-9-]+)`\]\(#\1\) \|", PAGE, re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert sorted(rows) == sorted(SECTIONS) == sorted(zone.id for zone in zones())


def test_page_has_a_test_for_each_row():
    assert tested == set(SECTIONS)


@pytest.mark.parametrize("zone_id", sorted(SECTIONS))
def test_page_section_says_everything_of_its_rule(zone_id):
    lines = re.findall(r"^\| ([^|]+) \| (.+) \|$", SECTIONS[zone_id], re.MULTILINE)
    assert [name for name, _ in lines] == FIELDS
    said = dict(lines)
    assert re.match(r"(read|second-hand|not found)\b", said["source"])
    assert re.search(r"\b(19|20)\d\d\b|not known", said["date"])
    grades = re.search(rf"^\| \[`{zone_id}`\][^|]*\|[^|]*\| ([^|]+) \|", PAGE, re.MULTILINE)[1].split(", ")
    assert all(grade in said["source"].lower() for grade in grades)


@pytest.mark.parametrize("zone_id", sorted(SECTIONS))
def test_page_snippet_is_what_the_file_says(zone_id):
    blocks = re.findall(r"^```json\n(.*?)^```$", SECTIONS[zone_id], re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    text = json.loads(FILE.read_text(encoding="utf-8"))
    feature = next(feature for feature in text["features"] if feature["id"] == zone_id)
    told = {name: feature["properties"][name] for name in ("name", "reason", "source", "illustrative")}
    written = feature | {"properties": told | json.loads(blocks[0])}
    assert gp.ZoneSet.parse(json.dumps(text | {"features": [written]}))[zone_id] == zones()[zone_id]


def test_file_is_canonical_and_every_zone_illustrative():
    assert zones().to_geojson_text() == FILE.read_text(encoding="utf-8")
    assert zones().warnings == ()
    assert all(zone.illustrative and zone.name.startswith("Example ") for zone in zones())
    assert all(rule.text for zone in zones() for rule in zone.rules)


def test_file_zones_decide_alone():
    any_night = datetime(2027, 6, 4, 1, tzinfo=UTC)  # within the window of the ban
    for zone in zones():
        assert inside(zone.id, {"make": "Example Motors"}, time=any_night).zones == (zone.id,)


# The rows --------------------------------------------------------------------


@row("gbt-44464-outside")
def test_gbt_outside_is_anonymised_coarse_and_kept_in_the_country():
    decision = inside("gbt-44464-outside")
    assert levels(decision, LOOKING_OUT) == [Level.ANONYMIZE, Level.ALLOW, Level.ALLOW]
    assert decision.store_in["camera.exterior.front"] == {"CN"}
    assert decision.limits["camera.exterior.front"] == decision.limits["radar.front"] == {"resolution_m": 0.05}
    assert decision.limits["lidar.roof"] == {}


@row("gbt-44464-outside")
def test_gbt_outside_vehicle_that_cannot_be_as_coarse_is_off():
    decision = inside("gbt-44464-outside", can=False)
    assert levels(decision, LOOKING_OUT) == [Level.OFF, Level.ALLOW, Level.OFF]
    assert Reason.LIMIT in decision.reasons


@row("gbt-44464-cabin")
def test_gbt_cabin_is_off_without_consent_and_stays_inside_with_it():
    before, after = inside("gbt-44464-cabin"), consented("gbt-44464-cabin", CABIN)
    assert levels(before, CABIN) == [Level.OFF] * 3
    assert Reason.CONSENT_MISSING in before.reasons
    assert levels(after, CABIN) == [Level.IN_VEHICLE] * 3
    assert all(after.limits[sensor] == {"retain_s": 1209600} for sensor in CABIN)


@row("gbt-44464-cabin")
def test_gbt_cabin_emergency_needs_no_consent_but_retention_goes_on():
    decision = inside("gbt-44464-cabin", emergency=True)
    assert levels(decision, CABIN) == [Level.ALLOW] * 3
    assert lifted(decision) == {EMERGENCY}
    assert decision.limits["camera.driver"] == {"retain_s": 1209600}
    assert levels(inside("gbt-44464-cabin", emergency=None), CABIN) == [Level.OFF] * 3


@row("gbt-44464-cabin")
def test_gbt_cabin_consent_is_never_permanent():
    with pytest.raises(ValueError, match="within 366 days"):
        gp.Consent("driver", CABIN, DAY, DAY + timedelta(days=367))


@row("gbt-44464-cabin")
def test_gbt_cabin_vehicle_that_cannot_forget_is_off_in_an_emergency_too():
    decision = inside("gbt-44464-cabin", can=False, emergency=True)
    assert levels(decision, CABIN) == [Level.OFF] * 3
    assert Reason.LIMIT in decision.reasons


@row("sign-outside")
def test_sign_outside_says_that_collection_has_stopped():
    decision = inside("sign-outside")
    assert decision.level("camera.exterior.front") == Level.NO_RECORD
    assert decision.must_show["camera.exterior.front"] == {"stopped:outside"}
    assert decision.must_show["camera.cabin"] == frozenset()


@row("sign-outside")
def test_sign_outside_vehicle_without_the_sign_is_off():
    decision = inside("sign-outside", can=False)
    assert decision.level("camera.exterior.front") == Level.OFF
    assert Reason.NOTICE in decision.reasons


@row("provisions-2021")
def test_provisions_outside_stays_in_the_vehicle_and_the_country():
    decision = inside("provisions-2021")
    assert levels(decision, LOOKING_OUT) == [Level.IN_VEHICLE] * 3
    assert all(decision.store_in[sensor] == {"CN"} for sensor in LOOKING_OUT)
    assert decision.limits["radar.front"] == {"resolution_m": 0.05}


@row("provisions-2021")
def test_provisions_nothing_personal_is_collected_by_default():
    personal = (*CABIN, POSITIONS)
    assert levels(inside("provisions-2021"), personal) == [Level.OFF] * 4
    assert levels(consented("provisions-2021", personal), personal) == [Level.IN_VEHICLE] * 4


@row("provisions-2021")
def test_provisions_vehicle_that_cannot_be_as_coarse_is_off():
    decision = inside("provisions-2021", can=False)
    assert levels(decision, LOOKING_OUT) == [Level.OFF, Level.IN_VEHICLE, Level.OFF]
    assert Reason.LIMIT in decision.reasons


@row("reported-ban")
def test_reported_ban_is_for_one_make_in_its_two_weeks():
    last, after = datetime(2027, 6, 14, 23, 59, tzinfo=UTC), datetime(2027, 6, 15, tzinfo=UTC)
    assert inside("reported-ban", {"make": "Example Motors"}, time=last).disabled == set(SENSORS)
    assert inside("reported-ban", {"make": "Example Motors"}, time=after).disabled == set()
    assert inside("reported-ban", {"make": "Ordinary"}, time=last).disabled == set()
    assert zones()["reported-ban"].rules[0].authority == "Example harbour office"


@row("reported-ban")
def test_reported_ban_vehicle_of_unknown_make_is_meant():
    engine = gp.open(FILE, vehicle=gp.Vehicle(SENSORS)).when(datetime(2027, 6, 1, tzinfo=UTC))
    assert engine.decide(*middle_of("reported-ban")).disabled == set(SENSORS)


@row("surveying")
def test_surveying_data_stays_in_the_vehicle_and_the_country():
    sensors = (*LOOKING_OUT, POSITIONS)
    decision, surveyor = inside("surveying"), inside("surveying", {"class": "survey"})
    assert levels(decision, sensors) == [Level.IN_VEHICLE] * 4
    assert levels(surveyor, sensors) == [Level.ALLOW] * 4
    assert lifted(surveyor) == {("class",)}
    assert all(each.store_in[sensor] == {"CN"} for each in (decision, surveyor) for sensor in sensors)


@row("zicad")
def test_zicad_captures_nothing_without_a_permit():
    assert levels(inside("zicad"), (*LOOKING_OUT, "camera.cabin")) == [Level.OFF] * 4
    assert levels(inside("zicad", emergency=True), LOOKING_OUT) == [Level.OFF] * 3  # not for everybody


@row("zicad")
def test_zicad_permit_leaves_coarse_images_and_thin_point_clouds():
    decision = inside("zicad", {"class": "survey"})
    assert levels(decision, LOOKING_OUT) == [Level.ALLOW] * 3
    assert decision.limits["camera.exterior.front"] == decision.limits["radar.front"] == {"resolution_m": 10}
    assert decision.limits["lidar.roof"] == {"points_per_m2": 0.01}


@row("zicad")
def test_zicad_permit_is_no_use_to_a_vehicle_that_cannot_be_as_coarse():
    decision = inside("zicad", {"class": "survey"}, can=False)
    assert levels(decision, LOOKING_OUT) == [Level.OFF] * 3
    assert Reason.LIMIT in decision.reasons


@row("zicad")
def test_zicad_agents_and_rescue_are_excepted():
    agent, rescue = inside("zicad", {"class": "government"}), inside("zicad", {"class": "emergency"}, emergency=True)
    assert levels(agent, LOOKING_OUT) == levels(rescue, LOOKING_OUT) == [Level.ALLOW] * 3
    assert all(each.limits[sensor] == {} for each in (agent, rescue) for sensor in LOOKING_OUT)
    assert (lifted(agent), lifted(rescue)) == ({("class",)}, {RESCUE})
    assert inside("zicad", {"class": "emergency"}).level("lidar.roof") == Level.OFF  # on no mission


@row("drone-night")
def test_drone_night_cameras_are_off_by_the_sun():
    assert levels(inside("drone-night", time=NIGHT), LOOKING_OUT) == [Level.OFF, Level.OFF, Level.ALLOW]
    assert levels(inside("drone-night", time=DAY), LOOKING_OUT) == [Level.ALLOW] * 3
    assert levels(inside("drone-night", time=None), LOOKING_OUT) == [Level.OFF, Level.OFF, Level.ALLOW]


@row("drone-night")
@pytest.mark.parametrize(
    ("hour", "minute", "level"),
    [  # the sun sets at 20:04 and rises at 6:08 UTC
        (20, 20, Level.ALLOW),
        (20, 50, Level.OFF),
        (5, 20, Level.OFF),
        (5, 55, Level.ALLOW),
    ],
)
def test_drone_night_leaves_half_an_hour_of_dusk_and_dawn(hour, minute, level):
    assert inside("drone-night", time=DAY.replace(hour=hour, minute=minute)).level("camera") == level


@row("drone-night")
def test_drone_night_missions_are_excepted():
    police = inside("drone-night", {"class": "police"}, time=NIGHT, emergency=True)
    assert police.level("camera") == Level.ALLOW
    assert lifted(police) == {RESCUE}
    assert inside("drone-night", {"class": "police"}, time=NIGHT).level("camera") == Level.OFF
    assert inside("drone-night", time=NIGHT, emergency=True).level("camera") == Level.OFF


@row("dash-camera")
def test_dash_camera_is_coarse_and_short():
    decision = inside("dash-camera")
    assert decision.level("camera.exterior.front") == Level.IN_VEHICLE
    assert decision.limits["camera.exterior.front"] == {"retain_s": 60, "resolution_m": 0.02}


@row("dash-camera")
def test_dash_camera_accident_ends_the_overwriting_only():
    decision = inside("dash-camera", emergency=True)
    assert decision.level("camera.exterior.front") == Level.IN_VEHICLE
    assert decision.limits["camera.exterior.front"] == {"resolution_m": 0.02}
    assert lifted(decision) == {EMERGENCY}


@row("dash-camera")
def test_dash_camera_that_cannot_overwrite_within_a_minute_is_off():
    slow = gp.Vehicle(SENSORS, KNOWN, limits={"camera": {"retain_s": {"at_least": 3600}, "resolution_m": {}}})
    engine = gp.open(FILE, vehicle=slow)
    place = middle_of("dash-camera")
    decision = engine.when(DAY, "driving", False).decide(*place)
    assert decision.level("camera.exterior.front") == Level.OFF
    assert Reason.LIMIT in decision.reasons
    assert engine.when(DAY, "driving", True).decide(*place).level("camera.exterior.front") == Level.IN_VEHICLE


@row("gate-before-entry")
def test_gate_position_image_and_sound_are_off():
    decision = inside("gate-before-entry")
    assert levels(decision, RECORDERS) == [Level.OFF] * 4
    assert decision.level("gnss") == decision.level("lidar.roof") == Level.ALLOW


@row("gate-before-entry")
@pytest.mark.parametrize(("metres", "level"), [(290, Level.OFF), (390, Level.ALLOW)])
def test_gate_they_are_off_before_entry(metres, level):
    lat, lon = middle_of("gate-before-entry")
    west = lon - 0.01 - metres * 1.036e-5  # degrees of longitude a metre at 30 degrees south
    engine = opened(vehicle()).when(DAY, "driving", False)
    assert levels(engine.decide(lat, west), RECORDERS) == [level] * 4


@row("gate-before-entry")
def test_gate_lead_time_turns_them_off_earlier_still():
    lat, lon = middle_of("gate-before-entry")
    west = lon - 0.01 - 500 * 1.036e-5
    found = {}
    for lead_s in (0.0, 20.0):
        monitor = gp.Monitor(opened(vehicle()), profile=gp.MonitorProfile(v_max_mps=40.0, lead_s=lead_s))
        for second in range(12):
            at = west - 15 * (11 - second) * 1.036e-5
            fix = gp.Fix(lat, at, 3.0, monotonic_s=float(second), speed_mps=15.0, course_deg=90.0)
            decision = monitor.update(fix, "driving", emergency=False)
        found[lead_s] = decision.level("camera")
    assert found == {0.0: Level.ALLOW, 20.0: Level.OFF}


@row("gate-before-entry")
def test_gate_rescue_and_forces_are_excepted():
    for decision in (
        inside("gate-before-entry", {"class": "emergency"}, emergency=True),
        inside("gate-before-entry", {"class": "military"}),
        inside("gate-before-entry", {"class": "military", "made_in": "CN"}),
    ):
        assert levels(decision, SENSORS) == [Level.ALLOW] * len(SENSORS)
    assert inside("gate-before-entry", {"class": "emergency"}).level("camera") == Level.OFF


@row("gate-before-entry")
def test_gate_vehicle_made_in_the_country_named_has_everything_off():
    assert inside("gate-before-entry", {"made_in": "CN"}).disabled == set(SENSORS)
    unknown = gp.open(FILE, vehicle=gp.Vehicle(SENSORS)).when(DAY, "driving", False)
    assert unknown.decide(*middle_of("gate-before-entry")).disabled == set(SENSORS)


@row("photo-ban")
def test_photo_ban_no_image_is_recorded_except_by_a_rescue_service():
    assert levels(inside("photo-ban"), ("camera", "microphone", "lidar")) == [Level.NO_RECORD, Level.ALLOW, Level.ALLOW]
    rescue = inside("photo-ban", {"class": "emergency"}, emergency=True)
    assert rescue.level("camera") == Level.ALLOW
    assert lifted(rescue) == {RESCUE}
    assert inside("photo-ban", emergency=True).level("camera") == Level.NO_RECORD


@row("automated-driving-memory")
def test_memory_six_months_or_three_years_after_an_accident():
    month, year = timedelta(days=181).total_seconds(), timedelta(days=3 * 365).total_seconds()
    zone = "automated-driving-memory"
    assert inside(zone).limits[POSITIONS] == {"retain_s": month}
    assert inside(zone, emergency=None).limits[POSITIONS] == {"retain_s": month}
    accident = inside(zone, emergency=True)
    assert accident.limits[POSITIONS] == {"retain_s": year}
    assert lifted(accident) == {EMERGENCY}
    assert accident.level(POSITIONS) == inside(zone).level(POSITIONS) == Level.ALLOW


@row("automated-driving-memory")
def test_memory_that_never_forgets_is_off():
    decision = inside("automated-driving-memory", can=False, emergency=True)
    assert (decision.level(POSITIONS), Reason.LIMIT in decision.reasons) == (Level.OFF, True)


@row("drone-distance")
def test_drone_distance_a_hundred_metres_count_as_the_place():
    lat, lon = middle_of("drone-distance")
    engine = opened(vehicle()).when(DAY, "driving", False)
    found = [engine.decide(lat, lon - 0.01 - metres * 1.036e-5).level("camera") for metres in (0, 99, 102)]
    assert found == [Level.OFF, Level.OFF, Level.ALLOW]


@row("location-on-demand")
def test_location_only_on_demand_coarse_and_short():
    before, after = inside("location-on-demand"), consented("location-on-demand", [POSITIONS])
    assert (before.level(POSITIONS), after.level(POSITIONS)) == (Level.OFF, Level.IN_VEHICLE)
    assert Reason.CONSENT_MISSING in before.reasons
    assert after.limits[POSITIONS] == {"retain_s": 86400, "position_m": 100}


@row("location-on-demand")
def test_location_of_a_vehicle_that_cannot_be_coarse_is_off():
    fine = gp.Vehicle(SENSORS, KNOWN, limits={POSITIONS: {"retain_s": {}, "position_m": {"at_most": 50}}})
    decision = gp.open(FILE, vehicle=fine).when(DAY, "driving", False).decide(*middle_of("location-on-demand"))
    assert (decision.level(POSITIONS), Reason.LIMIT in decision.reasons) == (Level.OFF, True)


@row("emergency-call")
def test_emergency_call_says_where_it_is_and_nothing_else_does():
    calm, call = inside("emergency-call"), inside("emergency-call", emergency=True)
    assert (calm.level(POSITIONS), call.level(POSITIONS)) == (Level.IN_VEHICLE, Level.ALLOW)
    assert inside("emergency-call", emergency=None).level(POSITIONS) == Level.IN_VEHICLE
    assert lifted(call) == {EMERGENCY}
    assert calm.limits[POSITIONS] == call.limits[POSITIONS] == {"retain_s": 13 * 3600}


@row("emergency-call")
def test_emergency_call_log_that_cannot_end_is_off():
    decision = inside("emergency-call", can=False)
    assert (decision.level(POSITIONS), Reason.LIMIT in decision.reasons) == (Level.OFF, True)


@row("face-geometry")
def test_face_geometry_needs_consent_and_ends_after_three_years():
    before, after = inside("face-geometry"), consented("face-geometry", FACES)
    assert levels(before, FACES) == [Level.OFF] * 2
    assert levels(after, FACES) == [Level.ALLOW] * 2
    assert after.limits["camera.driver"] == {"retain_s": 3 * 365 * 86400}
    assert Reason.CONSENT_MISSING in before.reasons


@row("face-geometry")
def test_face_geometry_emergency_lifts_nothing():
    assert levels(inside("face-geometry", emergency=True), FACES) == [Level.OFF] * 2


@row("in-vehicle-camera")
def test_in_vehicle_camera_stays_inside_unless_there_is_an_emergency():
    calm, emergency = inside("in-vehicle-camera"), inside("in-vehicle-camera", emergency=True)
    assert levels(calm, (*FACES, "camera.exterior")) == [Level.IN_VEHICLE, Level.IN_VEHICLE, Level.ALLOW]
    assert levels(emergency, FACES) == [Level.ALLOW] * 2
    assert lifted(emergency) == {EMERGENCY}


@row("mapping-threshold")
def test_mapping_streets_and_fine_positions_are_for_owners_of_the_country():
    foreign, own = inside("mapping-threshold"), inside("mapping-threshold", {"owner_country": "IN"})
    assert levels(foreign, LOOKING_OUT) == [Level.NO_RECORD] * 3
    assert levels(own, LOOKING_OUT) == [Level.ALLOW] * 3
    assert (foreign.limits[POSITIONS], own.limits[POSITIONS]) == ({"position_m": 1}, {})
    assert lifted(own) == {("owner_country",)}
    assert all(each.store_in[s] == {"IN"} for each in (foreign, own) for s in (*LOOKING_OUT, POSITIONS))


@row("mapping-threshold")
def test_mapping_positions_of_a_vehicle_that_cannot_be_as_coarse_are_off():
    decision = inside("mapping-threshold", can=False)
    assert (decision.level(POSITIONS), Reason.LIMIT in decision.reasons) == (Level.OFF, True)
    assert inside("mapping-threshold", {"owner_country": "IN"}, can=False).level(POSITIONS) == Level.ALLOW
