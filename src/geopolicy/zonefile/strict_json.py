"""JSON without its traps: what two readers could understand differently is refused (ADR 0004)."""

from __future__ import annotations

import json
import math
from collections import Counter

from geopolicy.errors import Problem, ZoneFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_BOM = b"\xef\xbb\xbf"
# Python refuses to convert longer integers (sys.int_info); no coordinate needs a tenth of it.
_MAX_DIGITS = 400
_MAX_NAME = 100  # letters of a member's name in a path
# What a number beyond the range of a double needs: an exponent of three digits, or as many digits itself.
_ALL_DIGITS_ZERO = bytes.maketrans(b"123456789E", b"000000000e")
_MAY_OVERFLOW = (b"e000", b"e+000", b"0" * 200)


class _Ambiguous(dict):  # type: ignore[type-arg]  # Any is not loaded when this runs
    """An object that names a member twice; keeps the last value and the names."""

    repeated: list[str]


def loads(raw: bytes, file: str | None = None, problems: list[Problem] | None = None) -> Any:
    """The value of a JSON text in UTF-8.

    A list of ``problems`` is given those that have a place in the value, repeated members and numbers out of range,
    and the value is returned all the same: the last of the repeated members, infinity for the numbers.

    Raises
    ------
    ZoneFileError
        For anything but one JSON value without byte-order mark, repeated member, NaN, Infinity,
        number beyond the range of a double or nesting deeper than the interpreter's stack.
    """

    def refuse(
        code: str, rule: str, value: str | None = None, path: str = "$", hint: str | None = None
    ) -> ZoneFileError:
        return ZoneFileError([Problem(code, rule, value, path, file=file, hint=hint)])

    if raw.startswith(_BOM):
        raise refuse("json-bom", "must be UTF-8 without byte-order mark", "a byte-order mark", hint="save without BOM")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse("json-encoding", "must be UTF-8", f"a byte that is not at offset {error.start}") from None
    seen: list[_Ambiguous] = []
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, seen),
            parse_constant=_refuse_constant,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        fault = f"{error.msg} at line {error.lineno} column {error.colno}"
        raise refuse("json-syntax", "must be one JSON text", fault) from None
    except RecursionError:
        raise refuse("json-nesting", "must not be nested deeper than a few hundred levels", "deeper nesting") from None
    except _NumberError as error:
        raise refuse("json-number", "numbers must be finite", str(error)) from None
    if rb"\ud" in raw.lower() and not _is_encodable(value):
        raise refuse("json-encoding", "text must be Unicode", "half of a surrogate pair (\\ud800 to \\udfff)")
    placed = _number_problems(value, file) if _may_overflow(raw) else []
    if seen:
        placed += _repeated_problems(value, file)
    if placed and problems is None:
        raise ZoneFileError(placed)
    if problems is not None:
        problems += placed
    return value


def canonical(value: Any, *, sort_keys: bool = False) -> str:
    """JSON without blanks: the same value, its members in the same order or sorted, gives the same text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=sort_keys, separators=(",", ":"))


def _may_overflow(raw: bytes) -> bool:
    """Whether some number may be beyond the range of a double; quick, and as quick for any text."""
    zeroed = raw.translate(_ALL_DIGITS_ZERO)
    return any(sign in zeroed for sign in _MAY_OVERFLOW)


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class _NumberError(ValueError):
    pass


def _refuse_constant(name: str) -> float:
    raise _NumberError(name)


def _integer(digits: str) -> int | float:
    if len(digits) > _MAX_DIGITS:
        raise _NumberError(f"an integer of {len(digits)} digits")
    return int(digits) if len(digits) < 300 else float(digits)


def _object(pairs: list[tuple[str, Any]], seen: list[_Ambiguous]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    ambiguous = _Ambiguous(members)
    counts = Counter(name for name, _ in pairs)
    ambiguous.repeated = sorted(name for name, count in counts.items() if count > 1)
    seen.append(ambiguous)
    return ambiguous


def json_path(path: str, member: str | int) -> str:
    """A JSON path one member or index further down; a very long name is cut."""
    if isinstance(member, int):
        return f"{path}[{member}]"
    if len(member) > _MAX_NAME:
        member = member[: _MAX_NAME - 3] + "..."
    return f"{path}.{member}" if member.isidentifier() else f"{path}[{json.dumps(member, ensure_ascii=False)}]"


class _Place:
    """A member or an index in the place above it; its path is made when it is asked for: all would take too long."""

    __slots__ = ("_path", "above", "name")

    def __init__(self, above: _Place | None, name: str | int) -> None:
        self.above, self.name = above, name
        self._path = "$" if above is None else ""

    @property
    def path(self) -> str:
        """The JSON path."""
        unnamed: list[_Place] = []
        place: _Place | None = self
        while place is not None and not place._path:
            unnamed.append(place)
            place = place.above
        path = "$" if place is None else place._path
        for below in reversed(unnamed):
            path = below._path = json_path(path, below.name)
        return path


def _placed(root: Any) -> Iterator[tuple[_Place, Any]]:
    """All values with their places."""
    waiting: list[tuple[_Place, Any]] = [(_Place(None, 0), root)]
    while waiting:
        place, value = waiting.pop()
        yield place, value
        children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [(_Place(place, name), child) for name, child in children]


def _repeated_problems(root: Any, file: str | None) -> list[Problem]:
    """A problem for each repeated member, with its path."""
    rule, hint = "a member must stand only once in its object", "readers disagree on which one counts; keep one"
    return [
        Problem("json-duplicate-key", rule, repr(name), json_path(place.path, name), file=file, hint=hint)
        for place, value in _placed(root)
        for name in getattr(value, "repeated", ())
    ]


def _number_problems(root: Any, file: str | None) -> list[Problem]:
    """A problem for each number that overflowed to infinity, with its path."""
    rule = "numbers must be finite, within the range of a double"
    return [
        Problem("json-number", rule, "one beyond 1.8e308", place.path, file=file)
        for place, value in _placed(root)
        if isinstance(value, float) and math.isinf(value)
    ]
