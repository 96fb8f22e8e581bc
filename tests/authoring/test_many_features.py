"""Reading takes time in proportion to what is read, in any format: twenty thousand features are no trap."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from format_bytes import GOOD
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.gis import geojson, kml
from geopolicy.authoring.formats.gis.geojson_text import is_sequence
from geopolicy.authoring.formats.source import Reading
from geopolicy.zonefile.members import FileContext
from geopolicy.zonefile.zone_set import ZoneSet
from gis_sources import SAMPLES, feature, imported
from multiplied import multiplied, read_cpu_s

FEW, MANY = 4, 200
_LEAST_S = 0.01  # of few, below which a clock says little
_MOST_GROWTH = 10.0  # of the time for each item; what is quadratic has 50
LISTS = {f"{name}/{file}": (name, content) for name, file, content in GOOD if multiplied(content, 1) is not None}
_MOST_CPU_S = 60.0  # of what takes a second, and took minutes while it was quadratic


def test_most_samples_have_a_list():
    assert len(LISTS) > 20
    assert len({name for name, _ in LISTS.values()}) == 10


@pytest.mark.parametrize(("format_name", "content"), LISTS.values(), ids=LISTS)
def test_reading_grows_with_the_source(format_name, content):
    few, many = multiplied(content, FEW), multiplied(content, MANY)
    first = max(_LEAST_S, min(read_cpu_s(format_name, few) for _ in range(3)))
    assert read_cpu_s(format_name, many) < _MOST_GROWTH * MANY / FEW * first


def read_within(module, content, count):
    """Reads a source and checks the number of its zones."""
    reading = Reading("source", content, FileContext("source"))
    assert read_cpu_s(module.__name__.rpartition(".")[2], content) < _MOST_CPU_S
    assert len(module.read(reading).zones) == count
    assert reading.context.problems == []


@pytest.mark.parametrize("after", ["", "\n", "\r\n\r\n", " " * 20_000])
def test_features_on_one_line_are_read_in_linear_time(after):
    text = json.dumps({"type": "FeatureCollection", "features": [feature(id=number) for number in range(20_000)]})
    read_within(geojson, (after + text + after).encode(), 20_000)


def test_features_on_lines_are_read_in_linear_time():
    lines = "".join(json.dumps(feature(id=number)) + "\n" for number in range(20_000))
    read_within(geojson, lines.encode(), 20_000)


@pytest.mark.parametrize("head", [b" " * 100_000, b'{"type": "Feature"' * 20_000, b'{"type"' + b" " * 100_000])
def test_whether_text_is_a_sequence_is_told_in_linear_time(head):
    assert not is_sequence(head)
    assert not is_sequence(head + b"}\n")


def test_lines_of_one_ring_in_kml_are_read_in_linear_time():
    ring = "\n".join(f"{13 + 1e-6 * number!r},45" for number in range(300_000))
    text = f"<kml><Placemark><LineString><coordinates>{ring}</coordinates></LineString></Placemark></kml>"
    assert read_cpu_s("kml", text.encode()) < _MOST_CPU_S


def test_placemarks_of_a_folder_without_a_name_are_read_in_linear_time():
    point = "<Placemark><Point><coordinates>13,45</coordinates></Point>"
    text = (point + "<ExtendedData><Data name='radius_m'><value>5</value></Data></ExtendedData></Placemark>") * 20_000
    read_within(kml, f"<kml><Document><Folder>{text}</Folder></Document></kml>".encode(), 20_000)


def many_parts(format_name, count):
    """A source of one feature that becomes so many zones."""
    centres = [[13 + 1e-4 * number, 45] for number in range(count)]
    if format_name == "kml":
        points = "".join(f"<Point><coordinates>{x!r},{y!r}</coordinates></Point>" for x, y in centres)
        return f"<kml><Placemark><MultiGeometry>{points}</MultiGeometry></Placemark></kml>".encode()
    if format_name == "geojson":
        return json.dumps(feature({"type": "MultiPoint", "coordinates": centres}, {"kind": "a"})).encode()
    (zone,) = json.loads((SAMPLES / "ed269" / "bare-list.json").read_bytes())
    circles = [{"type": "Circle", "center": centre, "radius": 10} for centre in centres]
    zone["geometry"] = [zone["geometry"][0] | {"horizontalProjection": circle} for circle in circles]
    return json.dumps([zone]).encode()


@pytest.mark.parametrize("format_name", ["kml", "geojson", "ed269"])
def test_export_of_changed_parts_of_one_feature_takes_linear_time(format_name):
    spent = []
    for count in (100, 2000):
        options = {} if format_name == "ed269" else {"radius_m": "10"}
        zones = imported(many_parts(format_name, count), format_name, **options)
        changed = ZoneSet([replace(zone, radius_m=20) for zone in zones], zones.header)
        began = time.process_time()
        exported(changed, format_name, drop_rules=True)
        spent.append(max(_LEAST_S, time.process_time() - began))
    assert spent[1] < 4 * 20 * spent[0]
