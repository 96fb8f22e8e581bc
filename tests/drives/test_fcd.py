"""SUMO's floating car data as drives: one vehicle of several, in degrees or not at all."""

from __future__ import annotations

import contextlib
import gzip
import io
import re
import sys
from pathlib import Path
from random import Random

import libsumo
import pytest

import geopolicy as gp
from changed_bytes import mutated
from geopolicy.cli.app import run
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "sumo"
TOWN = ROOT / "docs" / "examples" / "sumo"
XML = (DATA / "fcd.xml").read_bytes()
PARQUET_COLUMNS = {"lat": "vehicle_y", "lon": "vehicle_x"}
ROW = re.compile(rb'id="(\w)" x="([\d.]+)" y="([\d.]+)".* speed="([\d.]+)"')
GEO = '<!-- <fcd-output value="f.xml"/> <fcd-output.geo value="true"/> -->'


def read(content, columns=None, track=None, of=None):
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return list(open_drive(stream, columns=columns, track=track, format=of))


def document(vehicles, head=GEO):
    return f'{head}<fcd-export><timestep time="0.00">{vehicles}</timestep></fcd-export>'


def vehicle(name="a", x="13.7", y="45.2", more=""):
    return f'<vehicle id="{name}" x="{x}" y="{y}" {more}/>'


@pytest.mark.parametrize(("track", "count"), [("a", 12), ("b", 9)])
def test_fcd_gives_the_vehicle_that_track_names(track, count):
    drive = open_drive(DATA / "fcd.xml", track=track)
    fixes = list(drive)
    assert drive.format == "fcd"
    stated = [tuple(map(float, row[1:])) for row in ROW.findall(XML) if row[0].decode() == track]
    assert [(fix.lon, fix.lat, fix.speed_mps) for fix in fixes] == stated
    assert len(fixes) == count
    assert [fix.monotonic_s for fix in fixes] == [float(second) for second in range(count)]
    assert {(fix.valid, fix.time, fix.accuracy_95_m, fix.course_deg) for fix in fixes} == {(True, None, None, None)}
    assert "angle" in drive.not_read
    assert drive.skipped.total() == XML.count(b"<person ") > 0


def test_fcd_parquet_gives_the_same_as_xml():
    for track in "ab":
        by_xml = list(open_drive(DATA / "fcd.xml", track=track))
        by_parquet = list(open_drive(DATA / "fcd.parquet", track=track, columns=PARQUET_COLUMNS))
        assert len(by_xml) == len(by_parquet) > 0
        for one, other in zip(by_xml, by_parquet, strict=True):
            assert (one.lat, one.lon, one.monotonic_s) == pytest.approx((other.lat, other.lon, other.monotonic_s))
            assert one.speed_mps == pytest.approx(other.speed_mps, abs=0.01)


@pytest.mark.parametrize(
    ("name", "columns", "listed"),
    [
        ("fcd.xml", None, "2: 'a', 'b'"),
        ("fcd.parquet", PARQUET_COLUMNS, "3: 'a', 'p', 'b'"),  # there SUMO calls persons vehicles
    ],
)
def test_fcd_of_several_vehicles_without_track_is_refused_and_lists_them(name, columns, listed):
    fixes = []
    with pytest.raises(DriveFileError, match=rf"must be of one vehicle, got {listed}; say which with --track$"):
        fixes.extend(open_drive(DATA / name, columns=columns))
    assert len(fixes) <= 1


def test_fcd_list_of_vehicles_ends():
    vehicles = "".join(vehicle(f"v{number}") for number in range(30))
    with pytest.raises(DriveFileError, match=r"got 30: 'v0', .*'v19' and 10 more; say"):
        read(document(vehicles))


def test_fcd_of_one_vehicle_needs_no_track():
    assert len(read(document(vehicle()))) == 1


def test_fcd_vehicle_that_is_not_there_is_refused():
    with pytest.raises(DriveFileError, match=r"must have the vehicle 'c' of --track, got 'a', 'b'$"):
        read(XML, track="c")
    with pytest.raises(DriveFileError, match=r"must have the vehicle 'c' of --track, got no vehicle$"):
        read(document(""), track="c")


def test_fcd_in_metres_is_refused_whatever_columns_say():
    for columns in (None, "lat=y,lon=x"):
        with pytest.raises(DriveFileError, match=r"got metres - at time step 1; write it with --fcd-output.geo$"):
            read((DATA / "metres.xml").read_bytes(), track="a", columns=columns)


def test_fcd_that_does_not_say_what_its_numbers_are_needs_columns():
    plain = document(vehicle(), head="")
    with pytest.raises(DriveFileError, match=r"--fcd-output.geo; if it was, say --columns 'lat=y,lon=x'$"):
        read(plain)
    assert [(fix.lat, fix.lon) for fix in read(plain, columns="lat=y,lon=x")] == [(45.2, 13.7)]
    with pytest.raises(DriveFileError, match=r"say --columns 'lat=vehicle_y,lon=vehicle_x'$"):
        list(open_drive(DATA / "fcd.parquet", track="a"))


