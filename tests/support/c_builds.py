"""C compilers for the tests: which there are, and how the kernel is compiled."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNEL = ROOT / "src" / "geopolicy" / "kernel"
C_TESTS = ROOT / "tests" / "kernel" / "c"
LOOK_UP = [KERNEL / "lookup" / f"gp_{name}.c" for name in ("open", "lookup", "many", "distance", "path", "frames")]
BUILDER = [KERNEL / "builder" / f"{name}.c" for name in ("build", "grid", "divide", "emit")]
SWEEP = [KERNEL / "sweep" / f"{name}.c" for name in ("sweep", "plane", "pieces", "status")]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Werror"]
STANDARD = ["-std=c11", "-ffp-contract=off", f"-I{KERNEL}", f"-I{KERNEL / 'lookup'}"]
WIDTHS = {"64": [], "32": ["-m32", "-msse2", "-mfpmath=sse"]}
INTEGER_FRAMES = ["-DGP_INTEGER_FRAMES=1"]  # as where doubles are software
ASSERTIONS = ["-include", "assert.h", "-DGP_ASSERT=assert"]
SANITIZERS = ["-g", "-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all", *ASSERTIONS]
FAILING_MEMORY = ["-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc"]


def missing(what: str) -> None:
    """A tool that is not there: a failure where everything must be (CI), a skipped test elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


def compiler(family: str) -> str:
    """The path of gcc, clang or their C++, whatever its version."""
    names = [family, *(f"{family}-{version}" for version in range(21, 10, -1))]
    path = next((path for name in names if (path := shutil.which(name))), None)
    if path is None:
        missing(family)
    return str(path)


def compile_c(family: str, target: Path, sources: list[Path], *options: str) -> Path:
    """Compiles sources to a program, or whatever the options say."""
    names = [str(source) for source in sources]
    command = [compiler(family), *STANDARD, *options, *names, "-o", str(target), *([] if "-c" in options else ["-lm"])]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    absent = ("bits/libc-header-start.h", "cannot find -lgcc", "libclang_rt")
    if result.returncode and any(text in result.stderr for text in absent):
        missing(f"the libraries of {family} for {' '.join(options)}")
    assert result.returncode == 0, result.stderr
    return target


def run(program: Path, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, timeout=600, input=text
    )
