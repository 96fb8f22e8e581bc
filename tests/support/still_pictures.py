"""Zones for still pictures, and what is in such a picture."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np

import geopolicy as gp
from geopolicy.engines.layers import layers_of
from geopolicy.pages.zone_values import zone_values, zones_in
from shapes import box

SVG = "{http://www.w3.org/2000/svg}"
OFF = [gp.Rule(["camera"], gp.Level.OFF)]
SMALL = (500, 375)


def values_of(zones, lon=0.0):
    """The zones of a page, and a level for each."""
    values = zone_values(zones_in(layers_of(zones)), gp.Vehicle(["camera", "lidar"]), lon)[0]
    return values, [value["level"] for value in values]


def squares(*corners: tuple[float, float], name="a zone"):
    """Zones of 0.1 degrees from their lower left corners, longitude first."""
    zones = [gp.Zone(f"z{n}", box(x, y, x + 0.1, y + 0.1), OFF, name=name) for n, (x, y) in enumerate(corners)]
    return gp.ZoneSet(zones)


def pixels_of(content):
    from matplotlib.image import imread

    return np.rint(imread(io.BytesIO(content))[..., :3] * 255).astype(int)


def rgb(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def texts_in(content):
    return [element.text for element in ElementTree.fromstring(content).iter(f"{SVG}text")]


FAR = squares((13.0, 45.0), (19.0, 49.0))
