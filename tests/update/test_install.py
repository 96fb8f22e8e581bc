"""What is installed survives a power cut at any call, and errors of the system at any call, and never goes back."""

from __future__ import annotations

import errno
from pathlib import PurePath

import pytest

from examples import some_of
from geopolicy.update.disk import Disk
from geopolicy.update.install import Installation, InstallError
from geopolicy.update.slots import Manifest, digest_of, manifest_from
from power_loss import ROOT, ModelDisk, PowerLossError

OLD = {"base.gpol": b"old base " * 200, "root": b"root 1"}
NEW = {"base.gpol": b"new base " * 210, "root": b"root 1"} | {f"storm {n}.gpol": b"%d" % n * 300 for n in range(6)}


def installed(*sets: dict[str, bytes]):
    """A disk on which sets of files were installed, one after another."""
    disk = ModelDisk()
    for files in sets:
        assert Installation(ROOT, disk).install(files).trouble is None
    disk.calls = 0
    return disk


def moments(disk_of, act):
    """For each call of an action, the disk that loses its power just before it; at last one that does not."""
    number = 0
    while True:
        disk = disk_of()
        disk.ends_before = number
        try:
            act(disk)
        except PowerLossError:
            yield disk, False
            number += 1
            continue
        yield disk, True
        return


def files_on(disk):
    disk.ends_before = None
    found = Installation(ROOT, disk).recover()
    return found and found.files


# Power is lost ------------------------------------------------------------------


@pytest.mark.dear
@pytest.mark.parametrize(("before", "at_least"), [((), 15_000), ((OLD,), 12_500)], ids=["first", "second"])
def test_power_lost_at_any_call_leaves_the_old_files_or_the_new(before, at_least):
    """27,500 distinct states with all examples."""
    states = set()
    for disk, is_done in moments(lambda: installed(*before), lambda disk: Installation(ROOT, disk).install(NEW)):
        for found in disk.after_power_loss(some_of(1000, 20), disk.calls):
            state = found.state()
            if state in states and not is_done:
                continue
            states.add(state)
            files = files_on(found)
            assert files == NEW or (not is_done and files == (OLD if before else None))
            assert files_on(found) == files
    assert len(states) > some_of(at_least, 500)


def twice(first_of, begin, most):
    """Pairs of disks: as a program left it that began something, and as the power left it in the recovery after that.

    With each pair what was found in between, and whether the recovery had ended.
    """
    for first, _ in moments(first_of, begin):
        for left in most[0](first):
            found = files_on(left.killed())
            for second, is_done in moments(left.killed, lambda disk: Installation(ROOT, disk).recover()):
                for last in second.after_power_loss(most[1], second.calls):
                    yield left, last, found, is_done


@pytest.mark.dear
def test_power_lost_while_an_installation_is_finished_is_no_worse():
    pairs = set()
    lost = lambda disk: disk.after_power_loss(some_of(4, 1), disk.calls)  # noqa: E731  # it is the argument
    for left, last, found, _ in twice(
        lambda: installed(OLD), lambda disk: Installation(ROOT, disk).install(NEW), (lost, some_of(6, 2))
    ):
        pair = left.state(), last.state()
        if pair not in pairs:
            pairs.add(pair)
            assert files_on(last) == found
    assert len(pairs) > some_of(5000, 300)


@pytest.mark.dear
@pytest.mark.parametrize("before", [(), (OLD,)], ids=["first", "second"])
def test_power_lost_after_a_process_was_killed_and_another_recovered_goes_not_back(before):
    """What a killed process has written is seen by the next one, and may be lost all the same."""
    pairs = set()
    begin = lambda disk: Installation(ROOT, disk).install(NEW)  # noqa: E731  # as above
    for left, last, found, is_done in twice(lambda: installed(*before), begin, (lambda disk: [disk], some_of(8, 1))):
        pair = left.state(), last.state()
        if pair not in pairs or is_done:
            pairs.add(pair)
            assert files_on(last) in ((found,) if is_done else (OLD if before else None, NEW))
    assert len(pairs) > some_of(1000, 300)


@pytest.mark.dear
@pytest.mark.parametrize("is_for_ever", [False, True])
def test_power_lost_after_a_call_failed_leaves_the_old_files_or_the_new(is_for_ever):
    number, tried = 1, 0
    while True:
        disk = installed(OLD)
        disk.raises = dict.fromkeys(range(number, 1000) if is_for_ever else [number], OSError(errno.EIO, "failed"))
        try:
            done = Installation(ROOT, disk).install(NEW)
        except InstallError:
            done = None
        if disk.calls < number:
            break
        for left in disk.after_power_loss(some_of(40, 2), number):
            assert files_on(left) in ((OLD, NEW) if done is None else (NEW,))
            tried += 1
        number += 1
    assert tried > some_of(500, 80)


