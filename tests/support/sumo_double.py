"""A simulation of SUMO without SUMO, for what fails before any vehicle is there."""

from __future__ import annotations

from types import SimpleNamespace


def still(*, is_geographic: bool = True) -> SimpleNamespace:
    """An empty net one kilometre wide at 45 N 13 E, or one that knows metres alone."""
    metre = 9e-6 if is_geographic else 1.0
    simulation = SimpleNamespace(
        getNetBoundary=lambda: ((0.0, 0.0), (1000.0, 1000.0)),
        convertGeo=lambda x, y: (13.0 * is_geographic + x * metre, 45.0 * is_geographic + y * metre),
    )
    return SimpleNamespace(simulation=simulation, vehicle=SimpleNamespace())
