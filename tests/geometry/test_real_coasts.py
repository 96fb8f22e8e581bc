"""Coasts at 1:1,000,000 (Debian's gmt-dcw, if it is installed): repaired within the bound, and nothing of them lost."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from geopolicy.geometry.effective.faults import examine
from geopolicy.geometry.effective.repair import repair

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import chart

sys.path.pop(0)


def on_grid(ring):
    snapped = np.rint(ring * 1e7).astype(np.int64)
    return snapped[np.append(True, (snapped[1:] != snapped[:-1]).any(axis=1))]


@pytest.mark.slow
@pytest.mark.skipif(not chart.CHART.exists(), reason="needs Debian's gmt-dcw")
@pytest.mark.parametrize("country", ["US", "CA", "AU", "AR", "RU"])
def test_real_coast_is_repaired_and_keeps_its_corners(country):
    rings = [ring for ring in map(on_grid, chart.rings_of(country)) if len(ring) >= 4]
    empty = {number for number, _ in examine([[ring] for ring in rings]).empty_rings}
    polygons = [[ring] for number, ring in enumerate(rings) if number not in empty]
    repaired = repair(polygons, examine(polygons).crossing_rings)
    again = examine(repaired)
    assert again.crossing_rings <= set(again.empty_rings)
    area = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in repaired])
    shapely.prepare(area)
    x, y = np.concatenate([rings[0] for rings in polygons]).T.astype(np.float64)
    assert shapely.intersects_xy(area, x, y).all()
