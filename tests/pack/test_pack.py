"""Packs: the same zones, the same bytes; whole files; what a pack says; zones that cannot be one."""

from __future__ import annotations

import json
import os
import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

import contract
import geopolicy as gp
import kernel_zones
import zone_strategies
from examples import dear
from geopolicy.engines import open as opening
from geopolicy.geometry.effective import EffectivePolygon
from geopolicy.pack import compiler
from geopolicy.pack import format as layout
from geopolicy.pack.decompile import zones_of

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "docs" / "spec" / "pack-v1.md"


def triangle() -> gp.ZoneSet:
    """The worked example of the format."""
    ring = [[0, 0], [4e-7, 0], [0, 3e-7], [0, 0]]
    return gp.ZoneSet([gp.Zone("t", {"type": "Polygon", "coordinates": [ring]}, [contract.OFF])])


PLAIN = bytes(gp.compile(triangle()).data)


def hex_dump(data: bytes) -> str:
    rows = ((at, data[at : at + 16]) for at in range(0, len(data), 16))
    return "\n".join(f"{at:04x}  {row.hex(' ')}" for at, row in rows if any(row))


def with_checksum(data: bytearray) -> bytes:
    data[32:64] = layout.checksum(data[:32], data[64:])
    return bytes(data)


def test_compile_triangle_is_the_worked_example_of_the_format():
    shown = re.search(r"```text\n(.*?)\n```", SPEC.read_text(encoding="utf-8"), re.DOTALL)
    assert hex_dump(bytes(gp.compile(triangle()).data)) == shown[1]


def test_spec_names_the_sections_and_numbers_of_the_code():
    text = SPEC.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]{4}) \|", text, re.MULTILINE)
    assert rows == [name.decode() for name in layout.SECTIONS]
    header = (ROOT / "src" / "geopolicy" / "kernel" / "lookup" / "gp_kernel.h").read_text(encoding="utf-8")
    assert f"#define GP_FORMAT {layout.FORMAT}u" in header
    assert f"#define GP_FORMAT_OVERLAY {layout.FORMAT_OVERLAY}u" in header
    assert f"#define GP_HEADER_BYTES {layout.HEADER_BYTES}u" in header


@given(zones=zone_strategies.any_zone_sets())
@dear(60, 20)
def test_compile_is_deterministic_and_its_pack_holds_the_zones(zones):
    pack = gp.compile(zones)
    again = gp.compile(gp.ZoneSet.parse(zones.to_geojson_text()))
    assert bytes(again.data) == bytes(pack.data)
    assert [own.id for own in pack] == [zone.id for zone in zones]
    assert [(own.name, own.rules, own.timezone, own.expires) for own in pack] == [
        (zone.name, zone.rules, zone.timezone, zone.expires) for zone in zones
    ]
    assert gp.compile(zones_of(pack)) == pack


def test_compile_equal_terms_stand_once():
    zones = gp.ZoneSet([contract.yard(gp.Rule(["camera"], gp.Level.OFF), name=f"z{i}") for i in range(5)])
    assert gp.compile(zones).counts["terms"] == 1


def test_compile_says_its_steps():
    steps: list[str] = []
    gp.compile(triangle(), on_step=steps.append)
    assert steps == ["gathering vertices", "building the index of 4 vertices", "putting the pack together"]


def test_zone_wider_than_400_degrees_is_refused_before_any_engine_sees_it():
    ring = [[-360, 0], [-100, 0], [100, 0], [100, 1], [-100, 1], [-360, 1], [-360, 0]]
    rule = r"^zone 'wide': .* must span at most 400 degrees of longitude, .* got 460 - at \$\.geometry; split it$"
    with pytest.raises(gp.errors.ZoneFileError, match=rule) as refusal:
        gp.ZoneSet([gp.Zone("wide", {"type": "Polygon", "coordinates": [ring]}, [contract.OFF])])
    assert [problem.code for problem in refusal.value.problems] == ["span-too-wide"]
    whole = {"type": "Polygon", "coordinates": [[[-200, 0], [0, 0], [200, 0], [200, 1], [0, 1], [-200, 1], [-200, 0]]]}
    zones = gp.ZoneSet([gp.Zone("just", whole, [contract.OFF])])
    assert gp.open(zones, engine="kernel").decide(0.5, 179.0) == gp.open(zones, engine="reference").decide(0.5, 179.0)


@pytest.mark.parametrize("middle", range(-1600, 1601, 37))
def test_compile_whatever_spans_400_degrees_fits_32_bits(middle):
    """Rounded to 10 degrees the origin is 5 off the middle at most: 205 degrees are 2.05e9 units."""
    west, east = middle * 1_000_000 - 2_000_000_000, middle * 1_000_000 + 2_000_000_000
    ring = np.array([[west, 0], [east, 0], [east, 9], [west, 0]], dtype=np.int64)
    origin = compiler._origin(EffectivePolygon("WGS84", [[ring]]))
    assert -(2**31) <= west - origin * layout.ORIGIN_UNITS < east - origin * layout.ORIGIN_UNITS < 2**31


