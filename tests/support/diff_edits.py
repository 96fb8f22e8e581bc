"""Random edits of zone sets, and questions near to what they changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

import geopolicy as gp
from diff_rules import CHANGES, conditions, situations, windows
from geopolicy.geometry.effective import effective_polygon
from geopolicy.model.zones import Geometry

SIDE = 40
"""Units of the grid: so small that questions meet every border."""
SENSORS = ("camera", "camera.front", "camera.front.left", "*", "lidar")
LEVELS = (gp.Level.ANONYMIZE, gp.Level.NO_RECORD, gp.Level.OFF)
TIMEZONE = "Europe/Berlin"
RADII = st.sampled_from([0.1, 0.2, 0.4])
NEAR = ((134_999_980, 455_000_000), (1_799_999_980, 100_000_000))
VEHICLES = (
    gp.Vehicle(["camera", "lidar"], class_="bus", shows=["collecting:inside"], limits={"*": {"retain_s": {}}}),
    gp.Vehicle(["camera.front.left", "camera.rear", "lidar.roof"], limits={"*": {"retain_s": {"at_least": 500}}}),
)


def ring_of(units):
    return [[x / 1e7, y / 1e7] for x, y in (*units, units[0])]


def polygon_of(*units: tuple[int, int]):
    return Geometry.from_geojson({"type": "Polygon", "coordinates": [ring_of(units)]})


@st.composite
def rectangles(draw, at):
    x, y = at[0] + draw(st.integers(-10, 10)), at[1] + draw(st.integers(-10, 10))
    w, h = draw(st.integers(2, SIDE)), draw(st.integers(2, SIDE))
    return polygon_of((x, y), (x + w, y), (x + w, y + h + draw(st.integers(0, 3))), (x, y + h))


@st.composite
def rules(draw):
    level = draw(st.sampled_from([gp.Level.ALLOW, *LEVELS]))
    named = {}
    if draw(st.booleans()):
        named["when"] = draw(conditions(is_exemption=False))
    if draw(st.booleans()):
        named["unless"] = draw(st.lists(conditions(is_exemption=True), max_size=2))
    tag = draw(st.integers(0, 5))
    if tag == 0 or level is gp.Level.ALLOW:
        named["limits"] = {"retain_s": draw(st.sampled_from([60, 600, 6000]))}
    if tag == 1:
        named["store_in"] = draw(st.sampled_from(["DE", "AT"]))
    if tag == 2:
        named["must_show"] = [draw(st.sampled_from(["collecting:inside", "stopped:outside"]))]
    if tag == 3:
        named["needs_consent"] = True
    return gp.Rule([draw(st.sampled_from(SENSORS))], level, **named)


@st.composite
def zones_at(draw, at, name):
    rules_of_zone = draw(st.lists(rules(), min_size=1, max_size=2))
    expires = draw(st.sampled_from([None, None, *CHANGES]))
    if draw(st.integers(0, 7)) == 0:
        point = {"type": "Point", "coordinates": [at[0] / 1e7, at[1] / 1e7]}
        return gp.Zone(name, point, rules_of_zone, radius_m=draw(RADII), timezone=TIMEZONE, expires=expires)
    return gp.Zone(name, draw(rectangles(at)), rules_of_zone, timezone=TIMEZONE, expires=expires)


@st.composite
def zone_sets(draw):
    at = draw(st.sampled_from(NEAR))
    return gp.ZoneSet([draw(zones_at(at, name)) for name in "abc"[: draw(st.integers(1, 3))]])


@st.composite
def edited(draw, zone_set):
    """The set after one to four edits."""
    zones = list(zone_set)
    header = zone_set.header
    at = NEAR[0] if effective_polygon(zones[0]).bounds[0] < 1_000_000_000 else NEAR[1]
    for number in range(draw(st.integers(1, 4))):
        if not zones:
            break
        i = draw(st.integers(0, len(zones) - 1))
        zones[i : i + 1] = draw(edits(zones[i], at, f"n{number}"))
    return gp.ZoneSet(zones, header)


@st.composite
def edits(draw, zone, at, name):
    """What one edit makes of a zone: zones in its place."""
    kind = draw(st.sampled_from(KINDS))
    if kind == "drop":
        return []
    if kind == "add":
        return [zone, draw(zones_at(at, name))]
    if kind == "rename":
        return [replace(zone, id=name)]
    if kind == "double":
        return [zone, replace(zone, id=name)]
    if kind == "split" and zone.radius_m is None and len(units_of(zone)) > 4:
        return list(split(zone, name))
    if kind == "move" and zone.radius_m is None:
        shift = draw(st.integers(-2, 2)), draw(st.integers(-2, 2))
        return [replace(zone, geometry=polygon_of(*((x + shift[0], y + shift[1]) for x, y in units_of(zone)[:-1])))]
    if kind == "vertex" and zone.radius_m is None:
        corners = units_of(zone)[:-1]
        x, y = corners[2]
        return [replace(zone, geometry=polygon_of(*corners[:2], (x + draw(st.integers(0, 2)), y + 1), *corners[3:]))]
    if kind == "radius" and zone.radius_m is not None:
        return [replace(zone, radius_m=draw(RADII))]
    if kind == "margin":
        return [replace(zone, margin_m=draw(st.sampled_from([0.0, 0.05, 0.1])))]
    return [replace(zone, rules=[draw(edited_rules(rule)) for rule in zone.rules])]


KINDS = ("drop", "add", "rename", "double", "split", "move", "vertex", "radius", "margin", *["rules"] * 6)


@st.composite
def edited_rules(draw, rule):
    kind = draw(st.sampled_from(["level", "sensors", "lift", "unlift", "window", "limits", "other"]))
    if kind == "level":
        return replace(rule, level=draw(st.sampled_from(LEVELS)))
    if kind == "sensors":
        return replace(rule, sensors=[draw(st.sampled_from(SENSORS))])
    if kind == "lift":
        return replace(rule, unless=(*rule.unless, draw(conditions(is_exemption=True))))
    if kind == "unlift":
        return replace(rule, unless=rule.unless[1:])
    if kind == "window":
        return replace(rule, when=replace(rule.when, active=(*rule.when.active[1:], draw(windows()))))
    if kind == "limits":
        return replace(rule, limits={"retain_s": draw(st.sampled_from([60, 600, 6000]))})
    return draw(rules())


def units_of(zone):
    return [(round(x * 1e7), round(y * 1e7)) for x, y in zone.geometry.to_geojson()["coordinates"][0]]


def split(zone, name):
    """A zone in two, at a line between corners where that is possible."""
    corners = units_of(zone)[:-1]
    first, second = [*corners[:3]], [corners[2], *corners[3:], corners[0]]
    yield replace(zone, geometry=polygon_of(*first))
    yield replace(zone, geometry=polygon_of(*second), id=name)


@st.composite
def questions(draw):
    return (
        draw(st.integers(-15, SIDE + 15)),
        draw(st.integers(-15, SIDE + 15)),
        draw(st.sampled_from([0.0, 0.0, 0.03])),
        draw(situations()),
        draw(st.sampled_from(VEHICLES)),
    )
