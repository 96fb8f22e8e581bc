"""All that a source states: what a format's reader returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from geopolicy.authoring.formats.rule_choice import RuleChoice
    from geopolicy.authoring.formats.source import Json, SourceZone


class RuledZone(NamedTuple):
    """A zone of a source, and its rules as the zone file has them."""

    zone: SourceZone
    rules: list[Json]


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """All that a source states.

    Attributes
    ----------
    format
        Name of the format, as in the registry.
    version
        Which version of it, if the source says so.
    zones
        Its areas, in the order of the source.
    rest
        The source's JSON without its features, written back by an export.
    header
        Members of the zone file's header that the source states, such as ``issued`` or ``timezone``.
    ruled
        Which zones get which rules; None where every zone stands for itself. Formats in which the first zone that
        says something wins cut their zones here.
    """

    format: str
    version: str | None
    zones: tuple[SourceZone, ...]
    rest: Json
    header: Json = field(default_factory=dict)
    ruled: Callable[[RuleChoice], list[RuledZone]] | None = None
