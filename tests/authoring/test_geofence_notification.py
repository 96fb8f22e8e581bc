"""Geofence Notices: when they hold, what ends them, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.authoring.formats.target import area_of
from source_samples import ALL_CAMERAS, SAMPLES, errors_of, imported, warnings_of, written, zones_of

FORMAT = "geofence-notification"
PATHS = sorted(SAMPLES.glob("geofence-notification/*.json"))
FIRE = "urn:gfn:xx-sample-fire:2026-1"
MORNING, AFTERNOON = datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 1, 14, tzinfo=UTC)


def sample(name="fire"):
    return json.loads((SAMPLES / "geofence-notification" / f"{name}.json").read_bytes())


def notice(*left_out: str, **members: object):
    """The notice of a fire with one zone."""
    source = sample()
    source["zones"] = source["zones"][:1]
    return {name: value for name, value in (source | members).items() if name not in left_out}


def bounds_of(source, zone_id=f"{FIRE}/z1", **options: str):
    (window,) = zones_of(source, **options)[zone_id].rules[0].when.active
    return window.since, window.until


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_sample_comes_back_with_every_field(path):
    first = imported(path.read_bytes())
    assert first.format.name == FORMAT
    assert first.errors == ()
    out = written(first.zone_set, FORMAT)
    assert json.loads(out) == json.loads(path.read_bytes())
    assert [zone.rules for zone in imported(out).zone_set] == [zone.rules for zone in first.zone_set]
    assert [zone.geometry for zone in imported(out).zone_set] == [zone.geometry for zone in first.zone_set]


def test_notice_holds_from_its_start_to_its_end():
    hours = (datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 1, 14, tzinfo=UTC))
    assert bounds_of(notice()) == hours


def test_notice_whose_times_have_no_offset_is_the_longest_that_it_may_be():
    source = notice(effective_start="2026-03-01T10:00:00", effective_end="2026-03-01T14:00:00")
    assert bounds_of(source) == (datetime(2026, 2, 28, 20, tzinfo=UTC), datetime(2026, 3, 2, 2, tzinfo=UTC))
    assert warnings_of(source) == [("source-time", "$"), ("source-time", "$")]


def test_zones_of_a_notice_are_polygons_corridors_and_circles():
    zones = zones_of(sample())
    assert [zone.geometry.type for zone in zones.values()] == ["Polygon", "LineString", "Point"]
    assert zones[f"{FIRE}/z2"].width_m == 100
    assert zones[f"{FIRE}/z3"].radius_m == 100
    zone = zones[f"{FIRE}/z1"]
    assert (zone.name, zone.source) == ("Block of the fire", "Sample Fire Department")
    assert zone.reason == "FIRE: Fire with hoses across the road."


@pytest.mark.parametrize("left_out", ["effective_end", "effective_start"])
def test_notice_without_an_end_or_a_start_is_refused(left_out):
    assert errors_of(notice(left_out)) == [("source-time", f"$.{left_out}")]
    assert errors_of(notice(**{left_out: None})) == [("source-time", f"$.{left_out}")]


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59Z", "2026-03-01T10:00:00Z", "2026-03-01T09:00:00Z", "tonight"])
def test_notice_that_does_not_end_after_its_start_is_refused(end):
    assert errors_of(notice(effective_end=end)) == [("source-time", "$.effective_end")]


def test_notice_that_counts_with_a_duration_is_refused():
    assert errors_of(notice("effective_end", duration="PT4H")) == [("source-time", "$.effective_end")]
    assert errors_of(notice(duration="PT4H")) == [("source-time", "$.duration")]


@pytest.mark.parametrize("status", ["EXERCISE", "TEST", "DRAFT"])
def test_notice_that_does_not_count_restricts_only_where_the_rules_select_it(status):
    source = notice("effective_end", status=status, duration="P1DT2H3M4S")
    assert len(imported(source).zone_set) == 0
    (zone,) = imported(source, ALL_CAMERAS).zone_set
    assert zone.rules[0].when.active[0].until == datetime(2026, 3, 2, 12, 3, 4, tzinfo=UTC)


@given(st.tuples(*[st.integers(0, 9)] * 7).filter(any))
def test_duration_of_a_draft_is_never_shorter_than_the_calendar_says(parts):
    years, months, weeks, days, hours, minutes, seconds = parts
    date = "".join(f"{count}{unit}" for count, unit in zip(parts[:4], "YMWD", strict=True) if count)
    clock = "".join(f"{count}{unit}" for count, unit in zip(parts[4:], "HMS", strict=True) if count)
    text = f"P{date}" + (f"T{clock}" if clock else "")
    (zone,) = imported(notice("effective_end", status="DRAFT", duration=text), ALL_CAMERAS).zone_set
    until = zone.rules[0].when.active[0].until
    year, month = divmod(2 + months, 12)
    least = datetime(2026 + years + year, month + 1, 1, 10, tzinfo=UTC)
    least_days = (least - datetime(2026, 3, 1, 10, tzinfo=UTC)).days + 7 * weeks + days
    spent = least_days * 86400 + hours * 3600 + minutes * 60 + seconds
    assert (until - datetime(2026, 3, 1, 10, tzinfo=UTC)).total_seconds() >= spent


def test_later_message_does_not_end_an_earlier_one_that_nobody_verified():
    zones = zones_of(sample("list"))
    assert list(zones) == [f"{FIRE},1/z1", f"{FIRE}/z1", "urn:gfn:xx-sample-fire:2026-4,1/z1"]
    assert warnings_of(sample("list")) == [("source-superseded", "$[0]"), ("source-superseded", "$[4]")]


def test_later_message_that_was_verified_replaces_or_ends_the_earlier_one():
    zones = zones_of(sample("list"), signatures="verified")
    cancelled = "urn:gfn:xx-sample-fire:2026-4,1/z1"
    assert list(zones) == [f"{FIRE}/z1", cancelled]
    assert bounds_of(sample("list"), signatures="verified")[1] == datetime(2026, 3, 1, 18, tzinfo=UTC)
    assert bounds_of(sample("list"), cancelled, signatures="verified") == (
        MORNING,
        datetime(2026, 3, 1, 11, tzinfo=UTC),
    )
    assert warnings_of(sample("list"), signatures="verified") == []
    assert f"{FIRE},1/z1" not in zones_of(sample("list"), ALL_CAMERAS, signatures="verified")


def later(**members: object):
    """A message that changes the notice of `notice`."""
    return notice(msg_type="UPDATE", sequence=2, references=[f"{FIRE},1"], **members)


@pytest.mark.parametrize("status", ["EXERCISE", "TEST", "DRAFT"])
def test_message_that_does_not_count_replaces_none(status):
    source = [notice(), later(status=status)]
    assert bounds_of(source, f"{FIRE},1/z1", signatures="verified") == (MORNING, AFTERNOON)
    assert warnings_of(source) == []


@pytest.mark.parametrize("message", ["UPDATE", "CANCEL"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T15:00:00Z", datetime(2026, 3, 1, 14, tzinfo=UTC)),
        ("2026-02-28T23:00:00", datetime(2026, 3, 1, 11, tzinfo=UTC)),  # or 23:00 at the farthest west
    ],
)
def test_later_message_replaces_an_earlier_one_from_its_own_start_at_the_earliest(message, start, end):
    source = [notice(), later(effective_start=start, effective_end="2026-03-02T10:00:00Z") | {"msg_type": message}]
    assert bounds_of(source, f"{FIRE},1/z1", signatures="verified") == (MORNING, end)


def test_message_that_was_replaced_before_it_began_is_selected_by_no_rules():
    source = [notice(), later(effective_start="2026-03-01T09:00:00Z")]
    assert list(zones_of(source, ALL_CAMERAS, signatures="verified")) == [f"{FIRE}/z1"]


def test_cancellation_is_selected_by_no_rules():
    cancel = sample("list")[5]
    assert len(imported(cancel, ALL_CAMERAS).zone_set) == 0
    assert json.loads(written(imported(cancel, ALL_CAMERAS).zone_set, FORMAT)) == cancel


def test_permissions_inside_a_zone_are_not_given():
    line = {"type": "LineString", "coordinates": [[10, 50], [11, 50]]}
    restriction = notice()["restriction"] | {
        "exempt_operators": ["urn:gfn:operator:shuttle"],
        "exempt_reason": "evacuation",
        "corridors": [{"name": "Main", "geometry": line}],
    }
    source = notice(restriction=restriction)
    assert zones_of(source)[f"{FIRE}/z1"].rules == zones_of(notice())[f"{FIRE}/z1"].rules
    assert warnings_of(source) == [
        ("source-permission", "$.restriction.exempt_operators"),
        ("source-permission", "$.restriction.corridors"),
    ]


@pytest.mark.parametrize("message", ["UPDATE", "EXTEND", "CANCEL"])
def test_message_that_changes_a_notice_must_name_it(message):
    source = notice(msg_type=message, sequence=2)
    assert errors_of(source) == [("source-member", "$.references")]
    for reference in (f"{FIRE},2", f"{FIRE}-x,1", f"{FIRE},0", f"{FIRE},one", 1, FIRE):
        assert errors_of(source | {"references": [reference]}) == [("source-value", "$.references[0]")]
    assert errors_of(source | {"references": [f"{FIRE},1"]}) == []


def changed(source, **changes: object):
    zone_set = imported(source).zone_set
    return gp.ZoneSet([replace(zone, **changes) for zone in zone_set], zone_set.header)


def refusals(zone_set, **options: str):
    with pytest.raises(gp.errors.ZoneFileError, match=r"notice|WGS 84") as refusal:
        written(zone_set, FORMAT, **options)
    return [problem.code for problem in refusal.value.problems]


def test_changed_notice_is_written_only_as_a_draft():
    zones = changed(notice(), margin_m=5.0)
    assert refusals(zones) == ["export-signature"]
    again = json.loads(written(zones, FORMAT, status="DRAFT"))
    assert (again["status"], "signature" in again) == ("DRAFT", False)
    (zone,) = imported(again, ALL_CAMERAS).zone_set
    assert area_of(zone) == area_of(zones.zones[0])
    assert again["zones"][0]["road_refs"] == notice()["zones"][0]["road_refs"]


@pytest.mark.parametrize("active", [(), (gp.Window(since=datetime(2026, 2, 1, tzinfo=UTC)),)])
def test_changed_zone_that_restricts_longer_than_its_notice_is_refused(active):
    zones = changed(notice(), rules=[gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=active))])
    assert refusals(zones, status="DRAFT") == ["export-times"]


@pytest.mark.parametrize(("hour", "codes"), [(12, []), (13, ["export-times"])])
def test_changed_zone_must_not_restrict_after_a_later_message_replaces_its_notice(hour, codes):
    source = [notice(), later(effective_start="2026-03-01T12:00:00Z")]
    zone_set = imported(source, signatures="verified").zone_set
    until = gp.Window(since=MORNING, until=datetime(2026, 3, 1, hour, tzinfo=UTC))
    longer = [
        replace(zone, rules=[replace(zone.rules[0], when=gp.Condition(active=[until]))], margin_m=5.0)
        if zone.id == f"{FIRE},1/z1"
        else zone
        for zone in zone_set
    ]
    zones = gp.ZoneSet(longer, zone_set.header)
    if codes:
        assert refusals(zones, status="DRAFT") == codes
    else:
        again = written(zones, FORMAT, status="DRAFT")
        zone = zones_of(again, ALL_CAMERAS, signatures="verified")[f"{FIRE},1/z1"]
        assert zone.rules[0].when.active == (until,)


def test_zones_that_would_have_one_zone_id_in_their_notice_are_refused():
    zone_set = imported(sample()).zone_set
    renamed = [replace(zone, id=f"{part}/north") for zone, part in zip(zone_set, ("fire", "flood", "a"), strict=True)]
    assert refusals(gp.ZoneSet(renamed, zone_set.header), status="DRAFT") == ["export-id", "export-id"]


@pytest.mark.parametrize("status", ["draft", "X", ""])
def test_status_of_what_is_written_must_be_one_of_a_notice(status):
    with pytest.raises(gp.errors.ZoneFileError, match="status must be ACTUAL or DRAFT, got ") as refusal:
        written(changed(notice(), margin_m=5.0), FORMAT, status=status)
    assert [problem.code for problem in refusal.value.problems] == ["export-option"]


def test_notice_whose_times_have_no_offset_is_no_reason_for_an_option_that_notices_do_not_have():
    result = imported(notice(effective_end="2026-03-01T14:00:00"))
    assert [problem.hint for problem in result.warnings] == ["ask its issuer for times with an offset"]


def test_changed_circle_of_a_notice_becomes_a_polygon_without_a_buffer():
    zones = changed(sample(), name="changed")
    again = json.loads(written(zones, FORMAT, status="DRAFT"))
    assert [zone["geometry"]["type"] for zone in again["zones"]] == ["MultiPolygon"] * 3
    assert errors_of(again) == []


def test_drawn_zone_and_one_with_too_much_detail_are_no_notices():
    drawn = gp.Zone("new", {"type": "Point", "coordinates": [1, 2]}, [gp.Rule(["*"], gp.Level.OFF)], radius_m=9.0)
    assert refusals(gp.ZoneSet([drawn])) == ["export-new"]
    ring = [[10 + n / 1000, 50 + n * n / 1e6] for n in range(600)]
    detailed = changed(
        notice(), geometry=gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    )
    assert refusals(detailed, status="DRAFT") == ["export-detail"]
