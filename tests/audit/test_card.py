"""The gate card of a log: as of its last record, with rules only of the pack that decided."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import geopolicy as gp
from audit_samples import BEGAN, KEY, VEHICLE, files_of, timed, transition, write_log
from examples import dear
from geopolicy import Level, Rule
from geopolicy.audit.card import card_of_log
from geopolicy.model.card import CitedRule
from monitor_scenes import CAR, OFF, stamped, strip
from shapes import box

ANOTHER = CitedRule(None, "another restriction")
EMERGENCY = gp.Condition(emergency=True)
NO_CHECKPOINT = "no checkpoint was given: that the end of the log is there is not proven"
NOT_ENDED = "the drive had not ended when the log was written: its last records may be missing"
ZONES = gp.ZoneSet(
    [
        gp.Zone(
            "school-yard",
            box(13, 45, 14, 46),
            [
                Rule(["camera"], Level.OFF, authority="City", text="School order"),
                Rule(["lidar"], limits={"retain_s": 1234567}, must_show=["stopped:outside"], text="Data act"),
                Rule(["lidar"], limits={"retain_s": 99}, text="Another data act"),
                Rule(["microphone"], Level.OFF, text="Quiet order", unless=[EMERGENCY]),
            ],
        ),
        gp.Zone("port", box(13.5, 45, 14.5, 46), [Rule(["*"], Level.NO_RECORD, store_in="HR", text="Port act")]),
    ],
    gp.ZoneFileHeader("fleet", 3, authority="Ministry"),
)
PACK = gp.compile(ZONES)
ENGINE = gp.open(PACK, VEHICLE, engine="reference")
YARD, BOTH, PORT, NOWHERE = ((45.5, 13.2), (45.5, 13.7), (45.5, 14.2), (0.0, 0.0))
MINUTE = BEGAN.replace(second=0)


def logged(folder, *places: object, step_s=60.0, digest=PACK.digest, first=1, time=BEGAN):
    """A log of a drive through places, a minute after each other; the drive has not ended."""
    before = None
    log = gp.audit.AuditLog(folder, KEY, sync=False)
    for number, place in enumerate(places, start=first):
        after = ENGINE.decide(*place)
        at_s = (number - first) * step_s
        moment = None if time is None else time + timedelta(seconds=at_s)
        kind = gp.TransitionKind.RESTRICTED
        log.write(gp.Transition(number, kind, before, after, at_s, moment, digest))
        before = after
    return log


def card_of(folder, key=KEY, packs=(PACK,)):
    return card_of_log(gp.audit.read_log(folder), key, packs, is_proven=gp.audit.verify_log(folder).is_ok)


def entry(card, sensor):
    (own,) = [entry for entry in card.entries if sensor in entry.sensors]
    return own


def changed(folder, **details: object):
    """The records of a log, with other details of the last transition."""
    records = list(gp.audit.read_log(folder))
    last = max(i for i, record in enumerate(records) if record.kind == "transition")
    told = MappingProxyType(dict(records[last].details) | details)
    records[last] = dataclasses.replace(records[last], details=told)
    return records


def test_card_of_a_log_names_the_rules_that_ask_what_was_recorded(tmp_path):
    logged(tmp_path, NOWHERE, YARD)
    card = card_of(tmp_path)
    cameras = entry(card, "camera.front")
    assert cameras.sensors == ("camera.front", "camera.rear")
    assert (cameras.level, cameras.since) == (Level.OFF, MINUTE + timedelta(minutes=1))
    assert cameras.rules == (CitedRule("City", "School order"),)
    assert (card.is_complete, card.is_position_known) == (True, True)
    assert (card.time, card.digest, card.pack_id, card.revision) == (cameras.since, PACK.digest, "fleet", 3)
    named = "the rules named ask this; which of their conditions held is not recorded"
    assert card.notes == (NO_CHECKPOINT, NOT_ENDED, named)


def test_card_of_a_log_says_sensors_of_which_nothing_is_asked(tmp_path):
    logged(tmp_path, YARD, NOWHERE)
    card = card_of(tmp_path)
    assert (card.entries, card.allowed) == ((), VEHICLE.sensors)
    assert "No sensor is restricted: camera.front" in str(card)


def test_card_of_a_log_with_several_rules_names_those_of_each_sensor(tmp_path):
    logged(tmp_path, BOTH)
    card = card_of(tmp_path)
    assert entry(card, "camera.front").rules == (CitedRule("City", "School order"), CitedRule("Ministry", "Port act"))
    assert "store in HR" in entry(card, "camera.front").tags


@pytest.mark.parametrize(
    ("key", "packs", "note"),
    [
        (None, (PACK,), "the rules that decided, or the key of the vehicle, are not at hand, so none is named"),
        (KEY, (), "the rules that decided, or the key of the vehicle, are not at hand, so none is named"),
        (
            KEY,
            (gp.compile(gp.ZoneSet(ZONES.zones[:1])),),
            "the rules at hand are of another pack than the one that decided, so none is named",
        ),
    ],
)
def test_card_of_a_log_without_key_or_pack_names_no_rule(tmp_path, key, packs, note):
    logged(tmp_path, BOTH)
    card = card_of(tmp_path, key, packs)
    assert card.notes == (NO_CHECKPOINT, NOT_ENDED, note)
    assert card.digest == PACK.digest
    assert (card.pack_id, card.revision) == (("fleet", 3) if PACK in packs else (None, None))
    assert {own.rules for own in card.entries} == {(ANOTHER,)}
    assert "HR" not in str(card)


def test_card_of_a_log_by_several_packs_names_the_rules_of_those_at_hand(tmp_path):
    base = gp.compile(gp.ZoneSet(ZONES.zones[:1], ZONES.header))
    other = gp.ZoneFileHeader("emergency", 9, kind="overlay", authority="Fire brigade")
    overlay = gp.compile(gp.ZoneSet([ZONES["school-yard"]], other))
    assert ZONES.zones[0].id == "port"
    logged(tmp_path, BOTH, digest="+".join(sorted([base.digest, overlay.digest])))
    both, one = card_of(tmp_path, packs=(overlay, base)), card_of(tmp_path, packs=(overlay,))
    named = (CitedRule("City", "School order"), CitedRule("Ministry", "Port act"))
    assert entry(both, "camera.front").rules == named
    assert entry(one, "camera.front").rules == (CitedRule("City", "School order"), ANOTHER)
    assert CitedRule("Fire brigade", "Data act") in entry(both, "lidar").rules
    assert (both.pack_id, both.revision, one.pack_id) == ("fleet", 3, "emergency")
    assert one.notes[-1] == "not every pack that decided is at hand: the rules of the others are not named"


def test_card_of_a_log_with_another_key_names_no_rule(tmp_path):
    logged(tmp_path, BOTH)
    card = card_of(tmp_path, bytes(32))
    assert {own.rules for own in card.entries} == {(ANOTHER,)}
    strange = "the key explains no pseudonym of the log, so no rule is named: key and zones may be of another vehicle"
    assert card.notes[2:] == (strange,)


def test_card_of_a_log_that_names_no_rule_does_not_say_what_those_named_ask(tmp_path):
    logged(tmp_path, YARD, NOWHERE)
    assert card_of(tmp_path).notes == (NO_CHECKPOINT, NOT_ENDED)
    yard = gp.audit.zone_pseudonym(KEY, "2026-11", "school-yard")
    records = changed(tmp_path, zones=[yard], held=[yard], levels={"off": ["lidar"]})
    assert card_of_log(records, KEY, (PACK,), is_proven=True).notes == (NO_CHECKPOINT, NOT_ENDED)


def test_card_of_a_log_takes_the_pack_that_decided_of_several(tmp_path):
    logged(tmp_path, YARD)
    other = gp.compile(gp.ZoneSet(ZONES.zones[:1]))
    assert entry(card_of(tmp_path, KEY, (other, PACK)), "camera.rear").rules == (CitedRule("City", "School order"),)


def test_card_of_a_log_of_no_pack_names_none(tmp_path):
    logged(tmp_path, YARD, digest=None)
    card = card_of(tmp_path)
    assert (card.digest, card.notes[2:]) == (None, ("which pack decided is not recorded, so no rule is named",))
    assert entry(card, "camera.front").rules == (ANOTHER,)


def test_card_of_a_log_does_not_name_zones_that_only_held(tmp_path):
    logged(tmp_path, BOTH)
    zones = {zone.id: gp.audit.zone_pseudonym(KEY, "2026-11", zone.id) for zone in ZONES}
    card = card_of_log(changed(tmp_path, held=[zones["port"]]), KEY, (PACK,), is_proven=True)
    assert entry(card, "camera.front").rules == (CitedRule("City", "School order"), ANOTHER)
    assert "Port act" not in str(card)
    assert "HR" not in str(card)


def test_card_of_a_log_tells_limits_by_their_decade_and_names_the_rules_of_it(tmp_path):
    logged(tmp_path, YARD)
    details = {"limits": {"retain_s:1e6..1e7": ["lidar"]}, "must_show": {"stopped:outside": ["lidar"]}, "held": []}
    card = card_of_log(changed(tmp_path, levels={}, **details), KEY, (PACK,), is_proven=True)
    lidar = entry(card, "lidar")
    assert lidar.tags == ("retain_s between 1e6 and 1e7 s", "must show stopped:outside")
    assert lidar.rules == (CitedRule("Ministry", "Data act"),)


def test_card_of_a_log_names_rules_that_the_exemption_can_have_lifted(tmp_path):
    logged(tmp_path, YARD)
    yard = gp.audit.zone_pseudonym(KEY, "2026-11", "school-yard")
    details = {"exemptions": {"emergency": [yard], "class+state": ["0" * 16]}, "held": []}
    card = card_of_log(changed(tmp_path, **details), KEY, (PACK,), is_proven=True)
    assert card.exemptions == (
        CitedRule("Ministry", "Quiet order", ("emergency",)),
        CitedRule(None, "another restriction", ("class", "state")),
    )
    card = card_of_log(changed(tmp_path, **details | {"held": [yard]}), KEY, (PACK,), is_proven=True)
    assert "Quiet order" not in str(card)


@pytest.mark.parametrize(
    ("by", "unless"),
    [
        ("state", gp.Condition(state=["parked"])),
        ("time", gp.Condition([gp.Window(days=[1])])),
        ("class+emergency", gp.Condition(applies_to={"class": ["taxi"]}, emergency=True)),
        ("other", gp.Condition(applies_to={"fleet": ["blue"]})),
        ("no_emergency", gp.Condition(emergency=False)),
    ],
)
def test_card_of_a_log_knows_every_member_of_an_exemption(tmp_path, by, unless):
    rules = [Rule(["camera"], Level.OFF, text="this one", unless=[unless]), Rule(["camera"], Level.OFF, text="not")]
    pack = gp.compile(gp.ZoneSet([gp.Zone("a", box(13, 45, 14, 46), rules, timezone="UTC")]))
    logged(tmp_path, YARD, digest=pack.digest)
    pseudonym = gp.audit.zone_pseudonym(KEY, "2026-11", "a")
    records = changed(tmp_path, exemptions={by: [pseudonym]}, zones=[], held=[], levels={})
    card = card_of_log(records, KEY, (pack,), is_proven=True)
    assert [rule.text for rule in card.exemptions] == ["this one"]
    assert f"Not applied because of {by.replace('+', ', ').replace('_', ' ')}: " in str(card)


POLICE = gp.Condition(applies_to={"class": ["police"]}, emergency=True)
TAXI = gp.Condition(applies_to={"class": ["taxi"]}, emergency=True)
LIDAR_RULE = Rule(["lidar"], Level.OFF, text="R1", unless=[EMERGENCY])


def lifted_in(folder, by, *rules: Rule, sensors=VEHICLE.sensors, levels=MappingProxyType({})):
    """The card of a log in a zone with rules of which an exemption has lifted one or more."""
    pack = gp.compile(gp.ZoneSet([gp.Zone("a", box(13, 45, 14, 46), rules, timezone="UTC")]))
    logged(folder, YARD, digest=pack.digest)
    zone = gp.audit.zone_pseudonym(KEY, "2026-11", "a")
    records = changed(folder, exemptions={by: [zone]}, zones=[zone] if levels else [], held=[], levels=levels)
    start = next(i for i, record in enumerate(records) if record.kind == "start")
    details = MappingProxyType(dict(records[start].details) | {"sensors": list(sensors)})
    records[start] = dataclasses.replace(records[start], details=details)
    return card_of_log(records, KEY, (pack,), is_proven=True)


@pytest.mark.parametrize(
    ("by", "rule"),
    [
        ("emergency", Rule(["camera"], Level.OFF, text="R2", unless=[POLICE])),
        ("class+emergency", Rule(["camera"], Level.OFF, text="R2", unless=[EMERGENCY])),
        ("emergency", Rule(["camera"], Level.OFF, text="R2", unless=[gp.Condition(emergency=False)])),
        ("emergency", Rule(["camera"], Level.OFF, when=gp.Condition(state=["parked"]), text="R2", unless=[EMERGENCY])),
        ("emergency", Rule(["sonar"], Level.OFF, text="R2", unless=[EMERGENCY])),
        (
            "time",
            Rule(
                ["camera"], Level.OFF, text="R2", unless=[gp.Condition(gp.Window(days=[1]), not_understood='{"m":1}')]
            ),
        ),
    ],
)
def test_card_of_a_log_does_not_name_a_rule_as_lifted_that_may_be_in_force(tmp_path, by, rule):
    card = lifted_in(tmp_path / "1", by, rule)
    assert card.exemptions == (CitedRule(None, ANOTHER.text, tuple(by.split("+"))),)
    if by == "emergency":
        card = lifted_in(tmp_path / "2", by, LIDAR_RULE, rule)
        assert [rule.text for rule in card.exemptions] == ["R1"]


def test_card_of_a_log_names_a_rule_in_force_beside_one_that_an_emergency_lifts(tmp_path):
    cameras = Rule(["camera"], Level.OFF, text="R2", unless=[POLICE])
    zones = gp.ZoneSet([gp.Zone("a", box(13, 45, 14, 46), [LIDAR_RULE, cameras])])
    pack = gp.compile(zones)
    car = gp.open(pack, gp.Vehicle(VEHICLE.sensors, {"class": "car"}))
    after = car.when(BEGAN, emergency=True).decide(*YARD)
    with gp.audit.AuditLog(tmp_path, KEY, sync=False) as log:
        log.write(gp.Transition(1, gp.TransitionKind.RESTRICTED, None, after, 0.0, BEGAN, pack.digest))
    card = card_of(tmp_path, KEY, (pack,))
    assert entry(card, "camera.front").rules == (CitedRule("authority not stated", "R2"),)
    assert card.exemptions == (CitedRule("authority not stated", "R1", ("emergency",)),)


def test_card_of_a_log_names_none_of_several_rules_of_which_one_is_lifted(tmp_path):
    rules = [Rule(["lidar"], Level.OFF, text=who, unless=[unless]) for who, unless in (("P", POLICE), ("T", TAXI))]
    card = lifted_in(tmp_path, "class+emergency", *rules, levels={"off": ["lidar"]})
    assert card.exemptions == (CitedRule(None, ANOTHER.text, ("class", "emergency")),)
    assert entry(card, "lidar").rules == (ANOTHER,)


def test_card_of_a_log_names_no_lifted_rule_where_the_sensors_are_not_known(tmp_path):
    card = lifted_in(tmp_path, "emergency", LIDAR_RULE, sensors=())
    assert card.exemptions == (CitedRule(None, ANOTHER.text, ("emergency",)),)


@dear(25, 10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-70, 70), st.integers(1, 12)), min_size=1, max_size=5), st.booleans())
def test_card_law_of_a_log_is_that_of_the_monitor_as_of_its_last_transition(tmp_path_factory, legs, is_emergency):
    rule = Rule(["radar"], Level.OFF, text="Quiet order", unless=[EMERGENCY])
    zones = gp.ZoneSet(
        [strip("a", 0, 200, OFF, rule), strip("b", 150, 400, Rule(["*"], Level.NO_RECORD, store_in="HR", text="B"))]
    )
    pack = gp.compile(zones)
    monitor = gp.Monitor(gp.open(pack, CAR))
    folder = tmp_path_factory.mktemp("log")
    at_m, count, second = 100.0, 0, 0
    with gp.audit.AuditLog(folder, KEY, sync=False) as log:
        for speed, seconds in legs:
            for _ in range(seconds):
                monitor.update(stamped(second, at_m), emergency=is_emergency)
                at_m, second = at_m + speed, second + 1
                log.follow(monitor)
                if len(list(monitor.transitions())) > count:
                    count = len(list(monitor.transitions()))
                    logged_card, card = card_of(folder, KEY, (pack,)), monitor.card()
                    assert logged_card.entries == card.entries
                    assert logged_card.exemptions == card.exemptions
                    assert (logged_card.allowed, logged_card.in_doubt) == (card.allowed, card.in_doubt)


@pytest.mark.parametrize("details", [{"certainty": "unknown"}, {"reasons": ["no_pack"]}, {"certainty": "vague"}])
def test_card_of_a_log_says_of_sensors_in_use_where_nothing_is_known_that_it_is_in_doubt(tmp_path, details):
    logged(tmp_path, NOWHERE)
    levels = {"off": ["camera.front", "camera.rear"], "no_record": ["lidar"]}
    card = card_of_log(changed(tmp_path, levels=levels, **details), KEY, (PACK,), is_proven=True)
    assert card.in_doubt == ("lidar", "microphone.cabin")
    assert (card.is_complete, card.allowed, card.is_position_known) == (False, (), False)
    assert "\nIn use although it is not known which rules hold here: lidar, microphone.cabin" in str(card)
    assert (card.as_dict()["in_doubt"], card.as_dict()["not_restricted"]) == (["lidar", "microphone.cabin"], [])


# Since when ------------------------------------------------------------------


def test_card_of_a_log_goes_back_over_records_that_say_the_same_of_a_sensor(tmp_path):
    logged(tmp_path, NOWHERE, YARD, YARD, YARD)
    own = entry(card_of(tmp_path), "camera.front")
    assert (own.since, own.is_since_at_least) == (MINUTE + timedelta(minutes=1), False)


def test_card_of_a_log_whose_transitions_were_not_read_in_time_may_begin_earlier(tmp_path):
    log = logged(tmp_path, YARD)
    log.write(gp.Transition(5, gp.TransitionKind.RESTRICTED, None, ENGINE.decide(*YARD), 300.0, BEGAN, PACK.digest))
    own = entry(card_of(tmp_path), "camera.front")
    assert (own.since, own.is_since_at_least) == (MINUTE, True)


def test_card_of_a_log_that_begins_within_a_drive_may_begin_earlier(tmp_path):
    logged(tmp_path, YARD, first=7)
    assert entry(card_of(tmp_path), "camera.front").is_since_at_least


def test_card_of_a_log_without_times_says_that_they_are_not_known(tmp_path):
    logged(tmp_path, YARD, time=None)
    card = card_of(tmp_path)
    assert (card.time, entry(card, "camera.front").since) == (None, None)
    assert "as of a time that is not known" in str(card)


# What is missing -------------------------------------------------------------


def test_card_of_an_empty_log_says_that_nothing_was_recorded():
    card = card_of_log([])
    assert card.notes[1:] == ("no decision has been recorded",)
    assert (card.is_complete, card.is_position_known, card.allowed) == (False, None, ())
    assert "Whether any sensor is restricted is not known." in str(card)


def test_card_of_a_drive_that_has_ended_says_when(tmp_path):
    logged(tmp_path, YARD).close()
    assert card_of(tmp_path).notes[1] == "the drive has ended at 2026-11-25 01:07 UTC: this is what held then"


def test_card_of_a_drive_without_decision_or_end_says_both(tmp_path):
    logged(tmp_path, YARD)
    records = [record for record in gp.audit.read_log(tmp_path) if record.kind == "start"]
    card = card_of_log(records, is_proven=True)
    assert card.notes == (NO_CHECKPOINT, NOT_ENDED, "no decision has been recorded")


def test_card_of_a_log_says_up_to_where_a_checkpoint_proves_it(tmp_path):
    logged(tmp_path, YARD, NOWHERE)
    records = list(gp.audit.read_log(tmp_path))
    card = card_of_log(records, is_proven=True, proven_number=2)
    assert card.notes[0] == "proven up to record 2 of 4 by a checkpoint: that nothing came after is not proven"


def test_card_of_a_log_is_that_of_its_last_drive(tmp_path):
    logged(tmp_path, YARD).close()
    logged(tmp_path, PORT, time=BEGAN + timedelta(hours=1))
    card = card_of(tmp_path)
    assert len(card.notes) == 3
    assert not any("has ended" in note for note in card.notes)
    assert {own.level for own in card.entries} == {Level.NO_RECORD}
    assert {own.since for own in card.entries} == {MINUTE + timedelta(hours=1)}


def test_card_of_a_log_that_does_not_hold_does_not_say_what_is_allowed(tmp_path):
    write_log(tmp_path)
    path = files_of(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(b'"number":3', b'"number":4'))
    card = card_of(tmp_path)
    assert card.notes[0] == "the log does not hold: what it says is not proven, and records may be missing"
    assert (card.is_complete, card.allowed) == (False, ())
    assert "Whether other sensors are restricted is not known." in str(card)


def test_card_of_a_log_whose_last_records_were_lost_does_not_say_what_is_allowed(tmp_path):
    log = logged(tmp_path, YARD)
    log._chain.put("failed", BEGAN, {"errors": {"ENOSPC": 1}, "lost": 2})
    card = card_of(tmp_path)
    assert "records after the last decision were lost: what holds since then is not known" in card.notes
    assert (card.is_complete, card.allowed) == (False, ())


def test_card_of_records_without_their_start_names_the_sensors_that_they_name(tmp_path):
    logged(tmp_path, PORT)
    records = [record for record in gp.audit.read_log(tmp_path) if record.kind != "start"]
    card = card_of_log(records, KEY, (PACK,), is_proven=True)
    assert [own.sensors for own in card.entries] == [("*",)]
    assert not card.is_complete
    assert "no_record (may be used live, is never stored): all sensors" in str(card)


def test_card_of_a_level_and_a_reason_that_are_not_known_restricts(tmp_path):
    logged(tmp_path, YARD)
    details = {"levels": {"sealed": ["lidar"]}, "reasons": ["moon"], "limits": {}, "must_show": {}}
    card = card_of_log(changed(tmp_path, **details), KEY, (PACK,), is_proven=True)
    assert (entry(card, "lidar").level, entry(card, "lidar").rules) == (Level.OFF, (ANOTHER,))
    assert card.reasons == ("a reason that is not known here",)


def test_card_of_any_log_restricts_every_sensor_that_its_last_record_names(tmp_path):
    for count in range(1, 8):
        folder = tmp_path / str(count)
        with gp.audit.AuditLog(folder, KEY, sync=False) as log:
            for own in timed(count):
                log.write(own)
        card = card_of(folder)
        restricted = {sensor: own.level for own in card.entries for sensor in own.sensors}
        assert restricted | dict.fromkeys(card.allowed, Level.ALLOW) == dict(transition(count).after.levels)
        told = f"{card}{card.as_dict()}"
        assert not any(secret in told for secret in ("school-yard", "port", "clinic", "depot", "45.5", "13.2"))
