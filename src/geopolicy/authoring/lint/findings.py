"""One finding of lint, and how grave findings are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from geopolicy.base.records import short_repr
from geopolicy.errors import Problem


class Severity(IntEnum):
    """How grave a finding is. A ladder: whoever asks for one is told of the higher ones, too."""

    HINT = 0
    """May be as it is meant; worth a look."""
    WARNING = 1
    """Probably not meant: zones restrict something else than their author thinks."""
    ERROR = 2
    """The zones are refused."""

    @property
    def label(self) -> str:
        """The name that the command uses: ``"hint"``, ``"warning"`` or ``"error"``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """One thing in zone files that is probably wrong.

    ``code`` is stable and meant for programs, and `docs/lint.md` explains it. ``rule`` says what is wrong, ``value``
    what shows it, ``path`` the place as a JSON path, ``hint`` what to do. ``other_id`` is the zone of which a pair
    of zones is compared with this one, ``fix`` says whether `fix_zones` can mend it.
    """

    code: str
    severity: Severity
    rule: str
    value: str | None = None
    path: str = "$"
    zone_id: str | None = None
    file: str | None = None
    hint: str | None = None
    other_id: str | None = None
    fix: bool = False

    __repr__ = short_repr

    def __str__(self) -> str:
        return str(Problem(self.code, self.rule, self.value, self.path, self.zone_id, self.file, self.hint))
