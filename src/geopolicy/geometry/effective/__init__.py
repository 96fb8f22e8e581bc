"""What engines see of a zone: its effective polygon, on the grid."""

from geopolicy.geometry.effective.build import Outline, are_apart, coverage_outline, outline_of, shape_problems
from geopolicy.geometry.effective.rings import FAULT_RULES
from geopolicy.geometry.effective.unwrap import unwrapped

__all__ = ["FAULT_RULES", "Outline", "are_apart", "coverage_outline", "outline_of", "shape_problems", "unwrapped"]
