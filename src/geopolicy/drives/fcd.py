"""Floating car data of SUMO (``--fcd-output``), as XML or Parquet: one vehicle of a simulation as a drive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geopolicy.drives.records import Record, RecordReader, text_of
from geopolicy.drives.xml_events import doctype_error, feed_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from geopolicy.drives.recording import Recording
    from geopolicy.model.fixes import Fix

PARQUET_HEAD = b"PAR1"
_HEAD = re.compile(rb"<fcd-export|<!-- generated on [^\r\n]{0,80} by Eclipse SUMO")
_OPTION = re.compile(r"<fcd-output(\.geo)?\s+value=\"([^\"]*)\"")
_YES = ("true", "1", "on", "yes", "t", "x")  # as SUMO reads options
_MAX_DEPTH = 64
_MAX_IDS = 10_000
_SHOWN_IDS = 20
_OUTSIDE = "person or container, which is no vehicle"
# What SUMO's names are in the table of names. The angle is counted from the north of the net, and is not read.
_MEANINGS = {"x": "lon", "y": "lat", "speed": "speed (m/s)", "time": "time (s)"}
_XML = {name: name for name in _MEANINGS}
_PARQUET = {"vehicle_x": "x", "vehicle_y": "y", "vehicle_speed": "speed", "timestep_time": "time"}


def is_head(head: bytes) -> bool:
    """Whether a file begins as SUMO's output does, or as Parquet."""
    return head.startswith(PARQUET_HEAD) or _HEAD.search(head) is not None


def read_fixes(recording: Recording) -> Iterator[Fix]:
    """The vehicle that ``track`` names, or the only one, at each time step in which it is there.

    Positions must be geographic: the options of SUMO at the head of XML say so; of Parquet, and of XML without them,
    the user does, with ``columns``.

    Raises
    ------
    DriveFileError
        For several vehicles of which none is named, a vehicle that is not there, positions in metres, what is no such
        file, and as for GPX.
    """
    if recording.stream.peek(len(PARQUET_HEAD)).startswith(PARQUET_HEAD):
        rows_of = _parquet_rows(recording)
        rows = _Rows(recording, _PARQUET)
        for number, row in enumerate(rows_of(recording), start=1):
            yield from rows.fixes(row, f"row {number}")
    else:
        rows = _Rows(recording, _XML)
        target = _Target(recording, rows)
        for _ in feed_all(recording, target):
            yield from rows.take()
    rows.finish()


def _parquet_rows(recording: Recording) -> Callable[[Recording], Iterator[dict[str, Any]]]:
    try:
        from geopolicy.drives.fcd_parquet import rows_of
    except ImportError:
        hint = "pip install 'geopolicy[arrow]', or write it as XML"
        raise recording.error("must be read by pyarrow, as Parquet is", "none installed", hint=hint) from None
    return rows_of


