"""The sweep for contradictions: the kernel's and its plain twin against the faces of GEOS, and each other."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import faults_oracle
import geopolicy as gp
from examples import dear
from geopolicy import _kernel
from geopolicy.geometry.effective import FAULT_RULES
from geopolicy.geometry.effective.faults import examine, examine_source
from geopolicy.geometry.effective.sweep import Contradiction, examine_rings
from shapes import box_ring, closed
from zones import polygons_zone


def sweep_by_twin(polygons):
    ends = np.cumsum([len(polygon) for polygon in polygons]).tolist()
    return examine_rings([[(int(x), int(y)) for x, y in ring] for polygon in polygons for ring in polygon], ends)


def sweep_by_kernel(polygons):
    rings = [np.array(ring, dtype=np.int64).reshape(-1, 2) for polygon in polygons for ring in polygon]
    ends = np.cumsum([len(ring) for ring in rings], dtype=np.uint32)
    polygon_ends = np.cumsum([len(polygon) for polygon in polygons], dtype=np.uint32)
    return _kernel.examine_rings(np.concatenate(rings), ends, polygon_ends)


@pytest.fixture(params=[sweep_by_twin, sweep_by_kernel], ids=["twin", "kernel"])
def sweep(request):
    """One of the two sweeps."""
    return request.param


def kinds(swept):
    """The kinds and rings of the findings."""
    return [(Contradiction(kind).name, ring) for kind, ring, _, _ in swept[0]]


# --- single cases -------------------------------------------------------------------------------------

SQUARE = box_ring(0, 0, 10, 10)
PLACES = {
    "edges that cross at no corner": ([[closed((0, 0), (10, 10), (10, 0), (0, 10))]], "RING_CROSSES", 0, (5, 5)),
    "not on the grid": ([[closed((0, 0), (3, 1), (3, 0), (0, 2))]], "RING_CROSSES", 0, (2, 2 / 3)),
    "a corner": ([[closed((0, 0), (5, 5), (10, 10), (10, 0), (5, 5), (0, 10))]], "RING_CROSSES", 0, (5, 5)),
    "a loop drawn twice": ([[closed((0, 0), (0, 9), (9, 0), (0, 0), (9, 0), (0, 9))]], "RING_CROSSES", 0, (0, 0)),
    "a hole across": ([[SQUARE, box_ring(5, 2, 15, 8)]], "HOLE_OUTSIDE", 1, (10, 2)),
    "a hole apart": ([[SQUARE, box_ring(20, 0, 30, 10)]], "HOLE_OUTSIDE", 1, (20, 0)),
    "a hole in a hole": ([[SQUARE, box_ring(1, 1, 9, 9), box_ring(3, 3, 7, 7)]], "HOLES_OVERLAP", 2, (3, 3)),
    "nothing left": ([[SQUARE, SQUARE]], "POLYGON_HOLLOW", 0, (0, 0)),
    "parts that overlap": ([[SQUARE], [box_ring(5, 5, 15, 15)]], "PARTS_OVERLAP", 1, (5, 5)),
    "a hole in a loop that its exterior leaves out": (
        [[closed((0, 0), (20, 0), (20, 20), (0, 20), (0, 0), (2, 2), (2, 18), (18, 18), (18, 2), (2, 2)),
          box_ring(5, 5, 9, 9)]],
        "HOLE_OUTSIDE", 1, (5, 5),
    ),
    "three edges through one place that is no corner": (
        # Loops of one winding all round it: drawn as one, they would only touch.
        [[closed((0, 0), (6, 6), (6, 3), (0, 3), (0, 6), (6, 0))]], "RING_CROSSES", 0, (3, 3),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_sweep_contradiction_is_found_with_its_ring_and_place(name, sweep):
    polygons, kind, ring, place = PLACES[name]
    ((got_kind, got_ring, x, y),) = sweep(polygons)[0]
    assert (Contradiction(got_kind).name, got_ring) == (kind, ring)
    assert (x, y) == pytest.approx(place)


def test_sweep_finds_every_ring_that_crosses_and_every_polygon_whose_rings_do_not(sweep):
    eight = closed((0, 0), (10, 10), (10, 0), (0, 10))
    polygons = [
        [[(x + 100, y) for x, y in SQUARE], [(x + 100, y) for x, y in eight]],
        [eight],
        [[(x + 200, y) for x, y in SQUARE], box_ring(300, 0, 301, 1), box_ring(302, 0, 303, 1)],
        [SQUARE],
    ]
    assert kinds(sweep(polygons)) == [("RING_CROSSES", 1), ("RING_CROSSES", 2), ("HOLE_OUTSIDE", 4)]


def test_sweep_names_rings_that_enclose_nothing(sweep):
    polygons = [[SQUARE, closed((2, 2), (5, 2), (5, 5), (5, 2))], [[(30, 3)] * 4], [closed((20, 0), (21, 5))]]
    assert sweep(polygons) == ([], True, [1, 2, 3])


def test_sweep_of_nothing_finds_nothing(sweep):
    assert sweep_by_twin([]) == ([], False, [])
    assert _kernel.examine_rings(b"", b"", b"") == ([], False, [])
    assert sweep([[[(0, 0)]]])[0] == []


def test_kernel_sweep_refuses_arrays_that_do_not_fit():
    corners = np.zeros((4, 2), dtype=np.int64)
    four, one, five = (np.array([n], dtype=np.uint32) for n in (4, 1, 5))
    falling = np.array([4, 3], dtype=np.uint32)
    for arrays in ((corners, five, one), (corners, four, four), (corners, falling, np.array([2], dtype=np.uint32))):
        with pytest.raises(ValueError, match="arrays of rings must fit together"):
            _kernel.examine_rings(*arrays)
    with pytest.raises(ValueError, match=r"coordinates must be within 2\*\*52"):
        _kernel.examine_rings(corners + 2**52 + 1, four, one)


def zone_arrays(zones):
    """Zones as lists of polygons, as `examine_zones` takes them."""
    rings = [ring for zone in zones for polygon in zone for ring in polygon]
    lengths = ([len(ring) for ring in rings], [len(p) for zone in zones for p in zone], [len(zone) for zone in zones])
    ends = [np.cumsum(each).astype(np.uint32) for each in lengths]
    return np.array([corner for ring in rings for corner in ring], dtype=np.int64), *ends


@given(st.lists(st.sampled_from(range(7)), min_size=1, max_size=6))
def test_kernel_sweep_of_many_zones_says_which_are_plain(numbers):
    eight, flat = closed((0, 0), (4, 4), (4, 0), (0, 4)), [(30, 3)] * 4
    hole, far = closed((1, 1), (1, 2), (2, 2)), closed((20, 20), (25, 20), (25, 25))
    known = [
        *([[SQUARE]], [[SQUARE, hole]], [[SQUARE], [far]]),
        *([[eight]], [[SQUARE, hole], [flat]], [[SQUARE, far]], [[SQUARE], [SQUARE]]),
    ]
    zones = [known[number] for number in numbers]
    assert list(_kernel.examine_zones(*zone_arrays(zones))) == [number < 3 for number in numbers]
    for zone in zones:
        findings, touches, empty = sweep_by_kernel(zone)
        assert list(_kernel.examine_zones(*zone_arrays([zone]))) == [not (findings or touches or empty)]


def test_kernel_sweep_of_many_zones_refuses_arrays_that_do_not_fit():
    corners, rings, polygons, zones = zone_arrays([[[SQUARE]], [[SQUARE]]])
    assert _kernel.examine_zones(b"", b"", b"", b"") == b""
    assert list(_kernel.examine_zones(corners, rings, polygons, zones)) == [1, 1]
    wrong = [
        (corners[1:], rings, polygons, zones),
        (corners, rings[::-1].copy(), polygons, zones),
        (corners, rings, polygons + np.uint32(1), zones),
        (corners, rings, polygons, zones[:1]),
        (corners, rings, polygons, zones[::-1].copy()),
        (corners, rings, polygons, b"123"),
    ]
    for arrays in wrong:
        with pytest.raises(ValueError, match="arrays of rings must fit together"):
            _kernel.examine_zones(*arrays)
    with pytest.raises(ValueError, match=r"coordinates must be within 2\*\*52"):
        _kernel.examine_zones(corners + 2**52 + 1, rings, polygons, zones)
    with pytest.raises(TypeError):
        _kernel.examine_zones(corners, rings, polygons)


def test_contradictions_have_rules():
    assert [kind.name.lower().replace("_", "-") for kind in Contradiction] == list(FAULT_RULES)


# --- properties -----------------------------------------------------------------------------------------


@st.composite
def small_rings(draw):
    """A box or any closed line on a few positions, some of them met again."""
    coordinates = st.integers(0, 6)
    if draw(st.booleans()):
        (west, east), (south, north) = (sorted(draw(st.sets(coordinates, min_size=2, max_size=2))) for _ in "xy")
        ring = box_ring(west, south, east, north)
        return ring if draw(st.booleans()) else ring[::-1]
    corners = draw(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=11))
    return [*corners, corners[0]]


several = st.lists(st.lists(small_rings(), min_size=1, max_size=3), min_size=1, max_size=3)


def is_where_edges_cross(ring, x, y):
    """Whether three edges or more of a ring pass through a place that is none of its corners."""
    passing = 0
    for (x0, y0), (x1, y1) in pairwise(ring):
        is_on = abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) < 1e-9
        passing += is_on and min(x0, x1) - 1e-9 <= x <= max(x0, x1) + 1e-9 and min(y0, y1) <= y <= max(y0, y1)
    return passing > 2 and (x, y) not in ring


@dear(300, 75)
@given(several)
def test_sweep_finds_what_the_faces_of_geos_show(polygons):
    findings, touches, empty = sweep_by_kernel(polygons)
    rings = [ring for polygon in polygons for ring in polygon]
    owners = [(p, r) for p, polygon in enumerate(polygons) for r in range(len(polygon))]
    crossing, between, parts_overlap = faults_oracle.codes(polygons)
    assert empty == [number for number, ring in enumerate(rings) if faults_oracle.Enclosed(ring).is_nothing]
    found = {owners[ring]: (x, y) for kind, ring, x, y in findings if kind == Contradiction.RING_CROSSES}
    assert found.keys() >= set(crossing)
    assert all(is_where_edges_cross(polygons[p][r], *found[p, r]) for p, r in found.keys() - set(crossing))
    for number, wanted in enumerate(between):
        codes = {Contradiction(kind).name.lower().replace("_", "-") for kind, ring, *_ in findings
                 if owners[ring][0] == number and kind in (1, 2, 3)}  # fmt: skip
        is_judged = not any(p == number for p, _ in found) and owners.index((number, 0)) not in empty
        assert not is_judged or (codes <= wanted and bool(codes) == bool(wanted))
    if not empty and all(kind == Contradiction.PARTS_OVERLAP for kind, *_ in findings):
        assert bool(findings) == parts_overlap
    if not empty:
        assert faults_oracle.is_valid(polygons) == (not findings and not touches)


@dear(300, 75)
@given(several, st.sampled_from([1, 3, 2**20, 2**45]), st.sampled_from([0, -(2**40), 2**50]), st.booleans())
def test_kernel_sweeps_as_its_twin_at_any_size(polygons, unit, shift, is_sheared):
    moved = [
        [[(x * unit + (y * 3 if is_sheared else 0) + shift, (y - x) * unit) for x, y in ring] for ring in polygon]
        for polygon in polygons
    ]
    by_twin, by_kernel = sweep_by_twin(moved), sweep_by_kernel(moved)
    assert kinds(by_twin) == kinds(by_kernel)
    assert by_twin[1:] == by_kernel[1:]
    for one, other in zip(by_twin[0], by_kernel[0], strict=True):
        assert other[2:] == pytest.approx(one[2:], rel=1e-12, abs=1e-6)


@dear(200, 50)
@given(several, st.integers(0, 10), st.sampled_from(["turned", "reversed", "mirrored", "transposed"]))
def test_sweep_does_not_depend_on_where_or_which_way_rings_begin_and_lie(polygons, steps, change):
    def changed(ring):
        if change == "turned":
            at = steps % (len(ring) - 1)
            return [*ring[at:-1], *ring[: at + 1]]
        if change == "reversed":
            return ring[::-1]
        return [(-x, y) if change == "mirrored" else (y, x) for x, y in ring]

    before = sweep_by_kernel(polygons)
    after = sweep_by_kernel([[changed(ring) for ring in polygon] for polygon in polygons])
    crossing = Contradiction.RING_CROSSES
    assert [f for f in kinds(before) if f[0] == crossing.name] == [f for f in kinds(after) if f[0] == crossing.name]
    assert bool(before[0]) == bool(after[0])
    assert before[2] == after[2]
    if not before[0]:
        assert before[1] == after[1]
    if change in ("turned", "reversed"):
        # A polygon whose holes are outside and overlap may be refused for either where it is laid another way.
        assert kinds(before) == kinds(after)


# --- how it grows -----------------------------------------------------------------------------------------


def zigzags(corners):
    """Two zigzags in one ring, one up and one to the right: nearly every tooth crosses every other."""
    teeth = np.arange(corners // 2)
    far = np.where(teeth % 2 == 0, 0, 10**6)
    ring = np.concatenate([np.stack([far, teeth * 40], axis=1), np.stack([teeth[::-1] * 40, far + 17], axis=1)])
    return [[np.concatenate([ring, ring[:1]])]]


def comb(corners, *, is_upright):
    """A comb with teeth 1e8 long."""
    teeth = np.arange(corners)
    line = np.stack([np.where((teeth + 1) // 2 % 2 == 0, 10, 10**8), teeth * 50], axis=1)
    ring = np.concatenate([[[0, -50]], line, [[0, line[-1, 1]]], [[0, -50]]])
    return [[ring[:, ::-1] if is_upright else ring]]


def nested_boxes(corners):
    """Boxes that all share one corner, each a hole or a part within the one before."""
    sizes = range(corners // 4, 1, -2)
    return [[box_ring(0, 0, size, size), box_ring(0, 0, size - 1, size - 1)] for size in sizes]


def star(corners):
    """A star with spikes as thin as the grid allows."""
    angles = 2 * np.pi * np.arange(corners) / corners
    radii = np.where(np.arange(corners) % 2 == 0, 10**9, 10**6)
    ring = np.rint(np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)).astype(np.int64)
    return [[np.concatenate([ring, ring[:1]])]]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        pytest.param(zigzags, "RING_CROSSES", id="zigzags"),
        pytest.param(lambda n: comb(n, is_upright=False), None, id="comb"),
        pytest.param(lambda n: comb(n, is_upright=True), None, id="upright-comb"),
        pytest.param(nested_boxes, None, id="nested-boxes"),
        pytest.param(star, None, id="star"),
    ],
)
def test_kernel_sweep_of_many_corners_is_quick(shape, kind):
    polygons = [[np.array(ring, dtype=np.int64) for ring in polygon] for polygon in shape(64_000)]
    since = time.perf_counter()
    swept = sweep_by_kernel(polygons)
    assert time.perf_counter() - since < 2.0  # 0.05 s; quadratic it would be minutes
    assert [name for name, _ in kinds(swept)] == ([kind] if kind else [])
    few = [[np.array(ring, dtype=np.int64) for ring in polygon] for polygon in shape(400)]
    assert kinds(sweep_by_kernel(few)) == kinds(sweep_by_twin(few))


# --- what callers get ---------------------------------------------------------------------------------------


def arrays(polygons):
    return [[np.array(ring, dtype=np.int64) for ring in polygon] for polygon in polygons]


def test_examine_gives_codes_rings_and_places():
    eight = closed((0, 0), (10, 10), (10, 0), (0, 10))
    examined = examine(arrays([[SQUARE], [SQUARE, eight], [closed((0, 0), (5, 0))]]))
    (fault,) = examined.faults
    assert (fault.code, fault.polygon, fault.ring, fault.place) == ("ring-crosses", 1, 1, (5.0, 5.0))
    assert examined.crossing_rings == {(1, 1)}
    assert examined.empty_rings == ((2, 0),)
    (hollow,) = examine(arrays([[SQUARE, SQUARE]])).faults
    assert (hollow.code, hollow.polygon, hollow.ring) == ("polygon-hollow", 0, None)


def test_examine_source_sees_what_the_grid_does_not():
    ring = np.array(closed((0, 0), (1e-8, 1e-8), (1e-8, 0), (0, 1e-8)))
    (fault,) = examine_source([[ring]]).faults
    assert fault.place == pytest.approx((0.05, 0.05), abs=1e-6)
    assert not examine_source([[np.array(box_ring(0, 0, 1e-8, 1e-8))]]).faults


@pytest.mark.usefixtures("no_kernel")
def test_examine_without_kernel_gives_the_same():
    eight = closed((0, 0), (10, 10), (10, 0), (0, 10))
    assert [fault.place for fault in examine(arrays([[SQUARE], [eight]])).faults] == [(5.0, 5.0)]
    assert examine(arrays([[SQUARE]])).faults == ()


@pytest.mark.parametrize(
    ("polygons", "said"),
    [
        ([[[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]], r"cross itself, got a crossing at 1, 1 - at \S+\[0\]\[0\];"),
        (
            [[box_ring(0, 0, 9, 9)], [box_ring(5.5, 5, 12, 12)]],
            r"overlap, got an overlap at 5.5, 5 - at \S+\[1\]\[0\];",
        ),
        ([[box_ring(0, 0, 9, 9), box_ring(20, 1, 21, 2)]], r"got a hole that is outside at 20, 1 - at \S+\[0\]\[1\];"),
        ([[box_ring(-1, 0, 9, 9)] * 2], r"must leave something of it, got nothing left at -1, 0 - at \S+\[0\];"),
    ],
)
def test_zone_that_contradicts_itself_is_refused_with_the_place(polygons, said):
    coordinates = [[[list(position) for position in ring] for ring in polygon] for polygon in polygons]
    with pytest.raises(gp.errors.ZoneFileError, match=said):
        gp.ZoneSet([polygons_zone("shape", *coordinates)])
