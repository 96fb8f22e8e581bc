"""A source of overlays that is not confirmed: exemptions end at once, and sensors do what the profile says."""

from __future__ import annotations

from math import inf, nan

import pytest

import contract
import geopolicy as gp
from contract import yard
from geopolicy import Condition, Level, MonitorProfile, Reason, Rule
from layers import overlay_of
from monitor_scenes import CAR, fix, settle, strip

FOLLOWS = MonitorProfile(follows_overlays=True, on_stale_overlays={"camera.cabin": Level.NO_RECORD})
EXEMPT = Rule(["camera.front"], Level.OFF, unless=[Condition(state=("parked",))])


@pytest.fixture(params=contract.ENGINES)
def watch(request):
    """A monitor of zones, and of an overlay far away."""
    far = overlay_of([strip("far", 50_000.0, 50_100.0)])
    return lambda *zones, profile=FOLLOWS: gp.Monitor(
        gp.open([gp.ZoneSet(list(zones)), far], CAR, request.param), profile=profile
    )


def test_stale_overlays_from_the_start_until_confirmed(watch):
    monitor = watch(strip("home", 0.0, 1000.0, EXEMPT))
    assert Reason.OVERLAY_STALE in monitor.decision.reasons
    stale = settled(monitor)
    assert (stale.certainty, stale.reasons) == ("certain", (Reason.IN_ZONE, Reason.OVERLAY_STALE))
    assert (stale.levels["camera.front"], stale.levels["camera.cabin"]) == (Level.OFF, Level.NO_RECORD)
    assert "exemption not granted: newer rules may be missing" in stale.explain()
    assert Reason.OVERLAY_STALE not in monitor.confirm_overlays(60.0).reasons
    fresh = settled(monitor, 7.0)
    assert (fresh.levels["camera.front"], fresh.levels["camera.cabin"]) == (Level.ALLOW, Level.ALLOW)


def settled(monitor, start=0.0, state="parked"):
    for seconds in (0.0, 3.0, 6.0):
        decision = monitor.update(fix(start + seconds, 500.0), state)
    return decision


@pytest.mark.parametrize("is_ticked", [True, False])
def test_stale_overlays_end_exemptions_at_that_moment(watch, is_ticked):
    """Although the vehicle stands still within its safe region."""
    monitor = watch(strip("home", 0.0, 1000.0, EXEMPT))
    monitor.confirm_overlays(10.0)
    assert settled(monitor).levels["camera.front"] == Level.ALLOW

    def at(seconds):
        return monitor.tick(seconds) if is_ticked else monitor.update(fix(seconds, 500.0), "parked")

    assert at(9.99).levels["camera.front"] == Level.ALLOW
    stale = at(10.0)
    assert stale.levels["camera.front"] == Level.OFF
    assert Reason.OVERLAY_STALE in stale.reasons
    assert [one.after for one in monitor.transitions()][-1] is stale
    monitor.confirm_overlays(100.0)
    assert settled(monitor, 11.0).levels["camera.front"] == Level.ALLOW


@pytest.mark.parametrize("wrong", [nan, inf, -inf, None, "soon", 0.0])
def test_confirmation_that_is_none_takes_the_last_one_back(watch, wrong):
    monitor = watch(strip("home", 0.0, 1000.0, EXEMPT))
    monitor.confirm_overlays(1000.0)
    settled(monitor)
    stale = monitor.confirm_overlays(wrong)
    assert Reason.OVERLAY_STALE in stale.reasons
    assert stale.levels["camera.front"] == Level.OFF


def test_monitor_that_follows_no_overlays_is_never_stale(watch):
    monitor = watch(strip("home", 0.0, 1000.0, EXEMPT), profile=MonitorProfile())
    assert settled(monitor).levels["camera.front"] == Level.ALLOW
    monitor.confirm_overlays(20.0)
    assert Reason.OVERLAY_STALE in monitor.tick(20.0).reasons


def test_stale_overlays_tighten_what_is_unknown_too(watch):
    choices = {"camera.cabin": gp.Hold(30), "radar": "allow"}
    profile = MonitorProfile(
        on_unknown=choices,
        safety_relevant=["radar"],
        follows_overlays=True,
        on_stale_overlays={"radar": Level.IN_VEHICLE},
    )
    monitor = watch(strip("home", 5000.0, 6000.0), profile=profile)
    settle(monitor, 0.0)
    unknown = monitor.tick(30.0)
    assert (unknown.certainty, unknown.levels["radar"]) == ("unknown", Level.IN_VEHICLE)
    monitor.confirm_overlays(100.0)
    assert monitor.tick(31.0).levels["radar"] == Level.ALLOW


def test_card_tells_that_rules_of_the_hour_may_be_missing(watch):
    monitor = watch(strip("home", 0.0, 1000.0, EXEMPT))
    settle(monitor, 500.0)
    assert "whether rules of the hour are missing is not known" in " ".join(monitor.card().reasons)


@pytest.mark.parametrize(
    ("choices", "error", "rule"),
    [
        ({"camera": "off"}, ValueError, "on_stale_overlays of 'camera' must be a Level, got 'off'"),
        ([("camera", Level.OFF)], TypeError, "on_stale_overlays must be a mapping of names to Levels, got list"),
        ({"Kamera!": Level.OFF}, ValueError, "on_stale_overlays must name sensors"),
    ],
)
def test_profile_refuses_levels_that_are_none(choices, error, rule):
    with pytest.raises(error, match=rule):
        MonitorProfile(on_stale_overlays=choices)


def test_profile_names_sensors_of_the_vehicle():
    with pytest.raises(ValueError, match="on_stale_overlays must name sensors of the vehicle, got 'sonar'"):
        gp.Monitor(gp.open(gp.ZoneSet([yard()]), CAR), profile=MonitorProfile(on_stale_overlays={"sonar": Level.OFF}))
