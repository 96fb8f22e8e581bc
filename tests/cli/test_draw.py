"""``geopolicy draw``: the page that it writes, what it says of it, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import geopolicy as gp
from cli_samples import CALM

HEADER = {"format": 1, "id": "odd", "coverage": "world"}
AT = ("--time", "2026-11-30T11:00:20+00:00")


def data_of(path):
    """The data in a page."""
    text = Path(path).read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_draw_writes_a_page_and_says_so(cli, zones, tmp_path):
    page = tmp_path / "zones.html"
    code, out, err = cli("draw", zones, "-o", page, *AT)
    assert (code, err) == (0, "")
    assert re.fullmatch(rf"{re.escape(str(page))}: 3 zones, 0\.\d MB\n", out)
    data = data_of(page)
    assert (data["title"], data["span"]) == ("zones.geojson", [1_796_036_420_000, 1_796_641_220_000])
    assert data["vehicles"][0]["command"] == f"geopolicy check {zones}"


def test_draw_writes_still_pictures_of_the_first_moment(cli, zones, tmp_path):
    files = [tmp_path / name for name in ("z.png", "z.svg")]
    told = json.loads(cli("draw", zones, "--png", files[0], "--svg", files[1], "--json", *AT, "--state", "parked")[1])
    assert [(file["format"], file["path"]) for file in told["files"]] == [
        ("png", str(files[0])),
        ("svg", str(files[1])),
    ]
    assert told["output"] is None
    assert files[0].read_bytes()[1:4] == b"PNG"
    text = files[1].read_text(encoding="utf-8")
    assert "11:00:20" in text
    assert "state parked" in text


def test_draw_of_a_pack_and_of_zone_files_is_the_same_to_look_up(cli, zones, tmp_path):
    gp.compile(gp.read_zones(zones)).save(tmp_path / "zones.gpol")
    for source, page in ((zones, "a.html"), (tmp_path / "zones.gpol", "b.html")):
        assert cli("draw", source, "-o", tmp_path / page, *AT)[0] == 0
    one, other = (data_of(tmp_path / page)["editions"][0] for page in ("a.html", "b.html"))
    assert [one[name] for name in ("layers", "rules", "times")] == [
        other[name] for name in ("layers", "rules", "times")
    ]


def test_draw_puts_every_vehicle_into_the_page_by_its_file(cli, zones, tmp_path):
    files = [tmp_path / name for name in ("a car.json", "van.json")]
    for file in files:
        file.write_text('{"sensors": ["camera.front"]}')
    options = [word for file in files for word in ("--vehicle", file)]
    told = json.loads(cli("draw", zones, "-o", tmp_path / "z.html", *AT, "--days", "2", *options, "--json")[1])
    assert told["vehicles"] == [str(file) for file in files]
    assert (told["from"], told["until"]) == ("2026-11-30T11:00:20Z", "2026-12-02T11:00:20Z")
    assert (told["zones"], told["size_bytes"]) == (3, (tmp_path / "z.html").stat().st_size)
    data = data_of(tmp_path / "z.html")
    assert data["vehicles"][0]["command"] == f"geopolicy check {zones} --vehicle '{files[0]}'"


def test_draw_takes_a_vehicle_that_is_named_twice_once(cli, zones, tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text('{"sensors": ["camera.front"]}')
    files = [tmp_path / name for name in ("a.json", "a.json", "b.json")]
    cli("draw", zones, "-o", tmp_path / "z.html", *AT, *(word for file in files for word in ("--vehicle", file)))
    vehicles = data_of(tmp_path / "z.html")["vehicles"]
    assert [each["command"].endswith(f"--vehicle {each['name']}") for each in vehicles] == [True, True]


def test_draw_since_tells_what_changed_as_diff_does(cli, zones, tmp_path):
    old = gp.read_zones(zones)
    old.without_zones([old.zones[0].id]).write(tmp_path / "new.geojson")
    assert cli("draw", tmp_path / "new.geojson", "--since", zones, "-o", tmp_path / "z.html", *AT)[0] == 0
    told = json.loads(cli("diff", zones, tmp_path / "new.geojson", "--json")[1])
    changes = data_of(tmp_path / "z.html")["changes"]
    found = [finding["text"] for zone in told["zones"] for finding in (*zone["looser"], *zone["stricter"])]
    assert [finding["text"] for finding in changes["findings"]] == found


def test_draw_with_tiles_says_who_sees_what_is_looked_at(cli, zones, tmp_path):
    _, out, _ = cli("draw", zones, "-o", tmp_path / "z.html", "--tiles", "https://tiles.example/{z}/{x}/{y}.png")
    assert "whoever opens it tells the tile server what is looked at" in out


def test_draw_counts_warnings_as_others_do(cli, tmp_path):
    odd = tmp_path / "odd.geojson"
    zone = {"type": "Feature", "id": "z", "properties": {"rules": [{"sensors": ["camrea"], "level": "off"}]}}
    zone["geometry"] = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    odd.write_text(json.dumps({"type": "FeatureCollection", "geopolicy": HEADER, "features": [zone]}))
    code, _, err = cli("draw", odd, "-o", tmp_path / "z.html")
    assert (code, err) == (0, f"1 warning; geopolicy validate {odd} shows them\n")


def test_draw_command_for_check_is_of_a_file_whose_name_begins_with_a_dash(cli, zones, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("-odd.geojson").write_bytes(Path(zones).read_bytes())
    assert cli("draw", "-o", "z.html", "--", "-odd.geojson")[0] == 0
    assert data_of("z.html")["vehicles"][0]["command"] == "geopolicy check ./-odd.geojson"


def test_draw_of_several_files_has_no_command_for_check(cli, zones, tmp_path):
    calm = tmp_path / "calm.geojson"
    calm.write_bytes(CALM)
    told = json.loads(cli("draw", zones, calm, "-o", tmp_path / "z.html", "--json")[1])
    assert (told["warnings"], told["zones"]) == (0, 4)
    assert data_of(tmp_path / "z.html")["vehicles"][0]["command"] is None


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ((), "--output: one of --output, --png and --svg must be given, got none"),
        (("--png", "zones.svg"), "--png: must end in .png, got 'zones.svg'"),
        (
            ("--png", "z.png", "--tiles", "https://t.example/{z}/{x}/{y}.png"),
            "--tiles: is for the page, got no --output",
        ),
        (("-o", "zones.pdf"), "--output: must end in .html, got 'zones.pdf'"),
        (("-o", "z.html", "--time", "unknown"), "--time: must be 'now' or a date-time with offset"),
        (("-o", "z.html", "--days", "0"), "--days: must be a whole number from 1 to 366, got '0'"),
        (("-o", "z.html", "--tiles", "tiles.example"), "--tiles: must be an address such as https://tiles.example/"),
        (("-o", "z.html", "--time", "9999-12-31T00:00Z"), "--days: must end before the year 10,000"),
        (("-o", "z.html", "--state", "flying"), "--state: must be one of driving, parked, got 'flying'"),
        (("-o", "z.html", "--since", "none.geojson"), "none.geojson"),
        (("-o", "none/z.html"), "--output: cannot write 'none/z.html': No such file or directory"),
    ],
)
def test_draw_wrong_usage_is_refused(cli, zones, tmp_path, monkeypatch, options, text):
    monkeypatch.chdir(tmp_path)
    code, _, err = cli("draw", zones, *options)
    assert code == 2
    assert text in err
    assert not (tmp_path / "z.html").exists()


def test_draw_since_of_layers_is_refused(cli, zones, tmp_path):
    overlay = gp.ZoneFileHeader("closed", kind="overlay")
    square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
    closed = gp.ZoneSet([gp.Zone("closed", square, [gp.Rule(["camera"], gp.Level.OFF)])], overlay)
    closed.write(tmp_path / "closed.geojson")
    options = ("--since", zones, "-o", tmp_path / "z.html")
    code, _, err = cli("draw", zones, tmp_path / "closed.geojson", *options)
    assert (code, "--since: must be one set of zones, to be compared with one, got 1 and 2 sets" in err) == (2, True)
    assert cli("draw", zones, tmp_path / "closed.geojson", *options[2:])[0] == 0
