"""Whether the tests of the kernel notice a mutant of its look-up."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from c_builds import C_TESTS, FAILING_MEMORY, KERNEL, LOOK_UP, ROOT, SANITIZERS

if TYPE_CHECKING:
    from mutant import Mutant

VECTORS = ROOT / "tests" / "vectors"
# As where doubles are hardware and where they are software, and without builtins.
KINDS = {"plain": [], "software doubles": ["-DGP_SOFT_SQRT", "-DGP_INTEGER_FRAMES=1"], "portable": ["-DGP_PORTABLE"]}
OF_ALL_KINDS = {"gp_frames.c", "gp_settle.h", "gp_port.h", "gp_layout.h", "gp_distance.c"}  # the rest is one for all
OPTIONS = ["-std=c11", "-ffp-contract=off", "-w"]
PYTHON_TESTS = [
    "tests/pack",
    *(f"tests/engines/test_{name}.py" for name in ("path_frames", "distances", "edges", "contract", "kernel")),
    "tests/kernel/test_lists.py",
    "tests/vectors/test_vectors.py",
]
KERNEL_TESTS = ("kernel", "port", "open", "positions", "cells", "distances", "paths", "families", "frames", "settle")
PROGRAMS = {  # tests by their names, and what of the binding they test
    "vectors": ([VECTORS / "read_vectors.c"], []),
    "kernel": ([C_TESTS / f"test_{name}.c" for name in KERNEL_TESTS], []),
    "answers": (
        [C_TESTS / f"{name}.c" for name in ("test_answers", "test_batch", "failing_memory")],
        ["answer", "batch", "clearing", "rows"],
    ),
}
# What is run of them, the quickest first: the program, its arguments, and the only file whose change it can notice.
RUNS: list[tuple[str, list[str], str | None]] = [
    ("vectors", [], None),
    ("kernel", ["port", "open", "verify", "positions", "cells", "distances", "paths", "families"], None),
    ("answers", [], None),
    ("kernel", ["frames"], "gp_frames"),
    ("kernel", ["settle"], "gp_frames"),
]


def _included(source: Path) -> list[str]:
    """The names of the files that a file includes."""
    return re.findall(r'#include "(?:\w+/)*(\w+\.h)"', source.read_text(encoding="utf-8"))


def _including(name: str, copy: Path) -> set[str]:
    """A header of the look-up, and those that include it, also by others; nothing for a source."""
    found = {name} if name.endswith(".h") else set()
    headers = {path.name: _included(path) for path in (copy / "lookup").glob("*.h")}
    while more := {own for own, names in headers.items() if found & set(names)} - found:
        found |= more
    return found


class _Build:
    """The programs of the tests, made with some options of the compiler from a copy of the kernel."""

    def __init__(self, copy: Path, folder: Path, options: list[str], corpus: Path) -> None:
        folder.mkdir()
        self._copy, self._folder, self._options, self._corpus = copy, folder, options, corpus
        self._tests: dict[str, list[Path]] = {}
        self._unchanged: dict[Path, bytes] = {}
        self.original: dict[str, bytes] = {}
        original = self.look_up()
        assert original is not None, f"the look-up does not compile with {options}"
        self.original = original
        self._limits_s: list[int] = []

    def with_tests(self) -> _Build:
        """Itself, when the tests were made, too."""
        self._tests = {program: [self._compile(path) for path in self._sources(program)] for program in PROGRAMS}
        self._unchanged = {path: path.read_bytes() for tests in self._tests.values() for path in tests}
        self._limits_s = [self._limit(*run) for run in RUNS]
        return self

    def _limit(self, program: str, arguments: list[str], _file: str | None) -> int:
        """Seconds of the processor that a run may take: four times what it takes without a mutant."""
        self._link(program)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        assert self._is_content(program, arguments, 600), f"{program} fails without a mutant, {self._options}"
        return ceil(4.0 * (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)) + 1

    def _compile(self, source: Path) -> Path:
        target = self._folder / f"{source.stem}.o"
        target.unlink(missing_ok=True)
        include = [f"-I{self._copy}", f"-I{self._copy / 'lookup'}"]
        command = ["gcc", *OPTIONS, *self._options, *include, "-c", str(source), "-o", str(target)]
        subprocess.run(command, capture_output=True, check=False)
        return target

    def look_up(self, changed: str = "") -> dict[str, bytes] | None:
        """What the compiler makes of the look-up, where one file is changed; None if it refuses it."""
        sources = [source for source in LOOK_UP if source.name == changed] or LOOK_UP  # a header is in all of them
        made = {source.stem: self._compile(self._copy / "lookup" / source.name) for source in sources}
        if not all(path.exists() for path in made.values()):
            return None
        return self.original | {name: path.read_bytes() for name, path in made.items()}

    def restore(self) -> None:
        """Brings back what was made without a change."""
        made = {self._folder / f"{name}.o": content for name, content in self.original.items()}
        for path, content in (made | self._unchanged).items():
            path.write_bytes(content)

    def _sources(self, program: str) -> list[Path]:
        tests, own = PROGRAMS[program]
        return [*tests, *(self._copy / "binding" / f"{name}.c" for name in own)]

    def killer(self, made: dict[str, bytes], changed: str) -> str | None:
        """The first test that is not content with what was made last; those that include the file are made anew."""
        including = _including(changed, self._copy)
        for source in {source for program in PROGRAMS for source in self._sources(program)}:
            if any(name in including for name in _included(source)):
                self._compile(source)
        linked = set()
        for (program, arguments, file), limit_s in zip(RUNS, self._limits_s, strict=True):
            if file is not None and made[file] == self.original[file]:
                continue
            if program not in linked:
                self._link(program)
                linked.add(program)
            if not self._is_content(program, arguments, limit_s):
                return f"{program} {' '.join(arguments)}".strip()
        return None

    def _link(self, program: str) -> None:
        objects = [*self._tests[program], *(self._folder / f"{source.stem}.o" for source in LOOK_UP)]
        memory = FAILING_MEMORY if program == "answers" else []
        target = str(self._folder / program)
        subprocess.run(["gcc", *self._options, *map(str, objects), *memory, "-lm", "-o", target], check=True)

    def _is_content(self, program: str, arguments: list[str], limit_s: int) -> bool:
        data = VECTORS if program == "vectors" else self._corpus
        command = [str(self._folder / program), str(data), *arguments]

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        return subprocess.run(command, capture_output=True, check=False, preexec_fn=limit).returncode == 0


class CJudge:
    """A copy of the kernel, in which one mutant stands at a time, and all that the tests make of it."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "kernel"
        shutil.copytree(KERNEL, self._copy)
        corpus = folder / "corpus"
        subprocess.run([sys.executable, str(C_TESTS / "make_corpus.py"), str(corpus)], check=True)

        def build(name: str, *options: str) -> _Build:
            return _Build(self._copy, folder / name.replace(" ", "-"), list(options), corpus)

        self._quick = {name: build(name, "-O1", *options).with_tests() for name, options in KINDS.items()}
        self._optimised = {name: build(f"{name} optimised", "-O2", *options) for name, options in KINDS.items()}
        # Both only for what the quick ones do not notice.
        self._sanitized = cache(lambda: build("sanitized", "-O1", *SANITIZERS).with_tests())
        self._python = cache(lambda: _PythonTests(self._copy, folder / "python"))

    def judge(self, mutant: Mutant, *, is_quick: bool) -> tuple[str, str]:
        """What became of a mutant, and by what: killed, survived, same program, or not built.

        ``is_quick`` leaves out the sanitizers and the tests in Python.
        """
        path = self._copy / "lookup" / Path(mutant.path).name
        if not is_quick:  # made without the mutant
            self._sanitized()
            self._python()
        source = path.read_text(encoding="utf-8")
        try:
            path.write_text(mutant.applied(source), encoding="utf-8")
            outcome, by = self._judge_quickly(path.name)
            return self._judge_at_length(path.name) if outcome == "survived" and not is_quick else (outcome, by)
        finally:
            path.write_text(source, encoding="utf-8")
            for build in (*self._quick.values(), *self._optimised.values()):
                build.restore()

    def _judge_quickly(self, name: str) -> tuple[str, str]:
        kinds = [kind for kind in KINDS if kind == "plain" or name in OF_ALL_KINDS]
        for kind in kinds:
            build = self._quick[kind]
            made = build.look_up(name)
            if made is None:
                return "not built", ""
            killer = build.killer(made, name) if made != build.original else None
            if killer:
                return "killed", f"{killer} ({kind})"
        if all(self._optimised[kind].look_up(name) == self._optimised[kind].original for kind in kinds):
            return "same program", ""
        return "survived", ""

    def _judge_at_length(self, name: str) -> tuple[str, str]:
        if not self._python().are_content():
            return "killed", "tests in Python"
        sanitized = self._sanitized()
        made = sanitized.look_up(name)
        assert made is not None
        killer = sanitized.killer(made, name)
        sanitized.restore()
        return ("killed", f"{killer} (sanitized)") if killer else ("survived", "")


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
