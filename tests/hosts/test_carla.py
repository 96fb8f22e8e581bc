"""CARLA: positions of real maps by their own georeference, and a vehicle whose world is ours, for want of a server."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pyproj
import pytest

import geopolicy as gp
from c_builds import missing
from geopolicy.hosts.carla import EXACT_M
from geopolicy.replay.steps import metres_between
from shapes import box

try:
    import carla
except ImportError:
    carla = None

XODR = (Path(__file__).resolve().parents[1] / "data" / "carla" / "crossing.xodr").read_text("utf-8")
LAT, LON = 45.27, 13.71
GEOD = pyproj.Geod(ellps="WGS84")
ZONES = gp.ZoneSet([gp.Zone("square", box(13.7088, 45.2702, 13.7112, 45.2716), [gp.Rule(["camera"], gp.Level.OFF)])])


@pytest.fixture(autouse=True)
def _has_carla():
    if carla is None:
        missing("carla: pip install carla==0.9.16")


def referenced(reference, offset=""):
    header = f"<geoReference><![CDATA[{reference}]]></geoReference>{offset}"
    return re.sub(r"<geoReference>.*</geoReference>", lambda _: header, XODR)


def on_earth(east_m, north_m):
    """Where a place some metres from the origin is, by the geodesic; the projection is true to a millimetre here."""
    lon, lat, _ = GEOD.fwd(LON, LAT, math.degrees(math.atan2(east_m, north_m)), math.hypot(east_m, north_m))
    return lat, lon


def metres(one, other):
    return metres_between(gp.Fix(*one), gp.Fix(*other))


class Actor(SimpleNamespace):
    """What an actor of CARLA says of itself, in CARLA's own values."""

    def __init__(self, x=0.0, y=0.0, z=0.0, east=0.0, south=0.0, is_alive=True) -> None:
        super().__init__(location=carla.Location(x, y, z), velocity=carla.Vector3D(east, south, 0.0), is_alive=is_alive)

    def get_location(self):
        return self.location

    def get_velocity(self):
        return self.velocity


def sensor(number, type_id="sensor.camera.rgb"):
    return SimpleNamespace(id=number, type_id=type_id)


def vehicle(actor, sensors=None, names=None, attributes=None):
    own = sensors or [sensor(1)]
    return gp.hosts.CarlaVehicle(ZONES, actor, own, carla.Map("t", XODR), names=names, attributes=attributes)


def test_map_places_of_roads_are_where_opendrive_has_them():
    world = carla.Map("crossing", XODR)
    frame = gp.hosts.CarlaMap(world)
    roads = set()
    for point in world.generate_waypoints(37.0):
        location = point.transform.location
        # The middle of the right lane is 1.75 m beside the line of the road.
        east, north = (-500 + point.s, 100 - 1.75) if point.road_id == 1 else (200 + 1.75, -500 + point.s)
        assert metres(frame.position(location.x, location.y), on_earth(east, north)) < 0.01
        roads.add(point.road_id)
    assert roads == {1, 2}


def test_map_y_of_carla_points_south_whatever_its_own_geolocation_says():
    world = carla.Map("crossing", XODR)
    eastward = next(point for point in world.generate_waypoints(100.0) if point.road_id == 1).transform.location
    assert eastward.y == pytest.approx(-98.25)
    assert gp.hosts.CarlaMap(world).position(eastward.x, eastward.y)[0] > LAT
    assert world.transform_to_geolocation(eastward).latitude < LAT  # of 0.9.16: south of where the road is


def test_map_in_utm_is_read_where_carla_falls_back_to_somewhere_else():
    text = referenced("+proj=utm +zone=33 +datum=WGS84 +units=m +no_defs")
    world = carla.Map("utm", text)
    east, north = pyproj.Transformer.from_crs(4326, 32633, always_xy=True).transform(LON, LAT)
    assert metres(gp.hosts.CarlaMap(world).position(east, -north), (LAT, LON)) < 0.001
    lost = world.transform_to_geolocation(carla.Location(0, 0, 0))
    assert (lost.latitude, lost.longitude) == (42.0, 2.0)


def test_map_with_an_origin_alone_is_read_as_carla_means_it():
    frame = gp.hosts.CarlaMap(referenced("+lat_0=4.527e+1 +lon_0=1.371e+1"))
    assert metres(frame.position(300.0, -400.0), on_earth(300.0, 400.0)) < 0.01


