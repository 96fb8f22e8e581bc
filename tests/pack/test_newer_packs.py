"""Packs of a newer geopolicy: what this one does not understand restricts, and nothing of it is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import contract
import geopolicy as gp
from examples import dear
from geopolicy.pack import compiler
from geopolicy.pack.decompile import zones_of
from geopolicy.zonefile.strict_json import canonical
from zone_strategies import values_of_json

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HERE = (45.005, 13.005)
KEEPS_ALL = {
    "*": {name: gp.LimitRange() for name in ("retain_s", "resolution_m", "position_m", "points_per_m2")},
}
NOTICES = ("collecting:inside", "collecting:outside", "stopped:inside", "stopped:outside")
ABLE = gp.Vehicle(["camera.front", "lidar.roof"], class_="emergency", limits=KEEPS_ALL, shows=NOTICES)
OFF = {"sensors": ["camera"], "level": "off"}


def newer_pack(*rules: dict, timezone: str | None = "UTC", **terms: object) -> gp.Pack:
    """One zone in a pack with these rules, as a newer compiler may write them."""
    members = {"rules": list(rules)} | ({"timezone": timezone} if timezone else {}) | terms
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "ruleset_text", lambda _: canonical(members))
        data = gp.compile(gp.ZoneSet([contract.yard()])).data
    return gp.Pack(bytes(data))


def decision_by(pack, *, engine="kernel", **known: object):
    return gp.open(pack, vehicle=ABLE, engine=engine).when(**{"time": NOON} | known).decide(*HERE)


# What is asked ---------------------------------------------------------------

ASKS = {
    "member": {"max_speed_mps": 8},
    "member-beside-others": {"level": "in_vehicle", "store_in": "CN", "watermark": True},
    "level": {"level": "blur"},
    "level-of-another-type": {"level": 2},
    "country": {"store_in": ["CN", "HK"]},
    "consent": {"needs_consent": "written"},
    "limit": {"limits": {"faces_px": 32}},
    "limit-beside-one": {"limits": {"retain_s": 60, "faces_px": 32}},
    "limit-of-zero": {"limits": {"resolution_m": 0}},
    "limit-with-a-unit": {"limits": {"retain_s": {"value": 60, "of": "working days"}}},
    "limits-as-list": {"limits": ["short"]},
    "no-limits": {"limits": {}},
    "notice": {"must_show": ["stopped:roof"]},
    "notice-beside-one": {"must_show": ["collecting:outside", "stopped:roof"]},
    "notice-with-words": {"must_show": [{"text": "recording"}]},
    "authority": {"level": "allow", "authority": {"name": "a city"}},
    "exemptions": {"level": "in_vehicle", "unless": "always"},
}


@pytest.mark.parametrize("engine", contract.ENGINES)
@pytest.mark.parametrize("asked", ASKS.values(), ids=list(ASKS))
def test_decide_what_is_asked_is_not_understood_turns_the_sensors_off(asked, engine):
    decision = decision_by(newer_pack({"sensors": ["camera"]} | asked), engine=engine)
    assert decision.disabled == {"camera.front"}
    assert gp.Reason.LIMIT in decision.reasons
    assert "something that this version does not know, so off" in decision.explain()


def test_decide_limits_that_are_understood_stand_beside_one_that_is_not():
    pack = newer_pack(
        {"sensors": ["camera"], "limits": {"faces_px": 32, "retain_s": 60}},
        {"sensors": ["*"], "limits": {"retain_s": 3600}, "must_show": "collecting:outside"},
    )
    decision = decision_by(pack)
    assert decision.limits == {"camera.front": {"retain_s": 60.0}, "lidar.roof": {"retain_s": 3600.0}}
    assert decision.levels == {"camera.front": gp.Level.OFF, "lidar.roof": gp.Level.ALLOW}
    assert decision.must_show["lidar.roof"] == {"collecting:outside"}


def test_decide_rule_whose_condition_is_known_not_to_hold_is_not_in_force_whatever_it_asks():
    pack = newer_pack({"sensors": ["camera"], "limits": {"faces_px": 32}, "applies_to": {"class": "taxi"}})
    assert decision_by(pack).allows("camera")


# Conditions and exemptions ---------------------------------------------------

CONDITIONS = {
    "state": {"state": "towed"},
    "state-beside-another": {"state": ["driving", "towed"]},
    "emergency": {"emergency": "medical"},
    "hours": {"active": {"hours": ["moonrise..moonset"]}},
    "window-member": {"active": [{"days": ["sun"], "season": "dry"}]},
    "day": {"active": {"days": ["holiday"]}},
    "windows": {"active": "at night"},
    "applies-to": {"applies_to": {"mass_kg": {"above": 3500}}},
    "applies-to-nothing": {"applies_to": {}},
}
LOCAL_TIME = {"active": {"days": ["tue"]}}


@pytest.mark.parametrize(
    "condition", [*CONDITIONS.values(), LOCAL_TIME], ids=[*CONDITIONS, "local-time-without-timezone"]
)
def test_decide_condition_that_is_not_understood_holds(condition):
    pack = newer_pack(OFF | condition, timezone=None)
    decision = decision_by(pack, state="parked", emergency=False)
    assert decision.disabled == {"camera.front"}
    assert decision.causes[0].why == "in force: a condition of a newer version not known"
    assert gp.Reason.LIMIT not in decision.reasons


@pytest.mark.parametrize(
    "condition",
    [*CONDITIONS.values(), LOCAL_TIME, {"weather": "rain"}],
    ids=[*CONDITIONS, "local-time-without-timezone", "member-of-no-condition"],
)
@pytest.mark.parametrize("beside", [{}, {"applies_to": {"class": "emergency"}}, {"state": "parked"}])
def test_decide_exemption_that_is_not_understood_lifts_nothing(condition, beside):
    pack = newer_pack(OFF | {"unless": beside | condition}, timezone=None)
    decision = decision_by(pack, state="parked", emergency=True)
    assert decision.disabled == {"camera.front"}
    assert decision.exemptions == ()


def test_decide_exemption_that_is_understood_lifts_beside_one_that_is_not():
    pack = newer_pack(OFF | {"unless": [{"weather": "rain"}, {"emergency": True}]})
    assert decision_by(pack, emergency=None).disabled == {"camera.front"}
    lifted = decision_by(pack, emergency=True)
    assert lifted.allows("camera")
    assert [cause.lifted_by for cause in lifted.exemptions] == [("emergency",)]


def test_decide_condition_that_is_understood_counts_beside_one_that_is_not():
    pack = newer_pack(OFF | {"state": "driving", "active": {"season": "dry"}})
    assert decision_by(pack, state="driving").disabled == {"camera.front"}
    assert decision_by(pack, state="parked").allows("camera")


# Nothing is lost -------------------------------------------------------------

WRITTEN_BY_NEWER = [{"sensors": ["camera"]} | asked for asked in ASKS.values()]
WRITTEN_BY_NEWER += [OFF | condition for condition in CONDITIONS.values()]
WRITTEN_BY_NEWER += [OFF | {"unless": condition} for condition in CONDITIONS.values()]
WRITTEN_BY_NEWER += [
    OFF | {"unless": {"weather": "rain"}},
    OFF | {"unless": [{"emergency": True}, {"weather": "rain"}]},
]


def terms_of(pack):
    return json.loads(pack._raw.ruleset_text(0))


def lists_as_written(rule):
    """A rule as `as_json` spells it: lists even of one, but for ``unless``."""
    spelt = dict(rule)
    for name in ("active", "state", "must_show"):
        if isinstance(spelt.get(name), (dict, str)):
            spelt[name] = [spelt[name]]
    return spelt


@pytest.mark.parametrize("rule", WRITTEN_BY_NEWER, ids=range(len(WRITTEN_BY_NEWER)))
def test_compile_zones_of_a_newer_pack_keeps_what_is_not_understood(rule):
    pack = newer_pack(rule)
    again = gp.compile(zones_of(pack))
    (kept,) = terms_of(again)["rules"]
    wanted = {name: value for name, value in rule.items() if (name, value) != ("level", "allow")}
    assert kept in (wanted, lists_as_written(wanted))
    assert gp.compile(zones_of(again)) == again
    assert [zone.rules for zone in again] == [zone.rules for zone in pack]


def test_compile_zones_of_a_newer_pack_in_the_order_of_this_version_gives_the_same_bytes():
    pack = newer_pack(
        {"sensors": ["camera"], "limits": {"retain_s": 60, "faces_px": 32}, "must_show": ["stopped:outside", "z:z"]},
        OFF
        | {"state": ["parked"], "unless": {"emergency": True, "weather": "rain"}, "text": "a law", "aa": [{"b": 1}]},
        {"sensors": ["camera"], "level": "blur", "zz": {"x": None, "y": 0.5}},
    )
    assert gp.compile(zones_of(pack)) == pack


@pytest.mark.parametrize("rule", WRITTEN_BY_NEWER, ids=range(len(WRITTEN_BY_NEWER)))
def test_write_zones_of_a_newer_pack_is_a_zone_file_that_is_refused(rule):
    text = zones_of(newer_pack(rule)).to_geojson_text()
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.ZoneSet.parse(text)
    assert all(problem.path.startswith("$.features[0].properties.rules[0]") for problem in refusal.value.problems)


@dear(60, 20, suppress_health_check=list(HealthCheck))
@given(st.from_regex(r"[a-z]{4,9}_new", fullmatch=True), values_of_json, st.sampled_from(["rule", "exemption"]))
def test_decide_member_of_any_name_and_value_restricts_and_is_kept(name, value, place):
    extra = {name: value}
    rule = {"sensors": ["camera"]} | extra if place == "rule" else OFF | {"unless": {"emergency": True} | extra}
    pack = newer_pack(rule)
    assert decision_by(pack, emergency=True).disabled == {"camera.front"}
    assert terms_of(gp.compile(zones_of(pack)))["rules"] == [rule]


# What a newer version may not change without a new format ---------------------


@pytest.mark.parametrize(
    ("rule", "terms"),
    [
        ({"sensors": ["camera"]}, {}),
        ({"level": "off"}, {}),
        ({"sensors": "camera", "level": "off"}, {}),
        ({"sensors": ["Camera!"], "level": "off"}, {}),
        ({"sensors": [], "level": "off"}, {}),
        (OFF, {"season": "dry"}),
        (OFF, {"extent": [45.0, 44.0, 13.0, 14.0]}),
        (OFF, {"expires": "soon"}),
    ],
    ids=["asks-nothing", "no-sensors", "sensors-text", "sensor-name", "no-sensor", "terms-member", "extent", "expires"],
)
def test_read_pack_that_does_not_say_whom_it_restricts_or_where_raises_pack_error(rule, terms):
    with pytest.raises(gp.errors.PackError, match="the rules of terms 0 must be those of a zone file") as refusal:
        newer_pack(rule, **terms)
    assert refusal.value.code == "pack-terms"


DAYLIGHT = {"active": {"hours": "sunrise..sunset"}}


@pytest.mark.parametrize("engine", contract.ENGINES)
def test_decide_pack_that_does_not_say_where_a_zone_lies_takes_it_to_be_anywhere(engine):
    lifted = OFF | {"unless": DAYLIGHT}
    assert not decision_by(newer_pack(lifted, extent=[45.0, 45.1, 13.0, 13.1]), engine=engine).disabled
    for terms in ({}, {"extent": [-90, 90, -180, 180]}):
        assert decision_by(newer_pack(lifted, **terms), engine=engine).disabled == {"camera.front"}


@pytest.mark.parametrize(
    "extent", [[0, 1, 0, True], [0, 1, 0], {}, "0", [], None, [0, 1, 0, "1"], [1, 0, 0, 1], [0, 91, 0, 1]]
)
def test_read_pack_extent_that_is_none_raises_pack_error(extent):
    with pytest.raises(gp.errors.PackError, match="extent must be four numbers"):
        newer_pack(OFF, extent=extent)


def test_read_pack_terms_have_no_short_form():
    with pytest.raises(gp.errors.PackError, match="terms has only the members"):
        newer_pack(OFF, disable=["camera"])


@pytest.mark.parametrize(
    "rule",
    [
        {"not_understood": '{"unless":{"state":"parked"}}'},
        {"not_understood": '{"level":"no_record"}'},
        {"unless": [gp.Condition(not_understood='{"state":"parked"}')]},
        {"when": gp.Condition(not_understood='{"state":["parked"]}')},
        {"when": gp.Condition(not_understood='{"weather":"rain"}')},
    ],
)
def test_zone_set_member_kept_as_not_understood_that_is_understood_is_refused(rule):
    zone = contract.yard(gp.Rule(["camera"], gp.Level.ANONYMIZE, **rule))
    with pytest.raises(gp.errors.ZoneFileError, match="what is not understood must be so") as refusal:
        gp.ZoneSet([zone])
    assert [problem.code for problem in refusal.value.problems] == ["not-understood-known"]
