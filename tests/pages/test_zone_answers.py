"""The page of zones answers as the engines do: on every edge, at every moment, for every vehicle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopolicy as gp
import kernel_zones
import vectors
from geopolicy.authoring.zone_drawing import draw_zones
from geopolicy.testing import instants_near, rules, vehicles, zone_sets
from geopolicy.testing.asked import telling_positions
from layers import in_layers
from report_pages import ring
from zone_pages import as_in_page, opened_asker, sorted_tags

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SITUATIONS = [(state, emergency) for state in (None, "driving", "parked") for emergency in (None, False, True)]


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    with opened_asker(tmp_path_factory.mktemp("asked")) as opened:
        yield opened


def assert_same(asker, engine, asked):
    """The page says what the engine does: at positions, under circumstances of its first vehicle."""
    for (lat, lon, own), said in zip(asked, asker.answers(asked), strict=True):
        _, time, state, emergency, *_ = own
        wanted = as_in_page(engine.when(time, state, emergency).decide(lat, lon))
        assert sorted_tags(said) == wanted, (lat, lon, own)


@st.composite
def worlds(draw):
    """Zones in one to three layers, a vehicle, and moments of the days that the page goes through."""
    zones = draw(zone_sets(rules=rules(newer=True)))
    layers = draw(st.booleans())
    first = zones.zones[0]
    near = draw(instants_near(draw(st.sampled_from(first.rules)), first.timezone))
    since = near.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(
        minutes=draw(st.sampled_from([0, 1, 700]))
    )
    minutes = draw(st.lists(st.integers(0, 1439), min_size=1, max_size=6))
    return in_layers(zones, lambda n: (n + 1) % 3) if layers else zones, draw(vehicles()), since, minutes


def moments_of_change(drawing):
    """The first millisecond at which something else holds, and the last before it, of the days of a page."""
    instants = {step[0] for line in drawing.data["editions"][-1]["times"][0]["timelines"] for step in line} - {None}
    first, end = drawing.data["span"]
    edges = sorted({at for instant in instants for at in (instant - 1, instant) if first <= at < end})
    return [EPOCH + timedelta(milliseconds=at) for at in edges]


@given(worlds(), st.data())
@settings(max_examples=40, deadline=None)
def test_page_answers_as_the_engine_for_any_rules_at_any_moment(asker, world, data):
    zones, vehicle, since, minutes = world
    if not datetime(1900, 1, 1, tzinfo=UTC) < since < datetime(2200, 1, 1, tzinfo=UTC):
        since = datetime(2026, 7, 1, tzinfo=UTC)
    drawing = draw_zones(zones, vehicle, time=since, days=1)
    asker.open(drawing)
    engine = gp.open(zones, vehicle)
    sets = zones if isinstance(zones, list) else [zones]
    places = data.draw(st.lists(st.sampled_from(telling_positions(sets)), min_size=1, max_size=8))
    times = [None, *(since + timedelta(minutes=minute) for minute in minutes), *moments_of_change(drawing)[:12]]
    asked = [(lat, lon, (0, time, *situation)) for lat, lon in places for time in times for situation in SITUATIONS]
    assert_same(asker, engine, asked)


def test_page_answers_every_decision_among_the_vectors(asker):
    lines = [own for own in vectors.read("decisions") if own.get("time") is not None]
    assert len(lines) > 300
    for own in lines:
        pack = gp.read_pack(vectors.FOLDER / "packs" / f"{own['set']}.gpol")
        vehicle, time = vectors.vehicle_of(own["vehicle"]), datetime.fromisoformat(own["time"])
        asker.open(draw_zones(pack, vehicle, time=time, days=1))
        asked = [(own["lat"], own["lon"], (0, time, own.get("state"), own.get("emergency")))]
        assert_same(asker, gp.open(pack, vehicle), asked)


def test_page_answers_where_zones_contradict_each_other(asker):
    square = ring(45.0, 13.0, 0.01)
    newer = gp.Rule(["radar"], gp.Level.ALLOW, store_in="HR", not_understood='{"then":"dim"}')
    asks = [
        gp.Rule(["camera"], store_in="HR"),
        gp.Rule(["camera"], store_in="CN"),
        newer,
        gp.Rule(["lidar"], limits={"retain_s": 5}),
    ]
    asks += [gp.Rule(["lidar"], limits={"retain_s": 60, "resolution_m": 2}), gp.Rule(["*"], must_show="stopped:inside")]
    zones = gp.ZoneSet(gp.Zone(f"zone-{n}", square, [rule]) for n, rule in enumerate(asks))
    vehicle = gp.Vehicle(["camera", "radar", "lidar"], limits={"lidar": {"retain_s": gp.LimitRange(at_least=30)}})
    asker.open(draw_zones(zones, {"a": vehicle, "b": gp.Vehicle(["camera", "lidar"], shows=["stopped:inside"])}))
    said = asker.answers([(45.0, 13.0, (number, None, None, None)) for number in (0, 1)])
    others = [vehicle, gp.Vehicle(["camera", "lidar"], shows=["stopped:inside"])]
    assert [sorted_tags(own) for own in said] == [as_in_page(gp.open(zones, own).decide(45.0, 13.0)) for own in others]
    assert said[1]["levels"][0] == gp.Level.IN_VEHICLE
    assert "store_conflict" in said[1]["reasons"]


NOTHING_KNOWN = (0, None, None, None)


def wrong_places(asker, engine, places):
    """Where the page finds other zones than the engine, or calls a place known that is not."""
    wrong = []
    for start in range(0, len(places), 5000):
        part = places[start : start + 5000]
        for (lat, lon), said in zip(part, asker.answers([(*own, NOTHING_KNOWN) for own in part]), strict=True):
            decision = engine.decide(lat, lon)
            if (tuple(said["zones"]), said["certainty"]) != (decision.zones, decision.certainty):
                wrong.append((lat, lon))
    return wrong


def test_page_finds_the_zones_of_every_point_among_the_vectors(asker):
    places = {}
    for own in vectors.read("points"):
        if own.get("position", True):
            places.setdefault(own["set"], []).append((own["lat"], own["lon"]))
    for name, own in places.items():
        pack = gp.read_pack(vectors.FOLDER / "packs" / f"{name}.gpol")
        asker.open(draw_zones(pack, time=datetime(2026, 6, 1, tzinfo=UTC), days=1))
        assert wrong_places(asker, gp.open(pack), own) == [], name


@pytest.mark.parametrize("count", [500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_page_finds_the_zones_of_the_kernel_on_edges_and_beside_them(asker, count):
    random = np.random.default_rng(20261130)
    for name, zones in kernel_zones.hard_sets(random).items():
        zone_set = gp.ZoneSet(zones)
        lat, lon = kernel_zones.hard_fixes(random, zone_set, count)
        asker.open(draw_zones(zone_set))
        assert wrong_places(asker, gp.open(zone_set), list(zip(lat.tolist(), lon.tolist(), strict=True))) == [], name
