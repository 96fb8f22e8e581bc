"""What a receiver and its surroundings make of a drive: fixes with faults, and calls of a monitor."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

import geopolicy as gp
from sim.scenes import EPOCH_S, wrapped

FIX, TICK, SWAP, COLLECT, GRANT, WITHDRAW = range(6)
PLAIN, MORE, NONE, AGAIN = range(4)
"""Which engine a swap brings: the one of the scene, the one with more zones, none, the first one opened anew."""
STAMP_S = 0.09
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEKS = timedelta(weeks=1024)

FAULTS = (
    "nan",
    "no_accuracy",
    "invalid",
    "zero",
    "flags",
    "low",
    "future",
    "same_time",
    "untimed",
    "duplicate",
    "late",
    "dropout",
    "text",
    "clock",
    "swap",
    "gap",
)


class Call:
    """One call of a monitor, at its true time."""

    __slots__ = ("emergency", "fix", "is_clean", "kind", "now_s", "what", "when_s")

    def __init__(self, when_s: float, kind: int, *, fix=None, now_s=None, what=None, is_clean=False) -> None:
        self.when_s, self.kind, self.fix, self.now_s, self.what = when_s, kind, fix, now_s, what
        self.is_clean = is_clean
        self.emergency = None  # what is told of one with a fix

    def __lt__(self, other: Call) -> bool:
        return self.when_s < other.when_s


class Trace:
    """A drive as it reaches a monitor: calls in their order, and the truth at each of them."""

    def __init__(self, scene, drive, calls: list[Call], started_s: float) -> None:
        self.scene, self.drive, self.calls, self.started_s = scene, drive, calls, started_s
        self.when_s = np.array([call.when_s for call in calls])
        east, north, *_ = drive.at(self.when_s)
        self.lat, self.lon = scene.ground.degrees(east, north)
        self.posix_s = EPOCH_S + self.when_s
        self.emergency = list(_last_told(calls))


def _last_told(calls: list[Call]):
    """What was told of an emergency until after each call; None: nothing, or no yes and no no."""
    last = None
    for call in calls:
        if call.kind == FIX:
            last = call.emergency if isinstance(call.emergency, bool) else None
        yield last


class Receiver:
    """Makes fixes of a drive. Within the error model whatever happens, but for `out_of_model`.

    Fixes that a monitor must not go by (flagged, inaccurate, stamped wrongly, no numbers) say anything.
    """

    def __init__(self, random: np.random.Generator, profile: gp.MonitorProfile, *, faults=None) -> None:
        self._random, self._profile = random, profile
        count = int(random.integers(0, 5))
        chosen = [FAULTS[i] for i in random.permutation(len(FAULTS))[:count]] if faults is None else faults
        self.faults = frozenset(chosen)
        most = profile.max_accuracy_m / profile.accuracy_factor
        self._accuracy_m = min(float(random.choice([0.6, 3.0, 8.0, 25.0, 50.0])), most)
        self._mode = int(random.integers(4))
        self._course = float(random.uniform(0, 2 * math.pi))
        self._rate = float(random.choice([0.02, 0.1, 0.3]))
        self.has_speed, self.has_course = random.random() < 0.8, random.random() < 0.8
        self.has_time, self.has_now = random.random() < 0.9, random.random() < 0.5

    def calls(self, scene, drive, count: int, period_s: float, started_s: float) -> list[Call]:
        """So many calls: fixes every period, ticks at random between, and what the faults bring."""
        random = self._random
        ticks = float(random.choice([0.0, 0.5, 2.0]))
        fixes = max(4, int(count / (1 + ticks)))
        true_s = np.cumsum(random.uniform(0.9, 1.1, fixes) * period_s)
        if "gap" in self.faults:
            for _ in range(int(random.integers(1, 4))):
                true_s[int(random.integers(fixes)) :] += float(np.exp(random.uniform(np.log(3), np.log(600))))
        if "dropout" in self.faults:
            true_s = self._dropped(true_s)
        calls = self._fixes(scene, drive, true_s, started_s)
        last = true_s[-1]
        calls += [
            Call(t, TICK, now_s=started_s + t) for t in random.uniform(0, last, int(len(true_s) * ticks)).tolist()
        ]
        if "swap" in self.faults:
            which = random.choice([PLAIN, MORE, NONE, AGAIN], int(random.integers(1, 6)))
            calls += [Call(float(random.uniform(0, last)), SWAP, what=int(w)) for w in which]
        calls += self._agreements(last)
        return sorted(calls)[:count]

    def _dropped(self, true_s):
        keep = np.ones(len(true_s), dtype=bool)
        for _ in range(int(self._random.integers(1, 5))):
            start = self._random.uniform(0, true_s[-1])
            keep &= (true_s < start) | (true_s > start + self._random.uniform(1, 90))
        keep[:2] = True
        return true_s[keep]

    def _agreements(self, last: float) -> list[Call]:
        random = self._random
        if random.random() < 0.5:
            return []
        calls = [
            Call(float(t), COLLECT, what=bool(random.random() < 0.6))
            for t in random.uniform(0, last, random.integers(4))
        ]
        for t in random.uniform(0, last, random.integers(1, 4)).tolist():
            given = datetime.fromtimestamp(EPOCH_S + int(random.uniform(-100, 300)), UTC)
            until = given + timedelta(seconds=int(random.uniform(5, 400)))
            calls.append(Call(t, GRANT, what=gp.Consent("driver", ["microphone"], given, until)))
        calls += [Call(float(t), WITHDRAW, what="driver") for t in random.uniform(0, last, random.integers(2))]
        return calls

    # Fixes ---------------------------------------------------------------------------------------------------

    def _errors(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Radius and error of each fix; the error is within the radius always, often close to it."""
        random, mode = self._random, self._mode
        most = self._profile.max_accuracy_m / self._profile.accuracy_factor
        accuracy = np.full(count, self._accuracy_m)
        bursts = random.random(count) < random.choice([0.0, 0.1])
        accuracy[bursts] = random.uniform(0.6, most, int(bursts.sum()))
        radius = accuracy * self._profile.accuracy_factor
        if mode == 0:  # anywhere in the disc
            size, angle = np.sqrt(random.random(count)), random.uniform(0, 2 * math.pi, count)
        elif mode == 1:  # always off the same way, as far as may be
            size, angle = np.full(count, 0.999), np.full(count, self._course)
        elif mode == 2:  # from one side to the other
            size, angle = np.full(count, 0.999), self._course + math.pi * random.integers(0, 2, count)
        else:  # turns slowly
            size, angle = np.full(count, 0.99), self._course + np.arange(count) / 20
        # Rounding to the grid of fixes and to degrees takes a centimetre.
        size = np.maximum(0.0, size * radius - 0.02)
        return accuracy, size * np.exp(1j * angle)

    def _fixes(self, scene, drive, true_s: np.ndarray, started_s: float) -> list[Call]:
        random, count = self._random, len(true_s)
        east, north, speed, course = drive.at(true_s)
        accuracy, error = self._errors(count)
        lat, lon = scene.ground.degrees(east, north)
        lat, lon = scene.ground.off(lat, lon, error.real, error.imag)
        lat, lon = np.round(lat, 7), np.round(wrapped(lon), 7)
        stamp = started_s + true_s + random.uniform(-STAMP_S, STAMP_S, count) * (random.random() < 0.7)
        said = np.maximum(0.0, speed + random.uniform(-0.6, random.choice([0.0, 0.6, 5.0]), count))
        course = course + random.normal(0, 10, count)
        late = random.exponential(random.choice([0.0, 0.05, 1.5]), count) if "late" in self.faults else np.zeros(count)
        has_now = self.has_now or "late" in self.faults
        posix = EPOCH_S + true_s + random.uniform(-0.1, 0.1, count)
        bad = random.random(count) < self._rate
        calls = []
        columns = zip(
            *(a.tolist() for a in (true_s, lat, lon, accuracy, stamp, said, course, late, posix, bad)), strict=True
        )
        clean = 0  # stamps are right until some have surely been taken in
        for t, y, x, acc, at, v, way, wait, clock, is_bad in columns:
            fix = gp.Fix(
                y,
                x,
                acc,
                _EPOCH + timedelta(seconds=clock) if self.has_time else None,
                at,
                v if self.has_speed else None,
                way if self.has_course else None,
            )
            call = Call(t + wait, FIX, fix=fix, now_s=started_s + t + wait if has_now else None, is_clean=True)
            if is_bad and self.faults:
                call.is_clean = False
                calls += self._spoil(call, started_s + t + wait, is_clocked=clean >= 3)
            clean += call.is_clean and not wait and t > 1.0
            calls.append(call)
        return calls

    def _spoil(self, call: Call, now_s: float, *, is_clocked: bool) -> list[Call]:
        """A fault at a fix; calls beside it."""
        random, fix = self._random, call.fix
        fault = str(random.choice(sorted(self.faults)))
        any_place = {"lat": fix.lat + random.normal(0, 1e-2), "lon": float(wrapped(fix.lon + random.normal(0, 1e-2)))}
        is_far = random.random() < 0.5
        where = any_place if is_far else {}
        if fault == "nan":
            field = str(random.choice(["lat", "lon", "speed_mps", "course_deg", "accuracy_95_m"]))
            call.fix = replace(fix, **{field: float(random.choice([math.nan, math.inf]))})
            if field == "accuracy_95_m" and call.fix.accuracy_95_m == math.inf:
                call.fix = replace(call.fix, **where)
        elif fault == "no_accuracy":
            call.fix = replace(fix, accuracy_95_m=random.choice([None, 0.0, -1.0]), **where)
        elif fault == "invalid":
            call.fix = replace(fix, valid=random.choice([False, None]), **any_place)
        elif fault == "zero":
            call.fix = replace(fix, lat=0.0, lon=0.0)
        elif fault == "flags":
            call.fix = replace(fix, spoofing=bool(random.random() < 0.5), jamming=True, **where)
        elif fault == "low":
            most = self._profile.max_accuracy_m / self._profile.accuracy_factor
            call.fix = replace(fix, accuracy_95_m=most * float(random.choice([1.01, 3, 1e3])), **where)
        elif fault == "future":
            call.now_s = now_s
            call.fix = replace(fix, monotonic_s=now_s + 0.11 + random.exponential(2.0), **where)
        elif fault == "same_time":
            twin = replace(fix, **any_place)
            return [Call(call.when_s + 1e-6, FIX, fix=twin, now_s=call.now_s)]
        elif fault == "untimed":
            call.now_s = now_s
            call.fix = replace(fix, monotonic_s=(None, math.nan, math.inf, "?")[int(random.integers(4))], **where)
        elif fault == "duplicate":
            waits = random.exponential(1.0, 3).tolist()
            return [Call(call.when_s + wait, FIX, fix=fix, now_s=now_s + wait) for wait in waits]
        elif fault == "text":
            field = str(random.choice(["lat", "lon", "accuracy_95_m", "speed_mps", "course_deg", "time"]))
            call.fix = replace(fix, **{field: ("?", [], object(), 1j)[int(random.integers(4))]})
        elif fault == "clock" and fix.time is not None and is_clocked:
            call.fix = replace(fix, time=self._wrong_time(fix.time))
        return []

    def _wrong_time(self, time: datetime) -> datetime | None:
        random = self._random
        return (
            time + _WEEKS,
            time - _WEEKS,
            _EPOCH,
            datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
            time + timedelta(seconds=1),
            time - timedelta(seconds=float(random.uniform(0.5, 4000))),
            time.replace(tzinfo=None),
            None,
        )[int(random.integers(8))]


def make(
    random: np.random.Generator, scene, profile: gp.MonitorProfile, count: int = 600, faults=None, drive=None
) -> Trace:
    """A trace of so many calls."""
    from sim import drives

    period_s = float(random.choice([0.1, 0.2, 1.0, 2.0], p=[0.2, 0.2, 0.5, 0.1]))
    receiver = Receiver(random, profile, faults=faults)
    drive = drive or drives.make(random, scene, profile.v_max_mps, count * period_s * 1.5 + 900)
    started_s = float(random.choice([0.0, 1e3, 1e7]))
    calls = receiver.calls(scene, drive, count, period_s, started_s)
    tell_of_emergencies(random.spawn(1)[0], calls)
    return Trace(scene, drive, calls, started_s)


def tell_of_emergencies(random: np.random.Generator, calls: list[Call]) -> None:
    """In two drives of three, now and then another word about an emergency."""
    if random.random() < 0.35:
        return
    word, often = None, float(random.choice([0.01, 0.05, 0.3]))
    for call in calls:
        if random.random() < often:
            word = (True, False, None, True, "yes")[int(random.integers(5))]
        call.emergency = word
