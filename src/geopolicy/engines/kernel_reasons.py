"""What the bits mean with which the kernel says why a position is not known."""

from __future__ import annotations

from geopolicy._kernel import UNKNOWN_ACCURACY, UNKNOWN_COVERAGE, UNKNOWN_POLE, UNKNOWN_POSITION
from geopolicy.model.decisions import Reason

_UNKNOWN = (
    (UNKNOWN_COVERAGE, Reason.OUTSIDE_COVERAGE),
    (UNKNOWN_POLE, Reason.NEAR_POLE),
    (UNKNOWN_POSITION, Reason.INVALID_POSITION),
    (UNKNOWN_ACCURACY, Reason.INVALID_ACCURACY),
)
REASONS = tuple(tuple(sorted(reason for bit, reason in _UNKNOWN if bits & bit)) for bits in range(1 << len(_UNKNOWN)))
"""The reasons for each combination of bits."""
