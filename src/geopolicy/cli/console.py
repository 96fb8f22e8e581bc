"""All that is printed: lines, tables, problems, JSON, and words for lengths, times and sensors.

Nothing else writes to standard output or error, so that no name in a file can forge a line or command the terminal.
"""

from __future__ import annotations

import errno
import getpass
import os
import re
import shutil
import sys
import traceback
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from unicodedata import combining, east_asian_width

import typer

from geopolicy.cli import progress
from geopolicy.cli.documents import answer_of, error_of, text_of
from geopolicy.model.texts import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TextIO

    from geopolicy.errors import Problem
    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle

REFUSED = 1
USAGE = 2
INTERRUPTED = 130
# click's own name for it: typer brings click along, under another name in each version.
USAGE_ERROR: type[typer.BadParameter] = typer.BadParameter.__mro__[1]
# What is wrong with a path that somebody gave; any other failure is one of the machine.
WRONG_PATH = {
    errno.EACCES, errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR,
    errno.EPERM, errno.EROFS,
}  # fmt: skip

_NARROWEST = 72  # columns of help
_NARROW = 40  # columns of a terminal for which no line is broken: little would be left of one that is indented
_LONGEST = 1000  # letters of a message
_MOST_OF_A_CODE = 100
_is_unheard = False


class FileError(Exception):
    """A file that cannot be written for no fault of whoever named it, such as a full disk."""


class InputError(Exception):
    """Standard input cannot be used: it is closed."""


class StreamError(Exception):
    """Standard output cannot be used: closed, full, or nobody reads it."""


def say(text: str = "", style: str | None = None, *, indent: int | None = None) -> None:
    """A line on standard output; style is a colour, or bold and a colour.

    On a terminal it is broken between words where it is too long, and goes on at an indent: two columns more than
    the line's own, if none is given.
    """
    stream = _output()
    try:
        _write(stream, text, style, _width_of(stream), indent)
    except OSError as error:
        raise _unwritable(error) from error


def complain(text: str, style: str | None = None) -> None:
    """A line on standard error. Where that cannot be written to, the exit code alone has to tell."""
    global _is_unheard  # noqa: PLW0603  # one process, one standard error
    if sys.stderr is None:
        return
    try:
        _write(sys.stderr, text, style)
    except OSError:
        _is_unheard = True


def warn(text: str) -> None:
    """A warning on standard error."""
    complain(f"warning: {text}", "yellow")


def put(text: str, *, is_flushed: bool = False) -> None:
    """A document on standard output: JSON, CSV or HTML, exact for programs; on a terminal letter codes are shown.

    ``is_flushed`` hands it over at once.
    """
    stream = _output()
    try:
        if stream.isatty():
            stream.write("".join(line if line == "\n" else shown(line) for line in re.split("(\n)", text)))
        else:
            stream.write(text)
        if is_flushed:
            stream.flush()
    except OSError as error:
        raise _unwritable(error) from error


@contextmanager
def checked_output() -> Iterator[None]:
    """Standard output whose failures are this module's, for what others print: rich would end the process in silence.

    Raises
    ------
    StreamError
        If it cannot be written to.
    """
    stream = _output()
    sys.stdout = cast("TextIO", _Checked(stream))
    try:
        yield
    finally:
        sys.stdout = stream


@contextmanager
def readable_width() -> Iterator[None]:
    """At least so many columns that help can name options whole, on a terminal that breaks lines, too."""
    before = os.environ.get("COLUMNS")
    if shutil.get_terminal_size().columns < _NARROWEST:
        os.environ["COLUMNS"] = str(_NARROWEST)
    try:
        yield
    finally:
        os.environ.pop("COLUMNS", None)
        if before is not None:
            os.environ["COLUMNS"] = before


class _Checked:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            raise _unwritable(error) from error

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise _unwritable(error) from error


def encoding() -> str:
    """The encoding of standard output, which a document must keep to."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def ask(question: str) -> str:
    """The answer to a question on standard error."""
    if sys.stdin is None:
        raise InputError("cannot read standard input: it is closed")
    if sys.stderr is None:
        raise StreamError("cannot ask: standard error is closed")
    progress.hide()
    try:
        sys.stderr.write(f"{shown(question)}: ")
        sys.stderr.flush()
    except OSError as error:
        raise StreamError(f"cannot ask on standard error: {error.strerror}") from error
    answer = sys.stdin.readline()
    if not answer:
        raise typer.Abort
    return answer.strip()


def ask_secret(question: str) -> str:
    """The answer to a question on standard error, which a terminal does not show; a line of what is no terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ask(question)
    progress.hide()
    return getpass.getpass(f"{shown(question)}: ", sys.stderr)


def finish(code: int) -> int:
    """The exit code, once all that was said is really written; 1 in place of 0 where standard error took nothing."""
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError as error:
            raise _unwritable(error) from error
    return REFUSED if _is_unheard and code == 0 else code


def _output() -> TextIO:
    progress.hide()
    if sys.stdout is None:
        raise StreamError("cannot write to standard output: it is closed")
    return sys.stdout


