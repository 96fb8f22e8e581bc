"""What a user says of a drive: which column is which field, the time zone, and how sure accuracies are."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from geopolicy.drives.names import EPOCHS, SCALE_TO_95, Meaning, meaning_of, sets_of_words, units_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FIELDS = (
    "lat",
    "lon",
    "ns",
    "ew",
    "time",
    "date",
    "clock",
    "week",
    "tow",
    "accuracy",
    "speed",
    "speed_error",
    "course",
    "valid",
    "mock",
    "spoofing",
    "jamming",
)
CONFIDENCES = (68, 95)
_ORDERS = ("dmy", "mdy")
_HEMISPHERES = {"lat": ("n", "s"), "lon": ("e", "w")}
_HHMMSS = "hhmmss"
_WORDS = {"valid": "fix-word", "mock": "mock", "spoofing": "alarm", "jamming": "alarm"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user says; nothing by default.

    Parameters
    ----------
    fields
        For a field: the name of the column, and its unit or None.
    left_out
        Names that are not read on purpose.
    zone
        Of times without an offset.
    confidence
        In %, of accuracies whose level is not known.
    track
        The id of the vehicle that is read, of a file that has several.
    topic
        Whose messages are the positions, where a recording has several such topics.
    """

    fields: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    zone: ZoneInfo | None = None
    confidence: int | None = None
    track: str | None = None
    topic: str | None = None

    def names(self) -> set[str]:
        """All names of columns in it."""
        return {name for name, _ in self.fields.values()} | self.left_out


def choices_of(
    columns: Mapping[str, str] | str | None,
    timezone: str | None,
    confidence: int | None,
    *,
    track: str | None = None,
    topic: str | None = None,
) -> Choices:
    """The choices that the arguments of ``open_drive`` state.

    Raises
    ------
    ValueError
        For a field, a unit, a time zone, a confidence or a track that is none.
    """
    fields: dict[str, tuple[str, str | None]] = {}
    left_out: set[str] = set()
    for left, right in _pairs(columns):
        if right == "-":
            left_out.add(left)
            continue
        if left not in FIELDS:
            raise ValueError(
                f"columns must name one of {', '.join(FIELDS)} before =, or a column before =-, got {left!r}"
            )
        name, unit = _name_and_unit(left, right)
        if name in left_out or name in (other for other, _ in fields.values()):
            raise ValueError(f"columns must say one thing of each column, got {name!r} twice")
        fields[left] = name, unit
    _check_fields(fields)
    if confidence is not None and confidence not in CONFIDENCES:
        raise ValueError(f"confidence must be 68 or 95, got {confidence!r}")
    for name, value, wanted in (("track", track, "the id of a vehicle"), ("topic", topic, "the name of a topic")):
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return Choices(fields, frozenset(left_out), _zone(timezone), confidence, track, topic)


def _check_fields(fields: Mapping[str, tuple[str, str | None]]) -> None:
    """Refuse what would be taken for something that it may not be."""
    minutes = [axis for axis in ("lat", "lon") if "ddmm" in (fields.get(axis, ("", None))[1] or "")]
    if len(minutes) == 1:
        raise ValueError(f"columns must say ddmm of both lat and lon, got it of {minutes[0]} alone")
    name, unit = fields.get("valid", ("", None))
    meaning = meaning_of(name)
    if name and unit is None and (meaning is None or meaning.field != "valid"):
        sets = ", ".join(sets_of_words())
        raise ValueError(f"columns must say which words of {name!r} are fixes, as valid={name}:SET does, of {sets}")


def _parts(columns: str) -> list[str]:
    r"""What stands between commas; one within a name has a backslash before it."""
    return next(csv.reader([columns], quoting=csv.QUOTE_NONE, escapechar="\\"), [""])


def _pair(part: str) -> tuple[str, str]:
    """A field and its column, or a column that is left out, whose name may hold an equals sign."""
    if part.endswith("=-"):
        return part.removesuffix("=-").strip(), "-"
    left, _, right = part.partition("=")
    return left.strip(), right.strip()


def _pairs(columns: Mapping[str, str] | str | None) -> list[tuple[str, str]]:
    if columns is None:
        return []
    if isinstance(columns, Mapping):
        pairs = [(str(left), str(right)) for left, right in columns.items()]
    else:
        parts = [_pair(part.strip()) for part in _parts(columns)]
        if not all(left and right for left, right in parts):
            raise ValueError("columns must be like lat=Y,lon=X,time=stamp:posix,status=-")
        pairs = parts
    for index, (left, _) in enumerate(pairs):
        if left in (other for other, _ in pairs[:index]):
            raise ValueError(f"columns must say each thing once, got {left!r} twice")
    return pairs


def _name_and_unit(of: str, text: str) -> tuple[str, str | None]:
    """A name, and the unit after its last colon, if what stands there is one."""
    units = units_for(of)
    name, colon, unit = text.rpartition(":")
    if not colon or not name:
        return text, None
    if unit.casefold() in units:
        return name, unit.casefold()
    if not units:
        return text, None
    raise ValueError(f"columns must have one of {', '.join(units)} after the colon of {of}, got {unit!r}")


def units_for(of: str) -> tuple[str, ...]:
    """What may follow the colon for a field."""
    if of in ("lat", "lon"):
        return (*units_of("degrees"), "ddmm", *_HEMISPHERES[of], *(f"ddmm-{letter}" for letter in _HEMISPHERES[of]))
    if of in ("time", "date", "clock"):
        orders = {"time": (*EPOCHS, *_ORDERS, _HHMMSS), "date": _ORDERS, "clock": (_HHMMSS,)}
        return (*orders[of], "utc")
    if of == "accuracy":
        return (*(str(level) for level in SCALE_TO_95 if level != "unknown"), *units_of("accuracy"))
    return sets_of_words() if of == "valid" else tuple(units_of(of))


def meaning_by_choice(of: str, name: str, unit: str | None) -> Meaning:
    """What a column means that a user chose for a field: what the table says of its name, and the unit given."""
    known = meaning_of(name)
    meaning = known if known is not None and known.field == of else Meaning(of, words=_WORDS.get(of, ""))
    if unit is None:
        return meaning
    if of == "valid":
        return replace(meaning, words=unit)
    if of in ("time", "date", "clock"):
        plain = replace(meaning, epoch=unit if unit in EPOCHS else None)
        return replace(
            plain, order=unit if unit in (*_ORDERS, _HHMMSS) else None, is_utc=unit == "utc" or meaning.is_utc
        )
    if of in ("lat", "lon") and unit not in units_of("degrees"):
        letter = "letter" if unit == "ddmm" else unit[-1]
        return replace(meaning, order="ddmm" if "ddmm" in unit else None, scale=1.0, hemisphere=letter)
    if of == "accuracy" and unit in map(str, SCALE_TO_95):
        return replace(meaning, level=int(unit) if unit.isdigit() else unit)
    return replace(meaning, scale=units_of(of)[unit], has_unit=True)


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(f"timezone must be a name such as Europe/Berlin or UTC, got {name!r}") from None