@pytest.mark.parametrize(
    ("text", "kind", "match"),
    [
        (3, TypeError, "source must be a carla.Map or the text of an OpenDRIVE file, got int"),
        (referenced(""), ValueError, "must have a geoReference, got none; add the projection"),
        (re.sub("<geoReference>.*</geoReference>", "", XODR), ValueError, "must have a geoReference, got none"),
        (referenced("somewhere"), ValueError, "must be a projection that PROJ knows, got 'somewhere'"),
        (referenced("+proj=utm"), ValueError, "must be a projection that PROJ knows"),
        (referenced("+lat_0=45"), ValueError, "must be a projection that PROJ knows"),
        (referenced("EPSG:4326"), ValueError, "must be a projection in metres, got 'EPSG:4326'"),
        (referenced("+proj=tmerc +lat_0=45 +units=us-ft"), ValueError, "must be a projection in metres"),
        (referenced("+proj=utm +zone=33 +ellps=intl"), ValueError, r"must have a datum that is known, got .*\+towgs84"),
        (referenced("+proj=utm +zone=33 +ellps=bessel"), ValueError, "must have a datum that is known"),
        (referenced("+proj=tmerc +lat_0=45 +R=6371000"), ValueError, "must have a datum that is known"),
        (referenced("EPSG:32633", '<offset x="0" y="5" z="0" hdg="0"/>'), ValueError, "must have no offset, got one"),
        (referenced("EPSG:32633", '<offset x="much"/>'), ValueError, "must have no offset, got one"),
        ("<OpenDRIVE/>", ValueError, "must have a header, got none"),
        ("<OpenDRIVE><header>", ValueError, "must have a header, got none"),
        ("<OpenDRIVE><header></OpenDRIVE>", ValueError, "must be well-formed XML - at line 1"),
        ("<!DOCTYPE a>" + XODR.partition("\n")[2], ValueError, "must have no DOCTYPE"),
    ],
)
def test_map_that_cannot_be_read_is_refused(text, kind, match):
    with pytest.raises(kind, match=match):
        gp.hosts.CarlaMap(text)


@pytest.mark.parametrize(
    ("reference", "place", "away_m", "shift_m"),
    [  # where the projection alone leads, and where the datum lies from there, of the order that is known of it
        ("+proj=utm +zone=32 +ellps=WGS84", (500_000, 5_500_000), (0, 0.001), 0.0),
        ("+proj=utm +zone=32 +ellps=GRS80", (500_000, 5_500_000), (0, 0.001), 0.0),
        ("EPSG:25832", (500_000, 5_500_000), (0, 0.001), 1.0),
        ("+proj=utm +zone=32 +ellps=intl +towgs84=-87,-98,-121", (500_000, 5_500_000), (100, 300), 0.0),
        ("+proj=utm +zone=32 +datum=potsdam", (500_000, 5_500_000), (100, 600), 2.0),
        ("EPSG:30161", (0, 0), (300, 600), 9.0),
    ],
)
def test_map_of_another_datum_is_shifted_as_well_as_it_says(reference, place, away_m, shift_m):
    x, y = place
    frame = gp.hosts.CarlaMap(referenced(reference))
    base = pyproj.CRS(reference).geodetic_crs
    lon, lat = pyproj.Transformer.from_crs(reference, base, always_xy=True).transform(x, y)
    least, most = away_m
    assert least <= metres(frame.position(x, -y), (lat, lon)) <= most
    assert frame.shift_accuracy_m(x, -y) == shift_m
    host = gp.hosts.CarlaVehicle(ZONES, Actor(x, -y, 1.0), [sensor(1)], frame)
    assert host.fix(0.0).accuracy_95_m == pytest.approx(EXACT_M + shift_m + max(place) * 2**-23)


def test_map_offset_of_nothing_and_namespaces_are_read():
    text = referenced("EPSG:32633", '<offset x="0.0" y="+0" z="0e0" hdg="-0.00"/>')
    text = text.replace("<OpenDRIVE>", '<OpenDRIVE xmlns="http://code.asam.net/simulation/standard/opendrive_schema">')
    assert math.isfinite(gp.hosts.CarlaMap(text).position(400_000.0, -5_000_000.0)[0])


def test_vehicle_fix_says_where_and_how_it_moves():
    time = datetime(2026, 12, 1, tzinfo=UTC)
    fix = vehicle(Actor(200.0, -300.0, 0.5, east=3.0, south=-4.0)).fix(7.0, time)
    assert metres((fix.lat, fix.lon), on_earth(200.0, 300.0)) < 0.01
    assert (fix.speed_mps, fix.monotonic_s, fix.time, fix.valid) == (5.0, 7.0, time, True)
    assert fix.course_deg == pytest.approx(math.degrees(math.atan2(3, 4)), abs=0.01)
    assert fix.accuracy_95_m == pytest.approx(EXACT_M, abs=1e-4)
    assert vehicle(Actor(1.0)).fix(0.0).course_deg is None


def test_vehicle_accuracy_has_what_single_precision_cannot_tell():
    actor = Actor(398_800.0, -5_013_700.3, 1.0)
    host = gp.hosts.CarlaVehicle(ZONES, actor, [sensor(1)], referenced("EPSG:32633"), accuracy_95_m=2.0)
    assert abs(actor.location.y + 5_013_700.3) > 0.1
    assert host.fix(0.0).accuracy_95_m == pytest.approx(2.6, abs=0.01)


