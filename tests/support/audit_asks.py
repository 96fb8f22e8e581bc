"""Zones that ask for limits and notices and make exceptions, decisions by them, and drives through them."""

from __future__ import annotations

import geopolicy as gp
from audit_samples import BEGAN, DIGEST, KEY
from geopolicy.model.limits import LIMITS, MUST_SHOW
from shapes import box

ANY = {name: gp.LimitRange() for name in LIMITS}
VEHICLE = gp.Vehicle(
    ["camera.front", "camera.rear", "microphone.cabin", "lidar"],
    {"class": "police", "guild-of-millers": "yes"},
    limits={"camera": ANY, "microphone": ANY, "lidar": ANY},
    shows=MUST_SHOW,
)
EMERGENCY = gp.Condition(emergency=True)
RETAIN_S = 1_209_613.0


def zone(zone_id, west, *rules: gp.Rule):
    """A zone of one square degree."""
    return gp.Zone(zone_id, box(west, 45, west + 1, 46), rules)


ZONES = gp.ZoneSet(
    [
        zone("archive", 13, gp.Rule(["camera"], limits={"retain_s": RETAIN_S, "resolution_m": 10.0})),
        zone("forest", 13, gp.Rule(["*"], limits={"position_m": 53.0})),
        zone("square", 15, gp.Rule(["*"], must_show=["stopped:outside"])),
        zone("square-2", 15, gp.Rule(["lidar"], must_show=["collecting:outside", "stopped:outside"])),
        zone("hospital", 17, gp.Rule(["camera"], gp.Level.OFF, unless=[EMERGENCY])),
        zone("mill", 19, gp.Rule(["*"], gp.Level.OFF, unless=[gp.Condition((), {"guild-of-millers": ["yes"]})])),
        zone(
            "gate", 19, gp.Rule(["*"], gp.Level.OFF, unless=[gp.Condition((), {"class": ["police"]}, emergency=True)])
        ),
    ]
)
ENGINE = gp.open(ZONES, VEHICLE)
PLACES = (13.5, 15.5, 17.5, 19.5)


def decisions():
    """What each place asks in an emergency."""
    view = ENGINE.when(BEGAN, "driving", emergency=True)
    return [view.decide(45.5, lon) for lon in PLACES]


def transition_to(decision, number=1, held=()):
    """A transition to any decision."""
    kind = gp.TransitionKind.RESTRICTED
    return gp.Transition(number, kind, None, decision, 100.0 + number, BEGAN, DIGEST, held)


def write_decisions(folder, given=None, held=()):
    """A log of decisions, by default those of all places; of their zones some are only held."""
    with gp.audit.AuditLog(folder, KEY, sync=False) as log:
        for number, decision in enumerate(decisions() if given is None else given, start=1):
            log.write(transition_to(decision, number, tuple(zone for zone in decision.zones if zone in held)))


def drive_east(monitor, lon, seconds, *, first_s=0, emergency=None):
    """Updates a monitor once a second at 20 m/s; the longitude where that ends."""
    for second in range(first_s, first_s + seconds):
        fix = gp.Fix(45.5, lon, accuracy_95_m=4, monotonic_s=second, speed_mps=20)
        monitor.update(fix, "driving", emergency=emergency)
        lon += 2.5e-4
    return lon
