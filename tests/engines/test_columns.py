"""The columns of `decide_many`: what they say is what each decision says, in both engines and for all times."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import contract
import geopolicy as gp
import strategies
from geopolicy.base import sequences
from geopolicy.model.limits import LIMITS, MUST_SHOW
from geopolicy.testing import rule_strategies, zone_strategies
from strategies import degrees

make_engine = contract.make_engine
law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
PLACES = strategies.OFTEN_IN_CHINA
COUNTRIES = ("CN", "HR", "DE")
NAMES = ("camera", "camera.exterior", "microphone", "radar.front")


@st.composite
def batches(draw):
    """Zones, a vehicle, circumstances, and fixes with accuracies and perhaps times."""
    zones = draw(zone_strategies.zone_sets(rules=rule_strategies.rules(newer=True), places=PLACES))
    count = draw(st.integers(0, 12))
    spots = [draw(zone_strategies.places(zones)) for _ in range(count)]
    lat, lon = [degrees(y) for _, y in spots], [degrees(x) for x, _ in spots]
    wrong = st.sampled_from([math.nan, -1.0, 20_000.0])
    accuracy = draw(st.none() | st.lists(strategies.OFFSETS_M | wrong, min_size=count, max_size=count))
    for i in draw(st.sets(st.integers(0, 11), max_size=2)):
        if i < count:
            lat[i] = draw(st.sampled_from([math.nan, 91.0]))
    moments = st.none() | rule_strategies.INSTANTS
    times = draw(st.none() | st.lists(moments, min_size=count, max_size=count))
    now = draw(moments), draw(st.none() | strategies.STATES), draw(strategies.EMERGENCIES)
    return zones, draw(strategies.VEHICLES), now, (lat, lon, accuracy, times)


def zones_of(columns: gp.ZoneLists) -> list[tuple[str, ...]]:
    ids = [columns.ids[value] for value in columns.values.tolist()]
    return [tuple(ids[a:b]) for a, b in zip(columns.offsets[:-1], columns.offsets[1:], strict=True)]


def columns_of(many: gp.Decisions) -> dict[str, list]:
    """Every column of a batch, as lists."""
    found: dict[str, list] = {"certainty": many.certainty.tolist(), "reasons": many.reasons.tolist()}
    found["zones"] = zones_of(many.zones)
    for name in NAMES:
        for ask in (many.levels, many.allows, many.disabled, many.needs_consent):
            found[f"{ask.__name__} {name}"] = ask(name).tolist()
        found |= {f"{limit} {name}": many.limits(name, limit).tolist() for limit in LIMITS}
        found |= {f"{notice} {name}": many.must_show(name, notice).tolist() for notice in MUST_SHOW}
        found |= {f"{country} {name}": many.store_in(name, country).tolist() for country in COUNTRIES}
    return found


def said_by(decisions: list[gp.Decision]) -> dict[str, list]:
    """The same from decisions."""
    found: dict[str, list] = {"certainty": [str(own.certainty) for own in decisions]}
    found["reasons"] = [sum(reason.bit for reason in own.reasons) for own in decisions]
    found["zones"] = [own.zones for own in decisions]
    for name in NAMES:
        below = [sensor for sensor in rule_strategies.SENSORS if sensor == name or sensor.startswith(name + ".")]
        found[f"levels {name}"] = [own.level(name) for own in decisions]
        found[f"allows {name}"] = [own.allows(name) for own in decisions]
        found[f"disabled {name}"] = [any(sensor in own.disabled for sensor in below) for own in decisions]
        found[f"needs_consent {name}"] = [any(sensor in own.needs_consent for sensor in below) for own in decisions]
        found |= {f"{limit} {name}": [own.limits_of(name).get(limit) for own in decisions] for limit in LIMITS}
        for notice in MUST_SHOW:
            found[f"{notice} {name}"] = [any(notice in own.must_show[s] for s in below) for own in decisions]
        for country in COUNTRIES:
            found[f"{country} {name}"] = [any(country in own.store_in[s] for s in below) for own in decisions]
    return found


@law
@given(batches(), st.integers(1, 3))
def test_columns_are_what_each_decision_says(make_engine, batch, threads):
    zones, vehicle, now, fixes = batch
    engine = make_engine(zones, vehicle).when(*now)
    many = engine.decide_many(*fixes, threads=threads)
    columns = columns_of(many)  # before any decision is made
    assert columns == said_by(list(many))
    again = pickle.loads(pickle.dumps(many))
    assert (list(again), columns_of(again)) == (list(many), columns)
    lat, lon, accuracy, times = fixes
    for i, decision in enumerate(many):
        length = 0.0 if accuracy is None else accuracy[i]
        if -90 <= lat[i] <= 90 and 0 <= length <= 10_000:
            view = engine if times is None else engine.when(times[i], *now[1:])
            assert decision == view.decide(lat[i], lon[i], length)


@law
@given(batches())
def test_columns_of_the_engines_are_the_same(batch):
    zones, vehicle, now, fixes = batch
    one, other = (gp.open(zones, vehicle, engine=name).when(*now).decide_many(*fixes) for name in contract.ENGINES)
    assert list(one) == list(other)
    assert columns_of(one) == columns_of(other)
    for mine, its in zip(one.zones, other.zones, strict=True):
        assert list(mine) == list(its)


@law
@given(batches(), st.integers(2, 4))
def test_table_has_each_decision_once(make_engine, batch, threads):
    zones, vehicle, now, (lat, lon, accuracy, _) = batch
    many = make_engine(zones, vehicle).when(*now).decide_many(lat, lon, accuracy, threads=threads)
    assert len(set(many.table)) == len(many.table)
    assert sorted(set(many.codes.tolist())) == list(range(len(many.table)))


def yard_batch(make_engine) -> gp.Decisions:
    rule = gp.Rule(["camera"], gp.Level.OFF, store_in="CN", needs_consent=True)
    engine = make_engine([contract.yard(rule), contract.yard(name="other")], gp.Vehicle(["camera.front", "radar"]))
    return engine.decide_many([45.005, 0.0, math.nan, 45.005], [13.005, 0.0, 0.0, 13.005])


def test_columns_of_a_yard(make_engine):
    many = yard_batch(make_engine)
    assert many.zones.offsets.tolist() == [0, 2, 2, 2, 4]
    assert (many.zones.values.tolist(), many.zones.ids) == ([0, 1, 0, 1], ("other", "yard"))
    assert many.store_in("camera", "CN").tolist() == [True, False, False, True]
    assert many.needs_consent("radar").tolist() == [False] * 4
    in_zone = gp.Reason.IN_ZONE.bit | gp.Reason.CONSENT_MISSING.bit
    assert many.reasons.tolist() == [in_zone, 0, gp.Reason.INVALID_POSITION.bit, in_zone]


def test_columns_have_types_that_say_what_they_hold(make_engine):
    many = yard_batch(make_engine)
    assert [column.dtype for column in many.zones[:2]] == [np.dtype(np.int64), np.dtype(np.uint32)]
    columns = many.levels("camera"), many.reasons, many.disabled("camera"), many.limits("camera", "retain_s")
    assert [column.dtype.str for column in columns] == ["|u1", "<u4", "|b1", "<f8"]


def test_columns_of_nothing_are_empty(make_engine):
    many = make_engine([contract.yard()]).decide_many([], [])
    assert (many.zones.offsets.tolist(), many.zones.values.tolist(), list(many.zones.ids)) == ([0], [], [])
    assert many.reasons.shape == many.store_in("camera", "CN").shape == (0,)
    assert (list(many.table), many.to_arrow().num_rows) == ([], 0)


def test_columns_of_nothing_have_the_vehicle_of_the_engine(make_engine):
    engine = make_engine([contract.yard()], gp.Vehicle(["camera.front", "radar"]))
    nothing = engine.decide_many([], [])
    schema = engine.decide_many([45.005], [13.005]).to_arrow().schema
    for many in (nothing, pickle.loads(pickle.dumps(nothing)), copy.deepcopy(nothing)):
        assert many.to_arrow().schema == schema
        for ask in (many.levels, many.allows, many.disabled, many.needs_consent):
            assert ask("camera").shape == (0,)
            with pytest.raises(gp.errors.UnknownSensorError, match="sonar"):
                ask("sonar")
    assert gp.Decisions(np.zeros(0, np.uint32), []).levels("sonar").shape == (0,)  # whose they are nobody knows


def test_decisions_do_not_change_with_the_arrays_that_they_were_given_or_gave(make_engine):
    many = yard_batch(make_engine)
    expected = zones_of(many.zones)
    for array in (many.codes, *many.table.zones()[:2], many.table.outcome_of):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0
    codes = many.codes.copy()
    read_only_view = codes.view()
    read_only_view.flags.writeable = False
    others = [gp.Decisions(own, many.table) for own in (codes, codes[:], read_only_view)]
    assert codes.flags.writeable
    codes[:] = 1
    assert [zones_of(other.zones) for other in others] == [expected] * 3
    assert gp.Decisions(many.codes, many.table).codes is many.codes  # which nobody can change


@pytest.mark.parametrize("kind", ["int64", "uint16", ">u4"])
def test_numbers_of_other_kinds_have_columns_too(make_engine, kind):
    table = yard_batch(make_engine).table
    each = gp.Decisions(np.arange(len(table)).astype(kind), table)
    assert zones_of(each.zones) == [decision.zones for decision in table]


def test_table_keeps_a_bounded_number_of_decisions(make_engine, monkeypatch):
    many = yard_batch(make_engine)
    monkeypatch.setattr(sequences, "MOST_KEPT", 2)
    expected = [many[at] for at in (0, 1, 2)]
    assert list(many) == [*expected, expected[0]]
    assert len(many.table._made) <= 2
    assert many[2] is many.table[many.codes[2]]


def test_columns_of_a_sensor_that_the_vehicle_lacks_raise(make_engine):
    many = yard_batch(make_engine)
    for ask in (many.levels, many.allows, many.disabled, many.needs_consent):
        with pytest.raises(gp.errors.UnknownSensorError, match="sonar"):
            ask("sonar")
    with pytest.raises(gp.errors.UnknownSensorError, match="sonar"):
        many.store_in("sonar", "CN")


def test_columns_asked_with_wrong_types_say_what_is_wanted(make_engine):
    many = yard_batch(make_engine)
    with pytest.raises(TypeError, match=r"index must be a whole number.*got slice"):
        many[0:2]
    with pytest.raises(TypeError, match="country must be a text, got NoneType"):
        many.store_in("camera", None)
    with pytest.raises(TypeError, match=r"time must be a list.*got datetime64"):
        make_engine([contract.yard()]).decide_many([45.0], [13.0], time=np.datetime64("2026-01-01"))


def test_reason_bits_stay_what_they_are():
    """Arrays that were stored are read later: a new reason gets a new bit."""
    first = ["in_zone", "store_conflict", "consent_missing", "limit", "notice", "expired", "outside_coverage"]
    then = ["invalid_position", "invalid_accuracy", "near_pole", "no_fix", "stale", "low_accuracy", "spoofing"]
    last = ["jamming", "clock", "jump", "ahead", "held", "no_pack", "internal", "overlay_stale"]
    assert {str(reason): reason.bit for reason in gp.Reason} == {
        reason: 1 << at for at, reason in enumerate([*first, *then, *last])
    }


def test_table_makes_a_decision_when_it_is_looked_at_and_keeps_it(make_engine):
    many = yard_batch(make_engine)
    assert many[0] is many[3] is many.table[many.codes[0]]
    assert many.table[:2] == (many.table[0], many.table[1])
    assert (many.table == list(many.table), many.table == tuple(many.table)[:1], many.table == 3) == (
        True,
        False,
        False,
    )
    assert hash(many.table) == hash(copy.copy(many).table)
    assert many.table[-1] == many.table[2]
    with pytest.raises(IndexError):
        many.table[3]


def test_decisions_as_arrow(make_engine):
    many = yard_batch(make_engine)
    rows = many.to_arrow().to_pylist()
    assert [row["certainty"] for row in rows] == many.certainty.tolist()
    assert [row["reasons"] for row in rows] == [list(decision.reasons) for decision in many]
    assert [tuple(row["zones"]) for row in rows] == [decision.zones for decision in many]
    assert rows[0]["levels"] == {"camera.front": "off", "radar": "allow"}
    assert rows[0]["store_in"] == {"camera.front": ["CN"], "radar": []}
    assert rows[0]["needs_consent"] == {"camera.front": True, "radar": False}
    assert rows[2]["levels"] == {"camera.front": "off", "radar": "off"}


@law
@given(batches())
def test_decisions_as_arrow_hold_what_each_decision_holds(make_engine, batch):
    zones, vehicle, now, fixes = batch
    many = make_engine(zones, vehicle).when(*now).decide_many(*fixes)
    for row, own in zip(many.to_arrow().to_pylist(), many, strict=True):
        assert (row["certainty"], tuple(row["zones"])) == (own.certainty, own.zones)
        assert row["levels"] == {sensor: level.label for sensor, level in own.levels.items()}
        assert row["must_show"] == {sensor: sorted(notices) for sensor, notices in own.must_show.items()}
        asked = {sensor: {n: v for n, v in limits.items() if v is not None} for sensor, limits in row["limits"].items()}
        assert asked == own.limits
