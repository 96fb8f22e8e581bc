"""Zones before and after a change, and what it makes looser and stricter, as lines and as problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli.console import count_text
from geopolicy.cli.options import is_pack
from geopolicy.cli.zone_input import read_with_warnings
from geopolicy.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from geopolicy.authoring.diff.records import ZoneChange, ZoneSetDiff
    from geopolicy.zonefile.zone_set import ZoneSet

AllowLoosening = Annotated[bool, typer.Option("--allow-loosening", help="Do not refuse what is looser.")]
_MOST_SHOWN = 4
_HINT = "if it is meant: --allow-loosening"


def read_set(
    path: Path,
    others: Sequence[Path] = (),
    *,
    repair: bool = False,
    unwrap: bool | Collection[str] = False,
    on_progress: Callable[[float], object] | None = None,
) -> ZoneSet:
    """The zones of zone files or of a pack."""
    if is_pack(path):
        from geopolicy.pack.decompile import zones_of
        from geopolicy.pack.pack import read_pack

        return zones_of(read_pack(path))
    names = [str(other) for other in others]
    return read_with_warnings([path], others=names, repair=repair, unwrap=unwrap, on_progress=on_progress)[0]


def lines_of(found: ZoneSetDiff) -> Iterator[tuple[str, bool]]:
    """A line for each change of the header and of a zone, and whether it is looser."""
    for change in found.header:
        yield f"header: {'LOOSER' if change.is_looser else 'stricter'}: {change.text}", change.is_looser
    for zone in found.zones:
        yield _line(zone), bool(zone.looser)


def _line(zone: ZoneChange) -> str:
    from geopolicy.authoring.diff.explain import quoted

    name = quoted(zone.zone_id) if zone.new_id is None else f"{quoted(zone.zone_id)} -> {quoted(zone.new_id)}"
    parts = [f"{name}: {zone.change}"]
    for word, findings in (("LOOSER", zone.looser), ("stricter", zone.stricter)):
        if findings:
            shown = [finding.text for finding in findings[:_MOST_SHOWN]]
            more = [f"{len(findings) - _MOST_SHOWN} more"] if len(findings) > _MOST_SHOWN else []
            parts.append(f"{word}: {'; '.join(shown + more)}")
    return ", ".join(parts)


def loosenings(found: ZoneSetDiff) -> list[Problem]:
    """What is looser, as problems for which zones are refused."""
    problems = [
        Problem("loosened", f"the header must not let more through: {change.text}", None, "$.geopolicy", hint=_HINT)
        for change in found.header
        if change.is_looser
    ]
    for zone in found.zones:
        problems += [
            Problem("loosened", f"must not become looser: {finding.text}", None, "$.features", zone.zone_id, hint=_HINT)
            for finding in zone.looser
        ]
    return problems


def summary(found: ZoneSetDiff) -> str:
    """How many zones became what."""
    counts = found.counts()
    rest = ", ".join(f"{count} {name}" for name, count in counts.items() if name != "looser")
    header = sum(change.is_looser for change in found.header)
    of_header = f"; {count_text(header, 'loosening')} in the header" if header else ""
    return f"{count_text(counts['looser'], 'zone')} looser, {rest}{of_header}"
