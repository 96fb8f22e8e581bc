"""From zones to a pack: the same zones, the same bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from geopolicy.base.arguments import check_callable, check_kind
from geopolicy.errors import CompileError, EngineUnavailableError
from geopolicy.geometry.effective import effective_coverage, effective_polygon, is_no_border
from geopolicy.geometry.grid import HALF_TURN, POLE
from geopolicy.pack import format as layout
from geopolicy.pack.pack import Pack
from geopolicy.pack.ruled import extent_of
from geopolicy.pack.rulesets import head_text, ruleset_text
from geopolicy.policy.policy import RuleSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.rules import Rule
    from geopolicy.model.zones import Zone
    from geopolicy.zonefile.zone_set import ZoneSet

LEAF_EDGES = 8
_MOST_VERTICES = 2**31 - 1


def compile(zones: ZoneSet, on_step: Callable[[str], None] | None = None) -> Pack:  # noqa: A001  # geopolicy.compile is the API
    """A pack of zones: what a vehicle loads and the kernel looks up.

    Deterministic: equal sets give equal bytes. Linear in the number of vertices.

    Parameters
    ----------
    zones
        The set. Its coverages and what its header says go into the pack too; texts for people other than
        names do not.
    on_step
        Called with a few words when a step begins, for a display of progress.

    Raises
    ------
    CompileError
        If thousands of edges of one zone meet in one place, or if the set is too large: what to do stands in
        the message.
    EngineUnavailableError
        If this installation has no kernel.

    Examples
    --------
    >>> import geopolicy as gp
    >>> zones = gp.read_zones("zones")
    >>> pack = gp.compile(zones)
    >>> len(pack) == len(zones), pack.digest == gp.compile(zones).digest
    (True, True)
    """
    from geopolicy.zonefile.zone_set import ZoneSet

    check_kind("zones", zones, ZoneSet, "a ZoneSet, such as read_zones gives")
    check_callable("on_step", on_step)
    try:
        from geopolicy import _kernel
    except ImportError as error:
        raise EngineUnavailableError(
            "compile needs the kernel, which is not built here; see geopolicy doctor"
        ) from error
    say = on_step or (lambda _step: None)
    say("gathering vertices")
    shapes = _Shapes(zones)
    records, ruleset_pairs, text = _records(zones, shapes)
    say(f"building the index of {len(shapes.flags):,} vertices")
    built = _kernel.build(shapes.vertices, shapes.flags, shapes.ends, shapes.families, shapes.origins, LEAF_EDGES)
    if built[0] != _kernel.BUILD_OK:
        raise _refused(built, zones)
    say("putting the pack together")
    _, roots, nodes, leaves, set_ends, set_members, indexes, max_leaf_edges = built
    sections: list[bytes | NDArray[Any]] = [
        shapes.vertices, shapes.rings, records, set_ends, set_members, roots, nodes, leaves, ruleset_pairs, text,
        head_text(zones.header).encode(),
    ]  # fmt: skip
    counts = (
        len(zones), len(shapes.ends) - len(zones), len(shapes.flags), len(shapes.rings),
        len(set_ends) // 4, len(set_members) // 4, len(nodes) // 64, len(leaves) // 4,
        len(ruleset_pairs) // 8, len(text), max(index[8] for index in indexes), max_leaf_edges, len(roots) // 4,
    )  # fmt: skip
    number = layout.FORMAT_OVERLAY if zones.header.is_overlay else layout.FORMAT
    return Pack(_assembled(sections, counts, indexes, number), is_trusted=True)


class _Shapes:
    """The effective polygons of all zones, then of all coverages, as arrays.

    Attributes
    ----------
    vertices
        int32 ``(n, 2)``, x relative to the origin of the owner.
    flags
        uint8 ``(n,)``: what the edge from each vertex to the next counts for.
    rings
        uint32 ``(m, 2)``: first vertex and kind of each ring.
    ends, ring_ends
        uint32, of each owner: where its vertices and its rings end.
    families, origins
        uint8 and int8, of each owner.
    """

    def __init__(self, zones: ZoneSet) -> None:
        polygons = [effective_polygon(zone) for zone in zones]
        polygons += [drawn for coverage in zones.header.coverages if (drawn := effective_coverage(coverage)[0])]
        rings: list[NDArray[np.int64]] = []
        kinds: list[int] = []
        ring_ends: list[int] = []
        for polygon in polygons:
            for part in polygon.polygons:
                rings += part
                kinds += [layout.RING_EXTERIOR] + [layout.RING_INTERIOR] * (len(part) - 1)
            pieces = [piece.reshape(2, 2) for piece in polygon.border_pieces]
            rings += pieces
            kinds += [layout.RING_BORDER] * len(pieces)
            ring_ends.append(len(rings))
        lengths = np.array([len(ring) for ring in rings], dtype=np.int64)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        if ends[-1] > _MOST_VERTICES:
            raise CompileError(
                f"a pack must have at most {_MOST_VERTICES} vertices, got {ends[-1]}; compile regions apart"
            )
        self.rings = np.column_stack([ends[:-1], kinds]).astype("<u4").reshape(-1, 2)
        self.ring_ends = np.array(ring_ends, dtype=np.int64)
        self.ends = ends[self.ring_ends].astype(np.uint32) if polygons else np.zeros(0, dtype=np.uint32)
        self.families = np.array([layout.FAMILIES.index(polygon.family) for polygon in polygons], dtype=np.uint8)
        self.origins = np.array([_origin(polygon) for polygon in polygons], dtype=np.int8)
        absolute = np.concatenate(rings) if rings else np.zeros((0, 2), dtype=np.int64)
        self.flags = _flags(absolute, ends, kinds)
        self.vertices = self._relative(absolute)

    def _relative(self, absolute: NDArray[np.int64]) -> NDArray[np.int32]:
        if self.origins.any():
            counts = np.diff(np.concatenate([[0], self.ends])).astype(np.int64)
            absolute[:, 0] -= np.repeat(self.origins.astype(np.int64) * layout.ORIGIN_UNITS, counts)
        return absolute.astype("<i4")


def _flags(vertices: NDArray[np.int64], ends: NDArray[np.int64], kinds: list[int]) -> NDArray[np.uint8]:
    from geopolicy._kernel import EDGE_BORDERS, EDGE_COVERS

    flags = np.full(len(vertices), EDGE_COVERS | EDGE_BORDERS, dtype=np.uint8)
    if len(vertices) == 0:
        return flags
    flags[ends[1:] - 1] = 0
    if int(np.abs(vertices[:, 0]).max()) >= HALF_TURN or int(np.abs(vertices[:, 1]).max()) >= POLE:
        edges = np.hstack([vertices[:-1], vertices[1:]])
        flags[:-1][is_no_border(edges)] &= EDGE_COVERS
    for ring in np.flatnonzero(np.array(kinds) == layout.RING_BORDER).tolist():
        flags[ends[ring]] = EDGE_BORDERS
    return flags


def _origin(polygon: EffectivePolygon) -> int:
    """Where x begins, in units of 10 degrees, so that all vertices fit 32 bits."""
    west, _, east, _ = polygon.bounds
    if west >= -(2**31) and east < 2**31:
        return 0
    origin: int = round((west + east) / 2 / layout.ORIGIN_UNITS)
    if west - origin * layout.ORIGIN_UNITS < -(2**31) or east - origin * layout.ORIGIN_UNITS >= 2**31:
        raise CompileError("an effective polygon must span at most 400 degrees of longitude")  # as its builder sees to
    return origin


def _records(zones: ZoneSet, shapes: _Shapes) -> tuple[bytes, bytes, bytes]:
    """The records of zones and coverages, those of rule sets, and the text that they refer to."""
    texts: list[bytes] = []
    rulesets = _RulesetTexts()
    records = bytearray()
    at = 0
    first_rings = np.concatenate([[0], shapes.ring_ends]).tolist()
    for owner, zone in enumerate([*zones, *zones.header.coverages]):
        ring, end = first_rings[owner], first_rings[owner + 1]
        shape = (ring, end - ring, int(shapes.families[owner]), int(shapes.origins[owner]))
        if owner >= len(zones):
            records += layout.ZONE.pack(0, 0, layout.NO_TEXT, 0, 0, *shape)
            continue
        zone_id, name = zone.id.encode(), (zone.name or "").encode()
        name_at = layout.NO_TEXT if zone.name is None else at + len(zone_id)
        records += layout.ZONE.pack(at, len(zone_id), name_at, len(name), rulesets.number_of(zone), *shape)
        texts += [zone_id, name]
        at += len(zone_id) + len(name)
    pairs = bytearray()
    for text in rulesets.numbers:
        raw = text.encode()
        pairs += layout.PAIR.pack(at, len(raw))
        texts.append(raw)
        at += len(raw)
    return bytes(records), bytes(pairs), b"".join(texts)


class _RulesetTexts:
    """The texts of rule sets, each once, with their numbers in order."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._by_objects: dict[tuple[object, ...], int] = {}
        self._by_sun: dict[int, bool] = {}

    def _has_sun_hours(self, rule: Rule) -> bool:
        """As the rule says it, worked out once for each object."""
        is_by_sun = self._by_sun.get(id(rule))
        if is_by_sun is None:
            is_by_sun = self._by_sun[id(rule)] = rule.has_sun_hours
        return is_by_sun

    def number_of(self, zone: Zone) -> int:
        """The number of a zone's rule set; zones that share rule objects need no text of their own."""
        extent = extent_of(zone) if any(map(self._has_sun_hours, zone.rules)) else None
        key = (*map(id, zone.rules), zone.timezone, zone.expires, extent)
        number = self._by_objects.get(key)
        if number is None:
            text = ruleset_text(RuleSet(zone.rules, zone.timezone, zone.expires, extent))
            number = self._by_objects[key] = self.numbers.setdefault(text, len(self.numbers))
        return number


