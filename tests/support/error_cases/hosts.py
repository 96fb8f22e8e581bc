"""Hosts: what they refuse before anything drives."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from unittest.mock import patch

import geopolicy as gp
from error_cases.samples import ENGINE, NAIVE
from shapes import box
from sumo_double import still


def fleet(given):
    return lambda _: gp.hosts.SumoFleet(**{"engine": ENGINE, "sumo": still()} | given)


def without_libsumo(_folder):
    with patch.dict(sys.modules, {"libsumo": None}):
        gp.hosts.SumoFleet(ENGINE)


REFERENCE = "<geoReference>EPSG:32633</geoReference>"
XODR = f"<OpenDRIVE><header>{REFERENCE}</header></OpenDRIVE>"
ACTOR = SimpleNamespace(get_location=None, get_velocity=None)
CAMERA = SimpleNamespace(id=1, type_id="sensor.camera.rgb")
SONAR = SimpleNamespace(id=4, type_id="sensor.sonar")
SET = gp.ZoneSet([gp.Zone("yard", box(13.0, 45.0, 14.0, 46.0), [gp.Rule(["camera"], gp.Level.OFF)])])


def carla_vehicle(given):
    return lambda _: gp.hosts.CarlaVehicle(
        **{"zones": SET, "actor": ACTOR, "sensors": [CAMERA], "carla_map": XODR} | given
    )


CASES = {
    "CarlaMap": [
        (
            lambda _: gp.hosts.CarlaMap(3),
            TypeError,
            r"^source must be a carla.Map or the text of an OpenDRIVE file, got",
        ),
        (
            lambda _: gp.hosts.CarlaMap(XODR.replace(REFERENCE, "")),
            ValueError,
            r"^the OpenDRIVE header must have a geoReference, got none; add the projection of the map$",
        ),
        (
            lambda _: gp.hosts.CarlaMap(XODR.replace("EPSG:32633", "EPSG:4326")),
            ValueError,
            r"^the geoReference must be a projection in metres, got 'EPSG:4326'$",
        ),
        (
            lambda _: gp.hosts.CarlaMap(XODR.replace("</header>", "<offset x='3'/></header>")),
            ValueError,
            r"^the OpenDRIVE header must have no offset, got one; put it into \+x_0 and \+y_0 of geoReference$",
        ),
    ],
    "CarlaVehicle": [
        (carla_vehicle({"actor": "ego"}), TypeError, r"^actor must be an actor of CARLA, got str$"),
        (carla_vehicle({"sensors": [SONAR]}), ValueError, r"^sensors must have blueprints that are known, got 'sensor"),
        (carla_vehicle({"names": {9: "camera"}}), ValueError, r"^names must be of sensors of the vehicle, got id 9$"),
        (carla_vehicle({"accuracy_95_m": -1}), ValueError, r"^accuracy_95_m must be above 0 m, got -1.0; leave it out"),
    ],
    "CarlaVehicle.level": [
        (
            lambda _: carla_vehicle({})(None).level(SONAR),
            ValueError,
            r"^sensor must be one of the vehicle's, got id 4$",
        ),
    ],
    "SumoFleet": [
        (without_libsumo, ImportError, r"^SumoFleet needs libsumo \(.*\); pip install 'geopolicy\[sumo\]'$"),
        (
            fleet({"engine": "zones"}),
            TypeError,
            r"^engine must be an engine .*, or a function that gives one, got str$",
        ),
        (fleet({"sumo": "libsumo"}), TypeError, r"^sumo must be libsumo, traci or a connection of it, got str$"),
        (fleet({"is_coloured": 1}), TypeError, r"^is_coloured must be True or False, got int$"),
        (fleet({"accuracy_95_m": 0}), ValueError, r"^accuracy_95_m must be above 0 m, got 0.0; leave it out if exact$"),
        (fleet({"start": NAIVE}), ValueError, r"^start must be an aware datetime, got a naive one"),
        (
            fleet({"sumo": still(is_geographic=False)}),
            ValueError,
            r"^the SUMO net must have geographic coordinates, got metres alone; make it from OpenStreetMap \(",
        ),
    ],
}
