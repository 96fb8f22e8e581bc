"""How the bytes of a pack become numbers: docs/spec/pack-v1.md, field by field."""

from __future__ import annotations

import hashlib
import struct

from geopolicy.geometry import frames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SUFFIX = ".gpol"
MAGIC = b"GPOLPACK"
FORMAT = 1
FORMAT_OVERLAY = 2
HEADER_BYTES = 640
ALIGNMENT = 64
DIGEST_AT = 32
COUNTS_AT = 64
FAMILIES_AT = 128
SECTIONS_AT = 320
COUNTS = (
    "zones",
    "coverages",
    "vertices",
    "rings",
    "sets",
    "set_members",
    "nodes",
    "leaf_words",
    "terms",
    "text_bytes",
    "max_depth",
    "max_leaf_edges",
    "roots",
)
FAMILY_INDEX = struct.Struct("<ii7I28x")
SECTION = struct.Struct("<4s4xQQ")
SECTIONS = (b"VERT", b"RING", b"ZONE", b"SETE", b"SETM", b"ROOT", b"NODE", b"LEAF", b"TERM", b"TEXT", b"META")
ZONE = struct.Struct("<7IBb2x")
PAIR = struct.Struct("<II")
NO_TEXT = 0xFFFFFFFF
LARGE = 4_000_000  # bytes: from here on a second thread is worth its cost
MAX_ID_BYTES = 800
FAMILIES = frames.FAMILIES  # a record holds their number
ORIGIN_UNITS = 100_000_000
POLE_UNITS = 900_000_000
RING_EXTERIOR, RING_INTERIOR, RING_BORDER = 0, 1, 2


def checksum(before: Any, after: Any) -> bytes:
    """SHA-256 over a pack without the 32 bytes that hold it."""
    digest = hashlib.sha256(before)
    digest.update(after)
    return digest.digest()
