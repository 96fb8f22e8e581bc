"""Zones in which the truth is known: drawn in metres around a place, judged by shapely and not by an engine."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time

import numpy as np
import shapely
from shapely import affinity

import geopolicy as gp
from geopolicy import Condition, Hours, Level, Rule, Window

SENSORS = ("camera.front", "lidar.roof", "microphone.cabin", "radar.front")
LIMITS = ("retain_s", "points_per_m2", "resolution_m", "position_m")
AT_MOST = 2
"""So many of them are tighter the smaller they are, the rest the larger."""
NOTICES = ("collecting:inside", "collecting:outside", "stopped:inside", "stopped:outside")
KEEPS = {
    "*": {"retain_s": {"at_least": 60}},
    "camera": {"resolution_m": {"at_most": 20}, "position_m": {}},
    "lidar": {"points_per_m2": {"at_least": 0.001}, "position_m": {"at_least": 1, "at_most": 500}},
}
VEHICLE = gp.Vehicle(SENSORS, limits=KEEPS, shows=NOTICES[:3])
EPOCH_S = datetime(2026, 6, 1, 12, 0, tzinfo=UTC).timestamp()
"""The wall-clock time at which drives begin, give or take a day."""
PLACES = (
    (0.0005, 9.4),
    (-0.0004, -78.5),
    (47.0, 8.0),
    (-33.9, 151.2),
    (69.3, 18.9),
    (78.2, 15.6),
    (52.0, 179.99),
    (-17.0, -179.995),
    (-16.5, 180.0),
)
FAR_M = 6_000.0
"""No drive goes further; but where zones lie apart it may go north."""
NORTH_M = 22_000.0
COVERED_M = 3_000.0
_A, _E2 = 6_378_137.0, 0.00669437999014


class Ground:
    """Metres east and north of a place, and degrees. Longitudes go on beyond 180."""

    def __init__(self, lat: float, lon: float) -> None:
        self.lat, self.lon = lat, lon
        self._north = math.radians(1) * _A * (1 - _E2) / (1 - _E2 * math.sin(math.radians(lat)) ** 2) ** 1.5

    def per_lon(self, lat):
        """Metres in a degree of longitude."""
        wide = np.radians(lat)
        return math.radians(1) * _A * np.cos(wide) / np.sqrt(1 - _E2 * np.sin(wide) ** 2)

    def degrees(self, east, north):
        lat = self.lat + np.asarray(north) / self._north
        return lat, self.lon + np.asarray(east) / self.per_lon(lat)

    def off(self, lat, lon, east, north):
        """Positions moved by metres."""
        return lat + north / self._north, lon + east / self.per_lon(lat)

    def metres(self, lat0, lon0, lat1, lon1):
        """The distance between positions at most some kilometres apart."""
        middle = (np.asarray(lat0) + lat1) / 2
        return np.hypot((np.asarray(lat1) - lat0) * self._north, (np.asarray(lon1) - lon0) * self.per_lon(middle))


def wrapped(lon):
    """Longitudes as receivers give them."""
    return (np.asarray(lon) + 180.0) % 360.0 - 180.0


class Demand:
    """What one rule asks of sensors, and the spans of POSIX time in which it surely does.

    With ``in_emergency`` it does so only then (True), or only without (False); what is not known restricts.
    """

    __slots__ = ("consent", "in_emergency", "level", "limits", "notices", "sensors", "spans", "store_in")

    def __init__(
        self,
        sensors,
        level,
        *,
        store_in=None,
        consent=False,
        spans=((-math.inf, math.inf),),
        limits=None,
        notices=(),
        in_emergency=None,
    ) -> None:
        self.sensors = [i for i, name in enumerate(SENSORS) if any(name.startswith(own) for own in sensors)]
        self.level = int(level)
        self.store_in = store_in
        self.consent = consent
        self.spans = spans
        self.limits = dict(limits or {})
        self.notices = tuple(notices)
        self.in_emergency = in_emergency

    def can_be_met(self, sensor: int) -> bool:
        """Whether the vehicle can keep the limits of a sensor and show the notices."""
        ranges = {**KEEPS["*"], **KEEPS.get(SENSORS[sensor].partition(".")[0], {})}
        for name, value in self.limits.items():
            own = ranges.get(name)
            end = None if own is None else own.get("at_least" if name in LIMITS[:AT_MOST] else "at_most", value)
            if end is None or (value < end if name in LIMITS[:AT_MOST] else value > end):
                return False
        return set(self.notices) <= set(NOTICES[:3])

    def is_asked(self, emergency):
        """Whether the rule is in force by what was told of an emergency, each time."""
        if self.in_emergency is None:
            return np.ones(len(emergency), dtype=bool)
        return np.array([told is not (not self.in_emergency) for told in emergency], dtype=bool)

    def holds(self, posix_s, doubt_s: float = 2.1):
        """Whether the rule is in force at these times, for sure: with the doubt of a leap second at the ends."""
        found = np.zeros(len(posix_s), dtype=bool)
        for since, until in self.spans:
            found |= (posix_s >= since + doubt_s) & (posix_s <= until - doubt_s)
        return found


class Drawn:
    """A zone: what an engine reads, and a polygon in degrees with the demands, which tell the truth."""

    __slots__ = ("demands", "id", "metres", "shape", "zone")

    def __init__(self, name: str, ground: Ground, metres: shapely.Polygon, terms) -> None:
        rules, self.demands = zip(*terms, strict=True)
        to_degrees = lambda p: np.column_stack([np.round(v, 7) for v in ground.degrees(p[:, 0], p[:, 1])[::-1]])  # noqa: E731
        self.shape = shapely.transform(metres, to_degrees)
        shapely.prepare(self.shape)
        rings = [self.shape.exterior, *self.shape.interiors]
        geometry = {"type": "Polygon", "coordinates": [[list(p) for p in ring.coords] for ring in rings]}
        self.id, self.metres = name, metres
        self.zone = gp.Zone(name, geometry, rules, timezone="Asia/Tokyo")

    def contains(self, lat, lon):
        return shapely.contains_xy(self.shape, lon, lat)


class Scene:
    """Zones around a place, an engine for them and one for more of them, and places worth driving to."""

    def __init__(self, seed: int, kind: str | None = None, engine: str = "kernel") -> None:
        random = np.random.default_rng(seed)
        self.ground = Ground(*PLACES[int(random.integers(len(PLACES)))])
        self.kind = kind or KINDS[int(random.integers(len(KINDS)))]
        shapes = _SHAPES[self.kind](random)
        further = np.random.default_rng([seed, 1])  # a stream of its own: shapes and places stay what they were
        self.zones = [
            Drawn(f"{self.kind}-{i}", self.ground, shape, terms_of(random, self.kind) + further_terms(further))
            for i, shape in enumerate(shapes)
        ]
        lake = shapely.Point(random.uniform(-800, 800, 2)).buffer(random.uniform(30, 600), 5)
        self.later = [Drawn("later", self.ground, lake, [_off()])]
        self.every = [*self.zones, *self.later]
        self.seed = seed
        self._borders = [shape.boundary for shape in (*shapes, lake)]
        self.is_covered = random.random() < 0.15
        self.engines = self.open(engine)

    def open(self, engine: str) -> tuple[gp.Engine, gp.Engine]:
        """An engine for the zones, and one for those of later, too."""
        plain, more = self._set(self.zones), self._set(self.every)
        return gp.open(plain, VEHICLE, engine), gp.open(more, VEHICLE, engine)

    def _set(self, drawn: list[Drawn]) -> gp.ZoneSet:
        lat, lon = self.ground.degrees(np.array([-1, 1]) * COVERED_M, np.array([-1, 1]) * COVERED_M)
        ring = [[lon[0], lat[0]], [lon[1], lat[0]], [lon[1], lat[1]], [lon[0], lat[1]], [lon[0], lat[0]]]
        area = gp.Coverage({"type": "Polygon", "coordinates": [[[float(v) for v in p] for p in ring]]})
        header = gp.ZoneFileHeader(id="scene", coverages=(area,) if self.is_covered else ())
        return gp.ZoneSet([own.zone for own in drawn], header)

    def waypoints(self, random: np.random.Generator, count: int) -> np.ndarray:
        """Places in metres: many of them on borders or a little beside them, some at random."""
        points = random.uniform(-2_500, 2_500, (count, 2))
        for i in np.flatnonzero(random.random(count) < 0.7):
            border = self._borders[int(random.integers(len(self._borders)))]
            spot = border.interpolate(random.random(), normalized=True)
            points[i] = np.array([spot.x, spot.y]) + random.normal(0, random.choice([0.1, 3, 30, 200]), 2)
        # So near, metres of the scene are metres on the ground to 0.5 %.
        return np.clip(points, -FAR_M, [FAR_M, NORTH_M if self.kind == "apart" else FAR_M])


# Shapes ------------------------------------------------------------------------------------------------------


def _square(random, size=None) -> shapely.Polygon:
    half = (random.choice([10, 50, 300, 1_000]) if size is None else size) * random.uniform(0.3, 1.0)
    box = shapely.box(-half, -half * random.uniform(0.2, 1.0), half, half)
    turned = affinity.rotate(box, random.uniform(0, 90))
    return affinity.translate(turned, *random.uniform(-2_000, 2_000, 2))


def _strip(random) -> shapely.Polygon:
    x, y = random.uniform(-2_000, 2_000, 2)
    angle, half = random.uniform(0, math.pi), random.uniform(100, 1_500)
    east, north = half * math.cos(angle), half * math.sin(angle)
    line = shapely.LineString([(x - east, y - north), (x + east, y + north)])
    return line.buffer(random.uniform(0.5, 12), cap_style="flat")


def _ring(random) -> shapely.Polygon:
    spot = shapely.Point(random.uniform(-1_500, 1_500, 2))
    inner = random.uniform(20, 400)
    return spot.buffer(inner + random.uniform(5, 300), 6).difference(spot.buffer(inner, 6))


def _tiles(random) -> list[shapely.Polygon]:
    side, cell = 5, random.uniform(100, 800)
    x, y = np.meshgrid(*(np.arange(side + 1) * cell - side * cell / 2,) * 2)
    x, y = x + random.uniform(-0.3, 0.3, x.shape) * cell, y + random.uniform(-0.3, 0.3, y.shape) * cell
    corner = lambda i, j: (x[j, i], y[j, i])  # noqa: E731
    return [
        shapely.Polygon([corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)])
        for i in range(side)
        for j in range(side)
        if random.random() < 0.7
    ] or [_square(random)]


def _deep(random) -> list[shapely.Polygon]:
    size = random.uniform(2_000, 30_000)
    land = shapely.box(-size, -size, random.uniform(100, 3_000), random.uniform(100, 30_000))
    return [land, *(_square(random) for _ in range(3))]


def _apart(random) -> list[shapely.Polygon]:
    """Zones, and more zones further north than a disc can grow."""
    here, there = [_square(random) for _ in range(4)], [_square(random, 1_000) for _ in range(4)]
    return here + [affinity.translate(own, 0, random.uniform(12_000, NORTH_M - 3_000)) for own in there]


_SHAPES = {
    "squares": lambda random: [_square(random) for _ in range(8)],
    "strips": lambda random: [_strip(random) for _ in range(10)],
    "rings": lambda random: [_ring(random) for _ in range(5)],
    "tiles": _tiles,
    "deep": _deep,
    "apart": _apart,
    "mixed": lambda random: [make(random) for make in (_square, _square, _strip, _strip, _ring, _ring, _square)],
}
KINDS = tuple(_SHAPES)


# Terms -------------------------------------------------------------------------------------------------------


def _off():
    return Rule(["camera"], Level.OFF), Demand(["camera"], Level.OFF)


def terms_of(random, kind: str):
    """Rules with what they demand. Most scenes have a few that depend on the time or on consent."""
    if kind != "mixed" and random.random() < 0.6:
        return [_off()]
    makers = (_off, _levels, _stored, _consented, _window, _unless, _hours)
    return [makers[int(i)](*([random] if i else [])) for i in random.integers(0, len(makers), random.integers(1, 3))]


def _levels(random):
    level = Level(int(random.integers(1, 5)))
    names = [SENSORS[i] for i in random.permutation(4)[: random.integers(1, 4)]]
    return Rule(names, level), Demand(names, level)


def _stored(random):
    country = str(random.choice(["CN", "DE"]))
    return Rule(["lidar"], store_in=country), Demand(["lidar"], 0, store_in=country)


def _consented(_random):
    return Rule(["microphone"], needs_consent=True), Demand(["microphone"], 0, consent=True)


def _instants(random) -> tuple[datetime, datetime]:
    since = EPOCH_S + int(random.uniform(-400, 600))
    return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(since + int(random.uniform(20, 500)), UTC)


def _window(random):
    since, until = _instants(random)
    rule = Rule(["camera"], Level.OFF, when=Condition(active=[Window(since=since, until=until)]))
    return rule, Demand(["camera"], Level.OFF, spans=[(since.timestamp(), until.timestamp())])


def _unless(random):
    since, until = _instants(random)
    rule = Rule(["radar"], Level.OFF, unless=[Condition(active=[Window(since=since, until=until)])])
    spans = [(-math.inf, since.timestamp()), (until.timestamp(), math.inf)]
    return rule, Demand(["radar"], Level.OFF, spans=spans)


def _hours(random):
    """By night, until some minutes after noon of UTC; no clock change in Tokyo, nine hours ahead."""
    minutes = int(random.integers(0, 10))
    rule = Rule(["microphone"], Level.OFF, when=Condition(active=[Window(hours=[Hours(time(18), time(21, minutes))])]))
    end = EPOCH_S + 60 * minutes
    return rule, Demand(["microphone"], Level.OFF, spans=[(end - 3 * 3600 - 60 * minutes, end)])


def further_terms(random):
    """Limits, notices and exemptions in emergencies, for some of the zones."""
    if random.random() < 0.6:
        return []
    makers = (_limited, _shown, _lifted, _emergency)
    return [makers[int(i)](random) for i in random.integers(0, len(makers), random.integers(1, 3))]


def _some(random, names, most):
    return [names[i] for i in random.permutation(len(names))[: random.integers(1, most + 1)]]


def _limits(random):
    values = {"retain_s": [30, 3600, 86400], "points_per_m2": [1e-4, 0.01], "resolution_m": [5, 50], "position_m": [10]}
    return {name: float(random.choice(values[name])) for name in _some(random, LIMITS, 2)}


def _limited(random):
    names, limits = _some(random, SENSORS, 3), _limits(random)
    return Rule(names, limits=limits), Demand(names, 0, limits=limits)


def _shown(random):
    names, notices = _some(random, SENSORS, 3), _some(random, NOTICES, 2)
    return Rule(names, must_show=notices), Demand(names, 0, notices=notices)


def _lifted(random):
    """A rule that an emergency lifts, or that only holds without."""
    limits, notices = _limits(random), _some(random, NOTICES, 1)
    asks = {"limits": limits, "must_show": notices}
    is_exemption = random.random() < 0.7
    condition = Condition(emergency=is_exemption)
    how = {"unless": [condition]} if is_exemption else {"when": condition}
    return Rule(["camera"], Level.ANONYMIZE, **how, **asks), Demand(
        ["camera"], Level.ANONYMIZE, limits=limits, notices=notices, in_emergency=False
    )


def _emergency(_random):
    rule = Rule(["radar"], Level.NO_RECORD, when=Condition(emergency=True))
    return rule, Demand(["radar"], Level.NO_RECORD, in_emergency=True)
