"""What the kernel needs of a compiler: nothing but C11, or C++; and what it keeps to itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import geopolicy as gp
from c_builds import (
    ASSERTIONS,
    BUILDER,
    C_TESTS,
    INTEGER_FRAMES,
    KERNEL,
    LOOK_UP,
    ROOT,
    STANDARD,
    WARNINGS,
    WIDTHS,
    compile_c,
    compiler,
    run,
)

ALLOWED = {"memcpy", "memset", "memcmp"}
# Of the compiler: 64-bit division on 32-bit machines, and what position-independent code starts from there.
OF_THE_COMPILER = re.compile(r"__u?(div|mod)di3|_GLOBAL_OFFSET_TABLE_")
CPP = ["-x", "c++", "-std=c++20", "-Wno-missing-field-initializers"]
MOST_STACK_BYTES = 2560  # what gp_kernel.h says


@pytest.mark.parametrize("family", ["gcc", "clang"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("level", [pytest.param("-O0", marks=pytest.mark.slow), "-O2"])
def test_kernel_compiles_freestanding_and_needs_three_functions_at_most(family, width, level, tmp_path):
    # No headers but the compiler's own: a freestanding implementation need not have others.
    own = subprocess.run([compiler(family), "-print-file-name=include"], capture_output=True, text=True, check=True)
    alone = ["-ffreestanding", "-nostdinc", "-isystem", own.stdout.strip(), *INTEGER_FRAMES]
    for source in LOOK_UP:
        target = tmp_path / f"{source.stem}.o"
        compile_c(family, target, [source], *WARNINGS, *alone, level, *WIDTHS[width], "-c")
    objects = sorted(tmp_path.glob("*.o"))
    whole = tmp_path / "whole.o"
    subprocess.run(["ld", "-r", *(["-melf_i386"] if width == "32" else []), *objects, "-o", whole], check=True)
    listing = subprocess.run(["nm", "-u", whole], capture_output=True, text=True, check=True).stdout
    undefined = {line.split()[-1] for line in listing.splitlines()}
    foreign = {name for name in undefined - ALLOWED if width == "64" or not OF_THE_COMPILER.fullmatch(name)}
    assert foreign == set()
    data = subprocess.run(["nm", whole], capture_output=True, text=True, check=True).stdout
    assert not re.findall(r"^\S+ [BbDdGgSsC] (?!.*DW\.ref)(\S+)", data, re.MULTILINE)  # no variables
    assert "gp_covering" in data


@pytest.mark.parametrize("width", WIDTHS)
def test_kernel_for_32_bits_without_sse_is_refused(width, tmp_path):
    command = [compiler("gcc"), *STANDARD, "-ffreestanding", "-c", str(LOOK_UP[0]), "-o", str(tmp_path / "x.o")]
    options = [*WIDTHS[width], *(["-mfpmath=387"] if width == "32" else [])]
    result = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert ("doubles must be evaluated as doubles" in result.stderr) == (width == "32"), result.stderr


@pytest.mark.parametrize("option", ["-ffast-math", "-Ofast", "-ffinite-math-only"])
@pytest.mark.parametrize("family", ["gcc", "clang"])
def test_kernel_with_doubles_that_are_approximations_is_refused(family, option, tmp_path):
    for source in LOOK_UP:
        command = [compiler(family), *STANDARD, "-O2", option, "-c", str(source), "-o", str(tmp_path / "x.o")]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "NaN must be no position" in result.stderr
        assert result.returncode != 0


@pytest.mark.parametrize("source", [*LOOK_UP, *BUILDER], ids=lambda path: path.stem)
def test_kernel_and_builder_are_plain_c11_where_the_compiler_has_no_extensions(source, tmp_path):
    options = ["-pedantic-errors", "-Weverything", "-Wno-unsafe-buffer-usage", "-DGP_PORTABLE", *INTEGER_FRAMES]
    quiet = [f"-Wno-{name}" for name in ("padded", "float-equal", "declaration-after-statement", "bad-function-cast")]
    compile_c("clang", tmp_path / "x.o", [source], *WARNINGS, *options, *quiet, "-Wno-unknown-warning-option", "-c")
    if source in LOOK_UP:  # headers of a library may rely on what a compiler calls itself
        unknown = ["-U__GNUC__", "-ffreestanding", "-Wno-unknown-pragmas", *INTEGER_FRAMES]
        compile_c("gcc", tmp_path / "y.o", [source], *WARNINGS, *unknown, "-c")


@pytest.mark.parametrize(
    "options",
    [
        ["-O2"],
        pytest.param(["-O2", "-DGP_PORTABLE"], marks=pytest.mark.slow),
        pytest.param(["-O2", *ASSERTIONS], marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("family", ["g++", "clang++"])
def test_kernel_sources_are_cpp_too(family, options, tmp_path):
    for source in LOOK_UP:
        target = tmp_path / f"{source.stem}.o"
        words = [*CPP, f"-I{KERNEL}", *WARNINGS, *INTEGER_FRAMES, *options]
        command = [compiler(family), *words, "-c", str(source), "-o", str(target)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr


def test_kernel_is_called_from_cpp(tmp_path):
    pack = gp.compile(gp.read_zones(ROOT / "zones" / "worked-example.geojson"))
    pack.save(tmp_path / "fleet.gpol")
    objects = [compile_c("gcc", tmp_path / f"{path.stem}.o", [path], "-O2", "-c") for path in LOOK_UP]
    program = tmp_path / "use_from_cpp"
    command = [compiler("g++"), "-std=c++11", f"-I{KERNEL / 'lookup'}", *WARNINGS]
    names = [str(path) for path in (C_TESTS / "use_from_cpp.cpp", *objects)]
    result = subprocess.run([*command, *names, "-o", str(program)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    engine = gp.open(pack)
    for lat, lon in ((45.27, 13.7), (45.2745, 13.7193), (0.0, 0.0)):
        ids = {cause.zone_id for cause in engine.decide(lat, lon).causes}
        status, *owners = run(program, str(tmp_path / "fleet.gpol"), str(lat), str(lon)).stdout.split()
        assert status == "0"
        assert {pack[int(owner)].id for owner in owners if int(owner) < len(pack)} == ids
    (tmp_path / "damaged.gpol").write_bytes(bytes(pack.data)[:-1])
    assert run(program, str(tmp_path / "damaged.gpol"), "0", "0").stdout == "1\n"


@pytest.mark.parametrize(
    "language",
    [
        ["-std=gnu11"],
        *(
            pytest.param(words, marks=pytest.mark.slow)
            for words in (["-std=c11"], ["-std=gnu11", "-DGP_PORTABLE"], CPP)
        ),
    ],
)
@pytest.mark.parametrize("family", ["gcc", "clang"])
def test_kernel_contracts_no_product_and_sum_even_where_nobody_forbids_it(family, language, tmp_path):
    for source in LOOK_UP:
        target = tmp_path / f"{source.stem}.o"
        command = [compiler(family), *language, f"-I{KERNEL}", "-O3", "-mfma", "-c", str(source), "-o", str(target)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if "unrecognized" in result.stderr or "unknown argument" in result.stderr:
            pytest.skip("not for this machine")
        assert result.returncode == 0, result.stderr
        assert not re.findall(r"\bvfn?m(?:add|sub)\w*", disassembly(target))


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("thumbv6m-none-eabi -mcpu=cortex-m0", 1),
        ("thumbv7em-none-eabi -mcpu=cortex-m4 -mfloat-abi=soft", 1),
        ("thumbv7em-none-eabihf -mcpu=cortex-m4 -mfpu=fpv4-sp-d16", 1),
        ("thumbv7em-none-eabihf -mcpu=cortex-m7 -mfpu=fpv5-d16", 0),
        ("armv7a-none-eabihf -mfpu=vfpv3", 0),
        ("riscv32-none-elf -march=rv32imafc", 1),
        ("riscv32-none-elf -march=rv32imafdc", 0),
        ("aarch64-none-elf", 0),
        ("x86_64-none-elf", 0),
        ("x86_64-none-elf -DGP_INTEGER_FRAMES=1", 1),
    ],
)
def test_frames_are_evaluated_by_integers_where_doubles_are_software(target, wanted, tmp_path):
    source = tmp_path / "which.c"
    source.write_text('#include "gp_port.h"\nwhich: GP_INTEGER_FRAMES\n', encoding="ascii")
    triple, *options = target.split()
    words = [f"--target={triple}", *options, "-ffreestanding", f"-I{KERNEL / 'lookup'}", "-E", str(source)]
    result = subprocess.run([compiler("clang"), *words], capture_output=True, text=True, check=False)
    assert re.findall(r"^which: (\d)$", result.stdout, re.MULTILINE) == [str(wanted)], result.stderr


def disassembly(target: Path) -> str:
    return subprocess.run(["objdump", "-d", target], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "level", ["-O2", *(pytest.param(level, marks=pytest.mark.slow) for level in ("-O1", "-O3", "-Os"))]
)
def test_kernel_stack_is_within_what_its_header_says(width, level, tmp_path):
    """No recursion: a call needs no more than its own frame and those of all private functions of its file."""
    frames = {}
    for source in LOOK_UP:
        options = [level, "-fstack-usage", *INTEGER_FRAMES, *WIDTHS[width], "-c"]
        compile_c("gcc", tmp_path / f"{source.stem}.o", [source], *options)
        usage = (tmp_path / f"{source.stem}.su").read_text(encoding="utf-8")
        assert "dynamic\n" not in usage  # without a bound
        rows = [line.split("\t") for line in usage.splitlines()]
        sizes = {name.rpartition(":")[2]: int(size) for name, size, _ in rows}
        frames[source.stem] = max(size for name, size in sizes.items() if name.startswith("gp_"))
        frames[source.stem] += sum(size for name, size in sizes.items() if not name.startswith("gp_"))
    helpers = frames.pop("gp_frames") + 200  # and gp_scales, gp_widen, gp_narrow
    assert max(frames.values()) + helpers <= MOST_STACK_BYTES, frames


def exported(target: Path, *options: str) -> set[str]:
    """The symbols that others can link to."""
    listing = subprocess.run(
        ["nm", *options, "--defined-only", "-g", target], capture_output=True, text=True, check=True
    ).stdout
    return {line.split()[-1] for line in listing.splitlines()}


def test_symbols_of_the_look_up_all_begin_with_gp(tmp_path):
    for source in LOOK_UP:
        names = exported(compile_c("gcc", tmp_path / f"{source.stem}.o", [source], "-O2", "-c"))
        assert names
        assert {name for name in names if not name.startswith("gp_")} == set()


def test_symbols_of_the_extension_are_its_entry_alone():
    from geopolicy import _kernel

    names = exported(Path(_kernel.__file__), "-D")
    assert names - {"_init", "_fini", "__bss_start", "_edata", "_end"} == {"PyInit__kernel"}  # those of the linker


# A compiler that knows no option of GCC but those with which Python was built, and none of its extensions.
STRICT_COMPILER = """#!/usr/bin/env python3
import subprocess, sys
arguments = sys.argv[1:]
for argument in arguments:
    if argument.startswith(("-std", "-ffp", "-fno-math", "-fvisibility")):
        sys.exit(f"strict-cc: unknown option {argument}")
