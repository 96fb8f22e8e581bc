"""Windows of local time: rows by hand, and a wall clock that knows nothing of instants."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geopolicy.model.windows import Hours, Window

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def hours(*spans: str) -> tuple[Hours, ...]:
    """``"07:00-16:00"`` as zone files write it; ``24:00`` is stored as midnight."""
    ends = [span.replace("24:00", "00:00").split("-") for span in spans]
    return tuple(Hours(time.fromisoformat(since), time.fromisoformat(until)) for since, until in ends)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# 2026-06-05 is a Friday. Each row: window, time zone, where it begins and ends.
PLAIN = {
    "hours": (Window(hours=hours("07:00-16:00")), "Europe/Berlin", "2026-06-05T07:00+02:00", "2026-06-05T16:00+02:00"),
    "hours-of-two": (
        Window(hours=hours("07:00-08:30", "12:00-13:00")),
        "Asia/Kathmandu",
        "2026-06-05T12:00+05:45",
        "2026-06-05T13:00+05:45",
    ),
    "overnight": (
        Window(days=(FRI,), hours=hours("22:00-06:00")),
        "Europe/Berlin",
        "2026-06-05T22:00+02:00",
        "2026-06-06T06:00+02:00",
    ),
    "nearly-a-day-far-west": (
        Window(days=(FRI,), hours=hours("23:00-22:00")),
        "Pacific/Honolulu",
        "2026-06-05T23:00-10:00",
        "2026-06-06T22:00-10:00",
    ),
    "overnight-until-date": (
        Window(until=date(2026, 6, 5), hours=hours("22:00-06:00")),
        "America/New_York",
        "2026-06-05T22:00-04:00",
        "2026-06-06T06:00-04:00",
    ),
    "whole-day-hours": (
        Window(days=(FRI,), hours=hours("00:00-24:00")),
        "Asia/Shanghai",
        "2026-06-05T00:00+08:00",
        "2026-06-06T00:00+08:00",
    ),
    "to-midnight": (
        Window(days=(FRI,), hours=hours("22:00-24:00")),
        "Asia/Shanghai",
        "2026-06-05T22:00+08:00",
        "2026-06-06T00:00+08:00",
    ),
    "days": (Window(days=(FRI,)), "Pacific/Auckland", "2026-06-05T00:00+12:00", "2026-06-06T00:00+12:00"),
    "one-date": (
        Window(date(2026, 6, 5), date(2026, 6, 5)),
        "America/Los_Angeles",
        "2026-06-05T00:00-07:00",
        "2026-06-06T00:00-07:00",
    ),
    "dates": (
        Window(date(2026, 1, 5), date(2026, 6, 5)),
        "America/Los_Angeles",
        "2026-01-05T00:00-08:00",
        "2026-06-06T00:00-07:00",
    ),
    "local-datetimes": (
        Window(datetime(2026, 6, 5, 8), datetime(2026, 6, 7, 9, 30)),
        "Europe/Rome",
        "2026-06-05T08:00+02:00",
        "2026-06-07T09:30+02:00",
    ),
    "instants-without-timezone": (
        Window(at("2026-06-05T08:00+09:00"), at("2026-06-07T09:30-03:00")),
        None,
        "2026-06-05T08:00+09:00",
        "2026-06-07T09:30-03:00",
    ),
    "clipped-start": (
        Window(since=datetime(2026, 6, 5, 23), hours=hours("22:00-06:00")),
        "Europe/Rome",
        "2026-06-05T23:00+02:00",
        "2026-06-06T06:00+02:00",
    ),
    "clipped-end": (
        Window(until=at("2026-06-06T03:00Z"), hours=hours("22:00-06:00")),
        "Europe/Rome",
        "2026-06-05T22:00+02:00",
        "2026-06-06T03:00+00:00",
    ),
}

# Clock changes. Each row: window, time zone, where the rule is in force, where an exemption lifts (None: nowhere).
CHANGES = {
    "berlin-hour-twice": (  # 2026-10-25 03:00 +02 becomes 02:00 +01 at 01:00Z
        Window(since=date(2026, 10, 25), until=date(2026, 10, 25), hours=hours("02:15-02:45")),
        "Europe/Berlin",
        ("2026-10-25T00:15Z", "2026-10-25T01:45Z"),
        None,
    ),
    "berlin-across-hour-twice": (
        Window(since=date(2026, 10, 25), until=date(2026, 10, 25), hours=hours("01:00-02:30")),
        "Europe/Berlin",
        ("2026-10-24T23:00Z", "2026-10-25T01:30Z"),
        ("2026-10-24T23:00Z", "2026-10-25T00:30Z"),
    ),
    "berlin-hour-missing": (  # 2026-03-29 02:00 +01 becomes 03:00 +02 at 01:00Z
        Window(since=date(2026, 3, 29), until=date(2026, 3, 29), hours=hours("02:15-02:45")),
        "Europe/Berlin",
        ("2026-03-29T00:15Z", "2026-03-29T01:45Z"),
        None,
    ),
    "berlin-night-with-hour-missing": (
        Window(days=(SAT,), since=date(2026, 3, 28), until=date(2026, 3, 28), hours=hours("22:00-06:00")),
        "Europe/Berlin",
        ("2026-03-28T21:00Z", "2026-03-29T04:00Z"),
        ("2026-03-28T21:00Z", "2026-03-29T04:00Z"),
    ),
    "berlin-local-datetime-twice": (
        Window(since=datetime(2026, 10, 25, 2, 30), until=datetime(2026, 10, 25, 12)),
        "Europe/Berlin",
        ("2026-10-25T00:30Z", "2026-10-25T11:00Z"),
        ("2026-10-25T01:30Z", "2026-10-25T11:00Z"),
    ),
    "dublin-negative-summer-time": (  # 2026-10-25 02:00 +01 becomes 01:00 +00 at 01:00Z
        Window(since=date(2026, 10, 25), until=date(2026, 10, 25), hours=hours("01:00-02:00")),
        "Europe/Dublin",
        ("2026-10-25T00:00Z", "2026-10-25T02:00Z"),
        ("2026-10-25T01:00Z", "2026-10-25T02:00Z"),  # 01:30 the second time is inside whichever 01:00 is meant
    ),
    "lord-howe-half-hour": (  # 2026-04-05 02:00 +11 becomes 01:30 +10:30 at 15:00Z
        Window(since=date(2026, 4, 5), until=date(2026, 4, 5), hours=hours("01:30-03:00")),
        "Australia/Lord_Howe",
        ("2026-04-04T14:30Z", "2026-04-04T16:30Z"),
        ("2026-04-04T15:00Z", "2026-04-04T16:30Z"),
    ),
    "havana-midnight-twice": (  # 2026-11-01 01:00 -04 becomes 00:00 -05 at 05:00Z
        Window(since=date(2026, 11, 1), until=date(2026, 11, 1)),
        "America/Havana",
        ("2026-11-01T04:00Z", "2026-11-02T05:00Z"),
        ("2026-11-01T05:00Z", "2026-11-02T05:00Z"),
    ),
    "beirut-midnight-missing": (  # 2026-03-29 00:00 +02 becomes 01:00 +03 at 22:00Z
        Window(days=(SUN,), since=date(2026, 3, 29), until=date(2026, 3, 29)),
        "Asia/Beirut",
        ("2026-03-28T21:00Z", "2026-03-29T21:00Z"),
        ("2026-03-28T22:00Z", "2026-03-29T21:00Z"),
    ),
    "apia-day-missing": (  # 2011-12-30 00:00 -10 becomes 2011-12-31 00:00 +14 at 10:00Z
        Window(days=(FRI,), since=date(2011, 12, 29), until=date(2011, 12, 31)),
        "Pacific/Apia",
        ("2011-12-29T10:00Z", "2011-12-30T10:00Z"),
        None,
    ),
    "kwajalein-day-missing": (  # 1993-08-21 00:00 -12 becomes 1993-08-22 00:00 +12 at 12:00Z
        Window(days=(SAT,), since=date(1993, 8, 20), until=date(1993, 8, 22)),
        "Pacific/Kwajalein",
        ("1993-08-20T12:00Z", "1993-08-21T12:00Z"),
        None,
    ),
    "monrovia-seconds": (  # 1972-01-07 00:00 -00:44:30 becomes 00:44:30 +00 at 00:44:30Z
        Window(since=date(1972, 1, 6), until=date(1972, 1, 6), hours=hours("22:00-00:30")),
        "Africa/Monrovia",
        ("1972-01-06T22:44:30Z", "1972-01-07T01:14:30Z"),
        ("1972-01-06T22:44:30Z", "1972-01-07T00:30:00Z"),
    ),
}

# What a wall clock would say, from the other direction: instants to local time, never back.
TURNS = [
    ("UTC", "2026-06-05T00:00Z"),
    ("Asia/Kolkata", "2024-02-29T18:30Z"),
    ("Europe/Berlin", "2026-03-29T01:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00Z"),
    ("Europe/Dublin", "2026-10-25T01:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
    ("America/Havana", "2026-03-08T05:00Z"),
    ("America/Havana", "2026-11-01T05:00Z"),
    ("Asia/Beirut", "2026-03-28T22:00Z"),
    ("Asia/Beirut", "2026-10-24T21:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00Z"),
    ("Africa/Casablanca", "2026-02-15T02:00Z"),
    ("Africa/Monrovia", "1972-01-07T00:44:30Z"),
    ("Pacific/Apia", "2011-12-30T10:00Z"),
    ("Pacific/Kwajalein", "1993-08-21T12:00Z"),
    ("America/Juneau", "1867-10-19T00:00Z"),
    ("Asia/Manila", "1844-12-31T16:00Z"),
]


def wall_ends(window: Window, day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(0))
    spans = [(datetime.combine(day, h.since), datetime.combine(day, h.until)) for h in window.hours]
    return [(since, until if since < until else until + timedelta(days=1)) for since, until in spans] or [
        (midnight, midnight + timedelta(days=1))
    ]


def wall_clock_holds(window: Window, zone: str, moment: datetime) -> bool:
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    def is_past(bound: datetime) -> bool:
        return moment >= bound if bound.tzinfo else wall >= bound

    def is_selected(day: date) -> bool:
        if type(window.since) is date and day < window.since:
            return False
        if type(window.until) is date and day > window.until:
            return False
        return not window.days or day.weekday() in window.days

    if isinstance(window.since, datetime) and not is_past(window.since):
        return False
    if isinstance(window.until, datetime) and is_past(window.until):
        return False
    if not (window.days or window.hours):
        return is_selected(wall.date())
    started = [day for day in (wall.date(), wall.date() - timedelta(days=1)) if is_selected(day)]
    return any(since <= wall < until for day in started for since, until in wall_ends(window, day))


def is_clear(zone: str, wall: datetime) -> bool:
    local = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    return local.utcoffset() == local.replace(fold=1).utcoffset()


def comes_once(zone: str, moment: datetime) -> bool:
    return is_clear(zone, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None))


def has_clear_ends(window: Window, zone: str, moment: datetime) -> bool:
    today = moment.astimezone(ZoneInfo(zone)).date()
    days = [today + timedelta(days=n) for n in range(-3, 4)]
    days += [bound for bound in (window.since, window.until) if type(bound) is date]
    walls = [bound for bound in (window.since, window.until) if isinstance(bound, datetime) and bound.tzinfo is None]
    walls += [end for day in days for ends in wall_ends(window, day) for end in ends]
    return all(is_clear(zone, wall) for wall in walls)
