"""Large packs: read and hashed at once, whatever happens to their file meanwhile."""

from __future__ import annotations

import hashlib
import io
import threading

import pytest

import geopolicy as gp
from geopolicy.pack import reading
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
    hashing = Hashing(memoryview(data))
    for end in chunks:
        hashing.extend(end)
    assert hashing.digest() == checksum(data[: chunks[-1] if chunks else 0])
    assert hashing.digest() == checksum(data[: chunks[-1] if chunks else 0])


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
    with Changing(content, small) as file:
        data, hashing = read_whole(file)
    assert bytes(data) == content
    assert (hashing is None) == (change != b"")
    assert hashing is None or hashing.digest() == checksum(content)


def test_file_that_cannot_be_read_to_its_end_leaves_no_thread(small):
    class Failing(Changing):
        def readinto(self, room):
            if self.tell() > 100:
                raise OSError("gone")
            return super().readinto(room)

    before = threading.active_count()
    with Failing(small.read_bytes(), small) as file, pytest.raises(OSError, match="gone"):
        read_whole(file)
    assert threading.active_count() == before
