"""What a monitor publishes: when one decision giving way to another counts, what it amounts to, and what failed."""

from __future__ import annotations

from geopolicy.model.decisions import Certainty, Reason
from geopolicy.model.transitions import TransitionKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.model.decisions import Decision

_PASSING = frozenset({Reason.AHEAD, Reason.HELD})
"""These come and go with every fix."""


def differs(before: Decision | None, after: Decision) -> bool:
    """Whether levels, tags, zones or reasons changed, or whether the place is known."""
    if before is after:
        return False
    return before is None or _compared(before) != _compared(after)


def transition_kind(before: Decision | None, after: Decision, *, is_swap: bool) -> TransitionKind:
    """What a transition amounts to."""
    if is_swap:
        return TransitionKind.SWAPPED
    is_lost = after.certainty == Certainty.UNKNOWN
    if is_lost and (before is None or before.certainty != Certainty.UNKNOWN):
        return TransitionKind.UNKNOWN
    if before is None:
        return TransitionKind.RESTRICTED if max(after.levels.values()) or after.zones else TransitionKind.LOOSENED
    is_tighter = (
        any(level > before.levels[name] for name, level in after.levels.items())
        or not set(before.zones) >= set(after.zones)
        or not set(_reasons(before)) >= set(_reasons(after))
    )
    return TransitionKind.RESTRICTED if is_tighter else TransitionKind.LOOSENED


def where_failed(error: BaseException) -> str:
    """The kind of an error and its place in the code. Not its text, which may hold a position."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" in {trace.tb_frame.f_code.co_qualname}, line {trace.tb_lineno}"
    return type(error).__name__ + where


def _reasons(decision: Decision) -> list[Reason]:
    return [reason for reason in decision.reasons if reason not in _PASSING]


def _compared(decision: Decision) -> tuple[object, ...]:
    is_unknown = decision.certainty == Certainty.UNKNOWN
    return (decision.levels, decision.store_in, decision.needs_consent, decision.zones, _reasons(decision), is_unknown)
