"""Readers in other languages: the kernel from C, and a look-up in JavaScript written from the spec of the pack."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess

import numpy as np
import pytest

import geopolicy as gp
import kernel_zones
import vectors
from c_builds import KERNEL, SANITIZERS, WARNINGS, WIDTHS, compile_c, run
from vector_files import TABLES
from vector_refusals import edited
from vectors import FOLDER

READ = [FOLDER / "read_vectors.c"]
READ += [KERNEL / "lookup" / f"gp_{name}.c" for name in ("open", "lookup", "distance", "path", "frames")]


@pytest.mark.parametrize(
    ("family", "options"),
    [
        pytest.param("gcc", ["-O2"], id="gcc"),
        pytest.param("gcc", ["-O2", *WIDTHS["32"]], id="gcc-32", marks=pytest.mark.slow),
        pytest.param("gcc", ["-O2", "-DGP_PORTABLE"], id="gcc-portable", marks=pytest.mark.slow),
        pytest.param("gcc", ["-O2", "-DGP_INTEGER_FRAMES=1"], id="gcc-integer-frames", marks=pytest.mark.slow),
        pytest.param("clang", ["-O1", *SANITIZERS], id="clang-sanitized", marks=pytest.mark.slow),
    ],
)
def test_c_reader_answers_every_vector_of_the_tables(family, options, tmp_path):
    result = run(compile_c(family, tmp_path / "read_vectors", READ, *WARNINGS, *options), str(FOLDER))
    assert result.returncode == 0, result.stdout[:2000] + result.stderr[:2000]
    count = sum(len(vectors.read(kind)) for kind in TABLES)
    assert result.stdout == f"{count} vectors, 0 answered otherwise\n"


def test_c_reader_says_which_vector_is_answered_otherwise(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "copy", ignore=shutil.ignore_patterns("*.jsonl", "__pycache__"))
    for kind in TABLES:
        path = tmp_path / "copy" / f"{kind}.tsv"
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        words = first.split("\t")
        path.write_text("\n".join(["\t".join([*words[:-1], "wrong"]), *rest]) + "\n", encoding="utf-8")
    result = run(compile_c("gcc", tmp_path / "read_vectors", READ, "-O2"), str(tmp_path / "copy"))
    assert result.returncode == 1
    assert re.findall(r"(\w+)\.tsv line 1: .*, not ", result.stdout) == list(TABLES)


# --- JavaScript --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node() -> str:
    """The program that runs JavaScript; it must be there where GEOPOLICY_REQUIRE_NODE is set."""
    path = shutil.which("node")
    if path is None:
        assert not os.environ.get("GEOPOLICY_REQUIRE_NODE"), "GEOPOLICY_REQUIRE_NODE is set, and there is no node"
        pytest.skip("needs node")
    return path


def ask_lookup(node: str, questions: list[tuple[str, float, float]]) -> list[str]:
    """What the look-up in JavaScript says: numbers of owners, and whether the place is known."""
    text = "".join(f"{pack}\t{lat!r}\t{lon!r}\n" for pack, lat, lon in questions)
    program = [node, str(FOLDER / "ask_lookup.js")]
    result = subprocess.run(program, input=text, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout.splitlines()


def test_javascript_lookup_answers_every_point(node):
    points = vectors.read("points")
    said = ask_lookup(node, [(f"{FOLDER}/packs/{own['set']}.gpol", own["lat"], own["lon"]) for own in points])
    wanted = [
        f"{','.join(map(str, own['owners'])) or 'none'}\t{'known' if own['known'] else 'unknown'}"
        if own.get("position", True)
        else "no position\tunknown"
        for own in points
    ]
    assert [(own, text) for own, text, want in zip(points, said, wanted, strict=True) if text != want] == []


def test_javascript_lookup_takes_nothing_but_numbers_for_a_position(node):
    program = """
        const { openPack, ownersAt } = require(process.argv[1]);
        const pack = openPack(new Uint8Array(require("fs").readFileSync(process.argv[2])));
        const others = [null, undefined, "", "0", [], [0], false, true, {}, 0n, NaN, new Number(0)];
        const said = others.flatMap((other) => [ownersAt(pack, other, 0), ownersAt(pack, 0, other)]);
        console.log(said.every((owners) => owners === null), ownersAt(pack, 0, 0) !== null);
    """
    lookup = FOLDER.parents[1] / "src" / "geopolicy" / "pack" / "lookup.js"
    command = [node, "-e", program, str(lookup), str(FOLDER / "packs" / "tiles.gpol")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("true true\n", "")


def test_javascript_lookup_transforms_to_the_bit(node):
    asked = vectors.read("transforms")
    said = ask_lookup(node, [(own["frame"], own["lat"], own["lon"]) for own in asked])
    assert [[float(number) for number in text.split("\t")] for text in said] == [own["to"] for own in asked]


@pytest.mark.parametrize("count", [3_000, pytest.param(60_000, marks=pytest.mark.slow)])
def test_javascript_lookup_answers_as_the_kernel_on_edges_and_beside_them(node, tmp_path, count):
    random = np.random.default_rng(20261129)
    for name, zones in kernel_zones.hard_sets(random).items():
        pack = gp.compile(gp.ZoneSet(zones))
        pack.save(tmp_path / name)
        engine = gp.open(pack, engine="kernel")
        lat, lon = kernel_zones.hard_fixes(random, gp.ZoneSet(zones), count)
        said = ask_lookup(node, [(str(tmp_path / name), *own) for own in zip(lat.tolist(), lon.tolist(), strict=True)])
        pairs = kernel_zones.covering_pairs(engine, lat, lon)
        wanted: list[list[int]] = [[] for _ in said]
        for pair in pairs.tolist():
            wanted[pair // 1_000_000].append(pair % 1_000_000)
        for place, (text, owners) in enumerate(zip(said, wanted, strict=True)):
            assert text == f"{','.join(map(str, sorted(owners))) or 'none'}\tknown", (name, lat[place], lon[place])


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "not a pack"),
        (8, "format 0 is not known"),
        (16, "another size"),
        (320, "section VERT"),
        (352, "section RING"),
    ],
)
def test_javascript_lookup_refuses_what_is_no_pack(node, tmp_path, at, text):
    data = bytearray((FOLDER / "packs" / "tiles.gpol").read_bytes())
    data[at] ^= 1
    (tmp_path / "bad.gpol").write_bytes(data)
    (said,) = ask_lookup(node, [(f"{tmp_path}/bad.gpol", 0.0, 0.0)])
    assert said.startswith("refused\t")
    assert text in said


def test_javascript_lookup_refuses_broken_packs_or_comes_to_an_end(node, tmp_path):
    refused, questions = [], []
    base = (FOLDER / "packs" / "base.gpol").read_bytes()
    for number, vector in enumerate(vectors.read("packs")):
        path = tmp_path / f"{number}.gpol"
        path.write_bytes(edited(base, vector))
        own = [(str(path), y / 1e7, x / 1e7) for x, y in ((0, 0), (1500, 1500), (3500, 3500), (9000, 3500))]
        questions += own
        refused += [vector["code"] in ("pack-size", "pack-magic", "pack-format", "pack-section")] * len(own)
    said = ask_lookup(node, questions)
    assert [text for text, is_refused in zip(said, refused, strict=True) if is_refused and "refused" not in text] == []
    assert len({text.partition("\t")[2] for text in said if text.startswith("refused")}) > 10


def test_javascript_lookup_of_nodes_in_a_circle_comes_to_an_end(node, tmp_path):
    data = bytearray((FOLDER / "packs" / "crowd.gpol").read_bytes())
    start, size = struct.unpack_from("<QQ", data, 320 + 24 * 6 + 8)  # NODE
    assert size > 64
    for at in range(start, start + size, 4):
        struct.pack_into("<I", data, at, 1 << 30)
    (tmp_path / "circle.gpol").write_bytes(data)
    said = ask_lookup(node, [(str(tmp_path / "circle.gpol"), 0.0, 0.0)])
    assert said == ["refused\tnodes below cells of one unit"]
