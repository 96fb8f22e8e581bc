"""Zone files that must be refused: each with all of its problems, their codes and their places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.zonefile.reader import read_zone_file

FOLDER = Path(__file__).resolve().parents[1] / "data" / "bad-zones"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def test_bad_zones_corpus_has_every_file_listed():
    assert sorted(EXPECTED) == sorted(path.name for path in FOLDER.glob("*.geojson"))
    assert len(EXPECTED) >= 120


@pytest.mark.parametrize("name", EXPECTED)
def test_read_bad_zone_file_is_refused_with_every_code_and_path(name):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        read_zone_file((FOLDER / name).read_bytes(), name)
    found = [[problem.code, problem.path] for problem in refusal.value.problems]
    assert sorted(found) == sorted(EXPECTED[name])
    for problem in refusal.value.problems:
        assert problem.file == name
        assert problem.rule
        assert not problem.is_warning


def test_bad_zones_corpus_folder_names_problems_of_every_file_at_once():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.read_zones(FOLDER)
    assert {Path(problem.file).name for problem in refusal.value.problems} == set(EXPECTED)
