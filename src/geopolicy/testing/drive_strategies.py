"""Hypothesis strategies of fixes and drives: what a receiver says, and what is true."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from geopolicy.model.fixes import Fix
from geopolicy.testing.shape_strategies import check_kinds
from geopolicy.testing.zone_strategies import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.zone_set import ZoneSet

FAULTS = (
    *("no position", "no accuracy", "invalid", "zero", "flags", "inaccurate", "future", "untimed", "duplicate", "late"),
    *("gap", "clock"),
)
START = datetime(2026, 6, 5, 10, tzinfo=UTC)
METRES_PER_DEGREE = 111_000.0  # a little less than there are, so that errors stay within their radius
_MOST_ERROR = 0.9
_ACCURACIES_M = (0.6, 3.0, 8.0, 25.0, 50.0)
_STEEP_LAT = 84.0


class DrivenFix(NamedTuple):
    """One fix of a drive, and the truth.

    Attributes
    ----------
    fix
        What the receiver says.
    lat, lon
        Degrees on WGS 84: where the vehicle is when the fix is measured, and until it reaches the program.
    at_s
        When it reaches the program, in seconds on its monotonic clock.
    fault
        Which of the faults the fix has (`drives`); empty where it has none.

    Examples
    --------
    >>> import geopolicy as gp
    >>> step = DrivenFix(gp.Fix(45.00001, 13.0, 3.0, monotonic_s=1.0), 45.0, 13.0, at_s=1.0, fault="")
    >>> monitor = gp.Monitor(gp.open("zones"))
    >>> monitor.update(step.fix, now_s=step.at_s).certainty
    <Certainty.UNKNOWN: 'unknown'>
    """

    fix: Fix
    lat: float
    lon: float
    at_s: float
    fault: str


@st.composite
def fixes(draw: DrawFn, zones: Zone | ZoneSet, *, monotonic_s: float = 0.0) -> Fix:
    """Single fixes at the borders of zones (`positions`), as good receivers give them.

    Parameters
    ----------
    zones
        A zone, or a set.
    monotonic_s
        When they were measured, in seconds on the caller's clock.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import given, settings
    >>> zone_set = gp.read_zones("zones/worked-example.geojson")
    >>> @settings(max_examples=20)
    ... @given(fixes(zone_set))
    ... def check(fix):
    ...     assert 0.0 < fix.accuracy_95_m <= 50.0
    >>> check()
    """
    lat, lon = draw(positions(zones))
    return Fix(
        lat,
        lon,
        draw(st.sampled_from(_ACCURACIES_M)),
        draw(st.none() | st.just(START)),
        monotonic_s,
        draw(st.none() | st.floats(0.0, 50.0)),
        draw(st.none() | st.floats(0.0, 360.0, exclude_max=True)),
    )


@st.composite
def drives(
    draw: DrawFn,
    zones: Zone | ZoneSet,
    *,
    faults: Sequence[str] = FAULTS,
    most: int = 40,
    v_max_mps: float = 70.0,
) -> list[DrivenFix]:
    """Drives past the borders of zones: each fix with the truth, within the error model of a `Monitor`.

    Where a fix has no fault, the vehicle is within its accuracy; what has a fault may say anything that a monitor must
    not go by. The vehicle is never faster than ``v_max_mps``. Drives begin at a border and keep within 84 degrees of
    latitude.

    Parameters
    ----------
    zones
        A zone, or a set.
    faults
        Which of these may come: ``"no position"``, ``"no accuracy"``, ``"invalid"``, ``"zero"`` (0, 0), ``"flags"``
        (spoofing or jamming), ``"inaccurate"``, ``"future"``, ``"untimed"``, ``"duplicate"``, ``"late"`` (it reaches
        the program seconds after it was measured, while the vehicle stands), ``"gap"`` (up to a minute without fixes),
        ``"clock"`` (a wrong stamp).
    most
        The number of fixes, at most.
    v_max_mps
        Metres a second.

    Examples
    --------
    >>> import geopolicy as gp
    >>> from hypothesis import given, settings
    >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    >>> zone = gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])
    >>> engine = gp.open(gp.ZoneSet([zone]))
    >>> @settings(max_examples=20, deadline=None)
    ... @given(drives(zone, faults=["gap", "invalid"]))
    ... def check(drive):
    ...     monitor = gp.Monitor(engine)
    ...     for step in drive:
    ...         told = monitor.update(step.fix, now_s=step.at_s)
    ...         assert told.disabled >= engine.decide(step.lat, step.lon).disabled
    >>> check()
    """
    check_kinds("faults", faults, FAULTS, may_be_empty=True)
    lat, lon = draw(positions(zones))
    lat = max(-_STEEP_LAT, min(_STEEP_LAT, lat))
    at_s, steps = draw(st.sampled_from([0.0, 1000.0])), []
    accuracy_m = draw(st.sampled_from(_ACCURACIES_M))
    has_time = draw(st.booleans())
    last: Fix | None = None
    for number in range(draw(st.integers(1, most))):
        may_fail = [*faults] if number > 2 else []
        fault = draw(st.sampled_from(["", "", "", *may_fail]))
        period_s = draw(st.floats(6.0, 60.0)) if fault == "gap" else draw(st.sampled_from([0.2, 1.0, 2.0]))
        lat, lon = moved(lat, lon, draw(st.floats(0.0, 1.0)) * 0.98 * v_max_mps * period_s, draw(st.floats(0.0, 360.0)))
        at_s += period_s
        time = START + timedelta(seconds=at_s) if has_time else None
        fix = Fix(*erring(draw, lat, lon, accuracy_m), accuracy_m, time, at_s)
        spoilt, wait_s = _spoilt(draw, fix, last, fault)
        steps.append(DrivenFix(spoilt, lat, lon, at_s + wait_s, fault))
        at_s += wait_s
        last = fix if not fault else last
    return steps


def moved(lat: float, lon: float, metres: float, azimuth_deg: float) -> tuple[float, float]:
    """A position so many metres away or a little less; within 84 degrees of latitude. The short way, straight in
    degrees, is no longer than that.
    """
    north, east = math.cos(math.radians(azimuth_deg)), math.sin(math.radians(azimuth_deg))
    per_degree = METRES_PER_DEGREE * 1.01  # the most that there are in a degree, so that no step is too long
    new_lat = lat + metres * north / per_degree
    if abs(new_lat) > _STEEP_LAT:
        return lat, lon
    steepest = min(abs(lat), abs(new_lat))
    new_lon = lon + metres * east / (per_degree * math.cos(math.radians(steepest)))
    return new_lat, (new_lon + 180.0) % 360.0 - 180.0


def erring(draw: DrawFn, lat: float, lon: float, accuracy_m: float) -> tuple[float, float]:
    """A position within its accuracy of the true one."""
    return moved(lat, lon, draw(st.floats(0.0, _MOST_ERROR)) * accuracy_m, draw(st.floats(0.0, 360.0)))


def _spoilt(draw: DrawFn, fix: Fix, last: Fix | None, fault: str) -> tuple[Fix, float]:
    """A fix with a fault, and how many seconds it takes to reach the program."""
    if fault == "no position":
        return replace(fix, lat=math.nan) if draw(st.booleans()) else replace(fix, lon=math.nan), 0.0
    if fault == "no accuracy":
        return replace(fix, accuracy_95_m=draw(st.sampled_from([None, 0.0, -1.0, math.nan]))), 0.0
    if fault == "invalid":
        return replace(fix, valid=False, lat=fix.lat / 2.0), 0.0
    if fault == "zero":
        return replace(fix, lat=0.0, lon=0.0), 0.0
    if fault == "flags":
        is_spoofed = draw(st.booleans())
        return replace(fix, lat=fix.lat / 2.0, spoofing=is_spoofed, jamming=not is_spoofed), 0.0
    if fault == "inaccurate":
        return replace(fix, accuracy_95_m=draw(st.sampled_from([50.5, 300.0, 1e6]))), 0.0
    if fault == "future":
        return replace(fix, monotonic_s=(fix.monotonic_s or 0.0) + draw(st.floats(0.11, 1e4)), lat=fix.lat / 2.0), 0.0
    if fault == "untimed":
        return replace(fix, monotonic_s=draw(st.sampled_from([None, math.nan])), lat=fix.lat / 2.0), 0.0
    if fault == "duplicate":
        return last or fix, 0.0
    if fault == "late":
        return fix, draw(st.floats(0.0, 4.0))
    if fault == "clock" and fix.time is not None:
        wrong = timedelta(seconds=draw(st.sampled_from([-1024 * 604_800.0, -3600.0, 3600.0])))
        return replace(fix, time=fix.time + wrong), 0.0
    return fix, 0.0
