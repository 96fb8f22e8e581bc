"""Which of the names of a file is which field of a fix: by the table of names, or as the user says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geopolicy.drives.angles import AXES, SIGNS
from geopolicy.drives.causes import shape_of
from geopolicy.drives.choices import FIELDS, meaning_by_choice
from geopolicy.drives.names import (
    SCALE_TO_95,
    Meaning,
    alarm_words,
    fold,
    kind_of_value,
    meaning_of,
    sets_of_words,
    what_it_looks_like,
    words_of,
)
from geopolicy.drives.stamps import clock_of_hhmmss, clock_us_of, is_date_alone, is_number, moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.drives.recording import Recording

_SINGLE = ("lat", "lon", "ns", "ew", "clock", "speed", "course")
_OF_TIME = frozenset({"time", "date", "clock", "week", "tow"})
_SAID_FIRST = ("clock", "date")  # of several names the first of the table is taken, and said
_NONE = Meaning("none")
_ALARMS = ("mock", "spoofing", "jamming")
_MAX_NAME = 40
_MAX_DIGITS = 3  # in a name; a position has more
_PARTS = ("lat", "lon", "north", "east", "sdn", "sde", "cov", "varian", "semi", "ellipse")
_LETTERS = SIGNS["ns"].keys() | SIGNS["ew"].keys()


@dataclass(frozen=True, slots=True)
class Column:
    """A name, its place in the row, and what it means."""

    name: str
    index: int
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Layout:
    """Which names of a row are read as what.

    ``by_field`` holds fields of which there is one; ``accuracies``, ``validities`` and ``speed_errors`` all there
    are; ``alarms`` refuse fixes; ``blanks`` stand next to a position without a name and hold nothing.
    """

    by_field: dict[str, Column]
    accuracies: tuple[Column, ...] = ()
    validities: tuple[Column, ...] = ()
    blanks: tuple[Column, ...] = ()
    alarms: tuple[Column, ...] = ()
    speed_errors: tuple[Column, ...] = ()


def is_name(text: str) -> bool:
    """Whether a text is a name, and not, in a file without a header, a value."""
    starts_well = text[:1].isalpha() or text[:1] in ("#", "_", "%")
    digits = sum(map(str.isdigit, text))
    return starts_well and len(text) <= _MAX_NAME and text.isprintable() and digits <= _MAX_DIGITS


def shown_name(name: str) -> str:
    """A name as messages show it: what may be a value is not shown."""
    return repr(name) if is_name(name) else "(not a name)"


def has_position(recording: Recording, names: Sequence[str]) -> bool:
    """Whether a row of names has a latitude and a longitude, by the table or as the user says."""
    chosen, present = recording.choices.fields, {name.strip() for name in names}
    by_table = _fields_by_table(recording, names)
    return all(chosen[axis][0].strip() in present if axis in chosen else axis in by_table for axis in ("lat", "lon"))


def _fields_by_table(recording: Recording, names: Sequence[str]) -> set[str]:
    """The fields that names mean of which the user says nothing."""
    said = recording.choices.names()
    meanings = [meaning_of(name) for name in names if name.strip() not in said]
    return {meaning.field for meaning in meanings if meaning is not None}


class LayoutBuilder:
    """Builds the layout of a row of names.

    Parameters
    ----------
    recording
        Where assumptions go, and whose choices count.
    word
        What messages call a name: column, property, element.
    fields
        Which fields may be read; names of others are known and not read.
    """

    def __init__(self, recording: Recording, word: str, fields: Sequence[str] = FIELDS) -> None:
        self._recording = recording
        self._word = word
        self._fields = frozenset(fields)

    def layout(self, names: Sequence[str], first: Sequence[str], place: str) -> Layout:
        """The layout of names, whose first values are given.

        Raises
        ------
        DriveFileError
            For a name that looks like a field and is not in the table, two names for one field of which the file
            can have one, and a name of the user's that is not there.
        """
        columns = self._columns(names, first, place)
        not_read = [column.name for column in columns if column.meaning.field == "none"]
        read = [column for column in columns if column.meaning.field != "none"]
        by_field, passed = self._time(read, first)
        for field in _SINGLE:
            of_field = [column for column in read if column.meaning.field == field and column not in by_field.values()]
            if field == "clock" and "time" in by_field:
                passed += of_field
            elif of_field:
                by_field[field], *others = self._only(field, of_field, place)
                passed += others
        layout = Layout(
            by_field,
            tuple(column for column in read if column.meaning.field == "accuracy"),
            tuple(column for column in read if column.meaning.field == "valid"),
            tuple(column for column in columns if column.meaning.field == "blank"),
            tuple(column for column in read if column.meaning.field in _ALARMS),
            tuple(column for column in read if column.meaning.field == "speed_error"),
        )
        self._check_words(layout, first, place)
        self._note(layout, [*not_read, *(column.name for column in passed)])
        return layout

    def _columns(self, names: Sequence[str], first: Sequence[str], place: str) -> list[Column]:
        choices = self._recording.choices
        chosen = {name.strip(): field for field, (name, _) in choices.fields.items()}
        self._recording.note_names({name.strip() for name in names})
        columns = []
        unknown: list[tuple[str, str, str]] = []  # name, first value, what it looks like
        for index, name in enumerate(names):
            stripped = name.strip()
            value = first[index] if index < len(first) else ""
            if stripped in choices.left_out:
                meaning = _NONE
            elif stripped in chosen:
                field = chosen[stripped]
                meaning = meaning_by_choice(field, stripped, choices.fields[field][1])
            elif not stripped:
                meaning = self._nameless(names, index, value, place)
            else:
                known = self._by_table(stripped, value)
                if isinstance(known, str):
                    unknown.append((stripped, value, known))
                meaning = _NONE if isinstance(known, str) else known
            columns.append(Column(stripped, index, meaning))
        if unknown:
            raise self._not_understood(unknown, names, place)
        return [self._without_chosen(column, chosen) for column in columns]

    def _without_chosen(self, column: Column, chosen: dict[str, str]) -> Column:
        """Where the user chose a column for a field that has one, the others of the field are not read."""
        field = column.meaning.field
        is_other = column.name not in chosen and field in self._recording.choices.fields
        is_time = (
            column.name not in chosen
            and field in _OF_TIME
            and (not _OF_TIME.isdisjoint(self._recording.choices.fields))
        )
        if (is_other and field not in ("accuracy", "speed_error", "valid", *_ALARMS)) or is_time:
            return replace(column, meaning=_NONE)
        return column

    def _by_table(self, name: str, value: str) -> Meaning | str:
        """What the table says of a name; what it looks like where it is a field of which the table says nothing."""
        is_geodetic = fold(name) == "datum" and value.strip()[:1].isalpha()  # else it is a date, in German
        meaning = meaning_of("map_datum" if is_geodetic else name)
        if meaning is not None and meaning.field not in self._fields:
            return _NONE
        if meaning is not None and meaning.field in AXES and is_number(value):
            return _NONE if fold(name) == "ns" else "direction"  # RTKLIB: the number of satellites
        if meaning is not None and not self._is_too_small(meaning, value):
            return meaning
        kind = what_it_looks_like(name) if meaning is None else "accuracy"
        # Whatever it is called: a hemisphere passed over is another continent.
        if kind is None and "lat" in self._fields:
            kind = "direction" if value.strip().casefold() in _LETTERS else kind_of_value(value)
        return _NONE if kind is None else kind

    def _is_too_small(self, meaning: Meaning, value: str) -> bool:
        return meaning.least > 0.0 and is_number(value) and float(value) < meaning.least

    def _not_understood(self, unknown: list[tuple[str, str, str]], names: Sequence[str], place: str) -> Exception:
        (name, value, kind), *others = unknown
        shape = f" (first value {shape_of(value.strip())!r})" if value.strip() else ""
        pasted = name.replace("\\", "\\\\").replace(",", "\\,") if is_name(name) else "NAME"
        hint = f"leave it out: --columns '{pasted}=-'"
        choice = self._choice(pasted, value, kind, names)
        return self._recording.error(
            f"must have a known {self._word} for each {kind}",
            f"{self._word} {shown_name(name)}{shape}, which is not known and looks like one",
            place,
            (f"say what it is, {choice}, or {hint}" if choice else f"if it says nothing of the fix, {hint}")
            + _others_text(others),
        )

    def _choice(self, pasted: str, value: str, kind: str, names: Sequence[str]) -> str | None:
        """How the user can say what a name is; None where that would take the place of something better."""
        present = _fields_by_table(self._recording, names) | set(self._recording.choices.fields)
        if kind == "validity":
            return f"--columns 'valid={pasted}:SET' with {_sets_text()}"
        if kind == "direction":
            field = "ew" if value.strip().casefold() in SIGNS["ew"] else "ns"
        elif kind == "position":
            field = "lon" if any(part in fold(pasted) for part in ("lon", "lng", "east")) or pasted in "xX" else "lat"
        else:
            field = {"interference": "spoofing"}.get(kind, kind)
        if field in present:
            return None
        if kind == "accuracy" and _is_part_of_radius(pasted):
            return None
        if kind == "accuracy":
            return f"--columns 'accuracy={pasted}:68' if it is a radius (or 95, 50, drms)"
        unit = ":posix" if kind == "time" and is_number(value) else ""
        units = " (or ms, us, ns, gps, apple, excel, since-start, since-start-ms, since-start-us)" if unit else ""
        return f"such as --columns '{field}={pasted}{unit}'{units}"

    def _nameless(self, names: Sequence[str], index: int, value: str, place: str) -> Meaning:
        """A column without a name beside a number may hold the letter of its hemisphere."""
        beside = {
            meaning.field
            for near in (index - 1, index + 1)
            if 0 <= near < len(names) and (meaning := meaning_of(names[near])) is not None
        }
        letter = value.strip().casefold()
        axis = "ns" if letter in SIGNS["ns"] else "ew" if letter in SIGNS["ew"] else None
        if axis is not None:
            if AXES[axis] in beside:
                return Meaning(axis)
            raise self._recording.error(
                "must have a name for each direction", f"{self._word} {index + 1} with letters and without one", place
            )
        return Meaning("blank" if beside & {"lat", "lon"} and not letter else "none")

    def _only(self, field: str, columns: list[Column], place: str) -> list[Column]:
        columns.sort(key=lambda column: (column.meaning.yields, column.meaning.rank))
        names = ", ".join(shown_name(column.name) for column in columns)
        best = [column for column in columns if not column.meaning.yields] or columns
        if len(best) > 1 and field not in _SAID_FIRST:
            raise self._recording.error(
                f"must have one {self._word} for {field}",
                f"{names}",
                place,
                f"choose one, such as --columns '{field}={columns[0].name}'",
            )
        if len(best) < len(columns):
            self._recording.assume(f"{field}: of {self._word}s {names} the first, which is the receiver's")
        return columns

    def _time(self, read: list[Column], first: Sequence[str]) -> tuple[dict[str, Column], list[Column]]:
        """The best statement of a time: a number with its epoch, a text with an offset, a text without."""

        def value(column: Column) -> str:
            text = first[column.index].strip() if column.index < len(first) else ""
            return clock_of_hhmmss(text) if column.meaning.order == "hhmmss" else text

        candidates = [column for column in read if column.meaning.field == "time"]
        dates = [column for column in read if column.meaning.field == "date"]
        clocks = [column for column in read if column.meaning.field == "clock"]
        whole = [column for column in dates if moment_of(value(column), column.meaning.order) is not None]
        candidates += whole
        clocks += [column for column in candidates if clock_us_of(value(column)) is not None]
        pairs = [(day, clock) for day in dates if day not in whole for clock in clocks]
        best = min(
            candidates, key=lambda column: (_rank_of_time(column, value(column)), column.meaning.rank), default=None
        )
        pairs.sort(key=_rank_of_pair)
        weeks = [column for column in read if column.meaning.field == "week"]
        tows = [column for column in read if column.meaning.field == "tow"]
        rank = 9 if best is None else _rank_of_time(best, value(best))
        if weeks and tows and rank >= _JOINED:
            used = {"date": weeks[0], "time": tows[0]}
        elif pairs and rank >= _JOINED + _rank_of_pair(pairs[0]):
            day, clock = pairs[0]
            used = {"date": day, "time": clock}
        elif best is not None:
            used = {"time": best}
        else:
            used = {"time": (clocks or dates)[0]} if clocks or dates else {}
        others = [column for column in (*candidates, *dates, *weeks, *tows) if column not in used.values()]
        return used, list(dict.fromkeys(others))

    def _check_words(self, layout: Layout, first: Sequence[str], place: str) -> None:
        for column in layout.validities:
            words = words_of(column.meaning.words)
            value = first[column.index].strip() if column.index < len(first) else ""
            if words.refuses_numbers and is_number(value):
                raise self._recording.error(
                    f"must have words in {self._word} {shown_name(column.name)}",
                    "a number, which means a fix in some files and none in others",
                    place,
                    f"say which it is, --columns 'valid={column.name}:SET' with {_sets_text()}, "
                    f"or leave it out: --columns '{column.name}=-'",
                )

    def _note(self, layout: Layout, not_read: list[str]) -> None:
        by_field = layout.by_field
        columns = [f"{field}: {self._word} {column.name!r}" for field, column in by_field.items()]
        columns += [f"accuracy: {self._word} {column.name!r}" for column in layout.accuracies]
        columns += [f"valid: {self._word} {column.name!r}" for column in layout.validities]
        others = (*layout.alarms, *layout.speed_errors)
        columns += [f"{column.meaning.field}: {self._word} {column.name!r}" for column in others]
        self._recording.note_columns(columns, [shown_name(name).strip("'") for name in not_read if name])
        for column in layout.accuracies:
            self._recording.assume(self.accuracy_sentence(column))
        for column in layout.validities:
            words = words_of(column.meaning.words)
            self._recording.assume(f"validity: {self._word} {column.name!r}: {words.says}")
        for column in layout.alarms:
            says = alarm_words(column.meaning.words).says
            self._recording.assume(f"{column.meaning.field}: {self._word} {column.name!r}: {says}")
        speed = by_field.get("speed")
        if speed is not None and not speed.meaning.has_unit:
            self._recording.assume(f"speed: {self._word} {speed.name!r} taken as metres per second")

    def accuracy_sentence(self, column: Column) -> str:
        """How an accuracy is taken, in words."""
        level, confidence = column.meaning.level, self._recording.choices.confidence
        start = f"accuracy: {self._word} {column.name!r}"
        if level == "unknown":
            if confidence is not None:
                how = "as --confidence says"
                return f"{start} counts as a {confidence} % radius, {how}" + (
                    "" if confidence == 95 else "; doubled to 95 %"
                )
            return f"{start} counts as a 68 % radius, since the file does not say; doubled to 95 %"
        if level == 95:
            return f"{start} taken as accuracy_95_m in metres"
        times = "doubled" if SCALE_TO_95[level] == 2.0 else "tripled"
        return f"{start} is a {'root mean square' if level == 'drms' else f'{level} %'} radius; {times} to 95 %"


_JOINED = 2


def _is_part_of_radius(name: str) -> bool:
    """Whether a name is of a deviation of one axis or of a square, of which no unit makes a radius."""
    folded = fold(name)
    return any(part in folded for part in _PARTS) or folded in ("sdx", "sdy", "stdx", "stdy", "sigmax", "sigmay")


def _others_text(others: Sequence[tuple[str, str, str]]) -> str:
    """What else is not known; each needs a choice of its own."""
    shown = [f"{shown_name(name)} ({kind})" for name, _, kind in others[:20]]
    return f"; not known either: {', '.join(shown)}" if shown else ""


def _sets_text() -> str:
    """What a number says by each set of words; they contradict each other, so none of them is offered by itself."""
    numbers = {name: [word for word in words_of(name).fixes if is_number(word)] for name in sets_of_words()}
    sets = [f"{name} ({', '.join(sorted(fixes))})" for name, fixes in numbers.items() if fixes]
    return f"SET by the numbers that are fixes: {', '.join(sets)}; or fix-word"


def _rank_of_pair(pair: tuple[Column, Column]) -> int:
    """Last a day and a time of day of which one says UTC: they may be of two zones."""
    return int(pair[0].meaning.is_utc != pair[1].meaning.is_utc)


def _rank_of_time(column: Column, value: str) -> int:
    """How well a column states a time, best first, by its name and first value."""
    epoch = column.meaning.epoch
    if epoch is not None:
        return 3 if epoch.startswith("since-start") else 0
    if not value:
        return 2
    moment = moment_of(value, column.meaning.order)
    if moment is not None:
        return 1 if moment.tzinfo is not None or column.meaning.is_utc else 2
    if clock_us_of(value) is not None:
        return 4
    if is_date_alone(value):
        return 5
    return 7 if is_number(value) else 6


def folded_names(names: Sequence[str]) -> list[str]:
    """The names that stand twice in a header, folded."""
    folded = [fold(name) for name in names if name.strip()]
    return sorted({name for name in folded if folded.count(name) > 1})
