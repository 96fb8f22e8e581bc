"""``geopolicy diff`` and ``compile --since``: a loosening is named before it ships."""

from __future__ import annotations

import json

import pytest
import shapely

from shapes import box, polygon
from zone_files import collection, feature

OLD = collection(feature(zone_id="depot"), feature(box(2, 0, 3, 1), "yard"))


def header(**members: object):
    return {"format": 1, "coverage": "world"} | members


@pytest.fixture
def diff(cli, tmp_path):
    """Runs ``diff`` on the text of two files."""

    def run(old, new, *options: object):
        (tmp_path / "old.geojson").write_bytes(old)
        (tmp_path / "new.geojson").write_bytes(new)
        return cli("diff", tmp_path / "old.geojson", tmp_path / "new.geojson", *options)

    return run


def test_diff_of_equal_files_ends_with_0(diff):
    assert diff(OLD, OLD) == (0, "0 zones looser, 0 stricter, 0 added, 0 removed, 0 renamed\n", "")


def test_diff_says_each_change_in_a_line_and_ends_with_1_where_one_is_looser(diff):
    new = collection(
        feature(zone_id="depot", rules=[{"sensors": ["camera"], "level": "no_record"}]),
        feature(box(2, 0, 3, 1), "garden"),
        feature(box(5, 0, 6, 1), "school"),
    )
    code, out, err = diff(OLD, new)
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "depot: changed, LOOSER: camera: off -> no_record",
        "school: added, stricter: camera: off",
        "yard -> garden: renamed",
        "1 zone looser, 1 stricter, 1 added, 0 removed, 1 renamed",
    ]


def test_diff_allowed_loosening_is_said_and_ends_with_0(diff):
    code, out, _ = diff(OLD, collection(feature(zone_id="depot")), "--allow-loosening")
    assert (code, out.splitlines()[0]) == (0, "yard: removed, LOOSER: camera: off")


def test_diff_stricter_alone_ends_with_0(diff):
    code, out, _ = diff(collection(feature(zone_id="depot")), OLD)
    assert (code, out) == (
        0,
        "yard: added, stricter: camera: off\n0 zones looser, 1 stricter, 1 added, 0 removed, 0 renamed\n",
    )


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"id": "a"}, {"id": "b"}, "header: LOOSER: id a -> b: vehicles take it for another set"),
        ({"id": "a", "revision": 3}, {"id": "a", "revision": 2}, "header: LOOSER: revision 3 -> 2: it goes back"),
        (
            {"issued": "2026-11-01T00:00:00Z"},
            {"issued": "2026-10-01T00:00:00Z"},
            "header: LOOSER: issued 2026-11-01T00:00:00Z -> 2026-10-01T00:00:00Z: it goes back, vehicles refuse it",
        ),
        (
            {"issued": "2026-11-01T00:00:00Z"},
            {},
            "header: LOOSER: issued 2026-11-01T00:00:00Z -> none: it goes back, vehicles refuse it",
        ),
        (
            {"expires": "2027-01-01T00:00:00Z"},
            {"expires": "2028-01-01T00:00:00Z"},
            "header: LOOSER: expires 2027-01-01T00:00:00Z -> 2028-01-01T00:00:00Z",
        ),
        (
            {"expires": "2027-01-01T00:00:00Z"},
            {},
            "header: LOOSER: expires 2027-01-01T00:00:00Z -> never",
        ),
        (
            {"coverage": box(-5, -5, 5, 5)},
            {"coverage": box(-5, -5, 5, 5.0000001)},
            "header: LOOSER: more is covered: where nothing was known zones alone restrict now",
        ),
    ],
)
def test_diff_header_that_lets_more_through_is_looser(diff, before, after, line):
    there = [collection(feature(), header=header(**members)) for members in (before, after)]
    code, out, _ = diff(*there)
    assert (code, out.splitlines()[0]) == (1, line)
    assert out.splitlines()[-1].endswith("; 1 loosening in the header")


def test_diff_geojson_shows_the_area_that_is_free_now(diff, tmp_path):
    new = collection(
        feature(polygon([[0, 0], [1, 0], [1, 0.5], [0, 0.5], [0, 0]]), "depot"), feature(box(2, 0, 3, 1), "yard")
    )
    code, out, _ = diff(OLD, new, "--geojson", tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text())
    assert (code, out.splitlines()[0]) == (
        1,
        "depot: changed, LOOSER: camera: 6,154 km2 no longer restricted (50.00% of the zone)",
    )
    (shown,) = written["features"]
    assert shown["properties"] | {"area_km2": 0, "text": ""} == {
        "zone": "depot",
        "change": "changed",
        "direction": "looser",
        "kind": "area",
        "text": "",
        "is_proven": True,
        "area_km2": 0,
        "frame": "WGS84",
    }
    assert sorted(map(tuple, shown["geometry"]["coordinates"][0][:-1])) == [(0, 0.5), (0, 1), (1, 0.5), (1, 1)]


def test_diff_json_holds_an_example_of_an_exemption(diff):
    rule = {"sensors": ["camera"], "level": "off", "unless": [{"applies_to": {"class": ["bus"]}}]}
    code, out, _ = diff(
        OLD, collection(feature(zone_id="depot", rules=[rule]), feature(box(2, 0, 3, 1), "yard")), "--json"
    )
    (zone,) = json.loads(out)["zones"]
    (finding,) = zone["looser"]
    assert (code, finding["kind"], finding["example"]["attributes"]) == (1, "exemption", {"class": "bus"})


