"""The vectors: both engines give every answer, and the command that makes them makes these bytes."""

from __future__ import annotations

import subprocess
import sys

import pytest

import vector_files
import vector_zones
import vectors
from vectors import FOLDER

MEGABYTES = 10
ENDS = ("jsonl", "tsv", "geojson", "gpol")


@pytest.mark.parametrize("engine", ["reference", "kernel"])
@pytest.mark.parametrize("kind", vectors.SAYS)
def test_vectors_are_answered_by_each_engine(kind, engine):
    asked = vectors.read(kind)
    found = [text for vector in asked if (text := vectors.difference(kind, vector, engine))]
    assert not found, "\n".join(found[:5])
    assert len(asked) >= vector_files.LEAST[kind]


def test_vectors_files_are_those_of_the_command_and_small():
    made = {f"{kind}.jsonl" for kind in vector_files.KINDS} | {f"{kind}.tsv" for kind in vector_files.TABLES}
    made |= {f"zones/{name}.geojson" for name in vector_files.ZONE_FILES}
    made |= {f"packs/{name}.gpol" for name in vector_files.ZONE_FILES}
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file() and path.suffix[1:] in ENDS}
    assert files == made
    assert sum((FOLDER / name).stat().st_size for name in made) < MEGABYTES * 2**20


@pytest.mark.parametrize("name", vector_files.ZONE_FILES)
def test_vectors_zone_file_and_pack_made_again_are_the_same_bytes(name):
    for path, content in vector_files.zone_files(name, vector_files.ZONE_FILES[name]()).items():
        assert (FOLDER / path).read_bytes() == content, path


@pytest.mark.parametrize("name", ["tiles", "seam", "frames"])
def test_vectors_of_one_set_made_again_are_the_same_bytes(name):
    again = vector_files.vector_points.points(name, vector_zones.SETS[name](), vector_files.POINTS[name])
    kept = [vector for vector in vectors.read("points") if vector["set"] == name and vector.get("position", True)]
    assert vector_files.lines(again) == vector_files.lines(kept)


@pytest.mark.parametrize("kind", vector_files.TABLES)
def test_vectors_tables_say_what_the_lines_say(kind):
    assert (FOLDER / f"{kind}.tsv").read_bytes() == vector_files.table(kind, vectors.read(kind))


@pytest.mark.parametrize("kind", vectors.SAYS)
def test_vectors_another_answer_is_noticed(kind, monkeypatch):
    says = vectors.SAYS[kind]
    monkeypatch.setitem(vectors.SAYS, kind, lambda *asked: dict.fromkeys(says(*asked), "something else"))
    assert len(vectors.differences(kind, vectors.read(kind)[:3])) == 6


@pytest.mark.slow
def test_vectors_made_by_the_command_are_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "make.py"), str(tmp_path)], check=True, capture_output=True)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert path.read_bytes() == (FOLDER / path.relative_to(tmp_path)).read_bytes(), path.name
