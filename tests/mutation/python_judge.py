"""Whether the tests of the policy notice a mutant of it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from c_builds import ROOT

if TYPE_CHECKING:
    from mutant import Mutant

# Loaded once, before any test is run: most of the time that a short test takes.
LIBRARIES = ["pytest", "hypothesis", "numpy", "shapely", "pyproj", "rtree", "jsonschema", "astral", "zoneinfo"]
EVERYTHING_ELSE = ["tests/engines", "tests/vectors/test_vectors.py", "tests/monitor", "tests/testing", "tests/zonefile"]
QUIET = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is loaded already
NOT_RUN = {4, 5}  # the status of pytest for a wrong command, and for no tests
LIMIT_S = {"own": 20, "policy": 60, "else": 600}  # of the processor: three times what it takes and more


class PythonJudge:
    """A copy of the package, in which one mutant stands at a time."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "python"
        shutil.copytree(ROOT / "src" / "geopolicy", self._copy / "geopolicy")
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(LIBRARIES)
        assert self._are_content(["tests/policy"], 600), "the tests of the policy fail without a mutant"

    def judge(self, mutant: Mutant, *, is_quick: bool) -> tuple[str, str]:
        """What became of a mutant, and by what: killed or survived.

        ``is_quick`` leaves out all tests but those of the policy.
        """
        path = self._copy / Path(mutant.path).relative_to("src")
        source = path.read_text(encoding="utf-8")
        folder = ROOT / "tests" / "policy"
        own = [str(folder / "test_circumstances.py"), *map(str, sorted(folder.glob(f"test_{path.stem}*.py")))]
        try:
            path.write_text(mutant.applied(source), encoding="utf-8")
            for stage, tests in (("own", own), ("policy", ["tests/policy"]), ("else", EVERYTHING_ELSE)):
                if stage == "else" and is_quick:
                    break
                if not self._are_content(tests, LIMIT_S[stage]):
                    return "killed", stage
        finally:
            path.write_text(source, encoding="utf-8")
        return "survived", ""

    def _are_content(self, tests: list[str], limit_s: int) -> bool:
        shutil.rmtree(self._copy / "geopolicy" / "policy" / "__pycache__", ignore_errors=True)
        child = self._processes.Process(target=_run_tests, args=(str(self._copy), tests, limit_s))
        child.start()
        child.join()
        assert child.exitcode not in NOT_RUN, f"pytest could not run {tests}"
        return child.exitcode == 0


class _WithoutShrinking:
    """That an example fails is all that is asked."""

    @staticmethod
    def pytest_collection() -> None:
        from hypothesis import Phase, settings  # it is loaded already

        settings.register_profile("mutants", settings.default, phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutants")


def _run_tests(copy: str, tests: list[str], limit_s: int) -> None:
    """Runs tests upon a copy of the package, in silence; ends the process with their status."""
    import pytest  # it is loaded already

    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.chdir(ROOT)
    os.environ["CI"] = "1"
    sys.dont_write_bytecode = False  # of the tests; what was made of a mutant is removed
    sys.path.insert(0, copy)
    os._exit(pytest.main(["-q", "-x", "--tb=no", "-p", "no:cacheprovider", *QUIET, *tests], [_WithoutShrinking()]))
