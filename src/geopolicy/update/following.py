"""A running monitor that follows a repository: news come in a thread of their own, and count between two calls."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from geopolicy.base.arguments import check_kind
from geopolicy.engines.open import open as open_engine
from geopolicy.errors import GeopolicyError, UpdateError
from geopolicy.monitor.monitor import Monitor
from geopolicy.update.client import Outcome
from geopolicy.update.watching import check_client, check_function, delay_s, interval_s

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from geopolicy.engines.contract import Engine
    from geopolicy.update.client import UpdateClient

_SOON_S = 1.0


class _Prepared(NamedTuple):
    """What a monitor is to go on with: zones, and until when it is credible that there are no newer ones."""

    digests: frozenset[str]
    engine: Engine | None
    trusted_time: datetime | None
    fresh_until_s: float | None


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _failed(error: Exception) -> UpdateError:
    """What is told of an error: one of ours as it is, of others the kind, since they may say what nobody should see."""
    if isinstance(error, UpdateError):
        return error
    return UpdateError(
        str(error) if isinstance(error, GeopolicyError) else f"update: failed within: {type(error).__name__}"
    )


class Follower:
    """Keeps a monitor at what a repository has: asks in a thread, and swaps where the monitor's own thread lets it.

    Fetching, checking, installing and opening happen in the thread, so that no decision waits for them; `apply` costs
    a comparison while nothing is new. What was installed at an earlier start is there at the first `apply`, but not
    confirmed: no exemption holds from then until the repository was heard, and none once its metadata has expired,
    whatever the profile says. With ``MonitorProfile(follows_overlays=True)`` none holds before the first `apply`, too.

    Parameters
    ----------
    client
        What asks and installs; nobody else may use it meanwhile.
    monitor
        What decides; its fixes are measured on the clock of ``monotonic_s``.
    every_s
        Seconds between questions; more after some without an answer (`delay_s`). Overlays of an emergency need some
        10 s, and a timestamp of the repository that lasts longer.
    now
        The time of day, as far as it is known; by default that of the system.
    monotonic_s
        The seconds of a clock that only goes on; by default `time.monotonic`. Where the machine may sleep it must go
        on meanwhile, as ``CLOCK_BOOTTIME`` of Linux does: else what was confirmed before counts for longer.

    Attributes
    ----------
    outcome
        What came of the last question; None before the first.
    trouble
        Why the monitor does not go on with what is installed; None if it does.

    Raises
    ------
    TypeError
        If ``client`` is no `UpdateClient`, ``monitor`` no `Monitor`, the interval no number, or a clock no function.
    ValueError
        If the interval is not above 0.

    Examples
    --------
    The thread of the vehicle, with ``client`` an `UpdateClient`::

        monitor = gp.Monitor(None, vehicle=vehicle, profile=gp.MonitorProfile(follows_overlays=True))
        with Follower(client, monitor, every_s=10.0) as follower:
            for fix in fixes:
                follower.apply()
                decision = monitor.update(fix)
    """

    def __init__(
        self,
        client: UpdateClient,
        monitor: Monitor,
        *,
        every_s: float = 60.0,
        now: Callable[[], datetime] = _utc_now,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        check_client(client)
        check_kind("monitor", monitor, Monitor, "a Monitor")
        check_function("now", now)
        check_function("monotonic_s", monotonic_s)
        self.outcome: Outcome | None = None
        self.trouble: str | None = None
        self._client = client
        self._monitor = monitor
        self._every_s = interval_s(every_s)
        self._now = now
        self._monotonic_s = monotonic_s
        self._failures = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="geopolicy update", daemon=True)
        self._applied: _Prepared | None = None
        self._prepared = _Prepared(frozenset(), None, None, None)
        self._prepared = self._prepare()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begins to ask, once; a ``with`` block does it, and stops."""
        self._thread.start()

    def stop(self) -> None:
        """Asks no more; waits for the question at hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def apply(self) -> bool:
        """Gives the monitor what came since the last call; whether anything did. Never raises.

        Called by the thread that calls the monitor, before each of its calls. Zones that the monitor refuses are told
        in ``trouble``, and not confirmed: those in use go on.
        """
        prepared = self._prepared
        if prepared is self._applied:
            return False
        applied, self._applied = self._applied, prepared
        is_taken = prepared.engine is None or (applied is not None and applied.digests == prepared.digests)
        if prepared.engine is not None and (not is_taken or self.trouble is not None):
            is_taken = self._swap(prepared.engine, prepared.trusted_time)
        until_s = prepared.fresh_until_s if is_taken else None
        self._monitor.confirm_overlays(float("nan") if until_s is None else until_s)
        return True

    def _swap(self, engine: Engine, trusted_time: datetime | None) -> bool:
        try:
            self._monitor.swap(engine, trusted_time=trusted_time)
        except Exception as error:  # whatever it is, the zones in use go on, and are stale
            self.trouble = str(_failed(error))
            return False
        self.trouble = None
        return True

    def ask(self) -> float:
        """Asks for news now, and prepares them; how many seconds later it should be asked again.

        The thread calls it; a program without threads calls it by itself.
        """
        try:
            self.outcome = self._client.update(self._now(), self._monotonic_s())
        except Exception as error:  # what is no refusal, such as no memory: freshness ends by itself
            self.outcome = Outcome(self._client.packs, is_new=False, refusal=_failed(error))
        try:
            prepared = self._prepare()
            if prepared != self._prepared:
                self._prepared = prepared
        except Exception as error:  # zones that do not open: those in use go on
            self.trouble = str(_failed(error))
        self._failures = 0 if self.outcome.refusal is None else self._failures + 1
        return self._wait_s()

    def _run(self) -> None:
        wait_s = 0.0
        while not self._stopped.wait(wait_s):
            wait_s = self.ask()

    def _wait_s(self) -> float:
        """Until the next question, or the end of an overlay: what has ended is taken out then."""
        wait_s = delay_s(self._every_s, self._failures, random.random)
        now_s = self._monotonic_s()
        time_now = self._client.trusted_time(now_s)
        for pack in self._client.packs_in_force(now_s).values():
            if time_now is not None and pack.header.ends is not None:
                wait_s = min(wait_s, (pack.header.ends - time_now).total_seconds() + _SOON_S)
        return wait_s

    def _prepare(self) -> _Prepared:
        """An engine of what is in force: the one before, if nothing is new."""
        now_s = self._monotonic_s()
        packs = self._client.packs_in_force(now_s).values()
        digests = frozenset(pack.digest for pack in packs)
        engine = self._prepared.engine
        if digests != self._prepared.digests:
            engine = open_engine(list(packs), self._monitor.vehicle)
        return _Prepared(digests, engine, self._client.trusted_time(now_s), self._client.fresh_until_s)
