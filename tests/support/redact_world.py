"""Simulated recordings of which the truth is known: where the vehicle was when each message was sensed."""

from __future__ import annotations

import json
import math
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopolicy as gp
from bag_samples import IMAGE, NAVSATFIX, T0, S, Said, image, navsatfix, write_bag, write_mcap
from geopolicy.hosts.redact.options import RedactionOptions
from geopolicy.hosts.redact.topics import MappedTopic, TopicMap

if TYPE_CHECKING:
    from pathlib import Path

MARK = re.compile(rb"<\d{6}>")
LAT, LON = 45.5, 13.5
M_LAT, M_LON = 111_150.0, 78_160.0  # metres in a degree there, near enough for margins of metres
VEHICLE = gp.Vehicle(["camera.exterior.front", "lidar", "radar", "telemetry.location"])
TOPICS = TopicMap(
    {
        "/camera/image": MappedTopic(("camera.exterior.front",)),
        "/lidar/points": MappedTopic(("lidar",), exposure_s=0.1),
        "/radar": MappedTopic(("radar",)),
    }
)
SENSOR_OF = {"/camera/image": "camera.exterior.front", "/lidar/points": "lidar", "/radar": "radar"}
OPTIONS = RedactionOptions(topics=TOPICS, latency_s=0.4)
LEVELS = [gp.Level.OFF, gp.Level.NO_RECORD, gp.Level.IN_VEHICLE, gp.Level.ANONYMIZE]


@dataclass
class Box:
    """A zone, in metres east and north of the middle."""

    west: float
    south: float
    east: float
    north: float
    sensor: str
    level: gp.Level

    def distance_m(self, x: float, y: float) -> float:
        """From a place to the zone; 0 within it."""
        dx = max(self.west - x, 0.0, x - self.east)
        dy = max(self.south - y, 0.0, y - self.north)
        return float((dx * dx + dy * dy) ** 0.5)

    def zone(self, number: int) -> gp.Zone:
        west, east = (LON + x / M_LON for x in (self.west, self.east))
        south, north = (LAT + y / M_LAT for y in (self.south, self.north))
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        return gp.Zone(f"zone-{number}", geometry, [gp.Rule([self.sensor], self.level)])


