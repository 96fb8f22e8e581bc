"""Files that are whole or not there: old content, links, modes, and what is no file."""

from __future__ import annotations

import errno
import os
import threading

import pytest

from geopolicy.base.atomic import write_atomically


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_atomic_write_makes_a_file_or_replaces_its_content_and_keeps_its_mode(tmp_path):
    path = tmp_path / "a"
    write_atomically(path, b"one")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"one", 0o644)
    path.chmod(0o600)
    write_atomically(path, memoryview(b"two"))
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o600)
    assert names_in(tmp_path) == ["a"]


def test_atomic_write_gives_a_reader_of_the_old_file_the_old_content(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with (tmp_path / "a").open("rb") as reader:
        write_atomically(tmp_path / "a", b"new")
        assert reader.read() == b"old"


@pytest.mark.parametrize("is_absolute", [True, False])
def test_atomic_write_keeps_a_link_into_another_folder_a_link(tmp_path, is_absolute):
    for name in ("links", "files"):
        (tmp_path / name).mkdir()
    target, link = tmp_path / "files" / "a", tmp_path / "links" / "b"
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to(target if is_absolute else "../files/a")
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"new", 0o600)
    assert (names_in(tmp_path / "links"), names_in(tmp_path / "files")) == (["b"], ["a"])


def test_atomic_write_through_links_to_links_writes_the_last_target(tmp_path):
    (tmp_path / "b").symlink_to("c")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "c").write_bytes(b"old")
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "c").read_bytes() == b"new"
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "b").is_symlink()


def test_atomic_write_to_a_dangling_link_makes_its_target(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "a").symlink_to("files/b")
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "files" / "b").read_bytes() == b"new"


def test_atomic_write_to_a_link_into_a_missing_folder_is_refused(tmp_path):
    (tmp_path / "a").symlink_to("none/b")
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "a", b"new")
    assert names_in(tmp_path) == ["a"]


@pytest.mark.parametrize("name", ["a", "to-itself", "before"])
def test_atomic_write_to_links_in_a_circle_is_refused(tmp_path, name):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "to-itself").symlink_to("to-itself")
    (tmp_path / "before").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links") as refusal:
        write_atomically(tmp_path / name, b"new")
    assert refusal.value.errno == errno.ELOOP
    assert all(path.is_symlink() for path in tmp_path.iterdir())


def test_atomic_write_to_a_pipe_writes_into_it_and_leaves_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        writer = threading.Thread(target=write_atomically, args=(tmp_path / name, b"new"))
        writer.start()
        assert (tmp_path / "pipe").read_bytes() == b"new"
        writer.join()
    assert (tmp_path / "pipe").is_fifo()


def test_atomic_write_to_a_folder_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "folder", b"new")
    assert names_in(tmp_path) == ["folder"]


def test_atomic_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")

    def fail(_handle):
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="broken disk"):
        write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names_in(tmp_path) == ["a"]
