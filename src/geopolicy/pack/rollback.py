"""Protection against rollback: older zones, or those of another set, never take the place of others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from geopolicy.errors import UpdateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from geopolicy.model.zones import ZoneFileHeader


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of a set of zones: what its header says, and a digest that only equal content shares.

    ``content`` is None where it is not known; then it is equal to no other.
    """

    header: ZoneFileHeader
    content: str | None

    def has_content_of(self, other: Edition) -> bool:
        """Whether both are known to hold the same."""
        return self.content is not None and self.content == other.content

    def is_of_set_of(self, other: Edition) -> bool:
        """Whether both are of one kind and id."""
        return (self.header.kind, self.header.id) == (other.header.kind, other.header.id)

    def has_ended(self, trusted_time: datetime | None) -> bool:
        """Whether it is an overlay that ends, and has by a time that is not later than the true one."""
        ends = self.header.ends
        return self.header.is_overlay and ends is not None and trusted_time is not None and ends <= trusted_time


@dataclass(frozen=True, slots=True)
class Editions:
    """What later zones are measured by: the newest edition of each set in use, and of each overlay that has left."""

    in_use: tuple[Edition, ...]
    gone: tuple[Edition, ...] = field(default=())


def newest_of(new: Edition, newest: Edition) -> Edition:
    """The edition that later ones are measured by, after one that `check_not_rollback` accepted.

    The new one; where it does not say when it was issued, no earlier than the one before.
    """
    if new.header.issued is None and newest.header.issued is not None:
        return replace(new, header=replace(new.header, issued=newest.header.issued))
    return new


def check_not_rollback(new: Edition, newest: Edition, action: str, outcome: str) -> None:
    """Refuses an edition of another set than the newest one seen so far, an older one, and another of its number.

    The revision decides, and an edition that follows must not have been issued earlier; where the newest has no
    revision, the time at which it was issued decides. One revision, or one time without a revision, names one
    content. What the newest header does not say is not asked of the new one. ``action`` and ``outcome`` begin and
    end the message: what was tried, and what happens instead.

    Raises
    ------
    UpdateError
        Saying which of these.
    """
    header, seen = new.header, newest.header
    if seen.id is not None and seen.id != header.id:
        raise UpdateError(f"{action}: the zones must be of set {seen.id!r}, got {header.id!r}; {outcome}")
    if seen.revision is not None and (header.revision is None or header.revision < seen.revision):
        rule = f"the zones must be of revision {seen.revision} or later"
        raise UpdateError(f"{action}: {rule}, got {header.revision}; {outcome}")
    is_issued_earlier = seen.issued is not None and header.issued is not None and header.issued < seen.issued
    is_issue_lost = seen.revision is None and seen.issued is not None and header.issued is None
    if seen.issued is not None and (is_issued_earlier or is_issue_lost):
        issued = header.issued.isoformat() if header.issued else None
        rule = f"the zones must be issued {seen.issued.isoformat()} or later"
        raise UpdateError(f"{action}: {rule}, got {issued}; {outcome}")
    if _is_same_number(header, seen) and not new.has_content_of(newest):
        number = f"revision {seen.revision}" if seen.revision is not None else "that time of issue"
        rule = f"the zones must be those already seen of {number}, or of a later one"
        raise UpdateError(f"{action}: {rule}, got other content; {outcome}")


def _is_same_number(header: ZoneFileHeader, seen: ZoneFileHeader) -> bool:
    """Whether two headers number their editions, and alike."""
    if seen.revision is not None:
        return header.revision == seen.revision
    return seen.issued is not None and header.revision is None and header.issued == seen.issued


def check_succession(
    new: Sequence[Edition], seen: Editions, action: str, outcome: str, trusted_time: datetime | None = None
) -> Editions:
    """What later zones are measured by after zones in these editions, each judged by the one that it follows.

    A set that is in use goes on, in the same edition or one that follows: only an overlay may be missing, and only
    after its end, by a time that cannot be later than the true one. Further sets may come; what comes back after it
    has left must not be older than it was.

    Raises
    ------
    UpdateError
        Saying which of these.
    """
    successor_of = _successors(new, seen.in_use)
    measures = dict(enumerate(new))
    gone = list(seen.gone)
    for number, old in enumerate(seen.in_use):
        at = successor_of.get(number)
        if at is not None:
            check_not_rollback(new[at], old, action, outcome)
            measures[at] = newest_of(new[at], old)
        elif old.has_ended(trusted_time):
            gone.append(old)
        else:
            raise UpdateError(f"{action}: {_rule_to_stay(old)}, got none; {outcome}")
    for at, edition in enumerate(new):
        for old in [old for old in gone if at not in successor_of.values() and edition.is_of_set_of(old)]:
            check_not_rollback(edition, old, action, outcome)
            measures[at] = newest_of(edition, old)
            gone.remove(old)
    return Editions(tuple(measures.values()), tuple(gone))


def _successors(new: Sequence[Edition], in_use: Sequence[Edition]) -> dict[int, int]:
    """By number, which edition takes the place of which: the same, one of its set, of two bases that are alone one."""
    bases = [sum(not edition.header.is_overlay for edition in each) for each in (new, in_use)]

    def are_lone_bases(one: Edition, old: Edition) -> bool:
        return bases == [1, 1] and not one.header.is_overlay and not old.header.is_overlay

    successor_of: dict[int, int] = {}
    for is_next in (Edition.has_content_of, Edition.is_of_set_of, are_lone_bases):
        for number, old in enumerate(in_use):
            free = [at for at in range(len(new)) if at not in successor_of.values() and is_next(new[at], old)]
            if number not in successor_of and free:
                successor_of[number] = free[0]
    return successor_of


def _rule_to_stay(old: Edition) -> str:
    header = old.header
    name = f"{header.kind} {header.id!r}" if header.id is not None else f"the {header.kind} without an id"
    if not header.is_overlay:
        return f"{name} must be among the zones"
    if header.ends is None:
        return f"{name}, which has no end, must be among the zones"
    return f"{name} must be among the zones until trusted_time is {header.ends.isoformat()} or later"
