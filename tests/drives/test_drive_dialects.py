"""The writer of dialects and its spoilers: what they write is what they say it states."""

from __future__ import annotations

import csv
import io
import json
import math
import random
from datetime import datetime
from functools import reduce
from operator import xor
from xml.etree import ElementTree

import pytest

import drive_spoilers
import geopolicy as gp
from drive_dialects import TABLES, random_drive
from drive_texts import TEXTS

WRITERS = [*((dialect.name, lambda drive, d=dialect: d.table(drive)) for dialect in TABLES)]
WRITERS += [(text.__name__, text) for text in TEXTS]
DRIVES = [random_drive(random.Random(seed)) for seed in range(30)]


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_writers_state_nothing_that_the_drive_does_not(name, write):
    for drive in DRIVES:
        truth = write(drive).written().truth
        assert len(truth) == len(drive), name
        for stated, fix in zip(truth, drive, strict=True):
            is_line = name.startswith(("trip", "times"))
            assert stated.valid == (fix.valid or is_line)
            if stated.valid:
                assert (stated.lat, stated.lon) == pytest.approx((fix.lat, fix.lon), abs=2e-7)
            for field in ("accuracy_95_m", "monotonic_s", "speed_mps", "course_deg"):
                value = getattr(stated, field)
                assert value is None or value == pytest.approx(
                    getattr(fix, field), abs=0.95 if "mono" in field else 0.2
                )
            assert stated.time is None or 0 <= (fix.time - stated.time).total_seconds() < 1


def test_csv_of_each_table_has_a_row_for_each_fix():
    for dialect in TABLES:
        if dialect.name.endswith(".csv") and dialect.name not in ("named-sep.csv", "named-metadata.csv"):
            rows = list(csv.reader(io.StringIO(dialect.table(DRIVES[0]).written().content.decode(), newline="")))
            assert {len(row) for row in rows} == {len(dialect.columns)}
            assert len(rows) == len(DRIVES[0]) + 1


def test_named_csv_states_positions_and_accuracies_of_the_truth():
    for drive in DRIVES:
        written = TABLES[0].table(drive).written()
        for row, fix in zip(csv.DictReader(io.StringIO(written.content.decode())), written.truth, strict=True):
            assert (float(row["lat"]), float(row["lon"])) == (fix.lat, fix.lon)
            assert (float(row["accuracy_95_m"] or 0) <= 0) == (fix.accuracy_95_m is None)
            assert (row["valid"] == "true") == fix.valid
            assert datetime.fromisoformat(row["t_utc"]) == fix.time


def test_texts_are_well_formed():
    for text in TEXTS:
        written = text(DRIVES[1]).written()
        if written.name.endswith(".gpx"):
            assert len(ElementTree.fromstring(written.content).findall(".//{*}trkpt")) == len(written.truth)
        elif written.name.endswith(("json", "geojson")):
            json.loads(written.content)
        for sentence in written.content.split(b"$")[1:]:
            body, _, tail = sentence.partition(b"*")
            if tail:
                assert reduce(xor, body) == int(tail[:2], 16)


def test_spoiled_files_come_from_the_seed_alone_and_reach_every_spoiler():
    names, dialects = set(), set()
    for seed in range(1500):
        file, done = drive_spoilers.spoiled_file(random.Random(seed))
        names.update(done)
        dialects.add(file.name)
        assert all(isinstance(fix, gp.Fix) for fix in file.truth)
        assert not any(fix.valid and math.isnan(fix.lat) for fix in file.truth)
        if seed < 100:
            again, _ = drive_spoilers.spoiled_file(random.Random(seed))
            assert again.content == file.content
    expected = [*drive_spoilers.ON_TABLES, *drive_spoilers.ON_FILES, drive_spoilers.newest_first]
    assert names == {spoiler.__name__ for spoiler in expected}
    assert len(dialects) == len(TABLES) + len(TEXTS)
