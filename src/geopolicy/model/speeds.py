"""How far a reported speed is trusted."""

from __future__ import annotations

SPEED_ERROR_MPS = 1.0
"""How far a reported speed may be below the true one."""


def raised(speed_mps: float, error_95_mps: float) -> float:
    """A speed that is trusted in spite of an error that its source states."""
    return speed_mps + max(error_95_mps - SPEED_ERROR_MPS, 0.0)
