"""Any bytes, read as a drive: the documented exception, and no position that the file does not state."""

from __future__ import annotations

from collections import Counter

import pytest

import geopolicy as gp
from drive_bytes import wrong_with
from drive_oracles import first_unread
from drive_samples import sentence

CSV = b"time,lat,lon\n2026-01-05T08:00:00Z,45.5,13.7\n2026-01-05T08:00:01Z,45.6,13.8\n"
GPX = (
    b'<gpx version="1.1"><trk><trkseg><trkpt lat="45.5" lon="13.7"/><trkpt lat="45.6" lon="13.8"/></trkseg></trk></gpx>'
)
NMEA = "".join(
    sentence(f"GPGLL,{lat},N,{lon},E,080000.00,A,A")
    for lat, lon in (("4530.000", "01342.000"), ("4536.000", "01348.000"))
).encode()
CONTENTS = {"csv": CSV, "gpx": GPX, "nmea": NMEA}


def test_changed_bytes_are_refused_or_state_what_is_read() -> None:
    counts: Counter[str] = Counter()
    assert [wrong for seed in range(1000) if (wrong := wrong_with(seed, counts))] == []
    assert counts["fixes"] > 3000


@pytest.mark.parametrize("seed", ["c 69511", "c 123738", "e 62337", "e 76436", "c 42892", "e 24274"])
def test_odd_commas_line_ends_and_exponents_in_changed_bytes_are_read_as_they_stand(seed: str) -> None:
    assert wrong_with(seed, Counter()) is None


@pytest.mark.parametrize("seed", ["5 43953", "6 82687"])
def test_namespaces_with_an_apostrophe_are_no_reason_to_doubt_points(seed: str) -> None:
    assert wrong_with(seed, Counter()) is None


@pytest.mark.parametrize("drive_format", CONTENTS)
def test_other_programs_read_what_stands_in_a_file_and_nothing_else(drive_format: str) -> None:
    content, first = CONTENTS[drive_format], gp.Fix(45.5, 13.7)
    assert first_unread([first, gp.Fix(45.6, 13.8)], drive_format, content) is None
    for lat, lon in ((45.6, 13.7), (-45.6, 13.8), (13.8, 45.6), (45.60001, 13.8)):
        assert first_unread([first, gp.Fix(lat, lon)], drive_format, content) is not None, (lat, lon)


@pytest.mark.parametrize(
    ("row", "lat", "lon"),
    [("45.5,W13.7", 45.5, -13.7), ("45.5 S,13.7", -45.5, 13.7), ("\r45.5,-13.7", 45.5, -13.7)],
)
def test_csv_module_knows_letters_of_hemispheres_and_stray_ends_of_lines_as_files_have_them(
    row: str, lat: float, lon: float
) -> None:
    assert first_unread([gp.Fix(lat, lon)], "csv", f"lat,lon\n{row}\n".encode()) is None
    assert first_unread([gp.Fix(-lat, lon)], "csv", f"lat,lon\n{row}\n".encode()) == 0


def test_pynmeagps_gets_a_position_alone_where_it_refuses_another_field() -> None:
    fixes = [gp.Fix(45.5, 13.7)]
    odd = sentence("GPGGA,080000.00,4530.000,N,01342.000,E,1,09,0.9,41.0,M,4x3.0,M,,")
    assert first_unread(fixes, "nmea", odd.encode()) is None
    assert first_unread(fixes, "nmea", odd.replace("4x3", "4y3").encode()) == 0  # a wrong checksum


def test_gpxpy_gets_points_up_to_where_xml_breaks() -> None:
    broken = GPX.replace(b"</trkseg>", b"<trkpt>").replace(b'lon="13.8"/', b'lon="13.8"')
    assert first_unread([gp.Fix(45.5, 13.7), gp.Fix(45.6, 13.8)], "gpx", broken) is None


@pytest.mark.campaign
def test_campaign_changed_bytes_are_refused_or_state_what_is_read(campaign) -> None:
    for step in campaign:
        assert wrong_with(f"{campaign.seed} {step}", campaign.counts) is None