@pytest.mark.parametrize("west", [-360.0, -200.0, 0.0, 20.0])
def test_compile_zone_of_a_whole_turn_covers_it(west):
    zones = gp.ZoneSet([contract.yard(name="band", at=(west, 0.0, west + 340.0, 1.0))])
    kernel, reference = (gp.open(zones, engine=name) for name in ("kernel", "reference"))
    lon = np.linspace(-180.0, 180.0, 721)
    assert list(kernel.decide_many(np.full(721, 0.5), lon)) == list(reference.decide_many(np.full(721, 0.5), lon))


def test_compile_more_edges_in_one_place_than_a_leaf_holds_raises():
    zones = gp.ZoneSet([kernel_zones.crowded()])
    with pytest.raises(gp.errors.CompileError, match=r"^zone 'fan': thousands of edges must not meet in one place"):
        gp.compile(zones)


def test_compile_header_and_coverage_go_into_the_pack():
    coverage = gp.Coverage(gp.Geometry.from_geojson(contract.box(12.0, 44.0, 14.0, 46.0)))
    header = gp.ZoneFileHeader("fleet", 7, authority="city", coverages=(coverage,))
    pack = gp.compile(gp.ZoneSet([contract.yard()], header))
    assert pack.header == replace(header, coverages=())
    info = pack.info()
    assert (info["id"], info["revision"], info["counts"]["coverages"], info["frames"]) == ("fleet", 7, 1, ["WGS84"])
    assert json.loads(json.dumps(info)) == info
    assert zones_of(pack).header.coverages[0].frame == "WGS84"


def test_save_and_read_give_the_same_pack(tmp_path):
    pack = gp.compile(triangle())
    pack.save(tmp_path / "fleet.gpol")
    for mapped in (False, True):
        found = gp.read_pack(tmp_path / "fleet.gpol", mmap=mapped)
        assert (found, hash(found), found.digest) == (pack, hash(pack), pack.digest)
        assert found[0].id == "t"
        assert repr(found) == f"<Pack {pack.digest[:12]} of 1 zones>"
    assert [path.name for path in tmp_path.iterdir()] == ["fleet.gpol"]


def test_save_into_a_missing_folder_raises_and_writes_nothing(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        gp.compile(triangle()).save(tmp_path / "missing" / "fleet.gpol")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", contract.ENGINES)
@pytest.mark.parametrize("is_mapped", [False, True])
def test_open_pack_decides_as_its_zones_do(tmp_path, engine, is_mapped):
    zones = gp.read_zones(ROOT / "zones")
    gp.compile(zones).save(tmp_path / "fleet.gpol")
    opened = gp.open(tmp_path / "fleet.gpol", engine=engine, mmap=is_mapped)
    direct = gp.open(zones, engine=engine)
    assert opened.zone_ids == direct.zone_ids
    lat, lon = kernel_zones.hard_fixes(np.random.default_rng(4), zones, 300)
    for fix in zip(lat.tolist(), lon.tolist(), strict=True):
        assert opened.decide(*fix, 25.0) == direct.decide(*fix, 25.0)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (lambda data: data[:100], "pack-size", "at byte 0"),
        (lambda data: b"GPOLPAKK" + data[8:], "pack-magic", "at byte 0"),
        (lambda data: data[:8] + struct.pack("<I", 3) + data[12:], "pack-format", "at byte 8"),
        (lambda data: data[:-1], "pack-size", "at byte 16"),
        (lambda data: data[:200] + b"\1" + data[201:], "pack-checksum", "at byte 32"),
    ],
)
def test_read_pack_damaged_raises_pack_error_with_code_and_place(tmp_path, change, code, place):
    path = tmp_path / "fleet.gpol"
    path.write_bytes(change(bytes(gp.compile(triangle()).data)))
    with pytest.raises(gp.errors.PackError, match=rf"^pack '.*fleet\.gpol': .*{place}; ") as refusal:
        gp.read_pack(path)
    assert refusal.value.code == code
    assert isinstance(refusal.value, ValueError)


def test_read_pack_newer_format_says_what_to_do():
    data = bytearray(gp.compile(triangle()).data)
    data[8] = 3
    newer = r"format 3 is newer than this reader \(1, of overlays 2\) - at byte 8; update geopolicy"
    with pytest.raises(gp.errors.PackError, match=newer):
        gp.Pack(bytes(data), "eu.gpol")


