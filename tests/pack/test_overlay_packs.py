"""Packs of overlays: a format of their own, so that a reader which knows none refuses them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import pytest

import contract
import geopolicy as gp
from geopolicy.pack import compiler
from geopolicy.pack import format as layout
from geopolicy.pack.decompile import zones_of
from geopolicy.pack.pack import raw_of
from geopolicy.pack.verify import status_without_kernel

HEADER = gp.ZoneFileHeader("emergency", 3, kind="overlay", ends=datetime(2026, 12, 1, tzinfo=UTC))
ZONES = gp.ZoneSet([contract.yard()], HEADER)


def sealed(data):
    """The bytes with a checksum that is right again."""
    data = bytearray(data)
    data[layout.DIGEST_AT : layout.COUNTS_AT] = layout.checksum(data[: layout.DIGEST_AT], data[layout.COUNTS_AT :])
    return bytes(data)


def test_compile_overlay_has_a_format_of_its_own_and_keeps_kind_and_end(tmp_path):
    pack = gp.compile(ZONES)
    assert struct.unpack_from("<I", pack.data, 8) == (layout.FORMAT_OVERLAY,)
    pack.save(tmp_path / "emergency.gpol")
    for read in (gp.read_pack(tmp_path / "emergency.gpol"), gp.read_pack(tmp_path / "emergency.gpol", mmap=True)):
        assert read.is_overlay
        assert read.header == HEADER
    assert pack.info()["kind"] == "overlay"
    assert pack.info()["ends"] == "2026-12-01T00:00:00+00:00"
    assert (pack.info()["format"], zones_of(pack).header) == (2, HEADER)
    assert status_without_kernel(raw_of(pack)) == 0


def test_compile_base_is_what_it_was():
    pack = gp.compile(gp.ZoneSet([contract.yard()], gp.ZoneFileHeader("fleet", 3)))
    assert struct.unpack_from("<I", pack.data, 8) == (1,)
    assert b"kind" not in bytes(pack.data)
    assert not pack.is_overlay
    assert (pack.info()["kind"], pack.info()["ends"]) == ("base", None)


@pytest.mark.parametrize("number", [1, 2])
def test_read_pack_whose_header_is_of_the_other_kind_is_refused(number):
    data = bytearray(gp.compile(ZONES if number == 1 else gp.ZoneSet([contract.yard()])).data)
    data[8] = number
    with pytest.raises(
        gp.errors.PackError, match=f"kind and ends of its header must be those of format {number}"
    ) as no:
        gp.Pack(sealed(data))
    assert no.value.code == "pack-meta"


def test_read_pack_of_an_unknown_kind_is_refused(monkeypatch):
    monkeypatch.setattr(compiler, "head_text", lambda _: '{"frame":"WGS84","kind":"veil"}')
    data = bytes(gp.compile(gp.ZoneSet([contract.yard()])).data)
    with pytest.raises(gp.errors.PackError, match="kind must be base or overlay"):
        gp.Pack(data)


def test_read_pack_overlay_with_coverage_is_refused():
    data = bytearray(gp.compile(contract.covered((12, 44, 15, 47))).data)
    data[8] = layout.FORMAT_OVERLAY
    with pytest.raises(gp.errors.PackError, match="pack 'pack': ") as refusal:
        gp.Pack(sealed(data))
    assert refusal.value.code == "pack-record"
