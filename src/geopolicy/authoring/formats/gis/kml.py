"""KML and KMZ: placemarks. They are read here and not by GDAL, which loses data that is not declared in a schema."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.authoring.formats.document import SourceDocument
from geopolicy.authoring.formats.gis.changed_features import (
    GEOMETRY,
    each_zone,
    edited_columns,
    edited_feature,
    edited_geometry,
    in_order,
    whole_feature,
)
from geopolicy.authoring.formats.gis.column_mapping import Row
from geopolicy.authoring.formats.gis.feature_columns import zones_of_rows
from geopolicy.authoring.formats.gis.kml_edit import PlacemarkText
from geopolicy.authoring.formats.gis.kml_geometry import FORBIDDEN, geometry_of, placemark_text
from geopolicy.authoring.formats.gis.kml_text import columns_of, end_of_features, read_kml
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.projection import AS_WGS84
from geopolicy.zonefile.members import FileContext
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopolicy.authoring.formats.gis.kml_text import Placemark
    from geopolicy.authoring.formats.source import Json, Reading
    from geopolicy.authoring.formats.target import Export, ExportFeature
    from geopolicy.model.zones import Zone

_EMPTY = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n',
    "\n</Document></kml>\n",
]
_MOST_UNPACKED = 1 << 28  # bytes


def recognizes(content: bytes, root: Any, file: str) -> bool:  # noqa: ARG001  # what every format is asked
    """Whether this is KML, or an archive with some."""
    head = content[:4096].replace(b"\0", b"")
    return b"<kml" in head or b":kml" in head or (content.startswith(b"PK") and b".kml" in content)


def read(reading: Reading) -> SourceDocument:
    """The placemarks.

    Raises
    ------
    ZoneFileError
        If it is no KML, or links to what is not in it.
    """
    context = reading.context
    content, version = reading.content, "KML"
    if content.startswith(b"PK"):
        content, others = _unpacked(content, reading.file)
        version = "KMZ"
        if others:
            context.warn("source-part", f"of a KMZ only its KML is kept, not {', '.join(others)[:200]}", "$")
    if "frame" in reading.options and reading.options["frame"] not in AS_WGS84:
        rule = "KML is in WGS 84, and --with frame must not say otherwise"
        context.report("source-option", rule, "$", reading.options["frame"])
    text = read_kml(content, reading.file)
    placed = [_row(context, placemark, place) for place, placemark in enumerate(text.placemarks)]
    rows = [row for row in placed if row is not None]
    if not placed:
        context.report("source-member", "KML needs a Placemark; this one restricts nothing", "line 1", in_words="none")
    columns = {name for row in rows for name in row.columns}
    rest = {"pieces": text.pieces, "encoding": text.encoding}
    return SourceDocument("kml", version, tuple(zones_of_rows(rows, reading, None, columns)), rest)


def _row(context: FileContext, placemark: Placemark, place: int) -> Row | None:
    """A placemark; None if its geometry is reported."""
    path = f"line {placemark.element.line}"
    before = context.problem_count
    geometry = geometry_of(context, placemark.element)
    if geometry is None and context.problem_count > before:
        return None
    feature = {"place": place, "xml": placemark.text}
    return Row(path, columns_of(placemark), path, geometry, path, feature, placemark.element.attributes.get("id"))


def _unpacked(content: bytes, file: str) -> tuple[bytes, list[str]]:
    """The KML of an archive, and the names of what else is in it.

    Raises
    ------
    ZoneFileError
        If it is damaged, too large or has none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            found = next((member for member in members if member.filename.lower().endswith(".kml")), None)
            if found is None:
                raise ZoneFileError([Problem("source-format", "a KMZ must hold a KML file", "none", file=file)])
            if found.file_size > _MOST_UNPACKED:
                rule = f"the KML of a KMZ must have at most {_MOST_UNPACKED:,} bytes"
                raise ZoneFileError([Problem("source-format", rule, f"{found.file_size:,}", file=file)])
            with archive.open(found) as stream:
                text = stream.read(_MOST_UNPACKED + 1)
    except ZoneFileError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise ZoneFileError(
            [Problem("source-format", "a KMZ must be a whole archive", str(error)[:200], file=file)]
        ) from None
    return text, [member.filename for member in members if member is not found]


