"""What became looser or stricter in the header: where is known, how long, and whose zones these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopolicy.authoring.diff.explain import quoted
from geopolicy.authoring.diff.known_ground import what_is_outside
from geopolicy.authoring.diff.records import HeaderChange
from geopolicy.geometry.effective import effective_coverage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from geopolicy.authoring.diff.rest import Covering
    from geopolicy.geometry.effective import EffectivePolygon
    from geopolicy.model.zones import ZoneFileHeader


def header_findings(old: ZoneFileHeader, new: ZoneFileHeader, covering: Covering) -> tuple[HeaderChange, ...]:
    """The changes of a header that let more through, or less."""
    if old.kind != new.kind:
        text = f"kind {old.kind} -> {new.kind}: vehicles refuse it in the place of the other"
        return (HeaderChange("kind", text, True), *_expires(old, new))
    return (*_coverage(old, new, covering), *_expires(old, new), *_ends(old, new), *_identity(old, new))


def _coverage(old: ZoneFileHeader, new: ZoneFileHeader, covering: Covering) -> Iterator[HeaderChange]:
    """A place is known where all coverages hold it: outside everything is off."""
    known, known_now = _polygons(old), _polygons(new)
    for inner, outer, words, is_looser in (
        (known_now, known, "more is covered: where nothing was known zones alone restrict now", True),
        (known, known_now, "less is covered: where zones alone restricted nothing is known now", False),
    ):
        doubt = what_is_outside(inner, outer, covering)
        if doubt is not None and (is_looser or not doubt):
            yield HeaderChange("coverage", f"{words} ({doubt})" if doubt else words, is_looser, not doubt)


def _polygons(header: ZoneFileHeader) -> list[EffectivePolygon | None]:
    """The coverages of a header; None is one that holds no place."""
    return [effective_coverage(coverage)[0] for coverage in header.coverages]


def _expires(old: ZoneFileHeader, new: ZoneFileHeader) -> Iterator[HeaderChange]:
    if old.expires == new.expires:
        return
    ends = [_time_said(end, "never") for end in (old.expires, new.expires)]
    is_looser = old.expires is not None and (new.expires is None or new.expires > old.expires)
    yield HeaderChange("expires", f"expires {ends[0]} -> {ends[1]}", is_looser)


def _ends(old: ZoneFileHeader, new: ZoneFileHeader) -> Iterator[HeaderChange]:
    """From its end on a vehicle may do without an overlay: one that ends sooner asks less."""
    if old.ends == new.ends:
        return
    times = " -> ".join(_time_said(end, "never") for end in (old.ends, new.ends))
    is_looser = new.ends is not None and (old.ends is None or new.ends < old.ends)
    yield HeaderChange("ends", f"ends {times}", is_looser)


def _identity(old: ZoneFileHeader, new: ZoneFileHeader) -> Iterator[HeaderChange]:
    if old.id != new.id:
        yield HeaderChange("id", f"id {_said(old.id)} -> {_said(new.id)}: vehicles take it for another set", True)
        return
    if old.revision is not None and (new.revision is None or new.revision < old.revision):
        yield HeaderChange("revision", f"revision {old.revision} -> {_said(new.revision)}: it goes back", True)
    if _goes_back(old, new):
        times = " -> ".join(_time_said(each.issued) for each in (old, new))
        yield HeaderChange("issued", f"issued {times}: it goes back, vehicles refuse it", True)


def _goes_back(old: ZoneFileHeader, new: ZoneFileHeader) -> bool:
    """Whether a vehicle with the old edition refuses the new one for its time of issue, as `pack.rollback` does."""
    if old.issued is None:
        return False
    return old.revision is None if new.issued is None else new.issued < old.issued


def _said(value: object) -> str:
    return "none" if value is None else quoted(str(value))


def _time_said(time: datetime | None, without: str = "none") -> str:
    return without if time is None else time.isoformat().replace("+00:00", "Z")
