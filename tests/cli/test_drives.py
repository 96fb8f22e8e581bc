"""``geopolicy drives``: after each file it is clear what was read and what was not, and no position is told."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import zipfile

import pytest

from cli_conditions import run_in, unprivileged
from cli_samples import DRIVE, ZONES, typed
from drive_samples import DRIVES
from geopolicy.drives.formats import ALL_FORMATS, DIALECTS

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
# As long as what is left out of a number of degrees cannot be read out of it.
POSITION = re.compile(r"\d\d\.\d{3}")


@pytest.fixture
def odd(tmp_path, drive):
    """Files that people drop in, by name."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "zones.geojson").write_bytes(ZONES)
    (tmp_path / "empty.gpx").write_bytes(b"")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "picture.png").write_bytes(PNG)
    (tmp_path / "notes.txt").write_text("nothing of a drive\n")
    (tmp_path / "drive.csv.gz").write_bytes(gzip.compress(DRIVE.encode()))
    with zipfile.ZipFile(tmp_path / "drive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(drive, "drive.csv")
    (tmp_path / "header.csv").write_text("time,lat,lon\n")
    (tmp_path / "late.csv").write_bytes(DRIVE.encode() + b"\xff,\xff,\xff\n")
    return tmp_path


def blocks_of(out):
    """What is printed for each file: its heading and the lines below."""
    return {block.partition(": ")[0]: block.partition(": ")[2] for block in out.split("\n\n")}


ERRORS = {
    "missing.csv": "must be a readable file, got No such file or directory",
    "folder": "must be a file, or a bag with files of .mcap or .db3, got a folder without either",
    "empty.gpx": "must hold a drive, got nothing: the file is empty",
    "picture.png": "got none of them; say which format it is",
    "empty.txt": "got nothing: the file is empty",
    "notes.txt": "got none of them; say which format it is",
    "drive.zip": "unpack archives",
    "zones.geojson": "must be a drive, got a file of zones",
}


@pytest.mark.parametrize("name", ERRORS)
def test_drives_file_that_is_no_drive_is_not_read_and_why(cli, odd, name):
    code, out, err = cli("drives", odd / name)
    assert (code, out) == (2 if name in ("missing.csv", "folder") else 1, f"{odd / name}: not read\n")
    assert err.startswith(f"error: drive '{odd / name}': ")
    assert (err.endswith("\n"), err.count("\n"), ERRORS[name] in err) == (True, 1, True)
    report = json.loads(cli("drives", odd / name, "--json")[1])["drives"][0]
    assert (report["ok"], report["fixes"], report["states_accuracy"]) == (False, 0, None)
    assert err.startswith(f"error: {report['error']}")
    assert err.removeprefix(f"error: {report['error']}").startswith(("\n", "; "))


def test_drives_file_that_must_not_be_read_is_not_read(odd):
    if os.geteuid() == 0 and not unprivileged():
        pytest.skip("needs setpriv")
    (odd / "drive.csv").chmod(0)
    code, out, err = run_in(odd, ["drives", "drive.csv", "header.csv"])
    assert (code, out.startswith(b"drive.csv: not read\n\nheader.csv: read as csv, ")) == (2, True)
    assert err == b"error: drive 'drive.csv': must be a readable file, got Permission denied\n"


def test_drives_goes_on_after_one_that_cannot_be_read(cli, odd):
    code, out, err = cli("drives", odd / "missing.csv", odd / "drive.csv", odd / "header.csv", odd / "drive.csv.gz")
    blocks = blocks_of(out)
    assert (code, err.count("\n")) == (2, 1)
    assert blocks[str(odd / "drive.csv")] == blocks[str(odd / "drive.csv.gz")]
    assert blocks[str(odd / "header.csv")].startswith("read as csv, and there is no fix in it\n")
    assert blocks["4 drives"] == "2 read, 1 without a fix, 1 not read\n"


def test_drives_says_what_was_read_and_why_fixes_lack_something(cli):
    code, out, err = cli("drives", DRIVES / "shift.csv")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{DRIVES / 'shift.csv'}: read as csv"
    assert lines[1:3] == [
        "  10 fixes: 3 with a valid position, 8 with a known time, 8 with an age, 5 with an accuracy",
        "  from 2026-02-01 08:00:00 until 2026-02-01 08:00:06 UTC",
    ]
    assert "  not read: alt_m, hdop, nsat" in lines
    assert "  skipped: row that does not fit the header (its fix is not valid) (1)" in lines
    at = lines.index("  7 fixes without a valid position:")
    assert lines[at + 2] == "    fix_quality is '0' (1), first at row 5"
    assert "  1 fix without a known time or age: 't_utc' is empty (1), first at row 4" in lines


def test_drives_of_a_format_without_names_says_what_is_read_of_it(cli):
    _, out, _ = cli("drives", DRIVES / "night.nmea")
    assert (
        "  read: RMC, GGA, GLL, GNS; accuracy from GST, PUBX,00 and PGRME, the largest; dates from RMC and ZDA\n" in out
    )


def test_drives_time_that_is_not_understood_is_not_called_missing(cli):
    _, out, _ = cli("drives", DRIVES / "dialects" / "torque-zone-word.csv")
    assert "times: in EDT, which may mean several time zones, so ages are known" in out
    assert "times: not in the file" not in out


def test_drives_that_breaks_off_is_read_in_part(cli, odd):
    code, out, err = cli("drives", odd / "late.csv")
    assert (code, out.startswith(f"{odd / 'late.csv'}: read in part, as csv\n  ")) == (1, True)
    assert ("must be UTF-8" in err, err.count("\n")) == (True, 1)
    report = json.loads(cli("drives", odd / "late.csv", "--json")[1])["drives"][0]
    assert (report["ok"], report["fixes"] > 0, "must be UTF-8" in report["error"]) == (False, True, True)


def test_drives_reads_standard_input(cli, monkeypatch):
    monkeypatch.setattr(sys, "stdin", typed(DRIVE))
    code, out, _ = cli("drives", "-")
    assert (code, out.startswith("-: read as csv\n  5 fixes: 4 with a valid position, ")) == (0, True)
    monkeypatch.setattr(sys, "stdin", None)
    assert cli("drives", "-")[0] == 1


def test_drives_forged_stamp_is_not_the_last_time(cli):
    report = json.loads(cli("drives", DRIVES / "field" / "205-csv-one-future-stamp.csv", "--json")[1])["drives"][0]
    assert (report["fixes_without_time"], report["fixes_without_age"]) == (0, 1)
    assert (report["from"], report["until"]) == ("2026-01-05T08:00:00Z", "2026-01-05T08:00:29Z")


def test_drives_json_says_of_each_what_the_text_says(cli, odd):
    code, out, _ = cli("drives", DRIVES / "shift.csv", odd / "missing.csv", "--json")
    document = json.loads(out)
    shift, missing = document["drives"]
    assert (code, document["formats"], document["dialects"]) == (2, None, None)
    assert [shift[name] for name in ("ok", "error", "format", "dialect", "fixes")] == [True, None, "csv", "csv", 10]
    assert [shift[f"fixes_without_{name}"] for name in ("position", "time", "age", "accuracy")] == [7, 2, 2, 5]
    assert shift["columns"][0] == "time: column 't_utc'"
    assert shift["not_read"] == ["alt_m", "hdop", "nsat"]
    assert {"lacks": "position", "cause": "fix_quality is '0'", "fixes": 1, "first": "row 5"} in shift["causes"]
    assert [entry["count"] for entry in shift["skipped"]] == [1]
    assert (missing["file"], missing["format"], missing["columns"]) == (str(odd / "missing.csv"), None, [])


def test_drives_list_names_every_format_and_dialect_in_json_too(cli):
    code, out, err = cli("drives", "--list", "--json")
    document = json.loads(out)
    assert (code, err, document["drives"]) == (0, "", None)
    assert [row["name"] for row in document["formats"]] == [row.name for row in ALL_FORMATS]
    assert [row["name"] for row in document["dialects"]] == [row.name for row in DIALECTS]
    text = cli("drives", "--list")[1]
    assert "`" not in text
    assert all(f"  {row.name}: {', '.join(row.names)}\n" in text for row in DIALECTS)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_drives_tells_no_position(cli, options):
    files = sorted(path for path in DRIVES.rglob("*.*") if path.suffix not in (".md", ".txt"))
    code, out, err = cli("drives", *files, *options)
    assert code == 1
    told = (out + err).replace(str(DRIVES), "")
    assert [match[0] for match in POSITION.finditer(told) if not told[: match.start()].endswith(":")] == []


@pytest.mark.parametrize("name", ["18-csv-header-only.csv", "24b-csv-hasFix-false.csv"])
def test_replay_of_a_drive_without_a_valid_fix_names_the_cause(cli, zones, name):
    code, out, _ = cli("replay", DRIVES / "field" / name, zones)
    is_empty = name.startswith("18")
    assert code == (1 if is_empty else 0)
    assert ("There is no fix in the drive" in out) == is_empty
    assert is_empty or "10 fixes without a valid position: hasFix is 'False' (10), first at row 2" in out
