"""``geopolicy drives``: what is said of drives that are read, read in part and refused."""

from __future__ import annotations

import re

import pytest

HEAD = "time,lat,lon,accuracy,hasFix,note\n"
ROWS = "2026-01-05T08:00:00Z,45,13,4,true,a\n2026-01-05T08:00:01Z,45.0001,13,4,false,b\n"
CAUSES = "hasFix is 'false' (1), first at row 4; the row does not fit the header (1), first at row 5"


def test_drives_says_what_was_read_what_was_not_and_why(cli, tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text(HEAD + "# a comment\n" + ROWS + "45\n2026-01-05")
    code, out, err = cli("drives", path)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{path}: csv",
        "  3 fixes, 1 valid, 2 with a time, 2 with an age, 2 with an accuracy",
        "  read: time: column 'time'",
        "  read: lat: column 'lat'",
        "  read: lon: column 'lon'",
        "  read: accuracy: column 'accuracy'",
        "  read: valid: column 'hasFix'",
        "  not read: note",
        "  accuracy: column 'accuracy' counts as a 68 % radius, since the file does not say; doubled to 95 %",
        "  validity: column 'hasFix': 1, true, yes, valid, A, SPS, DGPS, PPS, RTK and FRTK are fixes",
        "  end: the last line has no line end and is cut off",
        f"  2 fixes without a valid position: {CAUSES}",
        "  skipped: comment (1)",
        "  skipped: last line that is cut off (1)",
        "  skipped: row that does not fit the header (its fix is not valid) (1)",
    ]


def test_drives_that_stops_in_the_middle_says_what_it_read_until_there(cli, tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("time,lat,lon\n2026-01-05T08:00:00Z,45,13\n12.5,45,13\n")
    code, out, err = cli("drives", path)
    assert code == 1
    assert out.splitlines()[:2] == [
        f"{path}: read in part",
        "  1 fix, 1 valid, 1 with a time, 1 with an age, 0 with an accuracy",
    ]
    assert "got 'dd.d' in 'time' - at row 3; say it, such as --columns 'time=time:posix'" in err
    code, out, err = cli("drives", path, "--columns", "time=-")
    assert (code, err) == (0, "")
    assert "  2 fixes, 2 valid, 0 with a time, 0 with an age, 0 with an accuracy" in out


def test_drives_options_reach_every_file(cli, tmp_path):
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    for path in (first, second):
        path.write_text("T;Y;X;E\n2026-01-05 09:00:00;45;13;4\n")
    options = ["--columns", "time=T,lat=Y,lon=X,accuracy=E", "--timezone", "Europe/Berlin", "--confidence", "95"]
    code, out, err = cli("drives", first, second, "--format", "csv", *options)
    assert (code, err) == (0, "")
    assert out.count("1 fix, 1 valid, 1 with a time, 1 with an age, 1 with an accuracy") == 2
    assert out.count("  times: without an offset, those of Europe/Berlin") == 2
    assert out.count("  accuracy: column 'E' counts as a 95 % radius, as --confidence says") == 2


def test_drives_goes_on_after_a_file_that_cannot_be_read_or_has_no_fix(cli, tmp_path):
    empty, good = tmp_path / "empty.csv", tmp_path / "good.csv"
    empty.write_text(HEAD)
    good.write_text(HEAD + ROWS)
    code, out, err = cli("drives", tmp_path / "none.csv", empty, good)
    assert code == 1
    assert "none.csv" in err
    assert "must be a readable file, got No such file" in err
    assert f"{empty}: csv\n  0 fixes, 0 valid" in out
    assert f"{good}: csv\n  2 fixes, 1 valid" in out
    assert cli("drives", empty)[0] == 1
    assert cli("drives", good)[0] == 0


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
