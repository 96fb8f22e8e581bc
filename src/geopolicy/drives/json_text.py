"""JSON, strictly: whole documents of a limited size, and texts one after the other."""

from __future__ import annotations

import json
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.drives.source import bounded_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geopolicy.drives.recording import Recording

MAX_BYTES = 1 << 28
MAX_TEXT_BYTES = 1 << 24  # a FeatureCollection may stand in one line
RECORD_SEPARATOR = b"\x1e"  # RFC 7464 2.2
_BEGINNING = 1  # where an error tells that nothing was JSON
CUT = "last line that is cut off"


class JsonText(NamedTuple):
    """One text, where it is, and its value; ``is_broken`` where it is no JSON, and then why, in words."""

    place: str
    content: bytes
    value: Any
    is_broken: bool
    cause: str = ""


def parse(content: bytes) -> Any:
    """The value of a JSON text.

    Raises
    ------
    ValueError
        For what is no JSON; so are NaN, Infinity, a name that comes twice in an object, and too many nested values.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("too many nested values") from None


def load(recording: Recording, *chunks: Iterable[bytes]) -> Any:
    """The value of a whole file, or of the chunks of it.

    Raises
    ------
    DriveFileError
        For more than 256 MiB, and what is no JSON.
    """
    content = bytearray()
    for chunk in chain.from_iterable(chunks) if chunks else iter(partial(recording.stream.read, 1 << 20), b""):
        content += chunk
        if len(content) > MAX_BYTES:
            raise recording.error(f"must have at most {MAX_BYTES} bytes", "more", hint="use CSV or GPX")
    recording.is_whole = True
    try:
        return parse(bytes(content))
    except UnicodeDecodeError as error:
        at = error.start + len(content) - len(error.object)  # a byte order mark is not in the object
        raise recording.not_utf8(error.object[error.start], f"byte {at}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        hint = "if each line is a text of its own, say format geojson-seq" if error.msg == "Extra data" else None
        hint = "if it is something else, say which format it is" if error.pos <= _BEGINNING else hint
        raise recording.error("must be valid JSON", error.msg, place, hint) from None
    except ValueError as error:
        # Python refuses integers of more than 4300 digits.
        known = error.args[0] if error.args[0] in _REASONS else "NaN, Infinity or a number of thousands of digits"
        raise recording.error("must be valid JSON", known) from None


_TWICE = "a name that comes twice in one object"
_REASONS = (_TWICE, "too many nested values")


def _refuse_constant(_name: str) -> float:
    raise ValueError("not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError(_TWICE)
    return members


def text_lines(recording: Recording, separator: bytes | None = None) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, or what stands between other separators, with their numbers.

    Raises
    ------
    DriveFileError
        For one of more than 16 MiB.
    """
    pieces = (piece for block in bounded_blocks(recording.stream, MAX_TEXT_BYTES, separator) for piece in block)
    for number, piece in enumerate(pieces, start=1):
        if piece is None:
            raise recording.error(f"must have texts of at most {MAX_TEXT_BYTES} bytes", "a longer one", f"{number}")
        if piece.strip() not in (b"", b"\xef\xbb\xbf"):
            yield number, piece


def json_text(number: int, content: bytes, word: str = "line") -> JsonText:
    """A text by its number."""
    try:
        return JsonText(f"{word} {number}", content, parse(content), is_broken=False)
    except UnicodeDecodeError:
        cause = f"the {word} is not UTF-8 (save the file as UTF-8, such as with iconv)"
    except ValueError:
        cause = f"the {word} is no JSON"
    return JsonText(f"{word} {number}", content, None, is_broken=True, cause=cause)


def json_lines(recording: Recording) -> Iterator[JsonText]:
    """The texts of lines; a last one that is broken is cut off, and counted."""
    return broken_lines_cut(recording, text_lines(recording))


def broken_lines_cut(recording: Recording, lines: Iterable[tuple[int, bytes]]) -> Iterator[JsonText]:
    """The texts of lines, as `json_lines` has them."""
    broken: JsonText | None = None
    for number, content in lines:
        if broken is not None:
            yield broken
            broken = None
        text = json_text(number, content)
        if text.is_broken:
            broken = text
        else:
            yield text
    if broken is not None:
        recording.skipped[CUT] += 1
        recording.assume("end: the last line is cut off")


def separated_texts(recording: Recording) -> Iterator[JsonText]:
    """The texts after record separators; those that are cut off or no JSON are counted (RFC 8142 2.4)."""
    for number, content in text_lines(recording, RECORD_SEPARATOR):
        text = json_text(number - 1, content, "text")
        if text.is_broken:
            recording.skipped["text that is cut off or no JSON"] += 1
        else:
            yield text
