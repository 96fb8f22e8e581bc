"""What becomes of files of drives on their way: spoilers, each with what the spoiled file states.

The law that they are for: a replay of the bytes is an error (``DriveFileError``), or at every fix never looser than
a ``Monitor`` fed with the truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from drive_dialects import TABLES, Column, Table, Written, lost, random_drive
from drive_texts import TEXTS, Text

if TYPE_CHECKING:
    from random import Random

    import geopolicy as gp

# Names that no table of names should know, by words that must not be passed over: the column still states its thing.
LOOKALIKES = {
    "lat": ("van_latitude_value", "LatitudeRawX", "lat-7"),
    "lon": ("van_longitude_value", "LongitudeRawX", "lon-7"),
    "ns": ("van_hemisphere_ns", "latitude_direction_x"),
    "ew": ("van_hemisphere_ew", "longitude_direction_x"),
    "valid": ("van_fix_state", "gps_valid_x", "PositionQualityWord", "has_fix_7"),
    "accuracy": ("van_accuracy_value", "HorizontalErrorX", "uncertainty_of_position", "accuracy-7"),
    "time": ("van_time_value", "RecordedTimestampX", "utc_datetime_7"),
    "date": ("van_date_value", "RecordedDateX"),
    "clock": ("van_time_value", "RecordedTimeX"),
}
STRANGE = ("zzz", "Wert 7", "k9", "データ")
UNKNOWN_WORDS = ("perhaps", "vielleicht", "2.5", "-", "??", "9", "OUI")
_NOTHING: dict[str, dict[str, Any]] = {
    "lat": {"lat": math.nan, "lon": math.nan, "valid": False},
    "lon": {"lat": math.nan, "lon": math.nan, "valid": False},
    "accuracy": {"accuracy_95_m": None},
    "time": {"time": None, "monotonic_s": None},
    "clock": {"time": None, "monotonic_s": None},
    "date": {"time": None},
    "speed": {"speed_mps": None},
    "course": {"course_deg": None},
}

Spoiler = Callable[["Random", Any], Any]


def _changed(truth: Iterable[gp.Fix], rows: set[int], **members: Any) -> tuple[gp.Fix, ...]:
    return tuple(replace(fix, **members) if index in rows else fix for index, fix in enumerate(truth))


def _some_rows(rng: Random, table: Table) -> set[int]:
    count = len(table.truth)
    return set(range(count)) if rng.random() < 0.3 else set(rng.sample(range(count), rng.randint(1, count)))


def _with(table: Table, old: Column, new: Column | None, truth: tuple[gp.Fix, ...] | None = None) -> Table:
    columns = tuple(new if column is old else column for column in table.columns)
    return replace(table, columns=tuple(c for c in columns if c is not None), truth=truth or table.truth)


def _pick(rng: Random, table: Table, fields: Iterable[str]) -> Column | None:
    named = [c for c in table.columns if c.field in fields and not (table.has_geometry and c.field in ("lat", "lon"))]
    return rng.choice(named) if named else None


def _unstated(table: Table, meaning: str, rows: set[int]) -> tuple[gp.Fix, ...]:
    """The truth without what a column said in some rows."""
    if meaning in ("ns", "ew"):
        # One coordinate with its direction and one without: no position is stated.
        return tuple(lost(fix) if index in rows else fix for index, fix in enumerate(table.truth))
    return _changed(table.truth, rows, **_NOTHING.get(meaning, {}))


def drop_column(rng: Random, table: Table) -> Table:
    """A column is not there; without one of validity, every position that is written counts as a fix."""
    column = _pick(rng, table, {c.field for c in table.columns})
    if column is None:
        return table
    rows = set(range(len(table.truth)))
    truth = _unstated(table, column.field, rows)
    if column.field == "valid":
        truth = tuple(replace(fix, valid=not math.isnan(fix.lat)) for fix in truth)
    return _with(table, column, None, truth)


def rename_column(rng: Random, table: Table) -> Table:
    """A column has another name, by which its kind can still be told: it states what it stated."""
    column = _pick(rng, table, LOOKALIKES)
    if column is None or any(column.name in text for text in table.options.values()):
        return table
    return _with(table, column, replace(column, name=rng.choice(LOOKALIKES[column.field])))


def rename_strangely(rng: Random, table: Table) -> Table:
    """A column has a name that says nothing: nobody can know what it states."""
    column = _pick(rng, table, {"accuracy", "time", "date", "clock", "speed", "course", "other"})
    if column is None:
        return table
    truth = _unstated(table, column.field, set(range(len(table.truth))))
    return _with(table, column, replace(column, name=rng.choice(STRANGE)), truth)


def blank_cells(rng: Random, table: Table) -> Table:
    """Some cells of a column are empty; an empty word of validity is no fix, unless there is no word at all."""
    column = _pick(rng, table, {c.field for c in table.columns} - {"other"})
    if column is None:
        return table
    rows = _some_rows(rng, table)
    # A member that is null is not written; a word of validity that is not there at all denies nothing.
    empty = "" if column.field == "valid" or isinstance(column.cells[0], str) else None
    new = replace(column, cells=tuple(empty if i in rows else cell for i, cell in enumerate(column.cells)))
    truth = _unstated(table, column.field, rows)
    if column.field == "valid" and any(new.cells):
        truth = _changed(truth, rows, valid=False)
    elif column.field == "valid":
        truth = tuple(replace(fix, valid=not math.isnan(fix.lat)) for fix in truth)
    elif column.field == "date":
        # What stands beside a clock without a date has no place among dated stamps.
        truth = _changed(truth, rows, monotonic_s=None)
    return _with(table, column, new, truth)


def decimal_commas(rng: Random, table: Table) -> Table:
    """A column, or all, with decimal commas: they state what they stated."""
    fields = {"lat", "lon", "accuracy", "speed", "course"}
    chosen = _pick(rng, table, fields)
    for column in table.columns:
        if column.field in fields and (column is chosen or rng.random() < 0.7) and not table.has_geometry:
            cells = tuple(cell.replace(".", ",") if isinstance(cell, str) else cell for cell in column.cells)
            table = _with(table, column, replace(column, cells=cells))
    return table


def unknown_words(rng: Random, table: Table) -> Table:
    """Words of validity that nobody knows: no fixes."""
    column = _pick(rng, table, {"valid"})
    if column is None:
        return table
    rows, word = _some_rows(rng, table), rng.choice(UNKNOWN_WORDS)
    new = replace(column, cells=tuple(word if i in rows else cell for i, cell in enumerate(column.cells)))
    return _with(table, column, new, _changed(table.truth, rows, valid=False))


def second_accuracy(_: Random, table: Table) -> Table:
    """A further accuracy that is ten times as large: the larger counts."""
    if not any(c.field == "accuracy" for c in table.columns) or any(c.name == "h_acc_m" for c in table.columns):
        return table

    def make(_index: int, fix: gp.Fix) -> str:
        return "" if fix.accuracy_95_m is None else f"{5 * fix.accuracy_95_m:.2f}"

    cells = tuple(make(index, fix) for index, fix in enumerate(table.truth))
    truth = tuple(
        fix if fix.accuracy_95_m is None else replace(fix, accuracy_95_m=10 * fix.accuracy_95_m) for fix in table.truth
    )
    return replace(table, columns=(*table.columns, Column("h_acc_m", "accuracy", cells, make)), truth=truth)


def second_validity(rng: Random, table: Table) -> Table:
    """A further word of validity that denies some fixes: all must say yes."""
    if any(c.name == "valid" for c in table.columns):
        return table
    rows = _some_rows(rng, table)

    def make(index: int, _fix: gp.Fix) -> str:
        return "0" if index in rows else "1"

    cells = tuple(make(index, fix) for index, fix in enumerate(table.truth))
    truth = _changed(table.truth, rows, valid=False)
    return replace(table, columns=(*table.columns, Column("valid", "valid", cells, make)), truth=truth)


def forged_stamps(rng: Random, table: Table) -> Table:
    """A run of one to five stamps is hours or years off; the vehicle's own clock went on."""
    times = [fix.time for fix in table.truth if fix.time is not None]
    if not any(c.field in ("time", "clock") for c in table.columns) or len(times) < len(table.truth):
        return table
    first = rng.randrange(len(table.truth))
    run = range(first, min(len(table.truth), first + rng.randint(1, 5)))
    hours = rng.choice((-1, 1)) * rng.choice((1, 24, 24 * 365, 24 * 7 * 1024, 20 * 24 * 365))
    truth = list(table.truth)
    for index in run:
        truth[index] = replace(truth[index], time=times[index] + timedelta(hours=hours))
    columns = []
    for column in table.columns:
        cells = list(column.cells)
        if column.field in ("time", "date", "clock"):
            for index in run:
                cells[index] = column.make(index, truth[index])
        columns.append(replace(column, cells=tuple(cells)))
    return replace(table, columns=tuple(columns), truth=tuple(truth))


