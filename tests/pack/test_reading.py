"""Large packs: read and hashed at once, whatever happens to their file meanwhile."""

from __future__ import annotations

import errno
import hashlib
import io
import mmap
import threading

import pytest

import geopolicy as gp
from geopolicy.pack import format as layout
from geopolicy.pack import pack, reading
from geopolicy.pack.format import COUNTS_AT, DIGEST_AT
from geopolicy.pack.reading import Hashing, read_whole
from zones import camera_zone


def checksum(data):
    return hashlib.sha256(data[:DIGEST_AT] + data[COUNTS_AT:]).digest()


@pytest.fixture
def small(monkeypatch, tmp_path):
    """The path of a pack that counts as a large one, in chunks smaller than its header."""
    monkeypatch.setattr(reading, "LARGE", 100)
    monkeypatch.setattr(reading, "_CHUNK_BYTES", 57)
    path = tmp_path / "small.gpol"
    gp.compile(gp.ZoneSet([camera_zone("depot")])).save(path)
    return path


def test_large_pack_is_read_as_a_small_one(small):
    before = threading.active_count()
    pack = gp.read_pack(small)
    assert bytes(pack.data) == small.read_bytes()
    assert pack == gp.Pack(small.read_bytes())
    assert pack.data.readonly
    assert threading.active_count() == before


@pytest.mark.parametrize("at", [0, 9, 40, 70, 100, -1])
def test_large_pack_that_is_damaged_is_refused(small, at):
    raw = bytearray(small.read_bytes())
    raw[at] ^= 1
    small.write_bytes(raw)
    with pytest.raises(gp.errors.PackError) as refusal:
        gp.read_pack(small)
    with pytest.raises(gp.errors.PackError) as other:
        gp.Pack(bytes(raw), str(small))
    assert str(refusal.value) == str(other.value)


@pytest.mark.parametrize("chunks", [[], [1], [40, 41], [DIGEST_AT, COUNTS_AT], [30, 300], [100, 150, 300]])
def test_hashing_in_any_chunks_gives_the_checksum(chunks):
    data = bytes(range(250)) + bytes(50)
    with Hashing() as hashing:
        hashing.begin(memoryview(data))
        for end in chunks:
            hashing.extend(end)
        assert hashing.digest() == checksum(data[: chunks[-1] if chunks else 0])
    assert hashing.digest() == checksum(data[: chunks[-1] if chunks else 0])


def test_hashing_of_nothing_gives_no_checksum():
    with Hashing() as hashing:
        hashing.extend(5)
        assert (hashing.is_begun, hashing.digest()) == (False, None)


class Changing(io.BytesIO):
    """A file whose length is not the one that it states."""

    def __init__(self, content, path) -> None:
        super().__init__(content)
        self._open = path.open("rb")

    def close(self):
        self._open.close()
        super().close()

    def fileno(self):
        return self._open.fileno()


@pytest.mark.parametrize("change", [b"", b"more", None])
def test_file_that_changes_its_length_while_it_is_read_is_read_to_its_end(small, change):
    content = small.read_bytes()[:-5] if change is None else small.read_bytes() + change
    with Changing(content, small) as file, Hashing() as hashing:
        data = read_whole(file, hashing)
        assert bytes(data) == content
        assert hashing.digest() == (checksum(content) if change == b"" else None)


def test_file_that_cannot_be_read_to_its_end_leaves_no_thread(small):
    class Failing(Changing):
        def readinto(self, room):
            if self.tell() > 100:
                raise OSError("gone")
            return super().readinto(room)

    before = threading.active_count()
    with (
        Failing(small.read_bytes(), small) as file,
        pytest.raises(OSError, match="gone"),
        Hashing() as hashing,
    ):
        read_whole(file, hashing)
    assert threading.active_count() == before


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_check_that_is_interrupted_leaves_no_thread(small, monkeypatch, interruption):
    kernel = pytest.importorskip("geopolicy._kernel")
    raw, started = small.read_bytes(), []
    begin = Hashing.begin

    def interrupted(_data):
        raise interruption

    monkeypatch.setattr(layout, "LARGE", 100)
    monkeypatch.setattr(kernel, "verify", interrupted)
    monkeypatch.setattr(Hashing, "begin", lambda self, data: started.append(1) or begin(self, data))
    before = threading.active_count()
    for opened in (lambda: gp.Pack(raw), lambda: gp.read_pack(small)):
        with pytest.raises(interruption):
            opened()
        assert threading.active_count() == before
    assert len(started) == 2


def test_interruption_between_reading_and_checking_leaves_no_thread(small, monkeypatch):
    def interrupted(file, hashing):
        read_whole(file, hashing)
        raise KeyboardInterrupt

    monkeypatch.setattr(pack, "read_whole", interrupted)
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        gp.read_pack(small)
    assert threading.active_count() == before


@pytest.mark.skipif(not hasattr(mmap, "MAP_ANONYMOUS"), reason="memory is taken in another way here")
@pytest.mark.parametrize(("number", "wanted"), [(errno.ENOMEM, MemoryError), (errno.EPERM, PermissionError)])
def test_pack_larger_than_memory_ends_in_a_memory_error(small, monkeypatch, number, wanted):
    def refused(*_: object, **__: object):
        raise OSError(number, "refused")

    monkeypatch.setattr(mmap, "mmap", refused)
    with pytest.raises(wanted):
        gp.read_pack(small)
