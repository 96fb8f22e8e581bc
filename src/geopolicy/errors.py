"""What can go wrong, each with a code, a place and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from geopolicy.base.records import short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class GeopolicyError(Exception):
    """The base of every error that this library defines."""


@dataclass(frozen=True, slots=True, repr=False)
class Problem:
    """One thing that a zone file says wrongly, or (``is_warning``) says riskily.

    ``code`` is stable and meant for programs; ``path`` is a JSON path such as
    ``$.features[2].geometry.coordinates[0]``; ``value`` is what was found there,
    shortened, as text.
    """

    code: str
    rule: str
    value: str | None = None
    path: str = "$"
    zone_id: str | None = None
    file: str | None = None
    hint: str | None = None
    is_warning: bool = False

    __repr__ = short_repr

    def __str__(self) -> str:
        subject = f"zone {self.zone_id!r}" if self.zone_id is not None else "zone file"
        got = f", got {self.value}" if self.value is not None else ""
        where = f"{self.file} {self.path}" if self.file else self.path
        hint = f"; {self.hint}" if self.hint else ""
        return f"{subject}: {self.rule}{got} - at {where}{hint}"


class ZoneFileError(GeopolicyError, ValueError):
    """Zones that cannot be used. ``problems`` lists every one of them, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type, tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class CompileError(GeopolicyError, ValueError):
    """Zones that cannot be made a pack: they are too crowded or too many."""


class PackError(GeopolicyError, ValueError):
    """A pack that cannot be used. ``code`` is stable and meant for programs; ``offset`` is a place in bytes."""

    def __init__(self, code: str, message: str, offset: int | None = None) -> None:
        self.code = code
        self.offset = offset
        super().__init__(message)

    def __reduce__(self) -> tuple[type, tuple[str, str, int | None]]:
        return type(self), (self.code, str(self), self.offset)


class UpdateError(GeopolicyError, ValueError):
    """Zones that may not take the place of those in use: older ones, or those of another fleet or vehicle."""


class AuditError(GeopolicyError, ValueError):
    """An audit log that cannot be read, does not verify, or cannot be opened for writing. ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.code, str(self))


class VehicleFileError(GeopolicyError, ValueError):
    """A vehicle file that cannot be read, or describes an impossible vehicle."""


class DriveFileError(GeopolicyError, ValueError):
    """A recorded drive that cannot be read. A fix without a valid position is no error."""


class RedactionError(GeopolicyError, ValueError):
    """A copy of a recording that cannot be made as asked, a file of topics that says what is not understood."""


class UnknownSensorError(GeopolicyError, LookupError):
    """A decision was asked about a sensor that the vehicle does not have."""


class EngineUnavailableError(GeopolicyError, RuntimeError):
    """The engine that was asked for by name cannot run here."""
