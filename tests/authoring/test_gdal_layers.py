"""GeoPackage, FlatGeobuf, Shapefiles and other layers: columns, systems, layers, and the way back."""

from __future__ import annotations

import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.target import Export, ExportFeature
from geopolicy.zonefile.zone_set import ZoneSet, read_zones
from gis_sources import COVERAGE, DISABLED, NO_RULES, SAMPLES, features_of, imported, plain, problems_of, sample

SAMPLE_FILES = [
    ("gpkg", "zones.gpkg"),
    ("gpkg", "swiss.gpkg"),
    ("fgb", "zones.fgb"),
    ("shapefile", "zones.shp"),
    ("shapefile", "zones.zip"),
]
EXAMPLE = Path(__file__).resolve().parents[2] / "zones" / "worked-example.geojson"
BOX = shapely.box(13.5, 45.2, 13.6, 45.3)


def layer(path, shapes=(BOX,), crs="EPSG:4326", name="zones", **columns: object):
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [
            np.array(values, dtype=object) if isinstance(values[0], str) else np.array(values)
            for values in columns.values()
        ],
        fields=list(columns),
        crs=crs,
        geometry_type="Unknown",
        layer=name,
        promote_to_multi=False,
        append=path.exists(),
    )
    return path


def read_path(path, **options: str):
    return import_source(b"", str(path), DISABLED, {"coverage": COVERAGE}, options=options)


@pytest.mark.parametrize(("format_name", "name"), SAMPLE_FILES)
def test_sample_comes_back_with_every_column(format_name, name):
    zones = sample(format_name, name, id="code") if name != "zones.zip" else sample(format_name, name)
    content = exported(zones, format_name, drop_rules=True)
    again = imported(content, format_name, id="code")
    assert features_of(again) == features_of(zones) if name != "zones.zip" else len(again) == 1
    if name != "zones.zip":
        assert plain(again) == plain(zones)


@pytest.mark.parametrize("format_name", ["gpkg", "fgb"])
def test_zones_with_all_that_they_say_come_back_equal(format_name):
    example = read_zones(EXAMPLE)
    for frame in sorted({zone.frame for zone in example}):
        zones = ZoneSet([zone for zone in example if zone.frame == frame], example.header)
        content = exported(zones, format_name)
        assert plain(imported(content, format_name, NO_RULES, columns="zone-file")) == plain(zones)
    with pytest.raises(gp.errors.ZoneFileError, match="must be in one frame"):
        exported(example, format_name)


def test_shapefile_refuses_what_it_would_cut():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        exported(read_zones(EXAMPLE.with_name("reported-bans-cn.geojson")), "shapefile")
    assert {problem.code for problem in refusal.value.problems} == {"export-column"}


def test_columns_of_every_type_come_back(tmp_path):
    path = layer(
        tmp_path / "types.gpkg",
        [BOX, BOX],
        id=["a", "b"],
        flag=[True, False],
        small=np.array([1, -2], dtype="int16"),
        whole=np.array([1, 2**40], dtype="int64"),
        real=[0.1, float("nan")],
        day=np.array(["2027-01-01", "2027-02-01"], dtype="datetime64[D]"),
        moment=np.array(["2027-01-01T10:00:00", "2027-02-01T11:30:00.5"], dtype="datetime64[ms]"),
    )
    zones = read_path(path).zone_set
    assert zones is not None
    row = features_of(zones)["b"]["properties"]
    assert {name: row[name] for name in ("flag", "small", "whole", "real", "day")} == {
        "flag": False,
        "small": -2,
        "whole": 2**40,
        "real": None,
        "day": "2027-02-01",
    }
    again = imported(exported(zones, "gpkg", drop_rules=True), "gpkg")
    assert features_of(again) == features_of(zones)


def test_altitudes_are_kept_and_zones_are_flat():
    zones = {zone.id: zone for zone in sample("gpkg", "zones.gpkg", id="code")}
    assert zones["d"].geometry.to_geojson()["coordinates"] == [[13.5, 45.2], [13.6, 45.3]]
    assert features_of(sample("gpkg", "zones.gpkg", id="code"))["d"]["geometry"]["coordinates"][0] == [13.5, 45.2, 3.0]


def measured_wkb(kind, *positions: tuple[float, ...]):
    """A polygon as ISO WKB of a type with measures."""
    head = struct.pack("<BIII", 1, kind, 1, len(positions))
    return head + b"".join(struct.pack(f"<{len(each)}d", *each) for each in positions)


ZM = measured_wkb(3003, (13.5, 45.2, 1, 7), (13.6, 45.3, 3, 9), (13.6, 45.2, 2, 8), (13.5, 45.2, 1, 7))
M = measured_wkb(2003, (13.5, 45.2, 7), (13.6, 45.3, 9), (13.6, 45.2, 8), (13.5, 45.2, 7))


def measured_layer(path, driver, *shapes: bytes):
    names = np.array(["a", "b"][: len(shapes)], dtype=object)
    options = {"crs": "EPSG:4326", "geometry_type": "Unknown", "driver": driver, "promote_to_multi": False}
    pyogrio.raw.write(path, np.array(shapes, dtype=object), [names], fields=["id"], **options)
    return path


