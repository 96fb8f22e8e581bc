"""Several sets as one, one as several, and nothing lost on either way."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.kept import kept_documents
from geopolicy.authoring.merging import merged
from geopolicy.authoring.splitting import split_by, write_parts
from import_samples import area, areas, imported
from shapes import box


def two_imports():
    return [imported(areas(area(box(n, 0, n + 1, 1), n, type=kind)), prefix=kind) for n, kind in enumerate("ab")]


def test_merged_sets_keep_every_document_and_zone():
    together = merged(two_imports())
    assert [zone.id for zone in together] == ["a0", "b1"]
    assert len(kept_documents(together.header)) == 2
    assert together.warnings == ()


def test_merged_set_with_itself_is_refused_for_its_ids():
    with pytest.raises(gp.errors.ZoneFileError, match="an id must be used only once"):
        merged([two_imports()[0]] * 2)


def test_parts_read_together_are_the_set(tmp_path):
    together = merged(two_imports())
    parts = split_by(together, "imported.feature.properties.type")
    assert sorted(parts) == ["a.geojson", "b.geojson"]
    write_parts(parts, tmp_path / "parts")
    assert gp.read_zones(tmp_path / "parts") == together


def test_parts_of_names_that_no_file_can_have_are_apart_and_what_states_nothing_is_with_the_others():
    names = ["../x", "..-x", "", None, "A/b", "a-b", "x" * 300]
    zones = imported(areas(*(area(box(n, 0, n + 1, 1), n, kind=name) for n, name in enumerate(names))))
    parts = split_by(zones, "imported.feature.properties.kind")
    assert sorted(parts) == sorted(
        [
            "x.geojson",
            "x-2.geojson",
            "value.geojson",
            "others.geojson",
            "a-b.geojson",
            "a-b-2.geojson",
            "x" * 80 + ".geojson",
        ]
    )
    assert sum(len(part) for part in parts.values()) == len(zones)


def test_parts_never_join_a_folder_that_holds_something(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "old.geojson").write_text("{}")
    with pytest.raises(OSError, match=r"not empty|exists"):
        write_parts(split_by(two_imports()[0], "name"), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["parts"]
    assert json.loads((folder / "old.geojson").read_text()) == {}
