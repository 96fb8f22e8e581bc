"""What is kept of a zone file that was read: of one zone no other, and no text of the file once it is read."""

from __future__ import annotations

import gc
import json
import pickle
import sys
import threading
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest

import geopolicy as gp
from geopolicy.geometry.effective import kept_polygon, plain_polygons, shape_problems
from geopolicy.geometry.effective.polygon import EffectivePolygon
from geopolicy.zonefile.reader import read_zone_file
from geopolicy.zonefile.rule_json import _stated
from shapes import box, polygon
from zone_files import collection, feature, warnings_of

LONG = 400_000
"""Letters."""
FEW_BYTES = 200_000
"""Beside texts, what the interpreter keeps of its own varies by a hundred thousand."""
RULE = {"sensors": ["camera"], "level": "off"}
TWO_SQUARES = {"type": "MultiPolygon", "coordinates": [box(i, 0, i + 0.5, 1)["coordinates"] for i in (0, 1)]}


def memory_left_by(make):
    """The bytes that are taken once a function has run and its result is let go, after it ran before."""
    tracemalloc.start()
    try:
        make(0)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(1, 4):
            make(number)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "properties",
    [
        lambda number: {f"owner{number}_{i}" + "n" * 80: 1 for i in range(3000)},
        lambda number: {f"{number}" + "n" * LONG: 1},
        lambda number: {"rules": json.dumps([RULE | {"text": f"{number}" + "x" * LONG}])},
        lambda number: {"disable": "[" * LONG + f"{number}"},
        lambda number: {"disable": ["x" * LONG + f"{number}"]},
    ],
    ids=["many names", "a long name", "rules as text", "no list", "a long name of a sensor"],
)
@pytest.mark.parametrize("is_beside", [False, True])
def test_texts_of_a_file_are_not_kept_once_it_is_read(properties, is_beside):
    def read(number):
        made = properties(number)
        source = feature(polygon()) | made if is_beside else feature(polygon(), **made)
        with suppress(gp.errors.ZoneFileError):
            read_zone_file(collection(source))

    assert memory_left_by(read) < FEW_BYTES


@pytest.mark.parametrize("is_asked", [False, True])
def test_zone_that_is_kept_holds_nothing_of_the_others(is_asked):
    raw = collection(*(feature(box(i / 100, 0, i / 100 + 0.005, 1), zone_id=f"z{i}") for i in range(5000)))
    read_zone_file(raw)
    gc.collect()
    tracemalloc.start()
    try:
        zone = read_zone_file(raw).zones[5]
        assert kept_polygon(zone) is not None
        if is_asked:
            assert len(kept_polygon(zone).polygons[0][0]) == 5
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < FEW_BYTES
    finally:
        tracemalloc.stop()


def test_rules_that_are_long_are_no_key():
    long_rules = {"rules": [RULE | {"text": "x" * LONG}]}
    assert _stated({"disable": ["camera"]}, None, is_lenient=False) is not None
    assert _stated(long_rules, None, is_lenient=False) is None
    zones = read_zone_file(collection(feature(**long_rules), feature(zone_id="b", **long_rules))).zones
    assert zones[0].rules == zones[1].rules


def overtaken_at(line, read):
    """What a function returns where another thread calls it before this one gets to a line of `polygon`, by number of
    lines that are run; and whether there are as many.
    """
    seen = []

    def trace(frame, event, _arg):
        if frame.f_code.co_filename.endswith("polygon.py"):
            if event == "line":
                seen.append(frame.f_lineno)
                if len(seen) == line:
                    other = threading.Thread(target=read)
                    other.start()
                    other.join()
            return trace
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        value = read()
    finally:
        sys.settrace(before)
    return value, len(seen) >= line


@pytest.mark.parametrize("name", ["polygons", "borders", "border_pieces"])
def test_polygon_is_unpacked_by_two_threads_at_once(name):
    geometry = gp.Geometry.from_geojson(TWO_SQUARES)
    wanted = pickle.dumps(getattr(plain_polygons([geometry])[0], name))
    line, is_reached = 0, True
    while is_reached:
        (made,) = plain_polygons([geometry])
        line += 1
        value, is_reached = overtaken_at(line, lambda made=made: getattr(made, name))
        assert pickle.dumps(value) == wanted
    assert line > 2


def test_polygon_made_at_once_is_not_changed_for_another_frame():
    geometry = gp.Geometry.from_geojson(polygon([[113, 29], [114, 29], [114, 30], [113, 29]]))
    (plain,) = plain_polygons([geometry])
    zone = gp.Zone("a", geometry, [gp.Rule(["camera"], gp.Level.OFF)], frame="GCJ-02")
    assert shape_problems(zone, plain=plain) == []
    assert (plain.family, kept_polygon(zone).family) == ("WGS84", "GCJ-02")


def test_polygon_made_at_once_is_that_of_its_rings():
    (plain,) = plain_polygons([gp.Geometry.from_geojson(TWO_SQUARES)])
    alone = EffectivePolygon("WGS84", [list(part) for part in plain.polygons])
    assert plain.bounds == alone.bounds
    assert all(
        np.array_equal(a, b)
        for parts in zip(plain.polygons, alone.polygons, strict=True)
        for a, b in zip(*parts, strict=True)
    )


def test_suspicious_members_are_named_in_the_order_of_the_text():
    names = ["marginn_m", "rule", "disabled", "timezon", "expire", "fram", "sensors", "repairs"]
    warned = warnings_of(collection(feature(**dict.fromkeys(names, 3))))
    assert [path.rsplit(".", 1)[1] for code, path in warned if code == "member-suspicious"] == names
