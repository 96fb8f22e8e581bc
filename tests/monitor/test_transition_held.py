"""Transitions tell which of their zones only hold on: the fixes have left them."""

from __future__ import annotations

import geopolicy as gp
from audit_asks import ENGINE, VEHICLE, drive_east, zone


def test_transition_with_zones_of_the_drive_before_tells_that_they_are_only_held():
    monitor = gp.Monitor(ENGINE, last_zones=["archive", "square"])
    monitor.tick(1.0)
    drive_east(monitor, 13.5, 20, first_s=2)
    first, *later = monitor.transitions()
    assert first.held == first.after.zones == ("archive", "square")
    assert gp.Reason.HELD in first.after.reasons
    assert later[-1].after.zones == ("archive", "forest")
    assert later[-1].held == ()


def test_transition_into_a_zone_tells_the_one_that_was_just_left():
    zones = [
        zone("left", 13, gp.Rule(["camera"], gp.Level.OFF)),
        zone("next", 14.001, gp.Rule(["lidar"], gp.Level.OFF)),
    ]
    monitor = gp.Monitor(gp.open(gp.ZoneSet(zones), VEHICLE))
    drive_east(monitor, 13.998, 40)
    transitions = list(monitor.transitions())
    assert ("left", "next") in [own.after.zones for own in transitions]
    assert {own.held for own in transitions if own.after.zones == ("left", "next")} == {("left",)}
    assert all(set(own.held) <= set(own.after.zones) for own in transitions)
    assert transitions[-1].after.zones == ("next",)
    assert transitions[-1].held == ()


def test_transition_without_zones_that_hold_has_none():
    monitor = gp.Monitor(None, vehicle=VEHICLE, last_zones=["archive"])
    monitor.tick(1.0)
    assert [own.held for own in monitor.transitions()] == [()]


def test_transition_tells_a_zone_that_was_left_and_has_a_lifted_rule():
    rules = [gp.Rule(["lidar"], gp.Level.OFF, unless=[gp.Condition(emergency=True)])]
    monitor = gp.Monitor(gp.open(gp.ZoneSet([zone("left", 13, *rules)]), VEHICLE))
    lon = drive_east(monitor, 13.999, 6)
    drive_east(monitor, lon, 1, first_s=6, emergency=True)
    assert [own.held for own in monitor.transitions()][-1] == ("left",)
    monitor = gp.Monitor(gp.open(gp.ZoneSet([zone("here", 13, *rules)]), VEHICLE))
    drive_east(monitor, 13.5, 8)
    drive_east(monitor, 13.502, 1, first_s=8, emergency=True)
    (*_, last) = monitor.transitions()
    assert (last.held, [cause.zone_id for cause in last.after.exemptions]) == ((), ["here"])
