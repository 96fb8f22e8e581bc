"""The package as a type checker of a user's code sees it, when it is installed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "user"
ERROR = re.compile(r"^[^:]*?([\w]+\.py):(\d+): error: .*\[([a-z-]+)\]$")
MARK = re.compile(r"# E: (.+)$")


def wrong_lines(text: str) -> dict[int, set[str]]:
    """The codes that a file says its lines must be refused with."""
    marks = {number: MARK.search(line) for number, line in enumerate(text.splitlines(), start=1)}
    return {number: set(mark[1].split(", ")) for number, mark in marks.items() if mark}


def refused_lines(names: list[str], folder: Path) -> dict[str, dict[int, set[str]]]:
    """The lines of each of a user's files that mypy refuses, with the codes; outside of this project's settings."""
    refused: dict[str, dict[int, set[str]]] = {name: {} for name in names}
    for name in names:
        (folder / name).write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--no-incremental", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.stderr == ""
    for line in done.stdout.splitlines():
        error = ERROR.match(line)
        if error is not None:
            refused[error[1]].setdefault(int(error[2]), set()).add(error[3])
        else:
            assert ": note: " in line or line.startswith(("Found ", "Success: ")), line
    return refused


def test_what_a_user_writes_is_accepted_and_wrong_names_and_types_are_refused(tmp_path):
    wrong = {path.name: wrong_lines(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.py"))}
    assert wrong.keys() == {"accepted.py", "refused.py", "refused_monitor.py"}
    assert [name for name, lines in wrong.items() if len(lines) <= 5] == ["accepted.py"]
    assert wrong["accepted.py"] == {}
    assert refused_lines(list(wrong), tmp_path) == wrong
