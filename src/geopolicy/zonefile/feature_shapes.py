"""The geometries of features that are in the form of one, and their effective polygons, many at once.

Of a feature with anything to say about it nothing is made here: it is read alone, which says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.geometry.effective import IN_DEGREES, plain_polygons

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import Geometry

# Corners whose arrays are in memory at once; some 200 bytes each.
_MOST_CORNERS = 1 << 17
_MOST_FEATURES = 1 << 13


class FeatureShape(NamedTuple):
    """The geometry of a feature, None unless it is plain, and its effective polygon as if drawn in WGS 84, None unless
    that is plain.
    """

    geometry: Geometry | None = None
    polygon: EffectivePolygon | None = None


def with_shapes(
    features: Sequence[Any], geometries: Sequence[Geometry | None], counts: Sequence[int], frame: str | None
) -> Iterator[tuple[int, Any, FeatureShape]]:
    """Features with their numbers and shapes.

    ``geometries`` are those that are plain, ``counts`` their corners, ``frame`` is that of most of them.
    """
    for first, end in _chunks(counts):
        chunk = geometries[first:end]
        polygons: Sequence[EffectivePolygon | None] = [None] * len(chunk)
        if frame in IN_DEGREES:
            polygons = plain_polygons(chunk)
        yield from zip(range(first, end), features[first:end], map(FeatureShape, chunk, polygons), strict=True)


def _chunks(counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where runs of features begin and end that have a bounded number of corners together, or are one."""
    first, corners = 0, 0
    for i, count in enumerate(counts):
        if i > first and (corners + count > _MOST_CORNERS or i - first >= _MOST_FEATURES):
            yield first, i
            first, corners = i, 0
        corners += count
    if first < len(counts):
        yield first, len(counts)
