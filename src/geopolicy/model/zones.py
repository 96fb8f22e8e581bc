"""Restricted areas as people state them: geometry, rules and the header of their file."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from geopolicy.base.arguments import are_texts, check_bool, check_kind, check_text, list_of, number
from geopolicy.base.records import set_fields, short_repr
from geopolicy.model.rules import Rule
from geopolicy.model.times import in_utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

MAX_ID_LENGTH = 200
LIST_DEPTH = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}
"""How many lists are nested round the positions of a geometry's coordinates."""
GEOMETRY_TYPES = tuple(LIST_DEPTH)
BASE = "base"
OVERLAY = "overlay"
SET_KINDS = (BASE, OVERLAY)
"""What a set of zones may be: complete within its coverage, or an addition that makes no place known."""


def pack_positions(positions: Iterable[Iterable[float]]) -> bytes:
    """Positions as consecutive doubles, longitude first. Altitudes are left out."""
    packed = array("d")
    for position in positions:
        pair = tuple(position)[:2]
        if len(pair) != 2:
            raise TypeError(f"a position needs longitude and latitude, got {len(pair)} numbers")
        packed.extend(pair)
    return packed.tobytes()


def unpack_positions(packed: bytes) -> list[tuple[float, float]]:
    """The inverse of `pack_positions`: ``[(lon, lat), ...]``."""
    flat = array("d", packed)
    return list(zip(flat[::2], flat[1::2], strict=True))