strict = ["-std=c11", "-pedantic-errors", "-Wno-unknown-pragmas", "-DGP_PORTABLE"]
if any("lookup/" in argument for argument in arguments):
    strict[-1] = "-U__GNUC__"  # the headers of the C library, which the others need, do not compile with it
sys.exit(subprocess.call(["gcc", *arguments, *([] if "-shared" in arguments else strict)]))
"""


@pytest.mark.slow
def test_build_without_a_compiler_leaves_no_kernel_of_older_sources(tmp_path):
    tools = tmp_path / "tools"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
    subprocess.run([*pip, str(tools), "setuptools>=77"], check=True)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE", "src"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    environment = {**os.environ, "PYTHONPATH": str(tools), "CC": "false"}
    environment.pop("GEOPOLICY_REQUIRE_KERNEL", None)
    build = [sys.executable, "setup.py", "-q", "build_ext", "--build-lib", "built"]
    stale = tmp_path / "built" / "geopolicy" / "_kernel.abi3.so"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"older")
    os.utime(stale, (0, 0))
    done = subprocess.run(build, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not stale.exists()


@pytest.mark.slow
def test_sdist_installed_with_a_strict_compiler_has_the_kernel(tmp_path):
    tools = tmp_path / "tools"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
    subprocess.run([*pip, str(tools), "setuptools>=77"], check=True)
    source = tmp_path / "source"
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE", "src"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        source.mkdir(exist_ok=True)
        copy(ROOT / name, source / name)
    for leftover in (*source.glob("src/*.egg-info"), *source.glob("src/geopolicy/_kernel*.so")):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    environment = {**os.environ, "PYTHONPATH": str(tools), "CC": str(tmp_path / "strict-cc")}
    environment.pop("GEOPOLICY_REQUIRE_KERNEL", None)
    subprocess.run([sys.executable, "setup.py", "-q", "sdist"], cwd=source, env=environment, check=True)
    (archive,) = source.glob("dist/*.tar.gz")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {str(path.relative_to(ROOT)) for path in KERNEL.glob("*/*.[ch]")} <= names
    (tmp_path / "strict-cc").write_text(STRICT_COMPILER, encoding="utf-8")
    (tmp_path / "strict-cc").chmod(0o755)
    installed = tmp_path / "installed"
    subprocess.run([*pip, str(installed), "--no-build-isolation", str(archive)], env=environment, check=True)
    look_up = KERNEL / "lookup"  # who builds a program in C finds it there
    assert {path.name for path in (installed / "geopolicy" / "kernel" / "lookup").iterdir()} == {
        path.name for path in look_up.iterdir()
    }
    program = (
        "import geopolicy as gp\n"
        f"engine = gp.open(gp.read_zones({str(ROOT / 'zones' / 'worked-example.geojson')!r}))\n"
        "print(gp.__file__, engine.name, engine.decide(45.27, 13.7), engine.safe_radius(45.27, 13.7))\n"
    )
    environment["PYTHONPATH"] = str(installed)
    there = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    engine = gp.open(gp.read_zones(ROOT / "zones" / "worked-example.geojson"))
    wanted = f"{installed}/geopolicy/__init__.py kernel {engine.decide(45.27, 13.7)} {engine.safe_radius(45.27, 13.7)}"
    assert there.stdout.strip() == wanted