def write(export: Export) -> bytes:
    """KML: placemarks that are unchanged as they stood, between what stood round them.

    Raises
    ------
    ZoneFileError
        If a zone is in another frame than WGS 84, or says what XML cannot hold.
    """
    problems: list[Problem] = []
    if export.with_rules:
        whole = [_whole_text(zone, problems) for zone in _zones_in_wgs84(export)]
        _raise_if(problems)
        return _joined(_EMPTY, whole)
    rest = export.rest or {"pieces": _EMPTY, "encoding": "utf-8"}
    slots: list[list[str]] = [[] for _ in rest["pieces"][1:]]
    new: list[str] = []
    known: dict[int, _Known] = {}
    for each in in_order(export.features):
        if each.feature is None:
            new.append(f"{_drawn_text(each, export.options, problems)}\n")
            continue
        text = each.feature["xml"] if not each.edits else _edited_text(each, export.options, known, problems)
        slots[min(each.feature["place"], len(slots) - 1)].append(text)
    _raise_if(problems)
    return _joined(_with_new(rest["pieces"], "".join(new)), ["".join(texts) for texts in slots], rest["encoding"])


def _with_new(pieces: Sequence[str], new: str) -> list[str]:
    """The pieces, with placemarks that were drawn since at the end of the document: no folder's name is theirs."""
    added = list(pieces)
    if new:
        number, place = end_of_features(pieces)
        added[number] = pieces[number][:place] + new + pieces[number][place:]
    return added


def _joined(pieces: Sequence[str], texts: Sequence[str], encoding: str = "utf-8") -> bytes:
    """The texts between the pieces, of which there is one more; all of them where there are two pieces only."""
    slots = ["\n".join(texts)] if len(pieces) == 2 else texts
    parts = [part for pair in zip(pieces, [*slots, ""], strict=True) for part in pair]
    return "".join(parts).encode(encoding, "xmlcharrefreplace")


def _zones_in_wgs84(export: Export) -> list[Zone]:
    zones = list(each_zone(export))
    problems = [
        Problem("export-frame", "KML is in WGS 84, and so must a zone be", zone.frame, zone_id=zone.id)
        for zone in zones
        if zone.frame not in AS_WGS84
    ]
    _raise_if(problems)
    return zones


def _raise_if(problems: Sequence[Problem]) -> None:
    if problems:
        raise ZoneFileError(problems)


def _forbidden_in(words: Mapping[str, Any], zone_id: str) -> list[Problem]:
    """What XML cannot hold of a zone's columns: left out it would be lost, and written no program could read it."""
    rule = "KML is XML, which cannot hold this character"
    hint = "take it out"
    found = [(name, FORBIDDEN.search(f"{name}{words[name]}")) for name in words]
    return [
        Problem("export-character", rule, f"U+{ord(letter[0]):04X} in {name!r}", zone_id=zone_id, hint=hint)
        for name, letter in found
        if letter is not None
    ]


def _whole_text(zone: Zone, problems: list[Problem]) -> str:
    """A placemark with all that a zone says: what is no text as JSON."""
    feature = whole_feature(zone)
    columns = {
        name: value if isinstance(value, str) else canonical(value) for name, value in feature["properties"].items()
    }
    problems += _forbidden_in(columns, zone.id)
    return placemark_text(zone.id, columns, feature["geometry"])


def _drawn_text(each: ExportFeature, options: Mapping[str, str], problems: list[Problem]) -> str:
    """A placemark of the area of a zone that was drawn since."""
    feature = edited_feature(each, options)
    words = {name: value for name, value in feature["properties"].items() if value is not None and name != "id"}
    problems += _forbidden_in(words, each.zones[0].id)
    return placemark_text(feature["id"], words, feature["geometry"])


class _Known(NamedTuple):
    """A placemark of the source, read again to be edited."""

    text: PlacemarkText
    columns: Json
    geometry: Json | None


def _edited_text(
    each: ExportFeature, options: Mapping[str, str], known: dict[int, _Known], problems: list[Problem]
) -> str:
    """A placemark with what was edited in it. One that became several zones is read once."""
    if id(each.feature) not in known:
        xml = each.feature["xml"]
        placemark = read_kml(f"<kml>{xml}</kml>".encode(), "").placemarks[0]
        geometry = geometry_of(FileContext(), placemark.element)
        known[id(each.feature)] = _Known(PlacemarkText(xml), columns_of(placemark), geometry)
    text, before, geometry = known[id(each.feature)]
    columns = edited_columns(each, before, options)
    if each.edits.isdisjoint(GEOMETRY):
        geometry = None
    else:
        geometry, lengths = edited_geometry(each, geometry, before, options)
        columns |= lengths
    words = {
        name: value if value is None or isinstance(value, str) else canonical(value) for name, value in columns.items()
    }
    zone_id = each.zones[0].id if "id" in each.edits else None
    if zone_id is not None and not text.has_id and options.get("id", "id") not in words:
        words["id"] = zone_id
    problems += _forbidden_in(words, each.zones[0].id)
    return text.edited(words, geometry, zone_id)
