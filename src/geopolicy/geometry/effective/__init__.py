"""What engines see of a zone: its effective polygon, on the grid."""

from geopolicy.geometry.effective.allowance import Allowance
from geopolicy.geometry.effective.at_once import plain_polygons
from geopolicy.geometry.effective.borders import is_no_border
from geopolicy.geometry.effective.build import (
    IN_DEGREES,
    allowance_of,
    effective_coverage,
    effective_polygon,
    keep_polygon,
    kept_polygon,
    shape_problems,
    too_much_together,
)
from geopolicy.geometry.effective.faults import FAULT_RULES, REPAIRABLE
from geopolicy.geometry.effective.polygon import EffectivePolygon, are_apart
from geopolicy.geometry.effective.unwrap import ids_to_unwrap, unknown_ids, unwrapped

__all__ = [
    "FAULT_RULES",
    "IN_DEGREES",
    "REPAIRABLE",
    "Allowance",
    "EffectivePolygon",
    "allowance_of",
    "are_apart",
    "effective_coverage",
    "effective_polygon",
    "ids_to_unwrap",
    "is_no_border",
    "keep_polygon",
    "kept_polygon",
    "plain_polygons",
    "shape_problems",
    "too_much_together",
    "unknown_ids",
    "unwrapped",
]
