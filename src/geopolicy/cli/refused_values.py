"""What a command line says of a value that is no number, out of range or none of those that there are.

The words of the library that reads command lines differ between its versions, and do not name the value.
"""

from __future__ import annotations

import inspect
import typing
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def in_our_words(error: Any, command: Any, ctx: Any, words: Sequence[str]) -> Exception:
    """The same error with the rule and the value; as it is where it is about something else than one value."""
    parameter = getattr(error, "param", None)
    if parameter is None:
        return typing.cast("Exception", error)
    hints = typing.get_type_hints(inspect.unwrap(command.callback), include_extras=True)
    rule = _rule_of(hints.get(parameter.name))
    given = command.make_parser(ctx).parse_args(args=list(words))[0].get(parameter.name)
    if rule is None or not isinstance(given, str):
        return typing.cast("Exception", error)
    name = max(parameter.opts, key=len) if parameter.param_type_name == "option" else parameter.name.upper()
    return typer.BadParameter(f"must be {rule}, got {given!r}", ctx=ctx, param_hint=name)


def _rule_of(hint: Any) -> str | None:
    """What the value of a parameter must be; None if it is neither a number nor one of an enumeration."""
    kinds = set(_kinds_in(hint))
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return f"one of {', '.join(kind)}"
    if not kinds & {int, float}:
        return None
    bounds = next((each for each in typing.get_args(hint) if hasattr(each, "min")), None)
    return f"a {'number' if float in kinds else 'whole number'}{_range_text(bounds)}"


def _kinds_in(hint: Any) -> Iterator[Any]:
    """The types in a hint: of ``Annotated[int | None, ...]`` the annotation is no type."""
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Annotated:
        inner = inner[:1]
    yield from (kind for each in inner for kind in _kinds_in(each))
    if not inner:
        yield hint


def _range_text(bounds: Any) -> str:
    low, high = getattr(bounds, "min", None), getattr(bounds, "max", None)
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" of at least {low:g}"
    return "" if high is None else f" of at most {high:g}"
