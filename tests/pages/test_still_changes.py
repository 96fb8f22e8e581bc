"""Still pictures of a change of zones: whatever is looser or stricter is seen, counted and named."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import geopolicy as gp
from geopolicy.pages.still_sheet import colours
from geopolicy.pages.still_zones import zones_picture
from shapes import box
from still_pictures import FAR, OFF, SMALL, SVG, pixels_of, rgb, squares, texts_in, values_of


def test_areas_of_a_change_are_drawn_and_in_the_view():
    old, new = squares((13.0, 45.0), (13.5, 45.4)), squares((13.0, 45.0), (12.9, 45.0))
    drawing = gp.draw_zones(new, since=old)
    texts = texts_in(drawing.svg(SMALL))
    assert "looser by the change" in texts
    assert "stricter by the change" in texts
    content = drawing.svg(SMALL).decode()
    assert content.count('id="looser"') == content.count('id="stricter"') == 1
    assert "by the change" not in gp.draw_zones(new).svg(SMALL).decode()


def change_of(*, is_looser, polygons=(), lines=(), place=None, zone="gone"):
    """What a change of zones says of one finding."""
    shapes = {"polygons": polygons, "lines": lines, "place": place}
    finding = {"zone": zone, "is_looser": is_looser, "text": "", **shapes}
    return {"header": [], "zones": [[zone, "removed", None]], "findings": [finding]}


PLACE = [160_000_000, 470_000_000]  # longitude and latitude, packed
UNSEEN = {
    "small": {"polygons": [[[*PLACE, 100, 0, 0, 100]]]},
    "thin": {"polygons": [[[*PLACE, 9_000_000, 0, 0, 1, -9_000_000, 0]]]},
    "thin and oblique": {"polygons": [[[*PLACE, 9_000_000, 9_000_000, 0, 1, -9_000_000, -9_000_000]]]},
    "line": {"lines": [[*PLACE, 9_000_000, 0]]},
    "point": {"lines": [PLACE]},
    "place": {"place": [47.0, 16.0]},
}


@pytest.mark.parametrize("is_looser", [True, False])
@pytest.mark.parametrize("kind", UNSEEN)
def test_findings_that_could_not_be_seen_have_marks_of_their_direction(is_looser, kind):
    values, levels = values_of(FAR)
    changes = change_of(is_looser=is_looser, **UNSEEN[kind])
    content = zones_picture(values, levels, changes=changes, image_format="svg").decode()
    name, other = ("looser", "stricter") if is_looser else ("stricter", "looser")
    assert content.count(f'id="{name} marks"') == 2  # on the map and in the legend
    assert f"{other} marks" not in content
    pixels = pixels_of(zones_picture(values, levels, changes=changes))
    assert (pixels[150:850] == rgb(colours()[name])).all(axis=2).sum() > 60


def test_looser_is_seen_where_all_the_rest_is_too():
    zones = squares(*[(13.0 + 0.02 * n, 45.0) for n in range(30)], (19.0, 49.0), name="a long name that covers much")
    values, levels = values_of(zones)
    small = [[[130_000_000, 450_000_000, 1000, 0, 0, 1000]]]
    changes = change_of(is_looser=True, polygons=small)
    alone = pixels_of(zones_picture(*values_of(squares((13.0, 45.0), (19.0, 49.0))), changes=changes))
    changes["findings"] += change_of(is_looser=False, polygons=small)["findings"]
    crowded = pixels_of(zones_picture(values, levels, changes=changes))
    seen = [(each[150:850] == rgb(colours()["looser"])).all(axis=2).sum() for each in (alone, crowded)]
    assert seen[1] >= 0.9 * seen[0] > 0


def test_picture_of_a_change_counts_findings_and_names_zones_that_are_gone():
    old, new = squares((13.0, 45.0), (19.5, 49.4)), squares((13.0, 45.0))
    texts = texts_in(gp.draw_zones(new, since=old).svg())
    assert "1 looser, 0 stricter than before" in texts
    assert texts[texts.index("z1") + 1] == "removed"
    back = texts_in(gp.draw_zones(old, since=new).svg())
    assert "0 looser, 1 stricter than before" in back
    assert "removed" not in back
    wide = gp.ZoneSet(list(new), gp.ZoneFileHeader(coverages=[gp.Coverage(box(12, 44, 15, 46))]))
    head = "0 looser, 0 stricter than before · of what the file says of itself 0 looser, 1 stricter"
    assert head in texts_in(gp.draw_zones(wide, since=new).svg())
    assert "than before" not in "".join(texts_in(gp.draw_zones(new).svg()))


def test_legend_of_all_there_is_lies_on_the_picture():
    levels, words = [4, 3, 2, 1, 0, -1], ("asks nothing now", "looser by the change", "stricter by the change")
    line = {"type": "LineString", "coordinates": [[13.0, 45.0], [13.0, 46.0]]}
    zones = [gp.Zone(f"z{n}", box(n, 45, n + 0.1, 45.1), OFF) for n in range(4)]
    zones += [gp.Zone("line", line, OFF, width_m=9e4), gp.Zone("pole", box(13, 80, 14, 90), OFF)]
    changes = change_of(is_looser=True, **UNSEEN["point"])
    changes["findings"] += change_of(is_looser=False, **UNSEEN["point"])["findings"]
    values, coverage = values_of(gp.ZoneSet(zones))[0], [[[*PLACE, 100, 0, 0, 100]]]
    content = zones_picture(values, levels, changes=changes, coverages=[coverage], image_format="svg", size_px=SMALL)
    heights = {each.text: float(each.get("y", 0)) for each in ElementTree.fromstring(content).iter(f"{SVG}text")}
    assert max(heights[word] for word in words) < 750 - 8
    assert min(heights[word] for word in words[1:]) > 0
