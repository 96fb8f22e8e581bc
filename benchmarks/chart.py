"""Countries of the Digital Chart of the World, 1:1,000,000 (public domain), as in Debian's gmt-dcw; needs h5py."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CHART = Path("/usr/share/gmt-dcw/dcw-gmt.nc")
COUNTRIES = ("US", "RU", "CA", "AU", "AR", "ID", "CL", "NO", "GL")
_BREAK = 65_535  # stands between two rings


def rings_of(country: str) -> list[np.ndarray]:
    """The closed rings ``(n, 2)`` of a country, longitude and latitude in degrees, as they are drawn.

    Raises
    ------
    OSError
        If there is no chart.
    """
    import h5py

    with h5py.File(CHART) as chart:
        axes = [chart[f"{country}_{axis}"] for axis in ("lon", "lat")]
        is_break = axes[0][:] == _BREAK
        columns = [axis[:] / float(axis.attrs["scale"][0]) + float(axis.attrs["min"][0]) for axis in axes]
    pieces = np.split(np.column_stack(columns), np.flatnonzero(is_break))
    rings = [pieces[0], *(piece[1:] for piece in pieces[1:])]
    return [np.concatenate([ring, ring[:1]]) for ring in rings if len(ring)]
