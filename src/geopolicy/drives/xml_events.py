"""XML from strangers, piece by piece: no DOCTYPE, no element or remark without end, and messages that quote nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from xml.etree import ElementTree
from xml.parsers import expat

from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.drives.recording import Recording

_CHUNK_BYTES = 65536
_DOCTYPE = b"<!DOCTYPE"
_MAX_QUIET_BYTES = 1 << 20  # a tag or comment that is longer would be held whole, and looked through again and again
# What expat says of a file that ends before its elements do.
_CUT = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
)


class Target(Protocol):
    """What an `XMLParser` calls, and what the feeding asks of it."""

    has_root: bool

    @property
    def count(self) -> int:
        """How many points ended."""

    @property
    def has_points(self) -> bool:
        """Whether there was any point."""

    def take_event(self) -> bool:
        """Whether anything ended or began since the last time."""


def feed_all(recording: Recording, target: Target) -> Iterator[None]:
    """Feed a file to a target; after each piece its points may be taken. A file that is cut off is read up to there.

    Raises
    ------
    DriveFileError
        If the file is not well-formed XML, has a DOCTYPE (entities are never expanded), or a tag or comment of more
        than a megabyte; what the target took before can be taken first.
    """
    parser: ElementTree.XMLParser[None] = ElementTree.XMLParser(target=target)  # noqa: S314  # DOCTYPE is refused
    failure: DriveFileError | None = None
    tail, line, quiet = b"", 1, 0
    while failure is None:
        chunk = recording.stream.read1(_CHUNK_BYTES)
        if not target.has_root:
            _refuse_doctype(recording, tail + chunk, line)
            line += (tail + chunk)[: -len(_DOCTYPE)].count(b"\n")
            tail = (tail + chunk)[-len(_DOCTYPE) :]
        failure = _feed(recording, parser, target, chunk)
        quiet = 0 if target.take_event() else quiet + len(chunk)
        if quiet > _MAX_QUIET_BYTES and failure is None:
            rule = f"must have tags and comments of at most {_MAX_QUIET_BYTES} bytes"
            failure = recording.error(rule, "a longer one", f"point {target.count} or after it")
        yield
        if not chunk:
            break
    if failure is not None:
        raise failure


def _refuse_doctype(recording: Recording, prolog: bytes, first_line: int) -> None:
    at = prolog.find(_DOCTYPE)
    if at >= 0:
        line = first_line + prolog.count(b"\n", 0, at)
        raise doctype_error(recording, f"line {line}")


def doctype_error(recording: Recording, place: str | None) -> DriveFileError:
    """What is said of a DOCTYPE."""
    return recording.error("must have no DOCTYPE (entities are not expanded)", "one", place, "remove it")


def _feed(
    recording: Recording, parser: ElementTree.XMLParser[None], target: Target, chunk: bytes
) -> DriveFileError | None:
    try:
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
    except ElementTree.ParseError as error:
        if not chunk and target.has_points and error.code in _CUT:
            recording.assume("end: the file is cut off; read up to there")
            return None
        line, column = error.position
        # Not str(error): it may quote the file.
        what = expat.ErrorString(error.code) or "something else"
        return recording.error("must be well-formed XML", what, f"line {line} column {column + 1}")
    except DriveFileError as error:
        return error
    except (LookupError, ValueError):
        return recording.error("must be in an encoding that XML readers know", "another", "line 1", "use UTF-8")
    return None
