"""An engine at one time after another: conditions are resolved again only when they may have changed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.engines.contract import Engine


class Views:
    """The views of an engine during a drive; for each state and emergency the last with a time and without."""

    __slots__ = ("_engine", "_kept")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[tuple[bool, str | None, bool | None], Engine] = {}

    def at(self, time: datetime | None, state: str | None = None, emergency: bool | None = None) -> Engine:
        """The view for a time, state and emergency. None: not known, all that depends on it is in force."""
        key = (time is None, state, emergency)
        view = self._kept.get(key)
        if view is not None:
            if time is None or view.time is None or view.time == time:
                return view
            if view.time <= time and (view.valid_until is None or time < view.valid_until):
                return view
        view = self._kept[key] = self._engine.when(time, state, emergency)
        return view
