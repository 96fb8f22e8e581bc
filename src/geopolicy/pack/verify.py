"""Checks a pack where there is no kernel: what the reference engine reads of it."""

from __future__ import annotations

import sys
from array import array
from itertools import pairwise

from geopolicy.pack.format import FAMILIES, MAX_ID_BYTES, NO_TEXT, PAIR, POLE_UNITS, RING_BORDER, RING_EXTERIOR, ZONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.pack.pack import Pack


def verify_without_kernel(pack: Pack) -> int:
    """The status that the kernel would give for what the reference engine reads: records, rings, vertices, texts."""
    counts = pack.counts
    sizes = {
        b"VERT": 8 * counts["vertices"],
        b"RING": PAIR.size * counts["rings"],
        b"ZONE": ZONE.size * (counts["zones"] + counts["coverages"]),
        b"TERM": PAIR.size * counts["terms"],
        b"TEXT": counts["text_bytes"],
    }
    if any(len(pack.section(kind)) != size for kind, size in sizes.items()):
        return 4
    next_ring = 0
    rings = list(PAIR.iter_unpack(pack.section(b"RING")))
    for owner in range(counts["zones"] + counts["coverages"]):
        id_at, id_length, name_at, name_length, number, first_ring, own_rings, family, _ = pack.record(owner)
        has_texts = _has_text(pack, id_at, id_length) and (name_at == NO_TEXT or _has_text(pack, name_at, name_length))
        is_ruled = owner >= counts["zones"] or number < counts["terms"]
        is_ringed = first_ring == next_ring and 0 < own_rings <= len(rings) - next_ring
        is_id = owner >= counts["zones"] or _is_id(pack, id_at, id_length, owner)
        if not (
            is_id
            and has_texts
            and is_ruled
            and is_ringed
            and rings[next_ring][1] == RING_EXTERIOR
            and family < len(FAMILIES)
        ):
            return 6
        next_ring += own_rings
    starts = [first for first, _ in rings] + [counts["vertices"]]
    is_ascending = starts[0] in (0, counts["vertices"]) and all(a + 2 <= b for a, b in pairwise(starts))
    are_rings = next_ring == len(rings) and is_ascending and all(kind <= RING_BORDER for _, kind in rings)
    are_texts = all(_has_text(pack, *place) for place in PAIR.iter_unpack(pack.section(b"TERM")))
    return 0 if are_rings and are_texts and _has_latitudes(pack) else 6


def _is_id(pack: Pack, start: int, length: int, owner: int) -> bool:
    """Whether an id has 1 to 800 bytes, no control character, and stands behind the one before."""
    text = pack.section(b"TEXT")
    own = bytes(text[start : start + length])
    before_at, before_length = pack.record(owner - 1)[:2] if owner > 0 else (0, 0)
    is_behind = owner == 0 or bytes(text[before_at : before_at + before_length]) < own
    return 0 < length <= MAX_ID_BYTES and is_behind and not any(byte < 0x20 or byte == 0x7F for byte in own)


def _has_text(pack: Pack, start: int, length: int) -> bool:
    """Whether a text lies within its section, and begins and ends between characters."""
    text = pack.section(b"TEXT")
    ends = (start, start + length)
    return ends[1] <= len(text) and all(at == len(text) or text[at] & 0xC0 != 0x80 for at in ends)


def _has_latitudes(pack: Pack) -> bool:
    """Whether no vertex lies beyond a pole."""
    numbers = array("i")
    numbers.frombytes(pack.section(b"VERT"))
    if sys.byteorder == "big":
        numbers.byteswap()
    heights = numbers[1::2]
    return not heights or (min(heights) >= -POLE_UNITS and max(heights) <= POLE_UNITS)
