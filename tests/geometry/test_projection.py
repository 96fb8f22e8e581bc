"""EPSG frames brought to WGS 84, judged by PROJ itself in the other direction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from pyproj.network import is_network_enabled, set_network_enabled  # type: ignore[attr-defined]  # public, not marked so

from examples import dear
from geopolicy.geometry import projection
from geopolicy.geometry.grid import FULL_TURN, to_grid_array
from geopolicy.geometry.projection import DEVIATION_M, to_wgs84

GEOD = Geod(ellps="WGS84")

# Rings in the frame's own unit, each long enough to bend by metres to hundreds of kilometres.
RINGS = {
    "EPSG:3857": [[-5e6, 1e6], [5e6, 7e6], [5e6, -1e6], [-4e6, -3e6], [-5e6, 1e6]],
    "EPSG:32633": [[2e5, 5e6], [8e5, 5.3e6], [6e5, 5e6], [2e5, 5e6]],
    "EPSG:2056": [[2.5e6, 1.1e6], [2.8e6, 1.1e6], [2.8e6, 1.3e6], [2.5e6, 1.1e6]],
    "EPSG:3031": [[1e6, 1e6], [2e6, 1e6], [2e6, 2e6], [1e6, 1e6]],
    "EPSG:3413": [[-1e6, -1e6], [1e6, -1.2e6], [1e6, -5e5], [-1e6, -1e6]],
    "EPSG:32660": [[7e5, 1e6], [9e5, 1e6], [9e5, 2e6], [7e5, 1e6]],
    "EPSG:3832": [[2e6, -1e6], [6e6, 1e6], [4e6, 2e6], [2e6, -1e6]],
    "EPSG:4547": [[5e5, 3e6], [6e5, 3e6], [5e5, 3.1e6], [5e5, 3e6]],
    "EPSG:3035": [[3e6, 2e6], [6e6, 2e6], [5e6, 4.5e6], [3e6, 2e6]],
}
# The origin of this Mercator is on the edge, so that the edge bends to one side, then to the other.
S_SHAPED = ("EPSG:32633", [[166_000.0, -3.0e5], [834_000.0, 3.0e5]])
CGCS2000 = {"EPSG:4547": 4490}


def deviation_m(frame: str, source: Any, result: Any) -> float:
    """Largest geodesic distance from positions on the result's edges to the straight edges of the source.

    Taken back by PROJ: the foot on the source's edge is found in the source's plane.
    """
    base = CGCS2000.get(frame, 4326)
    back = Transformer.from_crs(base, int(frame[5:]), always_xy=True, allow_ballpark=False)
    source, result = np.array(source), np.array(result)
    t = np.linspace(0, 1, 9)[:, np.newaxis]
    lon, lat = ((result[:-1] + t[..., np.newaxis] * np.diff(result, axis=0)).reshape(-1, 2)).T
    x, y = back.transform(lon, lat)
    point = np.stack([x, y], axis=-1)[:, np.newaxis]
    start, along = source[:-1], np.diff(source, axis=0)
    share = np.clip(((point - start) * along).sum(-1) / (along * along).sum(-1), 0, 1)
    feet = start + share[..., np.newaxis] * along
    nearest = np.hypot(*np.moveaxis(feet - point, -1, 0)).argmin(axis=1)
    foot = feet[np.arange(len(feet)), nearest]
    foot_lon, foot_lat = back.transform(foot[:, 0], foot[:, 1], direction="INVERSE")
    return float(np.max(GEOD.inv(lon, lat, foot_lon, foot_lat)[2]))


@pytest.mark.parametrize("frame", RINGS)
def test_to_wgs84_edges_stay_within_a_centimetre_of_the_source(frame: str) -> None:
    (result,) = to_wgs84(frame, [RINGS[frame]])
    assert len(result) > len(RINGS[frame])
    grid_m = 0.006 if np.abs(result[:, 0]).max() > 180 else 0.0  # shifted longitudes are on the grid
    assert deviation_m(frame, RINGS[frame], result) < DEVIATION_M + grid_m


@pytest.mark.parametrize("frame", RINGS)
def test_to_wgs84_vertices_of_the_source_are_kept_in_order(frame: str) -> None:
    transformer = Transformer.from_crs(int(frame[5:]), CGCS2000.get(frame, 4326), always_xy=True)
    (result,) = to_wgs84(frame, [RINGS[frame]])
    at = 0
    for lon, lat in zip(*transformer.transform(*np.array(RINGS[frame]).T), strict=True):
        off = np.abs(np.remainder(result[at:, 0] - lon + 180, 360) - 180) + np.abs(result[at:, 1] - lat)
        assert off.min() < 1e-7
        at += int(off.argmin())
    assert (result[0] == result[-1]).all()


def test_to_wgs84_edge_bent_to_both_sides_is_followed() -> None:
    frame, edge = S_SHAPED
    (result,) = to_wgs84(frame, [edge])
    assert deviation_m(frame, edge, np.array([result[0], result[-1]])) > 1.0
    middle = Transformer.from_crs(int(frame[5:]), 4326, always_xy=True).transform(5e5, 0.0)
    assert middle == pytest.approx(result[[0, -1]].mean(axis=0), abs=1e-9)
    assert deviation_m(frame, edge, result) < DEVIATION_M


def test_to_wgs84_vertices_are_not_more_than_needed() -> None:
    """Leaving out three of four breaks the limit."""
    (result,) = to_wgs84("EPSG:32633", [[[5.0e5, 5e6], [8e5, 5e6]]])
    assert deviation_m("EPSG:32633", [[5.0e5, 5e6], [8e5, 5e6]], result[::4]) > DEVIATION_M


X = st.floats(2e5, 8e5)
Y = st.floats(1e5, 8e6)


@dear(30, 12)
@given(st.lists(st.tuples(X, Y), min_size=1, max_size=5), st.sampled_from(["EPSG:32633", "EPSG:32660", "EPSG:32601"]))
def test_to_wgs84_reversed_ring_gives_the_same_vertices_reversed(ring: list[tuple[float, float]], frame: str) -> None:
    source = np.array([*ring, ring[0]])
    (forwards,), (backwards,) = to_wgs84(frame, [source]), to_wgs84(frame, [source[::-1]])
    assert forwards.tobytes() == backwards[::-1].tobytes()


@pytest.mark.parametrize("first", range(4))
def test_to_wgs84_ring_astride_the_antimeridian_reversed_or_rotated_is_the_same(first: int) -> None:
    """Symmetrical about 180 degrees, where neither side is the nearer one."""
    corners = [[-1e5, -2e6], [1e5, -2e6], [1e5, -1e6], [-1e5, -1e6]]
    (expected,) = to_wgs84("EPSG:3031", [[*corners, corners[0]]])
    units = to_grid_array(expected[:, 0])
    assert units.min() + units.max() == -FULL_TURN
    ring = np.array([corners[(first + k) % 4] for k in range(5)])
    (result,) = to_wgs84("EPSG:3031", [ring])
    assert {tuple(p) for p in result} == {tuple(p) for p in expected}
    assert to_wgs84("EPSG:3031", [ring[::-1]])[0].tobytes() == result[::-1].tobytes()


def test_to_wgs84_edge_longer_than_half_a_turn_goes_the_long_way() -> None:
    (result,) = to_wgs84("EPSG:3857", [[[-1.9e7, 5e6], [1.9e7, 5e6]]])
    assert np.diff(result[:, 0]).min() > 0
    assert np.ptp(result[:, 0]) == pytest.approx(3.8e7 / 6378137 * 180 / np.pi, abs=1e-9)


@dear(30, 12)
@given(st.lists(st.tuples(X, Y), min_size=2, max_size=4), st.sampled_from(["EPSG:32633", "EPSG:32660"]))
def test_to_wgs84_common_border_stays_common_on_the_grid(border: list[tuple[float, float]], frame: str) -> None:
    west, east = [(1.5e5, 4e6)], [(9e5, 4e6)]
    left = to_wgs84(frame, [[*border, *west, border[0]]])[0]
    right = to_wgs84(frame, [[*border[::-1], *east, border[-1]]])[0]
    (alone,) = to_wgs84(frame, [border])

    def on_grid(positions: Any) -> list[tuple[int, int]]:
        x, y = to_grid_array(positions[:, 0]) % FULL_TURN, to_grid_array(positions[:, 1])
        return list(zip(x.tolist(), y.tolist(), strict=True))

    count = len(alone)
    assert on_grid(left)[:count] == on_grid(alone)
    assert on_grid(right)[:count] == on_grid(alone)[::-1]


@pytest.mark.parametrize(
    ("frame", "ring", "west", "east"),
    [
        ("EPSG:32660", [[7e5, 1e6], [9e5, 1e6], [9e5, 2e6], [7e5, 1e6]], 178.8, 180.8),
        ("EPSG:32601", [[1e5, 1e6], [3e5, 1e6], [3e5, 2e6], [1e5, 1e6]], -180.7, -178.8),
        ("EPSG:3832", [[2e6, 1e6], [4e6, 1e6], [4e6, 2e6], [2e6, 1e6]], 167.9, 186.0),
        ("EPSG:3031", [[-1e5, -2e6], [1e5, -2e6], [1e5, -1e6], [-1e5, -1e6], [-1e5, -2e6]], -186, -174),
    ],
)
def test_to_wgs84_ring_over_the_antimeridian_is_continuous(frame: str, ring: Any, west: float, east: float) -> None:
    (result,) = to_wgs84(frame, [ring])
    assert np.abs(np.diff(result[:, 0])).max() < 20
    assert west <= result[:, 0].min() < result[:, 0].max() <= east
    assert -180 <= (result[:, 0].min() + result[:, 0].max()) / 2 < 180
    assert (result[0] == result[-1]).all()


def test_to_wgs84_longitudes_moved_by_a_turn_are_on_the_grid() -> None:
    """So that a turn moves their grid units by exactly a turn: a border shared with an unmoved zone stays the same."""
    (result,) = to_wgs84("EPSG:32660", [RINGS["EPSG:32660"]])
    moved = result[result[:, 0] > 180.0, 0]
    assert len(moved) > 100
    assert (moved == to_grid_array(moved) / 1e7).all()


@pytest.mark.parametrize("first", range(4))
def test_to_wgs84_hole_lies_beside_its_exterior(first: int) -> None:
    """The hole alone would lie in -180 .. -179, whichever of its vertices comes first."""
    exterior = [[2e6, -1e6], [4e6, -1e6], [4e6, 1e6], [2e6, 1e6], [2e6, -1e6]]
    corners = [[3.4e6, 0], [3.5e6, 0], [3.5e6, 1e5], [3.4e6, 1e5]]
    hole = [corners[(first + k) % 4] for k in range(5)]
    outer, inner = to_wgs84("EPSG:3832", [exterior, hole])
    assert to_wgs84("EPSG:3832", [hole])[0][:, 0].max() < -178
    assert outer[:, 0].min() < inner[:, 0].min() < inner[:, 0].max() < outer[:, 0].max()
    assert inner[:, 0].min() > 180


@pytest.mark.parametrize("frame", ["WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490"])
def test_to_wgs84_equal_frame_is_unchanged(frame: str) -> None:
    ring = np.array([[-180.0, 60.0], [180.0, 60.0], [180.0, 90.0], [-180.0, 90.0], [-180.0, 60.0]])
    (result,) = to_wgs84(frame, [ring])
    assert result.tobytes() == ring.tobytes()
    assert result is not ring


def test_to_wgs84_geographic_frame_with_shifted_datum_is_moved() -> None:
    (result,) = to_wgs84("EPSG:4267", [[[-120.0, 30.0]]])
    assert 50 < GEOD.inv(-120.0, 30.0, *result[0])[2] < 200


def test_to_wgs84_place_outside_the_areas_of_the_datum_shifts_is_still_shifted() -> None:
    """PROJ would leave the datum out here (a ballpark operation), which is 204 m wrong and silent."""
    (result,) = to_wgs84("EPSG:4267", [[[168.65, 45.16]]])
    assert 50 < GEOD.inv(168.65, 45.16, *result[0])[2] < 300


def test_to_wgs84_projected_cgcs2000_is_unprojected_only() -> None:
    (result,) = to_wgs84("EPSG:4547", [[[500_000.0, 0.0]]])
    assert result[0] == pytest.approx([114.0, 0.0], abs=1e-9)


def test_to_wgs84_empty_ring_and_no_rings_stay_empty() -> None:
    assert to_wgs84("EPSG:2056", []) == []
    assert to_wgs84("EPSG:2056", [np.empty((0, 2))])[0].shape == (0, 2)


@pytest.mark.parametrize(
    ("frame", "ring", "match"),
    [
        ("EPSG:99999", [[0, 0]], "frame must be an EPSG code that PROJ knows, got 'EPSG:99999'"),
        ("EPSG:x", [[0, 0]], "frame must be WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:<number>, got 'EPSG:x'"),
        ("EPSG:5773", [[0, 0]], "must be a two-dimensional geographic or projected system, got a Vertical CRS 'EGM96"),
        ("EPSG:4978", [[0, 0]], "must be a two-dimensional geographic or projected system, got a Geocentric CRS"),
        ("EPSG:7415", [[0, 0]], "must be a two-dimensional geographic or projected system, got a Compound CRS"),
        ("GCJ-02", [[0, 0]], "frame 'GCJ-02': only EPSG frames are converted"),
        ("EPSG:32633", [[6e7, 6e7]], r"positions must have a place on WGS 84, got \[60000000.0, 60000000.0\]"),
        ("EPSG:2056", [[0, 0], [np.nan, 0]], r"positions must be finite, got \[nan, 0.0\] - at position 1"),
        ("EPSG:4326", [[np.inf, 0]], r"positions must be finite, got \[inf, 0.0\] - at position 0"),
        ("EPSG:2056", [[0, 0, 0]], r"a ring must have shape \(n, 2\), got \(1, 3\)"),
        ("EPSG:3031", [[1e6, 0], [0, 1e6], [-1e6, 0], [0, -1e6], [1e6, 0]], "a ring must not go round a pole"),
        ("EPSG:25833", [[13.7, 45.2], [13.8, 45.2]], "in its unit, the metre, got numbers that are all like degrees"),
        (
            "EPSG:3857",
            [[-360.0, -90.0], [360.0, 90.0]],
            "in its unit, the metre, got numbers that are all like degrees",
        ),
        ("EPSG:2263", [[-74.0, 40.7]], "in its unit, the US survey foot, got numbers that are all like degrees"),
        ("EPSG:4258", [[4.0e5, 5.0e6]], "in its unit, the degree, got numbers up to 400000 and 5000000"),
        ("EPSG:4258", [[10.0, 90.5]], "in its unit, the degree, got numbers up to 10 and 90.5"),
        ("EPSG:4807", [[401.0, 50.0]], "in its unit, the grad, got numbers up to 401 and 50"),
        ("EPSG:3857", [[1e9, 1e6], [2e9, 1e6]], "within 65,000 km of the origin, got 2000000 km"),
        ("EPSG:2056", [[1e300, 1e300]], "within 65,000 km of the origin, got"),
        ("EPSG:" + "9" * 5000, [[0, 0]], "frame must be an EPSG code that PROJ knows, got 'EPSG:99999"),
    ],
)
def test_to_wgs84_unusable_frame_or_position_raises(frame: str, ring: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        to_wgs84(frame, [ring])


def test_to_wgs84_positions_just_beyond_degrees_are_metres() -> None:
    assert to_wgs84("EPSG:3857", [[[0.0, 0.0], [361.0, 90.0]]])[0][1] == pytest.approx([0.003243, 0.000808], abs=1e-6)
    assert to_wgs84("EPSG:3857", [[[0.0, 0.0], [360.0, 91.0]]])[0][1] == pytest.approx([0.003234, 0.000817], abs=1e-6)


def test_to_wgs84_grads_are_a_unit_of_their_own() -> None:
    assert to_wgs84("EPSG:4807", [[[0.0, 54.0]]])[0][0] == pytest.approx([2.337, 48.6], abs=1e-2)


def test_to_wgs84_more_vertices_than_a_zone_may_get_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = RINGS["EPSG:32633"]
    added = len(to_wgs84("EPSG:32633", [ring])[0]) - len(ring)
    monkeypatch.setattr(projection, "_MOST_ADDED", 2 * added)
    assert len(to_wgs84("EPSG:32633", [ring, ring])) == 2
    monkeypatch.setattr(projection, "_MOST_ADDED", 2 * added - 1)
    with pytest.raises(ValueError, match=r"with at most [0-9,]+ more vertices; is it the right frame"):
        to_wgs84("EPSG:32633", [ring, ring])


def test_to_wgs84_frame_that_is_refused_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    made = projection._made_transformer
    monkeypatch.setattr(projection, "_made_transformer", lambda frame: asked.append(frame) or made(frame))
    for _ in range(3):
        with pytest.raises(ValueError, match="an EPSG code that PROJ knows"):
            projection.check_frame("EPSG:999991")
    assert asked == ["EPSG:999991"]


@pytest.mark.parametrize(
    ("frame", "is_so"),
    [
        ("WGS84", True),
        ("GCJ-02", True),
        ("EPSG:4326", True),
        ("EPSG:4269", True),
        ("EPSG:4807", False),
        ("EPSG:3857", False),
    ],
)
def test_is_in_degrees_is_so_where_a_turn_is_360_units(frame: str, is_so: bool) -> None:
    assert projection.is_in_degrees(frame) is is_so


@pytest.mark.parametrize("is_enabled", [False, True])
def test_to_wgs84_leaves_the_network_setting_as_it_was(is_enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = is_network_enabled()
    seen: list[bool] = []
    transform = Transformer.transform

    def watched(*given: Any, **named: Any) -> Any:
        seen.append(is_network_enabled())
        return transform(*given, **named)

    monkeypatch.setattr(Transformer, "transform", watched)
    set_network_enabled(active=is_enabled)
    try:
        to_wgs84("EPSG:32633", [[[5e5, 5e6]]])
        assert is_network_enabled() is is_enabled
    finally:
        set_network_enabled(active=before)
    assert seen
    assert not any(seen)
