"""Protection against rollback: older zones, or those of another set, never take the place of others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geopolicy.errors import UpdateError

TYPE_CHECKING = False
if TYPE_CHECKING:
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
