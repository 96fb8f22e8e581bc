"""Zone files read with all shapes at once, and zone by zone: the same zones, polygons and problems."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.geometry.effective import kept_polygon
from geopolicy.zonefile import feature_json, feature_shapes, feature_words, gis_values, reader, rule_json, strict_json
from shapes import BOW_TIE, box, polygon
from zone_files import collection, feature
from zone_strategies import any_zone_sets

FOLDER = Path(__file__).resolve().parents[1] / "data" / "bad-zones"
RINGS = {
    "square": [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]],
    "clockwise": [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]],
    "doubled": [[0, 0], [1, 0], [1, 0], [1, 1], [0, 1], [0, 0]],
    "near": [[0, 0], [1, 0], [1.00000001, 0.00000001], [1, 1], [0, 1], [0, 0]],
    "china": [[113, 29], [114, 29], [114, 30], [113, 29]],
    "half-china": [[113, 59], [114, 59], [114, 60.5], [113, 59]],
    "edge-china": [[113, 59], [114, 59], [114, 60], [113, 59]],
    "open": [[0, 0], [1, 0], [1, 1], [0, 1]],
    "short": [[0, 0], [1, 0], [0, 0]],
    "bow": BOW_TIE["coordinates"][0],
    "line": [[0, 0], [1, 0], [2, 0], [0, 0]],
    "tiny": [[0, 0], [1e-9, 0], [0, 1e-9], [0, 0]],
    "touching": [[0, 0], [2, 0], [1, 1], [2, 2], [0, 2], [1, 1], [0, 0]],
    "beyond": [[179, 0], [181, 0], [181, 1], [179, 1], [179, 0]],
    "seam": [[179, 0], [180, 0], [180, 1], [179, 1], [179, 0]],
    "wide": [[-300, 0], [0, -1], [300, 0], [0, 1], [-300, 0]],
    "jump": [[-179, 0], [179, 0], [179, 1], [-179, 1], [-179, 0]],
    "turn": [[-359, 0], [359, 0], [359, 1], [-359, 1], [-359, 0]],
    "pole": [[0, 80], [90, 80], [90, 90], [0, 90], [0, 80]],
    "swapped": [[0, 91], [1, 91], [1, 92], [0, 91]],
    "metres": [[500000, 5500000], [500100, 5500000], [500100, 5500100], [500000, 5500000]],
    "altitude": [[0, 0, 5], [1, 0, 5], [1, 1, 5], [0, 0, 5]],
    "text": [["0", 0], [1, 0], [1, 1], [0, 0]],
    "empty": [],
    "huge": [[1e301, 0], [1, 0], [1, 1], [1e301, 0]],
}
HOLES = {
    "inside": [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.2]],
    "outside": [[5, 5], [6, 5], [6, 6], [5, 5]],
    "other": [[0.5, 0.5], [0.6, 0.5], [0.6, 0.6], [0.5, 0.5]],
    "across": [[0.3, 0.3], [0.5, 0.3], [0.5, 0.5], [0.3, 0.3]],
    "hollow": RINGS["square"],
}
FRAMES = (None, None, None, "CGCS2000", "GCJ-02", "BD-09", "EPSG:25832", "EPSG:4326")


@st.composite
def geometries(draw):
    """Polygons and others, good and bad."""
    ring = st.sampled_from(list(RINGS.values()))
    rings = st.builds(
        lambda outer, holes: [outer, *holes], ring, st.lists(st.sampled_from(list(HOLES.values())), max_size=2)
    )
    kind = draw(st.sampled_from(["Polygon"] * 4 + ["MultiPolygon"] * 2 + ["LineString", "Point", "polygon"]))
    depths = {"MultiPolygon": st.lists(rings, max_size=3), "LineString": ring, "Point": st.just([1, 2])}
    wrong = draw(st.integers(0, 9)) == 0
    coordinates = draw(ring if wrong else depths.get(kind, rings))
    extra = draw(st.sampled_from([{}] * 6 + [{"bbox": [0, 0, 1, 1]}, {"crs": 1}]))
    return {"type": kind, "coordinates": coordinates, **extra}


@st.composite
def properties(draw):
    """What the same words in many zones are about, some of it wrong."""
    asks = [
        {"disable": ["camera"]},
        {"rules": [{"sensors": ["camera"], "level": "off"}]},
        {"rules": [{"sensors": ["lidar"], "level": "no_record", "applies_to": {"class": "truck"}}]},
        {"rules": [{"sensors": ["camera"], "level": "off", "active": {"days": ["mon"], "hours": "08:00-10:00"}}]},
        {"rules": [{"sensors": ["camera"], "levl": "off"}]},
        {"rules": [{"sensors": [], "level": "off"}], "disable": ["*"]},
        {"rules": '[{"sensors": ["camera"], "level": "off"}]'},
        {"disable": "camera,lidar"},
        {"rules": []},
        {},
    ]
    values = {
        "name": st.sampled_from(["yard", "gate", 7, "x" * 254]),
        "margin_m": st.sampled_from([0, 5.5, -1, "5"]),
        "radius_m": st.sampled_from([10, 0]),
        "width_m": st.just(3),
        "frame": st.sampled_from(FRAMES),
        "timezone": st.sampled_from(["UTC", "Mars/Base", None]),
        "repair": st.sampled_from([True, False, 1, "yes"]),
        "expires": st.sampled_from(["2027-01-01T00:00:00Z", "2027/01/01 00:00:00+00", "soon"]),
        "owner": st.sampled_from(["a", None, {"b": [1, 2.0]}]),
        "sensor": st.just(1),
        "id": st.sampled_from(["a", 3]),
    }
    names = draw(st.lists(st.sampled_from(sorted(values)), max_size=2, unique=True))
    return draw(st.sampled_from(asks)) | {name: draw(values[name]) for name in names}


@st.composite
def features(draw):
    source = {"type": "Feature", "geometry": draw(geometries()), "properties": draw(properties())}
    source |= draw(st.sampled_from([{}] * 5 + [{"typ": 1}, {"rules": []}, {"Geometry": 1}, {"note": "x"}]))
    return source | {"id": draw(st.sampled_from(["a", "b", "c", "d", "e", "f", 7]))}


def examined(raw, **options: object):
    """All that reading a file gives, the polygons too."""
    try:
        file = reader.examine_zone_file(raw, "f.geojson", **options)
    except gp.errors.ZoneFileError as error:
        return error.problems
    polygons = [
        (polygon.family, polygon.bounds, polygon.spent) for zone in file.zones if (polygon := kept_polygon(zone))
    ]
    arrays = [
        array.tolist()
        for zone in file.zones
        if (polygon := kept_polygon(zone))
        for array in (*(ring for part in polygon.polygons for ring in part), polygon.borders, polygon.border_pieces)
    ]
    stated = (file.header, file.zones, file.places, file.disables, file.feature_count, file.unread_count)
    return stated, file.problems, polygons, arrays


def one_by_one(raw, **options: object):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "_read_by_kernel", lambda *_: None)
        patch.setattr(reader, "plain_geometry", lambda _: None)
        patch.setattr(rule_json, "_stated", lambda *_, **__: None)
        patch.setattr(gis_values, "_is_plain", lambda _: False)
        patch.setattr(feature_words, "_is_nothing_misplaced", lambda _: False)
        stated = feature_json._stated
        patch.setattr(feature_json, "_stated", lambda source: (None, stated(source)[1]))
        return examined(raw, **options)


OPTIONS = st.fixed_dictionaries(
    {"repair": st.booleans(), "unwrap": st.sampled_from([None, None, frozenset(), frozenset(["a"])])}
)


@settings(deadline=None)
@given(st.lists(features(), max_size=6), st.sampled_from(FRAMES), OPTIONS)
def test_any_features_are_read_at_once_as_one_by_one(made, frame, options):
    header = {"format": 1, "coverage": "world"} | ({"frame": frame} if frame else {})
    raw = collection(*made, header=header)
    assert examined(raw, **options) == one_by_one(raw, **options)


@settings(deadline=None)
@given(any_zone_sets(), OPTIONS)
def test_any_zone_set_is_read_at_once_as_one_by_one(zones, options):
    raw = zones.to_geojson_text().encode()
    assert examined(raw, **options) == one_by_one(raw, **options)


@settings(deadline=None)
@given(st.integers(0, 2**32), OPTIONS)
def test_features_of_bad_files_together_are_read_at_once_as_one_by_one(seed, options):
    chance = random.Random(seed)
    made = [feature(polygon(), zone_id=f"good-{i}") for i in range(3)]
    for path in chance.sample(sorted(FOLDER.glob("*.geojson")), 6):
        try:
            root = json.loads(path.read_bytes())
            json.dumps(root, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            continue
        found = root.get("features") if isinstance(root, dict) else None
        made += found if isinstance(found, list) else []
    chance.shuffle(made)
    raw = collection(*made, header={"format": 1, "coverage": "world"})
    assert examined(raw, **options) == one_by_one(raw, **options)


@pytest.mark.parametrize("frame", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("name", ["china", "half-china", "edge-china", "square"])
def test_zones_of_chinese_frames_are_read_at_once_as_one_by_one(frame, name):
    made = feature(polygon(RINGS[name]), frame=frame), feature(polygon(RINGS[name]), zone_id="b", margin_m=5)
    for raw in (collection(*made), collection(*made, header={"format": 1, "coverage": "world", "frame": frame})):
        assert examined(raw) == one_by_one(raw)


@pytest.mark.parametrize("most", [1, 5, 9, 100])
def test_features_are_read_in_any_chunks_alike(most, monkeypatch):
    raw = collection(*(feature(box(i, 0, i + 0.5, 1 + i % 2), zone_id=f"z{i}") for i in range(12)), feature(BOW_TIE))
    wanted = one_by_one(raw)
    monkeypatch.setattr(feature_shapes, "_MOST_CORNERS", most)
    assert examined(raw) == wanted


def test_polygons_at_once_need_no_kernel(request):
    raw = collection(*(feature(polygon(ring), zone_id=name) for name, ring in RINGS.items()))
    wanted = examined(raw, repair=True)
    request.getfixturevalue("no_kernel")
    assert examined(raw, repair=True) == wanted


def test_plain_polygons_are_made_of_what_is_plain_alone():
    made = [gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [ring]}) for ring in PLAIN_OR_NOT.values()]
    found = feature_shapes.plain_polygons(made)
    assert {name for name, polygon in zip(PLAIN_OR_NOT, found, strict=True) if polygon} == {
        *("square", "clockwise", "doubled", "near", "beyond", "seam", "jump", "pole"),
        *("china", "half-china", "edge-china"),
    }


PLAIN_OR_NOT = {name: ring for name, ring in RINGS.items() if name not in ("text", "empty", "huge", "altitude")}
