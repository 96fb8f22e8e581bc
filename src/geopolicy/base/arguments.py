"""Arguments of wrong types, refused where they come in, with what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TEXT_KINDS = frozenset((str, type(None)))


def check_kind(name: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    """Refuses what is of no such kind. The message does not show the value: it may be where a vehicle is.

    Raises
    ------
    TypeError
        Saying what is wanted.
    """
    if not isinstance(value, kinds):
        raise TypeError(f"{name} must be {wanted}, got {type(value).__name__}")


def check_text(name: str, value: object) -> None:
    """Refuses what is neither a text nor None."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a text or None, got {type(value).__name__}")


def are_texts(*values: object) -> bool:
    """Whether all of them pass `check_text`, as most do."""
    return _TEXT_KINDS.issuperset(map(type, values))


def check_bool(name: str, value: object) -> None:
    """Refuses what is neither True nor False: a text such as "no" would count as True."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__}")


def check_whole(name: str, value: object) -> None:
    """Refuses what is no whole number; True and 3.0 are none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, got {type(value).__name__}")


def check_callable(name: str, value: object) -> None:
    """Refuses what is neither a function nor None."""
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be a function or None, got {type(value).__name__}")


def list_of(name: str, values: Any, kind: type | tuple[type, ...], wanted: str) -> tuple[Any, ...]:
    """The values of a list, each of a kind. A text is no list of texts, and a mapping no list of its keys.

    Raises
    ------
    TypeError
        Saying what is wanted.
    """
    if type(values) not in (list, tuple) and (
        not isinstance(values, Iterable) or isinstance(values, (str, bytes, Mapping))
    ):
        raise TypeError(f"{name} must be a list of {wanted}, got {type(values).__name__}")
    listed = tuple(values)
    for value in listed:
        if not isinstance(value, kind):
            raise TypeError(f"{name} must be a list of {wanted}, got {type(value).__name__} in it")
    return listed


def number(name: str, value: Any) -> float:
    """A number as a float, infinite where it is beyond all of them.

    Raises
    ------
    TypeError
        For what is no number, True and False among them.
    """
    if type(value) is float:
        return value
    try:
        return float(value) if not isinstance(value, (str, bytes, bool)) else _refuse_number(name, value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    except (TypeError, ValueError):
        return _refuse_number(name, value)


def _refuse_number(name: str, value: object) -> float:
    raise TypeError(f"{name} must be a number, got {type(value).__name__}") from None
