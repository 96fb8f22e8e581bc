"""Hours by the sun: the sun against other sources, night over an area, and which night belongs to which day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import asin, cos, degrees, hypot, radians, remainder, sin
from zoneinfo import ZoneInfo

import pytest
from astral import Observer, SunDirection
from astral.sun import elevation, time_of_transit
from hypothesis import assume, given
from hypothesis import strategies as st

from examples import dear
from geopolicy.model.extent import Extent
from geopolicy.model.windows import Hours, SunHours, Window
from geopolicy.policy import sun
from geopolicy.policy.schedules import EVER, evaluate_windows, instant
from geopolicy.policy.sun import EARTH, ERROR_DEG, FIRST_KNOWN, HORIZON_DEG, LAST_KNOWN

FRI, SAT = 4, 5
NIGHT, DAY = SunHours("sunset", "sunrise"), SunHours("sunrise", "sunset")
J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ASTRAL_DEG = 0.02  # how far two formulas of 0.01 degrees may be apart
MINUTE_DEG = 0.2507  # the sun's way in a minute, at most: ends are rounded to whole minutes
SEARCH_DEG = 0.0084  # half of the way in the shortest step of the search


def point(lat: float, lon: float) -> Extent:
    return Extent(lat, lat, lon, lon)


BERLIN, TROMSO, LONGYEARBYEN, QUITO, SUVA = (
    point(52.52, 13.4),
    point(69.65, 18.96),
    point(78.22, 15.65),
    point(-0.2, -78.5),
    point(-18.1, 178.4),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def judge(
    hours: SunHours | Window, extent: Extent | None, when: datetime, *, is_outer: bool, zone: str | None = None
) -> bool:
    window = hours if isinstance(hours, Window) else Window(hours=[hours])
    holds, change, _ = evaluate_windows([window], zone, instant(when), is_outer=is_outer, extent=extent)
    assert change > instant(when)
    return holds


def may_be(hours: SunHours | Window, extent: Extent | None, when: datetime, zone: str | None = None) -> bool:
    return judge(hours, extent, when, is_outer=True, zone=zone)


def is_sure(hours: SunHours | Window, extent: Extent | None, when: datetime, zone: str | None = None) -> bool:
    return judge(hours, extent, when, is_outer=False, zone=zone)


def altitude_deg(lat: float, lon: float, second: int) -> float:
    sin_declination, cos_declination, hour_angle = sun._sun(second)
    here = radians(lat)
    sine = sin(here) * sin_declination + cos(here) * cos_declination * cos(hour_angle + radians(lon))
    return degrees(asin(min(max(sine, -1.0), 1.0)))


seconds = st.integers(-50 * 31557600 + 86400 * 3, 100 * 31557600 - 86400 * 3)
moments = seconds.map(lambda second: J2000 + timedelta(seconds=second))
this_year = st.integers(0, 365 * 86400).map(lambda second: at("2026-01-01T00:00Z") + timedelta(seconds=second))
latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -66.5, 0.0, 65.7, 66.5, 67.4, 78.0, 89.5, 90.0]))
longitudes = st.floats(-180, 180)
ends = st.sampled_from([("sunset", "sunrise"), ("sunrise", "sunset")])
offsets_min = st.one_of(st.just(0), st.integers(-360, 360))
sun_hours = st.builds(lambda names, since, until: SunHours(*names, since, until), ends, offsets_min, offsets_min)


@st.composite
def extents(draw: st.DrawFn) -> Extent:
    south, west = draw(latitudes), draw(st.floats(-200, 200))
    height, width = draw(st.one_of(st.just(0.0), st.floats(0, 3), st.floats(0, 180))), draw(st.floats(0, 2))
    return Extent(south, min(south + height, 90.0), west, west + draw(st.sampled_from([0.0, width, width * 180])))


# The sun as seen from the Earth's centre, by ERFA 2.0.1 (epv00, aberration, IAU 2006/2000A): seconds since
# J2000 in UTC for UT1, declination, hour angle at Greenwich. TT - UT grows from 29 s in 1950 to 124 s in 2100.
SEEN_BY_ERFA = [
    (0, -23.0324, 359.1787),
    (1381096902, -5.5359, 333.4585),
    (2669207128, 17.7784, 214.7556),
    (2093936805, 17.6187, 137.5693),
    (-511830232, -7.6760, 17.4436),
    (-157000864, -22.0014, 307.8919),
    (2557207523, -21.4278, 109.2141),
    (-1552955934, -8.7699, 353.8489),
    (2309519683, -4.3222, 196.0808),
    (2195159724, 19.6715, 337.1872),
    (637155610, -3.6210, 172.5357),
    (-143433580, 23.3347, 319.9478),
    (-259913382, -5.3172, 270.5647),
    (-371419121, 2.0762, 58.8625),
    (528951005, -5.0514, 45.4622),
    (810469820, 6.0705, 158.0487),
    (1042177204, -21.9755, 83.1884),
    (3134459951, 14.8013, 170.4636),
    (1367292485, 14.8730, 52.7109),
    (-1369874345, 17.1882, 348.7338),
]


@pytest.mark.parametrize(("second", "declination", "hour_angle"), SEEN_BY_ERFA)
def test_sun_is_within_a_hundredth_of_a_degree_of_a_precise_ephemeris(second, declination, hour_angle):
    sine, cosine, angle = sun._sun(second)
    apart = hypot(degrees(asin(sine)) - declination, remainder(degrees(angle) - hour_angle, 360) * cosine)
    assert apart <= 0.0101  # the vectors are rounded to 0.0001


@dear(300, 75)
@given(moments, st.floats(-89.8, 89.8), longitudes)  # astral goes no nearer to the poles
def test_night_agrees_with_the_elevation_of_astral(moment, lat, lon):
    seen = elevation(Observer(lat, lon), moment, with_refraction=False)
    extent = point(lat, lon)
    assert may_be(NIGHT, extent, moment) or seen > HORIZON_DEG + ERROR_DEG - ASTRAL_DEG - SEARCH_DEG
    assert not may_be(NIGHT, extent, moment) or seen < HORIZON_DEG + ERROR_DEG + ASTRAL_DEG + SEARCH_DEG + MINUTE_DEG
    assert is_sure(NIGHT, extent, moment) or seen > HORIZON_DEG - ERROR_DEG - ASTRAL_DEG - SEARCH_DEG - MINUTE_DEG
    assert not is_sure(NIGHT, extent, moment) or seen < HORIZON_DEG - ERROR_DEG + ASTRAL_DEG + SEARCH_DEG
    assert may_be(DAY, extent, moment) != is_sure(NIGHT, extent, moment)
    assert is_sure(DAY, extent, moment) != may_be(NIGHT, extent, moment)


@dear(300, 75)
@given(moments, st.floats(-60, 60), longitudes, st.sampled_from(SunDirection))
def test_sunset_and_sunrise_are_those_of_astral(moment, lat, lon, direction):
    crossing = time_of_transit(Observer(lat, lon), moment.date(), 90 - HORIZON_DEG, direction, with_refraction=False)
    assume(crossing.hour or crossing.minute > 1)  # at midnight of UTC astral mixes two days
    # At 60 degrees the sun crosses the horizon at no less than 4.2 degrees an hour: 0.08 degrees take 69 s,
    # and the ends are rounded to whole minutes.
    span = timedelta(seconds=130)
    before, after = crossing - span, crossing + span
    is_setting = direction is SunDirection.SETTING
    for judged in (may_be, is_sure):
        assert judged(NIGHT, point(lat, lon), after) == judged(DAY, point(lat, lon), before) == is_setting
        assert judged(NIGHT, point(lat, lon), before) == judged(DAY, point(lat, lon), after) != is_setting


@dear(300, 75)
@given(extents(), seconds, st.booleans(), st.data())
def test_extremes_over_an_extent_bound_each_of_its_points_and_are_met(extent, second, is_lowest, data):
    depth = sun._depth(extent, is_night=True, is_outer=is_lowest)
    threshold = sin(radians(HORIZON_DEG + (ERROR_DEG if is_lowest else -ERROR_DEG)))
    extreme = threshold - depth(second)
    steps = [n / 60 for n in range(61)]
    lats = [extent.lat_min + (extent.lat_max - extent.lat_min) * part for part in steps]
    lons = [extent.lon_min + (extent.lon_max - extent.lon_min) * part for part in steps]
    sines = [sin(radians(altitude_deg(lat, lon, second))) for lat in lats for lon in lons]
    lat = data.draw(st.floats(extent.lat_min, extent.lat_max))
    lon = data.draw(st.floats(extent.lon_min, extent.lon_max))
    sines.append(sin(radians(altitude_deg(lat, lon, second))))
    nearest = min(sines) if is_lowest else max(sines)
    assert extreme <= nearest + 1e-9 if is_lowest else extreme >= nearest - 1e-9
    # Half a step of 6 degrees of longitude and 3 of latitude lies between the extreme and a point of the grid.
    assert abs(extreme - nearest) <= radians(hypot(lons[1] - lons[0], lats[1] - lats[0]) / 2) + 1e-9


@dear(300, 75)
@given(extents(), seconds, st.integers(1, 600), st.booleans())
def test_sun_never_moves_faster_than_the_bound_of_the_search(extent, second, step, is_lowest):
    depth = sun._depth(extent, is_night=True, is_outer=is_lowest)
    assert abs(depth(second + step) - depth(second)) <= sun._greatest_rate(extent) * step + 1e-12


@dear(200, 50)
@given(sun_hours, extents(), moments)
def test_what_is_sure_may_be(hours, extent, moment):
    assert may_be(hours, extent, moment) >= is_sure(hours, extent, moment)


@dear(200, 50)
@given(sun_hours, extents(), this_year, st.floats(0, 20), st.floats(0, 200))
def test_larger_extent_holds_more_and_lifts_less(hours, extent, moment, height, width):
    larger = Extent(
        max(extent.lat_min - height, -90.0),
        min(extent.lat_max + height, 90.0),
        extent.lon_min - width,
        extent.lon_max + width,
    )
    for outer, inner in ((larger, extent), (EARTH, larger), (None, larger)):
        assert may_be(hours, outer, moment) >= may_be(hours, inner, moment)
        assert is_sure(hours, outer, moment) <= is_sure(hours, inner, moment)


@dear(300, 75)
@given(sun_hours, extents(), this_year, st.integers(0, 360), st.integers(0, 360), st.booleans())
def test_offset_outwards_only_adds(hours, extent, moment, earlier, later, is_outer):
    since, until = max(hours.since_offset_min - earlier, -360), min(hours.until_offset_min + later, 360)
    longer = SunHours(hours.since, hours.until, since, until)
    for days in ((), (FRI, SAT)):
        windows = [Window(days=days, hours=[span]) for span in (hours, longer)]
        shorter, longest = (judge(window, extent, moment, is_outer=is_outer, zone="Asia/Tokyo") for window in windows)
        assert longest >= shorter


def nights_by_minutes(hours: SunHours, extent: Extent, moment: datetime, *, is_outer: bool) -> bool | None:
    """Whether hours hold, by looking at each minute of the days around; None within two minutes of a change."""
    depth = sun._depth(extent, is_night=hours.since == "sunset", is_outer=is_outer)
    now = int((moment - J2000).total_seconds())
    steps = range(now - 2 * 86400, now + 2 * 86400, 60)
    is_dark = [depth(second) > 0 for second in steps]
    opening = None if not is_dark[0] else steps[0] - 86400
    runs = []
    for second, (before, after) in zip(steps[1:], pairwise(is_dark), strict=True):
        if after and not before:
            opening = second
        if before and not after:
            runs.append((opening, second))
    if is_dark[-1]:
        runs.append((opening, steps[-1] + 86400))
    moved = [(since + 60 * hours.since_offset_min, until + 60 * hours.until_offset_min) for since, until in runs]
    if any(abs(end - now) <= 120 for run in moved for end in run):
        return None
    return any(since <= now < until for since, until in moved)


@dear(150, 40)
@given(sun_hours, extents(), this_year, st.booleans(), st.sampled_from([None, "Asia/Tokyo", "America/Denver"]))
def test_hours_on_every_day_are_the_whole_nights_with_their_ends_moved(hours, extent, moment, is_outer, zone):
    expected = nights_by_minutes(hours, extent, moment, is_outer=is_outer)
    assume(expected is not None)
    if zone is None:
        assert judge(hours, extent, moment, is_outer=is_outer) == expected
    else:  # cut at local noon, by day, and put together again
        each = Window(days=range(7), hours=[hours])
        assert judge(each, extent, moment, is_outer=is_outer, zone=zone) == expected


@dear(200, 50)
@given(
    extents(),
    this_year,
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/Denver"]),
    st.integers(0, 6),
    st.booleans(),
    st.booleans(),
)
def test_night_belongs_to_the_noon_before_it_and_a_day_to_its_midnight(extent, moment, zone, day, is_night, is_outer):
    hours, since = (NIGHT, timedelta(hours=12)) if is_night else (DAY, timedelta(0))
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    holds = judge(hours, extent, moment, is_outer=is_outer)
    on_day = judge(Window(days=[day], hours=[hours]), extent, moment, is_outer=is_outer, zone=zone)
    assert on_day == (holds and (local - since).weekday() == day)
    dated = Window((local - since).date(), (local - since).date(), hours=[hours])
    assert judge(dated, extent, moment, is_outer=is_outer, zone=zone) == holds


@st.composite
def windows(draw: st.DrawFn, moment: datetime) -> Window:
    spans: list[SunHours | Hours] = draw(st.lists(sun_hours, min_size=1, max_size=2))
    if draw(st.booleans()):
        spans.append(Hours(time(22), time(1)))
    days = draw(st.lists(st.integers(0, 6), unique=True, max_size=3))
    since = moment + timedelta(hours=draw(st.integers(-96, 96)))
    bounds = st.sampled_from([None, since, since.date()])
    return Window(draw(bounds), draw(st.sampled_from([None, since.date() + timedelta(days=2)])), days, spans)


@dear(100, 35)
@given(st.data(), extents(), this_year, st.booleans(), st.sampled_from(["Europe/Berlin", "Pacific/Auckland"]))
def test_answer_never_changes_before_the_instant_that_it_gives(data, extent, moment, is_outer, zone):
    asked = [data.draw(windows(moment))]
    now = instant(moment)
    holds, change, _ = evaluate_windows(asked, zone, now, is_outer=is_outer, extent=extent)
    assert change > now
    stop = min(change, now + timedelta(days=12))
    times = [now + timedelta(minutes=7 * n) for n in range(int((stop - now) / (7 * MINUTE)) + 1)]
    for later in [*times[:: 1 + len(times) // 300], stop - timedelta(microseconds=1)]:
        if now <= later < stop:
            again, _, _ = evaluate_windows(asked, zone, later, is_outer=is_outer, extent=extent)
            assert again == holds, later - now


def test_sunset_over_berlin_on_a_day_in_june():
    # 2026-06-05: sunset 21:22, sunrise 04:46 (CEST).
    assert not may_be(NIGHT, BERLIN, at("2026-06-05T21:20+02:00"))
    assert is_sure(NIGHT, BERLIN, at("2026-06-05T21:25+02:00"))
    assert is_sure(NIGHT, BERLIN, at("2026-06-06T04:42+02:00"))
    assert not may_be(NIGHT, BERLIN, at("2026-06-06T04:50+02:00"))
    earlier = SunHours("sunset", "sunrise", -30, 15)
    assert not may_be(earlier, BERLIN, at("2026-06-05T20:50+02:00"))
    assert is_sure(earlier, BERLIN, at("2026-06-05T20:55+02:00"))
    assert is_sure(earlier, BERLIN, at("2026-06-06T04:57+02:00"))


def test_night_of_friday_is_the_one_after_fridays_noon():
    fridays = Window(days=(FRI,), hours=[NIGHT])
    for text, expected in {
        "2026-06-05T03:00+02:00": False,
        "2026-06-05T23:00+02:00": True,
        "2026-06-06T03:00+02:00": True,
        "2026-06-06T23:00+02:00": False,
    }.items():
        assert may_be(fridays, BERLIN, at(text), "Europe/Berlin") is expected
        assert is_sure(fridays, BERLIN, at(text), "Europe/Berlin") is expected


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_night_of_a_clock_change_is_as_long_as_any_other(day):
    window = Window(date.fromisoformat(day), date.fromisoformat(day), hours=[NIGHT])
    noon = datetime.combine(date.fromisoformat(day), time(11), UTC)
    held = [noon + 5 * MINUTE * n for n in range(288) if may_be(window, BERLIN, noon + 5 * MINUTE * n, "Europe/Berlin")]
    plain = [noon + 5 * MINUTE * n for n in range(288) if may_be(NIGHT, BERLIN, noon + 5 * MINUTE * n)]
    assert held == plain
    assert 10 * 12 < len(held) < 15 * 12


def hours_held(hours: SunHours, extent: Extent, first: str, *, is_outer: bool) -> int:
    return sum(judge(hours, extent, at(first) + timedelta(hours=n), is_outer=is_outer) for n in range(72))


@pytest.mark.parametrize("is_outer", [True, False])
@pytest.mark.parametrize("extent", [TROMSO, LONGYEARBYEN, point(90, 0), point(90, 137), point(88, -100)])
def test_polar_night_is_unbroken_and_polar_day_has_no_night(extent, is_outer):
    winter, summer = "2026-12-21T00:00Z", "2026-06-20T00:00Z"
    shorter = SunHours("sunset", "sunrise", 360, -360)
    for hours in (NIGHT, shorter):
        assert hours_held(hours, extent, winter, is_outer=is_outer) == 72
        assert hours_held(hours, extent, summer, is_outer=is_outer) == 0
    assert hours_held(DAY, extent, winter, is_outer=is_outer) == 0
    assert hours_held(DAY, extent, summer, is_outer=is_outer) == 72


# At a pole the sun is 50 arc minutes low two days off the equinox. Each row: not yet, surely, still, no more.
POLES = {
    90: ("2026-09-24T12:00Z", "2026-09-25T12:00Z", "2027-03-18T06:00Z", "2027-03-19T06:00Z"),
    -90: ("2026-03-22T06:00Z", "2026-03-23T06:00Z", "2026-09-20T12:00Z", "2026-09-21T12:00Z"),
}


@pytest.mark.parametrize("lat", POLES)
def test_pole_has_one_night_a_year(lat):
    for text, is_night in zip(POLES[lat], (False, True, True, False), strict=True):
        for lon in (0, 137):
            assert may_be(NIGHT, point(lat, lon), at(text)) == is_sure(NIGHT, point(lat, lon), at(text)) == is_night


@pytest.mark.parametrize(
    ("lat", "solstice", "hours"),
    [
        (66.5, "2026-06-20", 0),  # at midnight the sun's centre stands at -0.06 degrees
        (65.5, "2026-06-20", 2),  # at -1.06
        (66.5, "2026-12-21", 22),  # at noon at 0.06
        (67.6, "2026-12-21", 24),  # at -1.04
    ],
)
def test_polar_circle_by_altitude_not_by_its_name(lat, solstice, hours):
    ticks = [at(f"{solstice}T00:00Z") + 10 * MINUTE * n for n in range(144)]
    for judged in (may_be, is_sure):
        assert sum(judged(NIGHT, point(lat, 20), tick) for tick in ticks) / 6 == pytest.approx(hours, abs=1)


def test_offsets_can_use_up_a_night():
    nothing = SunHours("sunset", "sunrise", 240, -240)
    assert hours_held(nothing, BERLIN, "2026-06-05T00:00Z", is_outer=True) == 0
    assert hours_held(nothing, BERLIN, "2026-12-20T00:00Z", is_outer=True) == 3 * 9
    lasting = SunHours("sunset", "sunrise", -360, 360)
    assert hours_held(lasting, BERLIN, "2026-12-20T00:00Z", is_outer=False) == 72


def test_extent_over_the_antimeridian_is_written_on_either_side_of_it():
    east, west = Extent(-19, -16, 177, 182), Extent(-19, -16, -183, -178)
    for n in range(288):
        moment = at("2026-06-05T00:00Z") + 5 * MINUTE * n
        for judged in (may_be, is_sure):
            assert judged(NIGHT, east, moment) == judged(NIGHT, west, moment)
        assert may_be(NIGHT, east, moment) >= may_be(NIGHT, SUVA, moment) >= is_sure(NIGHT, SUVA, moment)
        assert is_sure(NIGHT, east, moment) <= is_sure(NIGHT, SUVA, moment)


def test_night_over_a_large_extent_begins_in_its_east_and_is_sure_from_its_west():
    row = Extent(0, 0, -30, 30)  # two hours of the sun before the middle, and two after it
    assert not may_be(NIGHT, row, at("2026-03-20T15:55Z"))
    assert may_be(NIGHT, row, at("2026-03-20T16:15Z"))
    assert not is_sure(NIGHT, row, at("2026-03-20T20:10Z"))
    assert is_sure(NIGHT, row, at("2026-03-20T20:20Z"))


@pytest.mark.parametrize("extent", [None, EARTH])
def test_extent_that_is_not_known_is_all_of_the_earth(extent):
    for hours in (NIGHT, DAY):
        assert hours_held(hours, extent, "2026-06-05T00:00Z", is_outer=True) == 72
        assert hours_held(hours, extent, "2026-06-05T00:00Z", is_outer=False) == 0


@pytest.mark.parametrize("hours", [NIGHT, DAY])
def test_years_in_which_the_sun_is_not_known_restrict(hours):
    first, last = (J2000 + (edge - instant(J2000)) for edge in (FIRST_KNOWN, LAST_KNOWN))
    assert (first.isoformat(), last.isoformat()) == ("1950-01-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00")
    for moment in (first - MINUTE, last, at("0001-01-01T00:00Z"), at("9999-12-31T23:59Z")):
        for n in range(-30 if moment is last else 0, 1):
            when = moment - n * timedelta(hours=1)
            assert may_be(hours, QUITO, when)
            assert not is_sure(hours, QUITO, when)
        asked = [Window(hours=[hours])]
        for is_outer in (True, False):
            answer = evaluate_windows(asked, None, instant(moment), is_outer=is_outer, extent=QUITO)
            assert answer[2] == "no sunset known in this year"
    for day in (first + timedelta(days=2), last - timedelta(days=2)):
        held = [is_sure(hours, QUITO, day + timedelta(hours=n)) for n in range(24)]
        assert sum(held) in (11, 12, 13)


def test_what_is_known_besides_the_sun_still_counts_in_other_years():
    late = at("2150-06-05T12:00Z")
    mixed = Window(hours=[NIGHT, Hours(time(11), time(13))])
    assert is_sure(mixed, QUITO, late, "UTC")
    assert not is_sure(mixed, QUITO, late + timedelta(hours=2), "UTC")
    assert not may_be(Window(until=date(2026, 6, 5), hours=[NIGHT]), QUITO, late, "UTC")


@pytest.mark.parametrize("is_outer", [True, False])
def test_sun_that_is_not_known_is_named_only_where_it_matters(is_outer):
    late, hours = at("2150-06-05T12:00Z"), [NIGHT]

    def text(window, moment=late):
        return evaluate_windows([window], "UTC", instant(moment), is_outer=is_outer, extent=QUITO)[2]

    assert text(Window(until=date(2026, 6, 5), hours=hours)) == ""
    assert text(Window(since=date(2151, 6, 5), hours=hours)) == ""
    last_day = Window(until=date(2150, 6, 5), hours=hours)
    assert text(last_day) == "no sunset known in this year"
    _, change, _ = evaluate_windows([last_day], "UTC", instant(late), is_outer=is_outer, extent=QUITO)
    assert text(last_day, at("2150-06-07T12:00Z")) == ""
    assert change < instant(at("2150-06-07T12:00Z"))


def test_time_and_time_zone_that_are_not_known_restrict():
    for is_outer in (True, False):
        asked = [Window(hours=[NIGHT])]
        assert evaluate_windows(asked, None, None, is_outer=is_outer, extent=QUITO) == (is_outer, EVER, "no time known")
        noon = at("2026-06-05T17:00Z")
        fridays = Window(days=(FRI,), hours=[NIGHT])
        assert judge(fridays, QUITO, noon, is_outer=is_outer, zone=None) == is_outer
        assert not judge(NIGHT, QUITO, noon, is_outer=is_outer, zone=None)


def test_windows_by_the_sun_need_a_time_zone_only_for_days_and_local_dates():
    instants = Window(at("2026-06-05T00:00Z"), at("2026-07-05T00:00Z"), hours=[NIGHT])
    assert not instants.needs_timezone
    assert not Window(hours=[NIGHT, DAY]).needs_timezone
    for window in (
        Window(days=[FRI], hours=[NIGHT]),
        Window(date(2026, 6, 5), hours=[NIGHT]),
        Window(until=datetime(2026, 6, 5), hours=[NIGHT]),
        Window(hours=[NIGHT, Hours(time(8), time(9))]),
    ):
        assert window.needs_timezone


@pytest.mark.parametrize(
    "bounds",
    [(2, 1, 0, 0), (-91, 0, 0, 0), (0, 91, 0, 0), (0, 1, 2, 1), (float("nan"), 1, 0, 1), (0, 1, 0, float("inf"))],
)
def test_extent_that_is_none_is_refused(bounds):
    with pytest.raises(ValueError, match=r"^an extent's (latitudes|longitudes) must ascend"):
        Extent(*bounds)


@dear(100, 35)
@given(moments, extents(), sun_hours)
def test_within_a_minute_nothing_changes(moment, extent, hours):
    begin = moment.replace(second=0, microsecond=0)
    last = begin + timedelta(seconds=59, microseconds=999_999)
    for judged in (may_be, is_sure):
        assert judged(hours, extent, begin) == judged(hours, extent, last)
