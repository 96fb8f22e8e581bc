"""What repairs may take: bounds that all zones of a file share."""

from __future__ import annotations

import json

import numpy as np
import pytest

import geopolicy as gp
from geopolicy.geometry.effective.allowance import Allowance, TooMuchWorkError, Work
from geopolicy.geometry.effective.crowding import overlapping_pairs
from geopolicy.geometry.effective.edge_sets import changed_edges, edges_of_rings
from shapes import zigzags


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
    with pytest.raises(TooMuchWorkError, match="at most 50000 crossings of edges, got 50001"):
        allowance.take(Work.CROSSINGS, 1)
    allowance.add_edges(1064)
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


# --- one bound for all zones, whatever their order ---------------------------------------------


def circle_ring(corners):
    angles = 2 * np.pi * np.arange(corners) / corners
    ring = np.round(np.column_stack([50 + 8 * np.cos(angles), 20 + 8 * np.sin(angles)]), 7)
    return np.concatenate([ring, ring[:1]]).tolist()


def test_zones_are_read_alike_in_any_order(tmp_path):
    rings = [zigzags(150), circle_ring(60_000)]
    first = gp.read_zones(zone_file(tmp_path / "first.geojson", rings))
    last = gp.read_zones(zone_file(tmp_path / "last.geojson", rings[::-1]))
    assert {zone.geometry for zone in first} == {zone.geometry for zone in last}
    first.write(tmp_path / "written.geojson")
    assert gp.read_zones(tmp_path / "written.geojson") == first


@pytest.mark.parametrize(("corners", "most"), [(24, 2000), pytest.param(120, 50_000, marks=pytest.mark.slow)])
def test_zones_that_were_read_apart_are_not_written_into_a_file_that_would_be_refused(
    tmp_path, monkeypatch, corners, most
):
    monkeypatch.setattr(Work.CROSSINGS, "shared", most)
    paths = []
    for number in range(6):
        path = zone_file(tmp_path / f"{number}.geojson", [zigzags(corners)])
        path.write_text(path.read_text().replace("zone-0", f"zone-{number}"))
        paths.append(path)
    joined = gp.read_zones(paths)
    assert len(joined.zones) == 6
    with pytest.raises(gp.errors.ZoneFileError, match=r"crossings of edges, got .*; write the zones"):
        joined.write(tmp_path / "joined.geojson")
    assert not (tmp_path / "joined.geojson").exists()
    two = gp.read_zones(paths[:2])
    two.write(tmp_path / "two.geojson")
    assert gp.read_zones(tmp_path / "two.geojson") == two


@pytest.mark.parametrize(
    ("work", "geometry", "options"),
    [
        (Work.PAIRS, {"type": "Polygon", "coordinates": [zigzags(9)]}, {"repair": True}),
        (Work.CROSSINGS, {"type": "Polygon", "coordinates": [zigzags(9)]}, {"repair": True}),
        (Work.LOOKUPS, {"type": "Polygon", "coordinates": [zigzags(9), zigzags(8)]}, {"repair": True}),
        (Work.ROWS, {"type": "Polygon", "coordinates": [zigzags(9)]}, {"repair": True}),
        (Work.HULLS, {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}, {"repair": True}),
        (Work.GROWN_PIECES, {"type": "LineString", "coordinates": [[0, 0], [1, 80]]}, {"width_m": 5.0}),
        (Work.GROWN_CORNERS, {"type": "LineString", "coordinates": [[0, 0], [1, 80]]}, {"width_m": 5.0}),
        (Work.GROWN_PAIRS, {"type": "LineString", "coordinates": [[0, 0], [1, 1], [0, 2]]}, {"width_m": 5.0}),
        (Work.GROWN_PAIRS, {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, {"margin_m": 5.0}),
        (Work.GROWN_CROSSINGS, {"type": "LineString", "coordinates": zigzags(4)}, {"width_m": 5.0}),
    ],
    ids=lambda value: value.name if isinstance(value, Work) else "",
)
def test_each_kind_of_work_has_a_bound(work, geometry, options, monkeypatch):
    zone = {"id": "zone", "geometry": geometry, "rules": [gp.Rule(sensors=["*"], level=gp.Level.OFF)], **options}
    gp.ZoneSet([gp.Zone(**zone)])
    monkeypatch.setattr(work, "shared", 0)
    monkeypatch.setattr(work, "for_each_edge", 0.0)
    with pytest.raises(gp.errors.ZoneFileError, match=f"take at most 0 {work.what}, got") as refusal:
        gp.ZoneSet([gp.Zone(**zone)])
    (problem,) = refusal.value.problems
    assert problem.code == work.code
    assert problem.hint == "draw it with fewer of them, or split the file into several"


def test_a_refused_repair_does_not_say_that_rings_were_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(Work.CROSSINGS, "shared", 0)
    monkeypatch.setattr(Work.CROSSINGS, "for_each_edge", 0.0)
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.read_zones(zone_file(tmp_path / "one.geojson", [zigzags(9)]))
    assert [problem.code for problem in refusal.value.problems] == ["repair-too-entangled"]


def test_growth_of_zones_is_bounded_together():
    lon = np.arange(120) / 100.0
    line = np.column_stack([lon, np.where(np.arange(120) % 2, 80.0, -80.0)]).tolist()
    rules = [gp.Rule(sensors=["*"], level=gp.Level.OFF)]
    geometry = {"type": "LineString", "coordinates": line}
    zones = [gp.Zone(f"zone-{n}", geometry, rules, width_m=2.0) for n in range(4)]
    gp.ZoneSet(zones[:1])
    with pytest.raises(gp.errors.ZoneFileError, match="corridors and margins of zones of this size take at most"):
        gp.ZoneSet(zones)


def test_edges_that_a_projection_makes_count(tmp_path):
    angles = 2 * np.pi * np.arange(300) / 300
    ring = np.column_stack([400_000 + 90_000 * np.cos(angles), 5_500_000 + 90_000 * np.sin(angles)])
    ring[[10, 11]] = ring[[11, 10]]
    geometry = {"type": "Polygon", "coordinates": [[*ring.tolist(), ring[0].tolist()]]}
    rules = [gp.Rule(sensors=["*"], level=gp.Level.OFF)]
    zones = gp.ZoneSet([gp.Zone("zone", geometry, rules, frame="EPSG:25833", repair=True)])
    zones.write(tmp_path / "written.geojson")
    assert gp.read_zones(tmp_path / "written.geojson") == zones
