"""Hypothesis strategies of whole zone sets: every member that a zone file can state, over its whole range."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.model.limits import LIMITS, MUST_SHOW
from geopolicy.testing.zone_strategies import DEGREE_FRAMES, METRE_FRAMES
from geopolicy.zonefile.feature_words import seems_placed

SENSOR_NAMES = ("*", "camera", "camera.exterior", "camera.exterior.front", "lidar", "radar_2.front", "telemetry")
TIMEZONES = ("Europe/Zagreb", "Asia/Shanghai", "America/St_Johns", "Pacific/Apia", "UTC")
FRAMES = (*DEGREE_FRAMES, *METRE_FRAMES)
_RULE_ALONE = (
    *("store_in", "needs_consent", "limits", "must_show", "applies_to", "unless"),
    *("retain_s", "resolution_m", "position_m", "points_per_m2"),
)
_FILE_MEMBERS = ("type", "features", "geopolicy", "crs")
_FEATURE_MEMBERS = ("type", "id", "geometry", "properties")
_PROPERTY_MEMBERS = (
    *("id", "name", "reason", "source", "illustrative", "illustrati", "repair", "rules", "disable"),
    *("radius_m", "width_m", "margin_m", "frame", "timezone", "expires"),
    *_RULE_ALONE,
)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
named_texts = texts.filter(lambda text: text.strip() != "")
attribute_names = named_texts.filter(lambda name: name not in ("emergency", "no_emergency", "state", "time"))
zone_ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda text: text.isprintable() and text.strip() != ""
)
instants = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)).map(lambda moment: moment.replace(tzinfo=UTC))
values_of_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def foreign_members(known):
    are_above = known is not _PROPERTY_MEMBERS  # where words of the format are refused, one level up
    names = texts.filter(lambda name: name not in known and not (are_above and seems_placed(name)))
    return st.one_of(st.just({}), st.dictionaries(names, values_of_json, max_size=3)).map(canonical)


@st.composite
def star_rings(draw, centre, size, *, least=0.5):
    """A ring that is star-shaped round its centre, so that it cannot cross itself; the size is its largest radius."""
    count = draw(st.integers(3, 8))
    ring = []
    for i in range(count):
        angle = 2 * math.pi * (i + draw(st.floats(-0.2, 0.2))) / count
        reach = size * draw(st.floats(least, 1.0))
        ring.append([centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)])
    digits = draw(st.sampled_from([7, 9, 17]))
    ring = [[round(x, digits), round(y, digits)] for x, y in ring]
    turned = draw(st.integers(0, count - 1))
    ring = ring[turned:] + ring[:turned]
    ring = ring[::-1] if draw(st.booleans()) else ring
    return [*ring, ring[0]]


@st.composite
def star_polygons(draw, centre, size):
    exterior = draw(star_rings(centre, size))
    if draw(st.booleans()):
        return [exterior]
    hole = [[centre[0] + 0.2 * (x - centre[0]), centre[1] + 0.2 * (y - centre[1])] for x, y in exterior]
    return [exterior, hole]


@st.composite
def centres(draw, frame):
    """A place in a frame with room round it, and the unit of length there."""
    if frame in METRE_FRAMES:
        x, y = METRE_FRAMES[frame]
        return [x + draw(st.floats(-2e5, 2e5)), y + draw(st.floats(-2e5, 2e5))], draw(st.floats(20.0, 8000.0))
    size = draw(st.floats(1e-3, 0.5))
    if frame in ("GCJ-02", "BD-09"):
        return [draw(st.floats(75.0, 135.0)), draw(st.floats(5.0, 55.0))], size
    return [draw(st.floats(-350.0, 350.0)), draw(st.floats(-75.0, 75.0))], size


@st.composite
def geometries(draw, frame, kinds=("Point", "LineString", "Polygon", "MultiPolygon")):
    """A GeoJSON geometry in a frame that is accepted with radius or width where it needs one."""
    centre, size = draw(centres(frame))
    kind = draw(st.sampled_from(kinds))
    if kind == "Point":
        return {"type": kind, "coordinates": centre}
    if kind == "LineString":
        steps = draw(st.lists(st.tuples(st.floats(0.1, 1.0), st.floats(-1.0, 1.0)), min_size=1, max_size=4))
        line = [centre]
        for east, north in steps:
            line.append([line[-1][0] + size * east, line[-1][1] + size * north])
        return {"type": kind, "coordinates": line}
    if kind == "Polygon":
        return {"type": kind, "coordinates": draw(star_polygons(centre, size))}
    count = draw(st.integers(1, 3))
    apart = [[centre[0] + 2.5 * size * i, centre[1]] for i in range(count)]
    return {"type": kind, "coordinates": [draw(star_polygons(middle, size)) for middle in apart]}


sun_hours = st.builds(
    lambda ends, since, until: gp.SunHours(*ends, since, until),
    st.sampled_from([("sunset", "sunrise"), ("sunrise", "sunset")]),
    st.integers(-360, 360),
    st.integers(-360, 360),
)


@st.composite
def hours(draw):
    if draw(st.integers(0, 3)) == 0:
        return draw(sun_hours)
    since, until = draw(st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda ends: ends[0] != ends[1]))
    return gp.Hours(time(since // 60, since % 60), time(until // 60 % 24, until % 60))


bounds = st.one_of(
    st.none(),
    st.dates(date(1, 1, 5), date(9999, 12, 20)),
    st.datetimes(datetime(1, 1, 5), datetime(9999, 12, 20)),
    instants,
)


@st.composite
def later_bounds(draw, since):
    """A bound of any kind that is two days or more after another one of any kind."""
    moment = since if isinstance(since, datetime) else datetime(since.year, since.month, since.day)
    moment = moment.replace(tzinfo=None) + timedelta(
        days=draw(st.integers(2, 900)), seconds=draw(st.integers(0, 86399))
    )
    return draw(st.sampled_from([moment.date(), moment, moment.replace(tzinfo=UTC)]))


@st.composite
def any_windows(draw):
    since = draw(bounds)
    until = draw(bounds)
    if since is not None and until is not None:
        until = draw(later_bounds(since)) if since.year < 9000 else None
    days = tuple(sorted(draw(st.sets(st.integers(0, 6), max_size=3))))
    spans = tuple(draw(st.lists(hours(), max_size=2)))
    if since is None and until is None and not days and not spans:
        days = (0,)
    return gp.Window(since, until, days, spans)


@st.composite
def any_conditions(draw, *, is_exemption=False):
    active = tuple(draw(st.lists(any_windows(), max_size=2)))
    wanted = draw(st.dictionaries(attribute_names, st.lists(named_texts, min_size=1, max_size=3), max_size=2))
    state = tuple(draw(st.lists(st.sampled_from(["driving", "parked"]), max_size=2, unique=True)))
    emergency = draw(st.none() | st.booleans())
    if is_exemption and not (active or wanted or state):
        emergency = True
    pairs = tuple(sorted((name, tuple(values)) for name, values in wanted.items()))
    return gp.Condition(active, pairs, state, emergency)


limit_values = st.floats(0.0, exclude_min=True, allow_infinity=False)
some_limits = st.dictionaries(st.sampled_from(tuple(LIMITS)), limit_values, max_size=4)
some_notices = st.lists(st.sampled_from(MUST_SHOW), max_size=3)


@st.composite
def any_rules(draw):
    level = draw(st.sampled_from(gp.Level))
    country = draw(st.none() | st.sampled_from(["CN", "HR", "US"]))
    consent = draw(st.booleans())
    limits, must_show = draw(some_limits), draw(some_notices)
    if level == gp.Level.ALLOW and country is None and not (consent or limits or must_show):
        level = gp.Level.OFF
    return gp.Rule(
        draw(st.lists(st.sampled_from(SENSOR_NAMES), min_size=1, max_size=3)),
        level,
        country,
        consent,
        draw(st.just(gp.Condition()) | any_conditions()),
        draw(st.lists(any_conditions(is_exemption=True), max_size=2)),
        limits=limits,
        must_show=must_show,
        authority=draw(st.none() | texts),
        text=draw(st.none() | texts),
    )


@st.composite
def any_zones(draw, zone_id):
    frame = draw(st.sampled_from(FRAMES))
    geometry = draw(geometries(frame))
    lengths = st.floats(0.5, 3000.0)
    more = {"Point": {"radius_m": draw(lengths)}, "LineString": {"width_m": draw(lengths)}}.get(geometry["type"], {})
    own = draw(st.lists(any_rules(), min_size=1, max_size=3))
    return gp.Zone(
        zone_id,
        geometry,
        own,
        **more,
        frame=frame,
        name=draw(st.none() | texts),
        reason=draw(st.none() | texts),
        source=draw(st.none() | texts),
        margin_m=draw(st.just(0.0) | st.floats(0.0, 200.0)),
        timezone=draw(st.sampled_from(TIMEZONES)),
        expires=draw(st.none() | instants),
        repair=draw(st.booleans()),
        illustrative=draw(st.booleans()),
        foreign=(draw(foreign_members(_FEATURE_MEMBERS)), draw(foreign_members(_PROPERTY_MEMBERS))),
    )


@st.composite
def headers(draw):
    frame = draw(st.sampled_from(FRAMES))
    is_overlay = draw(st.integers(0, 4)) == 4
    coverages = []
    for _ in range(0 if is_overlay else draw(st.integers(0, 2))):
        own = draw(st.sampled_from([frame, "WGS84", "EPSG:25832"]))
        shape = gp.Geometry.from_geojson(draw(geometries(own, ("Polygon", "MultiPolygon"))))
        coverages.append(gp.Coverage(shape, own))
    return gp.ZoneFileHeader(
        id=draw(st.none() | texts),
        revision=draw(st.none() | st.integers(0, 2**63 - 1)),
        issued=draw(st.none() | instants),
        expires=draw(st.none() | instants),
        frame=frame,
        timezone=draw(st.none() | st.sampled_from(TIMEZONES)),
        authority=draw(st.none() | texts),
        licence=draw(st.none() | texts),
        coverages=tuple(coverages),
        foreign=draw(foreign_members(_FILE_MEMBERS)),
        kind="overlay" if is_overlay else "base",
        ends=draw(st.none() | instants) if is_overlay else None,
    )


@st.composite
def any_zone_sets(draw, max_zones=3):
    """A `ZoneSet` with a header, every member of which a zone file can state."""
    ids = draw(st.lists(zone_ids, max_size=max_zones, unique=True))
    return gp.ZoneSet([draw(any_zones(zone_id)) for zone_id in ids], draw(headers()))
