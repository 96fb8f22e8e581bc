"""``geopolicy log``: what an owner sees of a vehicle's log, and how it ends where the log does not hold."""

from __future__ import annotations

import csv
import io
import json

import pytest

import audit_asks
import geopolicy as gp
from audit_samples import KEY, ZONES, files_of, write_log, write_rare_records
from geopolicy.base.hash_chain import line_of
from geopolicy.cli.app import run
from json_documents import document_in

COMMANDS = ("show", "verify", "export", "erase")


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """A terminal in which lines need not be broken."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def log(tmp_path):
    """A log of ten transitions."""
    write_log(tmp_path / "log")
    return tmp_path / "log"


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "vehicle.key"
    path.write_text(KEY.hex() + "\n", encoding="ascii")
    return str(path)


@pytest.fixture
def zones(tmp_path):
    path = tmp_path / "zones.geojson"
    ZONES.write(path)
    return str(path)


def spoil(log):
    path = files_of(log)[0]
    path.write_bytes(path.read_bytes().replace(b'"number":3', b'"number":4'))


def test_log_show_tells_each_record_with_pseudonyms(log, capsys):
    assert run(["log", "show", str(log)]) == 0
    told = capsys.readouterr().out
    assert "2026-11-25T01:07:00Z" in told
    assert "4 sensors" in told
    assert gp.audit.zone_pseudonym(KEY, "2026-11", "school-yard") in told
    assert "school-yard" not in told
    assert "ok: 13 records, chained; no checkpoint was given" in " ".join(told.split())


def test_log_show_with_key_and_zones_names_them(log, key, zones, tmp_path, capsys):
    gp.compile(ZONES).save(tmp_path / "fleet.gpol")
    for source in (zones, str(tmp_path / "fleet.gpol")):
        assert run(["log", "show", str(log), "--key", key, "--zones", source]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "off: camera.*" in told
        assert "school-yard" in told
        assert gp.audit.zone_pseudonym(KEY, "2026-11", "school-yard") not in told


@pytest.fixture
def asking(tmp_path):
    """A log of limits, notices, used exemptions and a zone that is only held, and a file of its zones."""
    audit_asks.write_decisions(tmp_path / "asking", held=("archive", "square"))
    audit_asks.ZONES.write(tmp_path / "asking.geojson")
    return str(tmp_path / "asking"), str(tmp_path / "asking.geojson")


def test_log_show_tells_limits_notices_and_exemptions_in_words(asking, key, capsys):
    log, zones = asking
    assert run(["log", "show", log, "--key", key, "--zones", zones]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for text in (
        "position_m between 1e1 and 1e2 m: all sensors; resolution_m between 1e1 and 1e2 m: camera.*;",
        "retain_s between 1e6 and 1e7 s: camera.* [archive (only held), forest; in_zone]",
        "must show collecting:outside: lidar; must show stopped:outside: all sensors [square (only held), square-2;",
        "all allowed; used exemption: emergency [hospital]",
        "all allowed; used exemption: class+emergency [gate]; used exemption: other [mill]",
    ):
        assert text in shown, text
    assert "1209613" not in shown


def test_log_show_without_a_key_names_no_zone_that_is_held_or_exempted(asking, capsys):
    assert run(["log", "show", asking[0]]) == 0
    shown = capsys.readouterr().out
    pseudonyms = {zone.id: gp.audit.zone_pseudonym(KEY, "2026-11", zone.id) for zone in audit_asks.ZONES}
    assert not [zone_id for zone_id in pseudonyms if zone_id in shown]
    assert f"used exemption: emergency [{pseudonyms['hospital']}]" in shown
    assert f"{pseudonyms['archive']} (only held)" in shown


def test_log_of_exemptions_alone_with_the_key_of_another_vehicle_warns(asking, tmp_path, capsys):
    only = [decision for decision in audit_asks.decisions() if not decision.zones]
    audit_asks.write_decisions(tmp_path / "only", only)
    (tmp_path / "other.key").write_text("ab" * 32, encoding="ascii")
    options = ["--key", str(tmp_path / "other.key"), "--zones", asking[1]]
    assert run(["log", "show", str(tmp_path / "only"), *options]) == 0
    assert "warning: none of 3 pseudonyms is that of a zone given" in capsys.readouterr().err


def test_log_export_tells_limits_notices_and_exemptions(asking, key, capsys):
    log, zones = asking
    naming = ["--key", key, "--zones", zones]
    assert run(["log", "export", log, "--format", "json", *naming]) == 0
    entries = [entry for entry in document_in(capsys.readouterr().out)["records"] if entry["kind"] == "transition"]
    assert entries[0]["zones"] == ["archive", "forest"]
    assert entries[0]["held"] == ["archive"]
    assert entries[3]["exemptions"] == {"class+emergency": ["gate"], "other": ["mill"]}
    assert run(["log", "export", log, "--format", "csv", *naming]) == 0
    text = capsys.readouterr().out
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["kind"] == "transition"]
    for row, entry in zip(rows, entries, strict=True):
        assert row["held"].split() == entry["held"]
        for name in ("limits", "must_show", "exemptions"):
            assert json.loads(row[name] or "{}") == entry[name]
        assert row["other"] == json.dumps({"number": entry["number"]}, separators=(",", ":"))
    assert "1209613" not in text


def test_log_show_as_json_is_what_the_library_reads(log, capsys):
    assert run(["log", "show", str(log), "--json"]) == 0
    told = document_in(capsys.readouterr().out)
    assert told["records"] == [record.as_dict() for record in gp.audit.read_log(log)]
    assert (told["ok"], told["count"], told["head"]["number"]) == (True, 13, 13)


def test_log_show_tells_kinds_that_are_rare(tmp_path, capsys):
    write_rare_records(tmp_path)
    run(["log", "show", str(tmp_path)])
    told = " ".join(capsys.readouterr().out.split())
    for text in (
        "+2:00:00",
        "2 transitions were not read in time",
        "writing failed: ENOSPC 2 times; 3 records lost",
        "0 records up to 0 dropped for their age",
        "stale 5",
        "before it 1 byte that is no whole record",
        "did not end cleanly",
        "note: 5 recorded as lost",
        "note: 1 torn and marked",
        "note: 1 drive begun after one that did not end cleanly",
    ):
        assert text in told, text


def test_log_verify_with_a_checkpoint_proves(log, tmp_path, capsys):
    assert run(["log", "export", str(log), "--checkpoint", "-o", str(tmp_path / "cp.json")]) == 0
    assert (tmp_path / "cp.json").read_text(encoding="utf-8") == gp.audit.verify_log(log).head.to_json()
    assert run(["log", "verify", str(log), "--checkpoint", str(tmp_path / "cp.json")]) == 0
    assert "proven up to record 13 of 13" in capsys.readouterr().out


def test_log_verify_of_a_changed_log_names_place_and_rule(log, capsys):
    spoil(log)
    assert run(["log", "verify", str(log)]) == 1
    shown = capsys.readouterr()
    assert "error [hash-wrong] audit log: the hash of a record must be" in shown.err
    assert "000000000001.jsonl line 5" in shown.err
    assert "refused: 1 problem;" in shown.out
    assert run(["log", "verify", str(log), "--json"]) == 1
    (problem,) = document_in(capsys.readouterr().out)["problems"]
    assert (problem["code"], problem["file"], problem["line"]) == ("hash-wrong", "000000000001.jsonl", 5)


def test_log_verify_with_a_checkpoint_that_is_none_is_refused(log, tmp_path, capsys):
    (tmp_path / "cp.json").write_text("{}", encoding="utf-8")
    assert run(["log", "verify", str(log), "--checkpoint", str(tmp_path / "cp.json")]) == 1
    assert "error: checkpoint: must be one JSON object" in capsys.readouterr().err
    assert run(["log", "verify", str(log), "--checkpoint", str(tmp_path / "none.json")]) == 2


def test_log_export_as_csv_and_json_holds_every_record(log, tmp_path, capsys):
    assert run(["log", "export", str(log), "-o", str(tmp_path / "log.csv")]) == 0
    assert run(["log", "export", str(log), "--format", "csv"]) == 0
    text = (tmp_path / "log.csv").read_text(encoding="utf-8")
    assert capsys.readouterr().out == text
    assert (tmp_path / "log.csv").stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(text)))
    records = list(gp.audit.read_log(log))
    assert [row["hash"] for row in rows] == [record.hash for record in records]
    assert rows[2]["off"] == "camera.front camera.rear"
    assert json.loads(rows[1]["other"])["clean"] is True
    assert run(["log", "export", str(log)]) == 0
    assert document_in(capsys.readouterr().out)["records"] == [record.as_dict() for record in records]


def test_log_export_of_a_changed_log_writes_what_holds_and_no_checkpoint(log, tmp_path, capsys):
    spoil(log)
    assert run(["log", "export", str(log), "-o", str(tmp_path / "log.json")]) == 1
    assert len(document_in((tmp_path / "log.json").read_text(encoding="utf-8"))["records"]) == 4
    assert run(["log", "export", str(log), "--checkpoint", "-o", str(tmp_path / "cp.json")]) == 1
    assert not (tmp_path / "cp.json").exists()
    assert "hash-wrong" in capsys.readouterr().err


def test_log_exported_files_hold_no_position(log, key, zones, tmp_path, capsys):
    for options in (["--format", "csv"], ["--format", "json"], ["--checkpoint"]):
        run(["log", "export", str(log), *options, "-o", str(tmp_path / "out")])
        text = (tmp_path / "out").read_text(encoding="utf-8")
        assert "lat" not in text
        assert not any(number in text for number in ("45.5", "13.2", "13.7", "14.2"))
    run(["log", "show", str(log), "--key", key, "--zones", zones])
    assert "45.5" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        ["--checkpoint", "--format", "csv"],
        ["--checkpoint", "--key", "{key}"],
        ["--checkpoint", "--key", "{key}", "--zones", "{zones}"],
        ["-o", "{out}.txt"],
        ["-o", "{out}"],
    ],
)
def test_log_export_of_what_does_not_go_together_is_wrong_usage(log, key, zones, tmp_path, options, capsys):
    names = {"key": key, "zones": zones, "out": str(tmp_path / "out")}
    assert run(["log", "export", str(log), *(option.format(**names) for option in options)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    words = "a checkpoint has one form" if "--checkpoint" in options else "must end in .json or .csv"
    assert words in " ".join(shown.err.split())
    assert not list(tmp_path.glob("out*"))


def test_log_export_tells_the_form_from_the_name_in_any_case(log, tmp_path):
    for name in ("a.CSV", "a.csv"):
        assert run(["log", "export", str(log), "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith("n,time,")
    assert run(["log", "export", str(log), "-o", str(tmp_path / "a.txt"), "--format", "json"]) == 0
    assert document_in((tmp_path / "a.txt").read_text(encoding="utf-8"))["records"]


@pytest.mark.parametrize("command", ["show", "export"])
def test_log_show_with_the_key_of_another_vehicle_warns(log, zones, tmp_path, command, capsys):
    (tmp_path / "other.key").write_text("ab" * 32, encoding="ascii")
    assert run(["log", command, str(log), "--key", str(tmp_path / "other.key"), "--zones", zones]) == 0
    assert "warning: none of 4 pseudonyms is that of a zone given" in capsys.readouterr().err


def test_log_show_with_the_right_key_does_not_warn(log, key, zones, capsys):
    assert run(["log", "show", str(log), "--key", key, "--zones", zones]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("options", [[], ["--yes"], ["--yes", "--json"]])
def test_log_erase_of_a_folder_without_a_log_is_refused(tmp_path, monkeypatch, options, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("erase\n"))
    (tmp_path / "empty").mkdir()
    for name in ("none", "empty"):
        monkeypatch.setattr("sys.stdin", io.StringIO("erase\n"))
        assert run(["log", "erase", str(tmp_path / name), *options]) == 1
        shown = capsys.readouterr()
        assert "must be a folder with a log, got none; nothing was deleted" in (shown.err or shown.out)
        assert "ok" not in shown.out
    assert (tmp_path / "empty").is_dir()


def test_log_erase_asks_and_deletes(log, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert run(["log", "erase", str(log)]) == 1
    assert files_of(log)
    monkeypatch.setattr("sys.stdin", io.StringIO("erase\n"))
    assert run(["log", "erase", str(log)]) == 0
    assert not log.exists()
    assert "ok: 1 file deleted" in capsys.readouterr().out
    write_log(log)
    assert run(["log", "erase", str(log), "--yes", "--json"]) == 0
    assert document_in(capsys.readouterr().out)["files"] == 1


def test_log_erase_while_the_vehicle_writes_is_refused(log, capsys):
    with gp.audit.AuditLog(log, KEY):
        assert run(["log", "erase", str(log), "--yes"]) == 1
    assert "must have one writer" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS[:3])
def test_log_that_is_not_there_is_refused(tmp_path, command, capsys):
    assert run(["log", command, str(tmp_path / "none")]) == 1
    assert "must be a folder that can be read, got No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--key", "{key}"],
        ["--zones", "{zones}"],
        ["--key", "{zones}", "--zones", "{zones}"],
        ["--key", "{none}", "--zones", "{zones}"],
    ],
)
def test_log_show_with_a_key_or_zones_that_do_not_do_is_wrong_usage(log, key, zones, tmp_path, options):
    names = {"key": key, "zones": zones, "none": str(tmp_path / "none")}
    assert run(["log", "show", str(log), *(option.format(**names) for option in options)]) == 2


def test_log_show_of_a_forged_log_with_right_hashes_ends_in_words(log, capsys):
    path = files_of(log)[0]
    opening = path.read_bytes().splitlines(keepends=True)[0]
    start = {"n": 2, "time": None, "kind": "start", "elapsed_s": 10**30, "clean": True, "sensors": ["[bold]Kamera!"]}
    path.write_bytes(opening + line_of(start, json.loads(opening)["hash"])[0])
    assert run(["log", "show", str(log)]) == 0
    assert "1 sensor\n" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_log_help_of_a_command_has_an_example(command, capsys):
    assert run(["log", command, "--help"]) == 0
    assert f"Example: geopolicy log {command}" in " ".join(capsys.readouterr().out.split())
