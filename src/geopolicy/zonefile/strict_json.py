"""JSON without its traps: what two readers could understand differently is refused (ADR 0004)."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from itertools import islice

from geopolicy.errors import Problem, ZoneFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

MOST_ERRORS = 100_000
"""As many of a file are listed; nobody reads more, and a million of them take half a gigabyte."""
_BOM = b"\xef\xbb\xbf"
# Python refuses to convert longer integers (sys.int_info); no coordinate needs a tenth of it.
_MAX_DIGITS = 400
_FEATURE_BY_LINE = re.compile(r'(?:\x1e\s*)?\{\s*"type":\s*"Feature"')
_BY_LINES = "a file with a feature on each line is GeoJSONSeq: ogr2ogr -f GeoJSON makes one text of it"
_MAX_NAME = 100  # letters of a member's name in a path
# What a number beyond the range of a double needs: an exponent of three digits, or as many digits itself.
_ALL_DIGITS_ZERO = bytes.maketrans(b"123456789E", b"000000000e")
_MAY_OVERFLOW = (b"e000", b"e+000", b"0" * 200)
_IN_ORDER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_SORTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


class _Ambiguous(dict):  # type: ignore[type-arg]  # Any is not loaded when this runs
    """An object that names a member twice; keeps the last value and the names."""

    __slots__ = ("repeated",)
    repeated: list[str]


def loads(
    raw: bytes,
    file: str | None = None,
    report: Callable[[Problem], object] | None = None,
    coordinates: Callable[[int, tuple[tuple[bytes, ...], ...], bytes, int, int], object] | None = None,
) -> Any:
    """The value of a JSON text in UTF-8.

    ``coordinates`` may be called to make what stands for the coordinates of a feature: with the number of lists around
    positions, the doubles of each ring of each polygon, the text, and where they begin and end in it.
    It is not where anything is wrong with the text, nor with the coordinates, nor without the kernel.

    ``report`` is told those problems that have a place in the value, repeated members and numbers out of range,
    and the value is returned all the same: the last of the repeated members, infinity for the numbers.

    Raises
    ------
    ZoneFileError
        For anything but one JSON value without byte-order mark, repeated member, NaN, Infinity,
        number beyond the range of a double or nesting deeper than the interpreter's stack.
    """
    read = _read_by_kernel(raw, coordinates)
    return _read_by_python(raw, file, report) if read is None else read[0]


def _read_by_kernel(raw: bytes, coordinates: Callable[..., object] | None) -> tuple[Any] | None:
    """The value of a text of which there is nothing to say; None for all others, and without the kernel."""
    try:
        from geopolicy import _kernel
    except ImportError:
        return None
    read: tuple[Any] | None = _kernel.read_json(raw, coordinates) if type(raw) is bytes else None
    return read


def _read_by_python(raw: bytes, file: str | None, report: Callable[[Problem], object] | None) -> Any:
    """The value of any text, or what is wrong with it."""

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
        hint = _BY_LINES if _FEATURE_BY_LINE.match(text) else None
        raise refuse("json-syntax", "must be one JSON text", fault, hint=hint) from None
    except RecursionError:
        raise refuse("json-nesting", "must not be nested deeper than a few hundred levels", "deeper nesting") from None
    except _NumberError as error:
        raise refuse("json-number", "numbers must be finite", str(error)) from None
    if rb"\ud" in raw.lower() and not _is_encodable(value):
        raise refuse("json-encoding", "text must be Unicode", "half of a surrogate pair (\\ud800 to \\udfff)")
    if seen or _may_overflow(raw):
        placed = _placed_problems(value, file)
        if report is None:
            first = list(islice(placed, MOST_ERRORS))
            if first:
                raise ZoneFileError(first)
        else:
            for problem in placed:
                report(problem)
    return value


def canonical(value: Any, *, sort_keys: bool = False) -> str:
    """JSON without blanks: the same value, its members in the same order or sorted, gives the same text."""
    return (_SORTED if sort_keys else _IN_ORDER).encode(value)


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
    """All values with their places, in the order of the text."""
    place = _Place(None, 0)
    yield place, root
    waiting = [_children(place, root)]
    while waiting:
        for place, value in waiting[-1]:
            yield place, value
            if isinstance(value, (dict, list)):
                waiting.append(_children(place, value))
                break
        else:
            waiting.pop()


def _children(place: _Place, value: Any) -> Iterator[tuple[_Place, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ((_Place(place, name), child) for name, child in members)


def _placed_problems(root: Any, file: str | None) -> Iterator[Problem]:
    """A problem for each repeated member, and for each number that overflowed to infinity, with its path."""
    once, hint = "a member must stand only once in its object", "readers disagree on which one counts; keep one"
    finite = "numbers must be finite, within the range of a double"
    for place, value in _placed(root):
        if isinstance(value, float) and math.isinf(value):
            yield Problem("json-number", finite, "one beyond 1.8e308", place.path, file=file)
        for name in getattr(value, "repeated", ()):
            path = json_path(place.path, name)
            yield Problem("json-duplicate-key", once, repr(name), path, file=file, hint=hint)
