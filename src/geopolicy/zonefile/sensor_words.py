"""Which sensor of the vocabulary is probably meant by another word for it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KINDS = {
    **dict.fromkeys(("all", "any", "every", "everything"), "*"),
    **dict.fromkeys(("anpr", "cam", "cams", "dash", "dashcam", "dvr", "fisheye", "image", "imaging", "ir"), "camera"),
    **dict.fromkeys(("infrared", "lpr", "nightvision", "optical", "photo", "picture", "recorder"), "camera"),
    **dict.fromkeys(("rgb", "stereo", "surround", "thermal", "video", "vision", "webcam"), "camera"),
    **dict.fromkeys(("dms", "drowsiness", "eye", "eyes", "face", "gaze"), "camera.driver"),
    **dict.fromkeys(("audio", "mic", "mics", "mike", "sound", "speech", "voice"), "microphone"),
    **dict.fromkeys(("laser", "scanner"), "lidar"),
    **dict.fromkeys(("mmwave", "srr", "lrr"), "radar"),
    **dict.fromkeys(("parking", "pdc", "sonar", "ultrasound", "uss"), "ultrasonic"),
    **dict.fromkeys(("beidou", "galileo", "glonass", "gps", "navigation", "satellite", "satnav"), "gnss"),
    **dict.fromkeys(("location", "logging", "position", "positions", "track", "tracking"), "telemetry.location"),
    **dict.fromkeys(("trace", "trajectory", "trajectories"), "telemetry.location"),
    **dict.fromkeys(("telematics", "upload"), "telemetry"),
    **dict.fromkeys(("gsm", "internet", "lte", "mobile", "modem", "4g", "5g"), "link.cellular"),
    **dict.fromkeys(("bluetooth", "bt", "carplay", "smartphone"), "link.phone"),
    **dict.fromkeys(("wlan", "hotspot"), "link.wifi"),
}
# Where a word names a place and no kind of sensor, people think of the camera there.
_PLACES = {
    **dict.fromkeys(("forward", "front", "windscreen", "windshield"), "camera.exterior.front"),
    **dict.fromkeys(("back", "backup", "backward", "rear", "reverse", "reversing"), "camera.exterior.rear"),
    "left": "camera.exterior.left",
    "right": "camera.exterior.right",
    **dict.fromkeys(("environment", "exterior", "outside", "outward"), "camera.exterior"),
    **dict.fromkeys(("cabin", "incabin", "inside", "interior", "inward", "passenger"), "camera.cabin"),
    "driver": "camera.driver",
}
_SHORTEST_PART = 3  # letters of a word that is looked for within another
_MOST_LETTERS = 60


def near_sensor(name: str, sensors: Sequence[str]) -> str | None:
    """Which of some documented sensors and groups a name seems to mean; None if it is like none."""
    name = name[:_MOST_LETTERS]
    if name in _KINDS or name in _PLACES:
        return _KINDS.get(name) or _PLACES[name]
    known = {*_KINDS, *_PLACES, *(part for sensor in sensors for part in sensor.split("."))}
    words = [word for token in re.findall("[a-z]+", name) for word in _words(token, known)]
    kinds = {sensor.split(".")[0] for sensor in sensors}
    parts = {part for word in words for part in _parts(word)}
    if kinds.isdisjoint(parts):
        places = [_PLACES[word] for word in words if word in _PLACES]
        if places or "*" in parts:
            return next(iter(places), "*")

    def likeness(sensor: str) -> tuple[int, int]:
        first, *rest = sensor.split(".")
        return 2 * (first in parts) + len(parts.intersection(rest)), -len(rest)

    likest = max(sensors, key=likeness)
    return likest if likeness(likest)[0] else None


def _words(token: str, known: set[str]) -> Iterator[str]:
    """The known words that letters stand for: spelt almost so, or put together without a sign between."""
    near = [token] if token in known else get_close_matches(token, sorted(known), n=1, cutoff=0.82)
    if near:
        yield near[0]
        return
    longest_first = sorted((word for word in known if len(word) >= _SHORTEST_PART), key=len, reverse=True)
    yield from re.findall("|".join(map(re.escape, longest_first)), token)


def _parts(word: str) -> list[str]:
    """The parts of the name that a word means; of a place its last one: `lidar_back` is no camera."""
    return _PLACES[word].split(".")[-1:] if word in _PLACES else _KINDS.get(word, word).split(".")