class _Rows:
    """Takes the rows of one vehicle, and reads them."""

    def __init__(self, recording: Recording, names: dict[str, str]) -> None:
        self._recording = recording
        self._names = names
        self._reader = RecordReader(recording, "attribute")
        self._chosen = recording.choices.names()
        self._ready: list[Record] = []
        self._track = recording.choices.track
        self._ids: dict[str, None] = {}
        self.states_geo: bool | None = None
        self.count = 0

    def add(self, members: dict[str, Any], place: str) -> None:
        """Keep a row, if it is of the vehicle that is read."""
        name = members.pop("id" if "id" in members else "vehicle_id", None)
        if name is None:
            self._recording.skipped[_OUTSIDE] += 1
            return
        self.count += 1
        if len(self._ids) < _MAX_IDS:
            self._ids[str(name)] = None
        if self._track is None and len(self._ids) > 1:
            self._ready.clear()  # it is not known which is meant; the rest is read for their names
        elif self._track in (None, name):
            self._check_geo(place)
            self._ready.append(Record(place, self._values(members, place)))

    def fixes(self, members: dict[str, Any], place: str) -> Iterator[Fix]:
        """The fix of a row, if it is of the vehicle that is read."""
        self.add(members, place)
        return self.take()

    def take(self) -> Iterator[Fix]:
        """The fixes of the rows since the last time."""
        ready, self._ready = self._ready, []
        return self._reader.fixes(ready)

    def _values(self, members: dict[str, Any], place: str) -> dict[str, str]:
        values = {axis: "" for axis in ("lat", "lon") if axis not in self._recording.choices.fields}
        for name, value in members.items():
            known = self._names.get(name)
            if name in self._chosen or known is not None:
                values[name if name in self._chosen or known is None else _MEANINGS[known]] = text_of(value)
            else:
                self._recording.note_columns([], [name], place)
        return self._reader.values(values, place)

    def _check_geo(self, place: str) -> None:
        is_said = {"lat", "lon"} <= self._recording.choices.fields.keys()
        if self.states_geo or (is_said and self.states_geo is None):
            return
        x, y = (raw for axis in ("x", "y") for raw, known in self._names.items() if known == axis)
        hint = "write it with --fcd-output.geo"
        if self.states_geo is None:
            hint += f"; if it was, say --columns 'lat={y},lon={x}'"
        got = "metres" if self.states_geo is False else "nothing that says which"
        raise self._recording.error("must have geographic coordinates", got, place, hint)

    def finish(self) -> None:
        """Say which vehicles there are, where that is needed.

        Raises
        ------
        DriveFileError
            For several vehicles of which none is named, a vehicle that is not there, and no vehicle at all.
        """
        more = len(self._ids) - _SHOWN_IDS
        shown = ", ".join(map(repr, list(self._ids)[:_SHOWN_IDS])) + (f" and {more} more" if more > 0 else "")
        if self._track is None and len(self._ids) > 1:
            hint = "say which with --track"
            raise self._recording.error("must be of one vehicle", f"{len(self._ids)}: {shown}", hint=hint)
        if self._track is not None and self._track not in self._ids:
            got = shown or "no vehicle"
            raise self._recording.error(f"must have the vehicle {self._track!r} of --track", got)
        self._recording.check_names()


class _Target:
    """The target of an `XMLParser`: collects the vehicles of time steps."""

    def __init__(self, recording: Recording, rows: _Rows) -> None:
        self._recording = recording
        self._rows = rows
        self._path: list[str] = []
        self._time: str | None = None
        self._has_event = False
        self.has_root = False
        self.count = 0  # time steps

    @property
    def has_points(self) -> bool:
        """Whether there was any vehicle."""
        return self._rows.count > 0

    def take_event(self) -> bool:
        """Whether anything ended or began since the last time."""
        has_event, self._has_event = self._has_event, False
        return has_event

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise doctype_error(self._recording, None)

    def comment(self, text: str) -> None:
        self._has_event = True
        options = dict(_OPTION.findall(text)) if not self.has_root else {}
        if options:
            self._rows.states_geo = options.get(".geo", "").lower() in _YES

    def pi(self, _target: str, _text: str | None = None) -> None:
        self._has_event = True

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if not self.has_root and name != "fcd-export":
            raise self._recording.error("must have the root element fcd-export", "another one")
        self.has_root = self._has_event = True
        if len(self._path) >= _MAX_DEPTH:
            raise self._recording.error(f"must have elements at most {_MAX_DEPTH} deep", "deeper ones")
        self._path.append(name)
        if name == "timestep":
            self.count += 1
            self._time = attributes.get("time", "")
        elif self._path == ["fcd-export", "timestep", "vehicle"]:
            self._rows.add({"id": "", **attributes, "time": self._time}, f"time step {self.count}")
        elif name in ("person", "container"):
            self._recording.skipped[_OUTSIDE] += 1
        elif len(self._path) > 1:
            self._recording.note_columns([], [name], f"time step {self.count}")

    def data(self, _text: str) -> None:
        self._has_event = True

    def end(self, _tag: str) -> None:
        self._path.pop()

    def close(self) -> None:
        """Nothing is left to hand over: vehicles were taken as they came."""