def test_older_copy_is_never_taken_once_the_ratchet_is_up():
    before = installed(OLD)
    disk = installed(OLD, NEW)
    for slot in "ab":
        for path in [path for path in disk.seen if path.parent == ROOT / slot]:
            del disk.seen[path]
        disk.seen |= {path: file for path, file in before.seen.items() if path.parent == ROOT / slot}
    assert Installation(ROOT, disk).recover() is None


@pytest.mark.parametrize("slot", "ab")
def test_copy_that_is_damaged_is_made_anew_from_the_other(slot):
    for damage in (b"", b"\0" * 1800):
        disk = installed(NEW)
        for path, file in disk.seen.items():
            if path.parent == ROOT / slot:
                file.content = damage
        assert files_on(disk) == NEW
        other = "b" if slot == "a" else "a"
        for path in [path for path in disk.seen if path.parent == ROOT / other]:
            del disk.seen[path]
        assert files_on(disk) == NEW


@pytest.mark.parametrize("slot", "ab")
def test_copy_that_cannot_be_read_is_no_loss(slot, monkeypatch):
    """A disk may give errors for one of the copies, for its files or their sizes."""
    disk = installed(NEW)
    for name in ("read", "size"):
        whole = getattr(disk, name)

        def failing(path, whole=whole):
            if PurePath(path).parent == ROOT / slot:
                raise OSError(errno.EIO, "failed")
            return whole(path)

        monkeypatch.setattr(disk, name, failing)
    found = Installation(ROOT, disk).recover()
    assert found.files == NEW
    assert found.trouble is not None


def test_manifest_of_another_format_is_not_taken():
    content = Manifest(1, {}).to_bytes()
    assert manifest_from(content) == Manifest(1, {})
    line = content.partition(b"\n")[0].replace(b'"format":1', b'"format":2') + b"\n"
    assert manifest_from(line + digest_of(line).encode() + b"\n") is None


def test_file_that_is_read_back_differently_is_not_installed(monkeypatch):
    disk = installed(OLD)
    whole = disk.write
    monkeypatch.setattr(disk, "write", lambda path, content: whole(path, content[:-1] + b"!"))
    with pytest.raises(InstallError, match="read back differently"):
        Installation(ROOT, disk).install(NEW)
    monkeypatch.undo()
    assert files_on(disk) == OLD


# Calls fail ---------------------------------------------------------------------


@pytest.mark.parametrize("is_for_ever", [False, True])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EROFS])
def test_call_that_fails_is_told_and_leaves_the_old_files_or_the_new(code, is_for_ever):
    number = 1
    while True:
        disk = installed(OLD)
        numbers = range(number, 1000) if is_for_ever else [number]
        disk.raises = {own: OSError(code, "failed") for own in numbers}
        try:
            done = Installation(ROOT, disk).install(NEW)
        except InstallError:
            done = None
        is_reached = disk.calls >= number
        disk.raises = {}
        assert files_on(disk) in ((OLD, NEW) if done is None else (NEW,))
        if not is_reached:
            assert done is not None
            assert done.trouble is None
            return
        assert done is None or done.trouble is not None
        assert Installation(ROOT, disk).install(OLD).trouble is None
        assert files_on(disk) == OLD
        number += 1


def test_what_does_not_fit_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    Installation(tmp_path / "zones").install(OLD)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    monkeypatch.setattr(Disk, "free_bytes", lambda *_: 1000)
    with pytest.raises(InstallError, match=r"bytes are needed, and 1,000 are free"):
        Installation(tmp_path / "zones").install(NEW)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


# On a real disk ------------------------------------------------------------------


def test_files_of_the_system_are_private_and_leave_nothing_behind(tmp_path):
    folder = tmp_path / "deep" / "zones"
    assert Installation(folder).recover() is None
    for files in (OLD, NEW, OLD):
        Installation(folder).install(files)
        assert Installation(folder).recover().files == files
    assert {path.name for path in folder.iterdir()} == {"a", "b", "ratchet"}
    assert sorted(len(list((folder / slot).iterdir())) for slot in "ab") == [3, 3]
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_links_are_not_followed(tmp_path):
    folder, elsewhere = tmp_path / "zones", tmp_path / "elsewhere"
    Installation(folder).install(OLD)
    manifest = folder / "a" / "manifest"
    manifest.rename(elsewhere)
    manifest.symlink_to(elsewhere)
    kept = elsewhere.read_bytes()
    assert Installation(folder).recover().files == OLD
    Installation(folder).install(NEW)
    assert not manifest.is_symlink()
    assert elsewhere.read_bytes() == kept
