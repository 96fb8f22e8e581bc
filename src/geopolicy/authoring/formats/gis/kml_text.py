"""KML as text whose placemarks are cut out, so that each is written back as it stood; and what a placemark says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopolicy.authoring.formats.source import Json

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DEEPEST = 100
# What it points to is not here.
_LINKS = ("NetworkLink", "NetworkLinkControl")
_GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track", "MultiTrack")
# A geometry in these is read, or part of one that is judged, or, of a photograph, where it was taken.
_HOLDERS = ("Placemark", "PhotoOverlay", *_GEOMETRIES)


@dataclass(slots=True)
class Element:
    """One element: its name without a namespace, its attributes, its own text and the elements in it."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        """The first child of a name."""
        return next((each for each in self.children if each.name == name), None)

    def all(self, name: str) -> list[Element]:
        """All elements of a name below this one, in the order of the text."""
        found = []
        for each in self.children:
            found += [each] if each.name == name else []
            found += each.all(name)
        return found

    def text_of(self, name: str) -> str | None:
        """The text of a child, without the blanks round it; None if there is none."""
        child = self.child(name)
        return None if child is None else child.text.strip()


@dataclass(frozen=True, slots=True)
class Placemark:
    """A placemark, the names of the folders that it stands in, and its text as it stood."""

    element: Element
    folders: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class KmlText:
    """A document: its placemarks, the text round them (one piece more), and its encoding."""

    placemarks: list[Placemark]
    pieces: list[str]
    encoding: str


def decoded(content: bytes, file: str) -> tuple[str, str]:
    """The text, and its encoding.

    Raises
    ------
    ZoneFileError
        If it is not in the encoding that it states.
    """
    marked = next((name for mark, name in _BOMS if content.startswith(mark)), None)
    declared = _DECLARED.match(content)
    encoding = marked or (declared[1].decode("ascii") if declared else "utf-8")
    try:
        return content.decode(encoding), encoding
    except (UnicodeError, LookupError) as error:
        rule = "KML must be in the encoding that it states"
        raise ZoneFileError([Problem("source-encoding", rule, str(error)[:200], file=file)]) from None


class _Cutter:
    """Handlers of the parser: builds elements, and notes where placemarks begin and end."""

    def __init__(self, source: bytes, file: str) -> None:
        self.source, self.file = source, file
        self.parser = expat.ParserCreate("utf-8")
        self.stack: list[Element] = []
        self.texts: list[list[str]] = []  # of the elements in the stack, as the parser hands them over
        self.folders: list[str | None] = []  # names of those in the stack, as far as they are known
        self.strays: list[Element] = []
        self.root: Element | None = None
        self.links: list[Element] = []
        self.cuts: list[tuple[int, int]] = []
        self.found: list[tuple[Element, tuple[str, ...]]] = []
        self.start = 0
        self.ends: dict[str, int] = {}  # of the root and of the documents and folders in it, the last of each
        self.parser.StartElementHandler = self.opened
        self.parser.EndElementHandler = self.closed
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def refuse_doctype(self, *_arguments: Any) -> None:
        rule, hint = "KML must not declare entities", "remove the DOCTYPE"
        raise ZoneFileError([Problem("source-format", rule, "a DOCTYPE", file=self.file, hint=hint)])

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= _DEEPEST:
            rule = f"elements must not be nested deeper than {_DEEPEST} levels"
            raise ZoneFileError([Problem("source-format", rule, "deeper nesting", file=self.file)])
        element = Element(name.rpartition(":")[2], attributes, self.parser.CurrentLineNumber)
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        if element.name == "Placemark" and not self._is_in_placemark():
            self.start = self.parser.CurrentByteIndex
        if element.name in _LINKS:
            self.links.append(element)
        elif element.name == "Folder":
            self.folders.append(None)
        elif element.name in _GEOMETRIES and not any(each.name in _HOLDERS for each in self.stack):
            self.strays.append(element)
        self.stack.append(element)
        self.texts.append([])

    def closed(self, _name: str) -> None:
        element = self.stack.pop()
        element.text = "".join(self.texts.pop())
        if len(self.stack) < 2:
            self.ends[element.name] = self.parser.CurrentByteIndex
        if element.name == "Folder":
            self.folders.pop()
        elif element.name == "name" and self.stack and self.stack[-1].name == "Folder" and self.folders[-1] is None:
            self.folders[-1] = element.text.strip()
        if element.name != "Placemark" or self._is_in_placemark():
            return
        end = self.source.index(b">", self.parser.CurrentByteIndex) + 1
        self.cuts.append((self.start, end))
        self.found.append((element, tuple(name or "" for name in self.folders)))

    def characters(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)

    def unread(self) -> list[Problem]:
        """What may be zones and is not read: links, and geometries in elements that KML does not know."""
        rule, hint = "KML must hold its zones itself", "save what it links to as a file of its own"
        unread = [(each, rule, hint) for each in self.links]
        rule, hint = (
            "a geometry must stand in a Placemark",
            "elements that a Schema of KML 2.0 made: save it as KML 2.2",
        )
        unread += [(each, rule, hint) for each in self.strays]
        return [
            Problem("source-unknown", rule, each.name, f"line {each.line}", file=self.file, hint=hint)
            for each, rule, hint in unread
        ]

    def _is_in_placemark(self) -> bool:
        return any(each.name == "Placemark" for each in self.stack)


def read_kml(content: bytes, file: str) -> KmlText:
    """The placemarks of a document.

    Raises
    ------
    ZoneFileError
        If it is no KML, or links to what is not in it.
    """
    text, encoding = decoded(content, file)
    source = text.encode("utf-8", "surrogatepass")
    cutter = _Cutter(source, file)
    try:
        cutter.parser.Parse(source, True)
    except expat.ExpatError as error:
        rule, fault = "KML must be well-formed XML", expat.ErrorString(error.code)
        raise ZoneFileError([Problem("source-format", rule, fault, f"line {error.lineno}", file=file)]) from None
    root = cutter.root
    if root is None or root.name != "kml":
        found = root.name if root is not None else None
        raise ZoneFileError([Problem("source-format", "the first element must be kml", found, file=file)])
    problems = cutter.unread()
    if problems:
        raise ZoneFileError(problems)
    ends = [0, *(end for _, end in cutter.cuts)]
    starts = [*(start for start, _ in cutter.cuts), len(source)]
    pieces = [source[end:start].decode("utf-8", "surrogatepass") for end, start in zip(ends, starts, strict=True)]
    texts = [source[start:end].decode("utf-8", "surrogatepass") for start, end in cutter.cuts]
    placemarks = [Placemark(*found, cut) for found, cut in zip(cutter.found, texts, strict=True)]
    return KmlText(placemarks, pieces, encoding)


def end_of_features(pieces: Sequence[str]) -> tuple[int, int]:
    """Which piece of a document features may be added in, and where in it: in no folder, unless the root is one."""
    mark = "<Placemark/>"
    source = mark.join(pieces).encode("utf-8", "surrogatepass")
    cutter = _Cutter(source, "")
    cutter.parser.Parse(source, True)
    end = next(cutter.ends[name] for name in ("Document", "Folder", "kml") if name in cutter.ends)
    place = len(source[:end].decode("utf-8", "surrogatepass"))
    for number, piece in enumerate(pieces[:-1]):
        if place <= len(piece):
            return number, place
        place -= len(piece) + len(mark)
    return len(pieces) - 1, place


def columns_of(placemark: Placemark) -> Json:
    """What a placemark says in words: its fields, and the data that others added to it, as texts."""
    element = placemark.element
    columns: Json = {}
    for name in ("name", "description", "address", "phoneNumber", "styleUrl", "visibility"):
        if (text := element.text_of(name)) is not None:
            columns[name] = text
    for moment in ("when", "begin", "end"):
        if found := element.all(moment):
            columns[moment] = found[0].text.strip()
    if placemark.folders:
        columns["folder"] = "/".join(placemark.folders)
    extended = element.child("ExtendedData")
    if extended is not None:
        for each in extended.all("Data"):
            columns[each.attributes.get("name", "")] = each.text_of("value") or ""
        for each in extended.all("SimpleData"):
            columns[each.attributes.get("name", "")] = each.text.strip()
    return columns
