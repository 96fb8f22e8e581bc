"""What the cases need: a set, an engine for a vehicle, and files that cannot be read."""

from __future__ import annotations

import sys
from datetime import datetime

import pytest

import geopolicy as gp
from shapes import box
from zones import camera_zone

ZONE = camera_zone("yard", box(13, 45, 14, 46))
SET = gp.ZoneSet([ZONE])
ENGINE = gp.open(SET, gp.Vehicle(["camera.front", "lidar"]))
NAIVE = datetime(2026, 1, 1)


def unreadable_set(folder):
    (folder / "a.geojson").write_bytes(b"{")
    return folder


def empty_pack(folder):
    (folder / "fleet.gpol").touch()
    return folder / "fleet.gpol"


def without_kernel(call):
    """The call where the kernel was not built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "geopolicy._kernel", None)
        patch.delattr(gp, "_kernel", raising=False)
        return call()


def without_pyarrow(call):
    """The call where pyarrow is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        patch.delitem(sys.modules, "geopolicy.model.arrow", raising=False)
        return call()
