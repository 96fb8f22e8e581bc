"""What the log tells of limits, notices, exemptions and zones that only hold on, and what it keeps to itself."""

from __future__ import annotations

import math
import re
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import geopolicy as gp
from audit_asks import ENGINE, RETAIN_S, VEHICLE, drive_east, write_decisions
from audit_samples import KEY, files_of, judge, lines_of, records_of
from examples import dear
from geopolicy.audit.bands import band_of, band_text, is_band
from geopolicy.audit.records import members_of
from geopolicy.base.hash_chain import line_of
from geopolicy.model.limits import LIMITS, MUST_SHOW
from sim import privacy

NAMED = {"emergency", "state", "time", "class", "make", "model", "made_in", "owner_country"}
MEMBERS = ("limits", "must_show", "held", "exemptions")


# Bands -----------------------------------------------------------------------


def ends_of(band):
    """The name of a limit and the ends of its band."""
    name, _, ends = band.partition(":")
    return name, *map(float, ends.split(".."))


@given(st.floats(0.0, exclude_min=True, allow_infinity=False))
@example(5e-324)
@example(1e-6)
@example(math.nextafter(1e6, 0.0))
@example(1.7976931348623157e308)
def test_band_holds_the_value(value):
    band = band_of("retain_s", value)
    name, least, most = ends_of(band)
    assert name == "retain_s"
    assert least <= value < most
    assert is_band(band)


def test_band_begins_at_each_power_of_ten_and_ends_below_the_next():
    for exponent in range(-307, 309):
        power = float(f"1e{exponent}")
        assert band_of("position_m", power) == f"position_m:1e{exponent}..1e{exponent + 1}"
        assert band_of("position_m", math.nextafter(power, 0.0)) == f"position_m:1e{exponent - 1}..1e{exponent}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "retain_s",
        "1e6..1e7",
        "retain_s:1209613",
        "retain_s:1209613..1e7",
        "retain_s:1e6..1e8",
        "retain_s:1e7..1e6",
        "retain_s:1e06..1e7",
        "retain_s:1e-0..1e1",
        "retain_s:1e6..1e7 ",
        "retain s:1e6..1e7",
    ],
)
def test_band_that_is_none_is_no_band(text):
    assert not is_band(text)


def test_band_in_words_has_the_unit_of_its_limit():
    assert band_text("retain_s:1e6..1e7") == "retain_s between 1e6 and 1e7 s"
    assert band_text("points_per_m2:1e-2..1e-1") == "points_per_m2 between 1e-2 and 1e-1 points/m2"
    assert band_text("from_later_m:1e0..1e1") == "from_later_m between 1e0 and 1e1"


# Whatever the decision -------------------------------------------------------

long_values = st.builds(
    lambda digits, shift: digits * 10 + 1.0 / 10**shift, st.integers(10**6, 10**9), st.integers(0, 6)
)
values = long_values | long_values.map(lambda value: 1.0 / value)
limits = st.dictionaries(st.sampled_from(list(LIMITS)), values, max_size=4)
notices = st.frozensets(st.sampled_from(MUST_SHOW))
attributes = st.text("abcdefghijklmnopqrstuvwxyz+é-", min_size=1, max_size=9).map(lambda text: f"rare-{text}")
lifted_by = st.lists(st.sampled_from(sorted(NAMED)) | attributes, max_size=3, unique=True).map(tuple)
zone_ids = st.sampled_from(["archive", "forest", "mill", "gate"])


def for_all_sensors(strategy):
    return st.fixed_dictionaries(dict.fromkeys(VEHICLE.sensors, strategy)).map(MappingProxyType)


