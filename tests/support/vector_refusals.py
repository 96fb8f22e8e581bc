"""Vectors of what must be refused: zone files, and packs as edits of a small one. What is wrong is said by hand."""

from __future__ import annotations

import base64
import json
import struct
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopolicy as gp
import vectors
from geopolicy.zonefile.reader import read_zone_file
from vector_zones import box, chance, collection, feature, polygons

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
Edit = tuple[int, bytes]
BAD_ZONES = Path(__file__).resolve().parents[1] / "data" / "bad-zones"
MOST_BYTES = 24_000  # of a zone file; those above are nested deep, and say nothing that smaller ones do not
HEADER_BYTES, TABLE_AT, DIGEST_AT, COUNTS_AT = 640, 320, 32, 64

# --- zone files --------------------------------------------------------------------------------------------------


def zone_files() -> Iterator[Json]:
    """The files of tests/data/bad-zones with their codes and paths, which were written by hand."""
    expected = json.loads((BAD_ZONES / "expected.json").read_text(encoding="utf-8"))
    for name, problems in sorted(expected.items()):
        raw = (BAD_ZONES / name).read_bytes()
        if len(raw) <= MOST_BYTES:
            yield {"kind": "zone_file", "name": name, **_text(raw), "problems": sorted(problems)}


def _text(raw: bytes) -> Json:
    try:
        return {"text": raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode("ascii")}


def said_of_zone_file(vector: Json, _: str) -> Json:
    raw = vector["text"].encode() if "text" in vector else base64.b64decode(vector["base64"])
    try:
        read_zone_file(raw, vector["name"])
    except gp.errors.ZoneFileError as refusal:
        return {"problems": sorted([problem.code, problem.path] for problem in refusal.problems)}
    return {"problems": []}


# --- packs -------------------------------------------------------------------------------------------------------


def base() -> Json:
    """Two zones that overlap, one of them with a hole and a name."""
    first = polygons([box(0, 0, 4000, 4000), box(1000, 1000, 2000, 2000)])
    second = polygons([[(3000, 3000), (9000, 3500), (3500, 9000)]])
    return collection([feature("a", first, name="Höfe"), feature("b", second)])


def u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *(value % 2**32 for value in values))


