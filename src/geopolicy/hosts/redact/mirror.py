"""Zones for a monitor that goes through a drive backwards: its clock runs on while that of the drive runs back."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.engines.contract import Engine

_STEP = timedelta(seconds=0.25)
"""For so long a view is taken as it is: where its rules change meanwhile, the way forwards has the exact time."""


class Mirrored:
    """An engine whose times are mirrored about the end of a drive.

    Parameters
    ----------
    engine
        The engine.
    began, ended
        The first and the last time of the drive; None where it has none, and no time is ever asked.
    """

    time: datetime | None = None
    """The mirrored time of a view."""

    def __init__(self, engine: Engine, began: datetime | None, ended: datetime | None) -> None:
        self._engine = engine
        self._ended = ended
        self._is_constant = _is_constant(engine, began, ended)

    def when(self, time: datetime | None = None, state: str | None = None, emergency: bool | None = None) -> Mirrored:
        """The view for a mirrored time, as `Engine.when`."""
        view = copy(self)
        true = None if time is None or self._ended is None else mirrored(time, self._ended)
        view._engine, view.time = self._engine.when(true, state, emergency), time
        return view

    @property
    def valid_until(self) -> datetime | None:
        """None where nothing changes through the whole drive by time alone, else a moment."""
        return None if self.time is None or self._is_constant else self.time + _STEP

    @property
    def expires(self) -> datetime | None:
        """The time of the view if anything is expired at the true one, else a later one: what compares them sees it."""
        expires, true = self._engine.expires, self._engine.time
        if expires is None or self.time is None or true is None:
            return expires
        return self.time if true >= expires else self.time + _STEP

    def __getattr__(self, name: str) -> Any:
        if name == "_engine":  # of a copy that is being made
            raise AttributeError(name)
        return getattr(self._engine, name)


def _is_constant(engine: Engine, began: datetime | None, ended: datetime | None) -> bool:
    """Whether no rule changes through a drive by time alone."""
    if began is None or ended is None:
        return True
    until = engine.when(began).valid_until
    return until is None or until > ended


def mirrored(time: datetime, about: datetime) -> datetime:
    """A time, as far on the other side of another one."""
    return about + (about - time)
