"""A monitor between the signals of a broker: a double of the service by kuksa-client's own stubs, over loopback."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kuksa.val.v2 import types_pb2

import geopolicy as gp
from geopolicy.hosts import KuksaVehicle, vss
from kuksa_double import ACCURACY, LATITUDE, SPEED, START_NS, Broker, Served, answering, known
from shapes import box

ROOT = Path(__file__).resolve().parents[2]
RULES = [gp.Rule(["camera"], gp.Level.OFF)]
ZONES = gp.ZoneSet([gp.Zone("yard", box(13.0, 45.0, 14.0, 46.0), RULES)])
CAR = gp.Vehicle(["camera", "radar"])
INSIDE = (45.5, 13.5)
KINDS = {
    "string": st.text(max_size=5),
    "bool": st.booleans(),
    "int32": st.integers(-200, 200),
    "uint64": st.integers(0, 2**64 - 1),
    "float": st.floats(width=32),
    "double": st.floats() | st.floats(-90.0, 90.0),
    "string_array": st.just(types_pb2.StringArray(values=["45.5"])),
}
VALUES = st.sampled_from(sorted(KINDS)).flatmap(lambda kind: KINDS[kind].map(lambda value: (kind, value)))
POINTS = st.tuples(st.none() | VALUES, st.none() | st.integers(0, 3_000_000_000))


def monitor():
    return gp.Monitor(gp.open(ZONES, CAR))


@pytest.fixture
def served():
    with Served(Broker(known(CAR))) as served:
        yield served


@pytest.fixture
def client(served):
    with served.client() as client:
        yield client


def put(broker, at_s, place=INSIDE, **more: float):
    broker.put(at_s, Latitude=place[0], Longitude=place[1], HorizontalAccuracy=2.0, **more)


def drive(vehicle, broker, seconds, place=INSIDE):
    """A fix between each call and the next, once a second."""
    for second in seconds:
        put(broker, second - 0.5, place)
        decision = vehicle.update(float(second))
    return decision


def test_kuksa_warns_of_sensors_by_names_that_the_zones_do_not_know():
    car = gp.Vehicle(["kamera.vorn"])
    with Served(Broker(known(car))) as served, served.client() as client:
        with pytest.warns(UserWarning, match=r"got 'kamera.vorn' \(is 'camera' meant\?\)") as told:
            KuksaVehicle(gp.Monitor(gp.open(ZONES, car)), client)
        assert told[0].filename == __file__


def test_kuksa_decides_as_a_plain_monitor_does(served, client):
    vehicle, plain = KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0), monitor()
    vehicle.update(0.0)
    plain.tick(0.0)
    for second in range(1, 12):
        place = (45.5, 13.0 + second * 1e-4)
        put(served.broker, second - 0.5, place, Speed=28.0)
        fix = gp.Fix(*place, 2.0, monotonic_s=second - 1.0, speed_mps=28.0 / 3.6)
        assert vehicle.update(float(second)) == plain.update(fix, "driving", now_s=float(second))
        assert vehicle.trouble is None
    assert vehicle.monitor.decision.disabled == {"camera"}


def test_kuksa_publishes_what_is_asked_and_then_only_what_changed(served, client):
    broker, vehicle = served.broker, KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0)
    vehicle.update(0.0)
    decision = drive(vehicle, broker, range(1, 10))
    told = broker.values()
    assert {name: told[name] for name in told if name != vss.COUNT} == gp.hosts.vss_values(decision)
    assert (told["Vehicle.Geopolicy.Camera.Level"], told["Vehicle.Geopolicy.Radar.IsAllowed"]) == ("off", True)
    before = len(broker.published)
    assert drive(vehicle, broker, range(10, 12)) == decision
    assert broker.published[before:] == [(vss.COUNT, 11), (vss.COUNT, 12)]


def test_kuksa_takes_values_that_stand_still_for_no_fix(served, client):
    broker, vehicle = served.broker, KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0)
    put(broker, 0.0)
    vehicle.update(0.0)  # who knows since when it is there
    vehicle.update(1.0)
    assert vehicle.monitor.stale_at_s is None
    drive(vehicle, broker, [2])
    stale_at_s = vehicle.monitor.stale_at_s
    assert stale_at_s == pytest.approx(
        1.0 + vehicle.monitor.profile.stale_after_s
    )  # of second 1, when it was not there
    vehicle.update(3.0)
    assert vehicle.monitor.stale_at_s == stale_at_s
    assert "stale" in vehicle.update(60.0).reasons


def test_kuksa_takes_latitude_and_longitude_of_two_times_for_no_fix(served, client):
    broker, vehicle = served.broker, KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0)
    vehicle.update(0.0)
    broker.put(0.5, Latitude=45.5, HorizontalAccuracy=2.0)
    broker.put(0.3, Longitude=13.5)
    assert "no_fix" in vehicle.update(1.0).reasons
    broker.put(0.55, Longitude=13.5)
    vehicle.update(2.0)
    assert vehicle.monitor.stale_at_s == pytest.approx(monitor().profile.stale_after_s)  # of second 0, as was latitude
    broker.put(2.5, Latitude=45.6)
    stale_at_s = vehicle.monitor.stale_at_s
    vehicle.update(3.0)
    assert vehicle.monitor.stale_at_s == stale_at_s


@pytest.mark.parametrize("name", [ACCURACY, SPEED])
def test_kuksa_lets_old_values_go(served, client, name):
    broker, vehicle = served.broker, KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0)
    put(broker, 0.0, Speed=100.0)
    vehicle.update(0.0)
    given = []
    with patch.object(
        gp.Monitor, "update", lambda _, fix, state, **__: given.append((fix, state)) or vehicle.monitor.decision
    ):
        broker.put(2.5, Latitude=45.5, Longitude=13.5)
        vehicle.update(3.0)
    ((fix, state),) = given
    assert (fix.accuracy_95_m, fix.speed_mps, state) == (None, None, None)
    assert name in broker.points


def test_kuksa_without_optional_signals_still_decides():
    names = [name for name in known(CAR) if name not in vss.INPUTS or name in (*vss.POSITION, ACCURACY)]
    with Served(Broker(names)) as served, served.client() as client:
        vehicle = KuksaVehicle(monitor(), client, confidence=68, timeout_s=30.0)
        drive(vehicle, served.broker, range(1, 6))
        assert vehicle.monitor.decision.zones == ("yard",)


def data_point(value, after_ns):
    point = types_pb2.Datapoint()
    if value is not None:
        point.value.CopyFrom(types_pb2.Value(**dict([value])))
    if after_ns is not None:
        point.timestamp.FromNanoseconds(START_NS + after_ns)
    return point


@pytest.mark.parametrize("now_s", [None, "2", float("nan"), float("-inf"), float("inf")])
def test_kuksa_update_restricts_where_it_is_not_told_the_time(served, client, now_s):
    vehicle = KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0)
    vehicle.update(0.0)
    drive(vehicle, served.broker, range(1, 10))
    put(served.broker, 9.5)
    assert vehicle.update(now_s).disabled == {"camera"}  # as of a plain monitor: the fix itself has its time
    put(served.broker, 10.5)
    assert vehicle.update(now_s).disabled == {"camera", "radar"}


@given(st.lists(st.lists(POINTS, min_size=len(vss.INPUTS) - 1, max_size=len(vss.INPUTS)), min_size=2, max_size=4))
def test_kuksa_update_never_raises_for_values_of_any_kind(readings):
    client = answering()
    vehicle = KuksaVehicle(monitor(), client)
    for now_s, reading in enumerate(readings):
        points = [data_point(*point) for point in reading]
        client.client_stub_v2.GetValues = lambda _, points=points, **__: SimpleNamespace(data_points=points)
        decision = vehicle.update(float(now_s))
        is_whole = len(reading) == len(vss.INPUTS)
        assert vehicle.trouble == (None if is_whole else f"GetValues: {len(reading)} values of {len(vss.INPUTS)}")
        assert not decision.allows("camera")  # the first fixes do not count yet


def test_kuksa_loses_the_broker_and_tells_another_everything(served):
    with Served(Broker(known(CAR))) as first:
        client = first.client()
        client.connect()
        vehicle = KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0)
        drive(vehicle, first.broker, range(1, 6))
    decision = vehicle.update(60.0)
    assert vehicle.trouble.startswith("GetValues: ")
    assert decision.disabled == {"camera", "radar"}
    client.disconnect()
    assert vehicle.update(60.5) == decision
    assert vehicle.trouble == "GetValues: NOT_CONNECTED"
    client.connect(f"127.0.0.1:{served.port}")
    vehicle.update(61.0)
    assert vehicle.trouble is None
    assert served.broker.values().keys() == {*gp.hosts.vss_values(decision), vss.COUNT}
    client.disconnect()


def test_kuksa_that_may_not_publish_says_so_and_decides(served, client):
    vehicle = KuksaVehicle(monitor(), client, confidence=95, timeout_s=30.0)
    served.broker.refuses = "PublishValue"
    assert drive(vehicle, served.broker, range(1, 6)).zones == ("yard",)
    assert vehicle.trouble == "PublishValue: PERMISSION_DENIED"
    assert served.broker.published == []
    served.broker.refuses = None
    vehicle.update(6.0)
    assert served.broker.values()[vss.COUNT] == 1


def test_kuksa_sends_the_token(served):
    with served.client(token="abc") as client:
        KuksaVehicle(monitor(), client)
    assert set(served.broker.tokens) == {"Bearer abc"}


@pytest.mark.parametrize(
    ("absent", "text"),
    [(LATITUDE, r"'Vehicle.CurrentLocation.Latitude', got none; the broker"), (vss.COUNT, "overlay that vss_overlay")],
)
def test_kuksa_refuses_a_broker_without_what_it_needs(absent, text):
    names = [name for name in known(CAR) if name != absent]
    with Served(Broker(names)) as served, served.client() as client, pytest.raises(ValueError, match=text):
        KuksaVehicle(monitor(), client)


def test_kuksa_refuses_a_client_that_cannot_ask(served, client):
    served.broker.refuses = "ListMetadata"
    with pytest.raises(ConnectionError, match=r"^the KUKSA broker must answer ListMetadata, got PERMISSION_DENIED$"):
        KuksaVehicle(monitor(), client)
    with pytest.raises(ValueError, match=r"^client must be connected, got one that is not; call connect"):
        KuksaVehicle(monitor(), served.client())


def test_kuksa_example_in_the_docs_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "hosts" / "vss.md").read_text("utf-8"), re.DOTALL)
    assert "55555" in example
    assert "while True:" in example
    with Served(Broker(known(gp.Vehicle()))) as served:
        names = {}
        exec(example.replace("55555", str(served.port)).replace("while True:", "for _ in range(3):"), names)
        assert served.broker.values()[vss.COUNT] == 3
    assert names["decision"].reasons
