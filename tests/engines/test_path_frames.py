"""Ways in GCJ-02 and BD-09: straight in WGS 84, they are bent where their zones are drawn."""

from __future__ import annotations

import numpy as np
import pytest

import geopolicy as gp
from geopolicy.geometry import frames, tangent_plane
from shapes import box

SIDE_DEG = 4e-6  # a zone of less than half a metre


def most_bent_way(family: str, length_m: float) -> tuple[float, float, float, float]:
    """The way, of many of one length, whose middle in the frame is farthest from the chord between its ends."""
    chance = np.random.default_rng(11)
    count = 100_000
    lat, lon = chance.uniform(20.0, 45.0, count), chance.uniform(100.0, 125.0, count)
    azimuth = chance.uniform(0.0, 2.0 * np.pi, count)
    per_lat, per_lon = tangent_plane.scales(lat * 1e7)
    lat1 = lat + length_m * np.cos(azimuth) / (per_lat * 1e7)
    lon1 = lon + length_m * np.sin(azimuth) / (per_lon * 1e7)
    y0, x0 = frames.forward(family, lat, lon)
    y1, x1 = frames.forward(family, lat1, lon1)
    y, x = frames.forward(family, (lat + lat1) / 2.0, (lon + lon1) / 2.0)
    along_x, along_y = (x1 - x0) * per_lon, (y1 - y0) * per_lat
    bend = np.abs(along_x * (y - y0) * per_lat - along_y * (x - x0) * per_lon) / np.hypot(along_x, along_y)
    worst = int(np.argmax(bend))
    return float(lat[worst]), float(lon[worst]), float(lat1[worst]), float(lon1[worst])


@pytest.mark.parametrize("family", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("length_m", [30.0, 150.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0])
def test_decide_path_bent_in_the_frame_applies_every_zone_that_a_position_on_the_way_is_in(
    family: str, length_m: float
):
    lat0, lon0, lat1, lon1 = most_bent_way(family, length_m)
    middle = (lat0 + lat1) / 2.0, (lon0 + lon1) / 2.0
    y, x = frames.forward(family, *middle)
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ring = [[x + dx * SIDE_DEG / 2.0, y + dy * SIDE_DEG / 2.0] for dx, dy in corners]
    zone = gp.Zone("kiosk", {"type": "Polygon", "coordinates": [ring]}, [gp.Rule(["*"], gp.Level.OFF)], frame=family)
    engine = gp.open(gp.ZoneSet([zone]), engine="reference")
    assert engine.decide(*middle).zones == ("kiosk",)
    assert engine.decide_path(lat0, lon0, lat1, lon1).zones == ("kiosk",)


@pytest.mark.parametrize("engine", ["kernel", "reference"])
@pytest.mark.parametrize("frame", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ((45.0, -100.0), (30.0, 99.99)),  # over the antimeridian
        ((-80.0, -120.0), (50.0, 100.0)),  # bends by kilometres in the frame
        ((30.0, 58.99), (30.0, 100.0)),
        ((-11.01, 100.0), (30.0, 100.0)),
        ((71.01, 100.0), (30.0, 100.0)),
        ((30.0, 151.01), (30.0, 100.0)),
    ],
)
def test_a_path_into_a_frame_from_far_outside_of_it_is_not_known(engine, frame, first, last):
    zone = gp.Zone("z", box(100.0, 30.0, 100.01, 30.02), [gp.Rule(["camera"], gp.Level.OFF)], frame=frame)
    asked = gp.open(gp.ZoneSet([zone]), engine=engine)
    for ends in ((*first, *last), (*last, *first)):
        answers = asked.decide_path(*ends), asked.decide_path(*ends, 2_000.0)
        assert {own.certainty for own in answers} == {gp.Certainty.UNKNOWN}
    assert asked.decide_path(30.0, 59.0, 30.01, 100.005).zones == ("z",)
