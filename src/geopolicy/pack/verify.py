"""Checks the structure of a pack where there is no kernel: what the reference engine reads of it."""

from __future__ import annotations

import sys
from array import array
from itertools import pairwise

from geopolicy.pack.format import FAMILIES, MAX_ID_BYTES, NO_TEXT, PAIR, POLE_UNITS, RING_BORDER, RING_EXTERIOR, ZONE
from geopolicy.pack.status import PackStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.pack.raw import RawPack


def status_without_kernel(raw: RawPack) -> PackStatus:
    """The status that the kernel would give for what the reference engine reads: records, rings, vertices, texts.

    The index of the kernel, of which the reference engine reads nothing, is not checked.
    """
    if not _are_sections_as_long_as_counted(raw):
        return PackStatus.SECTION
    rings = list(PAIR.iter_unpack(raw.section(b"RING")))
    is_valid = (
        _are_records(raw, [kind for _, kind in rings])
        and _are_rings(rings, raw.counts["vertices"])
        and all(_has_text(raw, *extent) for extent in PAIR.iter_unpack(raw.section(b"TERM")))
        and _has_latitudes(raw)
    )
    return PackStatus.OK if is_valid else PackStatus.RECORD


def _are_sections_as_long_as_counted(raw: RawPack) -> bool:
    counts = raw.counts
    sizes = {
        b"VERT": 8 * counts["vertices"],
        b"RING": PAIR.size * counts["rings"],
        b"ZONE": ZONE.size * (counts["zones"] + counts["coverages"]),
        b"TERM": PAIR.size * counts["terms"],
        b"TEXT": counts["text_bytes"],
    }
    return all(len(raw.section(kind)) == size for kind, size in sizes.items())


def _are_records(raw: RawPack, kinds: list[int]) -> bool:
    """Whether every owner has its texts, rule set and family, and its rings follow those of the owner before."""
    zones, owners = raw.counts["zones"], raw.counts["zones"] + raw.counts["coverages"]
    next_ring = 0
    for owner in range(owners):
        *_, first_ring, ring_count, family, _origin = raw.record(owner)
        has_rings = first_ring == next_ring and 0 < ring_count <= len(kinds) - next_ring
        if not (has_rings and kinds[next_ring] == RING_EXTERIOR and family < len(FAMILIES)):
            return False
        if not (_has_texts(raw, owner) and (owner >= zones or _is_zone(raw, owner))):
            return False
        next_ring += ring_count
    return next_ring == len(kinds)


def _has_texts(raw: RawPack, owner: int) -> bool:
    id_at, id_length, name_at, name_length, *_ = raw.record(owner)
    return _has_text(raw, id_at, id_length) and (name_at == NO_TEXT or _has_text(raw, name_at, name_length))


def _is_zone(raw: RawPack, owner: int) -> bool:
    """Whether a zone has an id of 1 to 800 bytes without control characters, behind the one before, and a rule set."""
    start, length, _, _, ruleset, *_ = raw.record(owner)
    text = raw.section(b"TEXT")
    zone_id = bytes(text[start : start + length])
    if owner > 0:
        start_before, length_before, *_ = raw.record(owner - 1)
        if bytes(text[start_before : start_before + length_before]) >= zone_id:
            return False
    has_controls = any(byte < 0x20 or byte == 0x7F for byte in zone_id)
    return 0 < length <= MAX_ID_BYTES and not has_controls and ruleset < raw.counts["terms"]


def _has_text(raw: RawPack, start: int, length: int) -> bool:
    """Whether a text lies within its section, and begins and ends between characters."""
    text = raw.section(b"TEXT")
    ends = (start, start + length)
    return ends[1] <= len(text) and all(at == len(text) or text[at] & 0xC0 != 0x80 for at in ends)


def _are_rings(rings: list[tuple[int, int]], vertices: int) -> bool:
    """Whether the rings have kinds that there are, and part all vertices among them, at least two for each."""
    starts = [first for first, _ in rings] + [vertices]
    is_parted = starts[0] in (0, vertices) and all(a + 2 <= b for a, b in pairwise(starts))
    return is_parted and all(kind <= RING_BORDER for _, kind in rings)


def _has_latitudes(raw: RawPack) -> bool:
    """Whether no vertex lies beyond a pole."""
    numbers = array("i")
    numbers.frombytes(raw.section(b"VERT"))
    if sys.byteorder == "big":
        numbers.byteswap()
    latitudes = numbers[1::2]
    return not latitudes or (min(latitudes) >= -POLE_UNITS and max(latitudes) <= POLE_UNITS)
