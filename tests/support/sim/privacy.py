"""A scanner for places: any number in a text that could be where the vehicle was."""

from __future__ import annotations

import json
import logging
import re
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import geopolicy as gp
from sim import receiver as calls
from sim.runs import PROFILES, random_of, step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.runs import Scenes

NUMBER = re.compile(
    r"(?<![\w.])(?<!\d:)[-+]?(?:\d+\.\d{2,}(?:[eE][-+]?\d+)?|\d+(?:\.\d+)?[eE][-+]?\d+(?!\w)|\d{5,}(?:\.\d+)?(?!\w))"
)
"""With two decimals or five digits at least: less is no place to a kilometre. No seconds, and no part of a digest."""
NEAR_M = 1_000.0
DEGREE_M = 111_320.0
KNOWN = ("accuracy_95_m", "monotonic_s", "speed_mps", "course_deg")
EVERY = 40
"""Calls between two looks at everything."""


class Scanner:
    """Knows where a vehicle was, and what else there is to say in numbers."""

    def __init__(self, lat: np.ndarray, lon: np.ndarray, known: Iterable[Any] = ()) -> None:
        lon = (lon + 180) % 360 - 180
        self._known = {form for value in known for form in (repr(value), str(value))}
        # Next to the equator or Greenwich every small number is a place, and microseconds are in 1e-7 degrees.
        self._lats = np.unique(np.round(lat[np.abs(lat) > 0.12], 4))
        self._lons = np.unique(np.round(lon[np.abs(lon) > 0.12], 4))
        self._lon_deg = NEAR_M / (DEGREE_M * np.cos(np.radians(np.abs(lat).max())))

    def findings(self, text: str) -> list[str]:
        """Every number that could be a latitude or a longitude: in degrees, in 1e-7 of them, or in radians."""
        return [own for own in set(NUMBER.findall(text)) - self._known if self._is_place(float(own))]

    def _is_place(self, value: float) -> bool:
        forms = (value, value / 1e7, float(np.degrees(value)))
        return any(
            _is_near(self._lats, form, NEAR_M / DEGREE_M) or _is_near(self._lons, form, self._lon_deg) for form in forms
        )


def _is_near(places: np.ndarray, value: float, reach: float) -> bool:
    at = int(np.searchsorted(places, value))
    return any(abs(places[i] - value) <= reach for i in (at - 1, at) if 0 <= i < len(places))


class BrokenViews:
    """Views that fail as a bug would: with the place in their text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def at(self, *_: object) -> gp.Engine:
        raise RuntimeError(f"no view {self._text}")


class Listener(logging.Handler):
    """Keeps what is logged by anybody."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def shown(monitor: gp.Monitor) -> list[str]:
    """Every text that a monitor and what hangs on it gives of itself."""
    drive, track, decision = monitor._drive, monitor._drive._track, monitor.decision
    hypotheses = [one for one in (track.trusted, track.alternative) if one is not None]
    inner = [drive, track, *hypotheses, *track.discs(), drive._safe_region, drive._zones, drive._doubts, drive._clock]
    inner += [disc for one in hypotheses for disc in list(one._marks)[-3:]]
    texts = [repr(own) + str(own) for own in (monitor, decision, *inner)]
    texts += [repr(one) + str(one) for one in monitor.transitions()]
    texts += [decision.explain(), json.dumps(decision.as_dict()), str(monitor.counters), str(monitor.last_error)]
    return [*texts, str(monitor.engine), repr(monitor.profile)]


def refused(monitor: gp.Monitor, lat: float, lon: float) -> list[str]:
    """What errors say that a caller can bring about at a place."""
    other = gp.open(gp.ZoneSet([], gp.ZoneFileHeader(id="other")), monitor.vehicle)
    engine = other.when()
    texts = []
    for attempt in (
        lambda: monitor.swap(other),
        lambda: engine.decide(lat + 180, lon),
        lambda: engine.decide(lat, lon * 1e7),
        lambda: engine.decide(lat, lon, -1.0),
        lambda: engine.near(lat, lon, 1e9),
        lambda: engine.decide_path(lat, lon, lat, lon + 1e3),
        lambda: gp.Fix(lat, lon, nothing=1),
        lambda: monitor.update(lat),
        lambda: monitor.decision.level("nothing"),
    ):
        try:
            attempt()
        except Exception as error:  # whatever it is, its text counts
            texts += traceback.format_exception_only(error)
    return texts


def private(seed: int, number: int, scenes: Scenes, count: int = 300) -> tuple[dict[str, int], str]:
    """One drive with faults; every text that came of it, scanned."""
    random = random_of(seed, number)
    name = tuple(PROFILES)[number % len(PROFILES)]
    scene = scenes.at(number)
    faults = [calls.FAULTS[int(i)] for i in random.permutation(len(calls.FAULTS))[:10]]
    trace = calls.make(random, scene, PROFILES[name], count, faults=faults)
    fixes = [call.fix for call in trace.calls if call.fix is not None]
    known = {getattr(fix, own) for fix in fixes for own in KNOWN if _is_plain(fix, own)}
    scanner = Scanner(trace.lat, trace.lon, known | {call.now_s for call in trace.calls if call.now_s is not None})
    listener = Listener()
    logging.getLogger().addHandler(listener)
    try:
        with warnings.catch_warnings(record=True) as warned, tempfile.TemporaryDirectory() as folder:
            warnings.simplefilter("always")
            texts = _texts(trace, PROFILES[name], Path(folder), is_broken=random.random() < 0.3)
            texts += [str(own.message) for own in warned]
    finally:
        logging.getLogger().removeHandler(listener)
    texts += [*map(repr, fixes), *listener.texts]
    found = {own for text in texts for own in scanner.findings(text)}
    counts = {"traces": 1, "texts": len(texts), "characters": sum(map(len, texts)), "findings": len(found)}
    # A finding is not shown but by its length and where it is from: the summary is a text, too.
    source = next((text for text in texts if scanner.findings(text)), "")
    return counts, f"drive {number} of seed {seed}: {sorted(found)[:3]} in {source[:200]!r}" if found else ""


def _is_plain(fix: gp.Fix, name: str) -> bool:
    return isinstance(getattr(fix, name), int | float | None)


def _texts(trace: calls.Trace, profile: gp.MonitorProfile, folder: Path, *, is_broken: bool) -> list[str]:
    monitor = gp.Monitor(trace.scene.engines[0], profile=profile)
    texts: list[str] = []
    with gp.audit.AuditLog(folder / "log", b"0123456789abcdef", sync=False, resolution_s=1) as log:
        for index, call in enumerate(trace.calls):
            step(monitor, call, trace.scene)
            if index % EVERY == 0:
                texts += shown(monitor)
                log.follow(monitor)
        texts += refused(monitor, float(trace.lat[-1]), float((trace.lon[-1] + 180) % 360 - 180))
        if is_broken:
            monitor._drive._views = BrokenViews(f"at {trace.lat[-1]}, {trace.lon[-1]}")
            monitor.tick(trace.started_s + trace.when_s[-1] + 1.0)
        texts += shown(monitor)
        log.follow(monitor)
        texts += [repr(log)]
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [*texts, *(path.read_bytes().decode("utf-8", "replace") + path.name for path in paths)]
