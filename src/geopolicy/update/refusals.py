"""Why an update was refused: which attack it would have been, of which file, and what to do."""

from __future__ import annotations

from enum import StrEnum

from geopolicy.errors import UpdateError


class Attack(StrEnum):
    """What somebody on the way, or with some of the keys, would have achieved."""

    ARBITRARY = "arbitrary-software"
    """Content that nobody signed, or not as it was signed."""
    WRONG_KEY = "wrong-key"
    """Signatures of keys that the role does not have."""
    THRESHOLD = "threshold"
    """Fewer signatures than the role needs."""
    DUPLICATE_KEY = "duplicate-key"
    """One key under two names, which would count twice."""
    ROLLBACK = "rollback"
    """Something older than what was seen."""
    FREEZE = "freeze"
    """Something that has expired: news are held back."""
    FAST_FORWARD = "fast-forward"
    """A number so great that nothing could follow it."""
    MIX_AND_MATCH = "mix-and-match"
    """Files that never were together at the publisher's."""
    WRONG_FLEET = "wrong-fleet"
    """Zones of another fleet."""
    WRONG_REGION = "wrong-region"
    """Zones of another region."""
    ENDLESS_DATA = "endless-data"
    """More bytes than were announced, or than are ever needed."""
    SLOW_RETRIEVAL = "slow-retrieval"
    """Bytes that trickle in."""
    AMBIGUOUS_ROLE = "ambiguous-role"
    """A role that two others delegate to: which of their keys count would depend on the way."""
    BEYOND_DELEGATION = "beyond-delegation"
    """Zones that their signer may not make: elsewhere, of other sensors, tighter or longer than was delegated."""


class RefusedUpdateError(UpdateError):
    """An update that was refused, and left nothing behind. ``attack`` says what it would have been.

    Attributes
    ----------
    attack
        The attack that was stopped, as a stable word (`Attack`).
    file
        The file of the repository that was refused.
    """

    def __init__(self, attack: Attack, file: str, message: str) -> None:
        self.attack = attack
        self.file = file
        super().__init__(message)

    def __reduce__(self) -> tuple[type, tuple[Attack, str, str]]:
        return type(self), (self.attack, self.file, str(self))


def refused(
    attack: Attack, file: str, rule: str, got: str, hint: str = "what is installed goes on"
) -> RefusedUpdateError:
    """The error, with the file, the rule, what was found, and what to do."""
    return RefusedUpdateError(attack, file, f"update: {file}: {rule}, got {got} ({attack}); {hint}")
