"""Random edits of zone sets, and questions near to what they changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

import geopolicy as gp
from diff_rules import CHANGES, ZONES, conditions, situations, windows
from diff_scenes import METRES, PLACES, at_most, box, coverages, is_usable, polygon, shapes

SENSORS = ("camera", "camera.front", "camera.front.left", "*", "lidar")
LEVELS = (gp.Level.ANONYMIZE, gp.Level.NO_RECORD, gp.Level.OFF)
TIMEZONE = "Europe/Berlin"
VEHICLES = (
    gp.Vehicle(["camera", "lidar"], class_="bus", shows=["collecting:inside"], limits={"*": {"retain_s": {}}}),
    gp.Vehicle(["camera.front.left", "camera.rear", "lidar.roof"], limits={"*": {"retain_s": {"at_least": 500}}}),
)


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
def zones_at(draw, place, name):
    rules_of_zone = draw(st.lists(rules(), min_size=1, max_size=2))
    named = {
        "expires": draw(st.sampled_from([None, None, *CHANGES])),
        "timezone": draw(st.sampled_from([TIMEZONE, TIMEZONE, TIMEZONE, *ZONES, None])),
        "frame": draw(st.sampled_from(place.frames)),
    }
    geometry, needed = draw(shapes(place))
    zone = gp.Zone(name, geometry, rules_of_zone, **named, **needed)
    if is_usable(zone):
        return zone
    return gp.Zone(name, polygon(box(place.x, place.y, 12, 12)), rules_of_zone, **named | {"timezone": TIMEZONE})


@st.composite
def zone_sets(draw):
    """A place, and a set of one to three zones there."""
    place = draw(st.sampled_from(PLACES))
    header = gp.ZoneFileHeader(
        id=draw(st.sampled_from([None, "a"])),
        revision=draw(st.sampled_from([None, 3])),
        issued=draw(st.sampled_from([None, CHANGES[0]])),
        expires=draw(st.sampled_from([None, None, None, *CHANGES])),
        timezone=draw(st.sampled_from([None, TIMEZONE])),
        coverages=draw(coverages(place)),
    )
    zones = [draw(zones_at(place, name)) for name in "abc"[: draw(st.integers(1, 3))]]
    return place, gp.ZoneSet(zones, header)


@st.composite
def changes(draw):
    """A place, a set of zones there, and the set after one to four edits."""
    place, old = draw(zone_sets())
    zones, header = list(old), old.header
    for number in range(draw(st.integers(1, 4))):
        if draw(st.integers(0, 6)) == 0:
            header = draw(edited_headers(header, place))
        elif zones:
            i = draw(st.integers(0, len(zones) - 1))
            zones[i : i + 1] = [zone for zone in draw(edits(zones[i], place, f"n{number}")) if is_usable(zone)]
    kept = draw(st.permutations(zones))
    return place, old, gp.ZoneSet(kept, header) if is_usable(*kept, header=header) else old


@st.composite
def edited_headers(draw, header, place):
    kind = draw(st.sampled_from(["id", "revision", "issued", "expires", "timezone", "coverages", "coverages"]))
    values = {
        "id": st.sampled_from([None, "a", "b"]),
        "revision": st.sampled_from([None, 2, 3, 4]),
        "issued": st.sampled_from([None, *CHANGES]),
        "expires": st.sampled_from([None, *CHANGES]),
        "timezone": st.sampled_from([None, *ZONES]),
        "coverages": coverages(place),
    }
    return replace(header, **{kind: draw(values[kind])})


@st.composite
def edits(draw, zone, place, name):
    """What one edit makes of a zone: zones in its place."""
    kind = draw(st.sampled_from(KINDS))
    metres = {member: draw(METRES) for member in ("radius_m", "width_m") if getattr(zone, member) is not None}
    if kind == "drop":
        return []
    if kind == "add":
        return [zone, draw(zones_at(place, name))]
    if kind == "rename":
        return [replace(zone, id=name)]
    if kind == "double":
        return [zone, replace(zone, id=name)]
    if kind == "frame":
        return [replace(zone, frame=draw(st.sampled_from(place.frames)))]
    if kind == "timezone":
        return [replace(zone, timezone=draw(st.sampled_from([None, *ZONES])))]
    if kind == "expires":
        return [replace(zone, expires=draw(st.sampled_from([None, *CHANGES])))]
    if kind == "margin" and place.may_grow:
        return [replace(zone, margin_m=draw(st.sampled_from([0.0, 0.05, 0.1])))]
    if kind in ("shape", "metres") and metres:
        return [replace(zone, **metres)]
    if kind in ("shape", "split", "vertex", "turn", "away") and zone.geometry.type == "Polygon":
        return [replace(zone, geometry=shape, id=i or zone.id) for i, shape in draw(reshaped(zone, kind, name))]
    return [replace(zone, rules=[draw(edited_rules(rule)) for rule in zone.rules])]


KINDS = (
    *("drop", "add", "rename", "double", "frame", "timezone", "expires", "margin", "metres"),
    *("away", "shape", "shape", "split", "split", "vertex", "vertex", "turn"),
    *["rules"] * 6,
)


@st.composite
def reshaped(draw, zone, kind, name):
    """New shapes of a zone, each with the id that it gets; None for its own."""
    corners, *holes = units_of(zone)
    if kind == "turn" and abs(corners[0][0]) > 1_700_000_000:  # near the antimeridian, from the other side
        turn = -3_600_000_000 if corners[0][0] > 0 else 3_600_000_000
        return [(None, polygon(*([(x + turn, y) for x, y in ring] for ring in (corners, *holes))))]
    if kind == "split" and len(corners) > 3 and not holes:  # corners of a triangle
        at = draw(st.integers(2, len(corners) - 2))
        return [(None, polygon(corners[: at + 1])), (name, polygon([*corners[at:], corners[0]]))]
    if kind == "away":
        dx, dy = draw(st.integers(-60, 60)), draw(st.integers(-60, 60))
        return [(None, polygon(*(at_most([(x + dx, y + dy) for x, y in ring]) for ring in (corners, *holes))))]
    if kind == "vertex":
        at = draw(st.integers(0, len(corners) - 1))
        x, y = corners[at]
        corners[at] = x + draw(st.integers(-2, 2)), y + draw(st.integers(-2, 2))
        return [(None, polygon(at_most(corners), *holes))]
    if holes and draw(st.booleans()):
        return [(None, polygon(corners))]
    dx, dy = draw(st.integers(-2, 2)), draw(st.integers(-2, 2))
    return [(None, polygon(*(at_most([(x + dx, y + dy) for x, y in ring]) for ring in (corners, *holes))))]


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
    """The corners of each ring of a polygon, without the last, in units of the grid."""
    rings = zone.geometry.to_geojson()["coordinates"]
    return [[(round(x * 1e7), round(y * 1e7)) for x, y in ring[:-1]] for ring in rings]


@st.composite
def questions(draw):
    """Steps from a vertex, which one, an accuracy, a step to the end of a path or none, a situation, a vehicle."""
    return (
        draw(st.integers(0, 1 << 16)),
        (draw(st.integers(-3, 3)), draw(st.integers(-3, 3))),
        draw(st.sampled_from([0.0, 0.0, 0.03])),
        draw(st.none() | st.none() | st.tuples(st.integers(-30, 30), st.integers(-30, 30))),
        draw(situations()),
        draw(st.sampled_from(VEHICLES)),
    )