def forged_fixes(rng: Random, table: Table) -> Table:
    """A run of stamps is off, and so are its positions, by up to 2 km: the vehicle saw that they jump."""
    forged = forged_stamps(rng, table)
    rows = {index for index, fix in enumerate(table.truth) if fix.time != forged.truth[index].time}
    off = rng.choice((0.0005, 0.001, 0.002, 0.005, 0.02))
    truth = tuple(
        replace(fix, lat=round(fix.lat + off, 7)) if index in rows else fix for index, fix in enumerate(forged.truth)
    )
    for column in forged.columns:
        if column.field == "lat":
            cells = [
                column.make(index, truth[index]) if index in rows else cell for index, cell in enumerate(column.cells)
            ]
            return _with(forged, column, replace(column, cells=tuple(cells)), truth)
    return forged


def drop_offsets(_: Random, table: Table) -> Table:
    """ISO stamps lose their offsets: ages are known, times are not, unless the name of the column says UTC."""
    column = next((c for c in table.columns if c.field == "time" and str(c.cells[0]).endswith(("Z", "+0000"))), None)
    if column is None or "utc" in column.name:
        return table
    cells = tuple(str(cell).removesuffix("+0000").removesuffix("Z") for cell in column.cells)
    truth = tuple(replace(fix, time=None) for fix in table.truth)
    return _with(table, column, replace(column, cells=cells), truth)


