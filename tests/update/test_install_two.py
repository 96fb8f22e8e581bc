"""Two processes and one installation: one writes at a time, any reads, and nobody puts older files over newer ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import geopolicy
from geopolicy.update import install
from geopolicy.update.disk import Disk
from geopolicy.update.install import Installation, InstallError
from install_writer import files_of

fcntl = pytest.importorskip("fcntl", reason="no locks of this kind on Windows")
SUPPORT = Path(__file__).resolve().parent.parent / "support"
SOURCE = Path(geopolicy.__file__).resolve().parent.parent
OLD = {"base.gpol": b"old"}


def writer(folder, name, times):
    program = f"import sys; sys.path[:0] = [{str(SOURCE)!r}, {str(SUPPORT)!r}]\nimport install_writer as own"
    command = [sys.executable, "-c", f"{program}; own.main(*sys.argv[1:])", str(folder), name, str(times)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def paused(tmp_path):
    """An installation into which another process is just writing."""
    Installation(tmp_path).install(OLD)
    with writer(tmp_path, "other", "pause") as process:
        assert process.stdout.readline() == "paused\n"
        yield process
        process.kill()


def unfinished_in(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".new-")]


def test_what_is_installed_is_read_while_another_process_writes(paused, tmp_path):
    found = Installation(tmp_path).recover()
    assert found.files == OLD
    assert found.trouble == f"another process has '{tmp_path}', and finishes there what it began"
    assert len(unfinished_in(tmp_path)) == 1
    paused.communicate("\n")
    assert paused.returncode == 0
    found = Installation(tmp_path).recover()
    assert (found.files, found.trouble) == (files_of("other", 0), None)


def test_second_writer_is_refused_and_the_work_of_the_first_stays(paused, tmp_path, monkeypatch):
    monkeypatch.setattr(install, "_WAIT_S", 0.1)
    with pytest.raises(
        InstallError, match="must have one writer at a time, got a second one; wait for the other"
    ) as told:
        Installation(tmp_path).install(OLD)
    assert str(tmp_path) in str(told.value)
    assert len(unfinished_in(tmp_path)) == 1
    paused.communicate("\n")
    assert Installation(tmp_path).recover().files == files_of("other", 0)


def test_second_writer_waits_a_little_for_the_first(paused, tmp_path):
    paused.stdin.write("\n")
    paused.stdin.flush()
    assert Installation(tmp_path).install(OLD).trouble is None
    assert Installation(tmp_path).recover().files == OLD


def test_writer_that_was_killed_locks_nobody_out(paused, tmp_path):
    paused.kill()
    paused.wait()
    found = Installation(tmp_path).recover()
    assert (found.files, found.trouble) == (OLD, None)
    assert not unfinished_in(tmp_path)


def test_files_are_not_put_over_others_that_were_installed_since_they_were_read(tmp_path):
    first, second = Installation(tmp_path), Installation(tmp_path)
    first.install(OLD)
    assert second.recover().files == OLD
    first.install({"base.gpol": b"new"})
    with pytest.raises(InstallError, match="must be at installation 1, which was read, got 2; another process has"):
        second.install(OLD)
    assert second.recover().files == {"base.gpol": b"new"}
    assert second.install(OLD).sequence == 3


def test_processes_that_install_at_once_mix_nothing_and_go_not_back(tmp_path):
    Installation(tmp_path).install(files_of("first", 0))
    sequence = 1
    with writer(tmp_path, "one", 25) as one, writer(tmp_path, "two", 25) as two:
        while None in (one.poll(), two.poll()):
            found = Installation(tmp_path).recover()
            name, number, *_ = found.files["0.gpol"].decode().split(" ")
            assert found.files == files_of(name, int(number))
            assert found.sequence >= sequence
            sequence = found.sequence
        refused = int(one.stdout.read()) + int(two.stdout.read())
    assert (one.returncode, two.returncode) == (0, 0)
    found = Installation(tmp_path).recover()
    assert (found.sequence, found.trouble) == (51 - refused, None)


# What the system cannot do --------------------------------------------------------


@pytest.mark.parametrize("error", [OSError(37, "No locks available"), None], ids=["file system", "system"])
def test_folder_without_locks_is_installed_into_all_the_same(tmp_path, monkeypatch, error):
    from geopolicy.base import locks

    def failing(*_: object):
        raise error

    monkeypatch.setattr(locks, "fcntl", None) if error is None else monkeypatch.setattr(fcntl, "flock", failing)
    assert Installation(tmp_path).install(OLD).trouble is None
    assert Installation(tmp_path).recover().files == OLD
    assert Installation(tmp_path / "none").recover() is None


def test_folder_that_cannot_be_locked_is_read(tmp_path, monkeypatch):
    Installation(tmp_path).install(OLD)

    def failing(*_: object):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Disk, "locked", failing)
    found = Installation(tmp_path).recover()
    assert found.files == OLD
    assert found.trouble == "the installation is not complete for the next start: Too many open files"
    with pytest.raises(InstallError, match="Too many open files; what is installed goes on"):
        Installation(tmp_path).install(OLD)


@pytest.mark.parametrize("calls", [1, 3, 1000])
def test_installation_that_cannot_be_read_is_not_taken_for_none(tmp_path, monkeypatch, calls):
    """Nor does its number begin anew when the system is well again: the ratchet would refuse that at the next start."""
    Installation(tmp_path).install(OLD)
    Installation(tmp_path).install(OLD)
    whole, left = Disk.read, [calls]

    def failing(disk, path):
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(24, "Too many open files")
        return whole(disk, path)

    monkeypatch.setattr(Disk, "read", failing)
    if calls > 1:
        with pytest.raises(InstallError, match="must be readable, so that it is known what is installed"):
            Installation(tmp_path).recover()
        left[0] = calls
        with pytest.raises(InstallError, match="Too many open files"):
            Installation(tmp_path).install(OLD)
    else:
        assert Installation(tmp_path).install({}).sequence == 3
    monkeypatch.undo()
    assert Installation(tmp_path).recover().sequence == (3 if calls == 1 else 2)
