"""The index of zones: after any edits it finds what one that is made anew finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy.authoring.diff.zone_index import ZoneIndex
from geopolicy.geometry.effective import effective_polygon
from shapes import box

corners = st.tuples(st.sampled_from([-200, -181, -179, 0, 5, 178, 181]), st.integers(0, 8))
names = st.sampled_from("abcdefgh")
edits = st.lists(st.tuples(names, st.none() | corners, st.sampled_from(["WGS84", "CGCS2000"])), max_size=24)


def zone_at(name, corner, frame="WGS84"):
    x, y = corner
    return gp.Zone(name, box(x, y, x + 3, y + 3), [gp.Rule("*", gp.Level.OFF)], frame=frame)


@dear(50, 18)
@given(st.lists(corners, max_size=8), edits, corners, st.integers(1, 5))
def test_index_after_edits_finds_what_a_new_one_finds(first, edited, asked, most):
    zones = {name: zone_at(name, corner) for name, corner in zip("abcdefgh", first, strict=False)}
    index = ZoneIndex(zones.values())
    for name, corner, frame in edited:
        zones.pop(name, None)
        if corner is None:
            index.remove(name)
        else:
            zones[name] = zone_at(name, corner, frame)
            index.add(zones[name])
    anew, polygon = ZoneIndex(zones.values()), effective_polygon(zone_at("asked", asked))
    assert [zone.id for zone in index.near(polygon)] == [zone.id for zone in anew.near(polygon)]
    assert set(index._meeting_of_all(polygon.bounds)) == set(index._tree.intersection(polygon.bounds))
    few, are_all = index.nearest(polygon, most)
    assert ([zone.id for zone in few], are_all) == (
        [zone.id for zone in anew.nearest(polygon, most)[0]],
        len(anew.near(polygon)) <= most,
    )


def test_index_nearest_are_those_with_the_largest_part_in_common():
    zones = [zone_at(name, (x, 0)) for name, x in (("beside", 3), ("over", 0), ("half", 2))]
    found, are_all = ZoneIndex(zones).nearest(effective_polygon(zone_at("asked", (0, 0))), 2)
    assert ([zone.id for zone in found], are_all) == (["over", "half"], False)