@pytest.mark.parametrize(("suffix", "driver", "shapes"), [("gpkg", "GPKG", (ZM, M)), ("shp", "ESRI Shapefile", (ZM,))])
def test_measures_are_kept_and_written_back(tmp_path, suffix, driver, shapes):
    outcome = read_path(measured_layer(tmp_path / f"zones.{suffix}", driver, *shapes))
    zones = outcome.zone_set
    assert outcome.warnings == ()
    kept = {zone_id: feature["geometry"]["wkb"] for zone_id, feature in features_of(zones).items()}
    assert kept == dict(zip("ab", (shape.hex().upper() for shape in shapes), strict=False))
    form = "gpkg" if suffix == "gpkg" else "shapefile"
    edited = ZoneSet([replace(zone, name="A") for zone in zones], zones.header)
    again = imported(exported(edited, form, drop_rules=True), form)
    assert {zone_id: feature["geometry"]["wkb"] for zone_id, feature in features_of(again).items()} == kept
    assert {zone.name for zone in again} == {"A"}


def test_measures_that_would_be_lost_are_refused(tmp_path):
    zones = read_path(measured_layer(tmp_path / "zones.gpkg", "GPKG", ZM, M)).zone_set
    for form in ("fgb", "shapefile"):
        with pytest.raises(gp.errors.ZoneFileError, match="measures"):
            format_named(form).load().write(Export(zones.header, export_features(zones), None, None))


def export_features(zones):
    return tuple(
        ExportFeature((zones[zone_id],), feature, is_unchanged=True, order=order)
        for order, (zone_id, feature) in enumerate(features_of(zones).items())
    )


def test_layer_that_states_more_features_than_it_can_have_is_refused(tmp_path):
    path = tmp_path / "zones.gpkg"
    path.write_bytes((SAMPLES / "gpkg" / "zones.gpkg").read_bytes())
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 1000000000")
        database.commit()
    with pytest.raises(gp.errors.ZoneFileError, match="must not state more features than its file has bytes"):
        read_path(path)


def test_system_of_the_layer_becomes_the_frame():
    (zone,) = sample("gpkg", "swiss.gpkg", id="code")
    assert zone.frame == "EPSG:2056"


def test_layer_must_be_named_where_there_are_several(tmp_path):
    path = tmp_path / "two.gpkg"
    layer(path, name="one", id=["a"])
    layer(path, name="two", id=["b"])
    with pytest.raises(gp.errors.ZoneFileError, match="its layers are one, two"):
        read_path(path)
    zones = read_path(path, layer="two").zone_set
    assert zones is not None
    assert [zone.id for zone in zones] == ["b"]
    (warning,) = read_path(path, layer="two").warnings
    assert (warning.code, warning.rule.endswith("neither read nor kept, one")) == ("source-part", True)


@pytest.mark.parametrize(
    "path", ["/vsicurl/http://127.0.0.1/a.gpkg", "http://127.0.0.1/a.gpkg", "/VSIzip/a.zip/a.gpkg"]
)
def test_paths_that_lead_elsewhere_are_refused(path):
    with pytest.raises(gp.errors.ZoneFileError, match="a file on this machine"):
        import_source(b"", path, DISABLED, {"coverage": COVERAGE}, format_name="gpkg")


@pytest.mark.parametrize(
    "head", [b"<OGRVRTDataSource>", b'{"type": "gdalg_streamed_alg"}', b"<?xml version='1.0'?><ogrvrtdatasource>"]
)
@pytest.mark.parametrize("format_name", ["gpkg", "fgb", "shapefile"])
def test_files_that_refer_to_others_are_refused(head, format_name):
    assert problems_of(head, format_name) == [("source-format", "$")]


def test_gdal_prints_nothing(tmp_path):
    path = tmp_path / "cut.gpkg"
    path.write_bytes((SAMPLES / "gpkg" / "zones.gpkg").read_bytes()[:5000])
    program = (
        "import sys\nfrom geopolicy.authoring.formats.zones import import_zones\n"
        "try:\n    import_zones(sys.argv[1], header={'coverage': 'world'}, disable=['camera'])\n"
        "except ValueError as error:\n    assert 'GDAL must be able' in str(error)\nelse:\n    raise SystemExit(1)\n"
    )
    run = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")


def test_gpx_is_read_by_gdal(tmp_path):
    path = tmp_path / "points.gpx"
    path.write_text('<gpx version="1.1" creator="x"><wpt lat="45.2" lon="13.5"><name>A</name></wpt></gpx>')
    outcome = read_path(path, layer="waypoints", radius_m="20")
    assert outcome.zone_set is not None
    assert [(zone.name, zone.radius_m) for zone in outcome.zone_set] == [("A", 20)]
    with pytest.raises(ValueError, match="read only"):
        exported(outcome.zone_set, "gdal", drop_rules=True)


def test_without_pyogrio_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    with pytest.raises(gp.errors.ZoneFileError, match=r"pip install 'geopolicy\[formats\]'"):
        sample("gpkg", "zones.gpkg")


def test_changed_zone_is_written_with_its_area():
    zones = sample("gpkg", "zones.gpkg", id="code")
    changed = ZoneSet([replace(zone, margin_m=4.0) if zone.id == "a" else zone for zone in zones], zones.header)
    again = imported(exported(changed, "gpkg", drop_rules=True, options={"id": "code"}), "gpkg", id="code")
    before, after = features_of(zones), features_of(again)
    assert after["b"] == before["b"]
    assert after["a"]["properties"] == {**before["a"]["properties"], "radius_m": None}
    assert after["a"]["geometry"] != before["a"]["geometry"]
