"""Lines that fit a terminal between words, and that a pipe gets whole: no line is cut, no code of colours leaks."""

from __future__ import annotations

import os
import pty
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_conditions import CASES, HANGS_S, command, make_files, run_in, variables, without_chance
from geopolicy.cli.console import broken, columns_of

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# A command of each kind; what prints a document is shown as it is.
SHOWN = (
    "check", "diff", "info", "replay-whole", "drives-list", "status", "log-show", "publish-add", "publish-status",
    "doctor",
)  # fmt: skip
TEXTS = st.text(st.sampled_from("ab  岳é.-"), max_size=200)


def at_terminal(folder, case, **environment: str):
    """What a command shows at a terminal of 80 columns."""
    terminal, side = pty.openpty()
    with os.fdopen(side, "wb") as output:
        process = subprocess.Popen(
            command(case.words), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, cwd=folder,
            env=variables(**{"COLUMNS": "80", "TERM": "xterm", "LANG": "C.UTF-8"} | environment),
        )  # fmt: skip
    told = b""
    try:
        while part := os.read(terminal, 65_536):
            told += part
    except OSError:  # the other end is closed
        pass
    process.communicate(timeout=HANGS_S)
    os.close(terminal)
    return process.returncode, told.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if i % 3 == 0 else pytest.mark.slow) for i, name in enumerate(SHOWN)]
)
def test_columns_of_a_terminal_are_kept_to_and_a_pipe_gets_the_same_words(tmp_path, name):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    case = CASES[name]
    code, shown = at_terminal(make_files(tmp_path / "a"), case)
    piped_code, piped, _ = run_in(make_files(tmp_path / "b"), case.words, environment=variables(COLUMNS="80"))
    text = COLOURS.sub("", shown)
    assert code == piped_code == case.code
    for line in text.splitlines():
        assert columns_of(line) <= 80 or len(line.split()) == 1, line
    assert b"\x1b" not in piped
    digits = re.compile(r"[0-9a-f]{16,}")
    words = [digits.sub("digits", without_chance(told.encode()).decode()).split() for told in (text, piped.decode())]
    assert words[0] == words[1]


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_columns_of_a_terminal_without_colours_have_none(tmp_path, variable):
    assert "\x1b" in at_terminal(make_files(tmp_path), CASES["check"])[1]
    assert "\x1b" not in at_terminal(tmp_path, CASES["check"], **variable)[1]


@given(TEXTS, st.integers(40, 120), st.none() | st.integers(0, 100))
def test_columns_broken_pieces_have_all_words_and_fit_where_words_do(text, width, indent):
    pieces = broken(text, width, indent)
    assert " ".join(pieces).split() == text.split()
    assert pieces[0].startswith(" " * (len(text) - len(text.lstrip(" "))))
    for piece in pieces:
        assert columns_of(piece) <= width or len(piece.split()) == 1


@given(TEXTS)
def test_columns_a_line_that_fits_is_not_changed(text):
    assert broken(text, columns_of(text) + 1) == [text.rstrip(" ") if text.strip(" ") else text]
