"""The gate card of a monitor: what is restricted, since when, by which rules; never where."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy import Level, MonitorProfile, Rule
from geopolicy.model.card import CardEntry, CitedRule
from geopolicy.monitor import monitor as monitor_module
from monitor_scenes import CAR, NOON, drive, fix, make_engine, north, settle, stamped, strip, watch

__all__ = ["make_engine", "watch"]
CAMERAS = ("camera.cabin", "camera.front")
ANOTHER = CitedRule(None, "another restriction")
ORDER = Rule(["camera"], Level.OFF, authority="Port authority", text="Order 12, section 3")
MAPS = Rule(
    ["lidar"], limits={"resolution_m": 17}, must_show=["collecting:outside"], store_in="HR", text="Geodata Act 9"
)
CALM = Rule(["radar"], Level.NO_RECORD, unless=[gp.Condition(emergency=True)], authority="City", text="Quiet order")
MAPPER = gp.Vehicle(
    CAR.sensors, limits={"lidar": {"resolution_m": gp.LimitRange()}}, shows=["collecting:outside", "stopped:inside"]
)


def named(zone, name):
    return dataclasses.replace(zone, name=name)


def mapper_in(*rules: Rule, header=None, **options: object):
    """A monitor of a vehicle that can keep what the rules of one zone ask; 500 m is inside, 5,000 m is not."""
    zone = named(strip("zone-4711", 0, 1000, *rules), "Old harbour")
    zones = gp.ZoneSet([zone], header or gp.ZoneFileHeader())
    return gp.Monitor(gp.open(zones, MAPPER, engine="reference"), **options)


def entry(card, sensor):
    (own,) = [entry for entry in card.entries if sensor in entry.sensors]
    return own


def told_by(card):
    return f"{card}\n{card!r}\n{json.dumps(card.as_dict(), ensure_ascii=False)}"


def test_card_in_a_zone_names_authority_text_level_and_minute():
    monitor = mapper_in(ORDER, MAPS, header=gp.ZoneFileHeader("fleet", 3, authority="Ministry"))
    drive(monitor, *range(8), offset_s=75.0)
    card = monitor.card()
    noon = NOON + timedelta(minutes=1)
    assert card.entries == (
        CardEntry(
            CAMERAS, Level.OFF, (), noon, rules=(CitedRule("Port authority", ORDER.text),), is_level_by_rule=True
        ),
        CardEntry(
            ("lidar",),
            Level.ALLOW,
            ("store in HR", "resolution_m no finer than 17 m", "must show collecting:outside"),
            noon,
            rules=(CitedRule("Ministry", "Geodata Act 9"),),
        ),
    )
    assert (card.allowed, card.is_complete, card.is_position_known) == (("radar",), True, True)
    assert (card.time, card.pack_id, card.revision, card.digest) == (noon, "fleet", 3, None)
    assert str(card) == (
        "Gate card, as of 2026-06-01 12:01 UTC\n"
        "The vehicle knows where it is.\n"
        "Rules: no digest of a pack is known, id fleet, revision 3\n"
        "\n"
        "off (must be disabled): camera.cabin, camera.front\n"
        "  since 2026-06-01 12:01 UTC\n"
        "  by Port authority: Order 12, section 3\n"
        "\n"
        "allow (may be used, as follows): lidar\n"
        "  since 2026-06-01 12:01 UTC\n"
        "  store in HR\n"
        "  resolution_m no finer than 17 m\n"
        "  must show collecting:outside\n"
        "  by Ministry: Geodata Act 9\n"
        "\n"
        "Not restricted: radar"
    )


def test_card_of_a_compiled_pack_has_its_digest(make_engine):
    engine = make_engine([strip()], CAR)
    assert gp.Monitor(engine).card().digest == engine.digest


def test_card_names_no_zone_no_rule_number_and_no_position():
    monitor = mapper_in(ORDER, MAPS, CALM)
    drive(monitor, *range(8))
    told = told_by(monitor.card())
    for secret in ("4711", "harbour", "rule 1", "45.0", "13.0", f"{north(500):.5f}"):
        assert secret not in told


def test_card_of_a_zone_that_only_holds_names_neither_rule_nor_value():
    monitor = mapper_in(ORDER, MAPS)
    drive(monitor, *range(8), metres=990.0)
    drive(monitor, 8.0, 8.5, metres=1030.0)
    assert monitor.decision.zones == ("zone-4711",)
    card = monitor.card()
    assert gp.Reason.HELD in monitor.decision.reasons
    assert [own.rules for own in card.entries] == [(ANOTHER,), (ANOTHER,)]
    assert entry(card, "lidar").tags == ("store in one country", "resolution_m limited", "must show collecting:outside")
    told = told_by(card)
    assert not any(secret in told for secret in ("Order", "Port", "Geodata", "17", "HR"))


def test_card_of_two_rules_at_one_level_names_the_one_that_is_here():
    zones = [strip("left", 0, 1000, ORDER), strip("here", 1005, 3000, Rule(["camera"], Level.OFF, text="B"))]
    monitor = gp.Monitor(gp.open(gp.ZoneSet(zones), CAR))
    drive(monitor, *range(8), metres=980.0)
    drive(monitor, 8.0, 8.5, 9.0, metres=1040.0)
    assert monitor.decision.zones == ("here", "left")
    assert entry(monitor.card(), "camera.front").rules == (CitedRule("authority not stated", "B"), ANOTHER)


def test_card_before_anything_has_come_says_that_it_is_not_known():
    card = mapper_in(ORDER).card()
    assert not card.is_position_known
    assert card.entries == (CardEntry(tuple(CAR.sensors), Level.OFF),)
    assert card.reasons == ("no usable position has come since the start",)
    text = str(card)
    assert "as of a time that is not known" in text
    assert "since when is not known" in text
    assert "off is asked by no rule: the reason stands below" in text
    assert text.splitlines()[-2] == "Which rules hold here is not known."
    assert (card.is_complete, card.allowed, card.in_doubt) == (False, (), ())


def test_card_without_a_pack_says_so():
    card = gp.Monitor(None, vehicle=CAR).card()
    assert (card.digest, card.pack_id) == (None, None)
    assert "no rules are loaded, so what the vehicle falls back to holds" in card.reasons


def test_card_after_the_zones_were_lost_does_not_name_what_goes_on():
    monitor = mapper_in(MAPS)
    drive(monitor, *range(8))
    monitor.swap(None)
    lidar = entry(monitor.card(), "lidar")
    assert (lidar.level, lidar.rules, lidar.is_level_by_rule) == (Level.OFF, (ANOTHER,), False)
    assert "resolution_m limited" in lidar.tags


def test_card_of_a_stale_fix_tells_levels_of_rules_from_those_of_doubt():
    monitor = mapper_in(ORDER)
    drive(monitor, *range(8))
    monitor.tick(60.0)
    card = monitor.card()
    assert card.reasons == ("the last usable position is too old",)
    assert entry(card, "camera.front").is_level_by_rule
    assert (entry(card, "radar").level, entry(card, "radar").rules) == (Level.OFF, ())


def test_card_of_a_consent_that_the_profile_asks_is_another_restriction():
    monitor = mapper_in(ORDER, profile=MonitorProfile(needs_consent=["radar"]))
    drive(monitor, *range(8))
    card = monitor.card()
    radar = entry(card, "radar")
    assert (radar.level, radar.tags, radar.rules) == (Level.OFF, ("needs consent",), (ANOTHER,))
    assert card.reasons == ("a consent is asked, and there is none",)


def test_card_of_a_consent_that_a_rule_asks_names_it():
    monitor = mapper_in(Rule(["radar"], needs_consent=True, authority="City", text="Consent order"))
    drive(monitor, *range(8))
    radar = entry(monitor.card(), "radar")
    assert (radar.level, radar.rules) == (Level.OFF, (CitedRule("City", "Consent order"),))
    assert not radar.is_level_by_rule


def test_card_of_a_limit_that_cannot_be_kept_names_the_rule_of_the_limit():
    monitor = gp.Monitor(gp.open(gp.ZoneSet([strip("a", 0, 1000, MAPS)]), CAR))
    drive(monitor, *range(8))
    lidar = entry(monitor.card(), "lidar")
    assert (lidar.level, lidar.rules) == (Level.OFF, (CitedRule("authority not stated", "Geodata Act 9"),))


def test_card_of_a_zone_ahead_names_its_rule(watch):
    monitor = watch(strip("zone", 0, 1000, ORDER), profile=MonitorProfile(lead_s=10.0))
    for second in range(8):
        monitor.update(stamped(second, -400.0 + 20 * second, speed_mps=20.0, course_deg=0.0))
    monitor.update(stamped(8.0, -150.0, speed_mps=20.0, course_deg=0.0))
    assert gp.Reason.AHEAD in monitor.decision.reasons
    assert entry(monitor.card(), "camera.front").rules == (CitedRule("Port authority", ORDER.text),)


@pytest.mark.parametrize("metres", [500.0, 999.0])
def test_card_names_the_rule_that_an_emergency_lifts(metres):
    monitor = mapper_in(CALM)
    drive(monitor, *range(8), metres=metres)
    for second in range(8, 16):
        monitor.update(stamped(second, metres), emergency=True)
    card = monitor.card()
    assert card.exemptions == (CitedRule("City", "Quiet order", ("emergency",)),)
    assert "radar" in card.allowed
    assert "Not applied because of emergency: City: Quiet order" in str(card)


def test_card_does_not_name_a_lifted_rule_of_a_zone_that_only_holds():
    rule = Rule(["radar"], Level.OFF, text="Quiet", unless=[gp.Condition(applies_to={"fleet": ["blue"]})])
    blue = gp.Vehicle(CAR.sensors, {"fleet": "blue"})
    monitor = gp.Monitor(gp.open(gp.ZoneSet([strip("a", 0, 1000, rule, ORDER)]), blue))
    drive(monitor, *range(8), metres=990.0)
    assert monitor.card().exemptions == (
        CitedRule("authority not stated", "Quiet", ("other",)),
    )  # a rare name would tell which zone
    drive(monitor, 8.0, 8.5, metres=1030.0)
    assert monitor.card().exemptions == (CitedRule(None, "another restriction", ("other",)),)


# Where nothing is known ------------------------------------------------------


def in_doubt_of(card):
    """The sensors in doubt, of a card that calls none unrestricted in any form."""
    told = told_by(card)
    assert "No sensor is restricted" not in told
    assert "Not restricted" not in told
    assert (card.is_complete, card.allowed, card.as_dict()["not_restricted"]) == (False, (), [])
    assert f"In use although it is not known which rules hold here: {', '.join(card.in_doubt)}" in told
    assert card.as_dict()["in_doubt"] == list(card.in_doubt)
    return card.in_doubt


def test_card_before_a_fix_says_of_sensors_that_stay_on_that_it_is_in_doubt():
    profile = MonitorProfile(on_unknown=dict.fromkeys(CAR.sensors, "allow"), safety_relevant=CAR.sensors)
    card = mapper_in(ORDER, profile=profile).card()
    assert in_doubt_of(card) == CAR.sensors
    assert card.entries == ()
    profile = MonitorProfile(on_unknown={"radar": "allow"}, safety_relevant=["radar"])
    assert in_doubt_of(mapper_in(ORDER, profile=profile).card()) == ("radar",)


def test_card_of_a_stale_fix_says_of_sensors_that_hold_that_it_is_in_doubt():
    monitor = mapper_in(CALM, profile=MonitorProfile(on_unknown=dict.fromkeys(CAR.sensors, gp.Hold(30))))
    drive(monitor, *range(8))
    monitor.tick(15.0)
    card = monitor.card()
    assert entry(card, "radar").level == Level.NO_RECORD
    assert in_doubt_of(card) == CAR.sensors


def test_card_without_a_pack_says_of_sensors_that_the_fallback_allows_that_it_is_in_doubt():
    fallback = {"*": Level.ALLOW, "camera": Level.OFF}
    monitor = gp.Monitor(None, vehicle=CAR, fallback=fallback)
    drive(monitor, *range(8))
    card = monitor.card()
    assert in_doubt_of(card) == ("lidar", "radar")
    assert "The vehicle does not know where it is, or which rules hold there." in str(card)


# Since when ------------------------------------------------------------------


def test_card_since_goes_back_over_changes_of_other_sensors():
    zones = [strip("a", 0, 9000, ORDER), strip("b", 600, 9000, Rule(["radar"], Level.OFF))]
    monitor = gp.Monitor(gp.open(gp.ZoneSet(zones), CAR))
    drive(monitor, *range(8), metres=300.0)
    drive(monitor, *range(100, 108), metres=700.0)
    card = monitor.card()
    assert entry(card, "radar").since == NOON + timedelta(minutes=1)
    assert entry(card, "camera.front").since == NOON


def test_card_since_is_reckoned_back_where_the_time_became_known_later():
    monitor = mapper_in(ORDER)
    settle(monitor, 500.0)
    assert entry(monitor.card(), "camera.front").since is None
    drive(monitor, 130.0)
    assert entry(monitor.card(), "camera.front").since == NOON


def test_card_since_may_be_earlier_where_transitions_are_no_longer_kept(monkeypatch):
    monkeypatch.setattr(monitor_module, "KEPT_TRANSITIONS", 2)
    zones = [strip("a", 0, 9000, ORDER), strip("b", 600, 9000, Rule(["radar"], Level.OFF))]
    monitor = gp.Monitor(gp.open(gp.ZoneSet(zones), CAR))
    for turn in range(4):
        drive(monitor, *range(60 * turn, 60 * turn + 12), metres=300.0 if turn % 2 else 1200.0)
    own = entry(monitor.card(), "camera.front")
    assert own.is_since_at_least
    assert own.since > NOON
    assert f"since {own.since:%Y-%m-%d %H:%M} UTC or earlier" in str(monitor.card())


# Texts of others -------------------------------------------------------------


def test_card_shows_what_commands_a_terminal_or_turns_letters_as_its_code():
    rule = Rule(["camera"], Level.OFF, authority="A\x1b[31m\u202eB", text="x\nNot restricted: camera\u2028\u00a0y")
    monitor = mapper_in(rule)
    drive(monitor, *range(8))
    text = str(monitor.card())
    assert "  by A\\x1b[31m\\u202eB: x\\nNot restricted: camera\\u2028 y\n" in text
    assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_card_without_authority_or_text_says_that_they_are_not_stated():
    monitor = mapper_in(Rule(["camera"], Level.OFF))
    drive(monitor, *range(8))
    assert entry(monitor.card(), "camera.front").rules == (CitedRule("authority not stated", "text not stated"),)


# Laws ------------------------------------------------------------------------

# Four zones across the way, with gaps, overlapping and thin; each has texts of its own.
PLACES = {"quay": (0, 1000), "mill": (800, 1500), "wall": (1700, 1710), "fort": (1900, 4000)}


def rule_of(name, level):
    return Rule(["camera", "lidar"], level, authority=f"{name} office", text=f"{name} order", limits={"retain_s": 60})


HOLDING = MonitorProfile(on_unknown={"camera": gp.Hold(5), "radar": "allow"}, safety_relevant=["radar"])
ENGINE = gp.open(
    gp.ZoneSet(
        [
            named(strip(f"id-{name}", *span, rule_of(name, level)), f"The {name} place")
            for (name, span), level in zip(PLACES.items(), (4, 2, 4, 3), strict=True)
        ]
    ),
    gp.Vehicle(CAR.sensors, limits={"*": {"retain_s": {}}}),
    engine="reference",
)
legs = st.lists(st.tuples(st.integers(-70, 70), st.integers(1, 12), st.booleans()), min_size=1, max_size=5)


@dear(100, 35)
@given(st.integers(-200, 2200), legs, st.sampled_from([MonitorProfile(), HOLDING]))
def test_card_law_names_only_what_is_here_and_leaves_no_sensor_out(start, legs, profile):
    """Legs are driven at a speed for some seconds, with fixes or in a tunnel."""
    monitor = gp.Monitor(ENGINE, profile=profile)
    at_m, south_m, end_m = start, start - 20, start + 20
    monitor.update(fix(0.0, at_m, speed_mps=70.0, accuracy_95_m=1.0))
    seconds = [(speed, is_tunnel) for speed, count, is_tunnel in legs for _ in range(count)]
    for second, (speed, is_tunnel) in enumerate(seconds, start=1):
        before_m = at_m
        if is_tunnel:
            monitor.tick(float(second))
            south_m, end_m = south_m - 71, end_m + 71
        else:
            at_m += speed
            monitor.update(fix(float(second), at_m, speed_mps=70.0, accuracy_95_m=1.0))
            south_m, end_m = min(before_m, at_m) - 20, max(before_m, at_m) + 20
        card = monitor.card()
        restricted = {sensor: own.level for own in card.entries for sensor in own.sensors}
        unrestricted = dict.fromkeys((*card.allowed, *card.in_doubt), Level.ALLOW)
        assert unrestricted | restricted == dict(monitor.decision.levels)
        assert restricted.keys().isdisjoint(card.allowed)
        assert card.is_complete is card.is_position_known is (monitor.decision.certainty != gp.Certainty.UNKNOWN)
        assert not (card.allowed if not card.is_complete else card.in_doubt)
        told = told_by(card)
        assert "id-" not in told
        assert "place" not in told
        for name, (south, end) in PLACES.items():
            assert name not in told or (south_m < end and end_m > south)


@dear(30, 12)
@given(st.tuples(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(PLACES))), st.sampled_from(list(Level)[1:]))
def test_card_law_in_zones_with_the_same_rules_is_the_same(names, level):
    cards = []
    for name in names:
        south, end = PLACES[name]
        zone = named(strip(f"id-{name}", south, end, Rule(["camera"], level, text="One law")), name)
        monitor = gp.Monitor(gp.open(gp.ZoneSet([zone]), CAR, engine="reference"))
        drive(monitor, *range(12), metres=(south + end) / 2)
        cards.append(monitor.card())
    assert cards[0] == cards[1]
    assert str(cards[0]) == str(cards[1])
