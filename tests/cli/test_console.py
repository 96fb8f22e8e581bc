"""What is printed, and how: names that command nothing, tables, progress, errors that are bugs of ours."""

from __future__ import annotations

import io
import sys

import pytest

from geopolicy.cli import console, progress
from geopolicy.cli.failures import DEBUG


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain é 岳阳", "plain é 岳阳"),
        ("a\nok: all well", "a\\nok: all well"),
        ("\x1b[2J\x9b2J\x7f\t\r", "\\x1b[2J\\x9b2J\\x7f\\t\\r"),
        ("\u202egnp\u2066\u200f", "\\u202egnp\\u2066\\u200f"),
        ("a\u2028b\u2029c\x85d", "a\\u2028b\\u2029c\\x85d"),
        ("\udcff", "\\udcff"),
        ("n\u00a0o", "n o"),
    ],
)
def test_console_shows_what_cannot_be_printed_as_its_code(capsys, text, printed):
    console.say(text)
    console.say(text, "bold red")
    console.complain(text)
    console.show_table(("name", "x"), [(text, "1")])
    out, err = capsys.readouterr()
    lines = out.split("\n")
    assert (lines[:2], err) == ([printed, printed], f"{printed}\n")
    assert lines[3].startswith(printed)


def test_console_document_is_exact_but_commands_no_terminal(capsys, monkeypatch):
    console.put("a\n\x1b[2J\n")
    assert capsys.readouterr().out == "a\n\x1b[2J\n"
    monkeypatch.setattr(sys, "stdout", Terminal())
    console.put("a\n\x1b[2J\n")
    assert sys.stdout.getvalue() == "a\n\\x1b[2J\n"


def test_console_table_is_never_cut(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    console.show_table(("sensor", "level"), [("camera." + "x" * 300, "off"), ("lidar", "in_vehicle")])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["sensor", "level"], ["camera." + "x" * 300, "off"], ["lidar", "in_vehicle"],
    ]  # fmt: skip
    assert len({line.index(word) for line, word in zip(lines, ("level", "off", "in_vehicle"), strict=True)}) == 1


@pytest.mark.parametrize(("count", "text"), [(0, "0 fixes"), (1, "1 fix"), (2, "2 fixes"), (1000, "1,000 fixes")])
def test_console_counts_have_the_right_plural(count, text):
    assert console.count_text(count, "fix", "fixes") == text


def test_progress_tells_percent_and_time_left_and_makes_room_for_lines(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown("reading") as line:
        now[0] = 160.0
        line.at(0.4)
        console.complain("a line")
        line.step("writing")
    text = sys.stderr.getvalue()
    assert text == ("\r\x1b[Kreading ...\r\x1b[Kreading: 40%, 1:30 left\r\x1b[Ka line\n\r\x1b[Kwriting ...\r\x1b[K")


@pytest.mark.parametrize(("terminal", "term"), [(io.StringIO, "xterm"), (Terminal, "dumb")])
def test_progress_writes_nothing_where_it_cannot_be_erased(monkeypatch, terminal, term):
    monkeypatch.setattr(sys, "stderr", terminal())
    monkeypatch.setenv("TERM", term)
    with progress.shown("reading") as line:
        line.at(0.5)
    assert sys.stderr.getvalue() == ""


def test_progress_of_a_terminal_that_goes_away_fails_nowhere(monkeypatch):
    class Terminal(io.StringIO):
        is_there = True

        def isatty(self):
            return True

        def flush(self):
            if not self.is_there:
                raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown("reading") as line:
        monkeypatch.setattr(sys.stderr, "is_there", False)
        line.hide()
        line.step("opening")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (KeyError("45.2 13.7"), "error: internal error: KeyError in cli/app.py:"),
        (ModuleNotFoundError("No module", name="shapely.lib"), "error: the module 'shapely.lib' is missing; install "),
        (MemoryError(), "error: there is not enough memory for this\n"),
        (OSError(5, "Input/output error", "zones"), "error: cannot read 'zones': Input/output error\n"),
        (OSError(5, "Input/output error"), "error: cannot read a file: Input/output error\n"),
    ],
    ids=repr,
)
def test_command_that_fails_in_an_unexpected_way_ends_with_one_line(cli, monkeypatch, error, line):
    def fail():
        raise error

    monkeypatch.setattr("geopolicy.cli.schema.schema", fail)
    code, out, err = cli("schema")
    assert (code, out, err.count("\n")) == (2 if isinstance(error, ModuleNotFoundError) else 1, "", 1)
    assert err.startswith(line)
    assert "45.2" not in err


def test_command_that_fails_in_an_unexpected_way_tells_where_it_came_from_if_asked(monkeypatch, capsys):
    from geopolicy.cli.app import run

    monkeypatch.setenv(DEBUG, "1")
    monkeypatch.setattr("geopolicy.cli.schema.schema", lambda: {}["none"])
    assert run(["schema"]) == 1
    err = capsys.readouterr().err
    assert (err.startswith("Traceback"), "KeyError" in err) == (True, True)


def test_command_that_is_interrupted_in_a_program_ends_with_130(cli, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("geopolicy.cli.schema.schema", interrupt)
    assert cli("schema") == (130, "", "interrupted\n")
