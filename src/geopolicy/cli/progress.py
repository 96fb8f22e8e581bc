"""What a command is at, as a line on a terminal: the step and, where known, the percent and the time that is left."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

_DRAW_EVERY_S = 0.1
_FROM_S = 2.0  # before that the time that is left is a guess
_ERASE = "\r\x1b[K"

_line: Progress | None = None


class Progress:
    """The line of a command; without a terminal nothing is written."""

    def __init__(self, step: str, terminal: TextIO | None) -> None:
        self._terminal = terminal
        self._drawn_at = 0.0
        self._is_drawn = False
        self.step(step)

    def step(self, name: str) -> None:
        """Another step begins; how much of it is done is not known yet."""
        self._name = name
        self._fraction: float | None = None
        self._began = time.monotonic()
        self._draw()

    def at(self, fraction: float) -> None:
        """How much of the step is done, from 0 to 1."""
        self._fraction = min(max(fraction, 0.0), 1.0)
        if time.monotonic() - self._drawn_at >= _DRAW_EVERY_S:
            self._draw()

    def hide(self) -> None:
        """Make room for a line that is to stay; the next step or fraction shows the progress again."""
        if self._is_drawn:
            self._write(_ERASE)
            self._is_drawn = False

    def _draw(self) -> None:
        if self._terminal is None:
            return
        self._drawn_at = time.monotonic()
        text = self._text()[: max(shutil.get_terminal_size().columns - 1, 0)]
        self._write(f"{_ERASE}{text}")
        self._is_drawn = True

    def _write(self, text: str) -> None:
        if self._terminal is None:
            return
        try:
            self._terminal.write(text)
            self._terminal.flush()
        except OSError:  # the terminal is gone
            self._terminal = None

    def _text(self) -> str:
        if self._fraction is None:
            return f"{self._name} ..."
        text = f"{self._name}: {self._fraction:.0%}"
        passed = time.monotonic() - self._began
        if passed < _FROM_S or not self._fraction:
            return text
        minutes, seconds = divmod(round(passed * (1 - self._fraction) / self._fraction), 60)
        return f"{text}, {minutes}:{seconds:02d} left"


@contextmanager
def shown(step: str) -> Iterator[Progress]:
    """A line of progress on standard error, for as long as the block lasts; none where that is no terminal."""
    global _line  # noqa: PLW0603  # there is one terminal
    is_shown = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    _line = Progress(step, sys.stderr if is_shown else None)
    try:
        yield _line
    finally:
        _line.hide()
        _line = None


def hide() -> None:
    """Make room for a line that is to stay, whatever is shown."""
    if _line is not None:
        _line.hide()
