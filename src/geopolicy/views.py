"""An engine at one time after another: conditions are resolved again only when they may have changed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.base import Engine


class Views:
    """The views of an engine at the times and states of a drive; the last with a time and the last without are kept."""

    __slots__ = ("_engine", "_kept")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[bool, Engine] = {}

    def at(self, time: datetime | None, state: str | None = None) -> Engine:
        """The view for a time and state. None: not known, all that depends on it is in force."""
        view = self._kept.get(time is None)
        if view is not None and view.state == state:
            if time is None or view.time is None or view.time == time:
                return view
            if view.time <= time and (view.valid_until is None or time < view.valid_until):
                return view
        view = self._kept[time is None] = self._engine.when(time, state)
        return view