def newest_first(_: Random, drive: Table | Text) -> Table | Text:
    """The last fix stands first, in a file long enough to be told so; the truth stays in its order.

    The last of all spoilers: after it, rows and truth do not stand side by side.
    """
    ages, times = [fix.monotonic_s for fix in drive.truth], [fix.time for fix in drive.truth]
    is_rising = None not in ages and len(set(ages)) == len(ages)
    if len(ages) < 12 or not is_rising or (None not in times and times != sorted(times, key=str)):
        return drive
    if isinstance(drive, Table):
        return replace(drive, columns=tuple(replace(c, cells=c.cells[::-1]) for c in drive.columns))
    if drive.name in ("drive.nmea", "gpspipe.log", "gnss-logger.txt", "gnss-logger-nmea.txt"):
        return replace(drive, pieces=drive.pieces[::-1])
    return drive


def cut(rng: Random, file: Written) -> Written:
    """The file ends early; what it states up to there is the same."""
    return replace(file, content=file.content[: rng.randrange(len(file.content) + 1)])


def cr_line_ends(_: Random, file: Written) -> Written:
    """Lines end with CR alone."""
    return replace(file, content=file.content.replace(b"\r\n", b"\n").replace(b"\n", b"\r"))


def crlf_line_ends(_: Random, file: Written) -> Written:
    """Lines end with CR LF."""
    return replace(file, content=file.content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def byte_order_mark(_: Random, file: Written) -> Written:
    """Excel's mark stands first."""
    return replace(file, content=b"\xef\xbb\xbf" + file.content)


ON_TABLES: tuple[Spoiler, ...] = (
    drop_column,
    rename_column,
    rename_strangely,
    blank_cells,
    decimal_commas,
    unknown_words,
    second_accuracy,
    second_validity,
    forged_stamps,
    drop_offsets,
)
ON_FILES: tuple[Spoiler, ...] = (cut, cr_line_ends, crlf_line_ends, byte_order_mark)


def file_with_forged_stamps(rng: Random, forge: Spoiler = forged_stamps) -> tuple[Written, tuple[str, ...]]:
    """A random drive whose file states times and accuracies, where nothing but stamps is forged."""
    dialects = [each for each in TABLES if {"time", "clock"} & each.fields and "accuracy" in each.fields]
    table = rng.choice(dialects).table(random_drive(rng))
    spoilers = (forge, *rng.choice(((), (drop_offsets,))))
    for spoiler in spoilers:
        table = spoiler(rng, table)
    return table.written(), tuple(spoiler.__name__ for spoiler in spoilers)


def file_with_forged_fixes(rng: Random) -> tuple[Written, tuple[str, ...]]:
    """The same, where positions are forged with the stamps."""
    return file_with_forged_stamps(rng, forged_fixes)


def spoiled_file(rng: Random) -> tuple[Written, tuple[str, ...]]:
    """A random drive in a random dialect after up to three spoilers, and the names of these.

    ``name`` is the dialect, and by its suffix the format; a reader may also be given the bytes alone.
    """
    drive = random_drive(rng)
    kind = rng.randrange(len(TABLES) + len(TEXTS))
    done: list[str] = []
    whole: Table | Text = TABLES[kind].table(drive) if kind < len(TABLES) else TEXTS[kind - len(TABLES)](drive)
    if isinstance(whole, Table):
        chosen = [rng.choice(ON_TABLES) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))]
        # A second column comes last: what is done to the first one leaves what the second states.
        for spoiler in sorted(chosen, key=lambda each: each in (second_accuracy, second_validity)):
            whole = spoiler(rng, whole)
            done.append(spoiler.__name__)
    if rng.random() < 0.1:
        whole = newest_first(rng, whole)
        done.append("newest_first")
    file = whole.written()
    if rng.random() < 0.3:
        # Of a file that was turned round, the first fixes of the drive would be cut off.
        spoiler = rng.choice(ON_FILES[1:] if "newest_first" in done else ON_FILES)
        file = spoiler(rng, file)
        done.append(spoiler.__name__)
    return file, tuple(done)
