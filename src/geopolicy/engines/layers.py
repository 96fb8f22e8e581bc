"""The layers that a source of zones stands for: packs and sets, each asked by itself."""

from __future__ import annotations

import os
import sys
from bisect import bisect_left
from collections.abc import Iterable

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.pack.format import SUFFIX
from geopolicy.pack.pack import Pack, read_pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    from geopolicy.zonefile.zone_set import ZoneSet

    Layer: TypeAlias = Pack | ZoneSet


def layers_of(source: Any, *, mmap: bool = False) -> list[Layer]:
    """The packs and sets of a source or several. Zone files are one set, but for overlays, which are one each.

    Raises
    ------
    PackError
        If a pack cannot be used.
    ZoneFileError
        If zones cannot be used, or a zone or a pack is there twice.
    TypeError
        For what is no source of zones.
    """
    layers: list[Layer] = []
    zone_sources = []
    for item in _items(source):
        if isinstance(item, Pack) or is_zone_set(item):
            layers.append(item)
        elif isinstance(item, (str, os.PathLike)) and str(os.fspath(item)).lower().endswith(SUFFIX):
            layers.append(read_pack(item, mmap=mmap))
        else:
            zone_sources.append(item)
    if zone_sources or not layers:
        from geopolicy.zonefile.loading import load_zone_files
        from geopolicy.zonefile.zone_set import layers_of_files

        layers += layers_of_files(load_zone_files(zone_sources))
    check_layers(layers)
    return layers


def is_overlay(layer: Layer) -> bool:
    """Whether the zones of a layer make no place known."""
    return layer.is_overlay if isinstance(layer, Pack) else layer.header.is_overlay


def is_zone_set(item: object) -> bool:
    """Whether it is a `ZoneSet`. Where zone files are not read, what reads them is not loaded to tell."""
    module = sys.modules.get("geopolicy.zonefile.zone_set")
    return module is not None and isinstance(item, module.ZoneSet)


def _items(source: Any) -> list[Any]:
    is_one = isinstance(source, (Pack, str, os.PathLike, bytes)) or is_zone_set(source)
    if is_one or callable(getattr(source, "read", None)) or not isinstance(source, Iterable):
        return [source]
    return list(source)


def check_layers(layers: Sequence[Layer]) -> None:
    """Refuses a set that is there twice, be it in two editions, and an id that two sets have.

    Raises
    ------
    ZoneFileError
        Naming the id and both sets.
    """
    problems = []
    for at, later in enumerate(layers):
        for earlier in layers[:at]:
            if is_same_set(earlier, later):
                rule = "a set of zones must be opened once, in one edition"
                value = f"{_name_of(earlier)} and {_name_of(later)}"
                problems.append(Problem("layer-doubled", rule, value, hint="leave one of them out"))
                continue
            problems += _shared_ids(earlier, later)
    if problems:
        raise ZoneFileError(problems)


def is_same_set(one: Layer, other: Layer) -> bool:
    """Whether two layers are editions of one set, or the same."""
    if one.header.id is not None or other.header.id is not None:
        return (is_overlay(one), one.header.id) == (is_overlay(other), other.header.id)
    return one == other


def _shared_ids(earlier: Layer, later: Layer) -> list[Problem]:
    few, many = sorted((earlier, later), key=len)
    rule = "an id must be used in one layer only"
    value = f"it in {_name_of(earlier)} and in {_name_of(later)}"
    shared = [zone_id for zone_id in _ids_of(few) if _has_zone(many, zone_id)]
    return [Problem("id-duplicate", rule, value, "$.id", zone_id, hint="rename one of them") for zone_id in shared]


def _ids_of(layer: Layer) -> list[str]:
    if isinstance(layer, Pack):
        return [layer.zone_id(index) for index in range(len(layer))]
    return [zone.id for zone in layer]


def _has_zone(layer: Layer, zone_id: str) -> bool:
    if not isinstance(layer, Pack):
        return zone_id in layer
    index = bisect_left(range(len(layer)), zone_id, key=layer.zone_id)
    return index < len(layer) and layer.zone_id(index) == zone_id


def _name_of(layer: Layer) -> str:
    """What a message calls a layer: its kind and id, and of a pack its name and digest."""
    kind = "overlay" if is_overlay(layer) else "base"
    named = f"{kind} {layer.header.id!r}" if layer.header.id is not None else f"a {kind} without an id"
    return f"{named} (pack {layer.name!r}, {layer.digest[:12]})" if isinstance(layer, Pack) else named