@pytest.mark.parametrize(
    "place", [{}, {"x": 5.0, "is_alive": False}, {"x": math.nan}, {"x": math.inf, "y": 3.0}, {"x": 1e30}]
)
def test_vehicle_that_is_nowhere_has_no_position_and_is_off(place):
    host = vehicle(Actor(**place))
    assert not host.fix(0.0).valid
    for second in range(10):
        decision = host.update(float(second))
    assert decision.disabled == {"camera"}


class Destroyed(Actor):
    """An actor that CARLA has destroyed: it refuses each question, as 0.9.16 does."""

    def refuse(self):
        raise RuntimeError("trying to operate on a destroyed actor; an actor's function was called")

    get_location = get_velocity = refuse


class Vanished(Destroyed):
    """One that is destroyed between two questions."""

    get_location = Actor.get_location


@pytest.mark.parametrize("gone", [Destroyed(5.0), Destroyed(5.0, is_alive=False), Vanished(5.0)])
def test_vehicle_whose_actor_was_destroyed_has_no_position_and_is_off(gone):
    host = vehicle(Actor(300.0, 5.0))
    for tick in range(100):
        host.update(tick / 10.0)
    assert host.level(sensor(1)) == gp.Level.ALLOW
    host._actor = gone
    assert not host.fix(10.0).valid
    for second in range(10, 20):
        host.update(float(second))
    assert host.level(sensor(1)) == gp.Level.OFF


def test_vehicle_is_decided_as_a_plain_monitor_decides():
    names = {1: "camera.exterior.front"}
    sensors = [sensor(1), sensor(2, "sensor.lidar.ray_cast"), sensor(3, "sensor.other.imu")]
    actor = Actor()
    host = vehicle(actor, sensors, names=names, attributes={"class": "car"})
    plain = gp.Monitor(gp.open(ZONES, gp.Vehicle(["camera.exterior.front", "lidar"], class_="car")))
    levels = set()
    road = [p.transform.location for p in carla.Map("t", XODR).generate_waypoints(1.0) if p.road_id == 1]
    for step, location in enumerate(sorted(road, key=lambda place: place.x)):
        actor.location, actor.velocity = location, carla.Vector3D(10.0, 0.0, 0.0)
        decision = host.update(step / 10.0, state="driving")
        lat, lon = on_earth(location.x, -location.y)
        alone = plain.update(gp.Fix(lat, lon, EXACT_M, None, step / 10.0, 10.0, 90.0), "driving")
        assert (decision.levels, decision.zones) == (alone.levels, alone.zones)
        levels.add(host.level(sensors[0]))
        if gp.open(ZONES).decide(lat, lon).zones:
            assert host.level(sensors[0]) == gp.Level.OFF
        assert host.level(sensors[2]) == gp.Level.ALLOW
    assert levels == {gp.Level.OFF, gp.Level.ALLOW}


@pytest.mark.parametrize(
    ("type_id", "name"),
    [
        ("sensor.camera.semantic_segmentation", "camera"),
        ("sensor.camera.dvs", "camera"),
        ("sensor.lidar.ray_cast_semantic", "lidar"),
        ("sensor.other.radar", "radar"),
        ("sensor.other.gnss", "gnss"),
        ("sensor.other.v2x_custom", "link"),
    ],
)
def test_sensors_have_coarse_names_which_obey_rules_for_finer_ones(type_id, name):
    host = vehicle(Actor(), [sensor(1, type_id)])
    assert host.monitor.vehicle.sensors == (name,)
    rules = gp.ZoneSet([gp.Zone("all", box(13, 45, 14, 46), [gp.Rule([f"{name}.exterior.left"], gp.Level.OFF)])])
    assert gp.open(rules, host.monitor.vehicle).decide(45.5, 13.5).disabled == {name}


def test_sensors_by_names_that_the_zones_do_not_know_are_warned_of():
    with pytest.warns(UserWarning, match=r"got 'kamera.vorn' \(is 'camera' meant\?\); rules pass them over") as told:
        vehicle(Actor(), names={1: "kamera.vorn"})
    assert told[0].filename == __file__


def test_sensors_that_are_not_known_or_not_its_own_are_refused():
    with pytest.raises(
        ValueError, match=r"blueprints that are known, got 'sensor.sonar'; say what it is, as names=\{4: "
    ):
        vehicle(Actor(), [sensor(4, "sensor.sonar")])
    assert vehicle(Actor(), [sensor(4, "sensor.sonar")], names={4: "ultrasonic"}).monitor.vehicle.sensors == (
        "ultrasonic",
    )
    with pytest.raises(ValueError, match="names must be of sensors of the vehicle, got id 9"):
        vehicle(Actor(), names={9: "camera"})
    with pytest.raises(ValueError, match="sensor must be one of the vehicle's, got id 9"):
        vehicle(Actor()).level(sensor(9))
    with pytest.raises(TypeError, match="actor must be an actor of CARLA, got str"):
        vehicle("ego")
