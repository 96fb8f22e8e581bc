"""What processes of a pool do: in a module that they can import."""

from __future__ import annotations

import os

import geopolicy as gp

_engine: list[gp.Engine] = []


def open_once(path):
    """What each process of a pool does first."""
    _engine[:] = [gp.open(path, mmap=True)]


def zones_by_opened(lat, lon):
    return os.getpid(), _engine[0].decide(lat, lon, 5.0).zones


def zones_by_sent(engine, lat, lon):
    return os.getpid(), engine.decide(lat, lon, 5.0).zones
