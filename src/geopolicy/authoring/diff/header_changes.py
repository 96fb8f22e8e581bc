"""What became looser or stricter in the header: where is known, how long, and whose zones these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.authoring.diff.known_ground import what_is_outside
from geopolicy.authoring.diff.records import HeaderChange
from geopolicy.geometry.effective import effective_coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.authoring.diff.rest import Covering
    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import ZoneFileHeader


def header_findings(old: ZoneFileHeader, new: ZoneFileHeader, covering: Covering) -> tuple[HeaderChange, ...]:
    """The changes of a header that let more through, or less."""
    return (*_coverage(old, new, covering), *_expires(old, new), *_identity(old, new))


def _coverage(old: ZoneFileHeader, new: ZoneFileHeader, covering: Covering) -> Iterator[HeaderChange]:
    """A place is known where all coverages hold it: outside everything is off."""
    known, known_now = _polygons(old), _polygons(new)
    for inner, outer, words, is_looser in (
        (known_now, known, "more is covered: where nothing was known zones alone restrict now", True),
        (known, known_now, "less is covered: where zones alone restricted nothing is known now", False),
    ):
        doubt = what_is_outside(inner, outer, covering)
        if doubt is not None:
            yield HeaderChange("coverage", f"{words} ({doubt})" if doubt else words, is_looser, not doubt)


def _polygons(header: ZoneFileHeader) -> list[EffectivePolygon | None]:
    """The coverages of a header; None is one that holds no place."""
    return [effective_coverage(coverage)[0] for coverage in header.coverages]


def _expires(old: ZoneFileHeader, new: ZoneFileHeader) -> Iterator[HeaderChange]:
    if old.expires == new.expires:
        return
    ends = [f"{end:%Y-%m-%dT%H:%M:%SZ}" if end is not None else "never" for end in (old.expires, new.expires)]
    is_looser = old.expires is not None and (new.expires is None or new.expires > old.expires)
    yield HeaderChange("expires", f"expires {ends[0]} -> {ends[1]}", is_looser)


def _identity(old: ZoneFileHeader, new: ZoneFileHeader) -> Iterator[HeaderChange]:
    if old.id != new.id:
        yield HeaderChange("id", f"id {_said(old.id)} -> {_said(new.id)}: vehicles take it for another set", True)
    elif old.revision is not None and (new.revision is None or new.revision < old.revision):
        yield HeaderChange("revision", f"revision {old.revision} -> {_said(new.revision)}: it goes back", True)


def _said(value: object) -> str:
    return "none" if value is None else str(value)
