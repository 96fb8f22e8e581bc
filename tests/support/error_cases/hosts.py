"""Hosts: what they refuse before anything drives."""

from __future__ import annotations

import sys
from unittest.mock import patch

import geopolicy as gp
from error_cases.samples import ENGINE, NAIVE
from sumo_double import still


def fleet(given):
    return lambda _: gp.hosts.SumoFleet(**{"engine": ENGINE, "sumo": still()} | given)


def without_libsumo(_folder):
    with patch.dict(sys.modules, {"libsumo": None}):
        gp.hosts.SumoFleet(ENGINE)


CASES = {
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
