"""Zones drawn in an EPSG frame, brought to WGS 84 when they are read (authoring side)."""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.network import is_network_enabled, set_network_enabled  # type: ignore[attr-defined]  # public, not marked so

from geopolicy.geometry.frames import family
from geopolicy.geometry.grid import FULL_TURN, UNITS_PER_DEGREE, to_grid_array
from geopolicy.geometry.tangent_plane import scales, segment_distance_sq

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

AS_WGS84 = ("WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490")
DEVIATION_M = 0.01
"""An edge of the result lies within this of the straight edge in the source frame."""

_SAMPLED_M = 0.8 * DEVIATION_M  # between samples the deviation is a little larger
_INSIDE = np.arange(1, 8) / 8.0  # eighths also see an edge that bends to both sides
_MIDDLE = 3
_MAX_HALVINGS = 45  # 1 cm of an edge round the Earth is 2**-32 of it
_MOST_ADDED = 1_000_000  # vertices of one polygon; an edge across a hemisphere gets about 10,000
_MOST_METRES = 6.5e7  # eastings that begin with the number of a zone go up to 60.5e6
_LONGEST_CODE = 10  # digits of an EPSG code, with room
_RADIANS_PER_DEGREE = np.pi / 180.0


def to_wgs84(frame: str, rings: Iterable[ArrayLike]) -> list[Floats]:
    """The rings of one polygon, exterior first, as WGS 84 longitude and latitude in degrees.

    Each ring has shape ``(n, 2)``: x (east) then y (north) in the unit of an EPSG frame, whatever order its
    registry entry names. Edges that bend are given more vertices until they stay within
    1 cm of the source's straight edge, the same ones in either direction; lines and single positions go
    through like rings. A ring over the antimeridian goes on beyond 180 degrees, within +-360; its
    exterior's middle is in [-180, 180). Vertices shifted for that are on the grid of 1e-7 degrees, so that
    a border shared with an unshifted zone stays the same. Frames equal to WGS 84 pass unchanged, unwrapped too.

    Nothing is fetched: where a better grid of datum shifts is not installed, the best operation that is
    here is used, never one that leaves the datum out.

    Raises
    ------
    ValueError
        If the frame is not WGS84, CGCS2000 or the code of a two-dimensional geographic or projected system that can be
        brought to WGS 84; if a position is not finite or has no place there, as degrees in a frame of metres and
        metres in one of degrees; if a ring goes round a pole or farther than once round the Earth; if an edge
        cannot be followed to 1 cm, or all of them only by more than a million vertices.

    Examples
    --------
    >>> to_wgs84("EPSG:3857", [[[0.0, 0.0], [111319.49079327357, 0.0]]])[0].round(9).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    sources = [_positions(frame, ring) for ring in rings]
    if frame in AS_WGS84:
        return sources
    with _offline():
        transformer = _transformer(frame)
        _check_unit(frame, transformer, sources)
        followed: list[Floats] = []
        left = _MOST_ADDED
        for source in sources:
            followed.append(_densified(frame, transformer, source, left))
            left -= len(followed[-1]) - len(source)
        return _unwrapped_rings(frame, sources, followed)


def check_frame(frame: str) -> None:
    """Refuse an EPSG code from which positions cannot be brought to WGS 84.

    Raises
    ------
    ValueError
        As `to_wgs84` does for the frame itself.
    """
    if frame not in AS_WGS84 and family(frame) == "WGS84":
        _transformer(frame)


def is_in_degrees(frame: str) -> bool:
    """Whether positions of a known frame are degrees, so that a turn of the Earth is 360 of its units."""
    if frame in AS_WGS84 or family(frame) != "WGS84":
        return True
    crs = _transformer(frame).source_crs
    return crs is not None and crs.is_geographic and all(axis.unit_name == "degree" for axis in crs.axis_info)


def is_outside_area_of_use(frame: str, rings: Iterable[Floats]) -> bool:
    """Whether a position ``lon, lat`` of the rings lies outside the area for which an EPSG frame is meant.

    Often right, for a country drawn in one UTM zone, say; but degrees taken for metres show in it.
    """
    crs = _transformer(frame).source_crs
    area = crs.area_of_use if crs is not None else None
    if area is None:
        return False
    lon, lat = np.concatenate(list(rings)).T
    width = (area.east - area.west) % 360.0 or 360.0
    return bool(((lat < area.south) | (lat > area.north) | ((lon - area.west) % 360.0 > width)).any())


def _positions(frame: str, ring: ArrayLike) -> Floats:
    positions = np.array(ring, dtype=np.float64).reshape(-1, 2) if np.size(ring) == 0 else np.array(ring, np.float64)
    if positions.ndim != 2 or positions.shape[1] != 2:
        raise ValueError(f"frame {frame!r}: a ring must have shape (n, 2), got {positions.shape}")
    wrong = ~np.isfinite(positions).all(axis=1)
    if wrong.any():
        at = int(wrong.argmax())
        raise ValueError(f"frame {frame!r}: positions must be finite, got {positions[at].tolist()} - at position {at}")
    return positions


def _check_unit(frame: str, transformer: Transformer, sources: list[Floats]) -> None:
    """Refuse degrees in a frame of metres, metres in one of degrees, and numbers that no position on Earth has."""
    crs = transformer.source_crs
    if crs is None or not any(len(source) for source in sources):
        return
    everything = np.abs(np.concatenate(sources))
    unit, size = crs.axis_info[0].unit_name, crs.axis_info[0].unit_conversion_factor
    x, y = everything.max(axis=0).tolist()
    if crs.is_geographic:
        degrees = size / _RADIANS_PER_DEGREE
        if x * degrees > 360.0 or y * degrees > 90.0:
            rule = f"positions must be in its unit, the {unit}, got numbers up to {x:.9g} and {y:.9g}"
            raise ValueError(f"frame {frame!r}: {rule}; are they swapped, or metres of another frame?")
    elif x <= 360.0 and y <= 90.0:
        rule = f"positions must be in its unit, the {unit}, got numbers that are all like degrees"
        raise ValueError(f"frame {frame!r}: {rule}; if they are, state the frame WGS84")
    elif max(x, y) * size > _MOST_METRES:
        rule = f"positions must be within 65,000 km of the origin, got {max(x, y) * size / 1000.0:.9g} km"
        raise ValueError(f"frame {frame!r}: {rule}")


@contextmanager
def _offline() -> Iterator[None]:
    """PROJ without its network, whatever the process or its environment has set."""
    before = is_network_enabled()
    set_network_enabled(active=False)
    try:
        yield
    finally:
        set_network_enabled(active=before)


def _transformer(frame: str) -> Transformer:
    """The way from a frame to WGS 84; a refusal is remembered, too, for files that repeat it in every zone."""
    transformer = _transformer_or_refusal(frame)
    if isinstance(transformer, str):
        raise ValueError(transformer)
    return transformer


@lru_cache(maxsize=1024)
def _transformer_or_refusal(frame: str) -> Transformer | str:
    try:
        return _made_transformer(frame)
    except ValueError as error:
        return str(error)


def _made_transformer(frame: str) -> Transformer:
    if family(frame) != "WGS84":
        raise ValueError(f"frame {frame!r}: only EPSG frames are converted; fixes are brought into this one")
    code = frame.removeprefix("EPSG:")
    try:
        crs = CRS.from_epsg(int(code) if len(code) < _LONGEST_CODE else 0)
    except CRSError as error:
        raise ValueError(f"frame must be an EPSG code that PROJ knows, got {frame[:40]!r}") from error
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) != 2:
        kind = f"{crs.type_name} {crs.name!r}"
        raise ValueError(f"frame {frame!r}: must be a two-dimensional geographic or projected system, got a {kind}")
    try:
        return transformer_from(crs)
    except ProjError as error:
        raise ValueError(
            f"frame {frame!r}: PROJ cannot bring {crs.name!r} to WGS 84; convert the file first"
        ) from error


def transformer_from(crs: CRS) -> Transformer:
    """The way from a system to longitude and latitude on WGS 84, by what is installed here.

    Raises
    ------
    ProjError
        If PROJ knows none but one that leaves the datum out.
    """
    base = crs.geodetic_crs
    # Equal to WGS 84 by definition here; PROJ knows no operation between the two but the ballpark one.
    is_cgcs2000 = base is not None and base.to_epsg() == 4490
    return Transformer.from_crs(crs, 4490 if is_cgcs2000 else 4326, always_xy=True, allow_ballpark=False)


def _projected(frame: str, transformer: Transformer, positions: Floats) -> Floats:
    lon, lat = transformer.transform(positions[..., 0], positions[..., 1])
    result: Floats = np.stack([lon, lat], axis=-1)
    wrong = ~np.isfinite(result).all(axis=-1)
    if wrong.any():
        value = positions[wrong][0].tolist()
        raise ValueError(f"frame {frame!r}: positions must have a place on WGS 84, got {value}; are x and y swapped?")
    return result


def _densified(frame: str, transformer: Transformer, source: Floats, most_added: int) -> Floats:
    """The vertices in lon/lat, longitudes as PROJ gives them, and more of them where an edge bends.

    An edge is straight in the source frame and a curve in degrees. All edges are halved together, round by
    round: seven positions inside each piece that is left are projected, and if any of them lies off the chord
    by the limit or more, the piece is cut at its middle; a piece that is straight enough is done with. ``t`` is
    where on its edge a vertex lies, 0 to 1, as drawn.

    Pieces run from the lesser end of their edge to the greater, whichever way it is drawn: two zones that share
    a border in opposite directions get the same vertices, to the last bit.

    Each round adds as many vertices as pieces bend; more than ``most_added`` in all are refused before they are made.
    """
    vertices = _projected(frame, transformer, source)
    start, end = source[:-1], source[1:]
    is_backward = (end[:, 0] < start[:, 0]) | ((end[:, 0] == start[:, 0]) & (end[:, 1] < start[:, 1]))
    flip = is_backward[:, np.newaxis]
    low, high = np.where(flip, end, start), np.where(flip, start, end)
    edges, ts, bends = [np.arange(len(source))], [np.zeros(len(source))], [vertices]
    # Of each piece that is left: its edge, its ends as parts of the edge, and its ends in lon/lat.
    edge = np.arange(len(low))
    t0, t1 = np.zeros(len(low)), np.ones(len(low))
    p0, p1 = np.where(flip, vertices[1:], vertices[:-1]), np.where(flip, vertices[:-1], vertices[1:])
    for _ in range(_MAX_HALVINGS):
        inside_t = t0[:, np.newaxis] + (t1 - t0)[:, np.newaxis] * _INSIDE
        steps = inside_t[..., np.newaxis] * (high - low)[edge][:, np.newaxis]
        inside = _projected(frame, transformer, low[edge][:, np.newaxis] + steps)
        is_bent = (_deviation_sq(p0, p1, inside) >= _SAMPLED_M * _SAMPLED_M).any(axis=1)
        if not is_bent.any():
            order = np.lexsort((np.concatenate(ts), np.concatenate(edges)))
            return np.concatenate(bends)[order]
        most_added -= int(is_bent.sum())
        if most_added < 0:
            rule = f"a zone must follow the edges of its frame with at most {_MOST_ADDED:,} more vertices"
            raise ValueError(f"frame {frame!r}: {rule}; is it the right frame? if so, split the zone")
        edge, middle_t, middle = edge[is_bent], inside_t[is_bent, _MIDDLE], inside[is_bent, _MIDDLE]
        edges, bends = [*edges, edge], [*bends, middle]
        ts = [*ts, np.where(is_backward[edge], 1.0 - middle_t, middle_t)]
        t0, t1 = np.concatenate([t0[is_bent], middle_t]), np.concatenate([middle_t, t1[is_bent]])
        p0, p1 = np.concatenate([p0[is_bent], middle]), np.concatenate([middle, p1[is_bent]])
        edge = np.concatenate([edge, edge])
    at = source[edge[0]].tolist()
    raise ValueError(f"frame {frame!r}: edges must be continuous on WGS 84, got one that is torn - after position {at}")


def _deviation_sq(p0: Floats, p1: Floats, inside: Floats) -> Floats:
    """Squared metres from the positions inside each edge, shape (k, 7, 2), to its chord in lon/lat."""
    lon, lat = inside[..., 0] * UNITS_PER_DEGREE, inside[..., 1] * UNITS_PER_DEGREE
    start, end = p0[:, np.newaxis] * UNITS_PER_DEGREE, p1[:, np.newaxis] * UNITS_PER_DEGREE
    per_lat, per_lon = scales(lat)
    x0 = _short_way(start[..., 0] - lon)
    x1 = x0 + _short_way(end[..., 0] - start[..., 0])
    deviation: Floats = segment_distance_sq(x0, start[..., 1] - lat, x1, end[..., 1] - lat, per_lon, per_lat)
    return deviation


def _short_way(units: Floats) -> Floats:
    short: Floats = units - np.rint(units / FULL_TURN) * FULL_TURN
    return short


def _unwrapped_rings(frame: str, sources: list[Floats], rings: list[Floats]) -> list[Floats]:
    """Each ring without jumps of a turn, the first with its middle in [-180, 180), the others beside it.

    PROJ answers with longitudes within +-180, so a ring over the antimeridian jumps by about 360 degrees there.
    First the jumps are undone, vertex by vertex; then the whole ring is moved by as many turns as bring its
    middle where it belongs. Both are whole turns on the grid, so that a vertex that is moved is exactly where a
    neighbour that was not moved has it; vertices that stay keep their doubles. ``double_middle`` is twice the
    middle, which stays whole.
    """
    moved = []
    exterior_double_middle = None
    for source, ring in zip(sources, rings, strict=True):
        if len(ring) == 0:
            moved.append(ring)
            continue
        turns = -np.cumsum(np.rint(np.diff(ring[:, 0], prepend=ring[0, 0]) / 360.0)).astype(np.int64)
        if turns[-1] != 0 and bool((source[0] == source[-1]).all()):
            hint = "draw it in WGS84, from -180 to 180 and along the pole"
            raise ValueError(f"frame {frame!r}: a ring must not go round a pole, got one that does; {hint}")
        x = to_grid_array(ring[:, 0]) + turns * FULL_TURN
        double_middle = int(x.min()) + int(x.max())
        turns_off = (double_middle - (exterior_double_middle or 0) + FULL_TURN) // (2 * FULL_TURN)
        if exterior_double_middle is None:
            exterior_double_middle = double_middle - turns_off * 2 * FULL_TURN
        turns, x = turns - turns_off, x - turns_off * FULL_TURN
        if int(np.abs(x).max()) > FULL_TURN:
            raise ValueError(f"frame {frame!r}: a ring must span at most 360 degrees and lie within +-360, got more")
        lon = np.where(turns == 0, ring[:, 0], x / UNITS_PER_DEGREE)
        moved.append(np.stack([lon, ring[:, 1]], axis=-1))
    return moved