@dataclass(frozen=True, slots=True, repr=False)
class Geometry:
    """A GeoJSON geometry (RFC 7946 3.1) in the frame of its zone.

    ``parts`` holds polygons, each a tuple of rings, each ring its positions packed
    as doubles ``lon, lat, lon, lat, ...`` in the machine's byte order. A Point or a
    LineString is one part with one such run. `from_geojson` and `to_geojson` are the
    readable forms.

    Examples
    --------
    >>> square = Geometry.from_geojson(
    ...     {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]})
    >>> square.to_geojson()["coordinates"][0][1]
    [1.0, 0.0]
    """

    type: str
    parts: tuple[tuple[bytes, ...], ...]

    @classmethod
    def from_geojson(cls, source: Mapping[str, Any]) -> Geometry:
        """From a GeoJSON geometry object.

        Raises
        ------
        ValueError
            For a type other than Point, LineString, Polygon and MultiPolygon, or
            coordinates that are not nested lists of numbers as the type asks.
        """
        check_kind("a geometry", source, Mapping, "a GeoJSON object, such as {'type': 'Point', ...}")
        kind = source.get("type")
        if not isinstance(kind, str) or kind not in LIST_DEPTH:
            raise ValueError(f"a geometry's type must be one of {', '.join(GEOMETRY_TYPES)}, got {kind!r}")
        nested: Any = source.get("coordinates")
        for _ in range(3 - LIST_DEPTH[kind]):
            nested = [nested]
        try:
            parts = tuple(tuple(pack_positions(ring) for ring in polygon) for polygon in nested)
        except (TypeError, OverflowError) as error:
            raise ValueError(f"coordinates of a {kind} must be nested lists of numbers: {error}") from error
        if not parts or not all(parts):
            raise ValueError(f"coordinates of a {kind} must hold at least one ring in each polygon, got none")
        return cls(kind, parts)

    def to_geojson(self) -> dict[str, Any]:
        """As a GeoJSON geometry object, positions ``[lon, lat]``."""
        nested: Any = [[[list(p) for p in unpack_positions(ring)] for ring in part] for part in self.parts]
        for _ in range(3 - LIST_DEPTH[self.type]):
            nested = nested[0]
        return {"type": self.type, "coordinates": nested}

    def __repr__(self) -> str:
        count = sum(len(ring) for part in self.parts for ring in part) // 16
        return f"Geometry({self.type}, {count} positions)"


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Zone:
    """One restricted area: an id, a geometry and what it asks of sensors.

    Parameters
    ----------
    id
        Unique within a set; not empty.
    geometry
        A `Geometry`, or a GeoJSON geometry object. A Point needs ``radius_m``, a
        LineString ``width_m`` (the whole width).
    rules
        At least one `Rule`.
    radius_m, width_m
        Metres, above 0, at most 100,000.
    margin_m
        Metres by which the area is grown on every side, 0 to 100,000.
    frame
        ``"WGS84"``, ``"CGCS2000"``, ``"GCJ-02"``, ``"BD-09"`` or ``"EPSG:<n>"``: the system
        in which the positions were drawn.
    timezone
        IANA name in which the windows of the rules are local.
    expires
        Aware datetime after which exemptions (``unless``) no longer lift a rule.
    name, reason, source
        Text for people: what it is called, why it is there, who says so.
    repair
        Where rings cross or overlap, take all that any loop of an exterior encloses, fill holes
        that cross themselves and unite overlapping parts. Otherwise such a geometry is refused.
    illustrative
        True for an example that no authority stands behind.
    foreign
        Members that this library does not know, kept as canonical JSON: those of the feature
        and those of its ``properties``.

    Raises
    ------
    ValueError
        For a geometry object of another type or without numbers, or a time without zone.
    TypeError
        For a member of another type, such as a ``repair`` that is not True or False.

    Notes
    -----
    A zone is checked when it joins a `ZoneSet` or an engine, not when it is made.
    """

    id: str
    geometry: Geometry
    rules: tuple[Rule, ...]
    name: str | None = None
    reason: str | None = None
    radius_m: float | None = None
    width_m: float | None = None
    margin_m: float = 0.0
    frame: str = "WGS84"
    timezone: str | None = None
    expires: datetime | None = None
    source: str | None = None
    repair: bool = False
    illustrative: bool = False
    foreign: tuple[str, str] = ("{}", "{}")
    _derived: object = field(init=False, compare=False, repr=False)  # belongs to geometry.effective alone

    def __init__(
        self,
        id: str,  # noqa: A002  # RFC 7946 calls it id
        geometry: Geometry | Mapping[str, Any],
        rules: Iterable[Rule],
        *,
        name: str | None = None,
        reason: str | None = None,
        radius_m: float | None = None,
        width_m: float | None = None,
        margin_m: float = 0.0,
        frame: str = "WGS84",
        timezone: str | None = None,
        expires: datetime | None = None,
        source: str | None = None,
        repair: bool = False,
        illustrative: bool = False,
        foreign: tuple[str, str] = ("{}", "{}"),
    ) -> None:
        check_kind("frame", frame, str, "a text")
        if not are_texts(name, reason, source, timezone):
            for what, text in (("name", name), ("reason", reason), ("source", source), ("timezone", timezone)):
                check_text(what, text)
        check_bool("repair", repair)
        check_bool("illustrative", illustrative)
        set_fields(
            self,
            id=id,
            geometry=_as_geometry(geometry),
            rules=list_of("rules", rules, Rule, "Rules"),
            name=name,
            reason=reason,
            radius_m=None if radius_m is None else number("radius_m", radius_m),
            width_m=None if width_m is None else number("width_m", width_m),
            margin_m=number("margin_m", margin_m),
            frame=frame,
            timezone=timezone,
            expires=_in_utc("expires", expires),
            source=source,
            repair=repair,
            illustrative=illustrative,
            foreign=foreign,
            _derived=None,
        )

    __repr__ = short_repr

    def __reduce__(self) -> tuple[Any, ...]:
        return _make_zone, ({item.name: getattr(self, item.name) for item in fields(self) if item.init},)


def _make_zone(values: dict[str, Any]) -> Zone:
    return Zone(**values)


def _as_geometry(source: Geometry | Mapping[str, Any]) -> Geometry:
    return source if isinstance(source, Geometry) else Geometry.from_geojson(source)


