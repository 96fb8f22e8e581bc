"""Columns of features as the typed arrays of a layer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geopolicy.authoring.formats.source import Json

_DTYPES = {
    ("OFTInteger", "OFSTBoolean"): "bool",
    ("OFTInteger", "OFSTInt16"): "int16",
    ("OFTInteger", "OFSTNone"): "int32",
    ("OFTInteger64", "OFSTNone"): "int64",
    ("OFTReal", "OFSTNone"): "float64",
    ("OFTReal", "OFSTFloat32"): "float32",
    ("OFTString", "OFSTNone"): "object",
    ("OFTDate", "OFSTNone"): "datetime64[D]",
    ("OFTDateTime", "OFSTNone"): "datetime64[ms]",
}
_KINDS = ((bool, "OFTInteger", "OFSTBoolean"), (int, "OFTInteger64", "OFSTNone"), (float, "OFTReal", "OFSTNone"))


def fields_for(features: Sequence[Json], known: Sequence[Json]) -> list[Json]:
    """The fields of a layer: those that it had, and those of columns that came to it."""
    names = {field["name"] for field in known}
    added: dict[str, list[Any]] = {}
    for feature in features:
        for name, value in feature["properties"].items():
            if name not in names:
                added.setdefault(name, []).append(value)
    return [*known, *({"name": name, **_kind_of(values)} for name, values in added.items())]


def _kind_of(values: Iterable[Any]) -> Json:
    stated = [value for value in values if value is not None]
    for kind, name, subtype in _KINDS:
        fits = (int, float) if kind is float else kind
        if stated and all(
            isinstance(value, fits) and (kind is bool or not isinstance(value, bool)) for value in stated
        ):
            return {"type": name, "subtype": subtype}
    return {"type": "OFTString", "subtype": "OFSTNone"}


def field_arrays(
    features: Sequence[Json], fields: Sequence[Json]
) -> tuple[list[NDArray[Any]], list[NDArray[np.bool_]], dict[str, NDArray[np.int64]]]:
    """For each field its values, which of them are null, and offsets of times by the names of fields.

    Raises
    ------
    ZoneFileError
        If values do not fit the type of their field, or it is one that is not written.
    """
    arrays, masks, offsets, problems = [], [], {}, []
    for field in fields:
        name = field["name"]
        values = [feature["properties"].get(name) for feature in features]
        dtype = _DTYPES.get((field["type"], field["subtype"]))
        try:
            if dtype is None:
                raise ValueError(f"{field['type']} {field['subtype']}")
            if dtype == "datetime64[ms]":
                offsets[name] = np.array([_offset(value) for value in values], dtype=np.int64)
            arrays.append(_array(values, dtype))
            masks.append(np.array([value is None for value in values], dtype=bool))
        except (TypeError, ValueError, OverflowError) as error:
            rule, hint = f"column {name} must be text, numbers, dates or times", "remove the column"
            problems.append(Problem("export-column", rule, str(error)[:200], hint=hint))
    if problems:
        raise ZoneFileError(problems)
    return arrays, masks, offsets


def _array(values: Sequence[Any], dtype: str) -> NDArray[Any]:
    if dtype == "object":
        wrong = next((value for value in values if not (value is None or isinstance(value, str))), None)
        if wrong is not None:
            raise ValueError(f"a text was {wrong!r}")
        return np.array(values, dtype=object)
    if dtype.startswith("datetime64"):
        return np.array([_moment(value) for value in values], dtype=dtype)
    return np.array([0 if value is None else value for value in values], dtype=dtype)


def _moment(value: str | None) -> np.datetime64:
    """A time by the clock of its own offset, which is written beside it."""
    if value is None:
        return np.datetime64("NaT")
    return np.datetime64(datetime.fromisoformat(value.replace("/", "-")).replace(tzinfo=None))


def _offset(value: str | None) -> int:
    """The offset from UTC as GDAL counts it: quarters of an hour above or below 100; 0 where it is not known."""
    offset = None if value is None else datetime.fromisoformat(value.replace("/", "-")).utcoffset()
    return 0 if offset is None else 100 + round(offset.total_seconds() / 900)
