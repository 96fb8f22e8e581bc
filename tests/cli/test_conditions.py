"""Every command under every condition: one line that says what happened, its exit code, and nothing half-written."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from cli_conditions import (
    CASES,
    HANGS_S,
    PRINTING,
    READING,
    WRITING,
    Case,
    command,
    contents,
    make_files,
    run_in,
    unprivileged,
    variables,
    without_chance,
)
from cli_samples import ZONES
from zone_files import collection, feature

FULL = "error: cannot write to standard output: No space left on device\n"
CLOSED = "error: cannot write to standard output: it is closed\n"
UNREAD = "error: cannot write to standard output: nobody reads it any more\n"
LIMITED = "error: cannot write to standard output: File too large\n"
NO_INPUT = "error: cannot read standard input: it is closed\n"
POOR = {
    "COLUMNS": "20", "LINES": "2", "TERM": "dumb", "NO_COLOR": "1", "PYTHONIOENCODING": "ascii", "LANG": "C",
    "LC_ALL": "C",
}  # fmt: skip


NAMING = [name for name in CASES if name not in ("schema", "completion", "doctor", "kernel")]


def in_turn(names, conditions=None, *, turn=0, of=5, always=()):
    """Every command, under every condition: one in ``of``, others at each turn; the rest of it is slow."""
    return [
        pytest.param(
            *([] if condition is None else [condition]), name,
            marks=() if (i + j + turn) % of == 0 or name in always else pytest.mark.slow,
        )
        for i, condition in enumerate(conditions or [None])
        for j, name in enumerate(names)
    ]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return make_files(tmp_path)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """What a command prints and writes where nothing is wrong."""
    known = {}

    def ask(name):
        if name not in known:
            place = make_files(tmp_path_factory.mktemp("usual"))
            known[name] = (*run_in(place, CASES[name].words, CASES[name].stdin), contents(place))
        return known[name]

    return ask


def assert_is_whole_or_not_there(folder, name, usual):
    """Beside the files that were there, at most the file that the command writes, with its whole content."""
    output, beside = CASES[name].output, CASES[name].beside
    written = contents(folder)
    if output in written:
        assert without_chance(written[output]) == without_chance(usual(name)[3][output])
    assert {path for path in written if "/" not in path} - {output, *beside} <= {
        "zones.geojson", "zones.gpol", "edited.json", "drive.csv", "key", "printed", "drive.mcap", "school.geojson",
        "topics.toml", "words", "area.geojson", "fleet.gpol", "report.json", "vehicle.pem", "vehicle.pub.pem",
    }  # fmt: skip


@pytest.mark.parametrize("name", in_turn(CASES))
def test_conditions_are_survived_by_commands_that_work(usual, name):
    code, out, err, files = usual(name)
    assert (code, b"Traceback" in err) == (CASES[name].code, False)
    assert bool(out) == (name in PRINTING)
    assert CASES[name].output is None or files[CASES[name].output]


OUTPUTS = {
    "full": (">/dev/full", "", FULL),
    "closed": (">&-", "", CLOSED),
    "unread": ("", "", UNREAD),
    "limited": (">printed", "ulimit -f 0", LIMITED),
    "unbuffered": (">/dev/full", "export PYTHONUNBUFFERED=1", FULL),
}


@pytest.mark.parametrize(("output", "name"), in_turn(PRINTING, OUTPUTS))
def test_conditions_output_that_cannot_be_written(folder, usual, name, output):
    case = CASES[name]
    redirections, before, message = OUTPUTS[output]
    if output == "unread":
        code, err = run_unread(folder, case)
    else:
        code, _, err = run_in(folder, case.words, case.stdin, redirections=redirections, before=before)
    if message == LIMITED and case.output:
        message = err.decode() if err.startswith(b"error: cannot write 'out.") else message
    text = err.decode().replace("All records in 'log' will be deleted.\n", "")
    for question in ("Type erase to go on: ", "new passphrase: ", "new passphrase again: "):
        text = text.replace(question, "")
    if message == LIMITED and name.startswith("publish-") and name != "publish-status":
        refusal = "error: publish: '[^']*': must be writable, got File too large; what is published stays .*\n"
        message = text if re.fullmatch(refusal, text) else message
    assert (code, text) == (1, message)
    assert_is_whole_or_not_there(folder, name, usual)


HELPS = ["--help", "check --help", "log --help", "log show -h", "", "--version"]


@pytest.mark.parametrize(("output", "words"), in_turn(HELPS, OUTPUTS))
def test_conditions_help_that_cannot_be_written(tmp_path, words, output):
    case = Case(tuple(words.split()))
    redirections, before, message = OUTPUTS[output]
    if output == "unread":
        code, err = run_unread(tmp_path, case)
    else:
        code, _, err = run_in(tmp_path, case.words, redirections=redirections, before=before)
    assert (code, err.decode()) == (1, message)


def run_unread(folder, case):
    """Runs a command whose output is a pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run(
            command(case.words), input=case.stdin, stdout=pipe, stderr=subprocess.PIPE, cwd=folder, env=variables(),
            timeout=HANGS_S, check=False,
        )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("name", in_turn(CASES, turn=1, always=READING))
