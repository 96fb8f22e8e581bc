"""The law of a diff: each answer of an engine that became looser is named, and what is named has a witness."""

from __future__ import annotations

import numpy as np

import geopolicy as gp
from geopolicy.authoring.diff.demands import demands_of
from geopolicy.authoring.diff.sets import diff_zones
from geopolicy.authoring.diff.situations import Situation
from geopolicy.geometry.effective import effective_coverage, effective_polygon
from geopolicy.geometry.frames import forward
from geopolicy.geometry.grid import FULL_TURN, POLE
from geopolicy.testing.tightness import looser

ENGINES = ("reference", "kernel")
_OF_KIND = {"level": "level", "limits": "limit", "notices": "notice", "sensors": "level"}


class Sources:
    """Two sets, each compiled once, and their views for a vehicle in a situation."""

    def __init__(self, old, new) -> None:
        self._by_engine = {"reference": (old, new), "kernel": (gp.compile(old), gp.compile(new))}

    def views(self, engine, vehicle, situation):
        """What an engine sees of the old set and of the new one."""
        asker = gp.Vehicle(vehicle.sensors, dict(situation.attributes), limits=vehicle.limits, shows=vehicle.shows)
        return [
            gp.open(source, asker, engine).when(
                time=situation.time, state=situation.state, emergency=situation.emergency
            )
            for source in self._by_engine[engine]
        ]

    def tells_what_is_known(self, finding):
        """Whether the coverages of the new set are in the frame of a finding, and its zone reaches no pole."""
        coverages = self._by_engine["reference"][1].header.coverages
        families = {effective_coverage(one)[0].family for one in coverages}
        return families <= {finding.frame} and abs(finding.position[0]) < 89  # degrees


def check(change, asked, counts):
    """Checks one change with some questions, and counts what was tried."""
    place, old, new = change
    found = diff_zones(old, new)
    counts["sets"] += 1
    counts["looser_sets"] += found.is_looser
    sources = Sources(old, new)
    check_answers(sources, found, vertices(place, old, new), asked, counts)
    for zone in found.zones:
        for finding in zone.looser:
            if not finding.is_proven:
                counts[f"not proven: {finding.kind}, {finding.doubt}"] += 1
            elif has_witness(sources, zone.zone_id, finding, counts):
                counts["witnesses"] += 1


def vertices(place, old, new):
    """All vertices, as WGS 84 has them where they are drawn so; else the place."""
    shapes = [effective_polygon(zone) for zone in (*old, *new)]
    shapes += [effective_coverage(one)[0] for one in (*old.header.coverages, *new.header.coverages)]
    found = {(place.x, place.y)}
    for shape in shapes:
        for ring in (ring for part in shape.polygons for ring in part):
            for x, y in ring.tolist():
                position = (x, y) if shape.family == "WGS84" else drawn_at(shape.family, (x, y))
                if position is not None:
                    found.add(position)
    return sorted(found)


def check_answers(sources, found, near, asked, counts):
    zones = {zone.zone_id for zone in found.zones if zone.looser}
    is_known = not any(change.is_looser for change in found.header)
    for number, step, accuracy_m, path, situation, vehicle in asked:
        x, y = near[number % len(near)]
        start = on_earth(x + step[0], y + step[1])
        end = start if path is None else on_earth(x + step[0] + path[0], y + step[1] + path[1])
        for engine in ENGINES:
            before, after = sources.views(engine, vehicle, situation)
            if path is None or abs(end[1] - start[1]) > 180:
                old, new = (view.decide(*start, accuracy_m) for view in (before, after))
            else:
                old, new = (view.decide_path(*start, *end, accuracy_m) for view in (before, after))
            lost = looser(new, old, zones=False)
            counts["answers"] += 1
            counts["looser_answers"] += bool(lost)
            if lost and is_known:
                concerned = {cause.zone_id for cause in old.causes if cause.is_in_force}
                assert zones & concerned, (engine, start, end, accuracy_m, situation, lost)


def on_earth(x, y):
    """Latitude and longitude in degrees of a position on any turn."""
    x = (x + FULL_TURN // 2) % FULL_TURN - FULL_TURN // 2
    return max(-POLE, min(POLE, y)) / 1e7, x / 1e7


def has_witness(sources, zone_id, finding, counts):
    """Whether engines ask less at a finding's position and in its situation; False where no fix falls on it."""
    lat, lon = finding.position
    units = round(lon * 1e7), round(lat * 1e7)
    position = units if finding.frame == "WGS84" else drawn_at(finding.frame, units)
    if position is None:
        counts["witnesses between fixes"] += 1
        return False
    situation = finding.example or Situation()
    kind = _OF_KIND.get(finding.kind)
    sensors = ["other" if name == "*" else f"{name}.other" for name in finding.sensors]
    for engine in ENGINES:
        views = sources.views(engine, gp.Vehicle(sensors), situation)
        old, new = (view.decide(*on_earth(*position)) for view in views)
        lost = [
            demand
            for name in sensors
            for demand in asked_of(old, name, zone_id)
            if kind in (None, demand.kind) and not any(other.proves(demand) for other in asked_of(new, name))
        ]
        assert lost, (engine, zone_id, finding, [cause.why for cause in old.causes])
        if {demand.kind for demand in lost} == {"level"} and sources.tells_what_is_known(finding):
            assert new.certainty is not gp.Certainty.UNKNOWN, (engine, zone_id, finding)
    return True


def asked_of(decision, sensor, zone_id=None):
    """What rules in force ask of one sensor, of one zone or of all; as it is named there."""
    return [
        demand._replace(sensor=sensor)
        for cause in decision.causes
        if cause.is_in_force and zone_id in (None, cause.zone_id) and sensor in cause.sensors
        for demand in demands_of(cause.rule)
    ]


def drawn_at(family, units):
    """A position of WGS 84 that falls on one of another frame, in units of the grid; None if there is none."""
    wanted = np.array(units) / 1e7
    lon, lat = wanted
    for _ in range(12):
        its_lat, its_lon = forward(family, lat, lon)
        lon, lat = lon + wanted[0] - its_lon, lat + wanted[1] - its_lat
    for dx in (0, -1, 1, -2, 2):
        for dy in (0, -1, 1, -2, 2):
            x, y = round(lon * 1e7) + dx, round(lat * 1e7) + dy
            its_lat, its_lon = forward(family, y / 1e7, x / 1e7)
            if (round(float(its_lon) * 1e7), round(float(its_lat) * 1e7)) == units:
                return x, y
    return None
