"""What zone files have lost, besides the header, of the file that their header comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geopolicy.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.zonefile.header_of import HeaderSource
    from geopolicy.zonefile.reader import ZoneFile

_MOST_NAMED = 3
_HEADER_ALONE = "give --header a JSON file with the header alone"


def with_losses(header: HeaderSource, files: Sequence[ZoneFile]) -> list[ZoneFile]:
    """The files, with a problem in them for what the zones of the header's file stated and they do not.

    A property that no zone has any more is an error, and so is the loss of all zones: a program has dropped it.
    """
    if not header.words or not files:
        return list(files)
    losses: dict[str, list[str]] = {}
    owners = {zone_id: i for i, file in enumerate(files) for zone_id in file.words}
    stated = {word for file in files for words in file.words.values() for word in words}
    for zone_id in header.words.keys() & owners.keys():
        for word in _lost(header.words[zone_id], files[owners[zone_id]].words[zone_id]):
            losses.setdefault(word, []).append(zone_id)
    problems: dict[int, list[Problem]] = {}
    gone = sorted(header.words.keys() - owners.keys())
    if gone:
        problems[len(files) - 1] = [_gone(header, gone, files[-1].file)]
    for word in sorted(losses):
        zone_ids = sorted(losses[word])
        place = owners[zone_ids[0]]
        loss = _loss(header, word, zone_ids, files[place], is_column=word not in stated)
        problems.setdefault(place, []).append(loss)
    return [replace(file, problems=(*file.problems, *problems.get(i, ()))) for i, file in enumerate(files)]


def _gone(header: HeaderSource, gone: list[str], file: str | None) -> Problem:
    value = f"{len(gone)} of {len(header.words)} missing: {_named(gone)}"
    hint = f"if they are removed on purpose, {_HEADER_ALONE}"
    if len(gone) == len(header.words):
        rule = f"at least one zone of {header.file} must still be there by its id"
        return Problem("zones-lost", rule, value, "$.features", file=file, hint=hint)
    rule = f"zones of {header.file} are not there any more"
    return Problem("zone-gone", rule, value, "$.features", file=file, hint="are they meant to go?", is_warning=True)


def _loss(header: HeaderSource, word: str, zone_ids: list[str], file: ZoneFile, *, is_column: bool) -> Problem:
    path = f"{file.places.get(zone_ids[0], '$.features')}.properties.{word}"
    value = f"{len(zone_ids)} without it: {_named(zone_ids)}"
    if is_column:
        rule = f"{word}, which zones have in {header.file}, must not be lost in every zone"
        hint = f"export it in a form that keeps it, such as GeoJSON; if it is removed on purpose, {_HEADER_ALONE}"
        return Problem("column-lost", rule, value, path, file=file.file, hint=hint)
    rule = f"zones that have {word} in {header.file} have it no more"
    return Problem("property-gone", rule, value, path, file=file.file, hint="is that meant?", is_warning=True)


def _named(zone_ids: list[str]) -> str:
    names = ", ".join(map(repr, zone_ids[:_MOST_NAMED]))
    return names if len(zone_ids) <= _MOST_NAMED else f"{names} and {len(zone_ids) - _MOST_NAMED} more"


def _lost(before: frozenset[str], after: frozenset[str]) -> frozenset[str]:
    """The words that are gone; ``rules`` that somebody rewrote as ``disable`` are not."""
    is_rewritten = "disable" in after and "disable" not in before
    return before - after - ({"rules"} if is_rewritten else set())