def _refused(built: tuple[int, ...], zones: ZoneSet) -> CompileError:
    from geopolicy import _kernel

    if built[0] == _kernel.BUILD_CROWDED:
        owner = built[1]
        name = f"zone {zones.zones[owner].id!r}" if owner < len(zones) else "a coverage"
        return CompileError(
            f"{name}: thousands of edges must not meet in one place, got more than a leaf holds; simplify it"
        )
    if built[0] == _kernel.BUILD_LARGE:
        return CompileError("the zones overlap too much, or are too many, for one pack; compile regions apart")
    return CompileError("out of memory; compile regions apart")


def _assembled(
    sections: Sequence[bytes | NDArray[Any]], counts: tuple[int, ...], indexes: Sequence[tuple[int, ...]], number: int
) -> bytearray:
    """The file of this format: header, then the sections, each at a multiple of 64 bytes."""
    header = bytearray(layout.HEADER_BYTES)
    parts: list[bytes | bytearray | memoryview] = [header]
    at = layout.HEADER_BYTES
    for i, (kind, section) in enumerate(zip(layout.SECTIONS, sections, strict=True)):
        raw = section if isinstance(section, bytes) else section.reshape(-1).data.cast("B") if section.size else b""
        gap = -at % layout.ALIGNMENT
        parts += [bytes(gap), raw]
        at += gap
        layout.SECTION.pack_into(header, layout.SECTIONS_AT + i * layout.SECTION.size, kind, at, len(raw))
        at += len(raw)
    struct.pack_into("<8sIIQI", header, 0, layout.MAGIC, number, layout.HEADER_BYTES, at, len(layout.SECTIONS))
    struct.pack_into(f"<{len(counts)}I", header, layout.COUNTS_AT, *counts)
    for i, index in enumerate(indexes):
        layout.FAMILY_INDEX.pack_into(header, layout.FAMILIES_AT + 64 * i, *index)
    file = bytearray().join(parts)
    whole = memoryview(file)
    whole[layout.DIGEST_AT : layout.COUNTS_AT] = layout.checksum(whole[: layout.DIGEST_AT], whole[layout.COUNTS_AT :])
    return file
