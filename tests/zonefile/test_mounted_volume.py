"""Volumes and links that are switched while they are read: always one edition of them."""

from __future__ import annotations

import os
import shutil

import pytest

import geopolicy as gp
from geopolicy.zonefile import stored_file
from zone_files import collection, feature, ids_of, refusals_of


def edition(folder, name, *zone_ids: str):
    """A hidden folder as Kubernetes makes one, of a file for each zone, and one in a folder."""
    (folder / name / "sub").mkdir(parents=True)
    for zone_id in zone_ids:
        (folder / name / f"{zone_id}.geojson").write_bytes(collection(feature(zone_id=zone_id)))
    (folder / name / "sub" / "s.geojson").write_bytes(collection(feature(zone_id=f"s-{name[2:]}")))


def switch(folder, name):
    (folder / "..data_tmp").symlink_to(name)
    os.replace(folder / "..data_tmp", folder / "..data")  # noqa: PTH105  # as the kubelet does


@pytest.fixture
def volume(tmp_path):
    tmp_path /= "volume"
    edition(tmp_path, "..1", "a", "b")
    switch(tmp_path, "..1")
    for name in ("a.geojson", "b.geojson", "sub"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    return tmp_path


def test_read_zones_mounted_volume_is_read_once(volume):
    assert ids_of(volume) == ["a", "b", "s-1"]


def test_read_zones_mounted_volume_with_old_editions_and_stale_links_reads_the_one_that_is_mounted(volume):
    edition(volume, "..2", "a", "c")
    switch(volume, "..2")
    assert ids_of(volume) == ["a", "c", "s-2"]


def test_read_zones_mounted_volume_below_a_folder_is_read_once_and_files_beside_the_links_too(volume):
    (volume / "local.geojson").write_bytes(collection(feature(zone_id="local")))
    assert ids_of(volume.parent) == ["a", "b", "local", "s-1"]


def test_read_zones_names_files_of_a_mounted_volume_as_people_see_them(volume):
    (volume / "..1" / "a.geojson").write_bytes(b"{")
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.read_zones(volume)
    assert [problem.file for problem in refusal.value.problems] == [str(volume / "a.geojson")]


def switching(monkeypatch, after, do):
    """Calls ``do`` once, after so many files were read."""
    read, count = stored_file._read, 0

    def counted(place):
        nonlocal count
        count += isinstance(place, str)
        if count == after and isinstance(place, str):
            content = read(place)
            do()
            return content
        return read(place)

    monkeypatch.setattr(stored_file, "_read", counted)


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize("is_removed", [False, True])
def test_read_zones_volume_that_is_switched_while_it_is_read_is_one_edition(volume, monkeypatch, after, is_removed):
    edition(volume, "..2", "a", "c")

    def change():
        switch(volume, "..2")
        if is_removed:
            shutil.rmtree(volume / "..1")

    switching(monkeypatch, after, change)
    assert ids_of(volume) in (["a", "b", "s-1"], ["a", "c", "s-2"])


def test_read_zones_volume_that_is_switched_again_and_again_is_refused(volume, monkeypatch):
    edition(volume, "..2", "a", "c")
    read, count = stored_file._read, 0

    def restless(place):
        nonlocal count
        count += 1
        switch(volume, f"..{count % 2 + 1}") if isinstance(place, str) else None
        return read(place)

    monkeypatch.setattr(stored_file, "_read", restless)
    with pytest.raises(gp.errors.ZoneFileError, match=r"stay as it is while it is read, got it switched 5 times"):
        gp.read_zones(volume)


def test_read_zones_files_of_a_volume_given_one_by_one_are_of_one_edition(volume, monkeypatch):
    edition(volume, "..2", "a", "b")
    given = [volume / "a.geojson", volume / "b.geojson"]
    for path in ("a", "b"):
        text = collection(feature(zone_id=path), header={"format": 1, "revision": 2, "coverage": "world"})
        (volume / "..2" / f"{path}.geojson").write_bytes(text)
    switching(monkeypatch, 1, lambda: switch(volume, "..2"))
    assert gp.read_zones(given).header.revision is None
    assert gp.read_zones(given).header.revision == 2


def test_read_zones_link_to_a_folder_that_is_switched_while_it_is_read_is_followed_once(tmp_path, monkeypatch):
    for name in ("r1", "r2"):
        (tmp_path / name).mkdir()
        for zone in ("a", "b"):
            text = collection(feature(zone_id=f"{zone}-{name}"))
            (tmp_path / name / f"{zone}.geojson").write_bytes(text)
    current = tmp_path / "current"
    current.symlink_to("r1")

    def change():
        current.unlink()
        current.symlink_to("r2")

    switching(monkeypatch, 1, change)
    assert ids_of(current) == ["a-r1", "b-r1"]


def test_read_zones_volume_whose_link_leads_nowhere_is_refused(volume):
    shutil.rmtree(volume / "..1")
    assert [code for code, _ in refusals_of(volume)] == ["file-unreadable", "file-unreadable"]


def test_read_zones_hidden_folder_without_a_link_is_read_like_any(tmp_path):
    edition(tmp_path, "..1", "a")
    assert ids_of(tmp_path) == ["a", "s-1"]


def test_read_zones_beside_a_mounted_edition_nothing_is_passed_over(tmp_path):
    edition = tmp_path / "..2026_11_28_10_00_00.1"
    edition.mkdir()
    (edition / "a.geojson").write_bytes(collection(feature(zone_id="a")))
    (tmp_path / "..data").symlink_to(edition.name)
    (tmp_path / "a.geojson").symlink_to("..data/a.geojson")
    (tmp_path / "..mine.geojson").write_bytes(collection(feature(zone_id="b")))
    assert [zone.id for zone in gp.read_zones(tmp_path)] == ["a", "b"]
