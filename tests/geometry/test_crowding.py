"""What repairs may take: bounds that all zones of a file share."""

from __future__ import annotations

import json

import numpy as np
import pytest

import geopolicy as gp
from geopolicy.geometry.effective.crowding import Allowance, EntangledError, Work, overlapping_pairs
from geopolicy.geometry.effective.edge_sets import changed_edges, edges_of_rings


def zigzags(teeth):
    """A ring in which nearly every tooth of one zigzag crosses every tooth of another."""
    far = [0.0 if tooth % 2 == 0 else 1.0 for tooth in range(teeth)]
    along = [tooth / teeth for tooth in range(teeth)]
    across = list(zip(far, along, strict=True))
    return [*across, *[(y, x + 1e-3) for x, y in across], across[0]]


def zone_file(path, rings):
    rules = [{"sensors": ["*"], "level": "off"}]
    features = [
        {
            "type": "Feature",
            "id": f"zone-{number}",
            "properties": {"rules": rules, "repair": True},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for number, ring in enumerate(rings)
    ]
    header = {"format": 1, "coverage": "world"}
    path.write_text(json.dumps({"type": "FeatureCollection", "geopolicy": header, "features": features}))
    return path


def test_zones_that_cross_too_often_together_are_refused_though_each_is_taken_alone(tmp_path):
    assert len(gp.read_zones(zone_file(tmp_path / "one.geojson", [zigzags(120)])).zones) == 1
    with pytest.raises(gp.errors.ZoneFileError, match=r"take at most .* crossings of edges, got") as refusal:
        gp.read_zones(zone_file(tmp_path / "many.geojson", [zigzags(120)] * 6))
    problems = [problem for problem in refusal.value.problems if not problem.is_warning]
    assert {problem.code for problem in problems} == {"repair-too-entangled"}
    assert problems[0].zone_id not in {"zone-0", "zone-1"}


def test_many_zones_that_cross_once_are_taken(tmp_path):
    bow_tie = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    assert len(gp.read_zones(zone_file(tmp_path / "many.geojson", [bow_tie] * 500)).zones) == 500


def test_allowance_is_used_up_and_grows_with_edges():
    allowance = Allowance()
    allowance.take(Work.CROSSINGS, allowance.left(Work.CROSSINGS))
    with pytest.raises(EntangledError, match="at most 50000 crossings of edges, got 50001"):
        allowance.take(Work.CROSSINGS, 1)
    allowance.add_edges(1000)
    assert allowance.left(Work.CROSSINGS) == (1000 + 64) // 4
    allowance.take(Work.CROSSINGS, 266)
    assert allowance.left(Work.CROSSINGS) == 0


def test_pairs_of_boxes_are_those_that_have_a_position_in_common():
    corners = np.sort(np.random.default_rng(1).integers(0, 12, (2, 60, 2)), axis=0)
    boxes = np.hstack(list(corners))
    pairs = [
        (a, b)
        for number, a in enumerate(boxes.tolist())
        for b in boxes[:number].tolist()
        if a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
    ]
    assert overlapping_pairs(boxes) == len(pairs)


def test_edges_of_rings_do_not_lead_from_ring_to_ring():
    rings = [np.array([[0, 0], [1, 0], [1, 1], [0, 0]]), np.array([[5, 5], [6, 5], [5, 5]])]
    together = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    assert edges_of_rings(rings).tolist() == together.tolist()


def test_changed_edges_are_those_of_one_set_only_whatever_their_direction():
    one = np.array([[0, 0, 1, 1], [1, 1, 0, 0], [2, 0, 3, 0], [5, 5, 4, 4]])
    other = np.array([[3, 0, 2, 0], [7, 7, 8, 7], [7, 7, 8, 7]])
    assert sorted(changed_edges(one, other).tolist()) == [[0, 0, 1, 1], [4, 4, 5, 5], [7, 7, 8, 7]]
