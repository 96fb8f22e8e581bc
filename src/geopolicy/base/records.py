"""What the frozen dataclasses of this package have in common."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from _typeshed import DataclassInstance


def set_fields(record: DataclassInstance, **values: Any) -> None:
    """Sets the fields of a frozen record; only for the ``__init__`` of its class, which has checked them."""
    setters = _setters_of(type(record))
    for name, value in values.items():
        setters[name](record, value)


@cache
def _setters_of(kind: type[DataclassInstance]) -> dict[str, Callable[[object, object], None]]:
    """What sets each field of a record with slots: by way of `object.__setattr__` it takes twice as long."""
    return {field.name: getattr(kind, field.name).__set__ for field in fields(kind)}


def short_repr(record: DataclassInstance, *notes: str) -> str:
    """The ``repr`` of a record without the fields that have their default; ``notes`` stand before the others."""
    shown = [
        f"{field.name}={value!r}"
        for field in fields(record)
        if field.repr and (value := getattr(record, field.name)) != field.default
    ]
    return f"{type(record).__name__}({', '.join([*notes, *shown])})"
