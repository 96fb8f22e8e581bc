"""An engine at one time after another: conditions are resolved again only when they may have changed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from geopolicy.engines.contract import Engine


class Views:
    """The views of an engine during a drive; for all that is known but the time the last with a time and without."""

    __slots__ = ("_engine", "_kept")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[tuple[bool, str | None, bool | None, bool], Engine] = {}

    def at(
        self,
        time: datetime | None,
        state: str | None = None,
        emergency: bool | None = None,
        *,
        exempts: bool = True,
    ) -> Engine:
        """The view for a time, state and emergency. None: not known, all that depends on it is in force.

        ``exempts``: whether exemptions lift anything.
        """
        key = (time is None, state, emergency, exempts)
        view = self._kept.get(key)
        if view is not None:
            if time is None or view.time is None or view.time == time:
                return view
            if view.time <= time and (view.valid_until is None or time < view.valid_until):
                return view
        engine = self._engine if exempts else self._engine.without_exemptions()
        view = self._kept[key] = engine.when(time, state, emergency)
        return view