def _unwritable(error: OSError) -> StreamError:
    what = "nobody reads it any more" if isinstance(error, BrokenPipeError) else error.strerror
    return StreamError(f"cannot write to standard output: {what}")


def _width_of(stream: TextIO) -> int | None:
    """The columns of a terminal; None for what is none, or too narrow to break lines for."""
    width = shutil.get_terminal_size().columns if stream.isatty() else 0
    return width if width >= _NARROW else None


def _write(stream: TextIO, text: str, style: str | None, width: int | None = None, indent: int | None = None) -> None:
    progress.hide()
    line = shown(text)
    if width is not None:
        line = "\n".join(broken(line, width, indent))
    if style is not None:
        line = typer.style(line, fg=style.rpartition(" ")[2], bold=style.startswith("bold "))
    typer.echo(line, file=stream, color=_is_coloured())


def _is_coloured() -> bool | None:
    """Whether colours are forbidden or asked for; None: as the stream is a terminal or not."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def show_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table whose columns are as wide as they must be; nothing is cut, wherever it goes."""
    cells = [[shown(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    indent = sum(widths[:-1]) + 2 * len(widths[:-1])
    for row in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), indent=indent)


def broken(line: str, width: int, indent: int | None = None) -> list[str]:
    """A line in pieces of so many columns, broken between words; a word that is longer stays whole."""
    own = len(line) - len(line.lstrip(" "))
    indent = min(own + 2 if indent is None else indent, width // 2)
    pieces, piece, gap = [], " " * own, ""
    for word, blanks in re.findall(r"(\S+)(\s*)", line):
        if piece.strip() and columns_of(piece + gap + word) > width:
            pieces.append(piece)
            piece, gap = " " * indent, ""
        piece += gap + word
        gap = blanks
    return [*pieces, piece if line.strip() else line]


def columns_of(text: str) -> int:
    """How many columns a text takes: letters of East Asia take two."""
    return sum(2 if east_asian_width(letter) in "WF" else not combining(letter) for letter in text)


def count_text(count: int, one: str, many: str | None = None) -> str:
    """How many there are of something, in words."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def print_json(command: str, members: Mapping[str, Any]) -> None:
    """The answer of a command as one JSON document on standard output."""
    put(text_of(answer_of(command, members), encoding()))


def print_error(command: str | None, kind: str, message: str, problems: Iterable[Problem] = ()) -> None:
    """An error as the one JSON document of a command that was to print JSON."""
    put(text_of(error_of(command, kind, message, problems), encoding()))


def show_problems(problems: Iterable[Problem], most: int | None = None, command: str | None = None) -> None:
    """A line for each problem on standard error, its code first; of one code only so many, then how many more.

    Where a path is not there, and none is like it, the help of the command is named.
    """
    from geopolicy.cli.advice import with_advice

    advised = (with_advice(problem, command) for problem in problems)
    named = (("warning" if problem.is_warning else "error", problem.code, str(problem)) for problem in advised)
    show_by_code(named, complain, most)


def show_by_code(
    found: Iterable[tuple[str, str, str]], write: Callable[[str], object], most: int | None = None
) -> None:
    """A line for each thing that is wrong, given as severity, code and text; of one code only so many."""
    totals: Counter[str] = Counter()
    most = most or _MOST_OF_A_CODE
    for severity, code, text in found:
        totals[code] += 1
        if totals[code] <= most:
            write(f"{severity} [{code}] {shortened(text)}")
    for code, total in totals.items():
        if total > most:
            write(f"and {total - most:,} more [{code}]; --json lists all")


def shortened(text: str) -> str:
    """A message of which a very long name does not make a page."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 200]} ... {text[-200:]}"


def show_traceback(error: BaseException) -> None:
    """Where an error came from, for who mends this program."""
    for line in "".join(traceback.format_exception(error)).splitlines():
        complain(line)


def length_text(metres: float) -> str:
    """A length for people."""
    return f"{metres / 1000:.2f} km" if metres >= 1000 else f"{metres:.0f} m"


def duration_text(seconds: float) -> str:
    """A duration for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def sensors_text(names: Iterable[str], decision: Decision) -> str:
    """Names of sensors of a decision's vehicle."""
    return names_text(names, decision.vehicle)


def names_text(names: Iterable[str], vehicle: Vehicle) -> str:
    """Names of sensors, those that are all below one parent as ``parent.*``."""
    chosen = set(names)
    if len(chosen) == len(vehicle.sensors) > 1:
        return "all sensors"
    texts = []
    while chosen:
        name = min(chosen)
        group = next((parent for parent in _parents(name) if chosen.issuperset(vehicle.below(parent))), name)
        below = set(vehicle.below(group)) or {name}
        texts.append(f"{group}.*" if len(below) > 1 else name)
        chosen -= below
    return ", ".join(texts)


def _parents(name: str) -> Iterator[str]:
    """The names above a sensor in the tree, the widest first."""
    words = name.split(".")
    return (".".join(words[:i]) for i in range(1, len(words)))
