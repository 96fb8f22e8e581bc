"""Whether the tests of the kernel notice a mutant of its look-up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from c_builds import C_TESTS, FAILING_MEMORY, KERNEL, LOOK_UP, ROOT, SANITIZERS

if TYPE_CHECKING:
    from mutant import Mutant

VECTORS = ROOT / "tests" / "vectors"
# As where doubles are hardware and where they are software, and without builtins.
KINDS = {"plain": [], "software doubles": ["-DGP_SOFT_SQRT", "-DGP_INTEGER_FRAMES=1"], "portable": ["-DGP_PORTABLE"]}
OPTIONS = ["-std=c11", "-ffp-contract=off", "-w"]
PYTHON_TESTS = ["tests/kernel/test_lists.py", "tests/pack", "tests/vectors/test_vectors.py", "tests/engines"]
PROGRAMS = {  # tests by their names, and what of the binding they test
    "vectors": ([VECTORS / "read_vectors.c"], []),
    "answers": (
        [C_TESTS / f"{name}.c" for name in ("test_answers", "test_batch", "failing_memory")],
        ["answer", "batch", "clearing", "rows"],
    ),
    "kernel": (
        [
            C_TESTS / f"test_{name}.c"
            for name in ("kernel", "open", "positions", "distances", "paths", "families", "frames", "settle")
        ],
        [],
    ),
}


class _Build:
    """The programs of the tests, made with some options of the compiler from a copy of the kernel."""

    def __init__(self, copy: Path, folder: Path, options: list[str], corpus: Path) -> None:
        folder.mkdir()
        self._copy, self._folder, self._options, self._corpus = copy, folder, options, corpus
        self._tests = {
            program: [self._compile(path) for path in (*tests, *(copy / "binding" / f"{name}.c" for name in own))]
            for program, (tests, own) in PROGRAMS.items()
        }
        original = self.look_up()
        assert original is not None, f"the look-up does not compile with {options}"
        self.original = original
        since = time.monotonic()
        for program in PROGRAMS:
            assert self._is_content(program, 600.0), f"{program} fails without a mutant, {options}"
        self._limit_s = 10.0 * (time.monotonic() - since) + 2.0

    def _compile(self, source: Path) -> Path:
        target = self._folder / f"{source.stem}.o"
        target.unlink(missing_ok=True)
        include = [f"-I{self._copy}", f"-I{self._copy / 'lookup'}"]
        command = ["gcc", *OPTIONS, *self._options, *include, "-c", str(source), "-o", str(target)]
        subprocess.run(command, capture_output=True, check=False)
        return target

    def look_up(self) -> list[bytes] | None:
        """What the compiler makes of the look-up; None if it refuses it."""
        made = [self._compile(self._copy / "lookup" / source.name) for source in LOOK_UP]
        return [path.read_bytes() for path in made] if all(path.exists() for path in made) else None

    def killer(self) -> str | None:
        """The first program that is not content with the look-up as it was compiled last."""
        return next((name for name in PROGRAMS if not self._is_content(name, self._limit_s)), None)

    def _is_content(self, program: str, limit_s: float) -> bool:
        objects = [*self._tests[program], *(self._folder / f"{source.stem}.o" for source in LOOK_UP)]
        memory = FAILING_MEMORY if program == "answers" else []
        target = self._folder / program
        subprocess.run(["gcc", *self._options, *map(str, objects), *memory, "-lm", "-o", str(target)], check=True)
        data = VECTORS if program == "vectors" else self._corpus
        try:
            return subprocess.run([target, data], capture_output=True, check=False, timeout=limit_s).returncode == 0
        except subprocess.TimeoutExpired:
            return False


class CJudge:
    """A copy of the kernel, in which one mutant stands at a time, and all that the tests make of it."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "kernel"
        shutil.copytree(KERNEL, self._copy)
        corpus = folder / "corpus"
        subprocess.run([sys.executable, str(C_TESTS / "make_corpus.py"), str(corpus)], check=True)

        def build(name: str, *options: str) -> _Build:
            return _Build(self._copy, folder / name, list(options), corpus)

        self._quick = {name: build(name, "-O1", *options) for name, options in KINDS.items()}
        self._optimised = [build(f"{name} optimised", "-O2", *options) for name, options in KINDS.items()]
        # Both only for what the quick ones do not notice.
        self._sanitized = cache(lambda: build("sanitized", "-O1", *SANITIZERS))
        self._python = cache(lambda: _PythonTests(self._copy, folder / "python"))

    def judge(self, mutant: Mutant, *, is_quick: bool) -> tuple[str, str]:
        """What became of a mutant, and by what: killed, survived, same program, or not built.

        ``is_quick`` leaves out the sanitizers and the tests in Python.
        """
        path = self._copy / "lookup" / Path(mutant.path).name
        source = path.read_text(encoding="utf-8")
        try:
            path.write_text(mutant.applied(source), encoding="utf-8")
            outcome, by = self._judge()
        finally:
            path.write_text(source, encoding="utf-8")
        if outcome != "survived" or is_quick:
            return outcome, by
        sanitized, python = self._sanitized(), self._python()  # made without the mutant
        try:
            path.write_text(mutant.applied(source), encoding="utf-8")
            sanitized.look_up()
            killer = sanitized.killer()
            if killer:
                return "killed", f"{killer} (sanitized)"
            return ("survived", "") if python.are_content() else ("killed", "tests in Python")
        finally:
            path.write_text(source, encoding="utf-8")

    def _judge(self) -> tuple[str, str]:
        for name, build in self._quick.items():
            made = build.look_up()
            if made is None:
                return "not built", ""
            killer = build.killer() if made != build.original else None
            if killer:
                return "killed", f"{killer} ({name})"
        if all(build.look_up() == build.original for build in self._optimised):
            return "same program", ""
        return "survived", ""


class _PythonTests:
    """A copy of the package whose kernel is made of the copy of the sources."""

    def __init__(self, copy: Path, folder: Path) -> None:
        self._copy, self._folder = copy, folder
        shutil.copytree(ROOT / "src" / "geopolicy", folder / "geopolicy", ignore=shutil.ignore_patterns("_kernel*.so"))
        others = [path for path in copy.glob("*/*.c") if path.parent.name != "lookup"]
        self._objects = [self._compile(path) for path in others]
        assert self.are_content(), "tests in Python fail without a mutant"

    def _compile(self, source: Path) -> Path:
        target = self._folder / f"{source.stem}.o"
        include = [f"-I{self._copy}", f"-I{self._copy / 'lookup'}", f"-I{sysconfig.get_paths()['include']}"]
        options = [*OPTIONS, "-O2", "-fPIC", "-DPy_LIMITED_API=0x030b0000", *include]
        subprocess.run(["gcc", *options, "-c", str(source), "-o", str(target)], check=True)
        return target

    def are_content(self) -> bool:
        """Whether the tests of what asks the kernel pass."""
        look_up = [self._compile(self._copy / "lookup" / source.name) for source in LOOK_UP]
        library = self._folder / "geopolicy" / "_kernel.abi3.so"
        library.unlink(missing_ok=True)
        subprocess.run(["gcc", "-shared", *map(str, (*self._objects, *look_up)), "-lm", "-o", str(library)], check=True)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *PYTHON_TESTS]
        own = {"PYTHONPATH": str(self._folder), "CI": "1", "GEOPOLICY_REQUIRE_KERNEL": "1"}
        try:
            done = subprocess.run(
                command, cwd=ROOT, env={**os.environ, **own}, capture_output=True, check=False, timeout=1200
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0
