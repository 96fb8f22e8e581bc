"""The binding: its C under every warning, and the whole extension under the sanitizers."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from c_builds import KERNEL, ROOT, SANITIZERS, WARNINGS, compile_c, compiler, missing

PYTHON = ["-isystem", sysconfig.get_paths()["include"], "-DPy_LIMITED_API=0x030b0000"]
BINDING = sorted((KERNEL / "binding").glob("*.c"))
UNDER_SANITIZERS = [
    "tests/engines/test_batch_arguments.py",
    "tests/engines/test_contract.py",
    "tests/engines/test_interrupted_queries.py",
    "tests/engines/test_kernel.py",
    "tests/kernel/test_lists.py",
    "tests/pack/test_hostile_packs.py",
    "tests/pack/test_pack.py",
]


@pytest.mark.parametrize("family", ["gcc", pytest.param("clang", marks=pytest.mark.slow)])
@pytest.mark.parametrize("source", BINDING, ids=lambda path: path.stem)
def test_binding_compiles_without_a_warning(source, family, tmp_path):
    options = ["-pedantic-errors", "-O2", *PYTHON]
    compile_c(family, tmp_path / "x.o", [source], *WARNINGS, *options, "-c")
    compile_c(family, tmp_path / "y.o", [source], *WARNINGS, *options, "-DGP_PORTABLE", "-c")


@pytest.mark.slow
def test_extension_under_the_sanitizers_passes_the_tests_of_engines_and_packs(tmp_path):
    """Everything of the engines and of hostile packs, with an extension that stops at the first error."""
    package = tmp_path / "geopolicy"
    package.mkdir()
    for entry in (ROOT / "src" / "geopolicy").iterdir():
        if not entry.name.startswith("_kernel"):
            (package / entry.name).symlink_to(entry)
    extension = package / "_kernel.abi3.so"
    compile_c("gcc", extension, sorted(KERNEL.glob("*/*.c")), "-O1", "-fPIC", "-shared", *SANITIZERS, *PYTHON)
    libraries = [
        subprocess.run([compiler("gcc"), f"-print-file-name={name}"], capture_output=True, text=True, check=True)
        for name in ("libasan.so", "libubsan.so", "libstdc++.so.6")  # the last for exceptions of other extensions
    ]
    paths = [Path(result.stdout.strip()).resolve() for result in libraries]
    if not all(path.is_absolute() and path.exists() for path in paths):
        missing("libasan")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "LD_PRELOAD": " ".join(map(str, paths)),
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0:exitcode=99",  # the interpreter itself leaks at exit
        "PYTHONMALLOC": "malloc",
    }
    program = (
        "import sys, pytest\n"  # pytest imports geopolicy, whose plugin it rewrites
        "status = pytest.main(sys.argv[1:])\n"
        "import geopolicy._kernel as kernel\n"
        f"assert kernel.__file__ == {str(extension)!r}, kernel.__file__\n"
        "sys.exit(status)\n"
    )
    options = ["-q", "-p", "no:cacheprovider", "-n", "0", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    result = subprocess.run(
        [sys.executable, "-c", program, *options, *(str(ROOT / name) for name in UNDER_SANITIZERS)],
        env=environment, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=1500,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    assert " passed" in result.stdout
