"""What counts as an aware datetime, in every place that asks for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

import contract
import geopolicy as gp
from geopolicy.model.times import is_aware, require_aware
from geopolicy.policy import schedules
from geopolicy.policy.conditions import resolve


class NoOffset(tzinfo):
    """A tzinfo that knows no offset: what it belongs to is naive (the library reference says so)."""

    def utcoffset(self, _moment):
        return None

    def dst(self, _moment):
        return None

    def tzname(self, _moment):
        return None


NAIVE = datetime(2026, 6, 1, 12)
ODD = NAIVE.replace(tzinfo=NoOffset())
NOON = NAIVE.replace(tzinfo=UTC)
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
RULE = gp.Rule(["camera"], gp.Level.OFF)
ENGINE = gp.open(gp.ZoneSet([contract.yard()]))


@pytest.mark.parametrize("moment", [NOON, NAIVE.replace(tzinfo=timezone(timedelta(hours=-3)))])
def test_datetime_with_an_offset_is_aware(moment):
    assert is_aware(moment)
    require_aware("time", moment)


@pytest.mark.parametrize(
    ("moment", "got"), [(NAIVE, "a naive one"), (ODD, "a naive one"), (date(2026, 6, 1), "date"), (None, "NoneType")]
)
def test_anything_else_is_refused_by_name(moment, got):
    assert not is_aware(moment)
    with pytest.raises(ValueError, match=f"^time must be an aware datetime, got {got}; give it a tzinfo, such as UTC$"):
        require_aware("time", moment)


PLACES = {
    "a zone": (lambda t, _: gp.Zone("a", SQUARE, [RULE], expires=t), "^expires must be"),
    "a header's issue": (lambda t, _: gp.ZoneFileHeader(issued=t), "^issued must be"),
    "a header's end": (lambda t, _: gp.ZoneFileHeader(expires=t), "^expires must be"),
    "a rule's time": (
        lambda t, _: resolve(RULE, timezone=None, expires=None, attributes={}, time=t, state=None),
        "^time must be",
    ),
    "a rule's end": (
        lambda t, _: resolve(RULE, timezone=None, expires=t, attributes={}, time=NOON, state=None),
        "^expires must be",
    ),
    "an instant": (lambda t, _: schedules.instant(t), "^a point in time must be"),
    "when": (lambda t, _: ENGINE.when(t), "^time must be"),
    "many fixes": (lambda t, _: ENGINE.decide_many([0.0], [0.0], time=[t]), "^time must hold aware datetimes"),
    "a replayed fix": (lambda t, _: list(gp.replay.replay(ENGINE, [gp.Fix(0.0, 0.0, time=t)])), "^time must be"),
    "a replayed fix after another": (
        lambda t, _: list(gp.replay.replay(ENGINE, [gp.Fix(0.0, 0.0, time=NOON), gp.Fix(0.0, 0.0, time=t)])),
        "^time must be",
    ),
    "a monitored fix after another": (
        lambda t, _: list(
            gp.replay.MonitoredReplay(ENGINE).steps([gp.Fix(0.0, 0.0, time=NOON), gp.Fix(0.0, 0.0, time=t)])
        ),
        "^time must be",
    ),
    "a clock's floor": (lambda t, _: gp.Monitor(ENGINE, clock_floor=t), "^clock_floor must be"),
    "a consent's start": (lambda t, _: gp.Consent("a", "*", t, NOON), "^a consent's given must be"),
    "a consent's end": (lambda t, _: gp.Consent("a", "*", NOON, t), "^a consent's until must be"),
    "retention": (lambda t, folder: gp.audit.AuditLog(folder, bytes(32)).retain(t), "^time must be"),
    "following": (
        lambda t, folder: gp.audit.AuditLog(folder, bytes(32)).follow(gp.Monitor(ENGINE), t),
        "^time must be",
    ),
}


@pytest.mark.parametrize("moment", [NAIVE, ODD], ids=["naive", "without offset"])
@pytest.mark.parametrize("place", PLACES)
def test_naive_datetime_is_refused_in(place, moment, tmp_path):
    act, match = PLACES[place]
    with pytest.raises(ValueError, match=match):
        act(moment, tmp_path)


def test_window_without_an_offset_is_in_the_local_time_of_the_zone():
    window, plain = gp.Window(since=ODD), gp.Window(since=NAIVE)
    assert window == plain
    assert window.needs_timezone
    assert gp.Window(since=NOON).needs_timezone is False
    with pytest.raises(ValueError, match="must not be before its since"):
        gp.Window(since=ODD, until=NAIVE - timedelta(minutes=1))


def test_log_knows_no_time_from_a_datetime_without_an_offset():
    from geopolicy.audit.records import coarse

    assert coarse(ODD, 60) is None
    assert coarse(NOON, 60) == NOON


BEFORE_YEAR_1 = datetime.min.replace(tzinfo=timezone(timedelta(hours=12)))
AFTER_YEAR_9999 = datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))


@pytest.mark.parametrize("moment", [BEFORE_YEAR_1, AFTER_YEAR_9999])
@pytest.mark.parametrize(
    "make",
    [
        lambda t: gp.Zone("a", SQUARE, [RULE], expires=t),
        lambda t: gp.ZoneFileHeader(issued=t),
        lambda t: gp.Window(since=t),
        lambda t: gp.Window(until=t),
    ],
)
def test_instant_outside_the_years_of_utc_is_refused_where_a_zone_file_could_not_hold_it(make, moment):
    with pytest.raises(ValueError, match=r" must lie in the years 1 to 9999 of UTC, got [09]"):
        make(moment)


@pytest.mark.parametrize("moment", [BEFORE_YEAR_1, AFTER_YEAR_9999])
def test_instant_outside_the_years_of_utc_is_unknown_to_an_engine(moment):
    assert ENGINE.decide_many([0.0], [0.0], time=[moment])[0] == ENGINE.decide_many([0.0], [0.0], time=[None])[0]
    assert ENGINE.when(moment).decide(0.0, 0.0) == ENGINE.decide(0.0, 0.0)
