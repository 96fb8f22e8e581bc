"""The sets of zones behind an engine: what each says of itself, and which of them has a zone."""

from __future__ import annotations

from geopolicy.model.transitions import DIGESTS_JOINED_BY
from geopolicy.model.zones import ZoneFileHeader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.engines.contract import Engine


def parts_of(engine: Engine) -> tuple[Engine, ...]:
    """The sets of zones of an engine, each as an engine; of one set the engine itself, be it one that wraps another."""
    parts: tuple[Engine, ...] = getattr(engine, "parts", ())
    return parts if len(parts) > 1 else (engine,)


def has_base(engine: Engine | None) -> bool:
    """Whether any of the sets makes a place known."""
    return engine is not None and not all(part.header.is_overlay for part in parts_of(engine))


def latest_issue(engine: Engine) -> datetime | None:
    """The latest time at which any set was issued; None where none says it."""
    issues = (part.header.issued for part in parts_of(engine))
    return max((issued for issued in issues if issued is not None), default=None)


def digests_in(engine: Engine | None) -> str | None:
    """The SHA-256 of every pack, sorted and joined by ``+``; None where one is not known."""
    digests = [] if engine is None else [part.digest for part in parts_of(engine)]
    known = sorted(digest for digest in digests if digest is not None)
    return DIGESTS_JOINED_BY.join(known) if known and len(known) == len(digests) else None


def header_of_zone(engine: Engine, zone_id: str) -> ZoneFileHeader:
    """What the set says of itself that has a zone; an empty header where none has it."""
    parts = parts_of(engine)
    if len(parts) == 1:
        return parts[0].header
    return next((part.header for part in parts if part.decide_zones([zone_id]).causes), ZoneFileHeader())
