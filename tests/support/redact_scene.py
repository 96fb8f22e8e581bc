"""A drive along a parallel through one zone, with what a camera saw every half second."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mcap.reader import make_reader

import geopolicy as gp
from bag_samples import IMAGE, NAVSATFIX, T0, S, Said, image, navsatfix, write_mcap

if TYPE_CHECKING:
    from collections.abc import Iterable

WEST, EAST = 13.02, 13.03  # of the zone, which the drive crosses
STEP = 2e-4  # 15.6 m in a second
SECONDS = 300
SQUARE = {"type": "Polygon", "coordinates": [[[WEST, 45], [EAST, 45], [EAST, 46], [WEST, 46], [WEST, 45]]]}
CAR = gp.Vehicle(["camera.exterior.front", "lidar", "telemetry.location"])
TOPICS = gp.hosts.TopicMap(
    {"/camera": gp.hosts.MappedTopic(("camera.exterior.front",)), "/lidar": gp.hosts.MappedTopic(("lidar",))}
)
OPTIONS = gp.hosts.RedactionOptions(topics=TOPICS, latency_s=0.2, now=datetime(2026, 3, 3, tzinfo=UTC))
IN_S, OUT_S = (WEST - 13.0) / STEP, (EAST - 13.0) / STEP  # when the drive enters and leaves: 100 and 150


def opened(rule=None, vehicle=CAR):
    rules = [gp.Rule(["camera"], gp.Level.OFF) if rule is None else rule]
    return gp.open(gp.ZoneSet([gp.Zone("square", SQUARE, rules, timezone="UTC")]), vehicle)


def at(seconds):
    return T0 * S + round(seconds * S)


def fixes(topic="/gps/fix"):
    for second in range(SECONDS + 1):
        data = navsatfix(at(second), 45.5, 13.0 + second * STEP)
        yield Said(topic, NAVSATFIX, at(second) + S // 50, data)


def images(topic="/camera", delay_s=0.05, stamp=lambda taken_ns: taken_ns, step_s=0.5):
    for index in range(int(SECONDS / step_s)):
        taken_ns = at(index * step_s)
        data = image(stamp(taken_ns), b"%d" % index)
        yield Said(topic, IMAGE, taken_ns + round(delay_s * S), data, taken_ns + round(delay_s * S), index)


def in_order(*said: Iterable[Said]) -> list[Said]:
    return sorted((each for many in said for each in many), key=lambda each: each.log_ns)


def redacted(folder, said, *engines: gp.Engine, options=OPTIONS, beside=None):
    folder.mkdir(exist_ok=True)
    source = write_mcap(folder / "drive.mcap", said, **(beside or {}))
    return gp.hosts.redact_recording(source, engines or [opened()], folder / "clean.mcap", options)


def left_in(path, topic="/camera"):
    """The seconds at which what is left was sensed, by its place in the series."""
    with path.open("rb") as stream:
        return [message.sequence * 0.5 for _, _, message in make_reader(stream).iter_messages([topic])]