@pytest.mark.parametrize(
    ("section", "offset", "value", "code"),
    [
        (b"ROOT", 0, 0x40000000, "pack-index"),
        (b"LEAF", 0, 99, "pack-index"),
        (b"ZONE", 16, 7, "pack-record"),
        (b"VERT", 4, 900_000_001, "pack-record"),
        (b"TEXT", 0, 0xFFFFFFFF, "pack-text"),
    ],
)
def test_read_pack_wrong_number_with_right_checksum_raises_pack_error(section, offset, value, code):
    data = bytearray(gp.compile(triangle()).data)
    start = gp.Pack(bytes(data))._raw.offsets[section][0]
    struct.pack_into("<I", data, start + offset, value)
    with pytest.raises(gp.errors.PackError) as refusal:
        gp.Pack(with_checksum(data))
    assert refusal.value.code == code


@pytest.mark.parametrize("terms", ["[]", "{}", '{"rules":[]}', '{"rules":[{"sensors":[],"level":"off"}]}', "{"])
def test_read_pack_terms_that_are_no_rules_raise_pack_error(terms):
    pack = gp.compile(triangle())
    data = bytearray(pack.data)
    text, term = pack._raw.offsets[b"TEXT"][0], pack._raw.offsets[b"TERM"][0]
    at, length = struct.unpack_from("<II", data, term)
    data[text + at : text + at + length] = terms.encode().ljust(length)
    with pytest.raises(gp.errors.PackError, match="the rules of terms 0 must be those of a zone file") as refusal:
        gp.Pack(with_checksum(data))
    assert refusal.value.code == "pack-terms"


def test_open_empty_file_raises_pack_error(tmp_path):
    (tmp_path / "empty.gpol").touch()
    for mapped in (False, True):
        with pytest.raises(gp.errors.PackError, match="needs a header of 640 bytes, got 0 bytes"):
            gp.read_pack(tmp_path / "empty.gpol", mmap=mapped)


def test_read_pack_missing_file_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        gp.read_pack(os.fspath(tmp_path / "none.gpol"))


@pytest.mark.usefixtures("no_kernel")
def test_open_auto_without_kernel_warns_once_and_the_reference_engine_decides(monkeypatch):
    monkeypatch.setattr(opening, "_has_warned", False)
    with pytest.warns(UserWarning, match=r"the compiled kernel was not built .*: the reference engine decides"):
        assert gp.open(triangle()).name == "reference"
    assert gp.open(triangle()).decide(0.0, 0.0).zones == ("t",)


@pytest.mark.usefixtures("no_kernel")
def test_read_pack_without_kernel_still_refuses_what_the_reference_engine_reads():
    data = bytearray(gp.Pack(PLAIN).data)
    assert gp.open(gp.Pack(bytes(data)), engine="reference").decide(0.0, 0.0).zones == ("t",)
    struct.pack_into("<I", data, gp.Pack(PLAIN)._raw.offsets[b"ZONE"][0] + 24, 9)
    with pytest.raises(gp.errors.PackError) as refusal:
        gp.Pack(with_checksum(data))
    assert refusal.value.code == "pack-record"


def test_pack_of_bytes_that_can_be_changed_keeps_a_copy():
    data = bytearray(PLAIN)
    pack = gp.Pack(data)
    data[640:] = bytes(len(data) - 640)
    assert gp.open(pack, engine="kernel").decide(0.0, 0.0).zones == ("t",)


@pytest.mark.parametrize("new", [b"", b"\0", b"a\x1fb"])
def test_read_pack_id_that_is_none_raises_pack_error(new):
    data = bytearray(PLAIN)
    record, text = gp.Pack(PLAIN)._raw.offsets[b"ZONE"][0], gp.Pack(PLAIN)._raw.offsets[b"TEXT"][0]
    data[text : text + len(new)] = new
    struct.pack_into("<I", data, record + 4, len(new))
    with pytest.raises(gp.errors.PackError) as refusal:
        gp.Pack(with_checksum(data))
    assert refusal.value.code == "pack-record"


@pytest.mark.parametrize("has_kernel", [True, False])
def test_read_pack_ids_out_of_order_raise_pack_error(has_kernel, request):
    data = bytearray(gp.compile(gp.ZoneSet([contract.yard(name=name) for name in ("a", "b")])).data)
    text = gp.Pack(bytes(data))._raw.offsets[b"TEXT"][0]
    assert bytes(data[text : text + 2]) == b"ab"
    if not has_kernel:
        request.getfixturevalue("no_kernel")
    for swapped in (b"ba", b"aa"):
        data[text : text + 2] = swapped
        with pytest.raises(gp.errors.PackError) as refusal:
            gp.Pack(with_checksum(data))
        assert refusal.value.code == "pack-record"


def test_read_zones_of_a_pack_says_that_it_is_one(tmp_path):
    (tmp_path / "fleet.geojson").write_bytes(PLAIN)
    with pytest.raises(gp.errors.ZoneFileError, match=r"must be GeoJSON, got a pack - at .*; packs are for check"):
        gp.read_zones(tmp_path)
