"""Files with so many problems that nobody reads them all: their number is bounded, and so are time and memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest

import geopolicy as gp
from geopolicy.zonefile import members, strict_json
from geopolicy.zonefile.loading import load_zone_files
from geopolicy.zonefile.mistakes import probable_mistakes
from geopolicy.zonefile.reader import examine_zone_file
from shapes import box
from zone_files import collection, feature

MOST = 100


@pytest.fixture
def few(monkeypatch):
    """Lists no more than so many errors, and so many warnings of a code."""
    monkeypatch.setattr(members, "MOST_ERRORS", MOST)
    monkeypatch.setattr(strict_json, "MOST_ERRORS", MOST)
    monkeypatch.setattr(members, "_MOST_WARNINGS", MOST)


def bad(count):
    return [feature(box(0, 0, 1, 1), f"z{i}", disable=[]) for i in range(count)]


@pytest.mark.usefixtures("few")
def test_errors_up_to_the_most_are_all_listed():
    problems = examine_zone_file(collection(*bad(MOST))).problems
    assert [problem.code for problem in problems] == ["sensors-empty"] * MOST


@pytest.mark.usefixtures("few")
def test_errors_beyond_the_most_end_reading_and_the_last_one_says_so():
    file = examine_zone_file(collection(*bad(MOST), *bad(30)), "a.geojson")
    *listed, last = file.problems
    assert [problem.code for problem in listed] == ["sensors-empty"] * MOST
    assert (last.code, last.file, last.is_warning) == ("errors-too-many", "a.geojson", False)
    assert "0 more, and 30 zones that were not read" in last.value
    assert (file.feature_count, file.unread_count) == (MOST + 30, 30)


@pytest.mark.usefixtures("few")
def test_errors_in_one_zone_beyond_the_most_are_counted():
    shape = {"type": "Polygon", "coordinates": [[[] for _ in range(500)]]}
    *listed, last = examine_zone_file(collection(feature(shape))).problems
    assert len(listed) == MOST
    assert "400 more, and 0 zones" in last.value


@pytest.mark.usefixtures("few")
def test_errors_of_json_beyond_the_most_are_counted_and_no_zone_is_read():
    twice = '{"a":1,"a":2,"big":1e999}'
    raw = collection(feature()).replace(b'"features": [', f'"features": [{",".join([twice] * 80)},'.encode())
    file = examine_zone_file(raw)
    assert [problem.path for problem in file.problems[:2]] == ["$.features[0].a", "$.features[0].big"]
    assert (file.problems[-1].code, file.zones) == ("errors-too-many", [])
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        strict_json.loads(raw)
    assert len(refusal.value.problems) == MOST


@pytest.mark.usefixtures("few")
def test_warnings_beyond_the_most_of_a_code_are_counted_and_the_zones_are_accepted():
    zones = [feature(box(0, 0, 1, 1), f"z{i}", disable=["camara"], Level=3) for i in range(MOST + 7)]
    file = examine_zone_file(collection(*zones))
    assert len(file.zones) == MOST + 7
    mistakes = probable_mistakes([file])
    assert len(mistakes) == MOST + 1
    assert mistakes[-1].is_warning
    assert mistakes[-1].code == "sensor-unknown"
    assert "and 7 more of these warnings" in str(mistakes[-1])


@pytest.mark.parametrize(
    "item",
    [
        "{}",
        pytest.param('{"a":1,"a":1}', marks=pytest.mark.slow),
        pytest.param("0", marks=pytest.mark.slow),
        pytest.param('{"type":"Feature","geometry":{"type":"Point"}}', marks=pytest.mark.slow),
    ],
)
def test_a_large_file_of_nothing_but_errors_is_refused_soon_and_in_little_memory(tmp_path, item):
    path = tmp_path / "hostile.geojson"
    head = '{"type":"FeatureCollection","geopolicy":{"format":1,"coverage":"world"},"features":['
    path.write_text(f"{head}{','.join([item] * (3_000_000 // len(item)))}]}}", encoding="ascii")
    began = time.process_time()
    loaded = load_zone_files(path)
    assert time.process_time() - began < 30.0
    assert len(loaded.errors) == strict_json.MOST_ERRORS + 1


def test_errors_take_memory_only_as_far_as_they_are_listed():
    context = members.FileContext("a.geojson")

    def bytes_of_as_many_again():
        tracemalloc.start()
        for _ in range(strict_json.MOST_ERRORS):
            context.report("rule-empty", "a rule must ask something", "$", "nothing")
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    bytes_of_as_many_again()
    assert min(bytes_of_as_many_again() for _ in range(3)) < 10_000  # other threads take memory, too
