"""VSS and KUKSA: what is refused before anything drives."""

from __future__ import annotations

import sys
from unittest.mock import patch

import grpc

import geopolicy as gp
from kuksa_double import answering

CAR = gp.Vehicle(["camera", "radar"])
DECISION = gp.Monitor(None, vehicle=CAR).decision


def kuksa(given):
    return lambda _: gp.hosts.KuksaVehicle(**{"monitor": gp.Monitor(None), "client": answering()} | given)


def without_kuksa_client(folder):
    with patch.dict(sys.modules, {"kuksa.val.v2": None}):
        kuksa({})(folder)


NAMES_OF_BOTH = [
    ({"names": ["camera"]}, TypeError, r"^names must be a mapping of sensors to branches, or None, got list$"),
    ({"names": {"camera": 3}}, TypeError, r"^names must be texts, got int for 'camera'$"),
    ({"names": {"sonar": "Vehicle.Sonar"}}, ValueError, r"^names must be of sensors of the vehicle, got 'sonar'$"),
    (
        {"names": {"camera": "Cabin.Camera"}},
        ValueError,
        r"^names must be branches of VSS such as 'Vehicle.Cabin.Camera', got 'Cabin.Camera'$",
    ),
    (
        {"names": {"camera": "Vehicle.Geopolicy.Radar"}},
        ValueError,
        r"^sensor 'radar' needs signals of its own in VSS, got 'Vehicle.Geopolicy.Radar', which is taken; see names$",
    ),
    (
        {"names": {"camera": "Vehicle.Geopolicy.Certainty.Camera"}},
        ValueError,
        r"^a name in VSS must be of a branch or of a signal, got 'Vehicle.Geopolicy.Certainty' for both; see names$",
    ),
]

CASES = {
    "vss_overlay": [
        (lambda _: gp.hosts.vss_overlay("car"), TypeError, r"^vehicle must be a Vehicle or None, got str$"),
        *((lambda _, g=given: gp.hosts.vss_overlay(CAR, **g), kind, text) for given, kind, text in NAMES_OF_BOTH),
    ],
    "vss_values": [
        (lambda _: gp.hosts.vss_values("off"), TypeError, r"^decision must be a Decision, got str$"),
        *((lambda _, g=given: gp.hosts.vss_values(DECISION, **g), kind, text) for given, kind, text in NAMES_OF_BOTH),
    ],
    "KuksaVehicle": [
        (
            without_kuksa_client,
            ImportError,
            r"^KuksaVehicle needs kuksa-client \(.*\); pip install 'geopolicy\[kuksa\]'$",
        ),
        (kuksa({"monitor": "zones"}), TypeError, r"^monitor must be a Monitor, got str$"),
        (kuksa({"client": "localhost"}), TypeError, r"^client must be a kuksa_client.grpc.VSSClient, got str$"),
        (
            kuksa({"client": answering(is_connected=False)}),
            ValueError,
            r"^client must be connected, got one that is not",
        ),
        (kuksa({"confidence": 99}), ValueError, r"^confidence must be 68, 95 or None, got 99$"),
        (kuksa({"timeout_s": 0}), ValueError, r"^timeout_s must be above 0 s and below 60 s, got 0$"),
        (kuksa({"names": {"sonar": "Vehicle.Sonar"}}), ValueError, r"^names must be of sensors of the vehicle"),
        (
            kuksa({"client": answering(grpc.StatusCode.NOT_FOUND)}),
            ValueError,
            r"^the KUKSA broker must have the signal 'Vehicle.CurrentLocation.Latitude', got none; the broker must",
        ),
        (
            kuksa({"client": answering(grpc.StatusCode.UNAVAILABLE)}),
            ConnectionError,
            r"^the KUKSA broker must answer ListMetadata, got UNAVAILABLE$",
        ),
    ],
}