def _in_utc(name: str, time: datetime | None) -> datetime | None:
    return None if time is None else in_utc(name, time)


def is_revision(number: int) -> bool:
    """Whether a whole number can be the revision of a file."""
    return 0 <= number < 2**63


def is_zone_id(zone_id: object) -> bool:
    """Whether a text can name a zone: printable text of 1 to 200 characters, not only blanks."""
    return (
        isinstance(zone_id, str) and bool(zone_id.strip()) and len(zone_id) <= MAX_ID_LENGTH and zone_id.isprintable()
    )


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Coverage:
    """The area for which a file claims to be complete, in the file's frame."""

    geometry: Geometry
    frame: str = "WGS84"
    _derived: object = field(init=False, compare=False, repr=False)  # belongs to geometry.effective alone

    def __init__(self, geometry: Geometry | Mapping[str, Any], frame: str = "WGS84") -> None:
        check_kind("frame", frame, str, "a text")
        set_fields(self, geometry=_as_geometry(geometry), frame=frame, _derived=None)

    __repr__ = short_repr

    def __reduce__(self) -> tuple[Any, ...]:
        return Coverage, (self.geometry, self.frame)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class ZoneFileHeader:
    """What a zone file says of itself. ``frame``, ``timezone`` and ``expires`` are defaults of its zones.

    ``coverages`` is empty where the file claims the whole world. A ``kind`` of ``"overlay"`` is one that adds zones to
    those of bases and claims no place at all: it has no coverages, and may have an instant at which it ``ends``.

    Raises
    ------
    ValueError
        For a ``revision`` that is not 0 to 2**63 - 1, a ``kind`` that is none, or a time without zone.
    TypeError
        For a member of another type.
    """

    id: str | None = None
    revision: int | None = None
    issued: datetime | None = None
    expires: datetime | None = None
    frame: str = "WGS84"
    timezone: str | None = None
    authority: str | None = None
    licence: str | None = None
    coverages: tuple[Coverage, ...] = ()
    foreign: str = "{}"
    kind: str = BASE
    ends: datetime | None = None

    def __init__(
        self,
        id: str | None = None,  # noqa: A002  # as above
        revision: int | None = None,
        *,
        issued: datetime | None = None,
        expires: datetime | None = None,
        frame: str = "WGS84",
        timezone: str | None = None,
        authority: str | None = None,
        licence: str | None = None,
        coverages: Iterable[Coverage] = (),
        foreign: str = "{}",
        kind: str = BASE,
        ends: datetime | None = None,
    ) -> None:
        check_kind("frame", frame, str, "a text")
        check_kind("kind", kind, str, "a text")
        if kind not in SET_KINDS:
            raise ValueError(f"kind must be one of {', '.join(SET_KINDS)}, got {kind!r}")
        for what, text in (("id", id), ("timezone", timezone), ("authority", authority), ("licence", licence)):
            check_text(what, text)
        if revision is not None and (isinstance(revision, bool) or not isinstance(revision, int)):
            raise TypeError(f"revision must be a whole number or None, got {type(revision).__name__}")
        if revision is not None and not is_revision(revision):
            got = "one below" if revision < 0 else "one above"
            raise ValueError(f"revision must be 0 to 2**63 - 1, got {got}")
        set_fields(
            self,
            id=id,
            revision=revision,
            issued=_in_utc("issued", issued),
            expires=_in_utc("expires", expires),
            frame=frame,
            timezone=timezone,
            authority=authority,
            licence=licence,
            coverages=list_of("coverages", coverages, Coverage, "Coverages"),
            foreign=foreign,
            kind=kind,
            ends=_in_utc("ends", ends),
        )

    @property
    def is_overlay(self) -> bool:
        """Whether the set adds zones to those of bases, and makes no place known."""
        return self.kind == OVERLAY

    __repr__ = short_repr
