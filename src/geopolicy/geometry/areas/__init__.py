"""Areas whose vertices are whole numbers on the grid: cut, joined and compared, never rounded to the wrong side."""

from geopolicy.geometry.areas.area import Area, bounds_of, from_geojson, is_empty, to_geojson
from geopolicy.geometry.areas.covering import covers
from geopolicy.geometry.areas.inner import inner_difference, inner_intersection
from geopolicy.geometry.areas.outer import complement, outer_difference, outer_intersection, outer_union

__all__ = [
    "Area",
    "bounds_of",
    "complement",
    "covers",
    "from_geojson",
    "inner_difference",
    "inner_intersection",
    "is_empty",
    "outer_difference",
    "outer_intersection",
    "outer_union",
    "to_geojson",
]
