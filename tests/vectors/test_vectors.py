"""The vectors: both engines give every answer, and the command that makes them makes these bytes."""

from __future__ import annotations

import subprocess
import sys

import pytest

import vector_answers
import vector_files
import vector_points
import vector_zones
import vectors
from vectors import FOLDER

MEGABYTES = 10
ENDS = ("json", "jsonl", "tsv", "geojson", "gpol")


@pytest.mark.parametrize("engine", ["reference", "kernel"])
@pytest.mark.parametrize("kind", vector_answers.SAYS)
def test_vectors_are_answered_by_each_engine(kind, engine):
    asked = vectors.read(kind)
    found = [text for vector in asked if (text := vector_answers.difference(kind, vector, engine))]
    assert not found, "\n".join(found[:5])
    assert len(asked) >= vector_files.LEAST[kind]


def test_vectors_files_are_those_of_the_command_and_small():
    made = (
        {"monitor.json"}
        | {f"{kind}.jsonl" for kind in vector_files.KINDS}
        | {f"{kind}.tsv" for kind in vector_files.TABLES}
    )
    made |= {f"zones/{name}.geojson" for name in vector_files.ZONE_FILES}
    made |= {f"packs/{name}.gpol" for name in vector_files.ZONE_FILES}
    files = {str(path.relative_to(FOLDER)) for end in ENDS for path in FOLDER.rglob(f"*.{end}")}
    assert files == made
    assert sum((FOLDER / name).stat().st_size for name in made) < MEGABYTES * 2**20


@pytest.mark.parametrize("name", vector_files.ZONE_FILES)
def test_vectors_zone_file_and_pack_made_again_are_the_same_bytes(name):
    for path, content in vector_files.zone_files(name, vector_files.ZONE_FILES[name]()).items():
        assert (FOLDER / path).read_bytes() == content, path


@pytest.mark.parametrize("name", ["tiles", "seam", "frames"])
def test_vectors_of_one_set_made_again_are_the_same_bytes(name):
    zone_file, pack = vector_zones.SETS[name](), (FOLDER / "packs" / f"{name}.gpol").read_bytes()
    again = vector_points.points(name, zone_file, pack, vector_files.POINTS[name])
    kept = [vector for vector in vectors.read("points") if vector["set"] == name and vector.get("position", True)]
    assert vector_files.lines(again) == vector_files.lines(kept)


@pytest.mark.parametrize("kind", ["schedules", "decisions", "monitors", "zone_files", "packs", "transforms"])
def test_vectors_of_one_kind_made_again_are_the_same_bytes(kind):
    assert vector_files.lines(vector_files.KINDS[kind]()) == (FOLDER / f"{kind}.jsonl").read_bytes()


@pytest.mark.parametrize("kind", vector_files.TABLES)
def test_vectors_tables_say_what_the_lines_say(kind):
    assert (FOLDER / f"{kind}.tsv").read_bytes() == vector_files.table(kind, vectors.read(kind))


@pytest.mark.parametrize("kind", vector_answers.SAYS)
def test_vectors_another_answer_is_noticed(kind, monkeypatch):
    says = vector_answers.SAYS[kind]
    monkeypatch.setitem(vector_answers.SAYS, kind, lambda *asked: dict.fromkeys(says(*asked), "something else"))
    assert len(vector_answers.differences(kind, vectors.read(kind)[:3])) == 6


def test_vectors_say_what_all_monitors_are_made_with():
    assert (FOLDER / "monitor.json").read_bytes() == vector_files.WORLD


@pytest.mark.parametrize("kind", vector_files.KINDS)
def test_vectors_page_describes_every_member_and_reason(kind):
    page = (FOLDER.parents[1] / "docs" / "vectors.md").read_text(encoding="utf-8")
    asked = vectors.read(kind)
    named = {name for vector in asked for name in vector}
    if kind == "points":
        named |= {why.partition(" turned")[0] for vector in asked for why in vector.get("why", {}).values()}
    if kind == "packs":
        named |= {vector["code"] for vector in asked} - {None}
    assert {name for name in named if f"`{name}`" not in page} == set()


@pytest.mark.slow
def test_vectors_made_by_the_command_are_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, str(FOLDER / "make.py"), str(tmp_path)], check=True, capture_output=True)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert path.read_bytes() == (FOLDER / path.relative_to(tmp_path)).read_bytes(), path.name
