"""One small change of a source file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A source file in which one text is replaced.

    ``path`` is relative to the root of the project, ``start`` and ``end`` count characters, ``line`` from 1.
    """

    path: str
    start: int
    end: int
    line: int
    code: str
    """The whole line, without blanks around it."""
    change: str
    """What is changed, in words that stay when other lines come and go."""
    text: str
    """What stands there instead."""
    at: int = 0
    """The how manieth of those in this file that have the same line and the same change."""

    @property
    def key(self) -> str:
        """What names it in the records."""
        return f"{self.path}: {self.code}: {self.change}" + (f" #{self.at + 1}" if self.at else "")

    def applied(self, source: str) -> str:
        """The source with the change."""
        return source[: self.start] + self.text + source[self.end :]


def numbered(mutants: list[Mutant]) -> list[Mutant]:
    """The same, each with a key of its own."""
    seen: dict[str, int] = {}
    own = []
    for mutant in mutants:
        count = seen.get(mutant.key, 0)
        seen[mutant.key] = count + 1
        own.append(
            mutant
            if count == 0
            else Mutant(
                mutant.path, mutant.start, mutant.end, mutant.line, mutant.code, mutant.change, mutant.text, count
            )
        )
    return own
