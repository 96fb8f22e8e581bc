"""What laws ask about: arguments that would test nothing are refused, and places outside coverages are looked at."""

from __future__ import annotations

import math

import pytest

import geopolicy as gp
from geopolicy.model.zones import Coverage, ZoneFileHeader
from geopolicy.testing import assert_not_looser, assert_same_answers
from geopolicy.testing.asked import telling_positions
from shapes import box
from zones import camera_zone

VEHICLE = gp.Vehicle(["camera", "microphone"])
ZONE = camera_zone("school", box(13, 45, 14, 46))
NOTHING = gp.ZoneSet([])
LAWS = pytest.mark.parametrize("law", [assert_not_looser, assert_same_answers])


def covered(*boxes: tuple[float, float, float, float], frame="WGS84", zones=(ZONE,)):
    header = ZoneFileHeader(coverages=tuple(Coverage(box(*ends), frame) for ends in boxes))
    return gp.ZoneSet(zones, header)


# Arguments -----------------------------------------------------------------------------------------------------------

LAT_LON = r"\(lat, lon\) with lat in \[-90, 90\] and lon in \[-180, 180\] degrees"


@LAWS
@pytest.mark.parametrize("metres", [-1, -1e-9, math.nan, math.inf, 20_000, 10_000.1])
def test_law_refuses_an_accuracy_out_of_range(law, metres):
    with pytest.raises(ValueError, match=rf"^accuracy_95_m must be 0 to 10000 metres, got {metres!r}$"):
        law(ZONE, NOTHING, accuracy_95_m=metres)


@LAWS
@pytest.mark.parametrize("pair", [(135.8, 15.97), (-90.0000001, 0.0), (0.0, 180.1), (math.nan, 0.0), (0.0, math.inf)])
def test_law_refuses_positions_that_are_none_with_their_place_in_the_list(law, pair):
    got = r"got \({!r}, {!r}\)$".format(*map(float, pair))
    with pytest.raises(ValueError, match=rf"^positions\[1\] must be a pair {LAT_LON}, {got}"):
        law(ZONE, NOTHING, positions=[(0.0, 0.0), pair])


@LAWS
@pytest.mark.parametrize("pair", [(45.0,), (45.0, 13.0, 1.0), "45", ("45", "13"), 45.0, (None, 13.0)])
def test_law_refuses_positions_that_are_no_pairs_of_numbers(law, pair):
    with pytest.raises(TypeError, match=r"^positions\[0\] must be a pair \(lat, lon\) of numbers, got "):
        law(ZONE, NOTHING, positions=[pair])


@LAWS
@pytest.mark.parametrize("name", ["positions", "times"])
@pytest.mark.parametrize("nothing", [(), iter([])], ids=["empty", "exhausted"])
def test_law_refuses_to_ask_nothing(law, name, nothing):
    with pytest.raises(ValueError, match=rf"^{name} must hold .* at least, got none: nothing would be tested$"):
        law(ZONE, NOTHING, **{name: nothing})


@LAWS
def test_law_asks_positions_and_times_of_iterators(law):
    with pytest.raises(AssertionError, match=r"lat 45\.5, lon 13\.5 \(time not known"):
        law(ZONE, NOTHING, positions=iter([(0.0, 0.0), (45.5, 13.5)]), times=iter([None]))


def test_law_same_answers_compares_distances_at_positions_of_an_iterator():
    apart = gp.ZoneSet([camera_zone("school", box(13.0001, 45, 14, 46))])
    with pytest.raises(AssertionError, match=r"^different at lat 45\.5, lon 12\.9999 \(near\)"):
        assert_same_answers(ZONE, apart, positions=iter([(45.5, 12.9999)]))


# Coverage ------------------------------------------------------------------------------------------------------------


@LAWS
def test_law_sees_that_a_coverage_was_dropped(law):
    bounded = covered((10, 40, 20, 50))
    law(bounded, bounded)
    with pytest.raises(AssertionError, match=r"lat 39\.9999999, lon 10\.0 .*unknown"):
        law(bounded, gp.ZoneSet([ZONE]), vehicle=VEHICLE)


@LAWS
@pytest.mark.parametrize("frame", ["GCJ-02", "BD-09"])
def test_law_sees_that_a_coverage_in_another_frame_was_dropped_where_there_are_no_zones(law, frame):
    with pytest.raises(AssertionError, match=r"lat 2\d\.\d*, lon 10\d\.\d* .*unknown"):
        law(covered((105, 25, 110, 30), frame=frame, zones=()), NOTHING, vehicle=VEHICLE)


def test_law_not_looser_takes_a_coverage_that_only_restricts():
    assert_not_looser(gp.ZoneSet([ZONE]), covered((10, 40, 20, 50)), vehicle=VEHICLE)


@pytest.mark.parametrize("grown", [(10, 40, 20.0000001, 50), (10, 39.9999999, 20, 50)])
def test_law_not_looser_sees_a_coverage_that_grew_by_one_unit(grown):
    with pytest.raises(AssertionError, match=r"^looser at lat (39\.9999999|.*, lon 20\.0000001)"):
        assert_not_looser(covered((10, 40, 20, 50)), covered(grown), vehicle=VEHICLE)


def test_law_positions_are_each_one_on_earth_and_hold_edges_of_coverages_and_places_everywhere():
    found = telling_positions([covered((10, 40, 20, 50)), covered((178, 80, 182, 90), (-180, -90, 180, -80))])
    assert len(found) == len(set(found))
    assert all(abs(lat) <= 90.0 and abs(lon) <= 180.0 for lat, lon in found)
    wanted = {(40.0, 10.0), (39.9999999, 10.0), (37.0, 7.0), (53.0, 23.0), (0.0, 0.0), (-60.0, 120.0), (77.0, -175.0)}
    assert wanted <= set(found)
    assert found[0] == (45.0, 13.0)