def test_compile_since_refuses_what_is_looser_and_writes_nothing(cli, tmp_path):
    (tmp_path / "old.geojson").write_bytes(OLD)
    (tmp_path / "new.geojson").write_bytes(collection(feature(zone_id="depot")))
    words = ("compile", tmp_path / "new.geojson", "-o", tmp_path / "out.gpol", "--since", tmp_path / "old.geojson")
    code, _, err = cli(*words)
    assert (code, (tmp_path / "out.gpol").exists()) == (1, False)
    assert "zone 'yard'" in err
    assert "camera: off" in err
    assert cli(*words, "--allow-loosening")[0] == 0


def test_compile_since_a_pack_writes_what_is_as_tight(cli, tmp_path):
    (tmp_path / "old.geojson").write_bytes(OLD)
    assert cli("compile", tmp_path / "old.geojson", "-o", tmp_path / "old.gpol")[0] == 0
    code, _, err = cli(
        "compile", tmp_path / "old.geojson", "-o", tmp_path / "out.gpol", "--since", tmp_path / "old.gpol"
    )
    assert (code, err) == (0, "")


def test_compile_allow_loosening_without_since_is_wrong_usage(cli, tmp_path):
    (tmp_path / "old.geojson").write_bytes(OLD)
    code, _, err = cli("compile", tmp_path / "old.geojson", "-o", tmp_path / "out.gpol", "--allow-loosening")
    assert (code, "must come with --since" in err) == (2, True)


def test_diff_geojson_is_opened_by_gdal_with_all_it_says(diff, tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    diff(
        OLD,
        collection(feature(zone_id="depot", rules=[{"sensors": ["lidar"], "level": "off"}])),
        "--geojson",
        tmp_path / "out.geojson",
    )
    table = pyogrio.read_dataframe(tmp_path / "out.geojson")
    shown = sorted(zip(table["zone"], table["direction"], table["kind"], shapely.area(table.geometry), strict=True))
    assert shown == [
        ("depot", "looser", "sensors", 1.0),
        ("depot", "stricter", "sensors", 1.0),
        ("yard", "looser", "zone", 1.0),
    ]


def test_diff_example_is_a_time_that_readers_know(diff):
    """Before an expiry: the day before, not one of the first years of the calendar."""
    rule = {"sensors": ["camera"], "level": "off", "unless": [{"applies_to": {"class": ["bus"]}}]}
    yard = feature(box(2, 0, 3, 1), "yard")
    until = header(expires="2029-01-01T00:00:00Z")
    code, out, _ = diff(
        collection(feature(zone_id="depot"), yard, header=until),
        collection(feature(zone_id="depot", rules=[rule]), yard, header=until),
    )
    assert (code, out.splitlines()[0]) == (
        1,
        "depot: changed, LOOSER: camera: more is exempt (for example Sun 2028-12-31 00:00 UTC, class bus)",
    )


@pytest.mark.parametrize("zone_id", ["0 zones looser, 0 stricter", "school: changed, stricter: camera: off", "it's"])
def test_diff_id_that_reads_like_a_line_stands_in_quotes(diff, zone_id):
    code, out, _ = diff(collection(feature(zone_id=zone_id)), collection(feature(box(5, 0, 6, 1), zone_id)))
    lines = out.splitlines()
    assert (code, len(lines)) == (1, 2)
    assert lines[0].startswith(f"{zone_id!r}: changed, LOOSER: ")
    code, out, _ = diff(collection(feature(zone_id=zone_id)), collection(feature(zone_id="Polygon 37")))
    assert out.splitlines()[0] == f"{zone_id!r} -> 'Polygon 37': renamed"


def test_diff_value_of_an_attribute_that_reads_like_a_line_stands_in_quotes(diff):
    rule = {"sensors": ["camera"], "level": "off", "unless": {"applies_to": {"make": ["x), stricter: (y"]}}}
    _, out, _ = diff(collection(feature()), collection(feature(rules=[rule])))
    assert "(for example make 'x), stricter: (y')" in out


def test_diff_options_and_arguments_are_named_as_they_are_written(cli, tmp_path):
    (tmp_path / "old.geojson").write_bytes(OLD)
    words = ("diff", tmp_path / "old.geojson", tmp_path / "old.geojson", "--geojson", tmp_path / "old.geojson")
    code, _, err = cli(*words)
    assert (code, "--geojson" in err, "--output" in err) == (2, True, False)
    code, _, err = cli("diff", tmp_path / "old.geojson")
    assert (code, ".;" in err) == (2, False)


@pytest.mark.parametrize(
    ("active", "year"),
    [
        ({"until": "2027-03-31", "days": ["mon"]}, "2027"),
        ({"from": "2026-01-01", "until": "2026-12-31", "hours": ["08:00-09:00"]}, "2026"),
        ({"hours": ["02:00-02:30"]}, "2030"),
    ],
)
def test_diff_example_is_of_a_year_next_to_the_window(diff, active, year):
    header_of_zone = header(timezone="Europe/Zagreb")
    exempt = {"sensors": ["camera"], "level": "off", "unless": {"active": active}}
    _, out, _ = diff(*(collection(feature(**members), header=header_of_zone) for members in ({}, {"rules": [exempt]})))
    assert f" {year}-" in out
