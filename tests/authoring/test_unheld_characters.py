"""Characters that XML or GDAL cannot hold: converting zones is refused, a file to look at shows what is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pyogrio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.authoring.formats.effective import SUFFIXES
from geopolicy.authoring.formats.exporting import exported
from geopolicy.cli.app import run
from geopolicy.zonefile.zone_set import ZoneSet
from gis_sources import NO_RULES, SQUARE, imported, plain, sample

FORBIDDEN = ("\x00", "\x07", "\x0b", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff")
HARMLESS = ("\t", "\n", "\r", "\r\n", "\x7f", "\x85", "\ufffd", "\U0001fffe", "<&>\"']]>", "\u202e")
MISSING = "\ufffd"
NAMED = [("0000", "name"), ("D800", "reason")]
YARD = gp.Zone("yard", SQUARE, [gp.Rule(["camera"], gp.Level.OFF)])


def refusals(zones, *, drop_rules=False):
    with pytest.raises(gp.errors.ZoneFileError) as caught:
        exported(zones, "kml", drop_rules=drop_rules)
    return [(problem.code, problem.zone_id, problem.value) for problem in caught.value.problems]


def is_xml(text):
    """Whether a parser takes the text as the content of an element."""
    try:
        ElementTree.fromstring(f"<a>{escape(text)}</a>".encode("utf-8", "surrogatepass"))
    except ElementTree.ParseError:
        return False
    return True


@pytest.mark.parametrize("letter", FORBIDDEN, ids=ascii)
@pytest.mark.parametrize("member", ["name", "reason"])
def test_zone_that_says_what_xml_cannot_hold_is_refused_as_kml(letter, member):
    zones = ZoneSet([replace(YARD, **{member: f"a{letter}b"}), replace(YARD, id="port")])
    assert refusals(zones) == [("export-character", "yard", f"U+{ord(letter):04X} in {member!r}")]


def test_every_zone_that_kml_cannot_hold_is_named_and_nothing_is_written(tmp_path):
    path = tmp_path / "zones.kml"
    zones = ZoneSet([replace(YARD, name="\x07", reason="\ufffe"), replace(YARD, id="port", name="\x0b")])
    with pytest.raises(gp.errors.ZoneFileError, match="KML is XML, which cannot hold this character") as caught:
        gp.export_zones(zones, path, format="kml")
    assert [problem.zone_id for problem in caught.value.problems] == ["port", "yard", "yard"]
    assert not path.exists()


@pytest.mark.parametrize("zone_id", ["p1", "new"])
def test_edit_of_a_source_that_kml_cannot_hold_is_refused(zone_id):
    zones = sample("kml", "areas.kml")
    changed = [replace(zone, name="A\x07") if zone.id == zone_id else zone for zone in zones]
    changed += [replace(YARD, id="new", name="\x07")] if zone_id == "new" else []
    found = refusals(ZoneSet(changed, zones.header), drop_rules=True)
    assert found == [("export-character", zone_id, "U+0007 in 'name'")]


@pytest.mark.parametrize("letters", HARMLESS, ids=ascii)
def test_character_that_xml_can_hold_comes_back_from_kml(tmp_path, letters):
    path = tmp_path / "zones.kml"
    zones = ZoneSet([replace(YARD, name=f"a{letters}b", reason=f"c{letters}d")])
    gp.export_zones(zones, path, format="kml")
    table = pyogrio.read_dataframe(path)
    assert (table["Name"][0], table["reason"][0]) == (f"a{letters}b", f"c{letters}d")
    assert plain(imported(path.read_bytes(), "kml", NO_RULES, columns="zone-file")) == plain(zones)


@given(name=st.text(st.characters(exclude_categories=()), min_size=1, max_size=6))
@example(name="a\x07b\ufffe\ud800")
def test_kml_of_any_name_is_xml_or_refused(name):
    zones = ZoneSet([replace(YARD, name=f"a{name}b")])
    if not is_xml(name):
        assert [code for code, *_ in refusals(zones)] == ["export-character"]
        return
    root = ElementTree.fromstring(exported(zones, "kml"))
    assert next(root.iter("{http://www.opengis.net/kml/2.2}name")).text == f"a{name}b"


@pytest.mark.parametrize("form", ["gpkg", "fgb", "shapefile"])
def test_zone_whose_text_gdal_would_end_is_refused(form):
    zones = ZoneSet([replace(YARD, name="a\x00b", reason="\ud800"), replace(YARD, id="port", name="\x07")])
    with pytest.raises(gp.errors.ZoneFileError, match="GDAL cannot hold this character") as caught:
        exported(zones, form)
    found = [(problem.code, problem.zone_id, problem.value) for problem in caught.value.problems]
    expected = [("export-character", "yard", f"U+{code} in '{name}'") for code, name in NAMED]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("letter", FORBIDDEN, ids=ascii)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_effective_file_shows_where_a_character_is_missing(tmp_path, letter, suffix):
    path = tmp_path / f"effective{suffix}"
    gp.export_effective(ZoneSet([replace(YARD, name=f"a{letter}b\r<c>")]), path)
    names = pyogrio.read_dataframe(path)["Name" if suffix == ".kml" else "name"]
    assert list(names) == [f"a{MISSING}b\r<c>"]


def test_command_refuses_to_convert_and_exports_to_be_looked_at(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    zone = {"type": "Feature", "id": "yard", "geometry": SQUARE, "properties": {
        "name": "a\x07b", "rules": [{"sensors": ["camera"], "level": "off"}],
    }}  # fmt: skip
    header = {"format": 1, "coverage": "world"}
    document = {"type": "FeatureCollection", "geopolicy": header, "features": [zone]}
    (tmp_path / "zones.geojson").write_text(json.dumps(document))
    assert run(["convert", "zones.geojson", "--to", "kml", "-o", "zones.kml"]) == 1
    told = capsys.readouterr()
    expected = (
        "error [export-character] zone 'yard': KML is XML, which cannot hold this character, got U+0007 in 'name'"
    )
    assert (told.out, expected in told.err) == ("", True), told.err
    assert run(["export", "zones.geojson", "--effective", "-o", "effective.kml"]) == 0
    assert list(pyogrio.read_dataframe("effective.kml")["Name"]) == [f"a{MISSING}b"]
