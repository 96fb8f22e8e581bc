"""Frozen value classes without the import cost of ``dataclasses`` (ADR 0003)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self, dataclass_transform
else:

    def dataclass_transform(**_options: Any) -> Any:
        return lambda cls: cls


@dataclass_transform(frozen_default=True, eq_default=True)
class ValueMeta(type):
    """Turns annotated names into slots, and their class-level values into defaults."""

    _fields: tuple[str, ...]
    _defaults: dict[str, Any]

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> ValueMeta:
        fields = tuple(field for field in namespace.get("__annotations__", {}) if not field.startswith("_"))
        defaults = {field: namespace.pop(field) for field in fields if field in namespace}
        namespace["__slots__"] = (*fields, *namespace.get("__slots__", ()))
        cls = super().__new__(mcs, name, bases, namespace)
        cls._fields = fields
        cls._defaults = defaults
        return cls


class Value(metaclass=ValueMeta):
    """A frozen record: equal, hashed, printed and pickled by its annotated fields.

    Fields are given by position or by name, as with a dataclass. A subclass that
    checks or normalises its input defines ``__init__`` and calls this one.
    A name in ``__slots__`` that is not annotated is a memo: it is no part of the value.
    """

    __slots__ = ("__weakref__",)

    def __init__(self, *values: Any, **named: Any) -> None:
        cls = type(self)
        fields = cls._fields
        if len(values) > len(fields):
            raise TypeError(f"{cls.__name__} takes at most {len(fields)} values, got {len(values)}")
        for field, value in zip(fields, values, strict=False):
            if field in named:
                raise TypeError(f"{cls.__name__} got {field!r} twice")
            object.__setattr__(self, field, value)
        for field in fields[len(values) :]:
            if field in named:
                value = named.pop(field)
            elif field in cls._defaults:
                value = cls._defaults[field]
            else:
                raise TypeError(f"{cls.__name__} needs {field!r}")
            object.__setattr__(self, field, value)
        if named:
            raise TypeError(f"{cls.__name__} has no field {sorted(named)[0]!r}")

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field) for field in type(self)._fields)

    def replace(self, **changes: Any) -> Self:
        """The same record with some fields changed."""
        return type(self)(**(dict(zip(type(self)._fields, self._values(), strict=True)) | changes))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; use replace({name}=...)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        defaults = type(self)._defaults
        shown = ", ".join(
            f"{field}={value!r}"
            for field, value in zip(type(self)._fields, self._values(), strict=True)
            if field not in defaults or value != defaults[field]
        )
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), self._values()