@dataclass
class World:
    """A drive, its zones and what was recorded of it."""

    boxes: list[Box]
    path: list[tuple[float, float]]  # every tenth of a second
    said: list[Said] = field(default_factory=list)
    truth: dict[str, tuple[str, int]] = field(default_factory=dict)  # by the mark in a message: its topic and when
    bad: list[int] = field(default_factory=list)  # when a receiver lied or said nothing
    early: set[str] = field(default_factory=set)  # marks of messages whose stamps are from before the recording

    def place(self, at_ns: int) -> tuple[float, float]:
        """Where the vehicle was."""
        tenth = (at_ns - T0 * S) / (S // 10)
        index = min(max(int(tenth), 0), len(self.path) - 2)
        part = min(max(tenth - index, 0.0), 1.0)
        (x0, y0), (x1, y1) = self.path[index], self.path[index + 1]
        return x0 + (x1 - x0) * part, y0 + (y1 - y0) * part

    def engine(self) -> gp.Engine:
        return gp.open(gp.ZoneSet([box.zone(i) for i, box in enumerate(self.boxes)]), VEHICLE)

    def is_in(self, at_ns: int, sensor: str, level: gp.Level) -> bool:
        """Whether a sensor was at least at a level where the vehicle was."""
        place = self.place(at_ns)
        return any(
            box.distance_m(*place) <= 0.0 and box.level >= level and _names(box.sensor, sensor) for box in self.boxes
        )

    def is_clear(self, at_ns: int, seconds: float, metres: float) -> bool:
        """Whether no zone was near for some time around, and the receiver well."""
        start, end = at_ns - int(seconds * S), at_ns + int(seconds * S)
        if start < T0 * S or end > T0 * S + (len(self.path) - 1) * (S // 10):
            return False
        if any(start - 15 * S <= bad <= end + 15 * S for bad in self.bad):
            return False
        places = [self.place(at) for at in range(start, end + 1, S // 2)]
        return all(box.distance_m(*place) > metres for box in self.boxes for place in places)


def _names(rule: str, sensor: str) -> bool:
    return rule in ("*", sensor) or sensor.startswith(rule + ".")


def make_world(seed: int, seconds: int = 60) -> World:
    """A drive past a few zones, with noise, losses, jumps, forged stamps and a file in some disorder."""
    chance = random.Random(seed)
    boxes = []
    for _ in range(chance.randint(1, 3)):
        x, y = chance.uniform(-400, 400), chance.uniform(-400, 400)
        wide, high = chance.uniform(20, 200), chance.uniform(20, 200)
        sensor = chance.choice(["camera", "lidar", "*", "telemetry.location", "radar"])
        boxes.append(Box(x, y, x + wide, y + high, sensor, chance.choice(LEVELS)))
    world = World(boxes, _path(chance, seconds))
    _say_fixes(chance, world, seconds)
    _say_messages(chance, world, seconds)
    order = [(said.log_ns + chance.choice([0, 0, 0, int(chance.uniform(0, 0.3) * S)]), said) for said in world.said]
    if chance.random() < 0.7:
        world.said = [said for _, said in sorted(order, key=lambda pair: pair[0])]
    return world


def _path(chance: random.Random, seconds: int) -> list[tuple[float, float]]:
    x, y, course, speed = chance.uniform(-450, 450), chance.uniform(-450, 450), chance.uniform(0, 6.3), 15.0
    path = []
    for _ in range(seconds * 10 + 1):
        path.append((x, y))
        course += chance.gauss(0, 0.02)
        speed = min(max(speed + chance.gauss(0, 0.3), 0.0), 33.0)
        x, y = x + math.cos(course) * speed / 10, y + math.sin(course) * speed / 10
        if abs(x) > 700 or abs(y) > 700:
            course += 0.3
    return path


def _say_fixes(chance: random.Random, world: World, seconds: int) -> None:
    step_ns = chance.choice([S // 10, S // 5, S, S])
    sigma_m = chance.choice([0.5, 1.5, 4.0])
    lost = range(0)
    if chance.random() < 0.3:
        start = T0 * S + chance.randrange(seconds) * S
        lost = range(start, start + chance.randint(1, 12) * S)
    jump = range(0)
    if chance.random() < 0.25:
        start = T0 * S + chance.randrange(seconds) * S
        jump = range(start, start + chance.randint(1, 6) * S)
    for stamp_ns in range(T0 * S, T0 * S + seconds * S + 1, step_ns):
        x, y = world.place(stamp_ns)
        x, y = (value + min(max(chance.gauss(0, sigma_m), -2 * sigma_m), 2 * sigma_m) for value in (x, y))
        status, log_ns = 0, stamp_ns + int(chance.uniform(0.005, 0.3) * S)
        if stamp_ns in lost:
            world.bad.append(stamp_ns)
            status = -1
            x = y = 0.0
        if stamp_ns in jump:
            world.bad.append(stamp_ns)
            x += 2000.0
        shown_ns = stamp_ns
        if chance.random() < 0.002:
            world.bad.append(stamp_ns)
            shown_ns = chance.choice([0, stamp_ns + 3600 * S, 5 * S])
        # errors are cut at 2 sigma in each axis, so within 2 * sqrt(2) * sigma
        data = navsatfix(shown_ns, LAT + y / M_LAT, LON + x / M_LON, sigma_m=sigma_m, status=status)
        world.said.append(Said("/gps/fix", NAVSATFIX, log_ns, data))


def _say_messages(chance: random.Random, world: World, seconds: int) -> None:
    number = 0
    for topic in SENSOR_OF:
        step_ns = chance.choice([S // 10, S // 5, S // 2])
        for taken_ns in range(T0 * S, T0 * S + seconds * S, step_ns):
            number += 1
            mark = f"<{number:06d}>"
            log_ns = taken_ns + int(chance.uniform(0.0, 0.4) * S)
            stamp_ns = taken_ns
            if chance.random() < 0.02:
                stamp_ns = chance.choice([0, 7 * S, log_ns + 5 * S, T0 * S - 4000 * S])
                world.early |= {mark} if stamp_ns == T0 * S - 4000 * S else set()
            world.truth[mark] = topic, taken_ns
            pixels = mark.encode() + chance.randbytes(chance.randint(0, 60))
            world.said.append(Said(topic, IMAGE, log_ns, image(stamp_ns, pixels), log_ns, number))


def marks_in(path: Path) -> list[tuple[str, Any]]:
    """The marked messages of a copy in their order, each with all that a message has."""
    from geopolicy.drives.bags.files import BagMessages, bag_of_file
    from geopolicy.drives.bags.messages import Message, Wanted

    found = []
    for message in BagMessages(bag_of_file(path, "copy"), "copy", Wanted(lambda _topic: True)):
        assert isinstance(message, Message)
        if message.topic.name != "/gps/fix":
            mark = MARK.search(message.data)[0].decode()
            whole = message.topic.name, message.log_ns, message.publish_ns, message.sequence, message.data
            found.append((mark, whole))
    return found


def write_world(folder: Path, world: World, kind: str = "mcap") -> Path:
    """The recording of a world as a file."""
    if kind == "mcap":
        return write_mcap(folder / "drive.mcap", world.said, chunk_size=8192)
    return write_bag(folder / "drive", world.said)


def topics_toml() -> str:
    """The map of topics as a file."""
    lines = [f"{json.dumps(name)} = {json.dumps(sensor)}" for name, sensor in SENSOR_OF.items()]
    return "\n".join(["[topics]", *lines, ""])
