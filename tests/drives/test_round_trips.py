"""Drives written here in each format and read back."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import (
    HEAD,
    read,
    sentence,
)
from geopolicy.model.fixes import Fix


def in_order(fixes: list[Fix]) -> list[Fix]:
    """The fixes with stamps less than a minute apart: longer steps are another law's (tests/drives/test_ages.py)."""
    first = fixes[0].time
    assert first is not None
    steps = [0.0]
    for fix in fixes[1:]:
        assert fix.time is not None
        steps.append(steps[-1] + fix.time.microsecond % 60_000_000 / 1e6 + 1e-6)
    return [replace(fix, time=first + timedelta(seconds=step)) for fix, step in zip(fixes, steps, strict=True)]


FIXES = st.lists(
    st.builds(
        Fix,
        st.integers(-900_000_000, 900_000_000).map(lambda n: n / 1e7),
        st.integers(-1_800_000_000, 1_800_000_000).map(lambda n: n / 1e7),
        st.none() | st.integers(1, 100_000).map(lambda n: n / 100),
        st.datetimes(datetime(1981, 1, 1), datetime(2078, 12, 31), timezones=st.just(UTC)),
        speed_mps=st.none() | st.integers(0, 8000).map(lambda n: n / 100),
        course_deg=st.none() | st.integers(0, 3600).map(lambda n: n / 10),
    ).map(lambda fix: replace(fix, valid=(fix.lat, fix.lon) != (0.0, 0.0))),
    min_size=1,
    max_size=8,
).map(in_order)


def expected(fixes: list[Fix], *, has_accuracy: bool = True) -> list[Fix]:
    first = fixes[0].time
    assert first is not None
    return [
        replace(
            fix,
            monotonic_s=(fix.time - first).total_seconds() if fix.time else None,
            accuracy_95_m=fix.accuracy_95_m if has_accuracy else None,
        )
        for fix in fixes
    ]


def text(value: object) -> str:
    return "" if value is None else str(value)


@given(FIXES, st.sampled_from([",", ";", "\t"]), st.integers(-14, 14), st.booleans())
def test_csv_round_trip_yields_same_fixes(fixes: list[Fix], delimiter: str, hours: int, is_quoted: bool) -> None:
    zone = timezone(timedelta(hours=hours))
    quote = '"' if is_quoted else ""
    rows = [HEAD.strip().split(",")]
    for fix in fixes:
        assert fix.time is not None
        values = [fix.lat, fix.lon, fix.accuracy_95_m, fix.speed_mps, fix.course_deg]
        rows.append([fix.time.astimezone(zone).isoformat(), *(text(value) for value in values)])
    content = "\r\n".join(delimiter.join(quote + cell + quote for cell in row) for row in rows) + "\r\n"
    assert read(content, "csv") == expected(fixes)


@given(FIXES, st.sampled_from(["", "http://www.topografix.com/GPX/1/0", "urn:other"]))
def test_gpx_round_trip_yields_same_fixes(fixes: list[Fix], namespace: str) -> None:
    points = ""
    for fix in fixes:
        assert fix.time is not None
        points += f'<trkpt lat="{fix.lat}" lon="{fix.lon}"><time>{fix.time.replace(tzinfo=None).isoformat()}Z</time>'
        points += "" if fix.course_deg is None else f"<course>{fix.course_deg}</course>"
        points += ("" if fix.speed_mps is None else f"<speed>{fix.speed_mps}</speed>") + "</trkpt>"
    content = f'<gpx xmlns="{namespace}"><trk><trkseg>{points}</trkseg></trk></gpx>'
    assert read(content, "gpx") == expected(fixes, has_accuracy=False)


@given(FIXES)
def test_geojson_points_round_trip_yields_same_fixes(fixes: list[Fix]) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [fix.lon, fix.lat]},
            "properties": {
                "time": text(fix.time),
                "accuracy_95_m": fix.accuracy_95_m,
                "speed_mps": fix.speed_mps,
                "course": fix.course_deg,
            },
        }
        for fix in fixes
    ]
    assert read(json.dumps({"type": "FeatureCollection", "features": features}), "geojson") == expected(fixes)


@given(FIXES, st.sampled_from(["coordTimes", "times"]))
def test_geojson_line_round_trip_yields_same_fixes(fixes: list[Fix], member: str) -> None:
    plain = [replace(fix, speed_mps=None, course_deg=None) for fix in fixes]
    feature = {
        "type": "Feature",
        "properties": {member: [text(fix.time) for fix in plain]},
        "geometry": {"type": "LineString", "coordinates": [[fix.lon, fix.lat, 1.0] for fix in plain]},
    }
    assert read(json.dumps(feature), "geojson") == expected(plain, has_accuracy=False)


@given(FIXES, st.sampled_from(["GP", "GN", "GL", "GA", "GB", "GQ", "XX"]))
def test_nmea_round_trip_yields_same_fixes(fixes: list[Fix], talker: str) -> None:
    content = ""
    for fix in fixes:
        assert fix.time is not None
        time, day = f"{fix.time:%H%M%S}.{fix.time.microsecond:06d}", f"{fix.time:%d%m%y}"
        place = f"{dmm(fix.lat, 2)},{'NS'[fix.lat < 0]},{dmm(fix.lon, 3)},{'EW'[fix.lon < 0]}"
        knots = "" if fix.speed_mps is None else repr(fix.speed_mps / 1852 * 3600)
        content += sentence(f"{talker}RMC,{time},A,{place},{knots},{text(fix.course_deg)},{day},,,A")
        content += sentence(f"{talker}GGA,{time},{place},1,12,0.8,211.0,M,44.0,M,,")
        if fix.accuracy_95_m is not None:
            deviation = fix.accuracy_95_m / 2 / math.sqrt(2)
            content += sentence(f"{talker}GST,{time},1.0,,,,{deviation!r},{deviation!r},2.0")
    got, wanted = read(content, "nmea"), expected(fixes)
    assert len(got) == len(wanted)
    for one, other in zip(got, wanted, strict=True):
        assert (one.time, one.monotonic_s, one.course_deg) == (other.time, other.monotonic_s, other.course_deg)
        assert one.valid is other.valid
        assert (one.lat, one.lon) == pytest.approx((other.lat, other.lon), abs=1e-9)
        assert one.accuracy_95_m == pytest.approx(other.accuracy_95_m)
        assert one.speed_mps == pytest.approx(other.speed_mps)


def dmm(degrees: float, width: int) -> str:
    # In whole 1e-7 degrees, so that minutes never round up to 60.
    units = round(abs(degrees) * 1e7)
    ten_millionths_of_minutes = units % 10_000_000 * 60
    minutes, rest = divmod(ten_millionths_of_minutes, 10_000_000)
    return f"{units // 10_000_000:0{width}d}{minutes:02d}.{rest:07d}"
