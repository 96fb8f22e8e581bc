"""Placemarks with what was edited in them, and every other letter as it stood."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from geopolicy.authoring.formats.gis.kml_geometry import ELEMENTS, GEOMETRIES, content_text, geometry_text, rings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geopolicy.authoring.formats.source import Json

_START, _END = "<kml>", "</kml>"
_MOMENTS = ("when", "begin", "end")
_TAG = re.compile(r"<(/?)(?=\w)")
_ID = re.compile(rb"""(?<=\sid)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(slots=True)
class _Span:
    """An element: where its tags and its content stand, in bytes."""

    name: str
    prefix: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    stop: int = 0
    end: int = 0
    children: list[_Span] = field(default_factory=list)

    def all(self, name: str) -> Iterator[_Span]:
        """The elements of a name below this one, in the order of the text."""
        for each in self.children:
            if each.name == name:
                yield each
            yield from each.all(name)

    def first(self, *names: str) -> _Span | None:
        """The first child of one of these names."""
        return next((each for each in self.children if each.name in names), None)


class PlacemarkText:
    """The text of a placemark, and where its elements stand in it: read once, and edited for each of its zones."""

    def __init__(self, text: str) -> None:
        self._source = f"{_START}{text}{_END}".encode("utf-8", "surrogatepass")
        self._stack: list[_Span] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed
        self._root = _Span("", "", {}, 0, 0)
        self._parser.Parse(self._source, True)
        self._placemark = self._root.children[0]
        self._geometries = [each for each in self._placemark.children if each.name in GEOMETRIES]
        self._coordinates = [each for span in self._geometries for each in span.all("coordinates")]
        self._shape = _shape_of(self._geometries)
        self._altitudes = self._altitudes_of(self._coordinates)

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        start = self._parser.CurrentByteIndex
        prefix, colon, local = name.rpartition(":")
        span = _Span(local, prefix + colon, attributes, start, self._end_of_tag(start))
        (self._stack[-1] if self._stack else self._root).children.append(span)
        if not self._stack:
            self._root = span
        self._stack.append(span)

    def _end_of_tag(self, start: int) -> int:
        """Where the tag that begins here ends: a value may hold what ends a tag."""
        quote = 0
        for at in range(start, len(self._source)):
            letter = self._source[at]
            if quote:
                quote = 0 if letter == quote else quote
            elif letter in b"\"'":
                quote = letter
            elif letter == ord(">"):
                return at + 1
        return len(self._source)

    def _closed(self, _name: str) -> None:
        span = self._stack.pop()
        if self._source[span.inner - 2 : span.inner] == b"/>":
            span.stop = span.end = span.inner
        else:
            span.stop = self._parser.CurrentByteIndex
            span.end = self._source.index(b">", span.stop) + 1

    def edited(self, columns: Mapping[str, Any], geometry: Json | None = None, zone_id: str | None = None) -> str:
        """The text with other values in these columns (None: removed), another geometry and, if it has one, another id.

        Columns are those that `kml_text.columns_of` reads.
        """
        edits: list[tuple[int, int, bytes]] = []
        data = {name: value for name, value in columns.items() if not self._edit_element(edits, name, value)}
        if zone_id is not None:
            self._edit_id(edits, zone_id)
        self._edit_data(edits, data)
        if geometry is not None:
            self._edit_geometry(edits, geometry)
        return self._replaced(edits)

    def _replaced(self, edits: list[tuple[int, int, bytes]]) -> str:
        parts, at = [], len(_START)
        for start, end, text in sorted(edits, key=lambda each: each[:2]):
            parts += [self._source[at:start], text]
            at = end
        parts.append(self._source[at : -len(_END)])
        return b"".join(parts).decode("utf-8", "surrogatepass")

    def _tagged(self, text: str) -> bytes:
        """Elements in the namespace that the placemark is in."""
        return _TAG.sub(rf"<\1{self._placemark.prefix}", text).encode("utf-8", "surrogatepass")

    def _edit_content(self, edits: list[tuple[int, int, bytes]], span: _Span, value: Any) -> None:
        text = content_text(_text_of(value)).encode("utf-8", "surrogatepass")
        if span.stop == span.inner == span.end:  # <name/>
            opening = self._source[span.start : span.inner - 2].rstrip()
            edits.append((span.start, span.end, b"%s>%s</%s>" % (opening, text, (span.prefix + span.name).encode())))
        else:
            edits.append((span.inner, span.stop, text))

    def _edit_element(self, edits: list[tuple[int, int, bytes]], name: str, value: Any) -> bool:
        """Edits a column that has an element of its own; False if it has none."""
        if name not in (*ELEMENTS, *_MOMENTS):
            return False
        span = self._placemark.first(name) if name in ELEMENTS else next(self._placemark.all(name), None)
        if span is not None and value is None:
            edits.append((span.start, span.end, b""))
        elif span is not None:
            self._edit_content(edits, span, value)
        elif name in ELEMENTS and value is not None:
            text = f"<{name}>{content_text(_text_of(value))}</{name}>"
            earlier = [each.end for each in self._placemark.children if each.name in ELEMENTS[: ELEMENTS.index(name)]]
            at = max(earlier, default=self._placemark.inner)
            edits.append((at, at, self._tagged(text)))
        else:
            return span is not None
        return True

    @property
    def has_id(self) -> bool:
        """Whether the placemark has the attribute ``id``."""
        return "id" in self._placemark.attributes

    def _edit_id(self, edits: list[tuple[int, int, bytes]], zone_id: str) -> None:
        found = _ID.search(self._source, self._placemark.start, self._placemark.inner)
        if self.has_id and found is not None:
            edits.append((found.start(1), found.end(1), quoteattr(zone_id).encode("utf-8", "surrogatepass")))

    def _edit_data(self, edits: list[tuple[int, int, bytes]], data: Mapping[str, Any]) -> None:
        extended = self._placemark.first("ExtendedData")
        added = ""
        for name, value in data.items():
            found = [
                each
                for kind in ("Data", "SimpleData")
                for each in (extended.all(kind) if extended else ())
                if each.attributes.get("name", "") == name
            ]
            if value is None:
                edits += [(each.start, each.end, b"") for each in found]
            elif not found:
                added += f"<Data name={quoteattr(name)}><value>{content_text(_text_of(value))}</value></Data>"
            for each in found if value is not None else ():
                inner = each if each.name == "SimpleData" else each.first("value")
                if inner is not None:
                    self._edit_content(edits, inner, value)
                else:
                    text = f"<Data name={quoteattr(name)}><value>{content_text(_text_of(value))}</value></Data>"
                    edits.append((each.start, each.end, self._tagged(text)))
        if not added:
            return
        if extended is not None and extended.inner != extended.end:
            edits.append((extended.inner, extended.inner, self._tagged(added)))
            return
        geometry = self._placemark.first(*GEOMETRIES)
        start, end = (extended.start, extended.end) if extended else ((geometry or self._placemark).start,) * 2
        edits.append((start, end, self._tagged(f"<ExtendedData>{added}</ExtendedData>")))

    def _edit_geometry(self, edits: list[tuple[int, int, bytes]], geometry: Json) -> None:
        """Edits coordinates alone where there are as many rings as before; otherwise the geometry is made anew."""
        spans, rings = self._geometries, rings_of(geometry)
        if self._shape == _shape_of_geometry(geometry) and len(rings) == len(self._coordinates):
            for span, ring in zip(self._coordinates, rings, strict=True):
                if self._positions(span) != [tuple(position[:2]) for position in ring]:
                    edits.append((span.inner, span.stop, _positions_text(ring, self._altitudes).encode()))
            return
        edits += [(each.start, each.end, b"") for each in spans[1:]]
        edits.append((spans[0].start, spans[0].end, self._tagged(geometry_text(geometry))))

    def _words(self, span: _Span) -> list[list[str]]:
        return [word.split(",") for word in self._source[span.inner : span.stop].decode("utf-8").split()]

    def _positions(self, span: _Span) -> list[tuple[float, ...]]:
        try:
            return [tuple(float(part) for part in word[:2]) for word in self._words(span)]
        except ValueError:  # a comment, or an entity
            return []

    def _altitudes_of(self, spans: Sequence[_Span]) -> dict[tuple[float, ...], str]:
        """The altitudes of positions as they stand; a position that was not there has that of all, if all have one."""
        known: dict[tuple[float, ...], str] = {}
        words = [word for span in spans for word in self._words(span)]
        for word in words:
            if len(word) == 3:
                try:
                    known[float(word[0]), float(word[1])] = word[2]
                except ValueError:
                    continue
        same = {word[2] if len(word) == 3 else "" for word in words}
        return known | ({(): same.pop()} if len(same) == 1 else {})


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else f"{value!r}"


def _shape_of(spans: Sequence[_Span]) -> list[Any]:
    """Which geometries there are, and the number of boundaries of each."""
    if len(spans) != 1:
        return []
    parts = spans[0].children if spans[0].name == "MultiGeometry" else spans
    parts = [each for each in parts if each.name in GEOMETRIES]
    return [spans[0].name, *([each.name, sum(1 for _ in each.all("coordinates"))] for each in parts)]


def _shape_of_geometry(geometry: Json) -> list[Any]:
    kind = geometry["type"]
    if kind == "MultiPolygon":
        return ["MultiGeometry", *(["Polygon", len(rings)] for rings in geometry["coordinates"])]
    return [kind, [kind, len(rings_of(geometry))]]


def _positions_text(ring: Sequence[Sequence[float]], altitudes: Mapping[tuple[float, ...], str]) -> str:
    words = []
    for x, y, *_ in ring:
        altitude = altitudes.get((x, y), altitudes.get((), ""))
        words.append(f"{x!r},{y!r},{altitude}" if altitude else f"{x!r},{y!r}")
    return " ".join(words)
