"""Sets of zones cut into layers: a base, and overlays that hold the rest of the zones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopolicy as gp

if TYPE_CHECKING:
    from collections.abc import Callable


def overlay_header(name="emergency", revision=1, **more: object) -> gp.ZoneFileHeader:
    return gp.ZoneFileHeader(name, revision, kind="overlay", **more)


def overlay_of(zones, name="emergency", revision=1, **more: object) -> gp.ZoneSet:
    """An overlay with these zones."""
    return gp.ZoneSet(zones, overlay_header(name, revision, **more))


def in_layers(zones: gp.ZoneSet, layer_of: Callable[[int], int]) -> list[gp.ZoneSet]:
    """The base and two overlays of a set; ``layer_of`` says for the number of a zone in which of the three it is."""
    shared = [[zone for i, zone in enumerate(zones) if layer_of(i) == layer] for layer in range(3)]
    header = zones.header
    overlays = [replace(header, kind="overlay", id=name, coverages=(), foreign="{}") for name in ("one", "two")]
    return [gp.ZoneSet(own, head) for own, head in zip(shared, (header, *overlays), strict=True)]


def open_layered(zones: gp.ZoneSet, vehicle=None, engine="auto") -> gp.Engine:
    """A set as a base and two overlays: every zone goes to the next of them."""
    return gp.open(in_layers(zones, lambda number: (number + 1) % 3), vehicle, engine)
