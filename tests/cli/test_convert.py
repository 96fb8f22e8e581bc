"""``geopolicy convert``: the header comes back, whole, and nothing else is trusted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import geopolicy as gp
from shapes import BOW_TIE, box
from zone_files import collection, feature

EXAMPLE = Path(__file__).resolve().parents[2] / "zones" / "worked-example.geojson"
HEADER = {
    "format": 1, "id": "fleet", "revision": 7, "expires": "2027-01-01T00:00:00Z", "frame": "GCJ-02",
    "timezone": "Asia/Shanghai", "coverage": box(100, 20, 110, 30),
}  # fmt: skip
ZONE = feature(box(101, 21, 102, 22))


def headless(*features: dict, **members: object):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members}).encode()


def converted(cli, folder, raw, header, *options: str):
    """What the command says, and the set that it wrote, if it did."""
    (folder / "edited.geojson").write_bytes(raw)
    (folder / "header.json").write_bytes(header)
    out = folder / "out.geojson"
    said = cli("convert", folder / "edited.geojson", "--header", folder / "header.json", "-o", out, *options)
    return said, gp.read_zones(out) if out.exists() else None


@pytest.mark.parametrize(
    "header",
    [HEADER, {"geopolicy": HEADER}, json.loads(collection(ZONE, header=HEADER))],
    ids=["alone", "as a member", "zone file"],
)
def test_convert_header_from_any_source_is_restored_whole(cli, tmp_path, header):
    said, zones = converted(cli, tmp_path, headless(ZONE), json.dumps(header).encode())
    assert said == (0, f"ok: 1 zone, 0 warnings -> {tmp_path / 'out.geojson'}\n", "")
    assert zones == gp.ZoneSet.parse(collection(ZONE, header=HEADER))
    assert zones["yard"].frame == "GCJ-02"


def test_convert_example_without_its_header_is_the_same_set(cli, tmp_path):
    source = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    del source["geopolicy"]
    edited = source | {"name": "worked-example", "crs": {"type": "name", "properties": {"name": "OGC:CRS84"}}}
    said, zones = converted(cli, tmp_path, json.dumps(edited).encode(), EXAMPLE.read_bytes())
    assert said[0] == 0
    assert zones == gp.read_zones(EXAMPLE)


def test_convert_several_files_are_one_set(cli, tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.geojson").write_bytes(headless(feature(box(101, 21, 102, 22), name)))
    (tmp_path / "header.json").write_text(json.dumps(HEADER))
    out = tmp_path / "out.geojson"
    paths = (tmp_path / "a.geojson", tmp_path / "b.geojson")
    assert cli("convert", *paths, "--header", tmp_path / "header.json", "-o", out)[0] == 0
    assert [zone.id for zone in gp.read_zones(out)] == ["a", "b"]
    assert gp.read_zones(out).header.revision == 7


def test_convert_json_names_file_zones_and_warnings(cli, tmp_path):
    zones = (feature(box(101, 21, 102, 22), "a", margin_m=None), feature(box(101, 21, 102, 22), "b", margin_m=1))
    said, _ = converted(cli, tmp_path, headless(*zones), json.dumps(HEADER).encode(), "--json")
    answer = json.loads(said[1])
    assert (said[0], answer["command"], answer["zones"]) == (0, "convert", 2)
    assert [problem["code"] for problem in answer["problems"]] == ["member-null"]


def test_convert_members_of_others_are_kept_and_those_of_gdal_are_not(cli, tmp_path):
    raw = headless(ZONE, name="layer", xy_coordinate_resolution=1e-7, note="kept")
    zones = converted(cli, tmp_path, raw, json.dumps(HEADER).encode())[1]
    assert zones.header.foreign == '{"note":"kept"}'


def test_convert_repair_is_that_of_validate(cli, tmp_path):
    header = json.dumps({"format": 1, "coverage": "world"}).encode()
    assert converted(cli, tmp_path, headless(feature(BOW_TIE)), header)[0][0] == 1
    assert converted(cli, tmp_path, headless(feature(BOW_TIE)), header, "--repair")[1]["yard"].repair


def test_convert_warns_of_probable_mistakes_as_validate_does(cli, tmp_path):
    header = json.dumps({"format": 1, "coverage": "world"}).encode()
    said, _ = converted(cli, tmp_path, headless(feature(box(0, 0, 1, 1), disable=["camara"])), header)
    assert (said[0], said[1].startswith("ok: 1 zone, 1 warning ->")) == (0, True)
    assert "[sensor-unknown] zone 'yard'" in said[2]
    assert "is 'camera' meant?" in said[2]


@pytest.mark.parametrize("kind", ["file", "header", "folder", "link in a folder", "hard link"])
def test_convert_never_overwrites_what_it_reads(cli, tmp_path, kind):
    folder = tmp_path / "zones"
    folder.mkdir()
    (folder / "edited.geojson").write_bytes(headless(ZONE))
    (tmp_path / "header.geojson").write_text(json.dumps(HEADER))
    (tmp_path / "elsewhere.geojson").write_bytes(headless(feature(box(101, 21, 102, 22), "other")))
    (folder / "linked.geojson").symlink_to(tmp_path / "elsewhere.geojson")
    (tmp_path / "hard.geojson").hardlink_to(folder / "edited.geojson")
    source = folder if "folder" in kind else folder / "edited.geojson"
    outputs = {"header": tmp_path / "header.geojson", "link in a folder": tmp_path / "elsewhere.geojson"}
    output = outputs.get(kind, tmp_path / "hard.geojson" if kind == "hard link" else folder / "edited.geojson")
    before = output.read_bytes()
    code, out, err = cli("convert", source, "--header", tmp_path / "header.geojson", "-o", output)
    assert (code, out, output.read_bytes()) == (2, "", before)
    assert "must be another file than what is read" in err


@pytest.mark.parametrize(
    ("raw", "header", "says"),
    [
        (collection(ZONE), HEADER, r"[header-differs]"),
        (headless(ZONE), {"format": 1}, r"[coverage-missing]"),
        (headless(ZONE), {"format": 1, "coverage": "world", "fame": "BD-09"}, "header.json $.fame"),
        (headless(ZONE), {"geopolicy": {"format": 2, "coverage": "world"}}, "header.json $.geopolicy.format"),
        (headless(ZONE), {"type": "FeatureCollection", "features": []}, r"[header-missing]"),
        (headless(ZONE), [], r"[header-missing]"),
        (headless(feature(box(101, 21, 102, 22), disable=[])), HEADER, r"[sensors-empty]"),
        (headless(feature(box(0, 0, 1, 1))), HEADER, r"[frame-domain]"),
        (b"{", HEADER, r"[json-syntax]"),
    ],
)
def test_convert_refused_writes_nothing_and_says_why(cli, tmp_path, raw, header, says):
    (code, out, err), zones = converted(cli, tmp_path, raw, json.dumps(header).encode())
    assert (code, out, zones) == (1, "", None)
    assert says in err


def test_convert_file_with_the_same_header_is_accepted(cli, tmp_path):
    raw = collection(ZONE, header=dict(reversed(HEADER.items())))
    assert converted(cli, tmp_path, raw, json.dumps(HEADER).encode())[0][0] == 0


def test_convert_file_without_a_header_is_refused_with_what_to_do(cli, tmp_path):
    (tmp_path / "edited.geojson").write_bytes(headless(ZONE))
    code, out, err = cli("convert", tmp_path / "edited.geojson", "-o", tmp_path / "out.geojson")
    assert (code, out) == (1, "")
    assert "[rules-needed]" in err
    assert "--rules FILE" in err
    assert "--header FILE puts it back" in err


def test_convert_output_that_cannot_be_written_is_wrong_usage(cli, tmp_path):
    (tmp_path / "edited.geojson").write_bytes(headless(ZONE))
    (tmp_path / "header.json").write_text(json.dumps(HEADER))
    out = tmp_path / "missing" / "out.geojson"
    said = cli("convert", tmp_path / "edited.geojson", "--header", tmp_path / "header.json", "-o", out)
    assert said[0] == 2
    assert "cannot write" in said[2]
