"""The C kernel without Python: its own tests, damaged packs, fuzzing, and the example."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import geopolicy as gp
from c_builds import (
    BUILDER,
    C_TESTS,
    FAILING_MEMORY,
    INTEGER_FRAMES,
    KERNEL,
    LOOK_UP,
    ROOT,
    SANITIZERS,
    SWEEP,
    WARNINGS,
    WIDTHS,
    compile_c,
    run,
)

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = ROOT / "docs" / "examples" / "decide.c"
KERNEL_TESTS = [
    C_TESTS / f"test_{name}.c"
    for name in ("kernel", "port", "open", "positions", "cells", "distances", "paths", "families", "frames", "settle")
]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small packs of make_corpus.py."""
    folder = tmp_path_factory.mktemp("packs")
    subprocess.run([sys.executable, str(C_TESTS / "make_corpus.py"), str(folder)], check=True)
    return folder


@pytest.mark.parametrize(
    ("family", "options"),
    [
        pytest.param("gcc", ["-O2"], id="gcc"),
        pytest.param("gcc", ["-O2", "-DGP_SOFT_SQRT", *INTEGER_FRAMES], id="gcc-software-doubles"),
        pytest.param("gcc", ["-O2", *WIDTHS["32"]], id="gcc-32"),
        pytest.param("gcc", ["-O2", "-DGP_PORTABLE"], id="gcc-portable", marks=pytest.mark.slow),
        pytest.param("gcc", ["-O1", *SANITIZERS], id="gcc-sanitized", marks=pytest.mark.slow),
        pytest.param("clang", ["-O2"], id="clang", marks=pytest.mark.slow),
        pytest.param(
            "clang", ["-O2", "-pedantic-errors", "-DGP_PORTABLE"], id="clang-portable", marks=pytest.mark.slow
        ),
        pytest.param("clang", ["-O1", *SANITIZERS], id="clang-sanitized"),
    ],
)
def test_kernel_c_tests_pass(family, options, packs, tmp_path):
    program = compile_c(family, tmp_path / "test_kernel", [*KERNEL_TESTS, *LOOK_UP], *WARNINGS, *options)
    result = run(program, str(packs))
    assert result.returncode == 0, result.stdout + result.stderr
    checks = re.fullmatch(r"(\d+) checks, 0 failed\n", result.stdout)
    assert checks, result.stdout
    assert int(checks[1]) > 2_000_000
    if SANITIZERS[1] in options:  # a sanitizer that is not in the program finds nothing
        assert "__asan_init" in subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("options", [["-O2"], ["-O1", *SANITIZERS]], ids=["gcc", "gcc-sanitized"])
def test_builder_c_tests_pass(options, tmp_path):
    sources = [C_TESTS / "test_build.c", C_TESTS / "failing_memory.c", *BUILDER]
    result = run(compile_c("gcc", tmp_path / "test_build", sources, *WARNINGS, *options, *FAILING_MEMORY))
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.fullmatch(r"\d{3,} checks, 0 failed\n", result.stdout)


@pytest.mark.parametrize(
    ("family", "options"),
    [
        pytest.param("gcc", ["-O2"], id="gcc"),
        pytest.param("gcc", ["-O2", *WIDTHS["32"]], id="gcc-32", marks=pytest.mark.slow),
        pytest.param("gcc", ["-O1", *SANITIZERS], id="gcc-sanitized", marks=pytest.mark.slow),
        pytest.param("clang", ["-O1", "-pedantic-errors", "-DGP_PORTABLE", *SANITIZERS], id="clang-portable-sanitized"),
    ],
)
def test_sweep_c_tests_pass(family, options, tmp_path):
    sources = [C_TESTS / "test_sweep.c", C_TESTS / "failing_memory.c", *SWEEP]
    result = run(compile_c(family, tmp_path / "test_sweep", sources, *WARNINGS, *options, *FAILING_MEMORY))
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.fullmatch(r"\d{3,} checks, 0 failed\n", result.stdout)


@pytest.mark.parametrize(
    ("family", "options"),
    [
        pytest.param("gcc", ["-O2"], id="gcc"),
        pytest.param("gcc", ["-O1", *SANITIZERS], id="gcc-sanitized", marks=pytest.mark.slow),
        pytest.param("clang", ["-O2"], id="clang", marks=pytest.mark.slow),
        pytest.param("clang", ["-O1", *SANITIZERS], id="clang-sanitized"),
    ],
)
def test_answers_and_batch_c_tests_pass(family, options, packs, tmp_path):
    tests = [C_TESTS / f"{name}.c" for name in ("test_answers", "test_batch", "failing_memory")]
    own = [KERNEL / "binding" / f"{name}.c" for name in ("answer", "batch", "clearing", "rows")]
    sources = [*tests, *own, *LOOK_UP]
    program = compile_c(family, tmp_path / "test_answers", sources, *WARNINGS, *options, *FAILING_MEMORY)
    result = run(program, str(packs))
    assert result.returncode == 0, result.stdout + result.stderr
    checks = re.fullmatch(r"(\d+) checks, 0 failed\n", result.stdout)
    assert checks, result.stdout
    assert int(checks[1]) > 400_000


