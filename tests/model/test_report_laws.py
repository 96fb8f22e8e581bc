"""What holds for every report: no position that its source did not claim, no accuracy better than its source means."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geopolicy import Fix

VSS = "Vehicle.CurrentLocation."
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.lists(st.floats(), max_size=9),
    st.dictionaries(st.sampled_from(["status", "latitude", "value", "sec"]), st.integers(), max_size=2),
)
DEGREES = st.one_of(st.floats(-180, 180), st.integers(-1_800_000_000, 1_800_000_000), st.just(0.0))
METRES = st.one_of(st.floats(0, 1e6), st.integers(0, 2**32 - 1))


class Law(NamedTuple):
    """A source, and by a reading of its own what it claims."""

    make: object
    strategies: dict  # of the members that matter
    claims: object  # whether there is a position
    degrees: object  # latitude and longitude
    least_m: object  # of a radius that holds 95 %; None where nothing is known


def plain(names, scale=1.0):
    return lambda message: tuple(message[name] / scale for name in names)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def nested(inner, name="coords"):
    return lambda message: inner(message[name])


# Where 68 % of a line lie within a radius, 95 % lie within 1.97 of it; of a Gaussian, 95 % within 1.96 DRMS.
LAWS = {
    "gpsd": Law(
        Fix.from_gpsd,
        {"mode": st.integers(0, 4), "status": st.integers(0, 9), "lat": DEGREES, "lon": DEGREES, "eph": METRES},
        lambda m: m.get("mode") in (2, 3) and m.get("status", 1) in (None, 1, 2, 3, 4, 9),
        plain(("lat", "lon")),
        lambda m: 1.97 * m["eph"] if is_number(m.get("eph")) else None,
    ),
    "ubx": Law(
        Fix.from_ubx,
        {
            "fixType": st.integers(0, 6),
            "flags": st.integers(0, 255),
            "flags3": st.integers(0, 3),
            "lat": st.integers(-(2**31), 2**31),
            "lon": st.integers(-(2**31), 2**31),
            "hAcc": METRES,
        },
        lambda m: m["fixType"] in (2, 3, 4) and m["flags"] & 1 and not m["flags3"] & 1,
        lambda m: tuple(m[name] / 1e7 if isinstance(m[name], int) else m[name] for name in ("lat", "lon")),
        lambda m: 1.97 * m["hAcc"] / 1000 if 0 < m["hAcc"] < 2**32 - 1 else None,
    ),
    "mavlink": Law(
        Fix.from_mavlink,
        {"fix_type": st.integers(0, 9), "lat": DEGREES, "lon": DEGREES, "h_acc": METRES},
        lambda m: m["fix_type"] in (2, 3, 4, 5, 6, 8) and isinstance(m["lat"], int) and isinstance(m["lon"], int),
        plain(("lat", "lon"), 1e7),
        lambda m: 1.97 * m["h_acc"] / 1000,
    ),
    "navsatfix": Law(
        Fix.from_navsatfix,
        {
            "status": st.fixed_dictionaries({"status": st.integers(-2, 3)}),
            "latitude": DEGREES,
            "longitude": DEGREES,
            "position_covariance_type": st.integers(0, 4),
            "position_covariance": st.lists(st.floats(-10, 1e4), min_size=9, max_size=9),
        },
        lambda m: m["status"]["status"] in (0, 1, 2),
        plain(("latitude", "longitude")),
        lambda m: (
            1.96 * math.sqrt(m["position_covariance"][0] + m["position_covariance"][4])
            if m["position_covariance_type"] in (1, 2, 3)
            else None
        ),
    ),
    "geolocation": Law(
        Fix.from_geolocation,
        {"coords": st.fixed_dictionaries({"latitude": DEGREES, "longitude": DEGREES, "accuracy": METRES})},
        lambda _: True,
        nested(plain(("latitude", "longitude"))),
        lambda m: m["coords"]["accuracy"],
    ),
    "android": Law(
        Fix.from_android,
        {"latitude": DEGREES, "longitude": DEGREES, "accuracy": METRES, "hasAccuracy": st.booleans()},
        lambda _: True,
        plain(("latitude", "longitude")),
        lambda m: 1.97 * m["accuracy"] if m.get("hasAccuracy") is not False else None,
    ),
    "corelocation": Law(
        Fix.from_corelocation,
        {
            "coordinate": st.fixed_dictionaries({"latitude": DEGREES, "longitude": DEGREES}),
            "horizontalAccuracy": st.floats(-1, 1e6),
        },
        lambda m: m["horizontalAccuracy"] >= 0,
        nested(plain(("latitude", "longitude")), "coordinate"),
        lambda m: 1.97 * m["horizontalAccuracy"],
    ),
    "vss": Law(
        Fix.from_vss,
        {f"{VSS}Latitude": DEGREES, f"{VSS}Longitude": DEGREES, f"{VSS}HorizontalAccuracy": METRES},
        lambda _: True,
        plain((f"{VSS}Latitude", f"{VSS}Longitude")),
        lambda _: None,
    ),
}


def check(law, message):
    fix = law.make(message, monotonic_s=1.0)
    if fix.valid:
        assert law.claims(message)
        assert (fix.lat, fix.lon) == law.degrees(message)
        assert -90 <= fix.lat <= 90
        assert -180 <= fix.lon <= 180
        assert (fix.lat, fix.lon) != (0, 0)
    if fix.accuracy_95_m is not None:
        assert fix.accuracy_95_m >= law.least_m(message)
    assert fix.monotonic_s == 1.0


@pytest.mark.parametrize("name", LAWS)
@given(data=st.data())
def test_report_gives_only_the_position_that_is_claimed_and_no_better_accuracy(name, data):
    law = LAWS[name]
    check(law, data.draw(st.fixed_dictionaries(law.strategies)))


@pytest.mark.parametrize("name", LAWS)
@given(data=st.data())
def test_report_that_claims_a_position_gives_it(name, data):
    law = LAWS[name]
    message = data.draw(st.fixed_dictionaries(law.strategies))
    if law.claims(message):
        lat, lon = law.degrees(message)
        is_place = -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0, 0)
        assert law.make(message, monotonic_s=1.0).valid == is_place


@pytest.mark.parametrize("name", LAWS)
@given(data=st.data())
def test_report_with_anything_in_place_of_a_member_never_raises(name, data):
    law = LAWS[name]
    message = data.draw(st.fixed_dictionaries({n: st.one_of(s, JUNK) for n, s in law.strategies.items()}))
    message |= data.draw(st.dictionaries(st.sampled_from(MEMBERS), JUNK, max_size=4))
    fix = law.make(message, monotonic_s=1.0)
    assert not fix.valid or (-90 <= fix.lat <= 90 and -180 <= fix.lon <= 180)
    assert fix.accuracy_95_m is None or 0 < fix.accuracy_95_m < math.inf
    assert fix.time is None or 2000 <= fix.time.year < 2200


BEYOND = st.one_of(
    st.floats(),
    st.sampled_from([1e160, -1e160, 1e308, 5e-324, math.inf, 10**400, -(10**400), 2**63, 2**1023]),
    st.floats(width=32).map(np.float32),
    st.floats().map(np.float64),
    st.floats().map(np.longdouble),
    st.integers(-(2**63), 2**63 - 1).map(np.int64),
    st.sampled_from([np.longdouble("1e4000"), np.float16(6e4), Fraction(10**400, 3), np.True_]),
)


def beyond(strategy, data):
    """Values of a message, of which any may be a number as large, small or odd as there is."""
    value = data.draw(strategy)
    if isinstance(value, dict):
        return {name: beyond(st.just(inner), data) for name, inner in value.items()}
    if isinstance(value, list):
        listed = [data.draw(st.one_of(st.just(inner), BEYOND)) for inner in value]
        return data.draw(st.sampled_from([listed, np.asarray(listed, dtype=object)]))
    return data.draw(st.one_of(st.just(value), BEYOND))


@pytest.mark.parametrize("name", LAWS)
@given(data=st.data())
def test_report_with_any_number_in_place_of_a_member_never_raises(name, data):
    law = LAWS[name]
    message = {member: beyond(strategy, data) for member, strategy in law.strategies.items()}
    message |= data.draw(st.dictionaries(st.sampled_from(MEMBERS), BEYOND, max_size=6))
    fix = law.make(message, monotonic_s=data.draw(BEYOND))
    assert not fix.valid or (-90 <= fix.lat <= 90 and -180 <= fix.lon <= 180)
    assert fix.accuracy_95_m is None or 0 < fix.accuracy_95_m < math.inf
    assert fix.speed_mps is None or 0 <= fix.speed_mps < math.inf
    assert {type(fix.lat), type(fix.lon)} == {float}


@given(side=st.floats(1e-100, 8e307), across=st.floats(0, 1))
def test_navsatfix_covariance_of_any_size_is_judged(side, across):
    message = {"position_covariance_type": 2, "position_covariance": [side, across * side, 0.0, 0.0, side]}
    fix = Fix.from_navsatfix(message, monotonic_s=0)
    assert fix.accuracy_95_m == pytest.approx(2 * math.sqrt(side) * math.sqrt(2))


MEMBERS = [
    *("class", "datum", "time", "epx", "epy", "speed", "track", "valid", "year", "month", "day", "hour", "min", "sec"),
    *("nano", "gSpeed", "headMot", "vel", "cog", "time_usec", "header", "timestamp", "isMock", "sourceInformation"),
    *("hasSpeed", "eps", "sAcc", "headAcc", "vel_acc", "speedAccuracyMetersPerSecond", "speedAccuracy", "bearing"),
    *("course", "Vehicle.Speed", f"{VSS}Timestamp", f"{VSS}GNSSReceiver.FixType"),
]
