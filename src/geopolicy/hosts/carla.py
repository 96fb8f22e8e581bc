"""A vehicle of CARLA with a monitor: its position by the map's own georeference, its sensors by their blueprints.

CARLA itself is not imported: maps and actors are taken as they come, of any version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import atan2, degrees, hypot, isfinite, nan
from types import NoneType
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from geopolicy.base.arguments import check_kind, list_of, number
from geopolicy.engines.open import open as open_engine
from geopolicy.engines.unmatched import warn_of_unmatched
from geopolicy.geometry.tangent_plane import scales
from geopolicy.model.fixes import Fix
from geopolicy.model.rules import Level
from geopolicy.model.sensors import Vehicle
from geopolicy.monitor.monitor import Monitor
from geopolicy.monitor.profile import MonitorProfile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pyproj import Transformer

    from geopolicy.model.decisions import Decision

EXACT_M = 0.1
"""Stands for the accuracy of an exact position, since a monitor takes 0 m for none."""
# By the beginning of a blueprint's id, as coarse as it is known: a coarse name obeys the rules for all finer ones.
SENSORS: Mapping[str, str | None] = {
    "sensor.camera.": "camera",
    "sensor.lidar.": "lidar",
    "sensor.other.radar": "radar",
    "sensor.other.gnss": "gnss",
    "sensor.other.v2x": "link",
    # These tell of the vehicle itself or of the simulation, and look at nothing.
    "sensor.other.imu": None,
    "sensor.other.collision": None,
    "sensor.other.lane_invasion": None,
    "sensor.other.obstacle": None,
    "sensor.other.rss": None,
}
_ZERO = re.compile(r"\s*[-+]?0*\.?0*(?:[eE][-+]?\d+)?\s*")
_CHUNK = 65536
_SINGLE = 2.0**-23  # locations of CARLA are single precision: 0.5 m at the northings of UTM
_AS_WGS84 = ("WGS 84", "GRS 1980")  # ellipsoids that differ by 0.1 mm
_ORIGIN = re.compile(r"\+(lat_0|lon_0)=([-+.\deE]+)(?=\s|$)")
_STEEPEST_LAT = 85.0


class CarlaMap:
    """Where the places of a CARLA map are on Earth, by the ``geoReference`` of its OpenDRIVE.

    CARLA's x points east and its y south, as it lays out the roads of OpenDRIVE: y is turned round. CARLA's own
    ``transform_to_geolocation`` knows no projection but its own, and takes every UTM string for 42 N 2 E; in 0.9.16 it
    takes y for north.

    Parameters
    ----------
    source
        A ``carla.Map``, or the text of an OpenDRIVE file.

    Raises
    ------
    TypeError
        For anything else.
    ValueError
        If there is no georeference, it is no projection in metres that PROJ knows, its datum is not known, or the
        header has an offset.
    """

    def __init__(self, source: Any) -> None:
        text = source.to_opendrive() if hasattr(source, "to_opendrive") else source
        check_kind("source", text, str, "a carla.Map or the text of an OpenDRIVE file")
        self._transformer = _transformer_of(_georeference(text))
        self._shift_m = self._transformer.accuracy

    def position(self, x: float, y: float) -> tuple[float, float]:
        """Latitude and longitude of a location of CARLA, in degrees; not finite where the projection has none."""
        lon, lat = self._transformer.transform(x, -y)
        return lat, lon

    def shift_accuracy_m(self, x: float, y: float) -> float:
        """How far the position of a location may be off by the shift from the datum of the map to WGS 84, as PROJ says.

        0 for a map on WGS 84, and where it is not known, as with ``+towgs84``.
        """
        if self._shift_m < 0.0 and not self._transformer.operations:  # one of several, which depends on the place
            self._transformer.transform(x, -y)
            return max(self._transformer.get_last_used_operation().accuracy, 0.0)
        return max(self._shift_m, 0.0)

    def course_deg(self, x: float, y: float, east_mps: float, south_mps: float) -> float | None:
        """The course of a velocity of CARLA at a location, clockwise from true north; None where there is none."""
        speed_mps = hypot(east_mps, south_mps)
        lat, lon = self.position(x, y)
        if not (speed_mps > 0.0 and isfinite(speed_mps) and abs(lat) < _STEEPEST_LAT):
            return None
        ahead_lat, ahead_lon = self.position(x + east_mps / speed_mps, y + south_mps / speed_mps)
        per_lat, per_lon = scales(lat * 1e7)
        course = degrees(atan2((ahead_lon - lon) * per_lon, (ahead_lat - lat) * per_lat))
        return course % 360.0 if isfinite(course) else None


class CarlaVehicle:
    """A vehicle of CARLA whose sensors are decided about: after each tick of the world call `update`.

    Parameters
    ----------
    zones
        What `geopolicy.open` takes.
    actor
        The vehicle.
    sensors
        The sensors attached to it. A camera is called ``camera``, and so on (`SENSORS`), and obeys the rules for every
        camera; those for IMUs, collisions and the like have no name, and are always allowed.
    carla_map
        The map, or the `CarlaMap` of it.
    names
        Finer names, by the ids of sensors: ``{front.id: "camera.exterior.front"}``.
    attributes
        Of the vehicle, as `Vehicle` has them.
    profile
        Of the monitor.
    accuracy_95_m
        What fixes state; by default they are exact, for which 0.1 m stands.

    Attributes
    ----------
    monitor
        The monitor.

    Raises
    ------
    TypeError
        For a value of another type.
    ValueError
        For a sensor that is not known by its blueprint and has no name, and as `CarlaMap`; for an accuracy not above 0.
    """

    def __init__(
        self,
        zones: Any,
        actor: Any,
        sensors: Iterable[Any],
        carla_map: Any,
        *,
        names: Mapping[int, str] | None = None,
        attributes: Mapping[str, str] | None = None,
        profile: MonitorProfile | None = None,
        accuracy_95_m: float = EXACT_M,
    ) -> None:
        check_kind("names", names, (Mapping, NoneType), "a mapping of ids to names, or None")
        check_kind("profile", profile, (MonitorProfile, NoneType), "a MonitorProfile or None")
        check_kind("accuracy_95_m", accuracy_95_m, (int, float), "a number of metres")
        accuracy_95_m = number("accuracy_95_m", accuracy_95_m)
        if not (isfinite(accuracy_95_m) and accuracy_95_m > 0.0):
            raise ValueError(f"accuracy_95_m must be above 0 m, got {accuracy_95_m!r}; leave it out if exact")
        _check_actors("actor", (actor,), "get_location", "get_velocity")
        self._names = _named(list_of("sensors", sensors, object, "sensors"), names or {})
        self._map = carla_map if isinstance(carla_map, CarlaMap) else CarlaMap(carla_map)
        self._actor = actor
        self._accuracy_m = accuracy_95_m
        own = sorted({name for name in self._names.values() if name is not None})
        engine = open_engine(zones, Vehicle(own, attributes))
        warn_of_unmatched(engine, stacklevel=2)
        self.monitor = Monitor(engine, profile=profile)

    def fix(self, monotonic_s: float, time: datetime | None = None) -> Fix:
        """Where the vehicle is; not valid where CARLA does not say, as of an actor before its first tick.

        Nor is it valid of one that is destroyed, and where CARLA raises a RuntimeError in place of an answer.
        """
        motion = self._motion()
        lat, lon = (nan, nan) if motion is None else self._map.position(*motion[:2])
        if motion is None or not (isfinite(lat) and isfinite(lon)):
            return Fix(nan, nan, None, time, monotonic_s, valid=False)
        x, y, east_mps, south_mps = motion
        course_deg = self._map.course_deg(x, y, east_mps, south_mps)
        accuracy_m = self._accuracy_m + self._map.shift_accuracy_m(x, y) + max(abs(x), abs(y)) * _SINGLE
        return Fix(lat, lon, accuracy_m, time, monotonic_s, hypot(east_mps, south_mps), course_deg)

    def _motion(self) -> tuple[float, float, float, float] | None:
        """Where in CARLA's world the actor is, x and y, and its velocity there; None where CARLA does not say."""
        try:
            if getattr(self._actor, "is_alive", True) is not True:
                return None
            location, velocity = self._actor.get_location(), self._actor.get_velocity()
        except RuntimeError:  # as of an actor that was destroyed, or a server that does not answer in time
            return None
        x, y, z = (float(value) for value in (location.x, location.y, location.z))
        return (x, y, float(velocity.x), float(velocity.y)) if any((x, y, z)) else None

    def update(self, elapsed_s: float, time: datetime | None = None, state: str | None = None) -> Decision:
        """The decision after a tick of the world.

        Parameters
        ----------
        elapsed_s
            ``world.get_snapshot().timestamp.elapsed_seconds``, which is the clock of the monitor.
        time
            The aware time that it is in the simulated world; None: not known.
        state
            As `Monitor.update` has it.
        """
        return self.monitor.update(self.fix(elapsed_s, time), state, now_s=elapsed_s)

    def level(self, sensor: Any) -> Level:
        """The level of a sensor now: of one that is off all data must be thrown away.

        Raises
        ------
        ValueError
            For a sensor that is not one of the vehicle's.
        """
        if sensor.id not in self._names:
            raise ValueError(f"sensor must be one of the vehicle's, got id {sensor.id!r}")
        name = self._names[sensor.id]
        return Level.ALLOW if name is None else self.monitor.decision.levels[name]


