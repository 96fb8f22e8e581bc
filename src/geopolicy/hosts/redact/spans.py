"""From when to when a message was sensed, on the recorder's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.bags.contents import stamp_ns_of

_DATED_NS = (946_684_800 * 10**9, 7_258_118_400 * 10**9)  # from 2000 to 2200

if TYPE_CHECKING:
    from geopolicy.drives.bags.messages import Message


class Span(NamedTuple):
    """The stretch of time in which a message was sensed."""

    start_ns: int
    end_ns: int


def is_dated(at_ns: int) -> bool:
    """Whether a time is of a clock that counts from 1970."""
    return _DATED_NS[0] <= at_ns < _DATED_NS[1]


def span_of(message: Message, began_ns: int, latency_ns: int, exposure_ns: int) -> Span:
    """The stretch from the stamp of a message, less the exposure, to its log time.

    A stamp counts where it may be of the recorder's clock, however old it is: not 0, not after the log time, and, from
    before the recording began (``began_ns``), of a clock that counts from 1970 if the recorder's does. What was sensed
    then, such as a message that waits for who comes late, was sensed where nothing is known. Another stamp, or a type
    that has none, means the greatest latency, and that it was sensed at any time since.
    """
    log_ns, since_ns = message.log_ns, began_ns - latency_ns
    stamp_ns = stamp_ns_of(message.topic, message.data or b"")
    start_ns = stamp_ns if stamp_ns is not None and _may_be_ours(stamp_ns, since_ns, log_ns) else log_ns - latency_ns
    if _may_be_ours(message.publish_ns, since_ns, log_ns):
        start_ns = min(start_ns, message.publish_ns)
    return Span(start_ns - exposure_ns, log_ns)


def _may_be_ours(at_ns: int, since_ns: int, log_ns: int) -> bool:
    """Whether a time may be of the recorder's clock."""
    return 0 < at_ns <= log_ns and (at_ns >= since_ns or is_dated(at_ns) or not is_dated(log_ns))
