"""The first line of ``geopolicy replay``: what stands in for accuracies, and whether that holds for the whole file."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from cli_samples import shell
from drive_samples import sentence

NONE = "the file states no accuracy: every fix is taken as within 5 m (95 %)"
NONE_SO_FAR = "the file states no accuracy so far; until it does, every fix is taken as within 5 m (95 %)"
STATED = "  - the file states accuracies: a fix without a usable one is no fix"
_PADDING = "x" * 500
_COUNT = 2500  # more than the first megabyte, which is looked through before the first fix
_MEBIBYTE = 1 << 20


def stamp(index: int) -> str:
    return f"2026-03-02T{12 + index // 3600:02d}:{index // 60 % 60:02d}:{index % 60:02d}Z"


def geojson(accuracies: dict[int, float]) -> bytes:
    features = []
    for index in range(_COUNT):
        properties: dict[str, Any] = {"time": stamp(index), "note": _PADDING}
        if index in accuracies:
            properties["accuracy"] = accuracies[index]
        geometry = {"type": "Point", "coordinates": [12.5, 45.5]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def overland(accuracies: dict[int, float]) -> bytes:
    return json.dumps({"locations": json.loads(geojson(accuracies))["features"]}, indent=1).encode()


def records(accuracies: dict[int, float]) -> bytes:
    locations: list[dict[str, Any]] = [
        {"latitudeE7": 455000000, "longitudeE7": 125000000, "timestamp": stamp(index), "note": _PADDING}
        for index in range(_COUNT)
    ]
    for index, accuracy in accuracies.items():
        locations[index]["accuracy"] = accuracy
    return json.dumps({"locations": locations}).encode()


def timeline(accuracies: dict[int, float]) -> bytes:
    points = [{"LatLng": "45.5, 12.5", "timestamp": stamp(index), "note": _PADDING} for index in range(_COUNT)]
    signals = [
        {"position": point | ({"accuracyMeters": accuracies[index]} if index in accuracies else {})}
        for index, point in enumerate(points)
    ]
    return json.dumps({"rawSignals": signals}).encode()


WHOLE = {"geojson": geojson, "overland": overland, "google-records": records, "google-timeline": timeline}


def first_line(cli, tmp_path, zones, content: bytes, name: str, *options: str) -> tuple[str, list[str]]:
    """The first line of the text, and the assumptions of the JSON, of which the first must be the same."""
    path = tmp_path / name
    path.write_bytes(content)
    _, out, _ = cli("replay", path, zones, *options)
    assumptions = json.loads(cli("replay", path, zones, *options, "--json")[1])["assumptions"]
    lines = out.splitlines()
    if "states no accuracy" in lines[0] + assumptions[0]:
        assert lines[0] == assumptions[0]
    return lines[0], lines


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("end", ["", ".gz"])
def test_document_above_a_megabyte_that_states_accuracies_is_not_said_to_state_none(
    cli, tmp_path, zones, kind: str, end: str
) -> None:
    content = WHOLE[kind]({_COUNT - 1: 4})
    assert len(content) > _MEBIBYTE
    first, lines = first_line(cli, tmp_path, zones, gzip.compress(content) if end else content, f"drive.json{end}")
    assert "states no accuracy" not in first
    assert STATED in lines
    assert not any("stood in for it" in line for line in lines)


@pytest.mark.parametrize("kind", WHOLE)
def test_document_above_a_megabyte_without_accuracies_is_said_to_state_none(cli, tmp_path, zones, kind: str) -> None:
    first, lines = first_line(cli, tmp_path, zones, WHOLE[kind]({}), "drive.json")
    assert first == NONE
    assert STATED not in lines


@pytest.mark.parametrize(("accuracies", "first"), [({}, NONE), ({_COUNT - 1: 4}, None)])
def test_document_from_a_pipe_is_known_before_its_first_fix(zones, accuracies, first) -> None:
    code, out, err = shell("replay", "-", zones, stdin=geojson(accuracies))
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert (lines[0] == NONE, STATED in lines) == (first is not None, first is None)
    assert "so far" not in out


def nmea(first_gst: int | None) -> bytes:
    sentences = []
    for index in range(60):
        clock = f"12{index // 60:02d}{index % 60:02d}"
        if first_gst is not None and index >= first_gst:
            sentences.append(sentence(f"GNGST,{clock},1.0,2.0,2.0,0.0,2.0,2.0,4.0"))
        sentences.append(sentence(f"GNRMC,{clock},A,4530.0,N,01230.0,E,0.0,0.0,020326,,,A"))
    return "".join(sentences).encode()


def test_log_from_a_pipe_that_states_accuracies_later_is_said_to_state_none_so_far(zones) -> None:
    code, out, _ = shell("replay", "-", zones, "--format", "nmea", stdin=nmea(30))
    assert code == 0
    assert out.splitlines()[0] == NONE_SO_FAR
    assert "accuracy: the file states none before fix " in out
    told = json.loads(shell("replay", "-", zones, "--format", "nmea", "--json", stdin=nmea(30))[1])
    assert told["assumptions"][0] == NONE_SO_FAR


def test_log_from_a_pipe_without_accuracies_is_said_to_state_none_so_far(zones) -> None:
    out = shell("replay", "-", zones, "--format", "nmea", stdin=nmea(None))[1]
    assert out.splitlines()[0] == NONE_SO_FAR


@pytest.mark.parametrize(("column", "line"), [("", NONE), (",accuracy", None)])
def test_table_from_a_pipe_is_known_by_its_header(zones, column: str, line: str | None) -> None:
    rows = "".join(f"{stamp(index)},45.5,12.5{',4' if column else ''}\n" for index in range(10))
    out = shell("replay", "-", zones, stdin=f"time,lat,lon{column}\n{rows}".encode())[1]
    assert (out.splitlines()[0] == NONE) == (line is not None)
    assert "so far" not in out


def test_small_log_without_accuracies_is_said_to_state_none_at_all(cli, tmp_path, zones) -> None:
    assert first_line(cli, tmp_path, zones, nmea(None), "drive.nmea")[0] == NONE
    assert first_line(cli, tmp_path, zones, nmea(None), "drive.nmea", "--accuracy", "7")[0] == NONE.replace(
        "5 m", "7 m"
    )
