"""``geopolicy watch``: a receiver that is at work against zones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.cli import console
from geopolicy.cli.documents import answer_of, text_of
from geopolicy.cli.monitored import StaleAfter, VMax, Whole, opened_zones, profile_of, say_unmatched
from geopolicy.cli.options import (
    AsJson,
    Emergency,
    EngineName,
    State,
    VehicleFile,
    check_engine,
    check_state,
    emergency_of,
    standard_input,
    vehicle_of,
)
from geopolicy.cli.zone_input import say_warnings
from geopolicy.hosts.receivers import open_receiver
from geopolicy.monitor.monitor import Monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.hosts.receivers import Receiver
    from geopolicy.model.decisions import Decision
    from geopolicy.model.fixes import Fix
    from geopolicy.replay import Change

_MANY = 5
"""So many valid fixes without an accuracy show that the receiver states none."""


def watch(
    receiver: Annotated[
        str,
        typer.Argument(help="Serial port, named pipe, file or - (standard input) with UBX or NMEA; or gpsd://HOST."),
    ],
    zones: Annotated[list[Path], typer.Argument(help="Zone files, folders of them, -, or one pack.")],
    *,
    vehicle: VehicleFile = None,
    accuracy: Annotated[
        float | None,
        typer.Option("--accuracy", min=0.0, max=10_000.0, help="95 % radius in metres where the receiver states none."),
    ] = None,
    state: State = None,
    emergency: Emergency = None,
    engine: EngineName = "auto",
    stale_after: StaleAfter = None,
    v_max: VMax = None,
    whole: Whole = False,
    as_json: AsJson = False,
) -> int:
    """Watch a receiver at work, and print each change of decision as it comes. Exit code 1 if no fix came.

    Example: geopolicy watch /dev/ttyACM0 zones/ --v-max 40
    """
    check_engine(engine)
    profile = profile_of(stale_after, v_max)
    told = check_state(state), emergency_of(emergency)
    # The receiver is heard from now on, so that no byte counts as younger than it is.
    with _opened(receiver) as opened:
        engine_of_zones, warnings = opened_zones(zones, receiver, vehicle_of(vehicle), engine)
        say_warnings(warnings, zones)
        say_unmatched(engine_of_zones)
        watched = _Watch(Monitor(engine_of_zones, profile=profile), opened, accuracy, told)
        for change in watched.changes():
            _tell(change, as_json=as_json, is_whole=whole)
    for reason, count in sorted(opened.skipped.items()):
        console.complain(f"skipped: {reason} ({count})")
    if not watched.fixes:
        why = "" if opened.trouble is None else f": {opened.trouble}"
        console.complain(f"{receiver}: ended without a fix{why}")
    return 0 if watched.fixes else 1


def _opened(name: str) -> Receiver:
    """The receiver; an address that is none is wrong usage."""
    if name == "-":
        return open_receiver(standard_input())
    try:
        return open_receiver(name)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="RECEIVER") from error


def _tell(change: Change, *, as_json: bool, is_whole: bool) -> None:
    from geopolicy.cli.replay_changes import change_json, show_change

    if as_json:
        document = answer_of("watch", change_json(change))
        console.put(text_of(document, console.encoding(), is_line=True), is_flushed=True)
    else:
        show_change(change, is_whole=is_whole)


class _Watch:
    """A monitor that hears a receiver."""

    def __init__(
        self, monitor: Monitor, receiver: Receiver, accuracy_m: float | None, told: tuple[str | None, bool | None]
    ) -> None:
        self.fixes = 0
        self._monitor = monitor
        self._receiver = receiver
        self._accuracy_m = accuracy_m
        self._state, self._emergency = told
        self._states_accuracy = False
        self._without = 0
        self._trouble: str | None = None

    def changes(self) -> Iterator[Change]:
        """Each decision that differs from the one before, when it does."""
        from geopolicy.replay import Step, change_at

        before: Decision | None = None
        for fix in self._receiver:
            self._say_trouble()
            index = self.fixes
            decision = self._decision(fix)
            step = Step(
                index=index,
                time=self._monitor.time,
                decision=decision,
                path=(decision,),
                held=(),
                met=(decision,),
                is_usable=fix is not None and fix.valid,
                is_fix=fix is not None,
            )
            change = change_at(step, before, is_monitored=True)
            before = decision
            if change is not None:
                yield change

    def _decision(self, fix: Fix | None) -> Decision:
        now_s = self._receiver.now_s()
        if fix is None:
            return self._monitor.tick(now_s)
        self.fixes += 1
        self._note_accuracy(fix)
        if fix.accuracy_95_m is None and not self._states_accuracy:
            fix = replace(fix, accuracy_95_m=self._accuracy_m)
        return self._monitor.update(fix, self._state, now_s=now_s, emergency=self._emergency)

    def _note_accuracy(self, fix: Fix) -> None:
        """One that ever states an accuracy states it, so that a fix without is none; one that does not is told."""
        self._states_accuracy = self._states_accuracy or fix.accuracy_95_m is not None
        self._without += fix.valid and not self._states_accuracy
        if self._without == _MANY and self._accuracy_m is None and fix.valid and fix.accuracy_95_m is None:
            console.warn("the receiver states no accuracy, and a fix without one is no fix; give --accuracy METRES")

    def _say_trouble(self) -> None:
        trouble, self._trouble = self._trouble, self._receiver.trouble
        if self._trouble is not None and self._trouble != trouble:
            console.warn(f"{self._receiver.name}: {self._trouble}")
        elif self._trouble is None and trouble is not None:
            console.warn(f"{self._receiver.name}: there again")