@pytest.fixture(scope="module")
def mutate_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that changes the bytes of a pack and asks what comes of it."""
    sources, options = [C_TESTS / "mutate_pack.c", *LOOK_UP], [*SANITIZERS, "-O1"]
    return compile_c("gcc", tmp_path_factory.mktemp("program") / "mutate_pack", sources, *WARNINGS, *options)


@pytest.mark.parametrize("stride", [2003, pytest.param(1, marks=pytest.mark.slow)], ids=["sample", "all"])
@pytest.mark.parametrize("name", ["tiny", "framed"])
def test_kernel_every_byte_changed_is_refused_or_harmless(name, stride, packs, mutate_pack):
    result = run(mutate_pack, str(packs / f"{name}.gpol"), str(stride))
    assert result.returncode == 0, result.stderr
    tried, refused, harmless = (int(number) for number in re.findall(r"\d+", result.stdout))
    assert tried == -(-((packs / f"{name}.gpol").stat().st_size * 255) // stride)
    assert refused > 0 < harmless


@pytest.mark.campaign
def test_campaign_fuzzed_packs(campaign, packs, tmp_path):
    options = [*SANITIZERS, "-O1", "-fsanitize=fuzzer"]
    program = compile_c("clang", tmp_path / "fuzz_pack", [C_TESTS / "fuzz_pack.c", *LOOK_UP], *options)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    limits = ["-max_len=60000", "-timeout=10", "-rss_limit_mb=4000", "-print_final_stats=1"]
    for step in campaign:
        chance = [f"-seed={1_000_003 * campaign.seed + step}", f"-max_total_time={min(120, 1 + int(campaign.left_s))}"]
        result = run(program, *limits, *chance, f"-artifact_prefix={tmp_path}/", str(corpus), str(packs))
        assert result.returncode == 0, result.stderr[-4000:]
        executed = re.search(r"number_of_executed_units: (\d+)", result.stderr)
        assert executed
        campaign.add(packs=int(executed[1]))
    assert campaign.counts["packs"] > 10_000


def example_zones() -> gp.ZoneSet:
    """The example zones; it is not known what lies north of 45.3 degrees."""
    zones = gp.read_zones(ROOT / "zones" / "worked-example.geojson")
    known = {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 45.3], [-180, 45.3], [-180, -90]]]}
    around = gp.Zone("known", known, next(iter(zones)).rules)
    return gp.ZoneSet(zones, replace(zones.header, coverages=(gp.Coverage(around.geometry, "WGS84"),)))


def example_places() -> list[tuple[float, float]]:
    """Positions in and around them."""
    random = np.random.default_rng(7)
    around = np.column_stack([random.uniform(45.2, 45.34, 300), random.uniform(13.64, 13.8, 300)])
    return [(31.19, 121.3), (31.18, 121.29), (0.0, 0.0), (90.0, 0.0), (45.27, 13.7), *map(tuple, around.tolist())]


def wanted_line(engine: gp.Engine, lat: float, lon: float) -> tuple[bool, set[str]]:
    """Whether the place is known, and the ids of all zones that apply there."""
    decision = engine.decide(lat, lon)
    return gp.Reason.OUTSIDE_COVERAGE not in decision.reasons, {cause.zone_id for cause in decision.causes}


def read_lines(text: str) -> list[tuple[bool, set[str]]]:
    """The same of each line that the example printed."""
    words = [line.split(" ")[2:] for line in text.splitlines()]
    return [("unknown" not in names, set(names) - {"unknown"}) for names in words]


def test_example_decide_answers_as_the_engine(tmp_path):
    zones, places = example_zones(), example_places()
    engine = gp.open(zones, engine="kernel")
    path = tmp_path / "example.gpol"
    gp.compile(zones).save(path)
    sources = [EXAMPLE, *(KERNEL / "lookup" / f"gp_{name}.c" for name in ("open", "lookup", "frames"))]
    program = compile_c("gcc", tmp_path / "decide", sources, *WARNINGS, "-O2")
    result = run(program, str(path), text="".join(f"{lat!r} {lon!r}\n" for lat, lon in places))
    assert result.returncode == 0, result.stderr
    wanted = [wanted_line(engine, lat, lon) for lat, lon in places]
    assert read_lines(result.stdout) == wanted
    assert len({frozenset(names) for _, names in wanted}) > 4
    assert {is_known for is_known, _ in wanted} == {True, False}
    arguments = [str(number) for place in places[:5] for number in place]
    assert run(program, str(path), *arguments).stdout.splitlines() == result.stdout.splitlines()[:5]


def test_example_decide_damaged_pack_or_position_restricts(tmp_path):
    sources = [EXAMPLE, *(KERNEL / "lookup" / f"gp_{name}.c" for name in ("open", "lookup", "frames"))]
    program = compile_c("gcc", tmp_path / "decide", sources, "-O2")
    path = tmp_path / "example.gpol"
    data = bytes(gp.compile(example_zones()).data)
    path.write_bytes(data)
    assert run(program, str(path), "91", "0").stdout == "91.0000000 0.0000000 unknown\n"
    assert run(program, str(path), "nan", "0").stdout.endswith(" unknown\n")
    path.write_bytes(data[:-1])
    damaged = run(program, str(path), "45.27", "13.7")
    assert (damaged.returncode, damaged.stdout) == (1, "")
    assert "refused with status 1: restrict everything" in damaged.stderr
    assert run(program, str(tmp_path / "none.gpol")).returncode == 1
    assert run(program).returncode == 1
