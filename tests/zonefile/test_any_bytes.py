"""Any bytes, read as a zone file: a set that can be written again, or a `ZoneFileError`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.zonefile.reader import read_zone_file
from shapes import BOW_TIE, SQUARE, box
from zone_files import collection, feature

ZONES = Path(__file__).resolve().parents[2] / "zones"

TOKENS = [
    b"NaN",
    b"1e999",
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b",",
    b"null",
    b"-",
    b"0",
    b"\\ud800",
    b"\xff",
    b"true",
    b'"off"',
]


def mutated(raw, chance):
    """Bytes with one to four small changes."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw))
        cut = chance.randint(0, 12)
        kind = chance.randrange(5)
        if kind == 0:
            raw = raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
        elif kind == 1:
            raw = raw[:at] + raw[at + cut + 1 :]
        elif kind == 2:
            raw = raw[:at] + raw[at : at + 5 * cut] + raw[at:]
        elif kind == 3:
            raw = raw[:at] + chance.choice(TOKENS) + raw[at + chance.randint(0, 3) :]
        else:
            raw = raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
    return raw


def seeds():
    everything = gp.ZoneSet(
        [
            gp.Zone("p", {"type": "Point", "coordinates": [1.25, 2.5]}, [gp.Rule(["*"], store_in="CN")], radius_m=50.5),
            gp.Zone("q", {"type": "MultiPolygon", "coordinates": [[SQUARE]]}, [gp.Rule(["a"], needs_consent=True)]),
        ],
        gp.ZoneFileHeader(
            id="s", revision=3, coverages=(gp.Coverage(gp.Geometry.from_geojson(box(-10, -10, 10, 10))),)
        ),
    )
    files = [path.read_bytes() for path in sorted(ZONES.glob("*.geojson")) if path.stat().st_size < 10_000]
    return [*files, everything.to_geojson_text().encode(), collection(feature(BOW_TIE, repair=True))]


def survives(count, seed):
    """Reads many mutated files; every one that is accepted says the same when it is written again."""
    chance = random.Random(seed)
    sources = seeds()
    accepted = 0
    for _ in range(count):
        raw = mutated(chance.choice(sources), chance)
        try:
            zones = gp.ZoneSet.parse(raw)
        except gp.errors.ZoneFileError:
            continue
        accepted += 1
        assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones
    return accepted


def test_read_mutated_zone_files_raise_nothing_but_zone_file_error():
    assert survives(500, seed=1) > 20


@pytest.mark.campaign
def test_campaign_mutated_zone_files(campaign):
    for step in campaign:
        campaign.add(files=200, accepted=survives(200, seed=f"{campaign.seed} {step}"))
    assert campaign.counts["accepted"] * 25 > campaign.counts["files"]


@given(st.binary(max_size=200))
def test_read_any_bytes_raise_nothing_but_zone_file_error(raw):
    with pytest.raises(gp.errors.ZoneFileError):
        read_zone_file(raw)
