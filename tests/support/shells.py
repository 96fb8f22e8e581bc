"""Real shells at a terminal of their own, whose completions are asked for with the tabulator."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from c_builds import missing
from cli_samples import SOURCE
from geopolicy.cli.shells import script_of

if TYPE_CHECKING:
    from pathlib import Path

SHELLS = ("bash", "zsh", "fish")
_HANGS_S = 60.0
_ERASE, _TAB, _TELL = b"\x15", b"\t", b"\x18t"
_STARTED, _TOLD = re.compile(rb"started\r\n(?s:.*)> "), re.compile(rb"line<.*>\r\n")
_BASH = """PS1='> '
bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'; bind 'set bell-style none'
bind 'set completion-query-items 0'; bind 'set enable-bracketed-paste off'; bind 'set completion-display-width 0'
tell() { printf '\\nline<%s>\\n' "$READLINE_LINE"; }
bind -x '"\\C-xt": tell'
"""
_ZSH = """PS1='> '; LISTMAX=10000
unsetopt prompt_sp beep list_ambiguous; unset zle_bracketed_paste
autoload -U compinit; compinit -u -D
zstyle ':completion:*' list-prompt ''
tell() { print; print -r -- "line<$BUFFER>" }
zle -N tell; bindkey '^Xt' tell
"""


def prepare(folder: Path) -> None:
    """The scripts, and a command ``geopolicy`` that a path finds."""
    for shell in SHELLS:
        (folder / f"script.{shell}").write_text(script_of(shell), encoding="utf-8")
    (folder / "bin").mkdir()
    command = folder / "bin" / "geopolicy"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m geopolicy "$@"\n', encoding="utf-8")
    command.chmod(0o755)


def shell_in(folder: Path, name: str) -> Fish | Terminal:
    """A shell in a folder that was prepared."""
    if shutil.which(name) is None:
        missing(name)
    return Fish(folder) if name == "fish" else Terminal(folder, name)


def _variables(folder: Path) -> dict[str, str]:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(folder / "bin"), "PYTHONPATH": str(SOURCE), "TERM": "dumb", "LANG": "C.UTF-8"}


class Fish:
    """Fish, which tells completions without a terminal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def shown_for(self, line: str) -> list[str]:
        """The words that the last one may become; for one alone the line that it makes, as at a terminal."""
        done = subprocess.run(
            ["fish", "-c", "source script.fish; complete -C $argv", "--", line],
            capture_output=True, cwd=self._folder, env=_variables(self._folder), timeout=_HANGS_S, check=True,
        )  # fmt: skip
        assert done.stderr == b""
        return [text.partition("\t")[0] for text in done.stdout.decode().splitlines()]

    def close(self) -> None:
        """Nothing runs on."""


class Terminal:
    """Bash or zsh, as somebody has them who types."""

    def __init__(self, folder: Path, name: str) -> None:
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.chdir(folder)
            options = ["--norc", "--noprofile", "-i"] if name == "bash" else ["-f", "-i"]
            os.execvpe(name, [name, *options], _variables(folder) | {"COLUMNS": "300", "LINES": "100"})
        setup = folder / f"setup.{name}"
        setup.write_text(_BASH if name == "bash" else _ZSH, encoding="utf-8")
        os.write(self._terminal, f"source ./setup.{name}; source ./script.{name}; echo star'ted'\n".encode())
        self._read_until(_STARTED)

    def shown_for(self, line: str) -> list[str]:
        """The words that are listed; of one alone the last word of the line that it makes, as the shell quotes it."""
        os.write(self._terminal, _ERASE + line.encode() + _TAB + _TELL)
        text = self._read_until(_TOLD).decode()
        listed = [row for row in text.split("\r\n")[1:] if not row.startswith(("> ", "line<")) and "\b" not in row]
        words = [_unquoted(word) for row in listed for word in _words_in(row)]
        return words or shlex.split(text.rpartition("line<")[2].partition(">\r\n")[0])[-1:]

    def _read_until(self, end: re.Pattern[bytes]) -> bytes:
        told, limit = b"", time.monotonic() + _HANGS_S
        while not end.search(told):
            assert time.monotonic() < limit, told[-500:]
            if select.select([self._terminal], [], [], 1.0)[0]:
                told += os.read(self._terminal, 65_536)
        return told

    def close(self) -> None:
        """Ends the shell."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)


def _unquoted(word: str) -> str:
    return word.replace("\\ ", " ")


def _words_in(row: str) -> list[str]:
    """The words of a row of a list: bash has one in each, zsh some, or one and what it is."""
    return [word for word in re.split(r"\s{2,}", row.partition("  -- ")[0].rstrip()) if word]
