"""What a monitor tells programs and the log: one decision giving way to another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geopolicy.base.records import short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.model.decisions import Decision

DIGESTS_JOINED_BY = "+"


class TransitionKind(StrEnum):
    """What a transition amounts to; where several hold, the first of this list."""

    SWAPPED = "swapped"
    """Another set of zones decides from here on."""
    UNKNOWN = "unknown"
    """Where the vehicle is stopped being known."""
    RESTRICTED = "restricted"
    """Something is restricted more tightly, whatever else is less, or a zone applies that did not."""
    LOOSENED = "loosened"
    """Nothing is restricted more tightly: something is less, or an exemption came into use or out of it."""


@dataclass(frozen=True, slots=True, repr=False)
class Transition:
    """One decision giving way to another. Holds no position.

    Parameters
    ----------
    number
        Counts the transitions of a monitor from 1.
    kind
        What it amounts to (`TransitionKind`).
    before, after
        The decisions; ``before`` is None at the first.
    monotonic_s
        When, on the caller's monotonic clock.
    time
        The wall-clock time, an aware datetime; None where it is not known.
    digest
        SHA-256 of the pack that decides, as hex; of several packs all of them, sorted and joined by ``+``. None where
        none does, or where zones were opened uncompiled.
    held
        Ids of those zones of ``after``, and of its exemptions, that the fixes had left by then: they only hold on.
    """

    number: int
    kind: TransitionKind
    before: Decision | None
    after: Decision
    monotonic_s: float
    time: datetime | None = None
    digest: str | None = None
    held: tuple[str, ...] = ()

    __repr__ = short_repr
