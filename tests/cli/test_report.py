"""``geopolicy report``: the page that it writes, what it says of it, and what it refuses."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

import geopolicy as gp
from cli_samples import CALM


def data_of(path):
    """The data in a page."""
    text = Path(path).read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_report_writes_a_page_and_says_that_positions_are_in_it(cli, drive, zones, tmp_path):
    page = tmp_path / "drive.html"
    code, out, err = cli("report", drive, zones, "-o", page)
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith(f"{page}: 5 fixes, 3 zones, 0.")
    assert out.splitlines()[1].startswith("positions of the drive are in this file")
    assert (data_of(page)["title"], data_of(page)["tiles"]) == ("drive.csv", None)


@pytest.mark.parametrize("options", [[], ["--raw"], ["--stale-after", "1"], ["--state", "parked", "--emergency", "no"]])
def test_report_judges_as_replay_does(cli, drive, zones, tmp_path, options):
    page, table = tmp_path / "drive.html", tmp_path / "drive.jsonl"
    cli("report", drive, zones, "-o", page, *options)
    cli("replay", drive, zones, "-o", table, *options)
    data, lines = data_of(page), [json.loads(line) for line in table.read_text().splitlines()]
    others = set(data["way"]["no_fix"])
    steps = [step for step in range(data["way"]["count"]) if step not in others]
    for step, line in zip(steps, lines, strict=True):
        answer = data["answers"][[number for at, number in data["runs"] if at <= step][-1]]
        assert [gp.Level(level).label for level in answer["levels"]] == list(line["levels"].values())
        assert (answer["certainty"], answer["reasons"]) == (line["certainty"], line["reasons"])
    told = json.loads(cli("replay", drive, zones, "--json", *options)[1])
    assert data["summary"]["seconds"] == told["summary"]["duration_s"]
    assert sorted(data["notes"]) == sorted(told["assumptions"])


def test_report_json_says_what_was_written(cli, drive, zones, tmp_path):
    page = tmp_path / "drive.html"
    told = json.loads(cli("report", drive, zones, "-o", page, "--json", "--title", "A drive")[1])
    assert (told["fixes"], told["zones"], told["size_bytes"]) == (5, 3, page.stat().st_size)
    assert data_of(page)["title"] == "A drive"


def test_report_with_tiles_says_who_sees_the_route(cli, drive, zones, tmp_path):
    page = tmp_path / "drive.html"
    _, out, _ = cli("report", drive, zones, "-o", page, "--tiles", "https://tiles.example/{z}/{x}/{y}.png")
    assert "whoever opens it tells the tile server where the route is" in out
    assert data_of(page)["tile_host"] == "tiles.example"


def test_report_of_no_fix_is_written_and_ends_with_1(cli, zones, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("t_utc,lat,lon\n")
    code, out, _ = cli("report", empty, zones, "-o", tmp_path / "drive.html")
    assert (code, "nothing was judged" in out) == (1, True)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["-o", "drive.pdf"], "must end in .html, got 'drive.pdf'"),
        (["-o", "d.html", "--raw", "--v-max", "9"], "are for the monitor, got --raw too"),
        (["-o", "d.html", "--tiles", "tiles.example"], "must be an address such as https://tiles.example/"),
        (["-o", "d.html", "--state", "flying"], "must be one of driving, parked"),
        (["-o", "none/d.html"], "No such file or directory"),
        ([], "--output: one of --output, --png and --svg must be given, got none"),
        (["--png", "drive.jpg"], "--png: must end in .png, got 'drive.jpg'"),
        (["--svg", "drive.svgz"], "--svg: must end in .svg, got 'drive.svgz'"),
        (["--png", "none/d.png"], "--png: cannot write 'none/d.png': No such file or directory"),
        (["--svg", "d.svg", "--tiles", "https://tiles.example/{z}/{x}/{y}.png"], "--tiles: is for the page"),
    ],
)
def test_report_wrong_usage_is_refused(cli, drive, zones, tmp_path, monkeypatch, options, text):
    monkeypatch.chdir(tmp_path)
    code, _, err = cli("report", drive, zones, *options)
    assert (code, text in " ".join(err.split())) == (2, True), err


def test_report_counts_warnings_as_others_do(cli, drive, zones, tmp_path):
    calm = tmp_path / "calm.geojson"
    calm.write_bytes(CALM)
    told = json.loads(cli("report", drive, zones, calm, "-o", tmp_path / "d.html", "--json")[1])
    assert told["zones"] == 4


def test_report_pictures_are_written_beside_the_page_or_without_it(cli, drive, zones, tmp_path):
    page, png, svg = (tmp_path / f"drive.{suffix}" for suffix in ("html", "png", "svg"))
    code, out, err = cli("report", drive, zones, "--png", png, "--svg", svg)
    assert (code, err, page.exists()) == (0, "", False)
    assert [line.partition(": 5 fixes")[0] for line in out.splitlines()[:2]] == [str(png), str(svg)]
    assert out.splitlines()[2].startswith("positions of the drive are in these files")
    contents = png.read_bytes(), svg.read_bytes()
    assert (contents[0][:4], contents[1][:5]) == (b"\x89PNG", b"<?xml")
    told = json.loads(cli("report", drive, zones, "-o", page, "--svg", svg, "--png", png, "--json")[1])
    assert (png.read_bytes(), svg.read_bytes()) == contents
    assert [(file["format"], Path(file["path"]).stat().st_size) for file in told["files"]] == [
        (file["format"], file["size_bytes"]) for file in told["files"]
    ]
    assert [file["format"] for file in told["files"]] == ["html", "png", "svg"]
    told = json.loads(cli("report", drive, zones, "--svg", svg, "--json")[1])
    assert (told["output"], told["size_bytes"], len(told["files"])) == (None, None, 1)


def test_report_picture_without_matplotlib_names_the_extra(cli, drive, zones, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    code, _, err = cli("report", drive, zones, "--png", tmp_path / "drive.png")
    assert code == 2
    assert err == "error: the module 'matplotlib' is missing; pip install 'geopolicy[pictures]'\n"
    assert cli("report", drive, zones, "-o", tmp_path / "drive.html")[0] == 0
