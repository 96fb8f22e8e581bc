"""The land of the Earth, coarsely: outlines in tenths of degrees, and small islands as positions."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import shapely


class Land(NamedTuple):
    """Land as one shape in degrees, and land with all islands; both are prepared for many questions."""

    mainland: shapely.Geometry
    everything: shapely.Geometry


@lru_cache(maxsize=1)
def land() -> Land:
    """The land of the Earth."""
    stored = json.loads(files(__package__).joinpath("land.json").read_text(encoding="utf-8"))
    rings = [np.cumsum(np.array(ring).reshape(-1, 2), axis=0) / 10.0 for ring in stored["rings"]]
    mainland = shapely.union_all(shapely.make_valid([shapely.Polygon(ring) for ring in rings]))
    islands = shapely.points(np.array(stored["islands"], dtype=np.float64).reshape(-1, 2))
    everything = shapely.GeometryCollection([mainland, *islands.tolist()])
    for shape in (mainland, everything):
        shapely.prepare(shape)
    return Land(mainland, everything)
