"""What the frozen dataclasses of this package have in common."""

from __future__ import annotations

from dataclasses import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from _typeshed import DataclassInstance


def set_fields(record: object, **values: Any) -> None:
    """Sets the fields of a frozen record; only for the ``__init__`` of its class, which has checked them."""
    for name, value in values.items():
        object.__setattr__(record, name, value)


def short_repr(record: DataclassInstance, *notes: str) -> str:
    """The ``repr`` of a record without the fields that have their default; ``notes`` stand before the others."""
    shown = [
        f"{field.name}={value!r}"
        for field in fields(record)
        if field.repr and (value := getattr(record, field.name)) != field.default
    ]
    return f"{type(record).__name__}({', '.join([*notes, *shown])})"
