"""Commands that are interrupted at any moment, or whose disk is full at any write: faults injected by strace."""

from __future__ import annotations

import re

import pytest

from cli_conditions import CASES, contents, make_files, run_in, without_chance

OPENED = re.compile(r'openat\([^"]*"([^"]*)"')
MOMENTS, SLOW_MOMENTS = 3, 24  # of each command; a command opens some hundred files
WRITES = "write,fsync,rename,chmod"


def traced(strace, folder, name, calls, fault=None):
    """Runs a command under strace: how it ended, and the lines of the calls that it made."""
    inject = ["-e", f"inject={fault}"] if fault else []
    prefix = [strace, "-f", "-qq", "-o", str(folder.parent / f"{folder.name}.trace"), "-e", f"trace={calls}", *inject]
    ending = run_in(folder, CASES[name].words, CASES[name].stdin, prefix=prefix)
    return ending, (folder.parent / f"{folder.name}.trace").read_text("utf-8", "replace").splitlines()


def files_opened(strace, folder, name):
    """The numbers of the calls that open a file, from the first on that is ours after Python has begun."""
    _, lines = traced(strace, make_files(folder), name, "openat")
    names = [match[1] for line in lines if (match := OPENED.search(line))]
    began = next(i for i, path in enumerate(names) if "/geopolicy/cli" in path)
    return range(began + 1, len(names) + 1)  # the calls count from 1


def interrupt(strace, place, name, number):
    """Ctrl-C at the opening of a file: it ends the command, or comes too late."""
    folder = make_files(place)
    before = contents(folder)
    (code, out, err), _ = traced(strace, folder, name, "openat", f"openat:signal=SIGINT:when={number}")
    assert (code, err) in [(130, b"interrupted\n"), (CASES[name].code, b"")], (number, code, err)
    after = contents(folder)
    written = after.pop(CASES[name].output, None)
    assert after == before
    return code, without_chance(out), written


@pytest.mark.parametrize("name", ["check", "compile-o", "replay-o"])
def test_faults_ctrl_c_at_some_moments(strace, tmp_path, tmp_path_factory, name):
    numbers = files_opened(strace, tmp_path, name)
    for number in numbers[:: len(numbers) // MOMENTS]:
        assert interrupt(strace, tmp_path_factory.mktemp("run"), name, number)[0] == 130


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["check", "validate-o", "compile-o", "convert-o", "replay-o", "drives", "status-o", "schema"]
)
def test_faults_ctrl_c_at_many_moments(strace, tmp_path, tmp_path_factory, name):
    numbers = files_opened(strace, tmp_path, name)
    step = max(len(numbers) // SLOW_MOMENTS, 1)
    codes = [interrupt(strace, tmp_path_factory.mktemp("run"), name, number)[0] for number in numbers[::step]]
    assert codes.count(130) >= len(codes) - 2  # as good as done


@pytest.mark.slow
@pytest.mark.parametrize("name", ["validate-o", "compile-o", "convert-o", "replay-o", "status-o", "log-export-o"])
def test_faults_disk_that_is_full_at_any_write(strace, tmp_path, tmp_path_factory, name):
    case = CASES[name]
    _, lines = traced(strace, make_files(tmp_path), name, WRITES)
    for call in WRITES.split(","):
        for number in range(1, sum(f"{call}(" in line for line in lines) + 1):
            folder = make_files(tmp_path_factory.mktemp("run"))
            (folder / case.output).write_bytes(b"old")
            before = contents(folder)
            fault = f"{call}:error=ENOSPC:when={number}+"
            (code, _, err), _ = traced(strace, folder, name, WRITES, fault)
            text = err.decode()
            if "standard output" in text or not text:  # the file was written; standard error may be full as well
                assert code in (1, 120)  # 120: Python itself, where not even the null device takes what is left
                continue
            assert (code, text) == (1, f"error: cannot write '{case.output}': No space left on device\n"), fault
            if call != "fsync":  # the folder's own comes last
                assert contents(folder) == before, fault