def test_conditions_closed_input(folder, usual, name):
    code, out, err = run_in(folder, CASES[name].words, redirections="<&-")
    if name in READING:
        assert (code, out, err.decode().splitlines()[-1] + "\n") == (1, b"", NO_INPUT)
        assert_is_whole_or_not_there(folder, name, usual)
        assert (folder / "log" / "audit-00000001.jsonl").parent.is_dir()
    else:
        assert (code, without_chance(out), err) == (usual(name)[0], without_chance(usual(name)[1]), usual(name)[2])


@pytest.mark.parametrize(("redirections", "name"), in_turn(CASES, ["2>&-", "2>/dev/full"], turn=2))
def test_conditions_error_that_cannot_be_written(folder, name, redirections):
    code, out, err = run_in(folder, [*CASES[name].words, "--fly"], redirections=redirections)
    assert (code, out, err) == (2, b"", b"")


@pytest.mark.parametrize("name", ["check", "compile-o", "log-show"])
def test_conditions_all_streams_closed(folder, usual, name):
    code, _, _ = run_in(folder, CASES[name].words, redirections="<&- >&- 2>&-")
    assert code == 1
    assert_is_whole_or_not_there(folder, name, usual)


@pytest.mark.parametrize("name", in_turn(CASES, turn=3))
def test_conditions_poor_terminal(folder, usual, name):
    case = CASES[name]
    environment = {key: value for key, value in variables(**POOR).items() if key != "HOME"}
    code, out, err = run_in(folder, case.words, case.stdin, environment)
    assert (code, err) == (usual(name)[0], usual(name)[2])
    assert out.isascii()
    assert b"\x1b" not in out
    if name not in ("schema", "doctor"):
        assert without_chance(out) == without_chance(usual(name)[1].decode().encode("ascii", "backslashreplace"))


# What a name must not do: command the terminal, forge a line, turn the order of letters.
FORGED = b"\xff\x1b[31m\nok: 1 zone, 0 warnings\n\xe2\x80\xae\xc2\x9b2J"


@pytest.mark.parametrize(("form", "name"), in_turn(NAMING, ["text", "--json"], turn=4))
def test_conditions_names_that_forge_lines_and_are_no_text(folder, name, form):
    case = CASES[name]
    options = ["--json"] if form == "--json" and case.takes_json else []
    words = [os.fsencode(word) for word in (*case.words, *options)]
    for i, word in enumerate(words):
        if (folder / os.fsdecode(word)).exists() and i:
            folders, slash, name = word.rpartition(b"/")
            words[i] = folders + slash + FORGED + name
            (folder / os.fsdecode(word)).rename(folder / os.fsdecode(words[i]))
    code, out, err = run_in(folder, words, case.stdin)
    assert code in (case.code, 1, 2)
    assert b"Traceback" not in err
    for line in (out + err).decode().split("\n"):
        assert line.isprintable()
        assert not line.startswith("ok: 1 zone, 0 warnings")


@pytest.mark.parametrize("name", in_turn(CASES, turn=4))
def test_conditions_huge_argument(folder, name):
    code, out, err = run_in(folder, [*CASES[name].words[:1], "x" * 100_000, *CASES[name].words[2:]])
    assert code in (1, 2)
    if CASES[name].words[0] == "drives":
        assert (out.startswith(b"xxx"), out.endswith(b"x: not read\n"), len(out) < 1500) == (True, True, True)
    elif CASES[name].words[0] == "lint":
        assert (out.count(b"error [file"), out.endswith(b"0 zones: 1 error\n"), len(out) < 1500) == (1, True, True)
        assert err == b""
        return
    else:
        assert out == (b"refused: 1 problem; nothing was accepted\n" if name.startswith("validate") else b"")
    assert (err.count(b"\n"), len(err) < 1500) == (1, True), err[:300]


