"""A small simulated ECU whose cameras obey decisions, in vehicles that SUMO drives: python simulated_ecu.py."""

from __future__ import annotations

import math
import random
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopolicy as gp
from geopolicy import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOWN = Path(__file__).resolve().parents[1] / "examples" / "sumo"
METRES_PER_DEGREE = 111_132.0
VEHICLE = gp.Vehicle(["camera.exterior.front", "camera.cabin"])
# What the vehicle and its receiver are trusted to do, and no more.
PROFILE = gp.MonitorProfile(accuracy_factor=3.0, v_max_mps=20.0)


@dataclass(frozen=True)
class Frame:
    """A picture, and what became of it."""

    camera: str
    taken_at_s: float
    is_recorded: bool
    is_sent: bool
    is_blurred: bool


@dataclass
class Camera:
    """Takes a frame whenever it is asked to, unless it is off."""

    name: str
    level: Level = Level.OFF  # until somebody decides

    def shoot(self, now_s: float) -> Frame | None:
        """A frame, and what may be done with it at the camera's level; None: the camera is off."""
        if self.level == Level.OFF:
            return None
        return Frame(
            self.name,
            now_s,
            is_recorded=self.level < Level.NO_RECORD,
            is_sent=self.level < Level.IN_VEHICLE,
            is_blurred=self.level == Level.ANONYMIZE,
        )


@dataclass
class Ecu:
    """The computer of one vehicle: it knows its cameras and the latest decision, and not where it is."""

    cameras: list[Camera] = field(default_factory=lambda: [Camera(name) for name in VEHICLE.sensors])

    def obey(self, decision: gp.Decision) -> None:
        """Set every camera to its level, before any of them takes another frame."""
        for camera in self.cameras:
            camera.level = decision.levels[camera.name]

    def cycle(self, now_s: float) -> list[Frame]:
        """The frames of one cycle."""
        return [frame for camera in self.cameras if (frame := camera.shoot(now_s)) is not None]


class Receiver:
    """A GNSS receiver that is noisy, late, and silent now and then.

    Parameters
    ----------
    seed
        Of its errors.
    sigma_m
        Standard deviation of its error in each axis, which wanders over some seconds; it states the radius of 95 %.
    drop
        The probability that a fix does not come; a hundredth of it, that an outage of up to ten seconds begins.
    late_steps
        How many steps pass until a fix is there.
    """

    def __init__(self, seed: int, sigma_m: float = 2.0, drop: float = 0.2, late_steps: int = 2) -> None:
        self._random = random.Random(seed)
        self._sigma_m, self._drop = sigma_m, drop
        self._error_m = [self._random.gauss(0.0, sigma_m) for _ in range(2)]
        self._late: deque[gp.Fix] = deque(maxlen=late_steps + 1)
        self._outage_steps = 0

    def hear(self, true: gp.Fix) -> gp.Fix | None:
        """What the receiver says at a step at which the vehicle is truly there; None: nothing."""
        keep = 0.98
        spread_m = self._sigma_m * math.sqrt(1.0 - keep**2)
        self._error_m = [keep * error_m + self._random.gauss(0.0, spread_m) for error_m in self._error_m]
        self._late.append(self._with_error(true))
        if self._random.random() < self._drop / 100.0:
            self._outage_steps = self._random.randint(1, 100)
        self._outage_steps -= 1
        if self._outage_steps >= 0 or self._random.random() < self._drop:
            return None
        return self._late[0]

    def _with_error(self, true: gp.Fix) -> gp.Fix:
        east_m, north_m = self._error_m
        per_lon = METRES_PER_DEGREE * math.cos(math.radians(true.lat))
        lat, lon = true.lat + north_m / METRES_PER_DEGREE, true.lon + east_m / per_lon
        return replace(true, lat=lat, lon=lon, accuracy_95_m=2.45 * self._sigma_m)


def drive(
    sumo: Any, engine: gp.Engine, receiver_of: Callable[[int], Receiver] = Receiver
) -> Iterator[tuple[str, list[Frame]]]:
    """Drive until all vehicles have arrived; of each step the vehicles and their frames, as soon as they are taken."""
    receivers: dict[str, Receiver] = {}
    ecus: dict[str, Ecu] = {}

    def hear(vehicle: str, true: gp.Fix) -> gp.Fix | None:
        if vehicle not in receivers:
            receivers[vehicle] = receiver_of(len(receivers))
        return receivers[vehicle].hear(true)

    fleet = gp.hosts.SumoFleet(engine, sumo, profile=PROFILE, receiver=hear)
    while sumo.simulation.getMinExpectedNumber():
        fleet.step()
        now_s = sumo.simulation.getTime()
        for vehicle, decision in fleet.decisions.items():
            ecu = ecus.setdefault(vehicle, Ecu())
            ecu.obey(decision)
            yield vehicle, ecu.cycle(now_s)


def main() -> None:
    """Drives through the town, and counts what became of the frames."""
    try:
        import libsumo
    except ImportError as error:
        raise SystemExit(f"simulated_ecu.py needs SUMO ({error}); pip install 'geopolicy[sumo]'") from None

    libsumo.start(["sumo", "-c", str(TOWN / "town.sumocfg"), "--lanechange.duration", "2"])
    engine = gp.open(TOWN / "zones.geojson", VEHICLE)
    counts: Counter[str] = Counter()
    for _, frames in drive(libsumo, engine):
        counts["cycles"] += 1
        for frame in frames:
            told = "recorded" if frame.is_recorded else "not recorded"
            told += ", sent blurred" if frame.is_blurred else ", sent" if frame.is_sent else ", not sent"
            counts[f"{frame.camera}: {told}"] += 1
    libsumo.close()
    for what, count in sorted(counts.items()):
        print(f"{count:6,} {what}")


if __name__ == "__main__":
    main()