def _check_actors(what: str, actors: Iterable[Any], *needed: str) -> None:
    for actor in actors:
        if not all(hasattr(actor, name) for name in needed):
            raise TypeError(f"{what} must be an actor of CARLA, got {type(actor).__name__}")


def _named(sensors: tuple[Any, ...], names: Mapping[int, str]) -> dict[int, str | None]:
    """The name of each sensor by its id."""
    _check_actors("sensors", sensors, "id", "type_id")
    own = {sensor.id for sensor in sensors}
    for sensor_id in names:
        if sensor_id not in own:
            raise ValueError(f"names must be of sensors of the vehicle, got id {sensor_id!r}")
    return {sensor.id: names[sensor.id] if sensor.id in names else _name_of(sensor) for sensor in sensors}


def _name_of(sensor: Any) -> str | None:
    for beginning, name in SENSORS.items():
        if str(sensor.type_id).startswith(beginning):
            return name
    hint = f"say what it is, as names={{{sensor.id!r}: 'camera.exterior.front'}}"
    raise ValueError(f"sensors must have blueprints that are known, got {sensor.type_id!r}; {hint}")


def _georeference(text: str) -> str:
    """The text of the georeference in the header of an OpenDRIVE file."""
    header = _header(text)
    offset = header.find("offset")
    if offset is not None and any(_ZERO.fullmatch(value) is None for value in offset.attrib.values()):
        raise ValueError("the OpenDRIVE header must have no offset, got one; put it into +x_0 and +y_0 of geoReference")
    reference = (header.findtext("geoReference") or "").strip()
    if not reference:
        raise ValueError("the OpenDRIVE header must have a geoReference, got none; add the projection of the map")
    return reference


