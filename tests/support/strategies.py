"""What the strategies of `geopolicy.testing` are used with here."""

from __future__ import annotations

from hypothesis import strategies as st

from geopolicy import LimitRange, Vehicle
from geopolicy.testing import vehicles
from geopolicy.testing.rule_strategies import NOTICES, SENSORS
from geopolicy.testing.tightness import AT_MOST, NO_FINER
from geopolicy.testing.zone_strategies import CHINA, PLACES

OFFSETS_M = st.sampled_from([0.0, 0.5, 3.0, 30.0, 250.0, 2_000.0, 10_000.0]) | st.floats(0.0, 10_000.0)
STATES = st.sampled_from(["driving", "parked"])
EMERGENCIES = st.sampled_from([None, True, False])
VEHICLES = vehicles()
ABLE = Vehicle(SENSORS, limits={"*": dict.fromkeys(AT_MOST + NO_FINER, LimitRange())}, shows=NOTICES)
"""Can keep every limit, and show everything everywhere."""
OFTEN_IN_CHINA = (*PLACES, CHINA, CHINA)


def degrees(units: int) -> float:
    """Whole units of 1e-7 degrees as degrees."""
    return units / 1e7
