"""Options of ``geopolicy drives``: each reaches every file, and wrong ones are refused."""

from __future__ import annotations

import re

import pytest

HEAD = "time,lat,lon,accuracy,hasFix,note\n"
ROWS = "2026-01-05T08:00:00Z,45,13,4,true,a\n2026-01-05T08:00:01Z,45.0001,13,4,false,b\n"


def test_drives_options_reach_every_file(cli, tmp_path):
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    for path in (first, second):
        path.write_text("T;Y;X;E\n2026-01-05 09:00:00;45;13;4\n")
    options = ["--columns", "time=T,lat=Y,lon=X,accuracy=E", "--timezone", "Europe/Berlin", "--confidence", "95"]
    code, out, err = cli("drives", first, second, "--format", "csv", *options)
    assert (code, err) == (0, "")
    assert out.count("1 fix: 1 with a valid position, 1 with a known time, 1 with an age, 1 with an accuracy") == 2
    assert out.count("  times: without an offset, those of Europe/Berlin") == 2
    assert out.count("  accuracy: column 'E' counts as a 95 % radius, as --confidence says") == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "FILES: must name files, or be --list"),
        (["--list", "FILE"], "FILES: must name files, or be --list"),
        (["FILE", "--format", "kml"], "--format: must be one of .*csv.*, got 'kml'"),
        (["FILE", "--columns", "lat"], "--columns must be like lat=Y,lon=X,time=stamp:posix,status=-"),
        (
            ["FILE", "--timezone", "Mars/Base"],
            "--timezone must be a name such as Europe/Berlin or UTC, got 'Mars/Base'",
        ),
        (["FILE", "--confidence", "90"], "--confidence must be 68 or 95, got 90"),
    ],
)
def test_drives_refuses_what_is_asked_for_wrongly(cli, tmp_path, options, message):
    path = tmp_path / "drive.csv"
    path.write_text(HEAD + ROWS)
    code, out, err = cli("drives", *(path if option == "FILE" else option for option in options))
    assert (code, out) == (2, "")
    assert re.search(message, " ".join(err.split()))


@pytest.mark.parametrize(
    ("columns", "message"),
    [("speed=Q", "must have what --columns names, got nothing called 'Q'"), ("lat=Q", "must have a header with a lat")],
)
def test_drives_refuses_columns_that_are_not_there_and_shows_no_position(cli, tmp_path, columns, message):
    path = tmp_path / "drive.csv"
    path.write_text(HEAD + ROWS.replace("45", "47.125"))
    code, out, err = cli("drives", path, "--columns", columns)
    assert code == 1
    assert message in " ".join(err.split())
    assert "47.1" not in out + err
