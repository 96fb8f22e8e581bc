"""Schedules of UAS zones: exactly what the source says, or longer, judged by clocks and a sun of their own."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geopolicy.model.extent import Extent
from geopolicy.policy.schedules import evaluate_windows, instant
from source_samples import errors_of, imported, warnings_of, zones_of

WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def zone_at(lat=46.0, lon=7.0, **applicability: object):
    """An ED-269 source of one circle with one period."""
    circle = {"type": "Circle", "center": [lon, lat], "radius": 100}
    volume = {"uomDimensions": "M", "lowerLimit": 0, "lowerVerticalReference": "AGL", "horizontalProjection": circle}
    zone = {"identifier": "A", "country": "XSA", "restriction": "PROHIBITED", "geometry": [volume]}
    return {"features": [zone | {"applicability": [applicability]}]}


def rule_of(source, **options: str):
    zone = zones_of(source, **options)["A"]
    return zone.timezone, zone.rules[0].when.active


def holding(source, lat=46.0, lon=7.0):
    """A function that says whether the zone restricts at a moment."""
    timezone, windows = rule_of(source)
    around = Extent(lat - 0.01, lat + 0.01, lon - 0.01, lon + 0.01)

    def holds(moment):
        answer, _, unknown = evaluate_windows(windows, timezone, instant(moment), is_outer=True, extent=around)
        assert unknown == ""
        return answer

    return holds


def active_of(**applicability: object):
    result = imported(zone_at(**applicability))
    assert result.errors == ()
    return [dict(window) for window in result.zones[0].conditions.get("active", [])]


EXACT = {
    "permanent": ({"permanent": "YES"}, []),
    "nothing stated": ({}, []),
    "an empty schedule": ({"permanent": "YES", "schedule": []}, []),
    "nulls, as a converter writes them": (
        {"permanent": "YES", "startDateTime": None, "dailyPeriod": [{"day": [], "startTime": None, "endTime": None}]},
        [],
    ),
    "any day, all day": ({"schedule": [{"day": ["ANY"], "startTime": "00:00Z", "endTime": "24:00Z"}]}, []),
    "a minute before midnight": ({"schedule": [{"day": ["ANY"], "startTime": "00:00Z", "endTime": "23:59Z"}]}, []),
    "a second before midnight": (
        {"schedule": [{"day": ["ANY"], "startTime": "00:00:00.00Z", "endTime": "23:59:59.00Z"}]},
        [],
    ),
    "bounds": (
        {"permanent": "NO", "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2026-06-30T22:00:00Z"},
        [{"from": "2026-01-01T00:00:00Z", "until": "2026-06-30T22:00:00Z"}],
    ),
    "a last second": ({"endDateTime": "2026-12-31T23:59:59Z"}, [{"until": "2027-01-01T00:00:00Z"}]),
    "the last year": ({"startDateTime": "2026-01-01T00:00Z", "endDateTime": "9999-12-31T23:59:59Z"},
                      [{"from": "2026-01-01T00:00:00Z"}]),
    "seven digits of a second": ({"startDateTime": "2026-01-01T00:00:00.1234567Z"},
                                 [{"from": "2026-01-01T00:00:00.123456Z"}]),
    "hours": (
        {"schedule": [{"day": ["MON"], "startTime": "08:00:00Z", "endTime": "17:00:00Z"}]},
        [{"days": ["mon"], "hours": ["08:00-17:00"]}],
    ),
    "one day that is no list": (
        {"schedule": {"day": "mon", "startTime": "08:00Z", "endTime": "17:00Z"}},
        [{"days": ["mon"], "hours": ["08:00-17:00"]}],
    ),
    "over midnight": (
        {"schedule": [{"day": ["FRI"], "startTime": "22:00Z", "endTime": "06:00Z"}]},
        [{"days": ["fri"], "hours": ["22:00-06:00"]}],
    ),
    "an offset that moves the day": (
        {"schedule": [{"day": ["MON"], "startTime": "00:30+02:00", "endTime": "05:00+02:00"}]},
        [{"days": ["sun"], "hours": ["22:30-03:00"]}],
    ),
    "a day of another offset": (
        {"schedule": [{"day": ["MON"], "startTime": "00:00+01:00", "endTime": "24:00+01:00"}]},
        [{"days": ["sun"], "hours": ["23:00-24:00"]}, {"days": ["mon"], "hours": ["00:00-23:00"]}],
    ),
    "parts of minutes": (
        {"schedule": [{"day": ["ANY"], "startTime": "08:00:30Z", "endTime": "16:59:30Z"}]},
        [{"hours": ["08:00-17:00"]}],
    ),
    "no end": ({"schedule": [{"day": ["TUE"], "startTime": "20:00Z"}]}, [{"days": ["tue"], "hours": ["20:00-24:00"]}]),
    "two entries of the same days": (
        {"schedule": [{"day": ["ANY"], "startTime": "01:00Z", "endTime": "02:00Z"},
                      {"day": ["ANY"], "startTime": "03:00Z", "endTime": "04:00Z"}]},
        [{"hours": ["01:00-02:00", "03:00-04:00"]}],
    ),
    "the day": ({"schedule": [{"day": ["ANY"], "startEvent": "SR", "endEvent": "SS"}]},
                [{"hours": ["sunrise..sunset"]}]),
    "the night": ({"schedule": [{"day": ["FRI"], "startEvent": "SS", "endEvent": "SR"}]},
                  [{"days": ["fri"], "hours": ["sunset..sunrise"]}]),
}  # fmt: skip


@pytest.mark.parametrize(("applicability", "active"), EXACT.values(), ids=EXACT)
def test_schedule_that_can_be_said_is_said_without_a_warning(applicability, active):
    assert active_of(**applicability) == active
    assert warnings_of(zone_at(**applicability)) == []


WIDER = {
    "permanent with dates": ({"permanent": "YES", "endDateTime": "2026-01-01T00:00Z"}, []),
    "not permanent without dates": ({"permanent": "NO"}, []),
    "a public holiday": (
        {"schedule": [{"day": ["PH"], "startTime": "08:00Z", "endTime": "17:00Z"}]},
        [{"hours": ["08:00-17:00"]}],
    ),
    "a time without offset": ({"schedule": [{"day": ["ANY"], "startTime": "08:00", "endTime": "17:00"}]}, []),
    "days without times": (
        {"schedule": [{"day": ["SAT"]}]},
        [{"days": ["fri", "sat", "sun"]}],
    ),
    "a date-time without offset": (
        {"startDateTime": "2026-01-02T00:00:00", "endDateTime": "2026-02-01T00:00:00"},
        [{"from": "2026-01-01T10:00:00Z", "until": "2026-02-01T12:00:00Z"}],
    ),
    "dates": (
        {"startDateTime": "2026-01-02", "endDateTime": "2026-01-31"},
        [{"from": "2026-01-01T10:00:00Z", "until": "2026-02-01T12:00:00Z"}],
    ),
    "one end with an offset": (
        {"schedule": [{"day": ["WED"], "startTime": "08:00", "endTime": "18:00Z"}]},
        [{"days": ["tue", "wed", "thu", "fri"]}],
    ),
    "the other end with an offset": ({"schedule": [{"startTime": "08:00+01:00", "endTime": "18:00"}]}, []),
    "permanent with a schedule": ({"permanent": "YES", "schedule": [{"day": ["MON"], "startTime": "08:00Z"}]}, []),
    "civil twilight, evening to morning": (
        {"schedule": [{"day": ["ANY"], "startEvent": "EECT", "endEvent": "BMCT"}]},
        [{"hours": ["sunset..sunrise"]}],
    ),
    "another name of it": (
        {"schedule": [{"day": ["ANY"], "startEvent": "EMCT", "endEvent": "SR"}]},
        [{"hours": ["sunset..sunrise"]}],
    ),
    "dawn": (
        {"schedule": [{"day": ["MON"], "startEvent": "BMCT", "endEvent": "SR"}]},
        [{"days": ["mon", "sun"], "hours": ["sunset..sunrise"]}],
    ),
    "from the clock to the sun": (
        {"schedule": [{"day": ["MON"], "startTime": "12:00Z", "endEvent": "SS"}]},
        [{"days": ["mon", "tue", "wed", "sun"]}],
    ),
    "one event to itself": ({"schedule": [{"day": ["ANY"], "startEvent": "SR", "endEvent": "SR"}]}, []),
    "days of the sun beside hours in UTC": (
        {"schedule": [{"day": ["MON"], "startEvent": "SR", "endEvent": "SS"},
                      {"day": ["FRI"], "startTime": "01:00Z", "endTime": "02:00Z"}]},
        [{"days": ["mon", "tue", "sun"], "hours": ["sunrise..sunset"]}, {"days": ["fri"], "hours": ["01:00-02:00"]}],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("applicability", "active"), WIDER.values(), ids=WIDER)
def test_schedule_that_cannot_be_said_is_longer_with_a_warning(applicability, active):
    assert active_of(**applicability) == active
    assert {code for code, _ in warnings_of(zone_at(**applicability))} == {"source-time"}


def test_schedule_without_offset_is_exact_in_the_time_zone_of_the_option():
    source = zone_at(startDateTime="2026-01-02T00:00:00", schedule=[{"day": ["SAT"], "startTime": "08:00"}])
    timezone, windows = rule_of(source, timezone="Europe/Zurich")
    assert timezone == "Europe/Zurich"
    assert windows[0].since == datetime(2026, 1, 1, 23, tzinfo=UTC)
    assert windows[0].days == (5,)
    assert warnings_of(source, timezone="Europe/Zurich") == []


@pytest.mark.parametrize(("start", "end"), [("08:00", "18:00Z"), ("08:00Z", "18:00")])
def test_times_of_which_one_has_an_offset_are_not_taken_as_local(start, end):
    source = zone_at(schedule=[{"day": ["ANY"], "startTime": start, "endTime": end}])
    assert rule_of(source, timezone="Europe/Zurich") == (None, ())
    assert [code for code, _ in warnings_of(source, timezone="Europe/Zurich")] == ["source-time"]


@pytest.mark.parametrize(
    ("lon", "timezone"), [(0.0, "UTC"), (139.7, "Etc/GMT-9"), (-122.4, "Etc/GMT+8"), (179.9, "Etc/GMT-12")]
)
def test_days_of_the_sun_are_those_of_the_zones_own_noon(lon, timezone):
    source = zone_at(lon=lon, schedule=[{"day": ["MON"], "startEvent": "SR", "endEvent": "SS"}])
    assert rule_of(source)[0] == timezone


MISTAKES = {
    "no such day": ({"startDateTime": "2026-02-30T00:00:00Z"}, "source-time", "startDateTime"),
    "another order": ({"endDateTime": "31/12/2026"}, "source-time", "endDateTime"),
    "reversed": ({"startDateTime": "2026-02-01T00:00Z", "endDateTime": "2026-01-01"}, "source-time", "endDateTime"),
    "no time between": (
        {"startDateTime": "2026-01-01T07:59:59Z", "endDateTime": "2026-01-01T07:59:59Z"}, "source-time", "endDateTime"),
    "reversed without offsets": (
        {"startDateTime": "2026-01-02T00:00:00", "endDateTime": "2026-01-01T12:00:00"}, "source-time", "endDateTime"),
    "reversed dates": ({"startDateTime": "2026-01-02", "endDateTime": "2026-01-01"}, "source-time", "endDateTime"),
    "a number": ({"startDateTime": 1767225600}, "source-member", "startDateTime"),
    "hour 25": ({"schedule": [{"day": ["ANY"], "startTime": "25:00Z"}]}, "source-time", "schedule[0].startTime"),
    "begins at 24": ({"schedule": [{"day": ["ANY"], "startTime": "24:00Z"}]}, "source-time", "schedule[0].startTime"),
    "both": ({"schedule": [{"startTime": "08:00Z", "startEvent": "SR"}]}, "source-time", "schedule[0].startEvent"),
    "an event nobody knows": ({"schedule": [{"endEvent": "NOON"}]}, "source-unknown", "schedule[0].endEvent"),
    "a day nobody knows": ({"schedule": [{"day": ["MON", "MONDAY"]}]}, "source-value", "schedule[0].day[1]"),
    "a day as a number": ({"schedule": [{"day": [1]}]}, "source-value", "schedule[0].day[0]"),
    "days as a number": ({"schedule": [{"day": 7}]}, "source-member", "schedule[0].day"),
    "a schedule of texts": ({"schedule": ["MON"]}, "source-member", "schedule[0]"),
    "a schedule as a text": ({"schedule": "MON"}, "source-member", "schedule"),
    "permanent maybe": ({"permanent": "MAYBE"}, "source-unknown", "permanent"),
}  # fmt: skip


@pytest.mark.parametrize(("applicability", "code", "path"), MISTAKES.values(), ids=MISTAKES)
def test_schedule_with_a_mistake_is_refused_at_its_place(applicability, code, path):
    assert errors_of(zone_at(**applicability)) == [(code, f"$.features[0].applicability[0].{path}")]


def test_options_that_are_none_are_refused():
    assert errors_of(zone_at(), timezone="Europe/Nowhere") == [("source-option", "$")]
    assert errors_of(zone_at(), timezone="../etc") == [("source-option", "$")]
    assert errors_of(zone_at(), ground_only="maybe") == [("source-option", "$")]


minutes = st.integers(0, 1439)
offsets = st.sampled_from([0, 60, 330, -480, 840, -720])


def clock(minute, offset):
    sign, size = ("+" if offset >= 0 else "-"), abs(offset)
    return f"{minute // 60:02d}:{minute % 60:02d}{sign}{size // 60:02d}:{size % 60:02d}"


@given(
    st.sets(st.sampled_from(WEEK), min_size=1),
    minutes,
    minutes,
    offsets,
    st.lists(st.integers(0, 7 * 1440 - 1), min_size=30, max_size=30),
)
@example({"SUN"}, 1430, 10, -480, list(range(0, 7 * 1440, 97)))
@example({"SUN"}, 1439, 1439, 0, list(range(0, 7 * 1440, 97)))
def test_clock_schedule_holds_just_when_the_source_says(days, start, end, offset, moments):
    """The law, on the source's own clock: a day's hours begin on it, and last to the next such time of day."""
    source = zone_at(schedule=[{"day": sorted(days), "startTime": clock(start, offset), "endTime": clock(end, offset)}])
    holds = holding(source)
    length = ((end - start) % 1440 or 1440) + (end == 1439)
    for minute in moments:
        local = minute + offset
        begins = [day * 1440 + start for day in range(-2, 9) if WEEK[day % 7] in days]
        expected = any(begin <= local < begin + length for begin in begins)
        assert holds(MONDAY + timedelta(minutes=minute)) == expected


@given(
    st.sets(st.sampled_from(WEEK), min_size=1),
    st.integers(0, 86399),
    st.integers(0, 86399),
    offsets,
    st.lists(st.integers(0, 7 * 86400 - 1), min_size=30, max_size=30),
)
@example({"MON"}, 8 * 3600 + 30, 8 * 3600 + 30, 0, list(range(0, 7 * 86400, 7001)))
@example({"MON"}, 86390, 86350, 0, list(range(0, 7 * 86400, 7001)))
def test_clock_schedule_with_seconds_is_at_most_two_minutes_longer(days, start, end, offset, moments):
    """Its ends are rounded to minutes, and the last minute of a day lasts to its end; the same time is a day later."""
    times = [f"{clock(second // 60, offset)[:5]}:{second % 60:02d}{clock(0, offset)[5:]}" for second in (start, end)]
    holds = holding(zone_at(schedule=[{"day": sorted(days), "startTime": times[0], "endTime": times[1]}]))
    length = (end - start) % 86400 or 86400
    for second in moments:
        local = second + offset * 60
        begins = [day * 86400 + start for day in range(-2, 9) if WEEK[day % 7] in days]
        found = holds(MONDAY + timedelta(seconds=second))
        assert found or not any(begin <= local < begin + length for begin in begins)
        assert not found or any(begin - 60 < local < begin + length + 60 for begin in begins)


def sun_altitude(moment, lat, lon):
    """Degrees of the sun's centre over the horizon, to about 0.02: the low-precision formula of the almanac."""
    days = (moment - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400
    mean = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(280.460 + 0.9856474 * days + 1.915 * math.sin(mean) + 0.020 * math.sin(2 * mean))
    tilt = math.radians(23.439 - 0.0000004 * days)
    right = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = math.radians((280.46061837 + 360.98564736629 * days + lon) % 360)
    across = math.cos(math.radians(lat)) * math.cos(declination) * math.cos(sidereal - right)
    return math.degrees(math.asin(math.sin(math.radians(lat)) * math.sin(declination) + across))


def crossings(noon, lat, lon):
    """The four events from the midnight before a local solar noon to that after it, by minutes."""
    steps = [noon + timedelta(minutes=minute) for minute in range(-720, 721)]
    altitudes = [sun_altitude(step, lat, lon) for step in steps]
    found = {}
    for before, after, moment in zip(altitudes, altitudes[1:], steps[1:], strict=False):
        for name, height in (("BMCT", -6), ("SR", -50 / 60)):
            if before < height <= after:
                found[name] = moment
        for name, height in (("EECT", -6), ("SS", -50 / 60)):
            if before >= height > after:
                found[name] = moment
    return found


EVENTS = ("BMCT", "SR", "SS", "EECT")


@given(
    st.floats(-58, 58),
    st.sampled_from([-150.0, -75.0, 0.0, 7.5, 75.0, 139.0]),
    st.integers(0, 364),
    st.sampled_from(EVENTS),
    st.sampled_from(EVENTS),
    st.lists(st.floats(0.02, 0.98), min_size=5, max_size=5),
)
@example(58.0, 0.0, 171, "BMCT", "EECT", [0.02, 0.1, 0.5, 0.9, 0.98])
@example(-58.0, 75.0, 354, "BMCT", "EECT", [0.02, 0.1, 0.5, 0.9, 0.98])
@example(46.0, 7.5, 80, "BMCT", "SR", [0.02, 0.1, 0.5, 0.9, 0.98])
def test_sun_schedule_of_one_day_holds_at_least_when_the_source_says(lat, lon, day, start, end, parts):
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) - timedelta(hours=lon / 15)
    today, tomorrow = crossings(noon, lat, lon), crossings(noon + timedelta(days=1), lat, lon)
    begin, stop = today[start], today[end]
    if stop <= begin:
        stop = tomorrow[end]
    name = WEEK[(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)).weekday()]
    source = zone_at(lat, lon, schedule=[{"day": [name], "startEvent": start, "endEvent": end}])
    holds = holding(source, lat, lon)
    for part in parts:
        assert holds(begin + part * (stop - begin))


@pytest.mark.parametrize("lat", [61.0, 66.0, 78.0, -84.0])
def test_civil_twilight_that_may_last_all_night_restricts_whole_days(lat):
    source = zone_at(lat, schedule=[{"day": ["ANY"], "startEvent": "BMCT", "endEvent": "EECT"}])
    assert rule_of(source)[1] == ()


@pytest.mark.parametrize("lat", [66.0, -78.0])
def test_days_without_sunset_restrict_whole_days(lat):
    source = zone_at(lat, schedule=[{"day": ["ANY"], "startEvent": "SS", "endEvent": "SR"}])
    assert rule_of(source)[1] == ()
