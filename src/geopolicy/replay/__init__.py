"""Recorded drives, replayed against zones: what would have been restricted, when, and why."""

from __future__ import annotations

from geopolicy.replay.monitored import MonitoredReplay
from geopolicy.replay.raw import replay
from geopolicy.replay.steps import Change, Step, Summary, change_at

__all__ = ["Change", "MonitoredReplay", "Step", "Summary", "change_at", "replay"]
