"""The package as a type checker of a user's code sees it, when it is installed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent / "user"
ERROR = re.compile(r"^[^:]*?([\w]+\.py):(\d+): error: .*\[([a-z-]+)\]$")
MARK = re.compile(r"# E: (.+)$")


def wrong_lines(text: str) -> dict[int, set[str]]:
    """The codes that a file says its lines must be refused with."""
    marks = {number: MARK.search(line) for number, line in enumerate(text.splitlines(), start=1)}
    return {number: set(mark[1].split(", ")) for number, mark in marks.items() if mark}


def refused_lines(name: str, folder: Path) -> dict[int, set[str]]:
    """The lines of a user's file that mypy refuses, with the codes; run outside of this project and its settings."""
    place = folder / name
    place.write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--no-incremental", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.stderr == ""
    refused: dict[int, set[str]] = {}
    for line in done.stdout.splitlines():
        error = ERROR.match(line)
        if error is not None:
            assert error[1] == name, line
            refused.setdefault(int(error[2]), set()).add(error[3])
        else:
            assert ": note: " in line or line.startswith(("Found ", "Success: ")), line
    return refused


@pytest.mark.parametrize("name", ["accepted.py"])
def test_what_a_user_writes_is_accepted(name, tmp_path):
    assert refused_lines(name, tmp_path) == {}


@pytest.mark.parametrize("name", ["refused.py", "refused_monitor.py"])
def test_wrong_names_and_types_are_refused_and_nothing_else(name, tmp_path):
    wrong = wrong_lines((HERE / name).read_text(encoding="utf-8"))
    assert len(wrong) > 5
    assert refused_lines(name, tmp_path) == wrong
