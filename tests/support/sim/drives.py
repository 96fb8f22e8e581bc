"""What a vehicle truly did: a road through places, and a speed within bounds."""

from __future__ import annotations

import numpy as np


class Drive:
    """Position, speed and course at any time. The speed is linear between knots, the road straight between corners."""

    def __init__(self, road: np.ndarray, knots: np.ndarray, speeds: np.ndarray) -> None:
        self._road = road
        self._along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(road, axis=0).T))])
        self._knots, self._speeds = knots, speeds
        steps = np.diff(knots) * (speeds[1:] + speeds[:-1]) / 2
        self._gone = np.concatenate([[0.0], np.cumsum(steps)])

    def at(self, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Metres east and north, speed, course in degrees."""
        k = np.clip(np.searchsorted(self._knots, time_s, side="right") - 1, 0, len(self._knots) - 2)
        since = time_s - self._knots[k]
        slope = (self._speeds[k + 1] - self._speeds[k]) / (self._knots[k + 1] - self._knots[k])
        gone = self._gone[k] + self._speeds[k] * since + slope * since**2 / 2
        east, north = (np.interp(gone, self._along, self._road[:, i]) for i in (0, 1))
        leg = np.clip(np.searchsorted(self._along, gone, side="right") - 1, 0, len(self._road) - 2)
        way = self._road[leg + 1] - self._road[leg]
        return east, north, self._speeds[k] + slope * since, np.degrees(np.arctan2(way[:, 0], way[:, 1])) % 360


def rounded(road: np.ndarray, times: int = 2) -> np.ndarray:
    """Corners cut (G. M. Chaikin 1974): no longer than before."""
    for _ in range(times):
        cut = np.concatenate([0.75 * road[:-1] + 0.25 * road[1:], 0.25 * road[:-1] + 0.75 * road[1:]], axis=1)
        road = np.concatenate([road[:1], cut.reshape(-1, 2), road[-1:]])
    return road


def make(random: np.random.Generator, scene, v_max_mps: float, lasts_s: float, acceleration_mps2: float = 9.5) -> Drive:
    """A drive past the zones of a scene, for a time: one of several styles, with stops."""
    top = float(random.choice([2.0, 15.0, 35.0, 1e3], p=[0.1, 0.3, 0.3, 0.3]))
    top = min(top, 0.985 * v_max_mps)
    gaps = random.uniform(0.5, random.choice([5.0, 20.0, 60.0]), max(8, int(lasts_s)))
    knots = np.concatenate([[0.0], np.cumsum(gaps)])
    knots = knots[: max(3, np.searchsorted(knots, lasts_s) + 2)]
    wanted = random.uniform(0, top, len(knots))
    wanted[random.random(len(knots)) < 0.2] = 0.0
    wanted[random.random(len(knots)) < 0.2] = top
    speeds = [float(wanted[0])]
    for want, gap in zip(wanted[1:], np.diff(knots), strict=True):
        speeds.append(float(np.clip(want, speeds[-1] - acceleration_mps2 * gap, speeds[-1] + acceleration_mps2 * gap)))
    road = [scene.waypoints(random, 12)]
    length = np.sum(np.diff(knots)) * top
    while sum(np.sum(np.hypot(*np.diff(part, axis=0).T)) for part in road) < length and len(road) < 20:
        road.append(scene.waypoints(random, 12))
    way = np.concatenate(road)
    knots, speeds = [*knots, knots[-1] + 1e5], [*speeds, 0.0]  # whatever comes later, it rolls to a stop
    return Drive(rounded(way) if random.random() < 0.7 else way, np.array(knots), np.array(speeds))
