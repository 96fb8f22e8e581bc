"""Decisions by several sets of zones about one place, joined to the one that all their zones together would give."""

from __future__ import annotations

from geopolicy.model.decisions import Certainty, Reason
from geopolicy.policy.policy import UNKNOWN_REASONS, judged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle


def says_something(decision: Decision) -> bool:
    """Whether a decision adds anything to another: of one that does not, no zone applies and the place is known."""
    return bool(decision.reasons or decision.causes)


def join_decisions(vehicle: Vehicle, decisions: Sequence[Decision], unknown: Iterable[Reason] = ()) -> Decision:
    """What sets of zones ask together that have no zone in common, where one more reason may make a place unknown.

    It is judged anew of all causes. What each asks is not added up: of two limits the tighter one counts, and the
    vehicle may keep that one only.
    """
    reasons = {reason for decision in decisions for reason in decision.reasons}
    causes = sorted((cause for decision in decisions for cause in decision.causes), key=lambda cause: cause.zone_id)
    return judged(
        vehicle,
        tuple(causes),
        tuple(UNKNOWN_REASONS.intersection(reasons).union(unknown)),
        is_expired=Reason.EXPIRED in reasons,
        is_met=any(decision.certainty == Certainty.POSSIBLE for decision in decisions),
    )