causes = st.builds(
    gp.Cause,
    zone_ids,
    st.none(),
    st.integers(0, 3),
    st.just(gp.Rule(["*"], gp.Level.OFF)),
    st.sampled_from([(), ("lidar",), VEHICLE.sensors]),
    st.just(False),
    st.just("exempt"),
    lifted_by,
)
any_decisions = st.builds(
    gp.Decision,
    st.just(VEHICLE),
    for_all_sensors(st.sampled_from(list(gp.Level))),
    for_all_sensors(st.frozensets(st.sampled_from(["CN", "DE"]))),
    st.frozensets(st.sampled_from(VEHICLE.sensors)),
    for_all_sensors(limits),
    for_all_sensors(notices),
    st.frozensets(zone_ids).map(lambda ids: tuple(sorted(ids))),
    st.sampled_from(list(gp.Certainty)),
    st.just((gp.Reason.IN_ZONE,)),
    st.lists(causes, max_size=4).map(tuple),
)


def sensors_by(names_of):
    """Pairs of what is asked and each sensor of which it is."""
    return {(asked, s) for asked, names in names_of.items() for s in (VEHICLE.sensors if names == ["*"] else names)}


def digits_of(value):
    """The digits of a value, in each form in which it could be written."""
    forms = {repr(value), f"{value:.15g}", f"{value:.9f}", f"{value:.6g}", str(int(value))}
    digits = {re.sub(r"e.*|\.", "", form).strip("0") for form in forms}
    return {text for text in digits if len(text) >= 5}


def text_of(folder):
    """All that a log says but what is hexadecimal."""
    text = "".join(path.read_text(encoding="ascii") for path in files_of(folder))
    return re.sub(r"[0-9a-f]{16,}", "", text)


@dear(60, 20)
@given(any_decisions, st.data())
def test_log_of_any_decision_tells_what_is_asked_and_no_value(tmp_path_factory, decision, data):
    folder = tmp_path_factory.mktemp("log")
    held = tuple(data.draw(st.lists(st.sampled_from(decision.zones), unique=True))) if decision.zones else ()
    write_decisions(folder, [decision], held)
    assert judge(folder) is None
    assert gp.audit.verify_log(folder).is_ok
    (record,) = (record for record in gp.audit.read_log(folder) if record.kind == "transition")

    asked = {(name, s): value for s, of_sensor in decision.limits.items() for name, value in of_sensor.items()}
    bands = [(*ends_of(band), sensor) for band, sensor in sensors_by(record.details["limits"])]
    assert sorted((name, sensor) for name, _, _, sensor in bands) == sorted(asked)
    assert all(least <= asked[name, sensor] < most for name, least, most, sensor in bands)
    shown = {(notice, sensor) for sensor, of_sensor in decision.must_show.items() for notice in of_sensor}
    assert sensors_by(record.details["must_show"]) == shown

    assert record.details["held"] == named(record, held)
    zones_of = {}
    for cause in decision.exemptions:
        by = "+".join(sorted({name if name in NAMED else "other" for name in cause.lifted_by}))
        zones_of.setdefault(by, set()).add(cause.zone_id)
    assert record.details["exemptions"] == {by: named(record, ids) for by, ids in zones_of.items()}

    text = text_of(folder)
    assert not [digits for value in asked.values() for digits in digits_of(value) if digits in text]
    assert "rare" not in text


def named(record, ids):
    return sorted(gp.audit.zone_pseudonym(KEY, record.period, zone_id) for zone_id in ids)


# What zones ask --------------------------------------------------------------


def test_log_of_limits_and_notices_names_steps_and_sensors(tmp_path):
    write_decisions(tmp_path)
    limited, notified, *_ = records_of(tmp_path, "transition")
    assert limited["limits"] == {
        "position_m:1e1..1e2": ["*"],
        "resolution_m:1e1..1e2": ["camera.front", "camera.rear"],
        "retain_s:1e6..1e7": ["camera.front", "camera.rear"],
    }
    assert limited["must_show"] == {}
    assert notified["limits"] == {}
    assert notified["must_show"] == {"collecting:outside": ["lidar"], "stopped:outside": ["*"]}
    assert str(int(RETAIN_S)) not in text_of(tmp_path)