def test_fcd_remark_after_the_root_says_nothing():
    late = document(GEO + vehicle(), head="")
    with pytest.raises(DriveFileError, match="must have geographic coordinates"):
        read(late)


@pytest.mark.parametrize(("x", "y"), [("nan", "45.2"), ("13.7", ""), ("inf", "45.2"), ("0", "0")])
def test_fcd_position_that_is_none_is_no_fix(x, y):
    assert [fix.valid for fix in read(document(vehicle(x=x, y=y)))] == [False]


def test_fcd_vehicle_without_position_or_name_restricts():
    assert [fix.valid for fix in read(document('<vehicle id="a" speed="3"/>'))] == [False]
    with pytest.raises(DriveFileError, match="must be of one vehicle"):
        read(document('<vehicle x="13.7" y="45.2"/>' + vehicle()))


def test_fcd_time_that_is_no_number_of_seconds_has_no_age():
    content = document(vehicle()).replace('time="0.00"', 'time="00:00:01.00"')
    assert [fix.monotonic_s for fix in read(content)] == [None]


def test_fcd_cut_off_is_read_up_to_there_gzipped_or_not():
    cut = XML[: XML.index(b'time="6.00"')]
    for content in (cut, gzip.compress(cut)):
        drive = open_drive(io.BytesIO(content), track="a")
        assert len(list(drive)) == 6
        assert "end: the file is cut off; read up to there" in drive.assumptions


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("<fcd-export><vehicle></fcd-export>", "well-formed XML"),
        ("<!DOCTYPE fcd-export><fcd-export/>", "must have no DOCTYPE"),
        ("<net/>", "must have the root element fcd-export, got another one"),
        ("<fcd-export>" + "<a>" * 70, "at most 64 deep"),
        (b"PAR1" + b"x" * 40 + b"PAR1", "must be Parquet that can be read"),
        (b"PAR1", "must be Parquet that can be read"),
    ],
)
def test_fcd_that_is_none_is_refused(content, match):
    with pytest.raises(DriveFileError, match=match):
        read(content, of="fcd")


def test_fcd_parquet_without_pyarrow_names_the_extra(monkeypatch):
    monkeypatch.delitem(sys.modules, "geopolicy.drives.fcd_parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DriveFileError, match=r"pip install 'geopolicy\[arrow\]'"):
        list(open_drive(DATA / "fcd.parquet", track="a"))


def test_fcd_changed_bytes_are_refused_or_state_what_is_read():
    read_count = 0
    for seed in range(400):
        content = mutated(Random(seed), XML)
        fixes = []
        with contextlib.suppress(DriveFileError):
            fixes.extend(open_drive(io.BytesIO(content), name="f.xml", format="fcd", track="a"))
        for fix in fixes:
            if fix.valid:
                read_count += 1
                assert re.search(rb"%s0*\b" % repr(fix.lat).encode(), content) or b"e" in content
    assert read_count > 1000


def test_fcd_track_for_another_format_is_refused(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("lat,lon\n45,13\n", "utf-8")
    with pytest.raises(DriveFileError, match="must be of a format with several vehicles for --track, got one of csv"):
        open_drive(path, track="a")
    with pytest.raises(ValueError, match="track must be the id of a vehicle, got 3"):
        open_drive(path, track=3)


def test_fcd_by_the_command_line(capsys):
    assert run(["drives", str(DATA / "fcd.xml"), "--track", "b"]) == 0
    assert "9 fixes" in capsys.readouterr().out
    assert run(["replay", str(DATA / "fcd.xml"), str(TOWN / "zones.geojson"), "--track", "b"]) in (0, 1)
    assert run(["replay", str(DATA / "fcd.xml"), str(TOWN / "zones.geojson")]) == 1
    assert "say which with --track" in capsys.readouterr().err


def test_fcd_of_a_run_is_decided_as_the_run_was(tmp_path):
    engine = gp.open(TOWN / "zones.geojson")
    path = tmp_path / "fcd.xml"
    options = ["--fcd-output", str(path), "--fcd-output.geo", "--precision.geo", "12", "--precision", "9"]
    libsumo.start(["sumo", "-c", str(TOWN / "town.sumocfg"), "--no-warnings", *options])
    fleet = gp.hosts.SumoFleet(engine)
    live = {}
    for _ in range(1500):
        fleet.step()
        for name in ("car1", "car2", "car7"):
            if name in fleet.monitors:
                live.setdefault(name, []).append(fleet.monitors[name].decision)
    libsumo.close()
    for name, decisions in live.items():
        watched = gp.replay.MonitoredReplay(engine, accuracy_95_m=0.1, state="driving")
        steps = list(watched.steps(open_drive(path, track=name)))
        assert [(step.decision.levels, step.decision.zones) for step in steps] == [
            (decision.levels, decision.zones) for decision in decisions
        ]
        assert len(steps) > 100
