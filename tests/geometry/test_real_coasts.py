"""Coasts at 1:1,000,000 (Debian's gmt-dcw, where it is installed): repaired in a minute, and nothing of them lost."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from geopolicy.geometry.effective.faults import examine
from geopolicy.geometry.effective.repair import repair

CHART = Path("/usr/share/gmt-dcw/dcw-gmt.nc")
BREAK = 65_535  # stands between two rings


def rings_of(country):
    """The rings of a country on the grid that enclose something."""
    chart = pytest.importorskip("h5py").File(CHART)
    raw = [chart[f"{country}_{axis}"] for axis in ("lon", "lat")]
    is_break = raw[0][:] == BREAK
    position = np.column_stack([axis[:] / float(axis.attrs["scale"][0]) + float(axis.attrs["min"][0]) for axis in raw])
    on_grid = np.rint(position * 1e7).astype(np.int64)
    rings = []
    for piece in np.split(np.arange(len(on_grid)), np.flatnonzero(is_break)):
        ring = on_grid[piece[~is_break[piece]]]
        if len(ring) == 0:
            continue
        ring = np.concatenate([ring, ring[:1]])
        ring = ring[np.append(True, (ring[1:] != ring[:-1]).any(axis=1))]
        if len(ring) >= 4:
            rings.append(ring)
    empty = {number for number, _ in examine([[ring] for ring in rings]).empty_rings}
    return [ring for number, ring in enumerate(rings) if number not in empty]


@pytest.mark.slow
@pytest.mark.skipif(not CHART.exists(), reason="needs Debian's gmt-dcw")
@pytest.mark.parametrize("country", ["US", "CA", "AU", "AR", "RU"])
def test_real_coast_is_repaired_within_a_minute_and_keeps_its_corners(country):
    polygons = [[ring] for ring in rings_of(country)]
    start = time.process_time()
    repaired = repair(polygons, examine(polygons).crossing_rings)
    assert time.process_time() - start < 60.0 * max(1.0, sum(len(rings[0]) for rings in polygons) / 1e6)
    again = examine(repaired)
    assert again.crossing_rings <= set(again.empty_rings)
    area = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in repaired])
    shapely.prepare(area)
    x, y = np.concatenate([rings[0] for rings in polygons]).T.astype(np.float64)
    assert shapely.intersects_xy(area, x, y).all()