def test_log_of_exemptions_tells_what_lifts_and_by_pseudonym_where(tmp_path):
    write_decisions(tmp_path)
    *_, hospital, mill = (record for record in gp.audit.read_log(tmp_path) if record.kind == "transition")
    assert hospital.details["zones"] == []
    assert hospital.details["exemptions"] == {"emergency": named(hospital, ["hospital"])}
    assert mill.details["exemptions"] == {"class+emergency": named(mill, ["gate"]), "other": named(mill, ["mill"])}
    assert "miller" not in text_of(tmp_path)


def test_log_of_a_decision_that_asks_nothing_holds_empty_members(tmp_path):
    write_decisions(tmp_path, [ENGINE.decide(0.0, 0.0)])
    (record,) = records_of(tmp_path, "transition")
    assert [record[name] for name in MEMBERS] == [{}, {}, [], {}]


@pytest.mark.parametrize("name", MEMBERS)
def test_log_line_without_a_member_or_with_another_in_its_place_is_no_record(tmp_path, name):
    write_decisions(tmp_path)
    members = {key: value for key, value in lines_of(tmp_path)[2].items() if key != "hash"}
    assert members["kind"] == "transition"
    assert members_of(line_of(members, "00" * 32)[0][:-1]) is not None
    left = {key: value for key, value in members.items() if key != name}
    assert members_of(line_of(left, "00" * 32)[0][:-1]) is None
    for value in (None, "all", 1, {"retain_s:1209613": ["*"]} if name == "limits" else {"emergency": "all"}, [1]):
        assert members_of(line_of({**members, name: value}, "00" * 32)[0][:-1]) is None


# A monitor that is followed --------------------------------------------------


def followed(folder, monitor):
    with gp.audit.AuditLog(folder, KEY, sync=False) as log:
        log.follow(monitor)
    return [record for record in gp.audit.read_log(folder) if record.kind == "transition"]


def test_log_of_an_exemption_without_a_zone_in_force_is_a_record(tmp_path):
    monitor = gp.Monitor(ENGINE)
    lon = drive_east(monitor, 16.998, 20, emergency=True)
    assert lon > 17.001
    assert monitor.decision.zones == ()
    assert monitor.decision.allows("camera")
    count = len(list(monitor.transitions()))
    drive_east(monitor, lon, 1, first_s=20)  # from here on nobody says that there is an emergency
    last = followed(tmp_path, monitor)[count - 1 :]
    assert [record.details["exemptions"] for record in last] == [{"emergency": named(last[0], ["hospital"])}, {}]
    assert [record.details["transition"] for record in last] == ["loosened", "restricted"]
    assert [record.details["zones"] for record in last] == [[], named(last[1], ["hospital"])]


def test_log_of_a_drive_through_zones_with_limits_holds_no_place(tmp_path):
    monitor = gp.Monitor(ENGINE)
    east = drive_east(monitor, 13.98, 100)
    followed(tmp_path, monitor)
    scanner = privacy.Scanner(np.full(100, 45.5), np.linspace(13.98, east, 100))
    text = "".join(path.read_text(encoding="ascii") for path in files_of(tmp_path))
    assert "retain_s:" in text
    assert scanner.findings(text) == []


def test_log_of_zones_of_the_drive_before_tells_that_they_are_only_held(tmp_path):
    monitor = gp.Monitor(ENGINE, last_zones=["archive", "square"])
    monitor.tick(1.0)
    drive_east(monitor, 13.5, 20, first_s=2)
    first, *later = followed(tmp_path, monitor)
    assert first.details["zones"] == first.details["held"] == named(first, ["archive", "square"])
    assert "held" in first.details["reasons"]
    assert later[-1].details["zones"] == named(first, ["archive", "forest"])
    assert later[-1].details["held"] == []
