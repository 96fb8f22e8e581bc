"""What a monitor publishes: when one decision giving way to another counts, what it amounts to, and what failed."""

from __future__ import annotations

from geopolicy.model.decisions import Certainty, Reason
from geopolicy.model.limits import combined
from geopolicy.model.transitions import TransitionKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.model.decisions import Decision

_PASSING = frozenset({Reason.AHEAD, Reason.HELD})
"""These come and go with every fix."""


def differs(before: Decision | None, after: Decision) -> bool:
    """Whether levels, tags, limits, zones, exemptions or reasons changed, or whether the place is known."""
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
    return TransitionKind.RESTRICTED if _is_tighter(before, after) else TransitionKind.LOOSENED


def _is_tighter(before: Decision, after: Decision) -> bool:
    """Whether anything is asked that was not asked before, or more tightly; what else is looser does not matter."""
    return (
        any(level > before.levels[name] for name, level in after.levels.items())
        or not set(before.zones) >= set(after.zones)
        or not set(_reasons(before)) >= set(_reasons(after))
        or not before.needs_consent >= after.needs_consent
        or any(not before.store_in[name] >= countries for name, countries in after.store_in.items())
        or any(not before.must_show[name] >= notices for name, notices in after.must_show.items())
        or any(combined(before.limits[name], limits) != before.limits[name] for name, limits in after.limits.items())
    )


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
    exemptions = [(cause.zone_id, cause.rule_index, cause.lifted_by) for cause in decision.exemptions]
    tags = (decision.store_in, decision.needs_consent, decision.limits, decision.must_show)
    return (decision.levels, tags, decision.zones, exemptions, _reasons(decision), is_unknown)