class Base:
    """The base pack, and where things lie in it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        rows = [struct.unpack_from("<4s4xQQ", data, TABLE_AT + 24 * i) for i in range(11)]
        self.names = [name.decode("ascii") for name, _, _ in rows]
        self.starts = {name.decode("ascii"): start for name, start, _ in rows}
        self.sizes = {name.decode("ascii"): size for name, _, size in rows}

    def row(self, name: str, word: int) -> int:
        """Offset of a word of a row of the table of sections."""
        return TABLE_AT + 24 * self.names.index(name) + 4 * word

    def at(self, name: str, offset: int) -> int:
        return self.starts[name] + offset

    def find(self, text: bytes) -> int:
        place = self.data.index(text)
        assert self.data.count(text) == 1 or place >= self.starts["TEXT"]
        return place


def edited(data: bytes, vector: Json) -> bytes:
    """The base pack with the edits of a vector."""
    own = bytearray(data)
    for at, text in vector["edits"]:
        raw = bytes.fromhex(text)
        own[at : at + len(raw)] = raw
    own = own[: vector["cut"]] if "cut" in vector else own
    own += bytes.fromhex(vector.get("append", ""))
    if vector["checksum"] == "right" and len(own) >= COUNTS_AT:
        own[DIGEST_AT:COUNTS_AT] = sha256(own[:DIGEST_AT] + own[COUNTS_AT:]).digest()
    return bytes(own)


# Each: what is wrong, the code, and the edits.
Case = tuple[str, str | None, list[Edit]]


def header_cases(own: Base) -> list[Case]:
    counts = ("zones", "coverages", "vertices", "rings", "sets", "members", "nodes", "words", "terms", "text", "depth")
    at = {name: COUNTS_AT + 4 * i for i, name in enumerate(counts)}
    family = 128
    return [
        ("nothing is wrong", None, []),
        ("reserved bytes of the header are not 0", None, [(28, b"\1"), (116, b"\2"), (584, b"\3")]),
        ("reserved bytes of a row of the table are not 0", None, [(own.row("VERT", 1), b"\7")]),
        ("it does not begin with GPOLPACK", "pack-magic", [(0, b"g")]),
        ("the format is 0", "pack-format", [(8, u32(0))]),
        ("the format is 3", "pack-format", [(8, u32(3))]),
        ("the header has 644 bytes", "pack-format", [(12, u32(644))]),
        ("there are 10 sections", "pack-format", [(24, u32(10))]),
        ("the file says that it is longer", "pack-size", [(16, u32(len(own.data) + 1))]),
        ("the file says that it has 2^32 bytes more", "pack-size", [(20, u32(1))]),
        ("zones and coverages are 2^31", "pack-record", [(at["zones"], u32(2**31 - 1, 1))]),
        ("vertices are 2^31", "pack-record", [(at["vertices"], u32(2**31))]),
        ("there is no set", "pack-record", [(at["sets"], u32(0))]),
        ("sets are 2^30", "pack-record", [(at["sets"], u32(2**30))]),
        ("nodes are 2^30", "pack-record", [(at["nodes"], u32(2**30))]),
        ("words of leaves are 2^30", "pack-record", [(at["words"], u32(2**30))]),
        ("a count does not fit its section", "pack-section", [(at["terms"], u32(9))]),
        ("a leaf has more edges than the header says", "pack-index", [(108, u32(1))]),
        ("the families have more root entries than the header says", "pack-index", [(family + 16, u32(1, 0))]),
        ("a root cell has 2^32 units", "pack-index", [(family + 8, u32(32))]),
        ("columns without rows", "pack-index", [(family + 64 + 12, u32(1))]),
        ("root entries begin elsewhere", "pack-index", [(family + 20, u32(1))]),
        ("no such set at the north pole", "pack-index", [(family + 24, u32(2**30 - 1))]),
        ("no such set at the south pole", "pack-index", [(family + 28, u32(2**30 - 1))]),
        ("more levels than the header says", "pack-index", [(family + 32, u32(17))]),
    ]


def section_cases(own: Base) -> list[Case]:
    return [
        ("a section has another name", "pack-section", [(own.row("VERT", 0), b"WERT")]),
        ("a section lies in the header", "pack-section", [(own.row("VERT", 2), u32(576))]),
        ("a section lies in the one before", "pack-section", [(own.row("RING", 2), u32(640))]),
        ("a section is not at a multiple of 64", "pack-section", [(own.row("VERT", 2), u32(644))]),
        ("a section begins behind the end", "pack-section", [(own.row("META", 2), u32(2**30))]),
        ("a section ends behind the end", "pack-section", [(own.row("META", 4), u32(2**30))]),
        ("the end of a section does not fit 64 bits", "pack-section", [(own.row("META", 4), u32(-1, -1))]),
        ("a section is too short for its count", "pack-section", [(own.row("VERT", 4), u32(8))]),
    ]


def record_cases(own: Base) -> list[Case]:
    zone, ring = own.at("ZONE", 0), own.at("RING", 0)
    return [
        ("reserved bytes of a zone are not 0", None, [(zone + 30, b"\1\1")]),
        ("a vertex lies beyond the north pole", "pack-record", [(own.at("VERT", 4), u32(900_000_001))]),
        ("a vertex lies beyond the south pole", "pack-record", [(own.at("VERT", 4), u32(-900_000_001))]),
        ("the first ring begins elsewhere", "pack-record", [(ring, u32(1))]),
        ("a zone begins with an interior ring", "pack-record", [(ring + 4, u32(1))]),
        ("a ring has one vertex", "pack-record", [(ring + 8, u32(1))]),
        ("a ring is of kind 3", "pack-record", [(ring + 12, u32(3))]),
        ("an id lies outside TEXT", "pack-record", [(zone + 4, u32(2**31))]),
        ("an id is empty", "pack-record", [(zone + 4, u32(0))]),
        ("two ids are the same", "pack-record", [(own.at("ZONE", 32), own.data[zone : zone + 8])]),
        ("an id has a control character", "pack-record", [(own.at("TEXT", 0), b"\x1f")]),
        ("an id begins within a character", "pack-record", [(own.at("TEXT", 0), b"\x80")]),
        ("a name lies outside TEXT", "pack-record", [(zone + 12, u32(2**31))]),
        ("no such term", "pack-record", [(zone + 16, u32(9))]),
        ("the first ring is that of another zone", "pack-record", [(zone + 20, u32(1))]),
        ("a zone has no ring", "pack-record", [(zone + 24, u32(0))]),
        ("a zone has more rings than there are", "pack-record", [(zone + 24, u32(9))]),
        ("a zone is of family 3", "pack-record", [(zone + 28, b"\3")]),
        ("set 0 is not empty", "pack-record", [(own.at("SETE", 0), u32(1))]),
        ("a set ends behind the members", "pack-record", [(own.at("SETE", 4), u32(1000))]),
        ("a member is no owner", "pack-record", [(own.at("SETM", 0), u32(2))]),
        ("a term lies outside TEXT", "pack-record", [(own.at("TERM", 4), u32(2**31))]),
    ]  # fmt: skip


def index_cases(own: Base) -> list[Case]:
    roots = struct.unpack_from(f"<{own.sizes['ROOT'] // 4}I", own.data, own.starts["ROOT"])
    leaves = [i for i, entry in enumerate(roots) if entry >> 30 == 2]
    first, second = (own.at("ROOT", 4 * i) for i in leaves[:2])
    entries = [own.data[at : at + 4] for at in (first, second)]
    leaf = own.at("LEAF", 0)
    word = struct.unpack_from("<I", own.data, leaf + 4)[0]
    shapes, runs = ((word >> 27) & 15) + 1, (word >> 16) & 0x7FF
    assert (shapes, runs > 0) == (1, True)
    run = leaf + 8 + 4 * shapes
    return [
        ("an entry is of no kind", "pack-index", [(first, u32(3 << 30))]),
        ("an entry is a set that there is not", "pack-index", [(first, u32(2**30 - 1))]),
        ("an entry is a node that there is not", "pack-index", [(first, u32(1 << 30 | 2**29))]),
        ("an entry is a leaf that there is not", "pack-index", [(first, u32(2 << 30 | 2**29))]),
        ("two entries are the same leaf", "pack-index", [(second, entries[0])]),
        ("leaves are not in the order of a walk", "pack-index", [(first, entries[1]), (second, entries[0])]),
        ("a leaf is referred to by no entry", "pack-index", [(first, u32(0))]),
        ("the base of a leaf is no set", "pack-index", [(leaf, u32(2**30))]),
        ("a corner parity is of no shape", "pack-index", [(leaf + 4, u32(word | 2))]),
        ("a shape is no owner", "pack-index", [(leaf + 8, u32(2))]),
        ("a run begins behind VERT", "pack-index", [(run, u32(2**31 - 1))]),
        ("the mask of a run is 0", "pack-index", [(run + 4, b"\0\0")]),
        ("the mask of a run has a bit of no shape", "pack-index", [(run + 4, b"\2\0")]),
        ("the set of an answer is none", "pack-index", [(run + 8 * runs, u32(2**30))]),
        ("the leaf goes on behind LEAF", "pack-index", [(leaf + 4, u32(word | 0x7FF << 16))]),
    ]  # fmt: skip


def text_cases(own: Base) -> list[Case]:
    return [
        ("a term is no JSON", "pack-terms", [(own.find(b'{"rules"'), b"[")]),
        ("a term has another member", "pack-terms", [(own.find(b'{"rules"') + 2, b"rulez")]),
        ("a rule has no sensors", "pack-terms", [(own.find(b'"sensors"') + 1, b"sansors")]),
        ("a rule asks nothing", "pack-terms", [(own.find(b',"level":"off"'), b" " * 14)]),
        ("a level is null, which is not understood: the sensors are off", None, [(own.find(b'"off"'), b"null ")]),
        ("a level is not known: the sensors are off", None, [(own.find(b'"off"'), b'"oft"')]),
        ("a text is no UTF-8", "pack-text", [(own.find("ö".encode()), b"\xc3\x28")]),
        ("the header is no JSON", "pack-meta", [(own.at("META", 0), b"[")]),
    ]  # fmt: skip


def packs() -> Iterator[Json]:
    """Edits of the base pack, each with the code of its refusal."""
    own = Base(bytes(gp.compile(gp.ZoneSet.parse(json.dumps(base()))).data))
    for make in (header_cases, section_cases, record_cases, index_cases, text_cases):
        for why, code, edits in make(own):
            yield _pack(why, code, edits=edits)
    random, size = chance("packs"), len(own.data)
    for at in sorted(random.sample(range(HEADER_BYTES, size), 60)):
        yield _pack(
            "a byte is changed",
            "pack-checksum",
            edits=[(at, bytes([own.data[at] ^ random.randint(1, 255)]))],
            checksum="left",
        )
    yield _pack("the checksum is changed", "pack-checksum", edits=[(40, bytes([own.data[40] ^ 1]))], checksum="left")
    for length in sorted({0, 1, 63, 64, 639, 640, size - 1, *random.sample(range(size), 30)}):
        yield _pack("it is cut", "pack-size", cut=length, checksum="left")
        if length >= HEADER_BYTES:
            edits = [(16, u32(length))]
            yield _pack("it is cut, and says so", "pack-section", edits=edits, cut=length)
    yield _pack("it is longer than it says", "pack-size", append="00", checksum="left")


def _pack(
    why: str, code: str | None, *, edits: list[Edit] | None = None, checksum: str = "right", **more: object
) -> Json:
    said = [[at, raw.hex()] for at, raw in edits or []]
    return {"kind": "pack", "set": "base", "edits": said, **more, "checksum": checksum, "code": code, "why": why}


def said_of_pack(vector: Json, engine: str) -> Json:
    """The code with which a pack is refused when it is opened and asked."""
    data = edited((vectors.FOLDER / "packs" / f"{vector['set']}.gpol").read_bytes(), vector)
    try:
        pack = gp.Pack(data)
        opened = gp.open(pack, vectors.vehicle_of(vectors.CAMERA), engine=engine)
        opened.decide(0.0, 0.0)
        assert opened.header
    except gp.errors.PackError as refusal:
        return {"code": refusal.code}
    return {"code": None}
