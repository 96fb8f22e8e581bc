"""The monitor, its profile and consents."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import geopolicy as gp
from error_cases.samples import ENGINE, NAIVE, SET, ZONE

NAN = math.nan
WEEK = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC))


def overlay_of_revision(number):
    """An overlay that ends with the week, beside the edition of the fleet."""
    header = gp.ZoneFileHeader("emergency", number, kind="overlay", ends=WEEK[1])
    zone = gp.Zone("closed", ZONE.geometry, ZONE.rules)
    return gp.open([gp.ZoneSet([ZONE], gp.ZoneFileHeader("fleet", 1)), gp.ZoneSet([zone], header)], ENGINE.vehicle)


def of_revision(number, name="fleet"):
    return gp.open(gp.ZoneSet([ZONE], gp.ZoneFileHeader(name, number)), ENGINE.vehicle)


CASES = {
    "Consent": [
        (lambda _: gp.Consent(" ", ["camera"], *WEEK), ValueError, r"^a consent must say who gave it, got ' '$"),
        (lambda _: gp.Consent("a", [], *WEEK), ValueError, r"^a consent must name at least one sensor, got none$"),
        (lambda _: gp.Consent("a", ["Camera"], *WEEK), ValueError, r"^a consent's sensors must be .*, got 'Camera'$"),
        (lambda _: gp.Consent("a", "*", NAIVE, WEEK[1]), ValueError, r"^a consent's given must be an aware datetime"),
        (lambda _: gp.Consent("a", "*", WEEK[0], NAIVE), ValueError, r"^a consent's until must be an aware datetime"),
        (lambda _: gp.Consent("a", "*", *WEEK[::-1]), ValueError, r"^a consent must end after it was given, within"),
        (lambda _: gp.Consent("a", "*", WEEK[0], WEEK[0]), ValueError, r"^a consent must end after it was given"),
        (
            lambda _: gp.Consent("a", "*", WEEK[0], WEEK[0] + timedelta(days=366, seconds=1)),
            ValueError,
            r"^a consent must end after it was given, within 366 days, got 2026-06-01",
        ),
    ],
    "Hold": [
        (lambda _, s=s: gp.Hold(s), ValueError, r"^a hold must be for more than 0 seconds, got ")
        for s in (0, -1, NAN, math.inf)
    ],
    "MonitorProfile": [
        (lambda _: gp.MonitorProfile(v_max_mps=0), ValueError, r"^profile: v_max_mps must be 0\.1 to 400, got 0$"),
        (
            lambda _: gp.MonitorProfile(starts_collecting="no"),
            TypeError,
            r"^profile: starts_collecting must be True or False, got str$",
        ),
        (lambda _: gp.MonitorProfile(lead_s=NAN), ValueError, r"^profile: lead_s must be 0 to 60, got nan$"),
        (
            lambda _: gp.MonitorProfile(stale_after_s=600),
            ValueError,
            r"^profile: stale_after_s must end .* lower v_max_mps",
        ),
        (
            lambda _: gp.MonitorProfile(needs_consent=["."]),
            ValueError,
            r"^profile: needs_consent must name sensors or '\*', ",
        ),
        (
            lambda _: gp.MonitorProfile(on_unknown={"lidar": "hold"}),
            ValueError,
            r"^profile: on_unknown of 'lidar' must be 'off', 'allow' or a Hold, got 'hold'$",
        ),
    ],
    "Monitor": [
        (
            lambda _: gp.Monitor(ENGINE, profile=gp.MonitorProfile(safety_relevant=["lidar"])),
            ValueError,
            r"^profile: on_unknown must have a choice for safety-relevant 'lidar', got none$",
        ),
        (
            lambda _: gp.Monitor(ENGINE, fallback={"lidar": "loud"}),
            ValueError,
            r"^fallback of 'lidar' must be a Level, got 'loud'$",
        ),
        (
            lambda _: gp.Monitor("zones"),
            TypeError,
            r"^engine must be an engine as geopolicy.open makes it, or None, got str$",
        ),
        (
            lambda _: gp.Monitor(ENGINE, clock_floor=NAIVE),
            ValueError,
            r"^clock_floor must be an aware datetime, got a naive one",
        ),
    ],
    "Monitor.grant": [
        (lambda _: gp.Monitor(ENGINE).grant("driver"), TypeError, r"^grant needs a Consent, got str$"),
    ],
    "Monitor.collect": [
        (
            lambda _: gp.Monitor(ENGINE).collect(is_collecting="no"),
            TypeError,
            r"^is_collecting must be True or False, got str$",
        ),
    ],
    "Monitor.withdraw": [
        (lambda _, who=who: gp.Monitor(ENGINE).withdraw(who), TypeError, r"^who must be a text, got ")
        for who in (["driver"], b"driver", None, 3)
    ],
    "Monitor.swap": [
        (
            lambda _: gp.Monitor(ENGINE).swap(ENGINE, replace="no"),
            TypeError,
            r"^replace must be True or False, got str$",
        ),
        (
            lambda _: gp.Monitor(ENGINE).swap("zones"),
            TypeError,
            r"^engine must be an engine as geopolicy.open makes it, or None, got str$",
        ),
        (
            lambda _: gp.Monitor(ENGINE).swap(ENGINE, trusted_time=NAIVE),
            ValueError,
            r"^trusted_time must be an aware datetime, got a naive one; give it a tzinfo, such as UTC$",
        ),
        (
            lambda _: gp.Monitor(overlay_of_revision(2)).swap(of_revision(1), trusted_time=WEEK[0]),
            gp.errors.UpdateError,
            r"^swap: overlay 'emergency' must be among the zones until trusted_time is 2026-06-08T00:00:00\+00:00 or",
        ),
        (
            lambda _: gp.Monitor(overlay_of_revision(2)).swap(overlay_of_revision(1)),
            gp.errors.UpdateError,
            r"^swap: the zones must be of revision 2 or later, got 1; those in use stay in use",
        ),
        (
            lambda _: gp.Monitor(of_revision(2)).swap(of_revision(1)),
            gp.errors.UpdateError,
            r"^swap: the zones must be of revision 2 or later, got 1; those in use stay in use; swap\(.* takes any.*$",
        ),
        (
            lambda _: gp.Monitor(of_revision(2)).swap(of_revision(3, "another")),
            gp.errors.UpdateError,
            r"^swap: the zones must be of set 'fleet', got 'another'; those in use",
        ),
        (
            lambda _: gp.Monitor(ENGINE).swap(gp.open(SET)),
            gp.errors.UpdateError,
            r"^swap: the zones must be opened for the monitor's vehicle, got another; those in use",
        ),
        (
            lambda _: gp.Monitor(of_revision(2)).swap(gp.open(SET, ENGINE.vehicle)),
            gp.errors.UpdateError,
            r"^swap: the zones must be of set 'fleet', got None; those in use",
        ),
    ],
}
