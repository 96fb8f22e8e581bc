"""Writes the lists of names in docs/api.md: for each public name its signature and the first sentence on it.

``python docs/make_api.py``; readers of the clone see them, and the built page shows the whole docstrings below.
"""

from __future__ import annotations

import inspect
import re
from enum import Enum
from pathlib import Path

import geopolicy
import geopolicy.testing

PAGE = Path(__file__).resolve().parent / "api.md"
_BLOCK = re.compile(r"^((?: *- `[^\n]*\n)*)\n?```\{eval-rst\}\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_LONGEST = 110  # a signature; a longer one shows names of arguments alone


def entries(name: str) -> list[str]:
    """The lines of a public name, as it is written after ``geopolicy.``, and of its methods."""
    thing = geopolicy
    for part in name.split("."):
        thing = getattr(thing, part)
    lines = [_line("gp." + name, thing)]
    if inspect.isclass(thing) and not issubclass(thing, Enum):
        for member, value in vars(thing).items():
            method = value.__func__ if isinstance(value, classmethod) else value
            if inspect.isfunction(method) and not member.startswith("_") and method.__doc__:
                lines.append("  " + _line(member, method, is_method=True))
    return lines


def _line(name: str, thing: object, *, is_method: bool = False) -> str:
    return f"- `{name}{_signature(thing, is_method=is_method)}`: {_sentence(thing)}"


def _sentence(thing: object) -> str:
    """The first sentence of a docstring, on one line, with the marks of Markdown."""
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n", 1)[0].split())
    sentence = re.split(r"(?<=[.!?]) (?=[A-Z])", text)[0]
    return sentence.replace("``", "`")


def _signature(thing: object, *, is_method: bool) -> str:
    """The arguments with their defaults; types are in the docstrings and the type hints. Nothing for what has none."""
    if inspect.isclass(thing) and (issubclass(thing, (Enum, BaseException)) or inspect.isabstract(thing)):
        return ""
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(thing).parameters.values()  # type: ignore[arg-type]  # callable by now
    ]
    if is_method:
        parameters = parameters[1:]
    text = str(inspect.Signature(parameters))
    if len(text) > _LONGEST or "<" in text:
        shown = [p.replace(default=... if p.default is not p.empty else p.empty) for p in parameters]
        text = str(inspect.Signature(shown)).replace("Ellipsis", "...")
    return text


def with_lists(page: str) -> str:
    """The page with the list of its names before each block."""

    def listed(match: re.Match[str]) -> str:
        names = re.findall(r"^\.\. auto\w+:: geopolicy\.([\w.]+)", match[2], re.MULTILINE)
        lines = [line for name in names for line in entries(name)]
        before = [] if match[1] else [""]  # a list that is new stands apart from the heading above it
        return "\n".join([*before, *lines, "", "```{eval-rst}", match[2] + "```", ""])

    return _BLOCK.sub(listed, page)


if __name__ == "__main__":
    PAGE.write_text(with_lists(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