def _header(text: str) -> ElementTree.Element:
    """The header of OpenDRIVE, its names without namespaces; what follows it is not read."""
    target = _HeaderTarget()
    parser: ElementTree.XMLParser[None] = ElementTree.XMLParser(target=target)  # noqa: S314  # DOCTYPE is refused
    try:
        for at in range(0, len(text), _CHUNK):
            parser.feed(text[at : at + _CHUNK])
            if target.header is not None:
                return target.header
    except ElementTree.ParseError as error:
        line, column = error.position
        raise ValueError(f"the OpenDRIVE file must be well-formed XML - at line {line} column {column + 1}") from None
    raise ValueError("the OpenDRIVE file must have a header, got none")


class _HeaderTarget:
    """The target of an `XMLParser`: builds the first header, and nothing else."""

    def __init__(self) -> None:
        self._builder = ElementTree.TreeBuilder()
        self._depth = 0  # within the header
        self.header: ElementTree.Element | None = None

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise ValueError("the OpenDRIVE file must have no DOCTYPE (entities are not expanded), got one; remove it")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if self.header is None and (self._depth or name == "header"):
            self._depth += 1
            self._builder.start(name, attributes)

    def data(self, text: str) -> None:
        if self._depth:
            self._builder.data(text)

    def end(self, tag: str) -> None:
        if self._depth:
            self._depth -= 1
            self._builder.end(tag.rpartition("}")[2])
            if not self._depth:
                self.header = self._builder.close()

    def close(self) -> None:
        """Nothing is left to hand over."""


def _transformer_of(reference: str) -> Transformer:
    """From metres in a projection to longitude and latitude on WGS 84."""
    import pyproj

    from geopolicy.geometry.projection import transformer_from

    origin = dict(_ORIGIN.findall(reference))
    if "+proj" not in reference and set(origin) == {"lat_0", "lon_0"}:  # as CARLA's own towns have it
        reference = f"+proj=tmerc +lat_0={origin['lat_0']} +lon_0={origin['lon_0']} +datum=WGS84 +units=m"
    try:
        crs = pyproj.CRS.from_user_input(reference).to_2d()
    except pyproj.exceptions.CRSError:
        raise ValueError(f"the geoReference must be a projection that PROJ knows, got {reference[:80]!r}") from None
    if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info):
        raise ValueError(f"the geoReference must be a projection in metres, got {reference[:80]!r}")
    base = crs.geodetic_crs
    datum = "" if base is None or base.datum is None else base.datum.name
    if base is not None and datum in [f"Unknown based on {ellipsoid} ellipsoid" for ellipsoid in _AS_WGS84]:
        return pyproj.Transformer.from_crs(crs, base, always_xy=True)
    try:
        return transformer_from(crs)
    except pyproj.exceptions.ProjError:
        hint = "add its +datum or its +towgs84, or write its EPSG code"
        raise ValueError(f"the geoReference must have a datum that is known, got {reference[:80]!r}; {hint}") from None
