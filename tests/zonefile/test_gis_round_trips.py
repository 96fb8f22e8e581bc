"""Zone files through the programs of GIS users and back: the same set, or refused with a remedy; never another set."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

import geopolicy as gp
from geopolicy.zonefile.header_of import header_of
from geopolicy.zonefile.loading import load_zone_files
from geopolicy.zonefile.zone_set import set_of_files
from zone_files import collection, feature

EXAMPLE = Path(__file__).resolve().parents[2] / "zones" / "worked-example.geojson"
FORMATS = {"GeoJSON": "geojson", "GeoJSONSeq": "geojsonl", "GPKG": "gpkg", "FlatGeobuf": "fgb"}
FEATURES = json.loads(EXAMPLE.read_text(encoding="utf-8"))["features"]
pytestmark = pytest.mark.filterwarnings("ignore:Non-conformant content:RuntimeWarning")  # a time zone in a GeoPackage
IN_CI = bool(os.environ.get("CI"))
needs_ogr2ogr = pytest.mark.skipif(
    shutil.which("ogr2ogr") is None and not IN_CI, reason="needs ogr2ogr, of the package gdal-bin"
)


def restored(path, header=EXAMPLE):
    """What is read of a file when its header is put back."""
    return set_of_files(load_zone_files(path, header=header_of(Path(header))))


def outcome(path, header):
    """The set, or None and why it is refused."""
    try:
        return restored(path, header), ()
    except gp.errors.ZoneFileError as refusal:
        return None, refusal.problems


def alike(zones):
    """The zones with rings turned one way from one corner, and parts in order: writers turn and order them."""
    return {zone.id: replace(zone, geometry=_normal(zone.geometry)) for zone in zones}


def _normal(geometry):
    if geometry.type in ("Point", "LineString"):
        return geometry
    parts = shapely.get_parts(shapely.geometry.shape(geometry.to_geojson()))
    shape = shapely.normalize(shapely.MultiPolygon(list(parts)))
    return gp.Geometry.from_geojson(json.loads(shapely.to_geojson(shape)))


def is_the_same(zones, header=EXAMPLE):
    plain = gp.read_zones(header)
    return alike(zones) == alike(plain) and zones.header == plain.header


def example_of(tmp_path, *ids: str, **members: object):
    """The worked example with some of its zones alone."""
    file = json.loads(EXAMPLE.read_text(encoding="utf-8")) | members
    chosen = [feature for feature in file["features"] if not ids or feature["id"] in ids]
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps(file | {"features": chosen}), encoding="utf-8")
    return path


def through(frame, folder, driver, suffix, **options: object):
    """A table written to a format, read again, and written as GeoJSON."""
    path = folder / f"table.{suffix}"
    frame.to_file(path, driver=driver, **options)
    back = folder / "back.geojson"
    geopandas.read_file(path).to_file(back, driver="GeoJSON")
    return back


# GeoPandas and Pyogrio -------------------------------------------------------


def test_example_through_geopandas_and_back_is_the_same_set(tmp_path):
    geopandas.read_file(EXAMPLE).to_file(tmp_path / "back.geojson", driver="GeoJSON")
    zones = restored(tmp_path / "back.geojson")
    assert is_the_same(zones)
    assert {warning.code for warning in zones.warnings} == {"member-null", "member-converted"}
    assert is_the_same(gp.ZoneSet.parse(zones.to_geojson_text()))


def test_example_through_geopandas_without_its_header_is_refused(tmp_path):
    geopandas.read_file(EXAMPLE).to_file(tmp_path / "back.geojson", driver="GeoJSON")
    with pytest.raises(gp.errors.ZoneFileError, match=r"header member 'geopolicy'.*geopolicy convert FILE --header"):
        gp.read_zones(tmp_path / "back.geojson")


@pytest.mark.parametrize("driver", FORMATS)
def test_example_through_a_format_of_pyogrio_is_the_same_set(tmp_path, driver):
    assert is_the_same(restored(through(geopandas.read_file(EXAMPLE), tmp_path, driver, FORMATS[driver])))


@pytest.mark.parametrize("zone_id", [feature["id"] for feature in FEATURES])
@pytest.mark.parametrize("driver", FORMATS)
def test_single_zone_through_a_format_of_pyogrio_is_the_same(tmp_path, driver, zone_id):
    path = example_of(tmp_path, zone_id)
    assert is_the_same(restored(through(geopandas.read_file(path), tmp_path, driver, FORMATS[driver]), path), path)


@pytest.mark.parametrize("driver", FORMATS)
@pytest.mark.parametrize("is_list", [False, True])
def test_lists_of_different_lengths_through_a_format_of_pyogrio_are_the_same(tmp_path, driver, is_list):
    lists = [["camera.exterior.front", "camera.exterior.rear"], ["*"], ["lidar"]]
    path = tmp_path / "zones.geojson"
    path.write_bytes(collection(*(feature(zone_id=f"z{i}", disable=names) for i, names in enumerate(lists))))
    table = geopandas.read_file(path)
    if is_list:
        table["disable"] = [list(names) for names in table["disable"]]  # of np.str_
    assert is_the_same(restored(through(table, tmp_path, driver, FORMATS[driver]), path), path)


def test_to_json_with_row_numbers_as_ids_is_refused_and_without_them_the_same_set(tmp_path):
    table = geopandas.read_file(EXAMPLE)
    path = tmp_path / "back.geojson"
    path.write_text(table.to_json(default=str), encoding="utf-8")
    with pytest.raises(gp.errors.ZoneFileError, match=r"got \"0\".*row numbers") as refusal:
        restored(path)
    assert {problem.code for problem in refusal.value.problems} == {"id-differs"}
    path.write_text(table.to_json(default=str, drop_id=True), encoding="utf-8")
    assert is_the_same(restored(path))


def test_rows_left_out_are_zones_left_out_and_empty_columns_are_refused(tmp_path):
    table = geopandas.read_file(EXAMPLE)
    kept = table[table["id"].isin(["campus", "schools"])]
    kept.to_file(tmp_path / "back.geojson", driver="GeoJSON")
    with pytest.raises(gp.errors.ZoneFileError, match=r"remove the column") as refusal:
        restored(tmp_path / "back.geojson")
    assert {problem.code for problem in refusal.value.problems} == {"column-null"}
    kept.drop(columns=["disable", "expires", "frame", "timezone"]).to_file(tmp_path / "back.geojson", driver="GeoJSON")
    assert alike(restored(tmp_path / "back.geojson")) == {
        zone_id: zone for zone_id, zone in alike(gp.read_zones(EXAMPLE)).items() if zone_id in ("campus", "schools")
    }


def test_table_in_another_system_is_refused_by_its_crs(tmp_path):
    geopandas.read_file(EXAMPLE).to_crs("EPSG:3857").to_file(tmp_path / "back.geojson", driver="GeoJSON")
    with pytest.raises(gp.errors.ZoneFileError, match="a crs member must be absent or name CRS84"):
        restored(tmp_path / "back.geojson")


@pytest.mark.parametrize("zone_id", [feature["id"] for feature in FEATURES])
def test_single_zone_through_a_shapefile_is_the_same_or_refused(tmp_path, zone_id):
    path = example_of(tmp_path, zone_id)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            back = through(geopandas.read_file(path), tmp_path, "ESRI Shapefile", "shp")
        except (pyogrio.errors.FieldError, pyogrio.errors.FeatureError):
            return  # no Shapefile comes of it, and there is nothing to read
    with pytest.raises(gp.errors.ZoneFileError, match="write the whole name"):
        restored(back, path)
    table = geopandas.read_file(back).rename(columns={"illustrati": "illustrative"})
    table.to_file(back, driver="GeoJSON")
    zones, problems = outcome(back, path)
    assert {problem.code for problem in problems} <= {"member-type", "time-invalid", "column-null"}
    # A text that was cut at 254 bytes is for people: name, reason, source.
    assert zones is None or [_unnamed(zone) for zone in alike(zones).values()] == [
        _unnamed(zone) for zone in alike(gp.read_zones(path)).values()
    ]
    if zones is not None and alike(zones) != alike(gp.read_zones(path)):
        assert "text-cut" in {warning.code for warning in zones.warnings}


def _unnamed(zone):
    return replace(zone, name=None, reason=None, source=None)


# ogr2ogr ---------------------------------------------------------------------


def ogr2ogr(*arguments: object):
    subprocess.run(["ogr2ogr", *map(str, arguments)], check=True, capture_output=True)


@needs_ogr2ogr
@pytest.mark.parametrize("options", [[], ["-lco", "RFC7946=YES"], ["-lco", "WRITE_NAME=NO"]])
def test_example_through_ogr2ogr_is_the_same_set(tmp_path, options):
    ogr2ogr("-f", "GeoJSON", tmp_path / "back.geojson", EXAMPLE, *options)
    assert is_the_same(restored(tmp_path / "back.geojson"))


@needs_ogr2ogr
def test_example_through_ogr2ogr_without_native_data_is_refused_without_its_header(tmp_path):
    ogr2ogr("-f", "GeoJSON", "-noNativeData", tmp_path / "back.geojson", EXAMPLE)
    with pytest.raises(gp.errors.ZoneFileError, match="geopolicy convert FILE --header"):
        gp.read_zones(tmp_path / "back.geojson")
    assert is_the_same(restored(tmp_path / "back.geojson"))


@needs_ogr2ogr
@pytest.mark.parametrize(
    ("suffix", "zone_id"),
    [
        # Every format, and every zone in one of them or two; all zones in all formats are slow.
        pytest.param(suffix, zone_id, marks=() if zone_id is None or (i - j) % 4 == 0 else pytest.mark.slow)
        for i, suffix in enumerate(["gpkg", "fgb", "shp", "sqlite", "geojsonl", "csv"])
        for j, zone_id in enumerate([None, *(feature["id"] for feature in FEATURES)])
    ],
)
def test_zones_through_a_format_of_ogr2ogr_are_the_same_or_refused(tmp_path, suffix, zone_id):
    path = example_of(tmp_path, *([zone_id] if zone_id else []))
    back = tmp_path / "back.geojson"
    options = ["-lco", "GEOMETRY=AS_WKT"] if suffix == "csv" else []
    try:
        ogr2ogr(tmp_path / f"table.{suffix}", path, *options)
        ogr2ogr("-f", "GeoJSON", back, tmp_path / f"table.{suffix}")
    except subprocess.CalledProcessError:
        return  # it refuses by itself, and there is nothing to read
    zones, problems = outcome(back, path)
    assert all(problem.hint or problem.code in ("geometry-missing", "rules-missing") for problem in problems)
    assert zones is None or is_the_same(zones, path)


@needs_ogr2ogr
def test_example_reprojected_by_ogr2ogr_is_refused_by_its_crs(tmp_path):
    ogr2ogr("-f", "GeoJSON", "-t_srs", "EPSG:3857", tmp_path / "back.geojson", EXAMPLE)
    with pytest.raises(gp.errors.ZoneFileError, match="a crs member must be absent or name CRS84"):
        restored(tmp_path / "back.geojson")
