"""The engines of this library keep the contract that it publishes, and engines with faults do not."""

from __future__ import annotations

import geopolicy as gp
from geopolicy.testing import EngineContract


class TestKernel(EngineContract):
    def open_engine(self, zones, vehicle):
        return gp.open(zones, vehicle, engine="kernel")


class TestReference(EngineContract):
    def open_engine(self, zones, vehicle):
        return gp.open(zones, vehicle, engine="reference")
