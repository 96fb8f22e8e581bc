"""The page for C: its commands run in a shell as they stand there, and its tables are those of the kernel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from c_builds import missing
from geopolicy.pack.raw import STATUS
from geopolicy.pack.status import PackStatus
from pages import BLOCK, CHECKER, DOCS, FLAGS, ROOT, commands_of

PAGE = (DOCS / "c.md").read_text(encoding="utf-8")
LOOKUP = ROOT / "src" / "geopolicy" / "kernel" / "lookup"
HEADER = (LOOKUP / "gp_kernel.h").read_text(encoding="utf-8")


def test_c_page_commands_do_what_the_page_shows(workplace):
    for tool in ("cc", "cmake", "pkg-config"):
        if shutil.which(tool) is None:
            missing(tool)
    programs = workplace / "bin"
    programs.mkdir()
    (programs / "geopolicy").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m geopolicy "$@"\n')
    (programs / "geopolicy").chmod(0o755)
    script, shown = [f'export PATH="{programs}:$PATH"'], []
    for block in BLOCK.finditer(PAGE):
        if block["mark"]:
            path = workplace / block["mark"].removeprefix("file: ")
            path.parent.mkdir(exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
        elif block["language"] == "console":
            for command, output in commands_of(block["text"]):
                script.append(f"{command} && echo end of command")
                shown.append((command, output))
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(script)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout.split("end of command\n")
    assert len(printed) == len(shown) + 1 > 8
    for (command, wanted), got in zip(shown, printed, strict=False):
        assert not wanted or CHECKER.check_output(wanted, got, FLAGS), f"{command}: {got}"


def test_c_page_statuses_are_those_of_the_header_and_of_python():
    rows = re.findall(r"^\| `(GP_\w+)` \| (\d) \| .+ \|$", PAGE, re.MULTILINE)
    enumerators = re.findall(r"^ {4}(GP_(?:OK|ERR_\w+))", HEADER, re.MULTILINE)
    assert rows == [(name, str(number)) for number, name in enumerate(enumerators)]
    assert [name.removeprefix("GP_").removeprefix("ERR_") for name, _ in rows] == [status.name for status in PackStatus]
    assert len(STATUS) == len(rows) - 2  # all but OK, and CAPACITY, which Python never sees


def test_c_page_names_all_files_of_the_folder():
    assert set(re.findall(r"`([\w.]+\.(?:c|h|txt|pc\.in))`", PAGE)) == {path.name for path in LOOKUP.iterdir()}


def test_c_page_figures_are_those_of_the_page_on_ecus():
    rows = [
        line.split(" | ")
        for line in (DOCS / "ecus.md").read_text(encoding="utf-8").splitlines()
        if "`--target=" in line and line.startswith("| ")
    ]
    kernel, stack = ([int(row[column].replace(",", "")) for row in rows] for column in (2, 4))
    assert f"{min(kernel):,} to {max(kernel):,} bytes for all six files" in PAGE
    assert f"{min(stack):,} to {max(stack):,} bytes for the vectors" in PAGE
    m4 = rows[0]
    assert m4[0].startswith("| Cortex-M4")
    assert f"{m4[2]} on a Cortex-M4, and {m4[3]} of the run-time library" in PAGE
    text = (DOCS / "ecus.md").read_text(encoding="utf-8").partition("## Instructions")[2]
    points = re.search(r"^\| Cortex-M4[^|]*\| ([\d,]+) \|", text, re.MULTILINE)
    assert points
    assert f"{points[1]} instructions for the median position" in PAGE


def test_build_files_say_the_version_and_the_sources_of_the_folder():
    number = int(re.search(r"GP_KERNEL_VERSION (\d+)u", HEADER)[1])
    text = (LOOKUP / "CMakeLists.txt").read_text(encoding="utf-8")
    assert f"VERSION {number // 10_000}.{number // 100 % 100}.{number % 100} " in text
    listed = re.search(r"STATIC ([\w. ]+)\)", text)[1].split()
    assert sorted(listed) == sorted(path.name for path in LOOKUP.glob("*.c"))