@pytest.mark.parametrize("name", in_turn(WRITING, of=3))
def test_conditions_folder_that_cannot_be_written_to_is_seen_before_the_work_begins(folder, name):
    if os.geteuid() == 0 and not unprivileged():
        pytest.skip("needs setpriv")
    case, before = CASES[name], contents(folder)
    (folder / "locked").mkdir(mode=0o555)
    (folder / "zones.geojson").write_bytes(b"{")  # would be refused with 1 if it were read
    words = [f"locked/{word}" if word == case.output else word for word in case.words]
    code, out, err = run_in(folder, words)
    assert (code, out) == (2, b"")
    assert re.fullmatch(
        rb"error: .*cannot write 'locked/out\.\w+': Permission denied; see geopolicy [\w ]+ --help\n", err
    )
    assert contents(folder) == before | {"zones.geojson": b"{"}


@pytest.mark.parametrize("name", in_turn(WRITING, turn=1, of=3))
def test_conditions_full_device_as_the_file_to_write(folder, name):
    case = CASES[name]
    (folder / case.output).symlink_to("/dev/full")
    code, _, err = run_in(folder, case.words)
    assert (code, err.decode()) == (1, f"error: cannot write '{case.output}': No space left on device\n")


@pytest.mark.parametrize(("blocks", "name"), in_turn(WRITING, [0, 1], of=3))
def test_conditions_disk_that_gets_full_leaves_the_old_file(folder, name, blocks):
    case = CASES[name]
    (folder / case.output).write_bytes(b"old")
    before = contents(folder)
    code, _, err = run_in(folder, case.words, before=f"ulimit -f {blocks}")
    if code == case.code:
        pytest.skip("its file is smaller than a kilobyte")
    written = (case.output, *case.beside)  # whichever does not fit first is named
    assert err.decode() in [f"error: cannot write '{name}': File too large\n" for name in written]
    assert code == 1
    assert contents(folder) == before


@pytest.mark.parametrize("name", in_turn(WRITING, turn=2, of=3))
def test_conditions_output_onto_what_is_read_is_refused(folder, name):
    case, before = CASES[name], contents(folder)
    source = next(word for word in case.words if (folder / word).exists())
    link = folder / f"link{Path(case.output).suffix}"
    if source == "log":
        pytest.skip("it reads a folder that is no file of its own kind")
    link.symlink_to(source)
    code, out, err = run_in(folder, [link.name if word == case.output else word for word in case.words])
    assert (code, out, b"must be another file than what is read" in err) == (2, b"", True)
    assert contents(folder) == before


@pytest.mark.parametrize("name", in_turn(["check", "validate", "compile-o", "convert-o", "info", "replay-o"], of=2))
def test_conditions_ctrl_c_while_a_file_is_read(folder, name):
    (folder / "zones.geojson").unlink()
    os.mkfifo(folder / "zones.geojson")
    process = subprocess.Popen(
        command(CASES[name].words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=variables()
    )
    with (folder / "zones.geojson").open("wb", buffering=0) as pipe:  # waits until the command has opened it, too
        pipe.write(ZONES[:10])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=HANGS_S)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")
    assert not (folder / "out.gpol").exists()


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_conditions_ctrl_c_while_a_drive_is_read(folder, options):
    os.mkfifo(folder / "slow.csv")
    words = command(["drives", "drive.csv", "slow.csv", *options])
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=variables())
    with (folder / "slow.csv").open("wb", buffering=0) as pipe:  # waits until the command has opened it, too
        pipe.write(b"t_utc,lat,lon\n")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=HANGS_S)
    assert (process.returncode, b"slow.csv" in out, err) == (130, False, b"interrupted\n")
    assert (b"drive.csv: read as csv\n" in out) == (not options)


def test_conditions_ctrl_c_at_a_question_deletes_nothing(folder):
    before = contents(folder)
    process = subprocess.Popen(
        command(["log", "erase", "log"]), stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=variables()
    )
    asked = process.stderr.readline() + process.stderr.read(len("Type erase to go on: "))
    assert asked.endswith(b"\nType erase to go on: ")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=HANGS_S)
    assert (process.returncode, err) == (130, b"interrupted\n")
    assert contents(folder) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_conditions_signal_ends_a_command_whose_reader_reads_nothing(folder, number):
    """Output and error are one pipe that is full: there is no room for a last line either."""
    bad = [feature(zone_id=[]) for _ in range(3000)]
    (folder / "bad.geojson").write_bytes(collection(*bad))
    words = command(["validate", "bad.geojson", "--json"])
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=variables()) as done:
        try:
            poll = select.poll()
            poll.register(done.stdout, select.POLLIN)
            assert poll.poll(60_000)
            time.sleep(0.5)  # until the pipe is full
            done.send_signal(number)
            assert done.wait(10) == 128 + number
        finally:
            done.kill()
