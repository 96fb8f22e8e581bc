"""From when to when a message was sensed, on the recorder's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geopolicy.drives.bags.contents import stamp_ns_of

if TYPE_CHECKING:
    from geopolicy.drives.bags.messages import Message


class Span(NamedTuple):
    """The stretch of time in which a message was sensed."""

    start_ns: int
    end_ns: int


def span_of(message: Message, began_ns: int, latency_ns: int, exposure_ns: int) -> Span:
    """The stretch from the stamp of a message, less the exposure, to its log time.

    A stamp counts where it lies between the beginning of the recording, ``began_ns``, and the log time. One of 0, of
    another clock, or of a type that has none, means the greatest latency, and that it was sensed at any time since.
    """
    log_ns = message.log_ns
    stamp_ns = stamp_ns_of(message.topic, message.data or b"")
    is_ours = stamp_ns is not None and 0 < stamp_ns <= log_ns and stamp_ns >= began_ns - latency_ns
    start_ns = stamp_ns if is_ours and stamp_ns is not None else log_ns - latency_ns
    if began_ns - latency_ns <= message.publish_ns <= log_ns and message.publish_ns > 0:
        start_ns = min(start_ns, message.publish_ns)
    return Span(start_ns - exposure_ns, log_ns)
